"""Vector code against mpmath: at most 2 units in the last place everywhere, and C's special values exactly."""

import ctypes
import functools
import itertools
import math
import platform
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from llvmlite import binding as llvm
from numpy.typing import NDArray

from steepest.language.operations import OPERATIONS
from steepest.targets.vector.large_angles import PI, RECIPROCAL_OF_PI
from steepest.targets.vector.polynomials import COSINE, SINE
from steepest.targets.vector.trigonometry import LONG_PARTS, SHORT_PARTS, largest_angle
from steepest.targets.vector.vector_math import ARITIES, FUNCTIONS, lane_by_lane, vector_function

ROOT = Path(__file__).parents[3]
Array = NDArray[np.float64]
LIMIT = 2.0  # units in the last place
NAMES = tuple(name for name in FUNCTIONS if name != "sincos")
INF, NAN, TINY, HUGE = math.inf, math.nan, 5e-324, 1.7976931348623157e308

CALLBACKS = {
    "erf": ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(math.erf),
    "atan2": ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(math.atan2),
}
ADDRESSES = {name: ctypes.cast(callback, ctypes.c_void_p).value or 0 for name, callback in CALLBACKS.items()}


def machines() -> dict[str, tuple[str, str, bool]]:
    """Processors to compile for: a name, features, and whether multiplication and addition are fused."""
    features = llvm.get_host_cpu_features()
    fused = platform.machine().lower() in ("arm64", "aarch64") or features.get("fma", False)
    return {"host": (llvm.get_host_cpu_name(), features.flatten(), fused), "generic": ("", "", False)}


