"""Vector code for the exponential function, at most 2 units in the last place from the true value."""

from __future__ import annotations

import math

from steepest.targets.polynomials import EXPONENTIAL
from steepest.targets.vector_ir import ROUNDER, Body, Lanes

LOG2_HIGH, LOG2_LOW = 0.6931471803691238, 1.9082149292705877e-10
"""log(2) as a sum; the first part has 32 bits, so that its product with an exponent is exact."""

LEAST, LARGEST = -746.0, 710.0  # beyond these, exp gives 0 and infinity

ONE = 0x3FF << 52  # the bits of 1.0


def exponential(body: Body, x: Lanes) -> Lanes:
    """exp(x) = 2^k exp(r) with k the whole number next to x/log(2), hence |r| <= log(2)/2."""
    return exponential_of_sum(body, between(body, x, LEAST, LARGEST), None)


def exponential_of_sum(body: Body, high: Lanes, low: Lanes | None) -> Lanes:
    """exp(high + low) for `high` from LEAST to LARGEST, or NaN, and a `low` that is much smaller."""
    shifted = body.fma(high, 1 / math.log(2), ROUNDER)
    k = shifted - ROUNDER
    r = body.fma(k, -LOG2_LOW, body.fma(k, -LOG2_HIGH, high))
    r = r if low is None else r + low
    return scaled(body, body.fma(r * r, body.polynomial(r, EXPONENTIAL), r) + 1.0, shifted)


def between(body: Body, x: Lanes, low: float, high: float) -> Lanes:
    """`x` or the bound that it exceeds; NaN stays."""
    x = body.select(x < low, low, x)
    return body.select(x > high, high, x)


def scaled(body: Body, number: Lanes, shifted: Lanes) -> Lanes:
    """`number` times 2^k; `shifted` ends in the bits of k, which may be beyond the exponents of float64 at either end.

    It is multiplied by 2^(k/2) twice: a result that is denormal is rounded once, and one that is too large overflows.
    """
    bits = body.bits(shifted)
    half = bits >> 1
    for exponent in (half, bits - half):
        number = number * body.number((exponent << 52) + ONE)
    return number
