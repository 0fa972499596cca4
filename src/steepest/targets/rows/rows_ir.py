"""The sums and means over rows as LLVM IR: vector code with one lane for each of eight consecutive rows.

The order in which numbers are added is that of `steepest.language.rows`, so sums of the four operations have its very bits. What
does not depend on a column is computed once for a block, as numbers. Nothing outside the columns is read: in the last vector of a
block, lanes beyond its end repeat its last row and count as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from steepest.language.rows import BLOCK, LANES
from steepest.tape.tape import RowTapes, Tape
from steepest.targets.llvm_ir import DECLARATIONS, Code, constant

VECTOR = f"<{LANES} x double>"
WHOLE_NUMBERS = f"<{LANES} x i64>"
VECTOR_DECLARATIONS = "".join(f"declare {VECTOR} @{name}.v{LANES}f64({VECTOR})\n" for name in ("llvm.sqrt", "llvm.fabs"))
ARGUMENTS = "ptr %given, ptr %columns, ptr %batch"


def rows_ir(tapes: RowTapes, addresses: Mapping[str, int], *, batched: bool) -> tuple[str, set[str]]:
    """The functions that add over rows, without vector functions, and the operations that they need as such.

    `sums(given, columns, batch, rows)` reads a position from `given` and writes all sums and means behind it; `many` does so for
    many positions, one behind the other with their results; `blocks0`, `blocks1`, ... write the sums of some blocks, stage by
    stage. `columns` are the addresses of the columns of all stages.

    Args:
        tapes: of one row.
        addresses: of the C library's functions.
        batched: whether the rows are those whose numbers `batch` points to, rather than all rows in order.
    """
    called: set[str] = set()
    count = len(tapes.stages[0].inputs) - len(tapes.columns[0])
    most = max(len(tape.outputs) for tape in tapes.stages)
    total = [
        f"define void @sums({ARGUMENTS}, i64 %rows) {{",
        "entry:",
        f"  %one = alloca double, i64 {most}",
        "  %divisor = sitofp i64 %rows to double",
    ]
    text: list[str] = []
    first = found = 0
    for number, (tape, columns) in enumerate(zip(tapes.stages, tapes.columns, strict=True)):
        stage = _Stage(number, tape, len(columns), addresses, first, batched=batched)
        text += [*stage.block(), *_blocks(number, len(tape.outputs))]
        kinds = tapes.kinds[found : found + len(tape.outputs)]
        total += _totals(number, count + found, kinds, "%entry" if number == 0 else f"%end{number - 1}")
        called |= stage.called
        first, found = first + len(columns), found + len(tape.outputs)
    total += ["  ret void", "}"]
    return "\n".join([*text, *total, *_many(count + found)]), called


def declarations() -> str:
    """What the functions call of LLVM itself, on numbers and on vectors."""
    return DECLARATIONS + VECTOR_DECLARATIONS


class _Stage:
    """The function `block` of one stage: the sums over the rows of one block, each as a tree of lanes."""

    def __init__(
        self, number: int, tape: Tape, columns: int, addresses: Mapping[str, int], first_column: int, *, batched: bool
    ) -> None:
        self.number, self.tape, self.addresses, self.batched = number, tape, addresses, batched
        self.given, self.columns = len(tape.inputs) - columns, range(first_column, first_column + columns)
        self.outputs = [slot for (slot,) in tape.outputs.values()]
        self.needed = tape.needed(self.outputs)
        self.varying = tape.dependents(range(self.given, len(tape.inputs)))
        self.first_operation = len(tape.inputs) + len(tape.constants)
        self.called: set[str] = set()
        self.numbers: dict[int, str] = {}  # what no column changes, by slot
        self.splats: dict[int, str] = {}  # the same in all lanes

    def block(self) -> Iterator[str]:
        """The function's text: a loop over vectors of rows, the last of which may have fewer rows than lanes."""
        before = self.before()
        load, filled, rows, plain, masked, end = (Code(self.addresses, lanes=LANES, name=name) for name in "lfrpme")
        whole, last = self.whole(load), self.last(filled)
        columns = [rows.emit(f"phi {VECTOR} [ {a}, %load ], [ {b}, %filled ]") for a, b in zip(whole, last, strict=True)]
        outputs = self.vectors(rows, columns)
        sums = [plain.emit(f"fadd {VECTOR} %s{index}, {output}") for index, output in enumerate(outputs)]
        mask = self.mask(masked)
        own = [masked.select(mask, output, "zeroinitializer") for output in outputs]
        last_sums = [masked.emit(f"fadd {VECTOR} %s{index}, {output}") for index, output in enumerate(own)]
        totals = [end.emit(f"phi {VECTOR} [ {a}, %plain ], [ {b}, %masked ]") for a, b in zip(sums, last_sums, strict=True)]
        for index, total in enumerate(totals):
            self.store_tree(end, total, index)
        self.called |= rows.called
        return iter((
            f"define internal void @block{self.number}({ARGUMENTS}, i64 %begin, i64 %size, ptr %sums) {{",
            "entry:",
            f"  %last_rows = alloca double, i64 {max(len(self.columns), 1) * LANES}",
            *before,
            "  %last = sub i64 %size, 1",
            f"  %whole = and i64 %size, {-LANES}",
            "  br label %head",
            "head:",
            "  %i = phi i64 [ 0, %entry ], [ %next, %plain ]",
            *(f"  %s{index} = phi {VECTOR} [ zeroinitializer, %entry ], [ {new}, %plain ]" for index, new in enumerate(sums)),
            "  %is_whole = icmp slt i64 %i, %whole",
            "  br i1 %is_whole, label %load, label %fill",
            "load:",
            *load.lines,
            "  br label %rows",
            "fill:",
            *self.fill(),
            "filled:",
            *filled.lines,
            "  br label %rows",
            "rows:",
            *rows.lines,
            "  br i1 %is_whole, label %plain, label %masked",
            "plain:",
            *plain.lines,
            f"  %next = add i64 %i, {LANES}",
            "  %more = icmp slt i64 %next, %size",
            "  br i1 %more, label %head, label %end",
            "masked:",
            *masked.lines,
            "  br label %end",
            "end:",
            *end.lines,
            "  ret void",
            "}",
        ))  # fmt: skip

    def before(self) -> list[str]:
        """Loads what is given, computes what depends on no column, and finds where the columns begin."""
        scalar = Code(self.addresses, name="g")
        vector = Code(self.addresses, lanes=LANES, name="g", lines=scalar.lines)
        for slot in range(self.given):
            place = scalar.emit(f"getelementptr double, ptr %given, i64 {slot}")
            self.numbers[slot] = scalar.emit(f"load double, ptr {place}")
        for slot, value in enumerate(self.tape.constants, len(self.tape.inputs)):
            self.numbers[slot], self.splats[slot] = constant(value), vector.constant(value)
        read = set(self.outputs)
        for slot, (name, *used) in enumerate(self.tape.operations, self.first_operation):
            if slot in self.needed and slot not in self.varying:
                self.numbers[slot] = scalar.operation(name, *[self.numbers[part] for part in used])
            elif slot in self.needed:
                read.update(used)
        for slot in sorted(read & self.numbers.keys() - self.splats.keys()):
            one = scalar.emit(f"insertelement {VECTOR} poison, double {self.numbers[slot]}, i32 0")
            self.splats[slot] = scalar.emit(f"shufflevector {VECTOR} {one}, {VECTOR} poison, <{LANES} x i32> zeroinitializer")
        lines = scalar.lines
        for column in self.columns:
            lines.append(f"  %column{column}.at = getelementptr ptr, ptr %columns, i64 {column}")
            origin = "%column" if self.batched else "%start"
            lines.append(f"  {origin}{column} = load ptr, ptr %column{column}.at")
            if not self.batched:
                lines.append(f"  %column{column} = getelementptr double, ptr %start{column}, i64 %begin")
        if self.batched:
            lines.append("  %chosen = getelementptr i64, ptr %batch, i64 %begin")
        return lines

    def whole(self, code: Code) -> list[str]:
        """The columns in eight rows from number `%i` of the block on."""
        if self.batched:
            return self.gathered(code, [self.chosen(code, code.emit(f"add i64 %i, {lane}")) for lane in range(LANES)])
        places = [code.emit(f"getelementptr double, ptr %column{column}, i64 %i") for column in self.columns]
        return [code.emit(f"load {VECTOR}, ptr {place}, align 8") for place in places]

    def fill(self) -> Iterator[str]:
        """A loop that copies the columns in the last rows of the block, the last one again and again."""
        yield "  %lane = phi i64 [ 0, %head ], [ %next_lane, %fill ]"
        yield "  %row = add i64 %i, %lane"
        yield "  %within = icmp slt i64 %row, %last"
        yield "  %nearest = select i1 %within, i64 %row, i64 %last"
        copy = Code(self.addresses, name="c")
        index = self.chosen(copy, "%nearest") if self.batched else "%nearest"
        for place, column in enumerate(self.columns):
            value = copy.emit(f"load double, ptr {copy.emit(f'getelementptr double, ptr %column{column}, i64 {index}')}")
            lane = copy.emit(f"add i64 %lane, {place * LANES}")
            copy.lines.append(f"  store double {value}, ptr {copy.emit(f'getelementptr double, ptr %last_rows, i64 {lane}')}")
        yield from copy.lines
        yield "  %next_lane = add i64 %lane, 1"
        yield f"  %more_lanes = icmp slt i64 %next_lane, {LANES}"
        yield "  br i1 %more_lanes, label %fill, label %filled"

    def last(self, code: Code) -> list[str]:
        """The columns in the last rows of the block."""
        places = [code.emit(f"getelementptr double, ptr %last_rows, i64 {index * LANES}") for index in range(len(self.columns))]
        return [code.emit(f"load {VECTOR}, ptr {place}, align 8") for place in places]

    def chosen(self, code: Code, index: str) -> str:
        """The row of the table that a place of the batch names."""
        return code.emit(f"load i64, ptr {code.emit(f'getelementptr i64, ptr %chosen, i64 {index}')}")

    def gathered(self, code: Code, rows: Sequence[str]) -> list[str]:
        """The columns in eight rows anywhere."""
        found = []
        for column in self.columns:
            vector = "poison"
            for lane, row in enumerate(rows):
                place = code.emit(f"getelementptr double, ptr %column{column}, i64 {row}")
                value = code.emit(f"load double, ptr {place}")
                vector = code.emit(f"insertelement {VECTOR} {vector}, double {value}, i32 {lane}")
            found.append(vector)
        return found

    def mask(self, code: Code) -> str:
        """Which lanes of the last vector are rows of the block."""
        left = code.emit("sub i64 %size, %whole")
        one = code.emit(f"insertelement {WHOLE_NUMBERS} poison, i64 {left}, i32 0")
        splat = code.emit(f"shufflevector {WHOLE_NUMBERS} {one}, {WHOLE_NUMBERS} poison, <{LANES} x i32> zeroinitializer")
        numbers = ", ".join(f"i64 {lane}" for lane in range(LANES))
        return code.emit(f"icmp slt {WHOLE_NUMBERS} <{numbers}>, {splat}")

    def vectors(self, code: Code, columns: Sequence[str]) -> list[str]:
        """The outputs in eight rows."""
        names = dict(self.splats) | dict(enumerate(columns, self.given))
        for slot, (name, *used) in enumerate(self.tape.operations, self.first_operation):
            if slot in self.needed and slot in self.varying:
                names[slot] = code.operation(name, *[names[part] for part in used])
        return [names[slot] for slot in self.outputs]

    def store_tree(self, code: Code, lanes: str, index: int) -> None:
        """The sum of lanes as a balanced tree."""
        width = LANES
        while width > 1:
            half, kind = width // 2, f"<{width} x double>"
            low, high = (
                code.emit(f"shufflevector {kind} {lanes}, {kind} poison, <{half} x i32> <{_counted(begin, half)}>")
                for begin in (0, half)
            )
            lanes, width = code.emit(f"fadd <{half} x double> {low}, {high}"), half
        total = code.emit(f"extractelement <1 x double> {lanes}, i32 0")
        place = code.emit(f"getelementptr double, ptr %sums, i64 {index}")
        code.lines.append(f"  store double {total}, ptr {place}")


