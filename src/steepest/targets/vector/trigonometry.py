"""Vector code for trigonometric functions, at most 2 units in the last place from the true value.

The argument is reduced by Cody and Waite's method ("Software Manual for the Elementary Functions", 1980, chapter 8): a multiple of
pi/2 is subtracted in parts, of which the first products are exact. Where the machine fuses multiplication and addition, a part may
have all 53 bits (Muller, "Elementary Functions", 3rd edition, 2016, on range reduction). Angles beyond `largest_angle` are reduced
by `steepest.targets.vector.large_angles`.
"""

from __future__ import annotations

import math

from steepest.targets.vector.large_angles import large_angles
from steepest.targets.vector.polynomials import ARCTANGENT, COSINE, SINE
from steepest.targets.vector.vector_ir import ROUNDER, Body, Lanes

LONG_PARTS = (1.5707963267948966, 6.123233995736765e-17, 1.082856673921914e-32)
"""pi/2 as a sum, each part with 53 bits; the product with a whole number is exact within a fused operation.

No part is negative, which keeps the sign of an argument that is 0.
"""

SHORT_PARTS = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32)
"""pi/2 as a sum; all but the last have at most 32 bits, so that the product with a whole number of 21 bits is exact."""

HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
"""pi/2 as a sum."""

SIGN = 1 << 63


def largest_angle(long: bool) -> float:
    """The largest |x| that vector code reduces by long or short parts: up to it the products are exact."""
    return 2.0**40 if long else 2.0**20


def sine(body: Body, x: Lanes) -> Lanes:
    """sin(x), with the bits that `sine_and_cosine` gives."""
    return sine_and_cosine(body, x)[0]


def cosine(body: Body, x: Lanes) -> Lanes:
    """cos(x), with the bits that `sine_and_cosine` gives."""
    return sine_and_cosine(body, x)[1]


def sine_and_cosine(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """sin(x) and cos(x) from x = k pi/2 + r, where an odd k exchanges the two of r; neither exceeds 1, and cos(0) = 1.

    The 0 that is added keeps the sign of an argument that is 0.
    """
    r, k = _reduced_angle(body, x, body.fused)
    z = r * r
    small = body.fma(r, body.fma(z, body.polynomial(z, SINE), 0.0), r)
    large = body.fma(z * z, body.polynomial(z, COSINE), body.fma(z, -0.5, 1.0))
    even = (k << 63).equals(0)
    first, second = body.select(even, small, large), body.select(even, large, small)
    return _turned(body, first, k), _turned(body, second, k + 1)


def tangent(body: Body, x: Lanes) -> Lanes:
    """tan(x) = sin(r)/cos(r) for an even k, and -cos(r)/sin(r) for an odd one, both as sums of two numbers."""
    r, k = _reduced_angle(body, x, False)
    z = r * r
    small, small_low = body.sum(r, r * body.fma(z, body.polynomial(z, SINE), 0.0))
    first, first_low = body.sum(body.constant(1.0), z * -0.5)
    large, large_low = body.sum(first, z * z * body.polynomial(z, COSINE))
    large_low = large_low + first_low
    even = (k << 63).equals(0)
    result, low = body.quotient(
        body.select(even, small, large),
        body.select(even, small_low, large_low),
        body.select(even, large, small),
        body.select(even, large_low, small_low),
    )
    result = body.signed_like(result + low, result)
    return body.number(body.bits(result) ^ (k << 63))


def arctangent(body: Body, x: Lanes) -> Lanes:
    """atan(x) = c + atan(t) with |t| <= 1/2.

    For x up to 1/2, up to 2, and above, t is x, (x-1)/(x+1) or -1/x, and c is 0, pi/4 or pi/2.
    """
    size = body.absolute(x)
    small, large = size < 0.5, size > 2.0
    above = body.select(large, -1.0, body.select(small, size, size - 1.0))
    below = body.select(large, size, body.select(small, 1.0, size + 1.0))
    t = above / below
    z = t * t
    high, low = (body.select(large, part, body.select(small, 0.0, part / 2)) for part in HALF_PI)
    return body.signed_like(high + (t + body.fma(t * z, body.polynomial(z, ARCTANGENT), low)), x)


def _turned(body: Body, number: Lanes, quarters: Lanes) -> Lanes:
    """The number, or its opposite in the second half of the turn."""
    return body.number(body.bits(number) ^ ((quarters << 62) & SIGN))


def _reduced_angle(body: Body, x: Lanes, long: bool) -> tuple[Lanes, Lanes]:
    """r and k with x = k pi/2 + r and |r| <= pi/4; k is right modulo 4.

    A branch takes the large angles, and is the only one of the function. By long parts it is quicker, and r is rounded twice where
    it is small; by short parts once.
    """
    limit, helper, pair = largest_angle(long), f"{body.name}.large", f"{{ {body.type('double')}, {body.type('integer')} }}"
    body.helpers.append(large_angles(helper, body.width, limit))
    shifted = body.fma(x, 2 / math.pi, ROUNDER)
    r, k = _less_quarters(body, x, shifted - ROUNDER, long), body.bits(shifted)
    large = body.absolute(x) > limit
    body.lines += [
        f"  %any = call i1 @llvm.vector.reduce.or.v{body.width}i1({large.typed})",
        "  br label %small",
        "small:",
        "  br i1 %any, label %large, label %reduced",
        "large:",
        f"  %replaced = call {pair} @{helper}({x.typed}, {r.typed}, {k.typed})",
        f"  %replaced.r = extractvalue {pair} %replaced, 0",
        f"  %replaced.k = extractvalue {pair} %replaced, 1",
        "  br label %reduced",
        "reduced:",
        f"  %r = phi {body.type('double')} [ {r.text}, %small ], [ %replaced.r, %large ]",
        f"  %k = phi {body.type('integer')} [ {k.text}, %small ], [ %replaced.k, %large ]",
    ]
    return Lanes(body, "double", "%r"), Lanes(body, "integer", "%k")


def _less_quarters(body: Body, x: Lanes, count: Lanes, long: bool) -> Lanes:
    """x - count pi/2: the first difference is exact; so is the second of short parts, up to a remainder that is kept."""
    if long:
        for part in LONG_PARTS:
            x = body.fma(count, -part, x)
        return x
    first, second, third, fourth = (count * part for part in SHORT_PARTS)
    rest = x - first
    high = rest - second
    return high - ((second - (rest - high)) + (third + fourth))
