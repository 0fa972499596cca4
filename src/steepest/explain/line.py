"""One line of a worked step: a name, its formula, the formula with numbers, the result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from steepest.explain.naming import Symbol
from steepest.explain.rounding import Fit, fit, rounded
from steepest.language.digits import for_json
from steepest.language.expression import ONE, Expression, call, evaluate, name, names, postorder, rebuilt
from steepest.language.latex import LATEX
from steepest.language.mathml import MATHML
from steepest.language.notation import ELLIPSIS, PLAIN, TEXTBOOK, Style, plain, textbook, write

STYLES: dict[str, Style] = {"plain": PLAIN, "latex": LATEX, "mathml": MATHML}


class Condition(NamedTuple):
    """The condition of a `where`: its formula, the numbers in it, and whether it holds."""

    formula: Expression
    numbers: Mapping[str, float]
    holds: bool


@dataclass(frozen=True)
class Line:
    """`left = label = written = numbers = result`, of which some may be missing.

    Attributes:
        quantity: the quantity: `theta`, `g`, `v`, ...
        parameter: the parameter whose coordinate of the quantity it is; None for a number.
        left: its name.
        label: another symbol for it, such as `df/dx`.
        formula: as written; None for a number without one, such as a random number.
        filled: the formula whose names are replaced by numbers; of a formula with branches, the branch taken.
        put: the rounded numbers by name; of rows that are not written out, dots stand for the rest.
        value: the exact result.
        shown: the result as it is shown.
        follows: whether the shown numbers give the shown result to within its rounding; `≈` stands where they do not.
        textbook: whether the formula is written without product signs.
        conditions: those that decided which branches are taken.
    """

    quantity: str
    parameter: str | None
    left: Symbol
    label: Symbol | None
    formula: Expression | None
    filled: Expression | None
    put: Mapping[str, float]
    value: float
    shown: float
    follows: bool
    textbook: bool = False
    conditions: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        """The name in plain text."""
        return self.left.plain

    @property
    def written(self) -> str | None:
        """The formula as text."""
        return None if self.formula is None else (textbook if self.textbook else plain)(self.formula)

    @property
    def numbers(self) -> str | None:
        """The formula with numbers for its names, as text that reads back."""
        return None if self.filled is None else plain(self.filled, self.put)

    @property
    def result(self) -> str:
        """The result as text."""
        return number_in(PLAIN, self.shown)

    @property
    def relation(self) -> str:
        """The sign before the result: `=` or `≈`."""
        return "=" if self.follows else "≈"

    def chain(self, notation: str) -> list[str]:
        """The parts in a notation (`plain`, `latex` or `mathml`) without repetition; the last one is the result."""
        texts = self.parts("plain")
        kept = [index for index, text in enumerate(texts) if index == 0 or text != texts[index - 1]]
        parts = texts if notation == "plain" else self.parts(notation)
        return [parts[index] for index in kept]

    def parts(self, notation: str) -> list[str]:
        """All parts in a notation; a formula without names is not written twice."""
        style = STYLES[notation]
        parts = [getattr(self.left, notation)]
        if self.label is not None:
            parts.append(getattr(self.label, notation))
        if self.formula is not None:
            parts.append(write(self.formula, TEXTBOOK if self.textbook and notation == "plain" else style, None))
        if self.filled is not None and not (self.formula is self.filled and not names(self.filled)):
            parts.append(write(self.filled, style, self.put))
        return [*parts, number_in(style, self.shown)]

    @property
    def document(self) -> dict[str, Any]:
        """The line for JSON; a number that is not finite is a word, see `steepest.language.digits.for_json`."""
        return {
            "quantity": self.quantity,
            "parameter": self.parameter,
            "name": self.name,
            "label": self.label.plain if self.label else None,
            "written": self.written,
            "numbers": self.numbers,
            "relation": self.relation,
            "result": self.result,
            "value": for_json(self.value),
            "conditions": [{"written": plain(each.formula), "numbers": plain(each.formula, each.numbers), "holds": each.holds}
                           for each in self.conditions],
        }  # fmt: skip


def number_in(style: Style, value: float) -> str:
    """A number in a notation."""
    return write(name("#"), style, {"#": value})


def given(quantity: str, parameter: str | None, left: Symbol, value: float, digits: int, label: Symbol | None = None) -> Line:
    """A line for a number that has no formula."""
    shown = rounded(value, digits)
    return Line(quantity, parameter, left, label, None, None, {}, value, shown, True)


def worked(
    quantity: str,
    parameter: str | None,
    left: Symbol,
    formula: Expression,
    filled: Expression,
    exact: Mapping[str, float],
    value: float,
    digits: int,
    *,
    label: Symbol | None = None,
    whole: Collection[str] = (),
    before: float | None = None,
    textbook: bool = False,
) -> Line:
    """A line that works out a formula with numbers.

    Args:
        formula: as written.
        filled: what is evaluated: the formula, but with a name for every call.
        exact: the value of every name in `filled`.
        before: of a position: where it was.
    """
    branch, conditions = _taken(filled, exact)
    whole = {*whole, *(word for word in exact if word.startswith(ELLIPSIS))}
    change = 0.0 if before is None else value - before
    found = fit(branch, exact, value, digits, whole=whole, change=change)
    met = tuple(
        Condition(each, fit(each, exact, float(holds), digits, whole=whole).numbers, holds)
        for each, holds in conditions.items()
        if not any("[" in word for word in names(each))  # of a row, whose branch stands there with its numbers
    )
    shown: Expression | None = _neat(branch, found)
    if not _is_finite(branch, exact) and _is_number(value):
        shown, found = None, Fit({}, rounded(value, digits), True)  # the record's own formula is defined where this one is not
    put = {word: number for word, number in found.numbers.items() if not word.startswith(ELLIPSIS)}
    return Line(quantity, parameter, left, label, formula, shown, put, value, found.result, found.follows, textbook, met)


def _is_number(value: float) -> bool:
    return abs(value) < float("inf")


def _is_finite(formula: Expression, exact: Mapping[str, float]) -> bool:
    return _is_number(evaluate(formula, exact))


def _taken(root: Expression, exact: Mapping[str, float]) -> tuple[Expression, dict[Expression, bool]]:
    """The expression with the branch that is taken for every `where`, and the conditions that decided."""
    conditions: dict[Expression, bool] = {}
    while True:
        outer = next((node for node in reversed(postorder(root)) if node.operation == "where"), None)
        if outer is None:
            return root, conditions
        condition, first, second = outer.arguments
        conditions[condition] = bool(evaluate(condition, exact))
        root = _replaced(root, outer, first if conditions[condition] else second)


def _replaced(root: Expression, old: Expression, new: Expression) -> Expression:
    return rebuilt(root, lambda node: new if node is old else None)


def _neat(root: Expression, found: Fit) -> Expression:
    """The expression without a factor 1 in front of another."""

    def is_one(part: Expression) -> bool:
        return part is ONE or found.numbers.get(part.name) == 1

    results: dict[Expression, Expression] = {}
    for node in postorder(root):
        parts = [results[argument] for argument in node.arguments]
        if node.operation == "mul" and parts[0].operation == "mul" and is_one(parts[0].arguments[1]):
            parts[0] = parts[0].arguments[0]
        if node.operation == "mul" and is_one(parts[0]):
            results[node] = parts[1]
        else:
            results[node] = call(node.operation, *parts) if parts else node
    return results[root]
