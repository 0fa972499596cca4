"""Vector code for logarithms and powers, at most 2 units in the last place from the true value.

A positive number is 2^e m with m from sqrt(1/2) to sqrt(2), and log(m) = 2 artanh(s) with s = (m-1)/(m+1), as in Sun's fdlibm
(e_log.c, 1993). Sums of two float64 keep the digits that one cannot hold: those of `power` have 65 bits or more, because its
exponent, up to 709, multiplies their error (Muller, "Elementary Functions", 3rd edition, sections 4.3 and 11.4).
"""

from __future__ import annotations

import math

from steepest.targets.exponentials import LARGEST, LEAST, LOG2_HIGH, LOG2_LOW, between, exponential_of_sum
from steepest.targets.polynomials import LOGARITHM, LONG_LOGARITHM
from steepest.targets.vector_ir import Body, Lanes, bits_of

ROOT = bits_of(math.sqrt(0.5))
WHOLE = 2.0**52  # numbers from here on are whole, and their last bits count units
SMALLEST_NORMAL = 2.0**-1022


def logarithm(body: Body, x: Lanes) -> Lanes:
    """log(x)."""
    exponent, mantissa = split(body, x)
    f = mantissa - 1.0
    half_square, rest = _artanh_terms(body, f)
    low = body.fma(exponent, LOG2_LOW, rest)
    return _with_poles(body, x, body.fma(exponent, LOG2_HIGH, f - (half_square - low)))


def split(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """e and m with x = 2^e m and m from sqrt(1/2) to sqrt(2), for a finite positive number, which may be denormal."""
    small = x < SMALLEST_NORMAL
    bits = body.bits(body.select(small, x * 2.0**54, x)) + ((1023 << 52) - ROOT)
    biased = body.number((bits >> 52) | bits_of(WHOLE))
    mantissa = body.number((bits & ((1 << 52) - 1)) + ROOT)
    return biased - body.select(small, WHOLE + 1023 + 54, WHOLE + 1023), mantissa


def _artanh_terms(body: Body, f: Lanes) -> tuple[Lanes, Lanes]:
    """f^2/2, and the rest of log(1+f) = f - f^2/2 + rest."""
    s = f / (f + 2.0)
    z = s * s
    half_square = f * 0.5 * f
    return half_square, s * body.fma(z, body.polynomial(z, LOGARITHM), half_square)


def _with_poles(body: Body, x: Lanes, result: Lanes) -> Lanes:
    """A logarithm's result with -infinity at 0, NaN below, infinity at infinity."""
    result = body.select(x < math.inf, result, x)
    return body.select(x > 0.0, result, body.select(x.equals(0.0), -math.inf, math.nan))


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
    """log(x) for finite positive x as a sum, with an error below 2^-64 of it."""
    exponent, mantissa = split(body, x)
    f, d = mantissa - 1.0, mantissa + 1.0
    d_low = mantissa - (d - 1.0)
    reciprocal = 1.0 / d
    s = f * reciprocal
    s_low = body.fma(s, -d_low, body.remainder(f, s, d)) * reciprocal
    z, z_low = body.product(s, s)
    z_low = body.fma(s + s, s_low, z_low)
    # log(m) = 2 s + s z q with q = 2/3 + z ...
    tail = body.polynomial(z, LONG_LOGARITHM)
    q = body.fma(z, tail, TWO_THIRDS[0])
    q_low = body.fma(z, tail, TWO_THIRDS[0] - q) + TWO_THIRDS[1]
    u, u_low = body.product(z, q)
    u_low = body.fma(z, q_low, body.fma(z_low, q, u_low))
    v, v_low = body.product(s, u)
    v_low = body.fma(s, u_low, body.fma(s_low, u, v_low))
    double = s + s
    log_m = double + v
    low = ((double - log_m) + v) + body.fma(s_low, 2.0, v_low)
    whole = exponent * LONG_LOG2[0]
    high = whole + log_m
    return high, body.fma(exponent, LONG_LOG2[1], ((whole - high) + log_m) + low)


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
