"""The rows of batches as LLVM IR: the numbers of `steepest.data.batches`, sixteen at once.

A shuffle exchanges the places of a piece of an epoch all at once, as often as some of them do not lead to a row: those that do not
are moved to the front, so that vectors stay full.
"""

from __future__ import annotations

from collections.abc import Iterator

from steepest.data.batches import LEAST_BITS, REPLACEMENT, ROUNDS, SHUFFLE
from steepest.random import MASK, STREAM
from steepest.targets.llvm_ir import Code, constant

WIDTH = 16
PIECE = 1024  # places
INTEGERS, LONG, NUMBERS = (f"<{WIDTH} x {kind}>" for kind in ("i32", "i64", "double"))
FACTOR, ADDEND = 1664525, 1013904223  # of PCG3D, see `steepest.random.pcg3d`
ORIGINS = "%origins"
COUNTED = f"<{', '.join(f'i32 {lane}' for lane in range(WIDTH))}>"


def batches_ir() -> str:
    """The functions `shuffle` and `replacement`, with the arguments (found, first, end, span, rows, seed).

    They write the rows at the places from `first` to `end` of all epochs, which are `span` places long, as 64-bit integers, and may
    write up to fifteen more.
    """
    return "\n".join(["declare i64 @llvm.ctlz.i64(i64, i1)", *_shuffle(), *_replacement()])


class _Hash:
    """The instructions of a hash: what an epoch begins with, and what is done for sixteen numbers."""

    def __init__(self) -> None:
        self.epoch, self.numbers = Code({}, name="e"), Code({}, name="n")

    def splat(self, number: str, kind: str = "i32") -> str:
        """A number in all lanes."""
        return _splat(self.epoch, number, kind)

    def hashed(self, x: str, key: str) -> str:
        """The first of the three integers of `steepest.random.pcg3d(x, epoch, key)`."""
        number, do = self.epoch.emit, self.numbers.emit
        y, z = (number(f"add i32 {number(f'mul i32 {part}, {FACTOR}')}, {ADDEND}") for part in ("%epoch32", key))
        added = self.splat(number(f"add i32 {number(f'mul i32 {y}, {z}')}, {ADDEND}"))
        y, z = self.splat(y), self.splat(z)
        x = self.combined("add", self.combined("mul", x, f"splat (i32 {FACTOR})"), added)
        y = self.combined("add", y, self.combined("mul", z, x))
        z = self.combined("add", z, self.combined("mul", x, y))
        x, y, z = (self.combined("xor", part, do(f"lshr {INTEGERS} {part}, splat (i32 16)")) for part in (x, y, z))
        return self.combined("add", x, self.combined("mul", y, z))

    def exchanged(self) -> str:
        """The numbers `%number`, exchanged as by `steepest.data.batches`."""
        number, combined = self.epoch.emit, self.combined
        zeros = number(f"call i64 @llvm.ctlz.i64(i64 {number('sub i64 %rows, 1')}, i1 false)")
        exact = number(f"sub i64 64, {zeros}")
        few = number(f"icmp slt i64 {exact}, {LEAST_BITS}")
        bits = number(f"trunc i64 {number(f'select i1 {few}, i64 {LEAST_BITS}, i64 {exact}')} to i32")
        low_bits = number(f"lshr i32 {number(f'add i32 {bits}, 1')}, 1")
        high_bits = number(f"sub i32 {bits}, {low_bits}")
        mask = self.splat(number(f"sub i32 {number(f'shl i32 1, {low_bits}')}, 1"))
        shift = self.splat(low_bits)
        low_shift, high_shift = (self.splat(number(f"sub i32 32, {each}")) for each in (low_bits, high_bits))
        seed = number(f"xor i32 %seed, {SHUFFLE}")
        low, high = combined("and", "%number", mask), combined("lshr", "%number", shift)
        for turn in range(0, ROUNDS, 2):
            keys = [number(f"add i32 {seed}, {each * STREAM & MASK}") for each in (turn, turn + 1)]
            low = combined("xor", low, combined("lshr", self.hashed(high, keys[0]), low_shift))
            high = combined("xor", high, combined("lshr", self.hashed(low, keys[1]), high_shift))
        return combined("or", combined("shl", high, shift), low)

    def combined(self, name: str, a: str, b: str) -> str:
        return self.numbers.emit(f"{name} {INTEGERS} {a}, {b}")


