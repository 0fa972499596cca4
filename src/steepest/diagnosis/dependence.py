"""How the quantities of an optimizer's equations depend on the gradient.

Gradient descent, every momentum and every Nesterov move the position by sums of gradients and remembered steps. AdaGrad,
RMSProp, Adam and related methods do the same if the scale of this step is held fixed: what depends on the gradient only
through its size (`g^2`, `abs(g)`, `norm(g)`, and everything made of these) changes slowly and multiplies what depends on the
gradient's sign. So each quantity is one of three kinds:

| kind | depends on the gradient | `adam` |
|---|---|---|
| constant | not at all | `1-beta1^t` |
| scale | through its size | `v`, `sqrt(v/(1-beta2^t))+eps` |
| linear | in proportion | `m`, `m/(1-beta1^t)` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from steepest.language.expression import Expression, postorder
from steepest.language.operations import COMPARISONS
from steepest.optimizers.optimizer import Optimizer
from steepest.targets.array_operations import FUNCTIONS, Array

CONSTANT, SCALE, LINEAR = "constant", "scale", "linear"
Factors = tuple[Array, Array]  # the constant and the scale that multiply something


@dataclass(frozen=True)
class Quantity:
    """What an expression of the equations is at every step.

    Attributes:
        kind: constant, scale or linear.
        value: `(m, 1)` for a number, `(m, n)` for a vector; not a number where it takes another evaluation of the objective.
        terms: of a linear one, the factors of `theta`, of remembered vectors and of gradients.
    """

    kind: str
    value: Array
    terms: Mapping[str, Factors] = field(default_factory=dict)


class Dependence(NamedTuple):
    """The equations of one optimizer, read.

    Attributes:
        quantities: what each name is after a step.
        gradient_positions: where each gradient is taken, as factors of `theta` and remembered vectors; the terms `grad 0`,
            `grad 1`, ... of a quantity count them.
    """

    quantities: Mapping[str, Quantity]
    gradient_positions: list[dict[str, Factors]]


def dependence(optimizer: Optimizer, given: Mapping[str, Array]) -> Dependence | None:
    """How each quantity depends on the gradient, or None where one is of no kind.

    The state's kinds are assumed constant first, then what the equations make of them, until both agree.

    Args:
        optimizer: the equations.
        given: see `steepest.diagnosis.recurrence.recurrence`.
    """
    kinds = dict.fromkeys(optimizer.state, CONSTANT)
    for _ in range(2 * len(kinds) + 2):
        reader = _Reader(given, kinds)
        results = reader.read(optimizer)
        if results is None:
            return None
        found = {name: results[name].kind for name in kinds}
        if found == kinds:
            return Dependence(results, reader.gradient_positions)
        if any(kinds[name] != CONSTANT and found[name] != kinds[name] for name in kinds):
            return None
        kinds = found
    return None


class _Reader:
    """Reads equations with assumed kinds of the state; `gradient_positions` are those of the gradients met so far."""

    def __init__(self, given: Mapping[str, Array], kinds: Mapping[str, str]) -> None:
        one = np.ones((len(given["theta"]), 1))
        self.one, self.given = one, given
        self.gradient_positions: list[dict[str, Factors]] = []
        self.known = {name: Quantity(CONSTANT, value) for name, value in given.items()}
        self.known |= {name: Quantity(kind, given[name], self.alone(name, kind)) for name, kind in kinds.items()}
        self.known["theta"] = Quantity(LINEAR, given["theta"], self.alone("theta", LINEAR))
        self.known["f"] = Quantity(SCALE, given["f"])
        self.known["g"] = self.gradient(self.known["theta"], given["g"]) or self.known["f"]

    def alone(self, name: str, kind: str) -> dict[str, Factors]:
        return {name: (self.one, self.one)} if kind == LINEAR else {}

    def gradient(self, position: Quantity, value: Array) -> Quantity | None:
        """The gradient at a position that is a sum of theta and remembered vectors."""
        if position.kind != LINEAR or any(name.startswith("grad ") for name in position.terms):
            return None
        known = self.gradient_positions
        index = next((index for index, other in enumerate(known) if _alike(other, position.terms)), len(known))
        if index == len(known):
            known.append(dict(position.terms))
        return Quantity(LINEAR, value, {f"grad {index}": (self.one, self.one)})

    def read(self, optimizer: Optimizer) -> dict[str, Quantity] | None:
        known = dict(self.known)
        for name, expression in optimizer.equations:
            result = self.expression(expression, known)
            if result is None:
                return None
            known[name] = result
        return known

    def expression(self, root: Expression, known: Mapping[str, Quantity]) -> Quantity | None:
        found: dict[Expression, Quantity] = {}
        for node in postorder(root):
            if node.operation == "name":
                if node.name not in known:
                    return None  # the Hessian
                found[node] = known[node.name]
            elif node.is_constant and not node.arguments:
                found[node] = Quantity(CONSTANT, self.one * node.value)
            else:
                result = self.apply(node.operation, [found[argument] for argument in node.arguments], node)
                if result is None:
                    return None
                found[node] = result
        return found[root]

    def apply(self, operation: str, parts: list[Quantity], node: Expression) -> Quantity | None:
        unknown = np.full_like(self.given["theta"], np.nan)
        if operation == "grad":
            return self.gradient(parts[0], unknown)
        if operation == "noise":
            return Quantity(CONSTANT, unknown)
        if operation in ("value", "solve"):
            return Quantity(SCALE, unknown[:, :1]) if operation == "value" else None
        with np.errstate(all="ignore"):
            value = _evaluated(operation, [part.value for part in parts])
            if all(part.kind != LINEAR for part in parts):
                kind = SCALE if any(part.kind == SCALE for part in parts) else CONSTANT
                return Quantity(kind, value)
            return _combined(operation, parts, value, node)


def _evaluated(operation: str, values: list[Array]) -> Array:
    if operation in ("dot", "norm"):
        a, b = np.broadcast_arrays(values[0], values[-1])
        total = (a * b).sum(axis=1, keepdims=True)
        return np.asarray(np.sqrt(total) if operation == "norm" else total)
    return np.asarray(FUNCTIONS[operation](*values), dtype=float)


def _combined(operation: str, parts: list[Quantity], value: Array, node: Expression) -> Quantity | None:
    """The result of an operation on something linear, if it is of a kind at all."""
    kinds = [part.kind for part in parts]
    first, last = parts[0], parts[-1]
    if operation in ("abs", "norm", "dot", *COMPARISONS):
        return Quantity(SCALE, value) if operation != "dot" or kinds == [LINEAR] * 2 else None
    if operation == "neg":
        return _multiplied(first, Quantity(CONSTANT, -np.ones((len(value), 1))), value)
    if operation == "sign":
        return _multiplied(first, Quantity(SCALE, 1 / np.abs(first.value)), value)
    if operation in ("add", "sub"):
        return None if SCALE in kinds else _total(first, last, -1.0 if operation == "sub" else 1.0, value)
    if operation == "mul":
        if kinds == [LINEAR] * 2:
            return Quantity(SCALE, value)
        return _multiplied(first, last, value) if kinds[0] == LINEAR else _multiplied(last, first, value)
    if operation == "div":
        if kinds == [LINEAR] * 2:
            return Quantity(SCALE, value)
        return _multiplied(first, Quantity(last.kind, 1 / last.value), value) if kinds[0] == LINEAR else None
    if operation == "pow":
        return _powered(first, last, value, node)
    if operation == "where" and kinds[0] != LINEAR and SCALE not in kinds[1:]:
        chosen = parts[0].value != 0
        if kinds[0] == CONSTANT or kinds[1:] == [LINEAR] * 2:
            yes, no = Quantity(parts[0].kind, chosen * 1.0), Quantity(parts[0].kind, ~chosen * 1.0)
            return _total(_multiplied(parts[1], yes, value), _multiplied(parts[2], no, value), 1.0, value)
    return None


def _powered(base: Quantity, exponent: Quantity, value: Array, node: Expression) -> Quantity | None:
    """A whole power of something linear: an even one is a scale, an odd one is linear times an even one."""
    power = node.arguments[1].value if node.arguments[1].operation == "number" else 0.5
    if base.kind != LINEAR or not power.is_integer():
        return None
    return Quantity(SCALE, value) if power % 2 == 0 else _multiplied(base, Quantity(SCALE, base.value ** (power - 1)), value)


def _multiplied(linear: Quantity, factor: Quantity, value: Array) -> Quantity:
    """A linear quantity times a constant or a scale; of a constant, no terms."""
    constant = factor.value if factor.kind == CONSTANT else 1.0
    scale = factor.value if factor.kind == SCALE else 1.0
    terms = {name: (c * constant, s * scale) for name, (c, s) in linear.terms.items()}
    return Quantity(LINEAR if linear.terms else linear.kind, value, terms)


def _total(a: Quantity, b: Quantity, sign: float, value: Array) -> Quantity | None:
    """The sum or difference; None where two terms with different scales would have to be one."""
    terms = dict(a.terms)
    for name, (constant, scale) in b.terms.items():
        if name not in terms:
            terms[name] = (sign * constant, scale)
            continue
        before, other = terms[name]
        if not same_factor(other, scale):
            return None
        terms[name] = (before + sign * constant, scale)
    return Quantity(LINEAR, value, terms)


def same_factor(a: Array, b: Array) -> bool:
    """Whether two factors are equal but for rounding."""
    return a is b or bool(np.allclose(a, b, rtol=1e-9, atol=0.0, equal_nan=True))


def _alike(a: Mapping[str, Factors], b: Mapping[str, Factors]) -> bool:
    return a.keys() == b.keys() and all(
        same_factor(part, other) for name in a for part, other in zip(a[name], b[name], strict=True)
    )
