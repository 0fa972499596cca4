"""Vector code beside the C library lane by lane, NumPy, and C with the same polynomials: nanoseconds a number."""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import take_turns

from steepest.targets.vector.vector_math import ARITIES, FUNCTIONS, lane_by_lane, vector_function

COUNT = 1024  # numbers of an array: the arrays of a call fit the first cache
TIMES = 50  # over the arrays in one call
SOURCE = Path(__file__).with_name("vector_math.c")
C_NAMES = {"sin": "sines", "cos": "cosines", "sincos": "sines_and_cosines"}
Call = Callable[..., object]


def vectors() -> None:
    """Every vector function at three widths, and its peers."""
    libm, by_hand = ctypes.CDLL(ctypes.util.find_library("m")), c_library()
    print(
        "\nVector functions: nanoseconds a number (8, 16 and 32 lanes, C library lane by lane, NumPy, C with the same polynomials)"
    )
    chosen = np.random.default_rng(0)
    x, y = chosen.uniform(0.01, 10, COUNT), chosen.uniform(-5, 5, COUNT)
    for name in FUNCTIONS:
        arity, results = ARITIES.get(name, 1), 2 if name == "sincos" else 1
        arrays = [*(x, y)[:arity], *(np.empty(COUNT) for _ in range(results))]
        addresses = [part.ctypes.data for part in arrays]
        candidates: dict[str, Call] = {}
        for width in (8, 16, 32):
            text = vector_function(name, width)
            assert text is not None
            candidates[f"{width} lanes"] = partial(compiled(text, name, width, arity, results), TIMES, COUNT, *addresses)
        if hasattr(libm, name) and results == 1:
            address = ctypes.cast(getattr(libm, name), ctypes.c_void_p).value or 0
            function = compiled(lane_by_lane(name, 8, address), name, 8, arity, results)
            candidates["lane by lane"] = partial(function, TIMES, COUNT, *addresses)
        numpy: Any = getattr(np, {"pow": "power", "atan": "arctan"}.get(name, name), None)
        if numpy:
            candidates["NumPy"] = partial(repeated, partial(numpy, *arrays[:arity], out=arrays[-1]))
        if by_hand and name in C_NAMES:
            function = getattr(by_hand, C_NAMES[name])
            candidates["C"] = partial(function, ctypes.c_long(TIMES), ctypes.c_long(COUNT), *map(ctypes.c_void_p, addresses))
        times = take_turns(candidates, 11)
        print(f"{name:<10}" + ", ".join(f"{each} {seconds / TIMES / COUNT * 1e9:.2f}" for each, seconds in times.items()))


def repeated(function: Call) -> None:
    for _ in range(TIMES):
        function()


def c_library() -> Any:
    """The functions of `vector_math.c`; None where there is no gcc."""
    if not shutil.which("gcc"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/vector_math.so"
        subprocess.run(["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, str(SOURCE)], check=True)
        return ctypes.CDLL(library)


ENGINES: list[Any] = []  # which own the machine code


def compiled(text: str, name: str, width: int, arity: int, results: int) -> Call:
    """A vector function as a function of how often, the number of elements, and the addresses of arrays."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(text + over_arrays(name, width, arity, results))
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple().create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2)
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    ENGINES.append(llvm.create_mcjit_compiler(module, target))
    types: Sequence[Any] = [ctypes.c_int64] * 2 + [ctypes.c_void_p] * (arity + results)
    return ctypes.CFUNCTYPE(None, *types)(ENGINES[-1].get_function_address("over_arrays"))


def over_arrays(name: str, width: int, arity: int, results: int) -> str:
    """A function that goes over arrays a number of times."""
    vector = f"<{width} x double>"
    type_ = vector if results == 1 else f"{{ {vector}, {vector} }}"
    given, made = [f"a{index}" for index in range(arity)], [f"r{index}" for index in range(results)]
    arguments = ", ".join(f"{vector} %{each}.in" for each in given)
    parts = ["found"] if results == 1 else [f"{each}.out" for each in made]
    return "\n".join([
        f"define void @over_arrays(i64 %times, i64 %count, {', '.join(f'ptr %{each}' for each in (*given, *made))}) {{",
        "  br label %again",
        "again:",
        "  %time = phi i64 [ 0, %0 ], [ %later, %done ]",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %again ], [ %next, %loop ]",
        *(f"  %{each}.at = getelementptr double, ptr %{each}, i64 %i" for each in (*given, *made)),
        *(f"  %{each}.in = load {vector}, ptr %{each}.at, align 8" for each in given),
        f"  %found = call {type_} @v_{name}_{width}({arguments})",
        *(f"  %{part} = extractvalue {type_} %found, {index}" for index, part in enumerate(parts) if results > 1),
        *(f"  store {vector} %{part}, ptr %{each}.at, align 8" for each, part in zip(made, parts, strict=True)),
        f"  %next = add i64 %i, {width}",
        "  %more = icmp ult i64 %next, %count",
        "  br i1 %more, label %loop, label %done",
        "done:",
        "  %later = add i64 %time, 1",
        "  %repeat = icmp ult i64 %later, %times",
        "  br i1 %repeat, label %again, label %end",
        "end:",
        "  ret void",
        "}",
    ])  # fmt: skip
