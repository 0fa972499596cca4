"""An objective over data: a formula with sums or means over the rows of a table."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from steepest.data.batches import Batches
from steepest.data.chunked import ChunkedTable
from steepest.data.opening import AnyTable, open_table
from steepest.data.table import Table, position
from steepest.errors import FormulaError, InputError
from steepest.language.derivative import gradient, jacobian
from steepest.language.expression import Expression, column, names, postorder, rebuilt
from steepest.language.grammar import Formula, read_formula
from steepest.language.operations import CONSTANTS, FUNCTIONS, REDUCTIONS
from steepest.language.suggestions import listed, nearest
from steepest.language.tokens import tokenize
from steepest.objectives.constants import as_inputs, as_names, let_of, read_constants
from steepest.objectives.formula import DEFAULT_LR, FormulaObjective, read_objective
from steepest.tape.compile import tape_of
from steepest.targets.reference import failure, results

SHORT = 3  # names of so few letters are not taken for misspelled columns
QUOTED = re.compile(r"`[^`]*`")
UNQUOTED = re.compile(r"[^\W\d][\w ]*")  # names of words, which cannot be meant as a sum or a product of others
NO_TABLE = Table((), (), "no table")
MANY = 1000  # columns of which a formula is read with all; of more it is read with those whose names occur in the text


@dataclass(frozen=True)
class DataObjective(FormulaObjective):
    """A formula over the rows of a table; see `steepest.objectives.objective.Objective`.

    Attributes:
        table: the columns that the formula names, a number in every row.
        batch: the rows of one step; None for all of them.
        order: in which batches take the rows: `shuffle`, `cyclic` or `replacement`.
        path: by which a command can name the table; empty where none can.
        drop_missing: whether rows in which a number was missing were left out.
        stream: whether the table was asked to be streamed, or not to be; None where its size decided.
    """

    table: AnyTable = field(default=NO_TABLE)
    batch: int | None = None
    order: str = "shuffle"
    path: str = ""
    drop_missing: bool = False
    stream: bool | None = None

    def batches(self, seed: int) -> Batches | None:
        """The rows of each step; None for all of them.

        Raises:
            InputError: for more rows than the table has, and other batches that are none.
        """
        return None if self.batch is None else Batches(self.table.rows, self.batch, self.order, seed)

    @cached_property
    def drawn(self) -> Self:
        """The same over a sample of the rows where the table is not in memory, for a picture that needs rows or many values."""
        return self if isinstance(self.table, Table) else self._over(self.table.sample())

    def _over(self, table: Table) -> Self:
        """The same over another table with the same columns."""
        return replace(self, expression=over_table(self.expression, table), opened=self._opened_over(table), table=table)

    def _opened_over(self, table: Table) -> Expression | None:
        """The compiled formula over another table."""
        return self.opened and over_table(self.opened, table)

    def value(self, position: Sequence[float]) -> float:
        """The value at a position over all rows."""
        return self._results(position)[tape_of(self).outputs["f"][0]]

    def gradient(self, position: Sequence[float]) -> tuple[float, ...]:
        """The exact gradient at a position over all rows."""
        slots = self._results(position)
        return tuple(slots[slot] for slot in tape_of(self).outputs["g"])

    def start(self, seed: int) -> tuple[float, ...]:
        """Where a run starts that is not told where: 0.

        Raises:
            InputError: if there is no value or no slope at 0.
        """
        zeros, ones = ((number,) * len(self.names) for number in (0.0, 1.0))
        found = (self.value(zeros), *self.gradient(zeros))
        finite = all(map(math.isfinite, found))
        if finite and any(found[1:]):
            return zeros
        numbers = ",".join(["1"] * len(self.names))
        python = f"({numbers.replace(',', ', ')})" if len(self.names) > 1 else "1"
        advice = f"say where to start, such as --start {numbers}, or start={python}"
        if finite:
            raise InputError(f"a run over data starts at 0, and the function is flat there: {advice}")
        place = self._place_at_fault(zeros)
        if not all(map(math.isfinite, (self.value(ones), *self.gradient(ones)))):
            advice = f"look at the numbers{' there' if place else ''}, or say where to start"
        where = f", because of {place}" if place else ""
        raise InputError(f"a run over data starts at 0, and the function has no finite value and slope there{where}: {advice}")

    @cached_property
    def hyperparameters(self) -> Mapping[str, float]:
        """A learning rate for plain gradient descent, 1/L with the largest curvature L at 0, to one digit; else that of a formula.

        With it, descent on a quadratic cost cannot diverge. For `f_star` 0 is taken.
        """
        given = {"lr": DEFAULT_LR, "f_star": 0.0}
        if self.curvature is None:
            return given
        return {**given, "lr": default_rate(self.curvature)}

    @cached_property
    def curvature(self) -> float | None:
        """The largest curvature at 0 over all rows; None if it is not positive and finite."""
        return self.largest_curvature((0.0,) * len(self.names))

    def largest_curvature(self, position: Sequence[float]) -> float | None:
        """The largest eigenvalue of the Hessian over all rows; None if it is not positive and finite."""
        found = self.curvatures(position)
        return found[-1] if found and 0 < found[-1] < math.inf else None

    def curvatures(self, position: Sequence[float]) -> list[float] | None:
        """The eigenvalues of the Hessian over all rows, the least first; None if it is not finite."""
        import numpy as np

        matrix = np.array(self.hessian(position))
        if not np.isfinite(matrix).all():
            return None
        found: list[float] = np.linalg.eigvalsh(matrix).tolist()
        return found

    def hessian(self, position: Sequence[float]) -> list[list[float]]:
        """The exact Hessian at a position over all rows, row by row."""
        tape, count = tape_of(self, second=True), len(self.names)
        slots = results(tape, self.inputs(position))
        numbers = [slots[slot] for slot in tape.outputs["H"]]
        return [numbers[row * count : (row + 1) * count] for row in range(count)]

    @cached_property
    def is_quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere."""
        rows = jacobian(gradient(self.expression, self.names), self.names)
        return not names(*(part for row in rows for part in row)) & set(self.names)

    def _place_at_fault(self, position: Sequence[float]) -> str:
        """The first row that makes value or slope not finite, such as `row 2`; empty if none does."""
        cause = failure(tape_of(self), self._results(position), ("f", "g"), ("f", "g"))
        return cause.place if cause else ""

    def _results(self, position: Sequence[float]) -> list[float]:
        return results(tape_of(self), self.inputs(position))


