"""Vector code for the exponential function and its relatives, at most 2 units in the last place from the true value.

All begin with exp(x) = 2^k exp(r), where k is the whole number next to x/log(2), hence |r| <= log(2)/2 (Cody and Waite, "Software
Manual for the Elementary Functions", 1980, chapter 6).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from steepest.targets.vector.polynomials import EXPONENTIAL
from steepest.targets.vector.vector_ir import ROUNDER, Body, Lanes

LOG2_HIGH, LOG2_LOW = 0.6931471803691238, 1.9082149292705877e-10
"""log(2) as a sum; the first part has 32 bits, so that its product with an exponent is exact."""

LEAST, LARGEST = -746.0, 710.0  # beyond these, exp gives 0 and infinity

ONE = 0x3FF << 52  # the bits of 1.0


def exponential(body: Body, x: Lanes) -> Lanes:
    """exp(x)."""
    return exponential_of_sum(body, between(body, x, LEAST, LARGEST), None)


def exponential_of_sum(body: Body, high: Lanes, low: Lanes | None) -> Lanes:
    """exp(high + low) for `high` from LEAST to LARGEST, or NaN, and a `low` that is much smaller."""
    r, k = _reduced(body, high)
    r = r if low is None else r + low
    near_one = body.fma(r * r, body.polynomial(r, EXPONENTIAL), r) + 1.0
    half = k >> 1
    return near_one * _power_of_two(body, half) * _power_of_two(body, k - half)  # in two steps: a denormal result is rounded once


def exponential_minus_one(body: Body, x: Lanes) -> Lanes:
    """exp(x) - 1 = 2^k ((1 - 2^-k) + r + ...), in two steps as `exponential`."""
    r, k = _reduced(body, between(body, x, -40.0, LARGEST))
    half = k >> 1
    first, second = _power_of_two(body, half), _power_of_two(body, k - half)
    high, low = body.sum(first - _power_of_two(body, half - k), r * first)
    result = high + body.fma(r * r * first, body.polynomial(r, EXPONENTIAL), low)
    return body.signed_like(result * second, x)


def hyperbolic_sine(body: Body, x: Lanes) -> Lanes:
    """sinh(x) = b cosh(r) + a sinh(r), with the factors of `_hyperbolic`."""
    size = body.absolute(x)
    parts = _hyperbolic(body, size)
    high = body.fma(parts.a, parts.r, parts.b)
    low = body.fma(parts.a, parts.r, parts.b - high)
    low = body.fma(parts.a, parts.sinh_minus_r, body.fma(parts.b, parts.cosh_minus_one, low))
    result = (high + low) * 2.0
    return body.signed_like(body.select(size < 2.0**-30, size, result), x)


def hyperbolic_cosine(body: Body, x: Lanes) -> Lanes:
    """cosh(x) = a cosh(r) + b sinh(r), with the factors of `_hyperbolic`."""
    parts = _hyperbolic(body, body.absolute(x))
    sinh = parts.r + parts.sinh_minus_r
    return (parts.a + body.fma(parts.b, sinh, parts.a * parts.cosh_minus_one)) * 2.0


class _Hyperbolic(NamedTuple):
    """Half of a = cosh(k log(2)) and of b = sinh(k log(2)), which does not overflow yet, and the functions of r."""

    a: Lanes
    b: Lanes
    r: Lanes
    sinh_minus_r: Lanes
    cosh_minus_one: Lanes


def _hyperbolic(body: Body, size: Lanes) -> _Hyperbolic:
    """The parts of hyperbolic functions of a number that is not negative."""
    r, k = _reduced(body, between(body, size, 0.0, 710.6))
    large = _power_of_two(body, k - 2)
    small = body.select(size > 40.0, 0.0, body.number(ONE - ((k + 2) << 52)))
    z = r * r
    even, odd = body.halves_of_polynomial(z, EXPONENTIAL)
    return _Hyperbolic(large + small, large - small, r, r * z * odd, z * even)


def hyperbolic_tangent(body: Body, x: Lanes) -> Lanes:
    """tanh(x) = -d/(2 + d), where d = exp(-2|x|) - 1 is a sum of two numbers."""
    twice = body.absolute(x) * -2.0
    r, k = _reduced(body, between(body, twice, -80.0, 0.0))
    scale = _power_of_two(body, k)
    d, d_low = body.sum(scale - 1.0, scale * r)
    d, d_low = body.sum(d, body.fma(scale * (r * r), body.polynomial(r, EXPONENTIAL), d_low))
    divisor, divisor_low = body.sum(body.constant(2.0), d)
    result, low = body.quotient(d, d_low, divisor, divisor_low + d_low)
    return body.signed_like(result + low, x)


def sigmoid(body: Body, x: Lanes) -> Lanes:
    """1/(1 + g) or g/(1 + g) with g = exp(-|x|)."""
    g = exponential(body, -body.absolute(x))
    divisor, divisor_low = body.sum(body.constant(1.0), g)
    result, low = body.quotient(body.select(x < 0.0, g, 1.0), None, divisor, divisor_low)
    return result + low


def between(body: Body, x: Lanes, low: float, high: float) -> Lanes:
    """`x` or the bound that it exceeds; NaN stays."""
    x = body.select(x < low, low, x)
    return body.select(x > high, high, x)


def _reduced(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """r, and the integer k in the last 12 bits."""
    shifted = body.fma(x, 1 / math.log(2), ROUNDER)
    k = shifted - ROUNDER
    return body.fma(k, -LOG2_LOW, body.fma(k, -LOG2_HIGH, x)), body.bits(shifted)


def _power_of_two(body: Body, k: Lanes) -> Lanes:
    """2^k for an integer from -1022 to 1023 in the last 12 bits."""
    return body.number((k << 52) + ONE)