def _shuffle() -> Iterator[str]:
    """The function `shuffle`: a Feistel network, repeated until it leads to a row."""
    part = _Hash()
    moved = part.exchanged()
    yield from _head("shuffle", part)
    yield from _places("fill")
    yield f"""\
  %fill_number = getelementptr i32, ptr %numbers, i64 %j
  store {INTEGERS} %place, ptr %fill_number, align 4
  %fill_index = getelementptr i32, ptr %indices, i64 %j
  store {INTEGERS} %from_zero, ptr %fill_index, align 4
  %j_next = add i64 %j, {WIDTH}
  %fill_more = icmp slt i64 %j_next, %size
  br i1 %fill_more, label %fill, label %exchange
exchange:
  %left = phi i64 [ %size, %fill ], [ %kept_next, %kept_all ]
  br label %numbers_loop
numbers_loop:
  %k = phi i64 [ 0, %exchange ], [ %k_next, %numbers_loop ]
  %number_at = getelementptr i32, ptr %numbers, i64 %k
  %number = load {INTEGERS}, ptr %number_at, align 4"""
    yield from part.numbers.lines
    yield f"""\
  store {INTEGERS} {moved}, ptr %number_at, align 4
  %k_next = add i64 %k, {WIDTH}
  %numbers_more = icmp slt i64 %k_next, %left
  br i1 %numbers_more, label %numbers_loop, label %keep
keep:
  %i = phi i64 [ 0, %numbers_loop ], [ %i_next, %keep ]
  %kept = phi i64 [ 0, %numbers_loop ], [ %kept_next, %keep ]
  %one_at = getelementptr i32, ptr %numbers, i64 %i
  %one = load i32, ptr %one_at
  %index_at = getelementptr i32, ptr %indices, i64 %i
  %index = load i32, ptr %index_at
  %row = zext i32 %one to i64
  %index64 = zext i32 %index to i64
  %found_at = getelementptr i64, ptr %here, i64 %index64
  store i64 %row, ptr %found_at
  %kept_number = getelementptr i32, ptr %numbers, i64 %kept
  store i32 %one, ptr %kept_number
  %kept_index = getelementptr i32, ptr %indices, i64 %kept
  store i32 %index, ptr %kept_index
  %outside = icmp uge i64 %row, %rows
  %more_kept = zext i1 %outside to i64
  %kept_next = add i64 %kept, %more_kept
  %i_next = add i64 %i, 1
  %keep_more = icmp slt i64 %i_next, %left
  br i1 %keep_more, label %keep, label %kept_all
kept_all:
  %again = icmp ne i64 %kept_next, 0
  br i1 %again, label %exchange, label %done"""
    yield TAIL


def _replacement() -> Iterator[str]:
    """The function `replacement`: any row at each place."""
    part = _Hash()
    hashed = part.hashed("%place", part.epoch.emit(f"xor i32 %seed, {REPLACEMENT}"))
    rows = part.splat(part.epoch.emit("sitofp i64 %rows to double"), "double")
    do = part.numbers.emit
    middle = do(f"fadd {NUMBERS} {do(f'uitofp {INTEGERS} {hashed} to {NUMBERS}')}, splat (double {constant(0.5)})")
    product = do(f"fmul {NUMBERS} {do(f'fmul {NUMBERS} {middle}, splat (double {constant(2.0**-32)})')}, {rows}")
    drawn = do(f"fptosi {NUMBERS} {product} to {LONG}")
    yield from _head("replacement", part)
    yield from _places("draw")
    yield from part.numbers.lines
    yield f"""\
  %found_at = getelementptr i64, ptr %here, i64 %j
  store {LONG} {drawn}, ptr %found_at, align 8
  %j_next = add i64 %j, {WIDTH}
  %more = icmp slt i64 %j_next, %size
  br i1 %more, label %draw, label %done"""
    yield TAIL


def _head(name: str, part: _Hash) -> Iterator[str]:
    """The beginning of a function: it goes from epoch to epoch, and in each from piece to piece."""
    yield f"""\
define void @{name}(ptr %found, i64 %first, i64 %end, i64 %span, i64 %rows, i32 %seed) {{
entry:
  %numbers = alloca i32, i64 {PIECE + WIDTH}
  %indices = alloca i32, i64 {PIECE + WIDTH}
  br label %epochs
epochs:
  %begin = phi i64 [ %first, %entry ], [ %at_next, %next_epoch ]
  %some = icmp slt i64 %begin, %end
  br i1 %some, label %epoch, label %last
epoch:
  %number_of_epoch = sdiv i64 %begin, %span
  %epoch32 = trunc i64 %number_of_epoch to i32
  %epoch_begin = mul i64 %number_of_epoch, %span
  %epoch_end = add i64 %epoch_begin, %span
  %is_last = icmp slt i64 %end, %epoch_end
  %until = select i1 %is_last, i64 %end, i64 %epoch_end"""
    yield from part.epoch.lines
    yield f"""\
  br label %piece
piece:
  %at = phi i64 [ %begin, %epoch ], [ %at_next, %done ]
  %rest = sub i64 %until, %at
  %is_short = icmp slt i64 %rest, {PIECE}
  %size = select i1 %is_short, i64 %rest, i64 {PIECE}
  %origin = sub i64 %at, %epoch_begin
  %origin32 = trunc i64 %origin to i32
  %offset = sub i64 %at, %first
  %here = getelementptr i64, ptr %found, i64 %offset"""
    yield f"  %origin_first = insertelement {INTEGERS} poison, i32 %origin32, i32 0"
    yield f"  {ORIGINS} = shufflevector {INTEGERS} %origin_first, {INTEGERS} poison, <{WIDTH} x i32> zeroinitializer"


def _places(loop: str) -> Iterator[str]:
    """The head of a loop over a piece, several places at once: `%from_zero` counts them in the piece, `%place` in the epoch."""
    start = Code({}, name="s")
    first = _splat(start, "%j32")
    yield f"""\
  br label %{loop}
{loop}:
  %j = phi i64 [ 0, %piece ], [ %j_next, %{loop} ]
  %j32 = trunc i64 %j to i32"""
    yield from start.lines
    yield f"  %from_zero = add {INTEGERS} {first}, {COUNTED}"
    yield f"  %place = add {INTEGERS} %from_zero, {ORIGINS}"


TAIL = """\
done:
  %at_next = add i64 %at, %size
  %pieces_more = icmp slt i64 %at_next, %until
  br i1 %pieces_more, label %piece, label %next_epoch
next_epoch:
  br label %epochs
last:
  ret void
}"""


def _splat(code: Code, number: str, kind: str = "i32") -> str:
    """A number in all lanes."""
    vector = f"<{WIDTH} x {kind}>"
    one = code.emit(f"insertelement {vector} poison, {kind} {number}, i32 0")
    return code.emit(f"shufflevector {vector} {one}, {vector} poison, <{WIDTH} x i32> zeroinitializer")
