"""What a film tells in words: where the runs start, the slope there, each step worked out, how the runs ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.errors import counted
from steepest.explain.explanation import explain
from steepest.explain.line import Line
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.plot.scene.limits import Array
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.scene.text.labels import pretty
from steepest.plot.scene.text.number import DIGITS, number, typographic
from steepest.runs.trajectory import Trajectory

NO_BREAK = "\u00a0"
LONG = 24  # letters: a longer part of a line may break after commas, too
MOST_COORDINATES = 4  # of a position that is written out


@dataclass(frozen=True)
class Told:
    """A line of words.

    Attributes:
        run: the index of the run that it is about; None if it is about all.
        quiet: whether it is less important than others.
    """

    text: str
    run: int | None = None
    quiet: bool = False


def start_lines(scene: Scene) -> list[Told]:
    """Where the runs start, and the value there: one line for each start, or their number if there are several."""
    starts = _distinct_starts(scene.runs)
    if len(starts) > 1:
        return [Told(f"{len(starts)} starts")]
    run = starts[0]
    value = number(float(run.values[0]))
    return [Told(f"start at {in_parts(position_text(run.trajectory, 0))}:   {together(f'f = {value}')}")]


def slope_lines(scene: Scene) -> list[Told]:
    """The slope or the gradient at the only start; none where it is not finite, or where there are several starts."""
    starts = _distinct_starts(scene.runs)
    if len(starts) > 1:
        return []
    run = starts[0].trajectory
    slope = start_slope(run)
    if slope is None:
        return []
    rows = " over the first batch" if run.objective.batches(run.seed) else ""
    if len(run.names) == 1:
        at = number(float(run.positions.ravel()[0]))
        return [Told(f"slope{rows} {together(f'f′({at}) = {number(float(slope[0]))}')}")]
    return [Told(f"gradient{rows} {in_parts(_tuple_text(slope))}")]


def start_slope(run: Trajectory) -> Array | None:
    """The gradient at the start; None where it is not known or not finite."""
    gradients = np.asarray(run.gradients, dtype=np.float64).reshape(len(run.values), -1)
    return gradients[0] if len(gradients) and np.isfinite(gradients[0]).all() else None


def _distinct_starts(runs: Sequence[SceneRun]) -> list[SceneRun]:
    """The first run from each start."""
    found: dict[bytes, SceneRun] = {}
    for run in runs:
        found.setdefault(np.asarray(run.trajectory.positions[0], dtype=np.float64).tobytes(), run)
    return list(found.values())


def first_step_lines(scene: Scene) -> list[Told]:
    """The first step of the only run, worked out as far as a few lines hold it; none for several runs."""
    if len(scene.runs) != 1:
        return []
    run = scene.runs[0].trajectory
    if len(run.values) < 2:
        return []
    if not is_explained(run):
        return [Told(f"step 1:   {in_parts(moved_text(run, 1))}")]
    lines = worked_lines(run, 1, equations=1)
    if len(lines) > 2 or len(run.names) > 2:
        return [Told(f"step 1:   {in_parts(moved_text(run, 1))}")]
    parts = [text.rpartition(" = ") if " = " in text else text.rpartition(" ≈ ") for text in lines]
    texts = [f"{together(left)} {sign.strip()}{NO_BREAK}{together(right)}" for left, sign, right in parts]
    return [Told(f"{'step 1:   ' if index == 0 else ''}{text}") for index, text in enumerate(texts)]


def ending_lines(scene: Scene) -> list[Told]:
    """The sentence of the only run's ending and where it is; of several runs each with its place, in their order.

    Where all ended the same, that is told first, once.
    """
    if len(scene.runs) == 1:
        run = scene.runs[0].trajectory
        value = number(float(run.values[-1]))
        where = f"{in_parts(position_text(run, run.steps))}:   {together(f'f = {value}')}"
        return [Told(_sentence(run)), Told(where, quiet=True)]
    common = [Told(scene.common_outcome)] if scene.common_outcome else []
    return common + [Told(_ending(scene, scene.runs[index]), index) for index in scene.final_order()]


def _ending(scene: Scene, run: SceneRun) -> str:
    """How one of several runs ended, or how low it came; in a race its place, and when it reached the goal."""
    value = f"f = {number(float(run.values[-1]))}"
    if scene.race is None:
        return f"{together(run.label)}:   {together(value) if scene.common_outcome else run.outcome}"
    told = scene.race.note(run.index, scene.last_step) or value
    return f"{together(f'{scene.place(run)} {run.label}')}:   {together(told)}"


def _sentence(run: Trajectory) -> str:
    """The ending's sentence, and how the run was tuned."""
    told = typographic(run.ending.message + (f"; {run.tuning.text}" if run.tuning is not None else ""))
    return told.replace(" = ", f"{NO_BREAK}={NO_BREAK}")


