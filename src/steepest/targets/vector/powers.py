"""Vector code for powers and cube roots, at most 2 units in the last place from the true value.

The exponent of a power multiplies the error of the logarithm, by up to 709. The logarithm is therefore a sum of two float64, with
64 right bits or more, in the arithmetic of Dekker ("A floating-point technique for extending the available precision", Numerische
Mathematik 18, 1971, pp. 224-242).
"""

from __future__ import annotations

import math

from steepest.targets.vector.exponentials import LARGEST, LEAST, between, exponential_of_sum
from steepest.targets.vector.logarithms import SMALLEST_NORMAL, split
from steepest.targets.vector.polynomials import LONG_LOGARITHM
from steepest.targets.vector.vector_ir import ROUNDER, WHOLE, Body, Lanes, bits_of

INVERSE_CUBE_ROOT = 1430186361.0  # leaves the least |1 - x y^3|, 0.102

TWO_THIRDS = (0.6666666666666666, 3.700743415417188e-17)
LONG_LOG2 = (0.6931471805598903, 5.497923018708371e-14)
"""2/3 and log(2) as sums; the first part of the second has 42 bits."""


def power(body: Body, x: Lanes, y: Lanes) -> Lanes:
    """x^y = exp(y log|x|), with the sign and the special values of C's pow."""
    size = body.absolute(x)
    high, low = _long_logarithm(body, size)
    high = body.select(size < math.inf, high, size)
    high = body.select(size.equals(0.0), -math.inf, high)
    limited = between(body, y, -(2.0**65), 2.0**65)  # enough to overflow with any other base than 1
    product, error = body.product(high, limited)
    exponent = between(body, product, LEAST, LARGEST)
    error = body.select(exponent.equals(product), body.fma(low, limited, error), 0.0)
    return _signed_power(body, x, y, exponential_of_sum(body, exponent, error))


def _long_logarithm(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """log(x) for finite positive x as a sum, with an error below 2^-64 of it.

    As in `steepest.targets.vector.logarithms`, log(m) = 2 s + s z q with z = s^2 and q = 2/3 + 2 z/5 + ...
    """
    exponent, mantissa = split(body, x)
    f, d = mantissa - 1.0, mantissa + 1.0
    d_low = mantissa - (d - 1.0)
    s, s_low = body.quotient(f, None, d, d_low)
    z, z_low = body.product(s, s)
    z_low = body.fma(s + s, s_low, z_low)
    tail = body.polynomial(z, LONG_LOGARITHM)
    q = body.fma(z, tail, TWO_THIRDS[0])
    q_low = body.fma(z, tail, TWO_THIRDS[0] - q) + TWO_THIRDS[1]
    u, u_low = body.product(z, q)
    u_low = body.fma(z, q_low, body.fma(z_low, q, u_low))
    v, v_low = body.product(s, u)
    v_low = body.fma(s, u_low, body.fma(s_low, u, v_low))
    log_m, log_m_low = body.sum(s + s, v)
    high, low = body.sum(exponent * LONG_LOG2[0], log_m)
    return high, body.fma(exponent, LONG_LOG2[1], low + (log_m_low + body.fma(s_low, 2.0, v_low)))


def _signed_power(body: Body, x: Lanes, y: Lanes, result: Lanes) -> Lanes:
    """The power of x from that of |x|."""
    size = body.absolute(y)
    large = size >= WHOLE
    shifted = body.select(large, size, size + WHOLE)
    whole = large | (shifted - WHOLE).equals(size)
    odd = body.select(whole & (size < 2 * WHOLE), body.bits(shifted) << 63, 0)
    result = body.number(body.bits(result) ^ (body.bits(x) & odd))
    undefined = (x < 0.0) & (x > -math.inf) & ~whole
    result = body.select(undefined, math.nan, result)
    return body.select(y.equals(0.0) | x.equals(1.0), 1.0, result)


def cube_root(body: Body, x: Lanes) -> Lanes:
    """The cube root c = x y^2 from y = x^(-1/3), which is found by an iteration of the fourth order and needs no division.

    With h = 1 - x y^3 the next y is y (1-h)^(-1/3) = y (1 + h/3 + 2 h^2/9 + 14 h^3/81 + ...). The first is made of a third of the
    exponent (as in Kahan's "Computing a Real Cube Root", 1991). In the end c - (c^3 - x) y^2/3 is one step of Newton's method.
    """
    size = body.absolute(x)
    small = size < SMALLEST_NORMAL
    normal = body.select(small, size * 2.0**54, size)
    y = _inverse_cube_root(body, normal)
    for _ in range(2):
        h = body.fma(normal * y, -(y * y), 1.0)
        y = body.fma(y * h, body.fma(h, body.fma(h, 14 / 81, 2 / 9), 1 / 3), y)
    square = y * y
    c = normal * square
    d, d_low = body.product(c, c)
    rest = body.fma(c, -d_low, body.remainder(normal, d, c))
    c = body.fma(rest, square * (1 / 3), c) * body.select(small, 2.0**-18, 1.0)
    return body.signed_like(body.select(size.equals(0.0) | ~(size < math.inf), size, c), x)


def _inverse_cube_root(body: Body, x: Lanes) -> Lanes:
    """x^(-1/3) to 3 percent: the upper half of the bits of a float64 is about linear in its logarithm."""
    upper = body.number((body.bits(x) >> 32) | bits_of(WHOLE)) - WHOLE
    return body.number(body.bits(body.fma(upper, -1 / 3, INVERSE_CUBE_ROOT) + ROUNDER) << 32)
