"""The steps of many runs at once as LLVM IR: every instruction works on a vector with one lane for each run.

Lanes are taken in groups of one vector. The steps of a group are taken in short blocks, first by a quick loop that only
gathers whether anything in the block might end a run: a position or a state that is not finite, a value that may not be, a
short step, a small gradient. If so, the same block is taken again by a careful loop that looks at every step. A lane whose
run has ended keeps its position, and the group ends when all of its runs have.

What is the same in all lanes (the step number, hyperparameters that the runs share) is computed once, as numbers; what no
step changes is computed before the loops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP, Operation
from steepest.targets.llvm_ir import DECLARATIONS, Code, constant, noise_function

STEPS = 16  # of a block
FAR = 1e150  # a position within it has a square


@dataclass(frozen=True)
class Variant:
    """What the machine code of many runs depends on, besides the program.

    Attributes:
        lanes: how many runs a vector holds.
        varying: for every hyperparameter and the seed, whether the runs have numbers of their own.
        tol, gtol: whether steps and gradients are compared with a tolerance.
        history: whether every position is stored.
        exact: whether every result has the bits of a single run.
    """

    lanes: int
    varying: tuple[bool, ...]
    tol: bool
    gtol: bool
    history: bool
    exact: bool


def many_ir(program: Program, variant: Variant, addresses: Mapping[str, int]) -> tuple[str, set[str]]:
    """The module's text without its vector functions, and the operations that it needs as such.

    Its function `many` takes the addresses of the inputs' columns and how far the columns go on from lane to lane (1, or 0 for a
    number that the runs share), the groups from `first` to `last`, the step limit, squared tolerances, and the addresses of
    columns for what moved, the value, the steps and the code of the ending.
    """
    return _Writer(program, variant, addresses).module()


class _Writer:
    """The text under construction."""

    def __init__(self, program: Program, variant: Variant, addresses: Mapping[str, int]) -> None:
        self.program, self.variant, self.addresses = program, variant, addresses
        self.tape, self.lanes = program.step, variant.lanes
        self.vector, self.integers, self.bits = (f"<{self.lanes} x {kind}>" for kind in ("double", "i64", "i1"))
        self.called: set[str] = set()
        self.calls_noise = False
        self.moved = [*self.tape.outputs["theta"], *program.next_state]
        self.inputs = len(self.tape.inputs)
        varying = [*program.moving, *(slot for slot, own in zip(self.held, variant.varying, strict=True) if own)]
        self.varying = self.tape.dependents(varying)
        self.changing = self.tape.dependents([*program.moving, self.inputs - 3])
        self.names: dict[int, str] = {}  # of vectors, or of numbers that all lanes share, by slot

    @property
    def held(self) -> list[int]:
        """The inputs that no step changes, but for `T`: the hyperparameters and the seed."""
        return [*range(len(self.program.moving), self.inputs - 3), self.inputs - 1]

    def code(self, name: str, *, scalar: bool = False, lines: list[str] | None = None) -> Code:
        """New code, on vectors or on what all lanes share."""
        flags = "" if self.variant.exact else "contract"
        return Code(self.addresses, lanes=0 if scalar else self.lanes, flags=flags, name=name, lines=lines)

    def module(self) -> tuple[str, set[str]]:
        """The text, and the operations that are called on vectors."""
        quick = () if self.variant.history else (*self.block_check_slots(),)
        careful = [*self.moved, *self.tape.outputs["f"], *self.careful_slots()]
        before = self.before({*quick, *careful, *self.moved})
        body = [
            "define void @many(ptr %columns, ptr %strides, i64 %begin, i64 %last, i64 %limit, double %horizon, double %shortest,",
            "                  double %asked, double %flattest, ptr %results, ptr %history, i64 %history_lanes) {",
            "entry:",
            *(f"  {line}" for line in self.splats(("shortest", "asked", "flattest"))),
            "  br label %group",
            "group:",
            "  %g = phi i64 [ %begin, %entry ], [ %g_next, %finish ]",
            "  %g_next = add i64 %g, 1",
            f"  %lane = mul i64 %g, {self.lanes}",
            "  %g_more = icmp slt i64 %g, %last",
            "  br i1 %g_more, label %load, label %done",
            "load:",
            *before,
            "  br label %outer",
            *self.outer(),
            *([] if self.variant.history else self.quick_loop(quick)),
            *self.careful_loop(careful),
            *self.finish(),
            "done:",
            "  ret void",
            "}",
        ]
        noise = noise_function(self.addresses) if self.calls_noise else ""
        suffix = f"v{self.lanes}f64"
        declared = "".join(f"declare {self.vector} @{name}.{suffix}({self.vector})\n" for name in ("llvm.sqrt", "llvm.fabs"))
        return "\n".join([DECLARATIONS, declared, noise, *body]), self.called

    def block_check_slots(self) -> Iterator[int]:
        """What the quick loop looks at besides what moved."""
        if not self.program.safe_radius:
            yield from self.tape.outputs["f"]
        if self.variant.tol:
            yield from self.tape.outputs[STEP]
        if self.variant.gtol:
            yield from self.tape.outputs["g"]

    def careful_slots(self) -> Iterator[int]:
        """What the careful loop looks at besides what moved and the value."""
        if self.variant.tol:
            yield from self.tape.outputs[STEP]
        if self.variant.tol or self.variant.gtol:
            yield from self.tape.outputs["g"]

    def splats(self, names: Iterable[str]) -> Iterator[str]:
        """Vectors `%NAMEs` of equal numbers."""
        for name in names:
            yield f"%{name}1 = insertelement {self.vector} poison, double %{name}, i32 0"
            yield (f"%{name}s = shufflevector {self.vector} %{name}1, {self.vector} poison, <{self.lanes} x i32> zeroinitializer")

    def before(self, wanted: Iterable[int]) -> list[str]:
        """Loads what a group starts with, and computes what no step changes."""
        scalar = self.code("b", scalar=True)
        vector = self.code("b", lines=scalar.lines)
        for index, slot in enumerate([*self.program.moving, *self.held]):
            shared = slot not in self.varying
            place = scalar.emit(f"getelementptr ptr, ptr %columns, i64 {index}")
            stride = scalar.emit(f"getelementptr i64, ptr %strides, i64 {index}")
            column, by = scalar.emit(f"load ptr, ptr {place}"), scalar.emit(f"load i64, ptr {stride}")
            first = scalar.emit(f"mul i64 %lane, {by}")
            address = scalar.emit(f"getelementptr double, ptr {column}, i64 {first}")
            kind = "double" if shared else self.vector
            self.names[slot] = scalar.emit(f"load {kind}, ptr {address}, align 8")
        self.names[self.inputs - 2] = "%horizon"
        needed = self.tape.needed(wanted)
        invariant = [slot for slot in sorted(needed - self.changing) if slot >= self.first_operation]
        self.compute(invariant, self.names, scalar, vector)
        read = {part for slot in needed & self.changing if slot >= self.first_operation for part in self.operation(slot)[1:]}
        for slot in sorted((read | set(self.moved)) - self.changing - self.varying):
            if not self.inputs <= slot < self.first_operation:
                self.names[slot + SPLAT] = self.splat(vector, self.names[slot])
        self.gather(vector)
        return scalar.lines

    @property
    def first_operation(self) -> int:
        return self.inputs + len(self.tape.constants)

    def operation(self, slot: int) -> Operation:
        return self.tape.operations[slot - self.first_operation]

    def splat(self, vector: Code, number: str) -> str:
        """A number in all lanes."""
        first = vector.emit(f"insertelement {self.vector} poison, double {number}, i32 0")
        return vector.emit(f"shufflevector {self.vector} {first}, {self.vector} poison, <{self.lanes} x i32> zeroinitializer")

    def compute(self, slots: Sequence[int], names: dict[int, str], scalar: Code, vector: Code) -> None:
        """The operations of some slots, into the names."""
        pairs = {} if self.variant.exact else self.pairs(slots)
        for slot in slots:
            name, *used = self.operation(slot)
            if slot in pairs:
                both = vector.sine_and_cosine(self.in_lanes(used[0], names, vector))
                names[slot], names[pairs[slot]] = both if name == "sin" else both[::-1]
            elif slot in self.varying and slot in pairs.values():
                continue
            elif slot in self.varying:
                names[slot] = vector.operation(name, *[self.in_lanes(part, names, vector) for part in used])
            else:
                names[slot] = scalar.operation(name, *[self.shared(part, names) for part in used])
        self.calls_noise |= scalar.calls_noise

    def pairs(self, slots: Sequence[int]) -> dict[int, int]:
        """The sines and cosines of the same vector, the first by the second."""
        found: dict[tuple[str, int], int] = {}
        pairs: dict[int, int] = {}
        for slot in slots:
            name, *used = self.operation(slot)
            if name in ("sin", "cos") and slot in self.varying:
                other = found.get(("cos" if name == "sin" else "sin", used[0]))
                if other is not None:
                    pairs[other] = slot
                found[name, used[0]] = slot
        return pairs

    def shared(self, slot: int, names: Mapping[int, str]) -> str:
        """A number that all lanes share."""
        return constant(self.tape.constants[slot - self.inputs]) if self.inputs <= slot < self.first_operation else names[slot]

    def in_lanes(self, slot: int, names: dict[int, str], vector: Code) -> str:
        """A slot as a vector."""
        if self.inputs <= slot < self.first_operation:
            return vector.constant(self.tape.constants[slot - self.inputs])
        if slot in self.varying:
            return names[slot]
        if slot + SPLAT not in names:
            names[slot + SPLAT] = self.splat(vector, names[slot])
        return names[slot + SPLAT]

    def gather(self, vector: Code) -> None:
        """Take over what a piece of code calls."""
        self.called |= vector.called
        self.calls_noise |= vector.calls_noise

    def step(self, name: str, wanted: Iterable[int]) -> tuple[Code, dict[int, str]]:
        """One step in a loop whose moving names are `%NAME.J` and whose counter is `%NAME.k`; the code and the names."""
        vector = self.code(name)
        scalar = self.code(name, scalar=True, lines=vector.lines)
        names = dict(self.names) | {slot: f"%{name}.{slot}" for slot in self.program.moving}
        vector.lines.append(f"  %{name}.next = add i64 %{name}.k, 1")
        names[self.inputs - 3] = vector.emit(f"sitofp i64 %{name}.next to double")
        slots = sorted(slot for slot in self.tape.needed(wanted) & self.changing if slot >= self.first_operation)
        self.compute(slots, names, scalar, vector)
        for slot in set(wanted):
            names[slot] = self.in_lanes(slot, names, vector)
        self.gather(vector)
        return vector, names

    def outer(self) -> Iterator[str]:
        """From block to block."""
        yield "outer:"
        yield "  %at = phi i64 [ 0, %load ], [ %end, %merged ]"
        for slot in self.program.moving:
            yield f"  %m.{slot} = phi {self.vector} [ {self.names[slot]}, %load ], [ %n.{slot}, %merged ]"
        for name, start in (("active", -1), ("taken", 0), ("code", Stop.LIMIT.code)):
            yield f"  %m.{name} = phi {self.integers} [ splat (i64 {start}), %load ], [ %n.{name}, %merged ]"
        yield f"  %live = icmp ne {self.integers} %m.active, zeroinitializer"
        yield from self.any_of("%live", "%some")
        yield "  %within = icmp slt i64 %at, %limit"
        yield "  %go = and i1 %some, %within"
        yield "  br i1 %go, label %block, label %finish"
        yield "block:"
        yield "  %room = sub i64 %limit, %at"
        yield "  %is_first = icmp eq i64 %at, 0"
        yield f"  %most = select i1 %is_first, i64 1, i64 {STEPS}"
        yield "  %is_short = icmp slt i64 %room, %most"
        yield "  %count = select i1 %is_short, i64 %room, i64 %most"
        yield "  %end = add i64 %at, %count"
        if self.variant.history:
            yield "  br label %careful"
        else:
            yield "  br i1 %is_first, label %careful, label %quick"

    def any_of(self, bits: str, name: str) -> Iterator[str]:
        """Whether a bit of a vector is set, as a name."""
        yield f"  {name}.bits = bitcast {self.bits} {bits} to i{self.lanes}"
        yield f"  {name} = icmp ne i{self.lanes} {name}.bits, 0"

    def quick_loop(self, looked_at: Sequence[int]) -> Iterator[str]:
        """A block of steps without a look at each, then what the block may have met."""
        code, names = self.step("q", [*self.moved, *looked_at])
        gathered = self.gathered(code, names)
        yield "quick:"
        yield "  %q.k = phi i64 [ %at, %block ], [ %q.next, %quick ]"
        for slot, new in zip(self.program.moving, self.moved, strict=True):
            yield f"  %q.{slot} = phi {self.vector} [ %m.{slot}, %block ], [ {names[new]}, %quick ]"
        for name, (start, result) in gathered.items():
            yield f"  %q.{name} = phi {self.vector} [ splat (double {constant(start)}), %block ], [ {result}, %quick ]"
        yield from code.lines
        yield "  %q.more = icmp slt i64 %q.next, %end"
        yield "  br i1 %q.more, label %quick, label %check"
        yield "check:"
        check = self.code("k")
        radius = min(self.program.safe_radius or FAR, FAR)
        good = check.compare("olt", gathered["far"][1], check.constant(radius * radius))
        if "nothing" in gathered:
            good = check.both(good, check.compare("oeq", gathered["nothing"][1], check.constant(0.0)))
        if kept := [names[slot] for slot in self.program.next_state if slot not in self.program.escaping]:
            good = check.both(good, check.all_finite(kept))
        for name, bound in (("short", "%shortests"), ("flat", "%flattests")):
            if name in gathered:
                good = check.both(good, check.compare("uge", gathered[name][1], bound))
        met = check.emit(f"xor {self.bits} {good}, splat (i1 true)")
        met = check.both(met, "%live")
        yield from check.lines
        yield from self.any_of(met, "%met")
        yield "  br i1 %met, label %careful, label %accept"
        yield "accept:"
        for slot, new in zip(self.program.moving, self.moved, strict=True):
            yield f"  %a.{slot} = select {self.bits} %live, {self.vector} {names[new]}, {self.vector} %m.{slot}"
        yield "  br label %merged"

    def gathered(self, code: Code, names: Mapping[int, str]) -> dict[str, tuple[float, str]]:
        """What the quick loop gathers over a block, by name: what it starts with, and the new value."""
        far = "%q.far"
        for slot in self.moved[: self.program.count]:
            far = code.operation("add", far, code.operation("mul", names[slot], names[slot]))
        found = {"far": (0.0, far)}
        watched = [names[slot] for slot in self.program.escaping]
        watched += [] if self.program.safe_radius else [names[self.tape.outputs["f"][0]]]
        if watched:
            found["nothing"] = (0.0, code.operation("add", "%q.nothing", code.nothing(watched)))
        for name, output, wanted in (("short", STEP, self.variant.tol), ("flat", "g", self.variant.gtol)):
            if wanted:
                square = code.squares([names[slot] for slot in self.tape.outputs[output]])
                less = code.compare("olt", square, f"%q.{name}")
                found[name] = (float("inf"), code.select(less, square, f"%q.{name}"))
        return found

    def careful_loop(self, looked_at: Sequence[int]) -> Iterator[str]:
        """A block of steps with a look at each."""
        code, names = self.step("c", looked_at)
        new, ended = self.endings(code, names)
        sources = ["%block"] if self.variant.history else ["%block", "%check"]
        yield "careful:"
        yield f"  %c.k = phi i64 {', '.join(f'[ %at, {source} ]' for source in sources)}, [ %c.next, %careful ]"
        for slot in self.program.moving:
            starts = ", ".join(f"[ %m.{slot}, {source} ]" for source in sources)
            yield f"  %c.{slot} = phi {self.vector} {starts}, [ {new[slot]}, %careful ]"
        for name, result in ended.items():
            starts = ", ".join(f"[ %m.{name}, {source} ]" for source in sources)
            yield f"  %c.{name} = phi {self.integers} {starts}, [ {result}, %careful ]"
        yield from code.lines
        yield "  %c.more = icmp slt i64 %c.next, %end"
        yield "  br i1 %c.more, label %careful, label %merged"
        yield "merged:"
        accepted = not self.variant.history
        for slot in self.program.moving:
            quick = f"[ %a.{slot}, %accept ], " if accepted else ""
            yield f"  %n.{slot} = phi {self.vector} {quick}[ {new[slot]}, %careful ]"
        for name, result in ended.items():
            quick = f"[ %m.{name}, %accept ], " if accepted else ""
            yield f"  %n.{name} = phi {self.integers} {quick}[ {result}, %careful ]"
        yield "  br label %outer"

    def endings(self, code: Code, names: Mapping[int, str]) -> tuple[dict[int, str], dict[str, str]]:
        """What moved and how runs ended, after a step of the careful loop."""
        moved = [names[slot] for slot in self.moved]
        live = code.emit(f"icmp ne {self.integers} %c.active, zeroinitializer")
        left = self.inverted(code, code.all_finite([names[self.tape.outputs["f"][0]]]))
        stops = [(Stop.BROKEN, self.inverted(code, code.all_finite(moved)))]
        slope = code.squares([names[slot] for slot in self.tape.outputs["g"]]) if self.variant.tol or self.variant.gtol else ""
        if self.variant.gtol:
            stops.append((Stop.GRADIENT, code.compare("olt", slope, "%flattests")))
        stops.append((Stop.LEFT, left))
        stopped, ending = "", "%c.code"
        for stop, bit in stops:
            now = code.both(live, bit)
            ending = self.choose(code, now, f"splat (i64 {stop.code})", ending)
            stopped = code.either(stopped, now) if stopped else now
        steps = code.both(live, self.inverted(code, stopped))
        new = {slot: code.select(steps, after, f"%c.{slot}") for slot, after in zip(self.program.moving, moved, strict=True)}
        taken = self.choose(code, stopped, self.counted(code, "%c.k"), "%c.taken")
        if self.variant.tol:
            gaps = [code.operation("sub", new[slot], f"%c.{slot}") for slot in range(self.program.count)]
            short = code.both(steps, code.compare("olt", code.squares([names[s] for s in self.tape.outputs[STEP]]), "%shortests"))
            short = code.both(short, code.compare("olt", slope, "%askeds"))
            short = code.both(short, code.compare("olt", code.squares(gaps), "%shortests"))
            ending = self.choose(code, short, f"splat (i64 {Stop.STEP.code})", ending)
            taken = self.choose(code, short, self.counted(code, "%c.next"), taken)
            steps = code.both(steps, self.inverted(code, short))
        active = code.emit(f"sext {self.bits} {steps} to {self.integers}")
        if self.variant.history:
            self.store_history(code, new)
        return new, {"active": active, "taken": taken, "code": ending}

    def store_history(self, code: Code, new: Mapping[int, str]) -> None:
        """Stores the positions after a step: step by step, then coordinate by coordinate."""
        row = code.emit(f"mul i64 %c.next, {self.program.count}")
        for slot in range(self.program.count):
            coordinate = code.emit(f"add i64 {row}, {slot}")
            place = code.emit(f"mul i64 {coordinate}, %history_lanes")
            lane = code.emit(f"add i64 {place}, %lane")
            address = code.emit(f"getelementptr double, ptr %history, i64 {lane}")
            code.lines.append(f"  store {self.vector} {new[slot]}, ptr {address}, align 8")

    def inverted(self, code: Code, bits: str) -> str:
        return code.emit(f"xor {self.bits} {bits}, splat (i1 true)")

    def choose(self, code: Code, bits: str, a: str, b: str) -> str:
        """One of two vectors of integers."""
        return code.emit(f"select {self.bits} {bits}, {self.integers} {a}, {self.integers} {b}")

    def counted(self, code: Code, number: str) -> str:
        """An integer in all lanes."""
        first = code.emit(f"insertelement {self.integers} poison, i64 {number}, i32 0")
        return code.emit(f"shufflevector {self.integers} {first}, {self.integers} poison, <{self.lanes} x i32> zeroinitializer")

    def finish(self) -> Iterator[str]:
        """Evaluates the objective where the runs ended, and stores the results."""
        code = self.code("f")
        objective = self.program.objective
        inputs = [f"%m.{slot}" for slot in range(self.program.count)]
        inputs += [self.in_lanes(slot, self.names, code) for slot in self.held[len(self.program.hyperparameters) : -1]]
        names = code.tape(objective, inputs, [*objective.outputs["f"], *(objective.outputs["g"] if self.variant.gtol else ())])
        value = names[objective.outputs["f"][0]]
        at_limit = code.emit(f"icmp eq {self.integers} %m.code, splat (i64 {Stop.LIMIT.code})")
        ending = "%m.code"
        if self.variant.gtol:
            slope = code.squares([names[slot] for slot in objective.outputs["g"]])
            flat = code.both(at_limit, code.compare("olt", slope, "%flattests"))
            ending = self.choose(code, flat, f"splat (i64 {Stop.GRADIENT.code})", ending)
        arrived = code.emit(f"icmp eq {self.integers} %m.code, splat (i64 {Stop.STEP.code})")
        lost = code.both(code.either(at_limit, arrived), self.inverted(code, code.all_finite([value])))
        ending = self.choose(code, lost, f"splat (i64 {Stop.LEFT.code})", ending)
        taken = self.choose(code, "%live", self.counted(code, "%limit"), "%m.taken")
        self.gather(code)
        results = [(self.vector, f"%m.{slot}") for slot in self.program.moving]
        results += [(self.vector, value), (self.integers, taken), (self.integers, ending)]
        for index, (kind, result) in enumerate(results):
            place = code.emit(f"getelementptr ptr, ptr %results, i64 {index}")
            column = code.emit(f"load ptr, ptr {place}")
            address = code.emit(f"getelementptr i64, ptr {column}, i64 %lane")
            code.lines.append(f"  store {kind} {result}, ptr {address}, align 8")
        yield "finish:"
        yield from code.lines
        yield "  br label %group"


SPLAT = 1 << 40  # added to a slot: its number in all lanes
