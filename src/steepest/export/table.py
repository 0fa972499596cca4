"""A run as a table of text, a row for each step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from steepest.language.digits import NOISE, column
from steepest.runs.trajectory import Trajectory

MOST_COORDINATES, WIDEST = 16, 160  # parameters, and characters of their names
Cells = tuple[str, ...]


def header(run: Trajectory) -> Cells:
    """The columns' names: the step, the parameters, the value, the gradient's norm, the step's length; perhaps the evaluations."""
    return ("step", *shown_names(run), "f", "|gradient|", "|step|", *(("evaluations",) if shows_evaluations([run]) else ()))


def shows_evaluations(runs: Sequence[Trajectory]) -> bool:
    """Whether a table counts evaluations: where a step may take any number of them, or where a budget limits them."""
    return any(run.stopping.budget is not None or run.work.trials is not None for run in runs)


def shown_names(run: Trajectory) -> Cells:
    """The parameters that have a column; none if there are more than 16, or their names are very long."""
    few = len(run.names) <= MOST_COORDINATES and sum(map(len, run.names)) <= WIDEST
    return run.names if few else ()


def rows(run: Trajectory, every: int = 1, steps: Sequence[int] | None = None) -> Iterator[Cells]:
    """The cells of every `every`-th step and always of the first and the last, or of the given steps."""
    if steps is None:
        steps = sorted({*range(0, run.steps + 1, every), run.steps})
    wanted = None if len(steps) == run.steps + 1 else steps
    record = run.record
    positions, values, gradients = record.positions(wanted), record.values(wanted), record.gradients(wanted)
    before = record.positions([max(step - 1, 0) for step in steps])
    width = len(shown_names(run))
    pairs = zip([*zip(*positions, strict=True)][:width], [*zip(*before, strict=True)][:width], strict=True)
    slopes = [math.hypot(*gradient) for gradient in gradients]
    lengths = [math.dist(position, last) for position, last in zip(positions, before, strict=True)]
    coordinates = [_cells(now, before=last) for now, last in pairs]
    columns = [*coordinates, _cells(values, noise=1e-7), *(_cells(each, noise=1e-7, told=False) for each in (slopes, lengths))]
    spent = [f"{run.spent[step]:,}" for step in steps] if shows_evaluations([run]) else None
    for index, (step, *cells, length) in enumerate(zip(steps, *columns, strict=True)):
        yield (str(step), *cells, length if step else "-", *((spent[index],) if spent else ()))


def _cells(values: Sequence[float], *, before: Sequence[float] = (), noise: float = NOISE, told: bool = True) -> list[str]:
    """The numbers of a column as text; `-` for NaN."""
    return ["-" if text == "nan" else text for text in column(values, before=before, noise=noise, told=told)]


def plain_table(head: Cells, body: Sequence[Cells]) -> str:
    """Columns aligned to the right, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *body))


def aligned(lines: Sequence[Cells]) -> str:
    """Columns aligned to the left, two spaces apart.

    >>> aligned([("a", "b"), ("long", "c")])
    'a     b\\nlong  c'
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def text_table(run: Trajectory, *, most: int) -> str:
    """The table of a run, without its middle if it is longer than `most` rows."""
    if run.steps < most:
        return plain_table(header(run), list(rows(run)))
    ends = [*range(most // 2), *range(run.steps + 1 - most // 2, run.steps + 1)]
    body = list(rows(run, steps=ends))
    gap = ("...", *[""] * (len(body[0]) - 1))
    return plain_table(header(run), [*body[: most // 2], gap, *body[most // 2 :]])
