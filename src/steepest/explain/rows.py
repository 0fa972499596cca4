"""The sums and means in a worked step, written out over the first rows: `((460-(0*2104+0))^2 + ... )/3`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from steepest.language.expression import Expression, call, evaluate, name, names, number, rebuilt, rows_of
from steepest.language.notation import ELLIPSIS
from steepest.language.operations import REDUCTIONS
from steepest.tape.row_lowering import row_tapes
from steepest.targets.reference import Reduce
from steepest.targets.rows.sums import RowSums

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory
    from steepest.tape.tape import Tape

MOST_WRITTEN = 3  # so many rows are all written out; of more, the first FIRST and dots
FIRST = 2
LONGEST = 120  # parts of a formula over rows that is written out; of a longer one the sums and means are numbers
MOST_SUMS = 2  # of a formula that are written out
MOST_LISTED = 6  # rows of a batch that are told


class StepRows:
    """The rows of one step, all of the table or a batch.

    Args:
        run, step: the run, and the number of the step, from 1.
    """

    def __init__(self, run: Trajectory, step: int) -> None:
        self.run, self.step = run, step
        objective = run.objective
        assert objective.expression is not None
        self.batches = objective.batches(run.seed)
        self.source = rows_of(objective.expression)

    def reduce(self, tape: Tape) -> Reduce:
        """What gives a tape the sums and means at a position, over the rows of the step."""
        assert tape.rows is not None
        sums = RowSums(tape.rows, self.batches)
        return lambda position: sums.at(position, self.step)

    @cached_property
    def taken(self) -> list[int]:
        """The first rows of the step, counted from 0."""
        wanted = range(min(self.count, MOST_LISTED + 1))
        return [self.batches.row(self.step, place) for place in wanted] if self.batches else list(wanted)

    @property
    def count(self) -> int:
        """The number of rows of the step."""
        return self.batches.length(self.step) if self.batches else self.source.rows

    @property
    def told(self) -> str:
        """Which rows are the batch of the step; empty if all are taken."""
        if self.batches is None:
            return ""
        places = [self.source.place(row) for row in self.taken]
        kind, shown = places[0].partition(" ")[0], [place.partition(" ")[2] for place in places[:MOST_LISTED]]
        rest = self.count - len(shown)
        last = f"{rest} more" if rest else shown.pop() if len(shown) > 1 else ""
        which = f"{', '.join(shown)} and {last}" if last else shown[0]
        return f"the batch of this step: {kind}{'s' * (self.count > 1)} {which} of {self.source.rows:,} rows"

    def written_out(self, formula: Expression, exact: Mapping[str, float]) -> tuple[Expression, dict[str, float]]:
        """A formula whose outermost sums and means are written out, and the values of the further names in it.

        Args:
            formula: in which sums and means occur.
            exact: the values of its names.
        """
        totals = self.totals(formula, exact)
        found: dict[str, float] = {}
        outermost = _outermost(formula)
        size = max((node.arguments[0].parts for node in outermost), default=0)
        written = len(outermost) <= MOST_SUMS and size * FIRST <= LONGEST
        replaced = {
            node: self._terms(node, exact, totals, found) if written else _valued(node, totals[node], found) for node in outermost
        }
        return rebuilt(formula, replaced.get), found

    def totals(self, formula: Expression, exact: Mapping[str, float]) -> dict[Expression, float]:
        """The value of every sum and mean in a formula, over the rows of the step."""
        words = sorted(names(formula))
        tapes, numbers = row_tapes([formula], words)
        values = RowSums(tapes, self.batches).at([exact[word] for word in words], self.step)
        return {node: values[index] for node, index in numbers.items()}

    def _terms(
        self, node: Expression, exact: Mapping[str, float], totals: Mapping[Expression, float], found: dict[str, float]
    ) -> Expression:
        """A sum or mean written out."""
        shown = self.taken[: self.count if self.count <= MOST_WRITTEN else FIRST]
        inner = rebuilt(
            node.arguments[0], lambda part: _valued(part, totals[part], found) if part.operation in REDUCTIONS else None
        )
        terms = [self._in_row(inner, row, found) for row in shown]
        total = terms[0]
        for term in terms[1:]:
            total = call("add", total, term)
        if len(shown) < self.count:
            whole = totals[node] * (self.count if node.operation == "mean" else 1)
            key = f"{ELLIPSIS}{len(found)}"
            found[key] = whole - sum(evaluate(term, {**exact, **found}) for term in terms)
            total = call("add", total, name(key))
        return call("div", total, number(self.count)) if node.operation == "mean" and self.count > 1 else total

    def _in_row(self, inner: Expression, row: int, found: dict[str, float]) -> Expression:
        """What is summed, with the names of one row's numbers for the columns."""

        def replace(part: Expression) -> Expression | None:
            if part.operation != "column":
                return None
            found[f"{part.name}[{row + 1}]"] = self.source.cell(part.name, row)
            return name(f"{part.name}[{row + 1}]")

        return rebuilt(inner, replace)


def _outermost(formula: Expression) -> Sequence[Expression]:
    """The sums and means that stand in no other one."""
    found: list[Expression] = []
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        if node.operation in REDUCTIONS:
            found.append(node)
        else:
            waiting += node.arguments
    return list(dict.fromkeys(found))


def _valued(node: Expression, value: float, found: dict[str, float]) -> Expression:
    """A name for the value of a sum or mean."""
    key = next((word for word in found if word.startswith("total ") and found[word] == value), f"total {len(found)}")
    found[key] = value
    return name(key)
