"""An optimizer as a linear recurrence, read off its equations.

Gradient descent, every momentum and every Nesterov move the position by sums of gradients and remembered steps. AdaGrad,
RMSProp, Adam and kin do the same once this step's scale is held: what depends on the gradient only through its size
(`g^2`, `abs(g)`, `norm(g)`, and everything made of these) changes slowly, and multiplies what depends on its sign. So each
quantity of the equations is one of three kinds:

| kind | depends on the gradient | `adam` |
|---|---|---|
| constant | not at all | `1-beta1^t` |
| scale | through its size | `v`, `sqrt(v/(1-beta2^t))+eps` |
| linear | in proportion | `m`, `m/(1-beta1^t)` |

Equations that fit have, in an eigendirection with curvature `nu` of the Hessian scaled by `S`, the recurrence
`z' = (A + nu*b*c^T) z` in `z = (theta, remembered vectors)`. Others have none, and `steepest.diagnosis.jacobian` serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steepest.language.expression import Expression, postorder
from steepest.language.operations import COMPARISONS
from steepest.optimizers.optimizer import Optimizer
from steepest.targets.arrays import FUNCTIONS, Array

CONSTANT, SCALE, LINEAR = "constant", "scale", "linear"
Truths = NDArray[np.bool_]
Factors = tuple[Array, Array]  # the constant and the scale that multiply something


@dataclass(frozen=True)
class Recurrence:
    """The steps of an optimizer on a quadratic, one system for each of `m` steps.

    Attributes:
        names: `theta` and the remembered vectors that steer it, `k` in all.
        matrix: what each of them keeps of each, `(m, k, k)`.
        response: what each takes of the gradient, `(m, k)`.
        place: where the gradient is taken, as a sum of them, `(m, k)`.
        scale: the preconditioner `S` of every coordinate, `(m, n)` or `(m, 1)`.
        scaled: whether a scale that depends on the gradient takes part at all.
    """

    names: tuple[str, ...]
    matrix: Array
    response: Array
    place: Array
    scale: Array
    scaled: bool

    def systems(self, curvature: Array) -> Array:
        """The matrices `A + nu*b*c^T`, `(m, ..., k, k)`, of curvatures `(m, ...)`."""
        extra = (1,) * (curvature.ndim - 1)
        count, k = self.response.shape
        outer = (self.response[:, :, None] * self.place[:, None, :]).reshape(count, *extra, k, k)
        return np.asarray(self.matrix.reshape(count, *extra, k, k) + curvature[..., None, None] * outer)

    def threshold(self) -> Array:
        """The scaled curvature at which each step leaves its stable region, `(m,)`.

        Where it leaves through the eigenvalue -1, `det(A + I + nu*b*c^T) = 0` gives `nu = -1/(c^T (A + I)^-1 b)`:
        `2/lr` for gradient descent, `(2 + 2 beta)/lr` for the heavy ball. Infinite where there is no such curvature, not
        a number where the step is unstable below it, too.
        """
        k = len(self.names)
        with np.errstate(all="ignore"):
            below = self.matrix + np.eye(k)
            solved = np.full((len(below), k), np.nan)
            sound: Truths = np.asarray(np.isfinite(below).all(axis=(1, 2)) & np.isfinite(self.response).all(axis=1))
            regular = sound & (np.abs(np.linalg.det(np.where(sound[:, None, None], below, 0.0))) > 1e-12)
            solved[regular] = np.linalg.solve(below[regular], self.response[regular][..., None])[..., 0]
            found = -1 / (self.place * solved).sum(axis=1)
        found = np.where(found > 0, found, np.where(np.isfinite(found), np.inf, np.nan))
        probes = np.where(np.isfinite(found), found, 1.0)[:, None] * np.array([1e-3, 0.1, 0.5, 0.99])
        return np.where((radius(self.systems(probes)) <= 1 + 1e-6).all(axis=1), found, np.nan)


def radius(matrices: Array) -> Array:
    """The spectral radius of each matrix; not a number where an entry is none."""
    sound: Truths = np.asarray(np.isfinite(matrices).all(axis=(-1, -2), keepdims=True))
    roots = np.linalg.eigvals(np.where(sound, matrices, 0.0))
    return np.asarray(np.where(sound[..., 0, 0], np.abs(roots).max(axis=-1), np.nan))


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


def recurrence(optimizer: Optimizer, given: Mapping[str, Array]) -> Recurrence | None:
    """The recurrence of an optimizer's steps, or None where its equations are of another kind.

    Args:
        given: `theta`, `g`, `f`, `t`, `T`, the hyperparameters and the state before each step: `(m, n)` or `(m, 1)`.

    >>> from steepest.optimizers.reading import optimizer
    >>> numbers = {"theta": 3.0, "g": 6.0, "f": 9.0, "t": 1.0, "T": 9.0, "lr": 0.1, "beta": 0.9, "v": 0.0}
    >>> momentum = recurrence(optimizer("momentum"), {name: np.array([[number]]) for name, number in numbers.items()})
    >>> momentum.names, float(momentum.threshold()[0].round(9))
    (('theta', 'v'), 38.0)
    """
    kinds = dict.fromkeys(optimizer.state, CONSTANT)
    for _ in range(2 * len(kinds) + 2):
        reader = _Reader(given, kinds)
        results = reader.read(optimizer)
        if results is None:
            return None
        found = {name: results[name].kind for name in kinds}
        if found == kinds:
            return _assembled(results, reader.places)
        if any(kinds[name] != CONSTANT and found[name] != kinds[name] for name in kinds):
            return None
        kinds = found
    return None


class _Reader:
    """Reads equations with assumed kinds of the state; `places` are the positions of the gradients met so far."""

    def __init__(self, given: Mapping[str, Array], kinds: Mapping[str, str]) -> None:
        one = np.ones((len(given["theta"]), 1))
        self.one, self.given = one, given
        self.places: list[dict[str, Factors]] = []
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
        index = next((index for index, other in enumerate(self.places) if _alike(other, position.terms)), len(self.places))
        if index == len(self.places):
            self.places.append(dict(position.terms))
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
        return times(first, Quantity(CONSTANT, -np.ones((len(value), 1))), value)
    if operation == "sign":
        return times(first, Quantity(SCALE, 1 / np.abs(first.value)), value)
    if operation in ("add", "sub"):
        return None if SCALE in kinds else _total(first, last, -1.0 if operation == "sub" else 1.0, value)
    if operation == "mul":
        if kinds == [LINEAR] * 2:
            return Quantity(SCALE, value)
        return times(first, last, value) if kinds[0] == LINEAR else times(last, first, value)
    if operation == "div":
        if kinds == [LINEAR] * 2:
            return Quantity(SCALE, value)
        return times(first, Quantity(last.kind, 1 / last.value), value) if kinds[0] == LINEAR else None
    if operation == "pow":
        return _powered(first, last, value, node)
    if operation == "where" and kinds[0] != LINEAR and SCALE not in kinds[1:]:
        chosen = parts[0].value != 0
        if kinds[0] == CONSTANT or kinds[1:] == [LINEAR] * 2:
            yes, no = Quantity(parts[0].kind, chosen * 1.0), Quantity(parts[0].kind, ~chosen * 1.0)
            return _total(times(parts[1], yes, value), times(parts[2], no, value), 1.0, value)
    return None


def _powered(base: Quantity, exponent: Quantity, value: Array, node: Expression) -> Quantity | None:
    """A whole power of something linear: an even one is a scale, an odd one is linear times an even one."""
    power = node.arguments[1].value if node.arguments[1].operation == "number" else 0.5
    if base.kind != LINEAR or not power.is_integer():
        return None
    return Quantity(SCALE, value) if power % 2 == 0 else times(base, Quantity(SCALE, base.value ** (power - 1)), value)


def times(linear: Quantity, factor: Quantity, value: Array) -> Quantity:
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
        if not _same(other, scale):
            return None
        terms[name] = (before + sign * constant, scale)
    return Quantity(LINEAR, value, terms)


def _same(a: Array, b: Array) -> bool:
    return a is b or bool(np.allclose(a, b, rtol=1e-9, atol=0.0, equal_nan=True))


def _alike(a: Mapping[str, Factors], b: Mapping[str, Factors]) -> bool:
    return a.keys() == b.keys() and all(_same(part, other) for name in a for part, other in zip(a[name], b[name], strict=True))


def _assembled(results: Mapping[str, Quantity], places: list[dict[str, Factors]]) -> Recurrence | None:
    """The recurrence of theta and what reaches it, with all scales moved to the gradient."""
    one = np.ones((len(results["theta"].value), 1))
    weights: dict[str, Array] = {"theta": one}  # what each quantity is multiplied with until it arrives in theta
    order = ["theta"]
    for name in order:
        for other, (constant, scale) in results[name].terms.items():
            if not constant.any():
                continue
            weight = weights[name] * scale
            if other in weights and not _same(weights[other], weight):
                return None
            if other not in weights and not other.startswith("grad "):
                order.append(other)
            weights.setdefault(other, weight)
    sources = [name for name in weights if name.startswith("grad ")]
    if len(sources) != 1:
        return None
    position = places[int(sources[0].removeprefix("grad "))]
    for name, (_, scale) in position.items():
        if name not in weights or not _same(scale, one) or not _same(weights[name], one):
            return None
    return _built(results, position, sources[0], order, weights)


def _built(
    results: Mapping[str, Quantity], position: Mapping[str, Factors], source: str, order: list[str], weights: Mapping[str, Array]
) -> Recurrence:
    count, k = len(results["theta"].value), len(order)
    matrix, response, place = np.zeros((count, k, k)), np.zeros((count, k)), np.zeros((count, k))
    for row, name in enumerate(order):
        for other, (constant, _) in results[name].terms.items():
            if other == source:
                response[:, row] = constant[:, 0]
            elif other in order:
                matrix[:, row, order.index(other)] = constant[:, 0]
    for name, (constant, _) in position.items():
        place[:, order.index(name)] = constant[:, 0]
    scale = weights[source]
    return Recurrence(tuple(order), matrix, response, place, scale, not _same(scale, np.ones_like(scale)))
