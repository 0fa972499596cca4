"""Many runs at once through JAX: a tape as a traced function, a run as a loop, and all runs by `jax.vmap`, in float64.

It computes wherever JAX does: on a GPU where one is at hand. XLA may fuse products and sums, so numbers differ in their last digits
from those of the other targets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from steepest.errors import load
from steepest.random import MASK, STREAM, pcg3d
from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP, Tape
from steepest.targets.array_operations import Array
from steepest.targets.many.runs import ManyOutcome
from steepest.targets.runner import SMALLEST

COMPARED = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal"}
NAMES = {
    "neg": "negative", "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power", "sqrt": "sqrt",
    "cbrt": "cbrt", "exp": "exp", "log": "log", "log2": "log2", "log10": "log10", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "log1p": "log1p", "expm1": "expm1", "floor": "floor",
    "ceil": "ceil", "abs": "abs", "sign": "sign", "min": "minimum", "max": "maximum", "hypot": "hypot",
}  # fmt: skip
"""The operations of tapes that `jax.numpy` has, under its names."""
TOGETHER, UNROLLED = 16, 600
"""How many steps at most a GPU takes between two looks at which runs go on, and how many operations those have at most: it keeps
a run's numbers in registers meanwhile, and each look costs it a pass through memory and a message. A processor takes one, as XLA
computes on it again what several steps share."""


def load_jax() -> Any:
    """The module jax.

    Raises:
        MissingDependencyError: where it is not installed.
    """
    return load("jax", "the target jax", "jax", library="JAX", or_else="leave out --target jax")


def run_many_jax(
    program: Program,
    starts: Array,
    hyperparameters: Mapping[str, Any],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    asked: float = math.inf,
    seed: Any = 0,
) -> ManyOutcome:
    """Run an optimizer from many starts at once, through JAX.

    Args:
        program, starts, hyperparameters, steps, tol, gtol, asked, seed: as of `steepest.targets.many.runs.run_many`.

    Raises:
        MissingDependencyError: without JAX.
    """
    jax, count = load_jax(), len(starts)
    held = [np.asarray(value, np.float64) for value in (*(hyperparameters[name] for name in program.held), seed)]
    limits = float(steps), max(tol * tol, SMALLEST), asked * asked, max(gtol * gtol, SMALLEST)
    with jax.enable_x64(True):
        run = _compiled(jax, program, tuple(part.ndim for part in held), short=tol > 0, flat=gtol > 0)
        position, state, value, taken, code = (
            np.asarray(part) for part in run(np.ascontiguousarray(starts, np.float64), held, *limits)
        )
    constants = [np.broadcast_to(part, count) for part in held]
    return ManyOutcome(program, code.astype(np.int64), taken.astype(np.int64), position, value, state, constants, steps)


def _compiled(jax: Any, program: Program, dimensions: Sequence[int], *, short: bool, flat: bool) -> Callable[..., Any]:
    """All runs as one compiled function of starts, of what runs hold (each its own, or all one number), the limits of a run.

    Args:
        dimensions: 1 for each held number that is each run's own, 0 for one that all share.
    """
    key = ("jax", dimensions, short, flat)
    if key not in program.compiled:
        one = _run(jax, program, short=short, flat=flat)
        own = [0 if dimension else None for dimension in dimensions]
        program.compiled[key] = jax.jit(jax.vmap(one, in_axes=(0, own, None, None, None, None)))
    found: Callable[..., Any] = program.compiled[key]
    return found


def _run(jax: Any, program: Program, *, short: bool, flat: bool) -> Callable[..., Any]:
    """One run as a traced function; it ends as `steepest.targets.many.many_ir` has it."""
    jnp, count = jax.numpy, program.count
    tape, objective = program.step, program.objective
    together = 1 if jax.default_backend() == "cpu" else max(1, min(TOGETHER, UNROLLED // (len(tape.operations) + 1)))

    def small(numbers: Sequence[Any], bound: Any) -> Any:
        return sum(number * number for number in numbers) < bound

    def run(start: Any, held: Any, limit: Any, shortest: Any, asked: Any, flattest: Any) -> Any:
        *settings, seed = held

        def running(carry: Any) -> Any:
            k, _, code = carry
            return (code < 0) & (k < limit)

        def step(carry: Any) -> Any:
            k, moved, before = carry
            slots = _traced(jax, tape, [*moved, *settings, k + 1.0, limit, seed])
            new = [slots[slot] for slot in (*tape.outputs["theta"], *program.next_state)]
            gradient = [slots[slot] for slot in tape.outputs["g"]]
            code = jnp.where(_finite(jnp, new), -1, Stop.BROKEN.code)
            if flat:
                code = jnp.where(small(gradient, flattest), Stop.GRADIENT.code, code)
            code = jnp.where(_finite(jnp, [slots[tape.outputs["f"][0]]]), code, Stop.LEFT.code)
            goes = running(carry) & (code < 0)
            after = [jnp.where(goes, number, old) for number, old in zip(new, moved, strict=True)]
            if short:
                gaps = [number - old for number, old in zip(after[:count], moved[:count], strict=True)]
                arrived = goes & small([slots[slot] for slot in tape.outputs[STEP]], shortest) & small(gradient, asked)
                code = jnp.where(arrived & small(gaps, shortest), Stop.STEP.code, code)
            return jnp.where(goes, k + 1.0, k), after, jnp.where(running(carry), code, before)

        def several(carry: Any) -> Any:
            for _ in range(together):
                carry = step(carry)
            return carry

        begin = [*start, *jnp.zeros(len(program.next_state))]
        k, moved, code = jax.lax.while_loop(running, several, (jnp.asarray(0.0), begin, jnp.asarray(-1)))
        code = jnp.where(code < 0, Stop.LIMIT.code, code)
        slots = _traced(jax, objective, [*moved[:count], *settings[len(program.hyperparameters) :]])
        value = slots[objective.outputs["f"][0]]
        if flat:
            flattened = (code == Stop.LIMIT.code) & small([slots[slot] for slot in objective.outputs["g"]], flattest)
            code = jnp.where(flattened, Stop.GRADIENT.code, code)
        ended = (code == Stop.LIMIT.code) | (code == Stop.STEP.code)
        code = jnp.where(ended & ~jnp.isfinite(value), Stop.LEFT.code, code)
        state = jnp.stack(moved[count:]) if program.next_state else jnp.zeros(0)
        return jnp.stack(moved[:count]), state, value, k.astype(jnp.int32), code.astype(jnp.int8)

    return run


def _finite(jnp: Any, numbers: Sequence[Any]) -> Any:
    return jnp.isfinite(jnp.stack([jnp.asarray(number, float) for number in numbers])).all()


def _traced(jax: Any, tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The value of every slot of a tape."""
    slots: list[Any] = [*inputs, *tape.constants]
    for name, *used in tape.operations:
        slots.append(_operation(jax, name, [slots[slot] for slot in used]))
    return slots