def _counted(begin: int, count: int) -> str:
    return ", ".join(f"i32 {index}" for index in range(begin, begin + count))


def _blocks(number: int, outputs: int) -> Iterator[str]:
    """The function that writes the sums of the blocks from `first` to `last` of one stage, at the places of these blocks."""
    yield f"""\
define void @blocks{number}({ARGUMENTS}, i64 %rows, i64 %first, i64 %last, ptr %sums) {{
entry:
  br label %head
head:
  %k = phi i64 [ %first, %entry ], [ %next, %body ]
  %more = icmp slt i64 %k, %last
  br i1 %more, label %body, label %end
body:
  %next = add i64 %k, 1
  %begin = mul i64 %k, {BLOCK}
  %left = sub i64 %rows, %begin
  %is_short = icmp slt i64 %left, {BLOCK}
  %size = select i1 %is_short, i64 %left, i64 {BLOCK}
  %index = mul i64 %k, {outputs}
  %place = getelementptr double, ptr %sums, i64 %index
  call void @block{number}(ptr %given, ptr %columns, ptr %batch, i64 %begin, i64 %size, ptr %place)
  br label %head
end:
  ret void
}}"""


def _totals(number: int, first: int, kinds: Sequence[str], came_from: str) -> Iterator[str]:
    """The part of `sums` that adds the blocks of one stage, one by one."""
    s, outputs = number, range(len(kinds))
    yield f"  br label %loop{s}"
    yield f"loop{s}:"
    yield f"  %begin{s} = phi i64 [ 0, {came_from} ], [ %next{s}, %loop{s} ]"
    for index in outputs:
        yield f"  %t{s}.{index} = phi double [ 0.0, {came_from} ], [ %u{s}.{index}, %loop{s} ]"
    yield f"  %left{s} = sub i64 %rows, %begin{s}"
    yield f"  %short{s} = icmp slt i64 %left{s}, {BLOCK}"
    yield f"  %size{s} = select i1 %short{s}, i64 %left{s}, i64 {BLOCK}"
    yield f"  call void @block{s}(ptr %given, ptr %columns, ptr %batch, i64 %begin{s}, i64 %size{s}, ptr %one)"
    for index in outputs:
        yield f"  %p{s}.{index} = getelementptr double, ptr %one, i64 {index}"
        yield f"  %o{s}.{index} = load double, ptr %p{s}.{index}"
        yield f"  %u{s}.{index} = fadd double %t{s}.{index}, %o{s}.{index}"
    yield f"  %next{s} = add i64 %begin{s}, {BLOCK}"
    yield f"  %more{s} = icmp slt i64 %next{s}, %rows"
    yield f"  br i1 %more{s}, label %loop{s}, label %end{s}"
    yield f"end{s}:"
    for index, kind in enumerate(kinds):
        divisor = "%divisor" if kind == "mean" else constant(1.0)
        yield f"  %f{s}.{index} = fdiv double %u{s}.{index}, {divisor}"
        yield f"  %g{s}.{index} = getelementptr double, ptr %given, i64 {first + index}"
        yield f"  store double %f{s}.{index}, ptr %g{s}.{index}"


def _many(width: int) -> Iterator[str]:
    """The function that does what `sums` does at many positions."""
    yield f"""\
define void @many({ARGUMENTS}, i64 %rows, i64 %count) {{
entry:
  br label %head
head:
  %k = phi i64 [ 0, %entry ], [ %next, %body ]
  %more = icmp slt i64 %k, %count
  br i1 %more, label %body, label %end
body:
  %next = add i64 %k, 1
  %index = mul i64 %k, {width}
  %place = getelementptr double, ptr %given, i64 %index
  call void @sums(ptr %place, ptr %columns, ptr %batch, i64 %rows)
  br label %head
end:
  ret void
}}"""
