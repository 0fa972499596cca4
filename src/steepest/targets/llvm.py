"""The second gear: the steps of a program as machine code, compiled by LLVM. It gives the same bits as the first gear."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from steepest.errors import InputError
from steepest.tape.program import Program, Stop
from steepest.targets.llvm_ir import LIBRARY
from steepest.targets.state import RunState
from steepest.targets.steps_ir import steps_ir

BLOCK = 2_000_000  # operations between two looks at the keyboard: some hundredths of a second
STOPS = {stop.code: stop for stop in Stop}


class MachineGear:
    """Takes steps as machine code, up to the first one in which something is not finite."""

    def __init__(self, program: Program, state: RunState, function: Callable[..., int] | None = None) -> None:
        self.state = state
        self.function = function or machine_code(program)
        self.stride = max(BLOCK // max(len(program.step.operations), 1), 1)
        self.moving = (ctypes.c_double * len(state.moving))(*state.moving)
        self.constants = (ctypes.c_double * max(len(state.constants), 1))(*state.constants)
        self.numbers = ctypes.addressof(ctypes.c_char.from_buffer(state.block.numbers))

    def take(self, until: int, *further: Any) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`.

        Args:
            until: so many.
            further: arguments of the function, for a program over data.
        """
        state, moving = self.state, self.moving
        moving[:] = list(state.moving)
        done = ctypes.c_int64(state.done)
        code = self.function(
            self.numbers, moving, self.constants, done, until, float(state.horizon), float(state.seed), state.shortest, state.asked,
            state.flattest, *further,
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
    """The compiled function that takes steps, without data; see `steepest.targets.steps_ir`."""
    is_available()
    if "llvm" not in program.compiled:
        program.compiled["llvm"] = steps_function(compile_functions(steps_ir(program, library_addresses())))
    found: Callable[..., int] = program.compiled["llvm"]
    return found


def steps_function(engine: Any, *further: Any) -> Callable[..., int]:
    """The function that takes steps, of a compiled module.

    Args:
        engine: which has the module.
        further: the types of more arguments.
    """
    double, pointer, count = ctypes.c_double, ctypes.c_void_p, ctypes.c_int64
    prototype = ctypes.CFUNCTYPE(
        count, pointer, pointer, pointer, ctypes.POINTER(count), count, double, double, double, double, double, *further
    )  # fmt: skip
    function = prototype(engine.get_function_address("take"))
    function.engine = engine  # type: ignore[attr-defined]  # which owns the machine code
    return function
