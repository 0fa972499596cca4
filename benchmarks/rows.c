/* The mean square of y - (w*x + b) and its derivatives: sums of r*r, r*x and r over rows, in eight lanes each. */

#include <stdint.h>

typedef double lanes __attribute__((vector_size(64), aligned(8)));

static double total(lanes a) { return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); }

void sums(const double *x, const double *y, long count, double w, double b, double *result) {
    lanes squares = {0}, products = {0}, residuals = {0};
    for (long i = 0; i + 8 <= count; i += 8) {
        lanes u = *(const lanes *)(x + i), r = *(const lanes *)(y + i) - (w * u + b);
        squares += r * r;
        products += r * u;
        residuals += r;
    }
    result[0] = total(squares), result[1] = total(products), result[2] = total(residuals);
    for (long i = count & -8; i < count; i++) {
        double r = y[i] - (w * x[i] + b);
        result[0] += r * r, result[1] += r * x[i], result[2] += r;
    }
}

/* Gradient descent on batches; `order` has the rows of all of them one behind the other. */
void batches(const double *x, const double *y, const int64_t *order, long steps, long size, double lr, double *path) {
    double w = 0, b = 0;
    for (long k = 0; k < steps; k++) {
        double squares = 0, products = 0, residuals = 0;
        for (long i = 0; i < size; i++) {
            long row = order[k * size + i];
            double r = y[row] - (w * x[row] + b);
            squares += r * r, products += r * x[row], residuals += r;
        }
        w += lr * 2 * products / size, b += lr * 2 * residuals / size;
        path[3 * k] = w, path[3 * k + 1] = b, path[3 * k + 2] = squares / size;
    }
}