def together(text: str) -> str:
    """The text with spaces at which no line breaks."""
    return text.replace(" ", NO_BREAK)


def in_parts(text: str) -> str:
    """A position or a move whose lines break after `=` and `→` only, and after the commas of a long part.

    >>> in_parts("(1, 2) → (0.5, 1)").split(" ")
    ['(1,\\xa02)\\xa0→', '(0.5,\\xa01)']
    """
    parts = re.split(r"(?<=[=→]) ", text)
    return " ".join(together(part) if len(part) <= LONG else part for part in parts)


def position_text(run: Trajectory, step: int) -> str:
    """Where a run is: `x = 3`, or `(x, y) = (1, 2)`; of many parameters the first ones."""
    point = np.asarray(run.positions[step], dtype=np.float64).ravel()
    names = [pretty(name) for name in run.names] if run.names else []
    if len(point) == 1:
        return f"{names[0] if names else 'x'} = {number(float(point[0]))}"
    if len(point) > MOST_COORDINATES or len(names) != len(point):
        return f"({', '.join(map(number, point[:MOST_COORDINATES].tolist()))}{', …' * (len(point) > MOST_COORDINATES)})"
    return f"({', '.join(names)}) = {_tuple_text(point)}"


def _tuple_text(point: Array) -> str:
    more = ", …" * (len(point) > MOST_COORDINATES)
    return f"({', '.join(map(number, point[:MOST_COORDINATES].tolist()))}{more})"


def moved_text(run: Trajectory, step: int) -> str:
    """From where to where a step went: `x: 3 → 1.2`, `(1, 2) → (0.5, 1)`."""
    before, after = (np.asarray(run.positions[index], dtype=np.float64).ravel() for index in (step - 1, step))
    if len(before) == 1:
        name = f"{pretty(run.names[0])}: " if run.names else ""
        return f"{name}{number(float(before[0]))} → {number(float(after[0]))}"
    return f"{_tuple_text(before)} → {_tuple_text(after)}"


def is_explained(run: Trajectory) -> bool:
    """Whether the optimizer has equations, which its steps can be worked out by."""
    return not isinstance(run.optimizer, LibraryOptimizer)


def worked_lines(run: Trajectory, step: int, *, equations: int = 2) -> list[str]:
    """A step worked out: the last of the optimizer's equations with their numbers, a line for each parameter.

    Args:
        equations: how many of them at most; of an optimizer with more, the one that gives the new position.

    Raises:
        InputError: for an optimizer of another library, which has no equations.

    >>> from steepest import descend
    >>> worked_lines(descend("x^2", start=1.2, lr=0.3), 1)
    ['x = 1.2 − 0.3·2.4 = 0.48']
    """
    shown = explain(run, step, digits=DIGITS, most=min(len(run.names), MOST_COORDINATES)).sections
    steps = [section for section in shown if section.lines and section.lines[0].quantity not in ("f", "g", "H", "det")]
    chosen = steps if len(steps) <= equations else steps[-1:]
    lines = [_line_text(line) for section in chosen for line in section.lines]
    left_out = len(run.names) - MOST_COORDINATES
    return [*lines, f"and {counted(left_out, 'parameter')} more"] if left_out > 0 else lines


def _line_text(line: Line) -> str:
    """`x = 1.2 − 0.3·2.4 = 0.48`"""
    parts = [line.left.plain, *([line.numbers] if line.numbers is not None else [])]
    text = " = ".join(parts) + f" {line.relation} {line.result}"
    return pretty(text.replace("sqrt(", "√(")).replace("*", "·").replace("-", "−")
