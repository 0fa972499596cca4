"""Many runs through JAX: the same tape, the same endings and steps, the same numbers but for rounding."""

from typing import Any

import jax
import numpy as np
import pytest

import steepest
from steepest.errors import InputError, MissingDependencyError
from steepest.runs.sweep.axes import linear, log
from steepest.runs.sweep.definition import read_definition
from steepest.runs.sweep.description import command, described
from steepest.tape.compile import function_tape
from steepest.targets.arrays import interpret
from steepest.targets.many import jax_runs

LINE = linear(-4, 4, 24)
SWEEPS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("himmelblau", {"x": LINE, "y": LINE}, {"optimizer": "gd(lr=0.01)"}),
    ("himmelblau", {"x": LINE, "y": LINE}, {"optimizer": "adam(lr=0.1)"}),
    ("x^2 + 10y^2", {"lr": log(1e-3, 1, 40), "beta": linear(0, 0.95, 20)}, {"optimizer": "heavy_ball", "start": (1, 1)}),
    ("booth", {"x": LINE, "lr": linear(0.01, 0.3, 20)}, {"start": {"y": 1.0}, "gtol": 1e-3}),
    ("x^2", {"seed": range(50), "temperature": [0, 0.1, 1]}, {"optimizer": "noisy_gd(lr=0.1)", "start": 1, "tol": 0}),
    ("sqrt(x) - x", {"x": linear(0.01, 1, 50), "lr": [0.1, 1, 3]}, {}),
    ("exp(x) - x", {"x": linear(-3, 3, 20), "lr0": [0.1, 0.5]}, {"optimizer": "gd(lr=lr0/t)"}),
    ("k*x^2", {"k": [1, 2, 3], "x": LINE}, {"let": {"k": 1}, "lr": "0.1/(1 + 0.1t)"}),
]


@pytest.mark.parametrize(
    ("objective", "over", "about"), SWEEPS, ids=[f"{text} {about.get('optimizer', '')}" for text, _, about in SWEEPS]
)
def test_jax_runs_as_the_other_targets_do(objective: str, over: dict[str, Any], about: dict[str, Any]) -> None:
    one, other = (steepest.sweep(objective, over, steps=200, target=target, **about) for target in ("llvm", "jax"))
    np.testing.assert_array_equal(one.ending, other.ending)
    np.testing.assert_array_equal(one.steps, other.steps)
    kept = one.ending < 2
    assert kept.any()
    np.testing.assert_allclose(other.position[kept], one.position[kept], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(other.value[kept], one.value[kept], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 15, 16, 17, 100])
def test_several_steps_at_once_as_on_a_gpu(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    about: dict[str, Any] = {"optimizer": "gd", "start": 3, "steps": steps, "gtol": 1e-3}
    over = {"lr": log(1e-3, 2, 60)}
    one = steepest.sweep("x^2 - cos(x)", over, **about)
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    other = steepest.sweep("x^2 - cos(x)", over, target="jax", **about)
    np.testing.assert_array_equal(one.ending, other.ending)
    np.testing.assert_array_equal(one.steps, other.steps)
    np.testing.assert_allclose(other.position, one.position, rtol=1e-12, atol=1e-12)


FUNCTIONS = [
    "sqrt(x^2+1)", "cbrt(x)", "exp(x)", "log(x^2+1)", "log2(x^2+1)", "log10(x^2+1)", "sin(x)", "cos(x)", "tan(x)", "asin(x/9)",
    "acos(x/9)", "atan(x)", "atan2(x, 2)", "sinh(x)", "cosh(x)", "tanh(x)", "asinh(x)", "acosh(x^2+2)", "atanh(x/9)", "log1p(x^2)",
    "expm1(x)", "floor(x)", "ceil(x)", "abs(x)", "sign(x)", "min(x, 1)", "max(x, 1)", "sigmoid(x)", "softplus(x)", "erf(x)",
    "hypot(x, 1)", "(x^2+1)^x", "x^3/(x^2+1)",
]  # fmt: skip


@pytest.mark.parametrize("text", FUNCTIONS)
def test_every_function_is_the_same(text: str) -> None:
    objective = steepest.objective(text)
    tape = function_tape(objective.expression, objective.names, False)
    x = np.linspace(-3.3, 3.1, 57)
    with jax.enable_x64(True):
        found = [np.broadcast_to(np.asarray(part), x.shape) for part in jax_runs._traced(jax, tape, [jax.numpy.asarray(x)])]
    wanted = [np.broadcast_to(part, x.shape) for part in interpret(tape, [x])]
    for name in ("f", "g"):
        np.testing.assert_allclose(found[tape.outputs[name][0]], wanted[tape.outputs[name][0]], rtol=1e-13, atol=1e-14)


def test_the_target_is_part_of_the_definition() -> None:
    definition = read_definition("x^2", ["lr = 0.1, 0.2"], start=1, target="jax")
    assert (described(definition) or {})["target"] == "jax" and "--target jax" in command(definition)
    assert "target" not in (described(read_definition("x^2", ["lr = 0.1, 0.2"], start=1)) or {})


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"target": "cuda"}, "the target is one of llvm, jax, not 'cuda'"),
        ({"target": "jax", "rate": True}, "the target jax keeps no positions on the way"),
        ({"target": "jax", "below": 1.0}, "the target jax keeps no positions on the way"),
        ({"target": "jax", "fast": True}, "--fast is for the target llvm"),
    ],
)
def test_what_jax_does_not_run_is_refused(about: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_definition("x^2", {"lr": [0.1]}, start=1, **about)


def test_rows_of_a_table_are_refused() -> None:
    with pytest.raises(InputError, match="the target jax runs formulas without a table"):
        read_definition("price ~ w*size + b", {"lr": [1e-8]}, data="houses", target="jax")


def test_without_jax_a_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jax", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'steepest\[jax\]', or leave out --target jax"):
        read_definition("x^2", {"lr": [0.1]}, start=1, target="jax")