def default_rate(curvature: float) -> float:
    """A learning rate for plain gradient descent: 1/L for the largest curvature L, to one digit, rounded down.

    Of L twelve digits count: its last bits differ from one way to work out eigenvalues to another.

    >>> default_rate(5.868e6), default_rate(10.000000000000002), default_rate(9.999999999999998)
    (1e-07, 0.1, 0.1)
    """
    rounded = float(f"{curvature:.11e}")
    exact = 1 / rounded if rounded else math.inf
    if not 0 < exact < math.inf:
        return DEFAULT_LR
    digits, power = f"{exact:.11e}".split("e")
    rate = float(f"{digits[0]}e{power}")
    return rate if 0 < rate < math.inf else DEFAULT_LR


def objective(
    text: str,
    data: Any = None,
    *,
    let: Mapping[str, float] | None = None,
    drop_missing: bool = False,
    stream: bool | None = None,
) -> FormulaObjective:
    """The objective that a text describes: the name of a gallery function, a formula, or a formula over data.

    Args:
        text: `rosenbrock`, `2x^2 - 4x`, `f(w, b) = (3w + b - 1)^2`, or over data `mean((y - w*x)^2)`, in which a name that is a
            column is that column; a column with spaces stands in backquotes.
        data: what `steepest.data.opening.open_table` reads: a path, a frame, a mapping of names to sequences, a table.
        let: the values of constants, names that are no parameters.
        drop_missing: leave out the rows in which a column of the formula has no number.
        stream: whether a Parquet or Arrow file is read anew for each step; by its size if it is left out.

    Raises:
        FormulaError, InputError: for what cannot be read, in one line.

    >>> objective("mean((y - w*x)^2)", data={"x": [1, 2], "y": [2, 4]}).value([1.0])
    2.5
    >>> objective("f(x, y) = x^2 + k*y^2", let={"k": 10}).text
    'x^2 + 10*y^2'
    """
    if data is None and not let:
        return read_objective(text)
    constants = read_constants(let or {})
    if data is None:
        formula = read_formula(text, constants)
        named = read_formula(text, as_names(constants)).expression
        opened, values = as_inputs(named, constants)
        values_of = let_of(named, constants)
        return FormulaObjective(formula.expression, formula.names, opened=opened, constants=values, named=named, let=values_of)
    table, formula = read_over(text, data, constants, drop_missing=drop_missing, stream=stream)
    named = read_formula(text, meanings_of(table, table.names, as_names(constants))).expression
    opened, values = as_inputs(named, constants)
    return DataObjective(
        formula.expression, formula.names, None, text, opened, values, table=table, path=path_of(data), drop_missing=drop_missing,
        stream=stream, let=let_of(named, constants),
    )  # fmt: skip


