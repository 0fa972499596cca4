"""The steps of a program as LLVM IR: a loop that records each one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP, Tape
from steepest.targets.llvm_ir import DECLARATIONS, Code, noise_function


def steps_ir(program: Program, addresses: Mapping[str, int], *, batched: bool = False) -> str:
    """The module with the function `take`, which takes steps until `until` are done or one ends the run.

    The position and the state pass from step to step in registers; they are loaded from `moving` and stored there at the end. A
    program over data needs the function `sums` of `steepest.targets.rows.rows_ir` beside it.

    Args:
        program: what is run.
        addresses: of the C library's functions.
        batched: whether the rows of the steps are those whose numbers `batches` points to, from one of the `bounds` to the next.
    """
    tape, width = program.step, program.width
    code = Code(addresses)
    rows = _Rows(code, tape, batched=batched) if tape.rows else None
    inputs = [f"%in{slot}" for slot in range(len(tape.inputs) - 3)] + ["%t", "%horizon", "%seed"]
    moved_slots = [*tape.outputs["theta"], *program.next_state]
    names = code.tape(tape, inputs, [*moved_slots, *program.row, *tape.outputs[STEP]], rows)
    moved, row = [names[slot] for slot in moved_slots], [names[slot] for slot in program.row]
    usual = code.all_finite([names[tape.outputs["f"][0]], *moved])
    slope = code.squares([names[slot] for slot in tape.outputs["g"]])
    flat = code.compare("olt", slope, "%flattest")
    length = code.squares([names[slot] for slot in tape.outputs[STEP]])
    is_short, is_flat_enough = code.compare("olt", length, "%shortest"), code.compare("olt", slope, "%asked")
    short = code.emit(f"and i1 {is_short}, {is_flat_enough}")
    old = inputs[: len(moved)]
    lines = [
        DECLARATIONS,
        noise_function(code.addresses) if code.calls_noise else "",
        "define i64 @take(ptr %numbers, ptr %moving, ptr %constants, ptr %done, i64 %until, double %horizon, double %seed,",
        f"                 double %shortest, double %asked, double %flattest{rows.parameters if rows else ''}) {{",
        "entry:",
        *(rows.entry if rows else ()),
        *_loads("%moving", [f"{name}.first" for name in old]),
        *_loads("%constants", inputs[len(moved) : -3]),
        "  %first = load i64, ptr %done",
        f"  %begin = mul i64 %first, {width}",
        "  %first_row = getelementptr double, ptr %numbers, i64 %begin",
        "  br label %head",
        "head:",
        "  %k = phi i64 [ %first, %entry ], [ %next, %commit ]",
        "  %row = phi ptr [ %first_row, %entry ], [ %next_row, %commit ]",
        *(f"  {was} = phi double [ {was}.first, %entry ], [ {now}, %commit ]" for was, now in zip(old, moved, strict=True)),
        "  %more = icmp slt i64 %k, %until",
        "  br i1 %more, label %body, label %rest",
        "body:",
        "  %next = add i64 %k, 1",
        "  %t = sitofp i64 %next to double",
        *(rows.before if rows else ()),
        *code.lines,
        f"  br i1 {usual}, label %usual, label %rest",
        "usual:",
        f"  br i1 {flat}, label %rest, label %commit",
        "commit:",
        *_stores("%row", row, "recorded"),
        f"  %next_row = getelementptr double, ptr %row, i64 {width}",
        f"  br i1 {short}, label %arrived, label %head",
        "rest:",
        f"  %code = phi i64 [ {Stop.LIMIT.code}, %head ], [ {Stop.UNUSUAL.code}, %body ], [ {Stop.GRADIENT.code}, %usual ]",
        *_stores("%moving", old, "old"),
        "  store i64 %k, ptr %done",
        "  ret i64 %code",
        "arrived:",
        *_stores("%moving", moved, "new"),
        "  store i64 %next, ptr %done",
        f"  ret i64 {Stop.STEP.code}",
        "}",
    ]
    return "\n".join(lines)


class _Rows:
    """The sums and means over rows in the code of a step: one call for each position."""

    parameters = ", ptr %columns, ptr %batches, ptr %bounds, i64 %rows"

    def __init__(self, code: Code, tape: Tape, *, batched: bool) -> None:
        assert tape.rows is not None
        self.code, self.kinds = code, len(tape.rows.kinds)
        self.entry: list[str] = []
        self.found: dict[tuple[str, ...], str] = {}
        self.batch, self.count = ("%batch", "%size") if batched else ("null", "%rows")
        self.before = BATCH if batched else ()

    def __call__(self, number: int, position: Sequence[str]) -> str:
        """The name of a sum or mean at a position."""
        at, emit = tuple(position), self.code.emit
        if at not in self.found:
            place = self.found[at] = f"%given{len(self.found)}"
            self.entry.append(f"  {place} = alloca double, i64 {len(at) + self.kinds}")
            for index, part in enumerate(at):
                self.code.lines.append(f"  store double {part}, ptr {emit(f'getelementptr double, ptr {place}, i64 {index}')}")
            self.code.lines.append(f"  call void @sums(ptr {place}, ptr %columns, ptr {self.batch}, i64 {self.count})")
        return emit(f"load double, ptr {emit(f'getelementptr double, ptr {self.found[at]}, i64 {len(at) + number}')}")


BATCH = (
    "  %taken = sub i64 %k, %first",
    "  %bound = getelementptr i64, ptr %bounds, i64 %taken",
    "  %next_bound = getelementptr i64, ptr %bound, i64 1",
    "  %batch_begin = load i64, ptr %bound",
    "  %batch_end = load i64, ptr %next_bound",
    "  %size = sub i64 %batch_end, %batch_begin",
    "  %batch = getelementptr i64, ptr %batches, i64 %batch_begin",
)


def _loads(source: str, names: Sequence[str]) -> Iterator[str]:
    """Loads of consecutive numbers."""
    for index, name in enumerate(names):
        yield f"  {name}.at = getelementptr double, ptr {source}, i64 {index}"
        yield f"  {name} = load double, ptr {name}.at"


def _stores(place: str, values: Sequence[str], name: str) -> Iterator[str]:
    """Stores of consecutive numbers; the name tells those of one place apart."""
    for index, value in enumerate(values):
        yield f"  %{name}.{index} = getelementptr double, ptr {place}, i64 {index}"
        yield f"  store double {value}, ptr %{name}.{index}"
