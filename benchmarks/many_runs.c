/* Gradient descent on Himmelblau's function from many starts, vectorized by hand: three vectors of eight numbers in flight. */
typedef double Vector __attribute__((vector_size(64), aligned(8)));
enum { LANES = 8, FLIGHT = 3 };

void himmelblau(double *xs, double *ys, long count, long steps, double lr) {
  for (long at = 0; at + LANES * FLIGHT <= count; at += LANES * FLIGHT) {
    Vector x[FLIGHT], y[FLIGHT];
    for (int j = 0; j < FLIGHT; j++) {
      x[j] = *(Vector *)(xs + at + LANES * j);
      y[j] = *(Vector *)(ys + at + LANES * j);
    }
    for (long t = 0; t < steps; t++)
      for (int j = 0; j < FLIGHT; j++) {
        Vector a = x[j] * x[j] + y[j] - 11.0, b = x[j] + y[j] * y[j] - 7.0;
        Vector gx = 4.0 * x[j] * a + 2.0 * b, gy = 2.0 * a + 4.0 * y[j] * b;
        x[j] -= lr * gx;
        y[j] -= lr * gy;
      }
    for (int j = 0; j < FLIGHT; j++) {
      *(Vector *)(xs + at + LANES * j) = x[j];
      *(Vector *)(ys + at + LANES * j) = y[j];
    }
  }
}
