"""What the parameters of a model are in other units of the columns: scaled and original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.data.scaling import Scaling
from steepest.language.derivative import gradient
from steepest.language.expression import ZERO, Expression, evaluate, name, names, postorder, rebuilt, substitute

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LINKS = ("sigmoid", "exp", "tanh", "softplus", "log", "sqrt", "erf", "neg")
CLOSE = 1e-9  # a solution is one if what it leaves is this small, relative to what there was


@dataclass(frozen=True)
class Units:
    """The linear map from the parameters for scaled columns to those for the columns in their own units.

    Attributes:
        matrix, offset: original = matrix @ scaled + offset; None where there is no such map.
        reason: why there is none, as the end of a sentence; empty where there is one.
    """

    matrix: NDArray[np.float64] | None
    offset: NDArray[np.float64] | None
    reason: str = ""

    def original(self, position: Sequence[float]) -> list[float] | None:
        """The parameters for the columns in their own units; None where the model has none."""
        import numpy as np

        if self.matrix is None or self.offset is None:
            return None
        found: list[float] = (self.matrix @ np.asarray(position, dtype=float) + self.offset).tolist()
        return found

    def scaled(self, original: Sequence[float]) -> list[float] | None:
        """The parameters for the scaled columns; None where the model has none."""
        import numpy as np

        if self.matrix is None or self.offset is None:
            return None
        found: list[float] = np.linalg.solve(self.matrix, np.asarray(original, dtype=float) - self.offset).tolist()
        return found


@dataclass(frozen=True)
class WeightUnits:
    """The same map for a weight of each column and an intercept, once or for each class: w/scale, and b - sum of w*shift/scale.

    Attributes:
        scaling: of the columns.
        outputs: how many such sets of parameters there are.
        reason: always empty: there is such a map.
    """

    scaling: Scaling
    outputs: int
    reason: str = ""

    def original(self, position: Sequence[float]) -> list[float]:
        """The parameters for the columns in their own units."""
        import numpy as np

        weights, shifts, scales = self._parts(position)
        weights[:, :-1] /= scales
        weights[:, -1] -= weights[:, :-1] @ shifts
        found: list[float] = np.ravel(weights).tolist()
        return found

    def scaled(self, original: Sequence[float]) -> list[float]:
        """The parameters for the scaled columns."""
        import numpy as np

        weights, shifts, scales = self._parts(original)
        weights[:, -1] += weights[:, :-1] @ shifts
        weights[:, :-1] *= scales
        found: list[float] = np.ravel(weights).tolist()
        return found

    def _parts(self, position: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        import numpy as np

        weights = np.array(position, dtype=float).reshape(self.outputs, -1)
        return weights, np.array(self.scaling.shifts), np.array(self.scaling.scales)


def linear_terms(model: Expression, parameters: Sequence[str]) -> tuple[Expression, tuple[Expression, ...]] | None:
    """A model that is linear in its parameters as its part without any, and the factor of each; None if it is not linear.

    >>> from steepest.language.grammar import read_formula
    >>> linear_terms(read_formula("w*x^2 + b + 3").expression, ("w", "b"))[1]
    (pow(x, 2.0), 1.0)
    """
    factors = gradient(model, parameters)
    if any(names(factor) & set(parameters) for factor in factors):
        return None
    return substitute(model, dict.fromkeys(parameters, ZERO)), factors


def inside_link(model: Expression) -> Expression:
    """What a model's outermost function of one argument is taken of, such as z of sigmoid(z)."""
    while model.operation in LINKS:
        model = model.arguments[0]
    return model


def units_of(model: Expression, parameters: Sequence[str], scaling: Scaling) -> Units:
    """How a model's parameters change with the scaling of its columns.

    There is a map where the model, or what its outermost function is taken of, is linear in the parameters and affine in the
    columns, and the parameters can take up what the shifts add: `w*size` alone cannot, `w*size + b` can.
    """
    import numpy as np

    count = len(parameters)
    if scaling.method == "none":
        return Units(np.eye(count), np.zeros(count))
    columns = scaling.names
    inner = rebuilt(inside_link(model), lambda node: name(f"column {node.name}") if node.operation == "column" else None)
    if any(node.operation in ("mean", "sum") for node in postorder(inner)):
        return Units(None, None, "the model takes a mean or sum over the rows")
    terms = linear_terms(inner, parameters)
    if terms is None:
        return Units(None, None, "the model is not linear in its parameters")
    rows = [_affine(part, [f"column {each}" for each in columns]) for part in (*terms[1], terms[0])]
    if any(row is None for row in rows):
        return Units(None, None, "the model is not affine in the scaled columns")
    original = np.array(rows, dtype=float).T  # for 1 and each column the coefficient of each parameter, then what has none
    shifts, scales = np.array(scaling.shifts), np.array(scaling.scales)
    scaled = original.copy()
    scaled[1:] /= scales[:, None]
    scaled[0] -= shifts @ scaled[1:]
    basis, wanted = original[:, :count], np.column_stack([scaled[:, :count], scaled[:, count] - original[:, count]])
    found = np.linalg.lstsq(basis, wanted, rcond=None)[0]
    left = np.abs(basis @ found - wanted).max(axis=1)
    size = np.abs(basis).max(axis=1) * np.abs(found).max() + np.abs(wanted).max(axis=1)
    if np.linalg.matrix_rank(basis) < count or (left > CLOSE * size).any():
        return Units(None, None, "no parameter can take up what the scaling adds: the model needs a constant term, such as + b")
    return Units(found[:, :count], found[:, count])


def _affine(part: Expression, columns: Sequence[str]) -> list[float] | None:
    """The value of an expression where all columns are 0, and its slope along each; None if it is not affine in them."""
    slopes = gradient(part, columns)
    if any(names(slope) for slope in slopes):
        return None
    return [evaluate(part, dict.fromkeys(columns, 0.0)), *map(evaluate, slopes)]
