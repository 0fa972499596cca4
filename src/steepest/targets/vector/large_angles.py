"""The reduction of large angles, lane by lane: a slow way that vector code takes where an argument asks for it.

Payne and Hanek ("Radian reduction for trigonometric functions", SIGNUM Newsletter 18(1), 1983, p. 19) multiply the 53 bits of the
argument with those bits of 1/pi alone that are worth less than a turn and more than the last place of the result.
"""

from __future__ import annotations

from steepest.targets.vector.vector_ir import bits_of

RECIPROCAL_OF_PI = int(
    "517cc1b727220a94fe13abe8fa9a6ee06db14acc9e21c820ff28b1d5ef5de2b0db92371d2126"
    "e9700324977504e8c90e7f0ef58e5894d39f74411afa975da24274ce38135a2fbf209cc8eb1c"
    "c1a99cfa4e422fc5defc941d8ffc4bffef02cc07f79788c5ad05368fb69b3f6793e584dba7a3"
    "1fb34f2ff516ba93dd63f5f2f8bd9e839cfbc529497535fdafd88fc6ae842b0198237e3db5d5",
    16,
)
"""1/pi times 2^1216, rounded down."""

WORDS = [0, *(RECIPROCAL_OF_PI >> shift & 2**64 - 1 for shift in range(1152, -1, -64))]
PI = 0xC90FDAA22168C235  # times 2^-62

WINDOW = """\
  %mantissa = and i64 %bits, 4503599627370495
  %whole = or i64 %mantissa, 4503599627370496
  %exponent = lshr i64 %bits, 52
  %first = sub i64 %exponent, 1012
  %place = lshr i64 %first, 6
  %skipped = and i64 %first, 63
  %words.at = getelementptr i64, ptr @NAME.words, i64 %place
  %words = load <4 x i64>, ptr %words.at, align 8
  %word0 = extractelement <4 x i64> %words, i64 0
  %word1 = extractelement <4 x i64> %words, i64 1
  %word2 = extractelement <4 x i64> %words, i64 2
  %word3 = extractelement <4 x i64> %words, i64 3
  %high = call i64 @llvm.fshl.i64(i64 %word0, i64 %word1, i64 %skipped)
  %middle = call i64 @llvm.fshl.i64(i64 %word1, i64 %word2, i64 %skipped)
  %low = call i64 @llvm.fshl.i64(i64 %word2, i64 %word3, i64 %skipped)"""
"""x is `whole` times a power of 2; the window begins at the bit of 1/pi that makes 1 with that power, and has 192 bits."""

PRODUCT = """\
  %whole.wide = zext i64 %whole to i128
  %high.wide = zext i64 %high to i128
  %middle.wide = zext i64 %middle to i128
  %low.wide = zext i64 %low to i128
  %product0 = mul i128 %high.wide, %whole.wide
  %product1 = mul i128 %middle.wide, %whole.wide
  %product2 = mul i128 %low.wide, %whole.wide
  %shifted0 = shl i128 %product0, 64
  %shifted2 = lshr i128 %product2, 64
  %sum = add i128 %shifted0, %product1
  %size = add i128 %sum, %shifted2
  %opposite = sub i128 0, %size
  %negative = icmp slt i64 %signed, 0
  %turns = select i1 %negative, i128 %opposite, i128 %size"""
"""x/pi modulo 2, in units of 2^-127."""

ANGLE = f"""\
  %below = icmp slt i128 %fraction, 0
  %minus = sub i128 0, %fraction
  %distance = select i1 %below, i128 %minus, i128 %fraction
  %distance.shifted = lshr i128 %distance, 64
  %distance.high = trunc i128 %distance.shifted to i64
  %distance.low = trunc i128 %distance to i64
  %zeros = call i64 @llvm.ctlz.i64(i64 %distance.high, i1 false)
  %normal = call i64 @llvm.fshl.i64(i64 %distance.high, i64 %distance.low, i64 %zeros)
  %normal.wide = zext i64 %normal to i128
  %scaled = mul i128 %normal.wide, {PI}
  %scaled.shifted = lshr i128 %scaled, 64
  %scaled.high = trunc i128 %scaled.shifted to i64
  %unscaled = uitofp i64 %scaled.high to double
  %power = sub i64 960, %zeros
  %power.bits = shl i64 %power, 52
  %scale = bitcast i64 %power.bits to double
  %positive = fmul double %unscaled, %scale
  %opposite.angle = fneg double %positive
  %angle = select i1 %below, double %opposite.angle, double %positive"""
"""The fraction of the quarter turns, a signed number in units of 2^-128 that is never below 2^-62, times pi/2."""


def large_angles(name: str, width: int, above: float) -> str:
    """The definition of a function that replaces the reduced angles of some lanes.

    Its arguments, all vectors, are the angles x, the reduced angles r and the counts of quarter turns k. It returns r and k,
    replaced where x is finite and |x| larger than `above`, which is at least 1: then x = k pi/2 + r with |r| <= pi/4, and k is
    right modulo 4.
    """
    numbers, counts = f"<{width} x double>", f"<{width} x i64>"
    pair = f"{{ {numbers}, {counts} }}"
    return "\n".join([
        f"@{name}.words = private unnamed_addr constant [{len(WORDS)} x i64] [{', '.join(f'i64 {word}' for word in WORDS)}]",
        f"define internal {pair} @{name}({numbers} %x, {numbers} %r, {counts} %k) noinline cold optnone {{",
        *(f"  %{part}s = alloca {type_}" for part, type_ in (("x", numbers), ("r", numbers), ("k", counts))),
        *(f"  store {type_} %{part}, ptr %{part}s" for part, type_ in (("x", numbers), ("r", numbers), ("k", counts))),
        "  br label %lane",
        "lane:",
        "  %index = phi i64 [ 0, %0 ], [ %next, %done ]",
        *(f"  %{part}.at = getelementptr i64, ptr %{part}s, i64 %index" for part in "xrk"),
        "  %signed = load i64, ptr %x.at",
        f"  %bits = and i64 %signed, {(1 << 63) - 1}",
        f"  %large = icmp ugt i64 %bits, {bits_of(above)}",
        f"  %finite = icmp ult i64 %bits, {0x7FF << 52}",
        "  %chosen = and i1 %large, %finite",
        "  br i1 %chosen, label %reduce, label %done",
        "reduce:",
        WINDOW.replace("NAME", name),
        PRODUCT,
        "  %fraction = shl i128 %turns, 2",
        ANGLE,
        f"  %rounded = add i128 %turns, {1 << 125}",
        "  %count.wide = lshr i128 %rounded, 126",
        "  %count = trunc i128 %count.wide to i64",
        "  store double %angle, ptr %r.at",
        "  store i64 %count, ptr %k.at",
        "  br label %done",
        "done:",
        "  %next = add i64 %index, 1",
        f"  %more = icmp ult i64 %next, {width}",
        "  br i1 %more, label %lane, label %end",
        "end:",
        f"  %all.r = load {numbers}, ptr %rs",
        f"  %all.k = load {counts}, ptr %ks",
        f"  %half = insertvalue {pair} poison, {numbers} %all.r, 0",
        f"  %both = insertvalue {pair} %half, {counts} %all.k, 1",
        f"  ret {pair} %both",
        "}",
    ])  # fmt: skip
