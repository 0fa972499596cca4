"""Losses as formulas of one row in the observed `y` and the prediction `p`, and what they ask of the observed column."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression, names, number, substitute
from steepest.language.grammar import read_expression
from steepest.language.notation import plain
from steepest.language.suggestions import nearest

REDUCTIONS = ("mean", "sum")
LONGEST = 2_000  # characters of a loss
ANY, CLASSES, SIGNS, COUNTS = "any number", "0/1", "-1/1", "0 or more"


@dataclass(frozen=True)
class Entry:
    """A loss as text.

    Attributes:
        formula: of one row, in `y`, `p` and the settings.
        labels: what the observed column must hold: any number, 0/1, -1/1, or 0 or more.
        description: one sentence.
        source: where it comes from.
        link: the function that the formula is combined with where it is the prediction's outermost one; empty for none.
        linked: the loss of the prediction link(z) as a formula in `y` and `z`, which neither overflows nor loses digits.
        settings: numbers with their defaults.
        above, below: the bounds of the setting, both excluded.
    """

    formula: str
    labels: str
    description: str
    source: str
    link: str = ""
    linked: str = ""
    settings: dict[str, float] = field(default_factory=dict)
    above: float = 0.0
    below: float = math.inf


LOSSES: dict[str, Entry] = {
    "mse": Entry(
        "(y-p)^2", ANY,
        "The squared error, without a factor 1/2.",
        "Legendre, Nouvelles methodes pour la determination des orbites des cometes (1805), p. 72"),
    "mse/2": Entry(
        "(y-p)^2/2", ANY,
        "Half the squared error: its gradient has no factor 2, so lr may be twice as large as with mse.",
        "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), p. 44, there without the 1/2"),
    "mae": Entry(
        "abs(y-p)", ANY,
        "The absolute error, whose constant fit is the median.",
        "Boscovich, De litteraria expeditione (1757); Stigler, The History of Statistics (1986), p. 39"),
    "huber": Entry(
        "where(abs(y-p) <= delta, (y-p)^2/2, delta*(abs(y-p)-delta/2))", ANY,
        "Half the squared error up to delta, the absolute error times delta beyond.",
        "Huber, Ann. Math. Stat. 35 (1964), p. 73", settings={"delta": 1.0}),
    "log": Entry(
        "-log(where(y == 1, p, 1-p))", CLASSES,
        "Cross-entropy: minus the logarithm of the probability that the observed class was given.",
        "Cox, J. R. Stat. Soc. B 20 (1958), p. 215", "sigmoid", "softplus((1-2*y)*z)"),
    "hinge": Entry(
        "max(0, 1-y*p)", SIGNS,
        "0 where the prediction has the sign of the label and at least the size 1.",
        "Cortes and Vapnik, Machine Learning 20 (1995), p. 273"),
    "poisson": Entry(
        "p - y*log(p)", COUNTS,
        "Minus the logarithm of the Poisson probability of a count, without the term log(y!) that no parameter is in.",
        "Nelder and Wedderburn, J. R. Stat. Soc. A 135 (1972), p. 370", "exp", "exp(z) - y*z"),
    "pinball": Entry(
        "max(q*(y-p), (q-1)*(y-p))", ANY,
        "The absolute error weighted by q above and 1-q below, whose constant fit is the quantile q.",
        "Koenker and Bassett, Econometrica 46 (1978), p. 33", settings={"q": 0.5}, below=1.0),
}  # fmt: skip
"""Every loss by name."""


@dataclass(frozen=True)
class Loss:
    """A loss of one row, and how the rows are put together.

    Attributes:
        name: of the table, or `custom`.
        text: the formula of one row in `y` and `p`, settings inserted.
        expression: the same as an expression.
        reduction: `mean` or `sum`.
        labels: what the observed column must hold: `any number`, `0/1`, `-1/1` or `0 or more`.
        link: the function of the prediction that has a form of its own, `sigmoid` or `exp`; empty for none.
        linked: the loss of the prediction link(z), in `y` and `z`; None without one.

    >>> loss = read_loss("mse/2")
    >>> loss.written, loss.labels
    ('mean((y-p)^2/2)', 'any number')
    """

    name: str
    text: str
    expression: Expression
    reduction: str = "mean"
    labels: str = ANY
    link: str = ""
    linked: Expression | None = None

    @property
    def written(self) -> str:
        """The loss with its factor and reduction written out: `mean((y-p)^2/2)`."""
        return f"{self.reduction}({self.text})"

    def of_row(self, observed: Expression, prediction: Expression) -> Expression:
        """The loss of one row as an expression in the columns and parameters.

        Where the prediction is link(z), as sigmoid(b0 + b1*x) is, this is the linked form in z: the logarithm of a sigmoid that
        was rounded to 0 is infinite, softplus never is. Only the outermost function counts: 0.9*sigmoid(z) is taken as it stands.

        Args:
            observed: for `y`.
            prediction: for `p`.

        >>> from steepest.language.expression import name
        >>> row = read_loss("log").of_row(name("y"), read_expression("sigmoid(a*x)", known=("a", "x")))
        >>> plain(row)
        'softplus((1-2*y)*(a*x))'
        """
        if self.linked is not None and prediction.operation == self.link:
            return substitute(self.linked, {"y": observed, "z": prediction.arguments[0]})
        return substitute(self.expression, {"y": observed, "p": prediction})


def read_loss(text: str, reduction: str = "mean") -> Loss:
    """The loss that a text describes.

    Args:
        text: a name of `LOSSES`, perhaps with its setting as in `huber(delta=2)` or `pinball(0.9)`, or a formula in `y` and `p`.
        reduction: `mean` or `sum`.

    Raises:
        InputError: for an unknown name, with the nearest one, an unknown reduction, or a setting outside its range.
        FormulaError: for a formula that cannot be read, or in which `p` does not occur.

    >>> read_loss("pinball(0.9)").written
    'mean(max(0.9*(y-p), -0.1*(y-p)))'
    >>> read_loss("log(cosh(p-y))").name
    'custom'
    """
    if not isinstance(text, str) or not text.strip():
        raise InputError("a loss is a name such as mse, or a formula in y and p such as (y-p)^2")
    if len(text) > LONGEST:
        raise InputError(f"the loss has {len(text):,} characters and may have {LONGEST:,}")
    if reduction not in REDUCTIONS:
        near = nearest(str(reduction), REDUCTIONS)
        hint = f"did you mean {near}?" if near else "there are mean and sum"
        raise InputError(f"there is no reduction '{clipped(str(reduction))}': {hint}")
    word = text.strip()
    typed, bracket, rest = word.partition("(")
    entry = LOSSES.get(typed.strip())
    if entry is not None and (not bracket or (entry.settings and rest.endswith(")"))):
        return _named_loss(typed.strip(), entry, rest.removesuffix(")"), reduction)
    if re.fullmatch(r"[A-Za-z_]\w*(/2)?", word) and word not in ("y", "p"):
        near = nearest(word, LOSSES)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(LOSSES)}, or a formula in y and p"
        raise InputError(f"there is no loss '{clipped(word)}': {hint}")
    expression = read_expression(word, known=("y", "p"))
    if "p" not in names(expression):
        raise FormulaError("a loss compares the observed y with the prediction p, and p does not occur", word, 0)
    return Loss("custom", word, expression, reduction)


def _named_loss(title: str, entry: Entry, arguments: str, reduction: str) -> Loss:
    """A loss of the table with its setting."""
    settings = dict(entry.settings)
    if arguments.strip():
        (key,) = settings
        settings[key] = _read_setting(title, key, arguments, entry)
    values = {key: number(value) for key, value in settings.items()}
    known = ("y", "p", "z", *settings)
    expression = substitute(read_expression(entry.formula, known=known), values)
    linked = substitute(read_expression(entry.linked, known=known), values) if entry.linked else None
    text = plain(expression) if settings else entry.formula
    return Loss(title, text, expression, reduction, entry.labels, entry.link, linked)


def _read_setting(title: str, key: str, text: str, entry: Entry) -> float:
    """The value of a loss's one setting, with or without its name in front."""
    typed, equals, written = text.rpartition("=")
    if equals and typed.strip() != key:
        raise InputError(f"the loss '{title}' has no setting '{clipped(typed.strip())}': it has {key}")
    try:
        value = float(written) if "_" not in written else math.nan
    except ValueError:
        value = math.nan
    if not entry.above < value < entry.below:
        bounds = f"between {entry.above:g} and {entry.below:g}" if entry.below < math.inf else "greater than 0"
        raise InputError(f"{key} of the loss '{title}' is a number {bounds}, not '{clipped(written.strip())}'")
    if math.isinf(value):
        raise InputError(f"{key} of the loss '{title}' is a finite number")
    return value