def path_of(data: Any) -> str:
    """The path or the name of a table by which a command can name it; empty for a frame and the like."""
    return os.fsdecode(data) if isinstance(data, str | os.PathLike) else ""


def read_over(
    text: str,
    data: Any,
    constants: Mapping[str, Expression],
    *,
    row: bool = False,
    drop_missing: bool = False,
    further: Collection[str] = (),
    stream: bool | None = None,
) -> tuple[AnyTable, Formula]:
    """A formula over data, and the table of the columns that it names.

    Args:
        text, data, drop_missing, stream: as of `objective`.
        constants: what other names stand for.
        row: whether it is the formula of one row.
        further: columns that the table must have besides.

    Raises:
        FormulaError, InputError: for what cannot be read.
    """
    whole = open_table(data, text, stream)
    if not whole.rows:
        raise InputError(f"{whole.source} has no rows")
    twice = {name for name in whole.names if whole.names.count(name) > 1} if len(whole.names) < MANY else set()
    named = [name for name in whole.names if len(whole.names) < MANY or name in text]
    _check_meanings(text, named, constants)
    formula = read_formula(text, meanings_of(whole, named, constants), row=row)
    if "(" not in text.partition("=")[0] or "=" not in text:
        _check_spelling(text, formula.names, named)
    used = [*further, *dict.fromkeys(node.name for node in postorder(formula.expression) if node.operation == "column")]
    if not used:
        raise FormulaError(f"the formula names no column of {whole.source}, which has {listed(whole.names)}", text, 0)
    if twice & set(used):
        position(whole, next(name for name in used if name in twice))  # refuses it
    if isinstance(whole, ChunkedTable) and whole.fits:
        whole = whole.loaded(used)
    table = whole.select(used, drop_missing=drop_missing)
    return table, read_formula(text, meanings_of(table, table.names, constants), row=row)


def over_table(expression: Expression, table: Table) -> Expression:
    """An expression over another table with the same columns."""
    return rebuilt(expression, lambda node: column(node.name, table) if node.operation == "column" else None)


def meanings_of(table: AnyTable, names: Iterable[str], constants: Mapping[str, Expression]) -> dict[str, Expression]:
    """What the names of columns and constants stand for."""
    return {**{name: column(name, table) for name in names}, **constants}


def _check_meanings(text: str, names: Sequence[str], constants: Mapping[str, Expression]) -> None:
    """Refuse a name that means two things, and a column's name with spaces or foreign letters that is not in backquotes.

    Where the column's name stands in backquotes elsewhere in the text, the name without them is the constant.
    """
    bare = QUOTED.sub(lambda found: " " * len(found[0]), text)
    for name in names:
        foreign = UNQUOTED.fullmatch(name) and not (name.isascii() and name.isidentifier())
        if foreign and (found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", bare)):
            raise FormulaError(f"this column's name stands in backquotes: `{name}`", text, found.start())
    tokens = tokenize(text.replace("~", " "))
    quoted = {token.text for token in tokens if token.prefix == "`"}
    for token in tokens:
        if token.kind != "name" or token.text not in names:
            continue
        if token.text in constants:
            raise FormulaError(f"'{token.text}' is a column and a constant with a value: rename one", text, token.position)
        if token.prefix or token.text in quoted:
            continue
        if token.text in CONSTANTS:
            reason = f"'{token.text}' is a column and a constant of the language: write `{token.text}` for the column"
            raise FormulaError(reason, text, token.position)
        called = text[token.position + len(token.text) :].lstrip().startswith(("(", "^"))
        if token.text in (*FUNCTIONS, *REDUCTIONS) and not called:
            reason = f"'{token.text}' is a column and a function: write `{token.text}` for the column"
            raise FormulaError(reason, text, token.position)


def _check_spelling(text: str, parameters: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a parameter that nobody declared and that is spelled almost like a column."""
    for parameter in parameters:
        near = nearest(parameter, columns) if len(parameter) > SHORT else None
        if near and len(near) > SHORT:
            token = next(each for each in tokenize(text) if each.text == parameter)
            reason = f"there is no column '{parameter}': did you mean {near}? (if it is a parameter, give it another name)"
            raise FormulaError(reason, text, token.position)
