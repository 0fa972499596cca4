"""A run as a table: a row a step, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from steepest.trajectory import Trajectory

__all__ = ["header", "plain_table", "rows", "text_table"]

MOST_COORDINATES = 16
Cells = tuple[str, ...]


def header(run: Trajectory) -> Cells:
    """The columns' names: the step, the parameters, the value, the gradient's norm, the step's length."""
    return ("step", *shown_names(run), "f", "|gradient|", "|step|")


def shown_names(run: Trajectory) -> Cells:
    """The parameters that have a column; an array of many numbers has none."""
    return run.names if len(run.names) <= MOST_COORDINATES else ()


def rows(run: Trajectory, every: int = 1) -> Iterator[Cells]:
    """The cells of every `every`-th step, the start and the last one always."""
    record = run.record
    positions, values, gradients = record.positions(), record.values(), record.gradients()
    width = len(shown_names(run))
    for step, position in enumerate(positions):
        if step % every and step != run.steps:
            continue
        length = shown(math.dist(position, positions[step - 1])) if step else "-"
        coordinates = (shown(value) for value in position[:width])
        yield (str(step), *coordinates, shown(values[step]), shown(math.hypot(*gradients[step])), length)


def shown(value: float) -> str:
    """A number with six significant digits; `-` where there is none."""
    if math.isfinite(value):
        return f"{value:.6g}"
    return "-" if math.isnan(value) else "inf" if value > 0 else "-inf"


def plain_table(head: Cells, body: Sequence[Cells]) -> str:
    """Columns aligned to the right, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *body))


def text_table(run: Trajectory, *, most: int) -> str:
    """The table, its middle left out if it is longer than `most` rows."""
    body = list(rows(run))
    if len(body) > most:
        gap = ("...", *[""] * (len(body[0]) - 1))
        body = [*body[: most // 2], gap, *body[-(most // 2) :]]
    return plain_table(header(run), body)
