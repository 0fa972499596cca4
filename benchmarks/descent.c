/* The same descents by hand in C: every step records the position, the value, the gradient and what the optimizer keeps. */
#include <math.h>

typedef struct { double f, x, y; } Slope;

static inline Slope rosenbrock(double x, double y) {
  double a = 1 - x, b = y - x * x;
  return (Slope){a * a + 100 * (b * b), -2 * a - 400 * x * b, 200 * b};
}

static inline Slope waves(double x, double y) {
  double sx = sin(x), cx = cos(x), sy = sin(y), cy = cos(y);
  return (Slope){sx * cy, cx * cy, -(sx * sy)};
}

#define GD(name, slope)                                                          \
  void name##_gd(double x, double y, double lr, long steps, double *row) {       \
    for (long t = 1; t <= steps; t++, row += 5) {                                \
      Slope g = slope(x, y);                                                     \
      row[0] = x; row[1] = y; row[2] = g.f; row[3] = g.x; row[4] = g.y;          \
      x -= lr * g.x; y -= lr * g.y;                                              \
    }                                                                            \
    Slope g = slope(x, y);                                                       \
    row[0] = x; row[1] = y; row[2] = g.f; row[3] = g.x; row[4] = g.y;            \
  }

#define ADAM(name, slope)                                                        \
  void name##_adam(double x, double y, double lr, long steps, double *row) {     \
    const double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;                         \
    double mx = 0, my = 0, vx = 0, vy = 0;                                       \
    for (long t = 1; t <= steps; t++, row += 9) {                                \
      Slope g = slope(x, y);                                                     \
      row[0] = x; row[1] = y; row[2] = g.f; row[3] = g.x; row[4] = g.y;          \
      mx = beta1 * mx + (1 - beta1) * g.x; my = beta1 * my + (1 - beta1) * g.y;  \
      vx = beta2 * vx + (1 - beta2) * (g.x * g.x);                               \
      vy = beta2 * vy + (1 - beta2) * (g.y * g.y);                               \
      double c1 = 1 - pow(beta1, t), c2 = 1 - pow(beta2, t);                     \
      row[5] = mx; row[6] = my; row[7] = vx; row[8] = vy;                        \
      x -= lr * (mx / c1) / (sqrt(vx / c2) + eps);                               \
      y -= lr * (my / c1) / (sqrt(vy / c2) + eps);                               \
    }                                                                            \
    Slope g = slope(x, y);                                                       \
    row[0] = x; row[1] = y; row[2] = g.f; row[3] = g.x; row[4] = g.y;            \
  }

GD(rosenbrock, rosenbrock)
GD(waves, waves)
ADAM(rosenbrock, rosenbrock)
ADAM(waves, waves)
