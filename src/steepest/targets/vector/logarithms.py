"""Vector code for logarithms, at most 2 units in the last place from the true value.

A positive number is 2^e m with m from sqrt(1/2) to sqrt(2), and log(m) = 2 artanh(s) with s = (m-1)/(m+1), written so that the
largest term is exact: f - f^2/2 + ... with f = m - 1 (as in Sun's fdlibm, e_log.c, 1993).
"""

from __future__ import annotations

import math

from steepest.targets.vector.exponentials import LOG2_HIGH, LOG2_LOW, exponential
from steepest.targets.vector.polynomials import LOGARITHM
from steepest.targets.vector.vector_ir import WHOLE, Body, Lanes, bits_of

ROOT = bits_of(math.sqrt(0.5))  # subtracted from those of a number, it lets the exponent change at sqrt(1/2)
SMALLEST_NORMAL = 2.0**-1022

LOG10_OF_2 = (0.30102999566395283, 2.8363394551044964e-14)
LOG2_OF_E = (1.4426950408889634, 2.0355273740931033e-17)
LOG10_OF_E = (0.4342944819032518, 1.098319650216765e-17)
"""Logarithms as sums; the first part of the first has 42 bits, so that its product with an exponent is exact."""


def logarithm(body: Body, x: Lanes) -> Lanes:
    """log(x)."""
    exponent, mantissa = split(body, x)
    return _with_poles(body, x, 0.0, _combined(body, exponent, mantissa - 1.0))


def logarithm_of_one_plus(body: Body, x: Lanes) -> Lanes:
    """log(1 + x)."""
    return _with_poles(body, x, -1.0, body.signed_like(_of_one_plus(body, x), x))


def softplus(body: Body, x: Lanes) -> Lanes:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))."""
    return body.select(x < 0.0, 0.0, x) + _of_one_plus(body, exponential(body, -body.absolute(x)))


def logarithm_base_2(body: Body, x: Lanes) -> Lanes:
    """log2(x), exact for powers of 2."""
    return _in_base(body, x, (1.0, 0.0), LOG2_OF_E)


def logarithm_base_10(body: Body, x: Lanes) -> Lanes:
    """log10(x)."""
    return _in_base(body, x, LOG10_OF_2, LOG10_OF_E)


def _in_base(body: Body, x: Lanes, of_two: tuple[float, float], of_e: tuple[float, float]) -> Lanes:
    """A logarithm from those of 2 and e to its base."""
    exponent, mantissa = split(body, x)
    f = mantissa - 1.0
    half_square, rest = _series(body, f)
    high = f - half_square
    low = body.fma(high, of_e[1], (((f - high) - half_square) + rest) * of_e[0])
    low = body.fma(exponent, of_two[1], low)
    return _with_poles(body, x, 0.0, body.fma(high, of_e[0], exponent * of_two[0]) + low)


def _of_one_plus(body: Body, x: Lanes) -> Lanes:
    """log(1 + x) for x > -1: what 1 + x loses is added to f."""
    u = x + 1.0
    shown = u - 1.0
    lost = (1.0 - (u - shown)) + (x - shown)
    exponent, mantissa = split(body, u)
    inverse_power = body.number(body.bits(mantissa) - body.bits(u) + bits_of(1.0))  # which 2^-1024 is too small for
    scale = body.select(x < 2.0**60, inverse_power, 0.0)
    return _combined(body, exponent, body.fma(lost, scale, mantissa - 1.0))


def _combined(body: Body, exponent: Lanes, f: Lanes) -> Lanes:
    """exponent log(2) + log(1 + f)."""
    half_square, rest = _series(body, f)
    low = body.fma(exponent, LOG2_LOW, rest)
    return body.fma(exponent, LOG2_HIGH, f - (half_square - low))


def split(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """e and m with x = 2^e m and m from sqrt(1/2) to sqrt(2), for a finite positive number, which may be denormal."""
    small = x < SMALLEST_NORMAL
    bits = body.bits(body.select(small, x * 2.0**54, x)) + ((1023 << 52) - ROOT)
    biased = body.number((bits >> 52) | bits_of(WHOLE))
    mantissa = body.number((bits & ((1 << 52) - 1)) + ROOT)
    return biased - body.select(small, WHOLE + 1023 + 54, WHOLE + 1023), mantissa


def _series(body: Body, f: Lanes) -> tuple[Lanes, Lanes]:
    """f^2/2, and the rest of log(1+f) = f - f^2/2 + rest."""
    s = f / (f + 2.0)
    z = s * s
    half_square = f * 0.5 * f
    return half_square, s * body.fma(z, body.polynomial(z, LOGARITHM), half_square)


def _with_poles(body: Body, x: Lanes, pole: float, result: Lanes) -> Lanes:
    """A logarithm's result with -infinity at its pole, NaN below, infinity at infinity."""
    result = body.select(x < math.inf, result, x)
    return body.select(x > pole, result, body.select(x.equals(pole), -math.inf, math.nan))
