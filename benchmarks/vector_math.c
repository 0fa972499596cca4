/* Sine and cosine with the reduction and the polynomials of src/steepest/targets/vector/trigonometry.py, and gradient descent on
   sin(x) cos(y) with them: what a compiler makes of the same arithmetic. For gcc -O3 -march=native, which fuses multiplication and
   addition; angles beyond 2^40 are left out. */

#define LANES 8
#define GROUP 4 /* vectors at once, which keeps the units of the processor busy */

typedef double numbers __attribute__((vector_size(8 * LANES), aligned(8)));
typedef long long integers __attribute__((vector_size(8 * LANES), aligned(8)));

static const double rounder = 0x1.8p52, two_over_pi = 0.6366197723675814;
static const double half_pi[] = {1.5707963267948966, 6.123233995736765e-17, 1.082856673921914e-32};
static const double sine[] = {
    -0.1666666666666663, 0.008333333333321842, -0.00019841269829360328, 2.755731353926776e-06, -2.5050734535833365e-08,
    1.5895444062278703e-10,
};
static const double cosine[] = {
    0.041666666666666595, -0.0013888888888873344, 2.480158728900427e-05, -2.7557314217848677e-07, 2.0875705524979434e-09,
    -1.1358756711221488e-11,
};

static inline numbers polynomial(const double *c, numbers z)
{
    numbers square = z * z;
    return (c[0] + square * (c[2] + square * c[4])) + z * (c[1] + square * (c[3] + square * c[5]));
}

static inline numbers chosen(integers mask, numbers a, numbers b)
{
    return (numbers)((mask & (integers)a) | (~mask & (integers)b));
}

static inline numbers turned(numbers number, integers quarters)
{
    return (numbers)((integers)number ^ ((quarters << 62) & (1LL << 63)));
}

static inline void sine_and_cosine(numbers x, numbers *sine_of_x, numbers *cosine_of_x)
{
    numbers shifted = x * two_over_pi + rounder, count = shifted - rounder;
    numbers r = ((x - count * half_pi[0]) - count * half_pi[1]) - count * half_pi[2];
    integers k = (integers)shifted, odd = (k << 63) != 0;
    numbers z = r * r, small = r + r * (z * polynomial(sine, z)), large = (1.0 - 0.5 * z) + z * z * polynomial(cosine, z);
    *sine_of_x = turned(chosen(odd, large, small), k);
    *cosine_of_x = turned(chosen(odd, small, large), k + 1);
}

/* These go over arrays a number of times. The arrays of all functions have a multiple of LANES numbers, those of the last a multiple
   of LANES * GROUP. */

void sines(long times, long count, const double *x, double *result)
{
    while (times--)
        for (long i = 0; i < count; i += LANES) {
            numbers other;
            sine_and_cosine(*(const numbers *)(x + i), (numbers *)(result + i), &other);
        }
}

void cosines(long times, long count, const double *x, double *result)
{
    while (times--)
        for (long i = 0; i < count; i += LANES) {
            numbers other;
            sine_and_cosine(*(const numbers *)(x + i), &other, (numbers *)(result + i));
        }
}

void sines_and_cosines(long times, long count, const double *x, double *sine_of_x, double *cosine_of_x)
{
    while (times--)
        for (long i = 0; i < count; i += LANES)
            sine_and_cosine(*(const numbers *)(x + i), (numbers *)(sine_of_x + i), (numbers *)(cosine_of_x + i));
}

/* The positions after some steps of gradient descent on sin(x) cos(y), in place. */
void descend(long count, double *x, double *y, long steps, double learning_rate)
{
    for (long i = 0; i < count; i += LANES * GROUP) {
        numbers a[GROUP], b[GROUP];
        for (int j = 0; j < GROUP; j++)
            a[j] = *(numbers *)(x + i + j * LANES), b[j] = *(numbers *)(y + i + j * LANES);
        for (long step = 0; step < steps; step++)
            for (int j = 0; j < GROUP; j++) {
                numbers sine_of_a, cosine_of_a, sine_of_b, cosine_of_b;
                sine_and_cosine(a[j], &sine_of_a, &cosine_of_a);
                sine_and_cosine(b[j], &sine_of_b, &cosine_of_b);
                a[j] -= learning_rate * (cosine_of_a * cosine_of_b);
                b[j] += learning_rate * (sine_of_a * sine_of_b);
            }
        for (int j = 0; j < GROUP; j++)
            *(numbers *)(x + i + j * LANES) = a[j], *(numbers *)(y + i + j * LANES) = b[j];
    }
}
