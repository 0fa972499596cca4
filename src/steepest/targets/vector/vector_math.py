"""Elementary functions over vectors of float64, as text of LLVM's language.

A vector has any power of 2 of lanes; one that is wider than the machine's is several of the machine's, which keeps its units busy.
Vector code is at most 2 units in the last place from the true value, for every argument. What has none runs as a scalar function,
lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from steepest.targets.vector.exponentials import (
    exponential,
    exponential_minus_one,
    hyperbolic_cosine,
    hyperbolic_sine,
    hyperbolic_tangent,
    sigmoid,
)
from steepest.targets.vector.logarithms import logarithm, logarithm_base_2, logarithm_base_10, logarithm_of_one_plus, softplus
from steepest.targets.vector.powers import cube_root, power
from steepest.targets.vector.trigonometry import arctangent, cosine, sine, sine_and_cosine, tangent
from steepest.targets.vector.vector_ir import Body, Lanes

FUNCTIONS: dict[str, Callable[..., Lanes | tuple[Lanes, Lanes]]] = {
    "sin": sine,
    "cos": cosine,
    "sincos": sine_and_cosine,
    "tan": tangent,
    "atan": arctangent,
    "exp": exponential,
    "expm1": exponential_minus_one,
    "sinh": hyperbolic_sine,
    "cosh": hyperbolic_cosine,
    "tanh": hyperbolic_tangent,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "log": logarithm,
    "log2": logarithm_base_2,
    "log10": logarithm_base_10,
    "log1p": logarithm_of_one_plus,
    "pow": power,
    "cbrt": cube_root,
}
"""Each writes its code into a body and gives the result, or two."""

ARITIES = {"pow": 2, "atan2": 2, "hypot": 2}


def vector_function(name: str, width: int, *, fused: bool = True, inlined: bool = True) -> str | None:
    """The definition of `@v_NAME_WIDTH` over float64 vectors, to be put into a module; None if there is no vector code for it.

    It has no table and no branch; but sine, cosine and tangent have one, which large angles take. `sincos` returns a structure of
    two vectors, at little more than the cost of one.

    Args:
        name: of the operation, or `sincos`.
        width: the number of lanes, a power of 2.
        fused: whether the machine fuses multiplication and addition; where it does not, LLVM would call a slow function.
        inlined: where it is called, which is quicker by a tenth or so; else a function that is called often is compiled once.

    >>> print(vector_function("sin", 8).splitlines()[0])
    define internal <8 x double> @v_sin_8(<8 x double> %a) alwaysinline {
    >>> vector_function("erf", 8) is None
    True
    """
    if name not in FUNCTIONS:
        return None
    body = Body(f"v_{name}_{width}", width, fused)
    letters = _letters(name)
    result = FUNCTIONS[name](body, *(body.argument(letter) for letter in letters))
    type_ = vector = body.type("double")
    if isinstance(result, tuple):
        type_ = f"{{ {vector}, {vector} }}"
        body.lines.append(f"  %half = insertvalue {type_} poison, {result[0].typed}, 0")
        body.lines.append(f"  %both = insertvalue {type_} %half, {result[1].typed}, 1")
    value = "%both" if isinstance(result, tuple) else result.text
    head = f"define internal {type_} @{body.name}({_listed(vector, letters)}) {'alwaysinline' if inlined else 'noinline'} {{"
    return "\n".join([head, *body.lines, f"  ret {type_} {value}", "}", *body.helpers, ""])


def lane_by_lane(name: str, width: int, address: int) -> str:
    """The definition of `@v_NAME_WIDTH` as calls of the scalar function at an address, for the very bits of a single run.

    >>> print(lane_by_lane("atan2", 4, 4096).splitlines()[0])
    define internal <4 x double> @v_atan2_4(<4 x double> %a, <4 x double> %b) noinline {
    """
    vector, letters = f"<{width} x double>", _letters(name)
    lines = [f"define internal {vector} @v_{name}_{width}({_listed(vector, letters)}) noinline {{"]
    lines += [f"  %{letter}.lanes = alloca {vector}" for letter in (*letters, "result")]
    lines += [f"  store {vector} %{letter}, ptr %{letter}.lanes" for letter in letters]
    lines += ["  br label %lane", "lane:", "  %index = phi i64 [ 0, %0 ], [ %next, %lane ]"]
    lines += [f"  %{letter}.at = getelementptr double, ptr %{letter}.lanes, i64 %index" for letter in (*letters, "result")]
    lines += [f"  %{letter}.lane = load double, ptr %{letter}.at" for letter in letters]
    arguments = _listed("double", [f"{letter}.lane" for letter in letters])
    return "\n".join([
        *lines,
        f"  %scalar = call double inttoptr (i64 {address} to ptr)({arguments})",
        "  store double %scalar, ptr %result.at",
        "  %next = add i64 %index, 1",
        f"  %more = icmp ult i64 %next, {width}",
        "  br i1 %more, label %lane, label %end",
        "end:",
        f"  %result = load {vector}, ptr %result.lanes",
        f"  ret {vector} %result",
        "}",
        "",
    ])  # fmt: skip


def _letters(name: str) -> str:
    """The names of a function's arguments."""
    return "ab"[: ARITIES.get(name, 1)]


def _listed(type_: str, names: Sequence[str]) -> str:
    return ", ".join(f"{type_} %{name}" for name in names)