def _operation(jax: Any, name: str, arguments: Sequence[Any]) -> Any:
    """One operation of a tape."""
    jnp = jax.numpy
    if name in NAMES:
        return getattr(jnp, NAMES[name])(*(jnp.asarray(part, float) for part in arguments))
    if name in COMPARED:
        return getattr(jnp, COMPARED[name])(*arguments).astype(float)
    if name == "where":
        return jnp.where(arguments[0] != 0, arguments[1], arguments[2])
    if name == "noise":
        return _noise(jnp, *arguments)
    return _special(jax, name, arguments[0])


def _special(jax: Any, name: str, a: Any) -> Any:
    """The functions that `jax.numpy` lacks, as `steepest.targets.array_operations` has them."""
    jnp = jax.numpy
    if name == "erf":
        return jax.scipy.special.erf(a)
    growth = jnp.exp(-jnp.abs(a))
    if name == "sigmoid":
        return jnp.where(a >= 0, 1 / (1 + growth), growth / (1 + growth))
    assert name == "softplus", name
    return jnp.maximum(a, 0.0) + jnp.log1p(growth)


def _noise(jnp: Any, seed: Any, step: Any, stream: Any, coordinate: Any) -> Any:
    """Standard normal noise; see `steepest.random.normal`."""
    whole, mask = jnp.uint64, np.uint64(MASK)
    x, y = jnp.asarray(coordinate).astype(whole), jnp.asarray(step).astype(whole) & mask
    z = (jnp.asarray(seed).astype(whole) + jnp.asarray(stream).astype(whole) * np.uint64(STREAM)) & mask
    drawn: tuple[Any, ...] = pcg3d(x, y, z)
    radius = jnp.sqrt(-2 * jnp.log((drawn[0].astype(float) + 0.5) / 2**32))
    return radius * jnp.cos(2 * np.pi * ((drawn[1].astype(float) + 0.5) / 2**32))
