"""The strip below a film: the step that is being taken, worked out, for each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steepest.errors import InputError
from steepest.plot.film.timeline import Timeline
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.scene.text.narration import is_explained, moved_text, position_text, worked_lines
from steepest.plot.scene.text.number import number
from steepest.plot.theme import Theme

MOST_ROWS = 4
MOST_EQUATIONS = 2  # of an optimizer; of one with more, the one that gives the new position
APART, AFTER_STEP = 0.4, 0.16  # inches: between two lines in a row, after which step it is
BEFORE = -1  # the step while nothing has started


@dataclass(frozen=True, eq=False)
class Strip:
    """What a film says below its picture.

    Attributes:
        places: the row of each piece, from the top, and its distance from the left in inches.
        pieces: for each frame the text of each piece.
        size: of the font, in points.
        width: up to where the longest of its lines reaches, in inches.
    """

    places: tuple[tuple[int, float], ...]
    pieces: tuple[tuple[str, ...], ...]
    size: float
    width: float

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return max(row for row, _ in self.places) + 1


def strip_of(scene: Scene, timeline: Timeline, width: float, theme: Theme) -> Strip:
    """The strip of a film: the start, then each step as it happens.

    Worked steps have as many rows as their longest numbers need. Where they need too many, and where the optimizer has no
    equations, steps are told by where they lead from and to.

    Args:
        width: of the strip, in inches.

    Raises:
        InputError: for more runs than there are rows, and for a film that is too narrow.
    """
    if len(scene.runs) > MOST_ROWS:
        raise InputError(
            f"below a film are the steps of up to {MOST_ROWS} runs, not {len(scene.runs)}: leave the caption out, or some runs"
        )
    shown = [math.ceil(step) if stage.shows_runs else BEFORE for step, stage in timeline]
    for size in (theme.plain_size, theme.text_size, theme.small_size):
        made = _packed(scene, shown, width, size, theme)
        if made.rows <= MOST_ROWS and made.width <= width:
            larger = _packed(scene, shown, width, theme.formula_size, theme)
            fits = larger.width <= width and larger.rows == made.rows and larger.pieces == made.pieces
            return larger if fits else made
    for size in (theme.text_size, theme.small_size):
        brief = _packed(scene, shown, width, size, theme, brief=True)
        if brief.width <= width:
            return brief
    raise InputError("the steps below a film do not fit into its width: leave the caption out, or make the film wider")


def _packed(scene: Scene, shown: Sequence[int], width: float, size: float, theme: Theme, *, brief: bool = False) -> Strip:
    """The pieces of all runs in rows: which step, and beside it what happens, side by side where the longest of them fit.

    Of several runs each has one row, in which it is brief where it has to be.
    """
    places: list[tuple[int, float]] = []
    frames: list[list[str]] = [[] for _ in shown]
    heads = [_step_text(scene, run, step) for run in scene.runs for step in set(shown)]
    column = max(text_width(text, size, theme) for text in heads) + AFTER_STEP
    row, several = 0, len(scene.runs) > 1
    for run in scene.runs:
        lines = {step: _lines(scene, run, step, brief=brief) for step in set(shown)}
        lefts = _columns(lines, width - column, size, theme)
        if several and lefts[-1][0]:
            lines = {step: _lines(scene, run, step, brief=True) for step in set(shown)}
            lefts = _columns(lines, width - column, size, theme)
        places += [(row, 0.0), *((row + down, column + left) for down, left in lefts)]
        for frame, step in zip(frames, shown, strict=True):
            frame += [_step_text(scene, run, step), *lines[step], *[""] * (len(lefts) - len(lines[step]))]
        row += lefts[-1][0] + 1
    pieces = tuple(map(tuple, frames))
    ends = (
        left + text_width(text, size, theme) for texts in set(pieces) for (_, left), text in zip(places, texts, strict=True) if text
    )
    return Strip(tuple(places), pieces, size, max(ends, default=0.0))


def _columns(lines: Mapping[int, Sequence[str]], room: float, size: float, theme: Theme) -> list[tuple[int, float]]:
    """The row of each of the lines of all steps, and where it begins."""
    found, row, left = [], 0, 0.0
    for index in range(max(1, *map(len, lines.values()))):
        widest = max(text_width(texts[index], size, theme) if index < len(texts) else 0.0 for texts in lines.values())
        if index and left + widest > room:
            row, left = row + 1, 0.0
        found.append((row, left))
        left += widest + APART
    return found


def _step_text(scene: Scene, run: SceneRun, step: int) -> str:
    """Which step of which run: nothing before its start."""
    name = f"{run.label}   " if len(scene.runs) > 1 else ""
    if step == BEFORE:
        return ""
    step = min(step, len(run.values) - 1)
    return f"{name}step {step}:" if step else f"{name}start:"


def _lines(scene: Scene, run: SceneRun, step: int, *, brief: bool) -> list[str]:
    """What happens in a step: where the run starts, the worked lines, or in brief from where it leads to where."""
    step = min(step, len(run.values) - 1)
    if step == BEFORE:
        return [""]
    if step == 0:
        return [f"{position_text(run.trajectory, 0)}   f = {number(float(run.values[0]))}"]
    if brief or not is_explained(run.trajectory):
        return [moved_text(run.trajectory, step)]
    return worked_lines(run.trajectory, step, equations=MOST_EQUATIONS if len(scene.runs) == 1 else 1)
