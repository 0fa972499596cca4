"""The second gear: the steps of a program as machine code, compiled by LLVM. It gives the same bits as the first gear."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from steepest.errors import InputError
from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.llvm_ir import DECLARATIONS, LIBRARY, Code, noise_function
from steepest.targets.state import RunState

BLOCK = 2_000_000  # operations between two looks at the keyboard: some hundredths of a second
STOPS = {stop.code: stop for stop in Stop}


class MachineGear:
    """Takes steps as machine code, up to the first one in which something is not finite."""

    def __init__(self, program: Program, state: RunState) -> None:
        self.state = state
        self.function = machine_code(program)
        self.stride = max(BLOCK // max(len(program.step.operations), 1), 1)
        self.moving = (ctypes.c_double * len(state.moving))(*state.moving)
        self.constants = (ctypes.c_double * max(len(state.constants), 1))(*state.constants)
        self.numbers = ctypes.addressof(ctypes.c_char.from_buffer(state.block.numbers))

    def take(self, until: int) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`."""
        state, moving = self.state, self.moving
        moving[:] = list(state.moving)
        done = ctypes.c_int64(state.done)
        code = self.function(
            self.numbers, moving, self.constants, done, until, float(state.horizon), float(state.seed), state.shortest, state.asked,
            state.flattest,
        )  # fmt: skip
        state.done, state.moving = done.value, moving[:]
        return STOPS[code]


_LOADED: dict[str, Any] = {}


@cache
def is_available() -> bool:
    """Whether there is an LLVM for this machine, and a C library whose functions it can call."""
    try:
        _LOADED["binding"] = _binding()
        library_addresses()
    except (ImportError, OSError, AttributeError, RuntimeError):
        return False
    return True


def _binding() -> Any:
    """LLVM, ready to compile for this machine."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


@cache
def library_addresses() -> dict[str, int]:
    """Where the C library's functions are that Python's own `math` calls, by the operation's name.

    `hypot` is Python's: its algorithm is not that of the C library.
    """
    library = ctypes.CDLL(None)
    names = [name for name in LIBRARY if name != "hypot"]
    addresses = {name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in names}
    return addresses | {"hypot": ctypes.cast(_hypot, ctypes.c_void_p).value or 0}


_hypot = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(math.hypot)


@cache
def vector_width() -> int:
    """How many float64 numbers a vector of this machine holds."""
    features = _LOADED["binding"].get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


@cache
def fuses() -> bool:
    """Whether this machine multiplies and adds in one operation."""
    name = _LOADED["binding"].get_default_triple()
    return bool(_LOADED["binding"].get_host_cpu_features().get("fma")) or name.startswith(("aarch64", "arm64"))


def compile_functions(text: str, *, level: int = 1) -> Any:
    """An engine with the functions of a module's text.

    Args:
        text: LLVM IR.
        level: of optimization, from 0 to 3.

    Raises:
        InputError: for a text that is not valid.
    """
    llvm = _LOADED["binding"]
    try:
        module = llvm.parse_assembly(text)
        module.verify()
    except RuntimeError as error:
        raise InputError(f"LLVM refuses the machine code of this program, a mistake in steepest: {error}") from None
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(llvm), opt=level, codemodel="jitdefault"
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine


def _features(llvm: Any) -> str:
    """The features of this machine, with vectors as wide as it has them."""
    return f"{llvm.get_host_cpu_features().flatten()},-prefer-256-bit"


def machine_code(program: Program) -> Callable[..., int]:
    """The compiled function that takes steps; see `_text`."""
    is_available()
    if "llvm" not in program.compiled:
        engine = compile_functions(_text(program))
        double, pointer, count = ctypes.c_double, ctypes.c_void_p, ctypes.c_int64
        prototype = ctypes.CFUNCTYPE(
            count, pointer, pointer, pointer, ctypes.POINTER(count), count, double, double, double, double, double
        )  # fmt: skip
        function = prototype(engine.get_function_address("take"))
        function.engine = engine  # type: ignore[attr-defined]  # which owns the machine code
        program.compiled["llvm"] = function
    found: Callable[..., int] = program.compiled["llvm"]
    return found


def _text(program: Program) -> str:
    """The module with the function `take`, which takes steps until `until` are done or one ends the run.

    The position and the state pass from step to step in registers; they are loaded from `moving` and stored there at the end.
    """
    tape, width = program.step, program.width
    code = Code(library_addresses())
    inputs = [f"%in{slot}" for slot in range(len(tape.inputs) - 3)] + ["%t", "%horizon", "%seed"]
    moved_slots = [*tape.outputs["theta"], *program.next_state]
    names = code.tape(tape, inputs, [*moved_slots, *program.row, *tape.outputs[STEP]])
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
        "                 double %shortest, double %asked, double %flattest) {",
        "entry:",
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
