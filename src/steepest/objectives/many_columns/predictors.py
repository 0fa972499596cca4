"""What a model of many columns predicts from its scores, z = X w + b, and what a row loses by it, with two derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steepest.data.losses import CLASSES, COUNTS, SIGNS, Loss
from steepest.errors import InputError
from steepest.language.derivative import gradient
from steepest.language.expression import Expression, name, names
from steepest.language.grammar import read_expression
from steepest.tape.row_lowering import row_tape
from steepest.tape.tape import Tape
from steepest.targets.arrays import interpret

Array = NDArray[np.float64]
SIGMOID = read_expression("sigmoid(z)", known=("z",))


class Predictor(Protocol):
    """The predictions of scores, and the loss of each row; scores have the shape `(rows, outputs)`."""

    @property
    def name(self) -> str:
        """`linear`, `logistic` or `softmax`."""

    @property
    def outputs(self) -> int:
        """The scores of a row."""

    @property
    def text(self) -> str:
        """The loss with its reduction, in `y` and `p`."""

    def predictions(self, scores: Array) -> Array:
        """A number for each row, shape `(rows,)`, or one for each class, `(rows, outputs)`."""

    def losses(self, observed: Array, scores: Array) -> Array:
        """The loss of each row: shape `(rows,)`."""

    def slopes(self, observed: Array, scores: Array) -> Array:
        """The derivative of each row's loss by its scores: shape `(rows, outputs)`."""

    def bend(self, observed: Array, scores: Array) -> Callable[[Array], Array]:
        """The product of the second derivative with a change of the scores, both of the shape `(rows, outputs)`."""

    @property
    def is_quadratic(self) -> bool:
        """Whether the second derivative is the same everywhere."""


@dataclass(frozen=True)
class OneScore:
    """One score in a row: a loss of the number itself, or of the probability sigmoid(z).

    Attributes:
        name: `linear` or `logistic`.
        row: the loss of one row in `y` and `z`.
        text: see `Predictor`.

    >>> from steepest.data.losses import read_loss
    >>> half = one_score("linear", read_loss("mse/2"))
    >>> half.slopes(np.array([3.0]), np.array([[1.0]])).tolist(), half.is_quadratic
    ([[-2.0]], True)
    """

    name: str
    row: Expression
    text: str
    outputs: int = 1

    def predictions(self, scores: Array) -> Array:
        """See `Predictor`."""
        return scores[:, 0] if self.name == "linear" else _computed(_tape(SIGMOID), np.zeros(len(scores)), scores)

    def losses(self, observed: Array, scores: Array) -> Array:
        """See `Predictor`."""
        return _computed(_tape(self.row), observed, scores)

    def slopes(self, observed: Array, scores: Array) -> Array:
        """See `Predictor`."""
        return _computed(_tape(self._slope), observed, scores)[:, None]

    def bend(self, observed: Array, scores: Array) -> Callable[[Array], Array]:
        """See `Predictor`."""
        bends = _computed(_tape(self._bend), observed, scores)[:, None]
        return lambda change: np.asarray(bends * change)

    @property
    def is_quadratic(self) -> bool:
        """See `Predictor`."""
        return not names(self._bend)

    @cached_property
    def _slope(self) -> Expression:
        return gradient(self.row, ("z",))[0]

    @cached_property
    def _bend(self) -> Expression:
        return gradient(self._slope, ("z",))[0]


@dataclass(frozen=True)
class Softmax:
    """A score for each class: the probability of class k is exp(z_k)/sum_j exp(z_j), the loss minus its logarithm.

    Bridle, Neurocomputing (Springer, 1990), p. 227; Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4. Every
    exponential is taken of a score less the row's largest, so that none overflows.

    >>> softmax = Softmax(3)
    >>> scores = np.array([[1000.0, 0.0, 1000.0]])
    >>> softmax.predictions(scores).tolist(), softmax.losses(np.array([0.0]), scores).round(6).tolist()
    ([[0.5, 0.0, 0.5]], [0.693147])
    """

    outputs: int
    name: str = "softmax"
    text: str = "mean(-log(p))"

    def predictions(self, scores: Array) -> Array:
        """See `Predictor`."""
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def losses(self, observed: Array, scores: Array) -> Array:
        """See `Predictor`."""
        away = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(np.log(np.exp(away).sum(axis=1)) - self._own(observed, away))

    def slopes(self, observed: Array, scores: Array) -> Array:
        """See `Predictor`."""
        found = self.predictions(scores)
        found[np.arange(len(found)), observed.astype(np.intp)] -= 1.0
        return found

    def bend(self, observed: Array, scores: Array) -> Callable[[Array], Array]:
        """See `Predictor`."""
        shares = self.predictions(scores)
        return lambda change: np.asarray(shares * (change - (shares * change).sum(axis=1, keepdims=True)))

    @property
    def is_quadratic(self) -> bool:
        """See `Predictor`."""
        return False

    def _own(self, observed: Array, of_classes: Array) -> Array:
        """The number of each row's own class."""
        return np.asarray(of_classes[np.arange(len(of_classes)), observed.astype(np.intp)])


def one_score(predictor: str, loss: Loss) -> OneScore:
    """The predictor `linear` or `logistic` with a loss.

    Raises:
        InputError: for a loss that asks for another kind of prediction.
    """
    z = name("z")
    if predictor == "logistic":
        if loss.labels in (SIGNS, COUNTS):
            raise InputError(f"logistic predicts a probability, and the loss {loss.name} does not take one: leave --loss out")
        return OneScore("logistic", loss.of_row(name("y"), SIGMOID), loss.written)
    if loss.labels in (CLASSES, COUNTS):
        instead = "logistic" if loss.labels == CLASSES else "a formula such as exp(a*x + b)"
        raise InputError(f"linear predicts any number, and the loss {loss.name} needs a {_kind(loss)}: write {instead}")
    return OneScore("linear", loss.of_row(name("y"), z), loss.written)


def _kind(loss: Loss) -> str:
    return "probability" if loss.labels == CLASSES else "positive number"


@lru_cache(maxsize=64)
def _tape(expression: Expression) -> Tape:
    return row_tape(expression, ("y", "z"), ())


def _computed(tape: Tape, observed: Array, scores: Array) -> Array:
    """An expression in `y` and `z` in every row."""
    found: Any = interpret(tape, [observed, scores[:, 0]])[tape.outputs["p"][0]]
    return np.array(np.broadcast_to(found, observed.shape), dtype=np.float64)