@functools.cache
def compiled(name: str, width: int, machine: str, *, scalar: bool = False) -> Callable[..., tuple[Array, ...]]:
    """A vector function as a function of arrays, which gives one array, or two for `sincos`."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features, fused = machines()[machine]
    text = lane_by_lane(name, width, ADDRESSES[name]) if scalar else vector_function(name, width, fused=fused)
    assert text is not None
    arity, results = ARITIES.get(name, 1), 2 if name == "sincos" else 1
    module = llvm.parse_assembly(text + array_function(name, width, arity, results))
    module.verify()
    target = llvm.Target.from_default_triple().create_target_machine(cpu=cpu, features=features, opt=1)
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=1))
    builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, target)
    address = engine.get_function_address("over_arrays")
    function = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * (arity + results))(address)

    def call(*arguments: Array) -> tuple[Array, ...]:
        assert engine  # which owns the code
        count = len(arguments[0])
        padded = [np.concatenate([each, np.ones(-count % width)]) for each in arguments]
        found = [np.empty_like(padded[0]) for _ in range(results)]
        function(len(padded[0]), *(each.ctypes.data for each in (*padded, *found)))
        return tuple(each[:count] for each in found)

    return call


def array_function(name: str, width: int, arity: int, results: int) -> str:
    """A function that goes over arrays."""
    vector = f"<{width} x double>"
    given, made = [f"a{index}" for index in range(arity)], [f"r{index}" for index in range(results)]
    type_ = vector if results == 1 else f"{{ {vector}, {vector} }}"
    lines = [f"define void @over_arrays(i64 %n, {', '.join(f'ptr %{each}' for each in (*given, *made))}) {{", "  br label %loop"]
    lines += ["loop:", "  %i = phi i64 [ 0, %0 ], [ %next, %loop ]"]
    lines += [f"  %{each}.at = getelementptr double, ptr %{each}, i64 %i" for each in (*given, *made)]
    lines += [f"  %{each}.in = load {vector}, ptr %{each}.at, align 8" for each in given]
    lines += [f"  %found = call {type_} @v_{name}_{width}({', '.join(f'{vector} %{each}.in' for each in given)})"]
    for index, each in enumerate(made):
        part = "%found" if results == 1 else f"%part{index}"
        lines += [] if results == 1 else [f"  {part} = extractvalue {type_} %found, {index}"]
        lines += [f"  store {vector} {part}, ptr %{each}.at, align 8"]
    lines += [f"  %next = add i64 %i, {width}", "  %more = icmp ult i64 %next, %n", "  br i1 %more, label %loop, label %end"]
    return "\n".join([*lines, "end:", "  ret void", "}"])


# Points


def logarithmic(low: int, high: int, count: int, seed: int = 0) -> Array:
    """Numbers of both signs with exponents from `low` on and below `high`."""
    chosen = np.random.default_rng(seed)
    sizes = np.ldexp(chosen.uniform(1, 2, count), chosen.integers(low, high, count))
    return np.asarray(sizes * chosen.choice([-1, 1], count))


def uniform(low: float, high: float, count: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(low, high, count)


def denormal(count: int) -> Array:
    return np.random.default_rng(0).integers(1, 2**52, count).view(np.float64)


def near(centers: NDArray[np.floating[Any]]) -> Array:
    """Each number with its neighbors, up to 3 units away."""
    bits = np.asarray(centers).view(np.int64)
    return np.concatenate([(bits + step).view(np.float64) for step in range(-3, 4)])


def closest_to_quarter_turns() -> Iterator[float]:
    """For each exponent the numbers that come closest to a multiple of pi/2.

    They are found by continued fractions (Kahan, "Minimizing q m - n", 1983).
    """
    with mpmath.workprec(1500):
        quarter = mpmath.pi / 2
        for exponent in range(-53, 971):
            rest, before, last = mpmath.ldexp(1, -exponent) * quarter, (0, 1), (1, 0)
            while last[0] < 2**53:
                whole = int(mpmath.floor(rest))
                before, last = last, (whole * last[0] + before[0], whole * last[1] + before[1])
                if 2**50 < last[0] < 2**53:
                    yield math.ldexp(last[0], exponent)
                rest = 1 / (rest - whole)


@functools.cache
def angles() -> Array:
    quarters = np.arange(1, 2000) * (math.pi / 4)
    limits = np.array([largest_angle(True), largest_angle(False)])
    closest = np.array([*closest_to_quarter_turns()])
    return np.concatenate([
        uniform(-10, 10, 4000), uniform(-1e6, 1e6, 1000), logarithmic(-1074, 1024, 2000), logarithmic(-30, 41, 2000), quarters,
        near(limits), closest, -closest[::7], denormal(50),
    ])  # fmt: skip


@functools.cache
def exponents() -> Array:
    ends = near(np.array([709.782712893384, -708.3964185322641, -745.1332191019412, -744.4400719213812, -0.34657359, 0.34657359]))
    halves = near((np.arange(-1074, 1024) + 0.5) * math.log(2))[::5]
    return np.concatenate([
        uniform(-2, 2, 2000), uniform(-746, 710, 2000), uniform(-746, -707, 1000), logarithmic(-1074, 12, 1000), ends, halves,
        denormal(20),
    ])  # fmt: skip


@functools.cache
def positives() -> Array:
    powers = np.ldexp(1.0, np.arange(-1074, 1024, 3))
    halves = near(np.sqrt(0.5) * powers[::5])
    sizes = np.abs(logarithmic(-1074, 1024, 2000))
    found = np.concatenate([
        uniform(0, 4, 2000), uniform(0.7, 1.5, 2000), 1 + logarithmic(-53, -2, 1000), sizes, powers, halves, denormal(200),
        near(np.array([1.0, math.sqrt(0.5), math.sqrt(2), 2.0**-1022, math.e])), np.array([TINY, HUGE]),
    ])  # fmt: skip
    return found[(found > 0) & (found < INF)]


@functools.cache
def powers() -> tuple[Array, Array]:
    """Pairs over all bases, most with an exponent that gives a finite result, many with one that overflows or vanishes."""
    near_one = np.concatenate([uniform(0.7, 1.42, 1500), 1 + logarithmic(-53, -2, 1000)])
    bases = np.concatenate([near_one, np.abs(logarithmic(-1074, 1024, 1500)), denormal(200), uniform(0, 9, 500)])
    wanted = [uniform(-745.2, 709.8, len(bases)), uniform(-745.2, -707, len(bases)), logarithmic(-60, 11, len(bases))]
    with np.errstate(all="ignore"):
        exponents = np.concatenate(wanted) / np.tile(np.log(bases), 3)
    whole = np.random.default_rng(0).integers(-40, 40, 1000).astype(np.float64)
    x = np.concatenate([np.tile(bases, 3), uniform(-9, 9, 1000)])
    y = np.concatenate([exponents, whole])
    return x[np.isfinite(y)], y[np.isfinite(y)]


@functools.cache
def small_and_large() -> Array:
    """For functions of all numbers that do something at 0."""
    centers = np.array([0.5, 1.0, 2.0, math.log(2) / 2, math.log(2), 709.782712893384, 710.4758600739439, -36.7, 37.4])
    return np.concatenate([
        uniform(-1, 1, 2000), uniform(-5, 5, 2000), uniform(-50, 50, 1000), uniform(-746, 746, 1000), logarithmic(-60, 10, 2000),
        logarithmic(-1074, 1024, 1000), near(centers), -near(centers), denormal(50),
    ])  # fmt: skip


def above_minus_one() -> Array:
    points = np.concatenate([small_and_large(), positives() - 1])
    return points[points > -1]


POINTS: dict[str, Callable[[], tuple[Array, ...]]] = {
    **dict.fromkeys(("sin", "cos", "tan"), lambda: (angles(),)),
    **dict.fromkeys(("expm1", "sinh", "cosh", "tanh", "sigmoid", "softplus", "atan", "cbrt"), lambda: (small_and_large(),)),
    **dict.fromkeys(("log", "log2", "log10"), lambda: (positives(),)),
    "exp": lambda: (exponents(),),
    "log1p": lambda: (above_minus_one(),),
    "pow": powers,
}

MPMATH = ("sin", "cos", "tan", "exp", "expm1", "sinh", "cosh", "tanh", "atan", "log", "log1p", "log10")
TRUE: dict[str, Callable[..., Any]] = {
    **{name: getattr(mpmath, name) for name in MPMATH},
    "log2": lambda x: mpmath.log(x) / mpmath.ln2,
    "pow": mpmath.power,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}


@functools.cache
def true_values(name: str) -> tuple[Array, Array]:
    """The true values at the points of a function, each the sum of two numbers: the nearest one, and the rest."""
    with mpmath.workprec(150):
        exact = [TRUE[name](*map(mpmath.mpf, point)) for point in zip(*(part.tolist() for part in POINTS[name]()), strict=True)]
        nearest = [float(value) for value in exact]
        rests = [float(value - number) if math.isfinite(number) else 0.0 for value, number in zip(exact, nearest, strict=True)]
    return np.array(nearest), np.array(rests)


def errors(found: Array, name: str) -> Array:
    """The errors in units in the last place of the nearest number; infinite where one of the two is."""
    nearest, rests = true_values(name)
    with np.errstate(invalid="ignore"):
        sizes = np.abs((found - nearest) - rests) / np.spacing(np.abs(nearest))
    return np.where(np.isfinite(nearest), np.where(np.isfinite(found), sizes, INF), np.where(found == nearest, 0.0, INF))


CASES = [("host", 2), ("host", 8), ("host", 32), ("generic", 2), ("generic", 8)]


@pytest.mark.parametrize(("machine", "width"), CASES)
@pytest.mark.parametrize("name", NAMES)
def test_the_error_is_at_most_two_units_in_the_last_place(name: str, machine: str, width: int) -> None:
    points = POINTS[name]()
    (found,) = compiled(name, width, machine)(*points)
    sizes = errors(found, name)
    worst = int(np.argmax(sizes))
    assert sizes[worst] <= LIMIT, [float(part[worst]).hex() for part in points]


@pytest.mark.parametrize(("machine", "width"), CASES)
def test_sine_and_cosine_of_one_reduction(machine: str, width: int) -> None:
    for name, found in zip(("sin", "cos"), compiled("sincos", width, machine)(angles()), strict=True):
        assert errors(found, name).max() <= LIMIT
        assert np.array_equal(found, compiled(name, width, machine)(angles())[0])
        assert np.abs(found).max() <= 1


ORDINARY = [0.0, TINY, 2.0**-1022, 1e-20, 0.5, 1.0, 2.0, 64.0, 711.0, 747.0, 1e22, HUGE, INF]
SPECIAL = np.array([*ORDINARY, *(-number for number in ORDINARY), NAN])
EXACT = (0.0, TINY, 2.0**-1022, 1e-20, 0.5, 1.0, INF)  # sizes of results at which a function has no error to make


@pytest.mark.parametrize(("machine", "width"), CASES)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "pow"])
def test_special_values_are_those_of_c(name: str, machine: str, width: int) -> None:
    """Poles, signs of 0, infinities and NaN (ISO/IEC 9899:1999, annex F.9), as the table of operations has them."""
    (found,) = compiled(name, width, machine)(SPECIAL)
    for point, value in zip(SPECIAL.tolist(), found.tolist(), strict=True):
        expected = OPERATIONS[name].value(point)
        if math.isnan(expected) or abs(expected) in EXACT:
            assert repr(value) == repr(expected), point


def test_a_function_is_inlined_or_not() -> None:
    inlined, called = vector_function("exp", 4), vector_function("exp", 4, inlined=False)
    assert inlined is not None
    assert called == inlined.replace("alwaysinline", "noinline")


@pytest.mark.parametrize(("machine", "width"), CASES)
def test_special_powers_are_those_of_c(machine: str, width: int) -> None:
    sizes = [0.0, TINY, 1e-300, 0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 2.0, 3.0, 2.0**51 + 0.5, 2.0**52 + 1, 2.0**53 - 1, 2.0**53, 1e300]
    sizes += [HUGE, INF]
    numbers = [*sizes, *(-size for size in sizes), NAN]
    x, y = (np.array(part) for part in zip(*itertools.product(numbers, numbers), strict=True))
    (found,) = compiled("pow", width, machine)(x, y)
    expected = np.array([OPERATIONS["pow"].value(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)])
    exact = (expected == 0) | (np.abs(expected) == 1) | ~np.isfinite(expected)
    assert [repr(value) for value in found[exact].tolist()] == [repr(value) for value in expected[exact].tolist()]
    found, expected = np.abs(found[~exact]) / 2, np.abs(expected[~exact]) / 2  # halves, because the spacing at HUGE overflows
    assert (np.abs(found - expected) <= LIMIT * np.spacing(expected)).all()


@pytest.mark.parametrize("machine", ["host", "generic"])
@pytest.mark.parametrize("name", ["sin", "tan", "atan", "sinh", "tanh", "cbrt", "cos", "cosh"])
def test_functions_are_odd_or_even(name: str, machine: str) -> None:
    call, (points,) = compiled(name, 8, machine), POINTS[name]()
    assert np.array_equal(call(-points)[0], call(points)[0] * (1 if name in ("cos", "cosh") else -1))


@pytest.mark.parametrize("machine", ["host", "generic"])
def test_results_stay_in_their_range(machine: str) -> None:
    ranges = {"sin": (-1, 1), "cos": (-1, 1), "tanh": (-1, 1), "sigmoid": (0, 1), "expm1": (-1, INF), "cosh": (1, INF)}
    for name, (low, high) in ranges.items():
        (found,) = compiled(name, 8, machine)(*POINTS[name]())
        assert (found >= low).all() and (found <= high).all(), name


@pytest.mark.parametrize("machine", ["host", "generic"])
def test_logarithms_of_powers_of_their_base_are_whole(machine: str) -> None:
    (found,) = compiled("log2", 8, machine)(np.ldexp(1.0, np.arange(-1074, 1024)))
    assert found.tolist() == list(range(-1074, 1024))
    (found,) = compiled("log10", 8, machine)(np.array([10.0**power for power in range(23)]))
    assert found.tolist() == list(range(23))


@pytest.mark.parametrize("machine", ["host", "generic"])
def test_lanes_are_independent(machine: str) -> None:
    """A lane that is NaN, or whose argument takes the slow way, changes none of the others."""
    points = np.array([0.5, NAN, 1e300, -0.0, INF, 1e15, -3.0, 2.0])
    for name in NAMES:
        call = compiled(name, 8, machine)
        arity = ARITIES.get(name, 1)
        alone = np.concatenate([call(*[np.full(8, point)] * arity)[0][:1] for point in points])
        assert np.array_equal(call(*[points] * arity)[0], alone, equal_nan=True), name


def test_a_scalar_function_runs_lane_by_lane() -> None:
    points = uniform(-3, 3, 37)
    (found,) = compiled("erf", 8, "host", scalar=True)(points)
    assert found.tolist() == [math.erf(point) for point in points]
    (found,) = compiled("atan2", 4, "host", scalar=True)(points, points[::-1])
    assert found.tolist() == [math.atan2(y, x) for y, x in zip(points, points[::-1], strict=True)]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("triple", "cpu", "fused"),
    [
        ("aarch64-unknown-linux-gnu", "generic", True),
        ("x86_64-unknown-linux-gnu", "x86-64-v3", True),
        ("x86_64-unknown-linux-gnu", "x86-64", False),
    ],
)
def test_nothing_outside_is_called(name: str, triple: str, cpu: str, fused: bool) -> None:
    """LLVM calls a function of the C library for what a machine has no instruction for, such as a fused operation or a floor."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple(triple)
    except RuntimeError:
        pytest.skip("this llvmlite has no such target")
    text = vector_function(name, 4, fused=fused)
    assert text is not None
    module = llvm.parse_assembly(text.replace("define internal", "define", 1))
    module.triple = triple
    machine = target.create_target_machine(cpu=cpu, opt=1, reloc="pic", codemodel="small", jit=False)
    called = re.findall(r"^\s+(?:callq?|bl|jmp|b)\s+([\w.@]+)", machine.emit_assembly(module), re.MULTILINE)
    assert {each for each in called if not each.startswith(".L")} <= {f"v_{name}_4.large"}


def test_the_polynomials_are_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "polynomials"))
    assert script["MODULE"].read_text() == script["module"](), "run scripts/polynomials"


def test_the_c_of_the_benchmarks_has_the_same_numbers() -> None:
    text = (ROOT / "benchmarks" / "vector_math.c").read_text()
    numbers = [*SINE, *COSINE, *LONG_PARTS, 2 / math.pi]
    assert [number for number in numbers if repr(number) not in text] == []


def test_the_constants_of_the_reduction_are_those_of_pi() -> None:
    with mpmath.workprec(1400):
        assert mpmath.floor(mpmath.ldexp(1 / mpmath.pi, 1216)) == RECIPROCAL_OF_PI
        assert mpmath.nint(mpmath.ldexp(mpmath.pi, 62)) == PI
        for parts in (LONG_PARTS, SHORT_PARTS):
            assert abs(sum(map(mpmath.mpf, parts)) - mpmath.pi / 2) < mpmath.mpf(2) ** -158
        assert all(int(math.ldexp(math.frexp(part)[0], 32)) == math.ldexp(math.frexp(part)[0], 32) for part in SHORT_PARTS[:3])
