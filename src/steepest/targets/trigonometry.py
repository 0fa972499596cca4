"""Vector code for sine and cosine, at most 2 units in the last place from the true value.

The argument is reduced by Cody and Waite's method ("Software Manual for the Elementary Functions", 1980, chapter 8): a multiple of
pi, or of pi/2, is subtracted in parts, of which the first products are exact. Where the machine fuses multiplication and
addition, a part may have all 53 bits (Muller, "Elementary Functions", 3rd edition, section 11.2.2). Angles beyond `largest_angle`
are reduced by `steepest.targets.large_angles`.
"""

from __future__ import annotations

import math

from steepest.targets.large_angles import large_angles
from steepest.targets.polynomials import COSINE, HALF_TURN_SINE, SINE
from steepest.targets.vector_ir import ROUNDER, Body, Lanes

LONG_PARTS = (3.141592653589793, 1.224646799147353e-16, 2.165713347843828e-32)
"""pi as a sum, each part with 53 bits; the product with a whole number is exact within a fused operation.

No part is negative, which keeps the sign of an argument that is 0.
"""

SHORT_PARTS = (3.1415926534682512, 1.2154201012607932e-10, 4.044532497422333e-21, 1.69568553207378e-31)
"""pi as a sum; all but the last have at most 32 bits, so that the product with a whole number of 21 bits is exact."""

SIGN = 1 << 63


def largest_angle(fused: bool) -> float:
    """The largest |x| that vector code reduces: up to it the products are exact, and the count of turns fits `ROUNDER`."""
    return 2.0**40 if fused else 2.0**20


def sine(body: Body, x: Lanes) -> Lanes:
    """sin(x) = (-1)^k sin(x - k pi), with k the whole number next to x/pi.

    Without fused operations the polynomial on so long an interval is not accurate enough.
    """
    if not body.fused:
        return sine_and_cosine(body, x)[0]
    shifted = body.fma(x, 1 / math.pi, ROUNDER)
    r = _less_turns(body, x, shifted - ROUNDER, 1.0)
    return _alternating(body, *_with_large_angles(body, x, r, shifted))


def cosine(body: Body, x: Lanes) -> Lanes:
    """cos(x) = (-1)^k sin((k + 1/2) pi - x), with k the whole number next to x/pi - 1/2; see `sine`."""
    if not body.fused:
        return sine_and_cosine(body, x)[1]
    shifted = body.fma(x, 1 / math.pi, -0.5) + ROUNDER
    r = _less_turns(body, -x, ROUNDER - shifted - 0.5, 1.0)
    return _alternating(body, *_with_large_angles(body, x, r, shifted, ahead=True))


def sine_and_cosine(body: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """sin(x) and cos(x) from one reduction by multiples of pi/2, of which the odd ones exchange the two."""
    shifted = body.fma(x, 2 / math.pi, ROUNDER)
    r = _less_turns(body, x, shifted - ROUNDER, 0.5)
    r, quarters = _with_large_angles(body, x, r, shifted, quarters=True)
    z = r * r
    small = body.fma(r, body.fma(z, body.polynomial(z, SINE), 0.0), r)
    large = body.fma(z * z, body.polynomial(z, COSINE), body.fma(z, -0.5, 1.0))
    even = (quarters << 63).equals(0)
    first, second = body.select(even, small, large), body.select(even, large, small)
    return _turned(body, first, quarters), _turned(body, second, quarters + 1)


def _turned(body: Body, number: Lanes, quarters: Lanes) -> Lanes:
    """The number, or its opposite in the second half of the turn."""
    return body.number(body.bits(number) ^ ((quarters << 62) & SIGN))


def _less_turns(body: Body, x: Lanes, count: Lanes, turn: float) -> Lanes:
    """x - count * turn * pi, with the rounding error of one operation.

    The first difference is exact. Without fused operations so is the second up to a remainder that is kept.
    """
    if body.fused:
        for part in LONG_PARTS:
            x = body.fma(count, -part * turn, x)
        return x
    first, second, third, fourth = (count * (part * turn) for part in SHORT_PARTS)
    rest = x - first
    high = rest - second
    return high - ((second - (rest - high)) + (third + fourth))


def _with_large_angles(
    body: Body, x: Lanes, r: Lanes, shifted: Lanes, *, quarters: bool = False, ahead: bool = False
) -> tuple[Lanes, Lanes]:
    """The reduced angles and the counts of turns, those of large angles replaced: the one branch of these functions."""
    limit, counts, helper = largest_angle(body.fused), body.bits(shifted), f"{body.name}.large"
    body.helpers.append(large_angles(helper, body.width, above=limit, quarters=quarters, ahead=ahead))
    large = body.absolute(x) > limit
    pair = f"{{ {body.type('double')}, {body.type('integer')} }}"
    body.lines += [
        f"  %any = call i1 @llvm.vector.reduce.or.v{body.width}i1({large.typed})",
        "  br label %small",
        "small:",
        "  br i1 %any, label %large, label %reduced",
        "large:",
        f"  %replaced = call {pair} @{helper}({x.typed}, {r.typed}, {counts.typed})",
        f"  %replaced.r = extractvalue {pair} %replaced, 0",
        f"  %replaced.k = extractvalue {pair} %replaced, 1",
        "  br label %reduced",
        "reduced:",
        f"  %r = phi {body.type('double')} [ {r.text}, %small ], [ %replaced.r, %large ]",
        f"  %k = phi {body.type('integer')} [ {counts.text}, %small ], [ %replaced.k, %large ]",
    ]
    return Lanes(body, "double", "%r"), Lanes(body, "integer", "%k")


def _alternating(body: Body, r: Lanes, k: Lanes) -> Lanes:
    """(-1)^k sin(r) for |r| <= pi/2."""
    z = r * r
    cubic, *higher = HALF_TURN_SINE
    factor = body.fma(z, cubic, z * z * body.polynomial(z, higher))
    return body.number(body.bits(body.fma(r, factor, r)) ^ (k << 63))
