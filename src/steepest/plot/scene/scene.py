"""What a picture shows, as data that any renderer can draw: the landscape, the paths on it, the chart, the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.errors import InputError
from steepest.language.digits import at_step
from steepest.optimizers.quantities import check_shown
from steepest.plot.options import Look
from steepest.plot.scene import text as captions
from steepest.plot.scene.diagnosis import Findings, findings
from steepest.plot.scene.limits import LARGEST, Array, Box, Interval, fly_away
from steepest.plot.scene.objective_layer import Landscape, Walk, known_entry, landscape
from steepest.plot.scene.path import Path
from steepest.plot.scene.quantities import Carried, Measure, carried, measures
from steepest.plot.scene.value_chart import Chart, chart
from steepest.plot.surface.best_camera import viewpoint
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.surface import Climb, Surface, climb, surface
from steepest.runs.trajectory import Trajectory

__all__ = ["Scene", "Trace", "scene"]

PLAIN = Look()
NARROWEST = 1e-12  # of the size of the numbers at the ends of an axis
FARTHEST = 1e150  # a coordinate in a picture; the square of a longer way is no number


@dataclass(frozen=True, eq=False)
class Trace:
    """One run in the scene.

    Attributes:
        index: its place among the runs, which decides on its color, marker and dash.
        label: its short name.
        ending: one of `steepest.runs.trajectory.ENDINGS`.
        outcome: how it ended and whether it left the picture, in a few words.
        path: in the landscape, if there is one.
        climb: the same on the surface, if that is shown.
        values: at every position, the start first.
        slopes: the derivative at every position, of a function of one parameter; else None.
        carried: the quantities that are to be shown, as far as this run has them.
    """

    index: int
    label: str
    ending: str
    outcome: str
    path: Path | None
    values: Array
    slopes: Array | None
    climb: Climb | None = None
    carried: tuple[Carried, ...] = ()

    def numbers(self, step: int) -> str:
        """The carried numbers at a step, in words; empty where there are none."""
        known = (each for each in self.carried if each.kind == "number" and step < len(each.rows))
        return "".join(
            f"   {each.symbol} = {at_step(each.rows[max(step - 1, 0) : step + 2].tolist(), min(step, 1))}" for each in known
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """What a picture of one or several runs shows.

    Attributes:
        title: the gallery's, or a Python function's name; empty for a formula.
        formula: the objective as an equation in LaTeX; empty for a Python function.
        text: the same equation without LaTeX, for a renderer that cannot set it.
        traces: the runs.
        landscape: None for three and more parameters.
        chart: the value against the step.
        findings: of the diagnosis of its only run, if the look asks for it.
        show: the names of the quantities that are to be shown, in order.
        surface, camera: the landscape in space, and from where it is seen, if the look asks for it.
    """

    title: str
    formula: str
    text: str
    traces: tuple[Trace, ...]
    landscape: Landscape | None
    chart: Chart
    show: tuple[str, ...] = ()
    surface: Surface | None = None
    camera: Camera | None = None
    findings: Findings | None = None

    def measures(self, steps: Sequence[int] | None = None) -> tuple[Measure, ...]:
        """How long each carried quantity is drawn; so that it suits one step of each run, if these are given."""
        if self.landscape is None:
            return ()
        loads = [(trace.carried, trace.path.points) for trace in self.traces if trace.path is not None]
        return measures(loads, self.landscape.view, self.show, steps)


def scene(runs: Iterable[Trajectory], *, look: Look = PLAIN, samples: Sequence[Sequence[float]] = ()) -> Scene:
    """The scene of runs on one objective.

    Args:
        look: what is to be seen of them.
        samples: positions to show as faint dots.

    Raises:
        InputError: for no run, for runs on different objectives, for limits that are none, or for a quantity to show
            that no run has.

    >>> from steepest import descend
    >>> shown = scene([descend("x^2", start=3, lr=0.3)])
    >>> shown.landscape.view[0], shown.landscape.marks[0].kind, shown.traces[0].outcome
    ((-4.0, 4.0), 'minimum', 'converged after 22 steps')
    """
    chosen = tuple(runs)
    check(chosen)
    look.check(len(chosen[0].names))
    check_shown(look.show, [run.optimizer for run in chosen])
    first, entry = chosen[0], known_entry(chosen[0])
    walks = walks_of(chosen, entry.view if entry else None)
    if len(first.names) <= 2:
        check_reach(walks)
    ground: Landscape | None = None
    paths: Sequence[Path | None] = [None] * len(chosen)
    if len(first.names) <= 2:
        dots = np.array(samples, dtype=np.float64).reshape(len(samples), len(first.names))
        ground, paths = landscape(first, walks, read_limits(look.limits, len(first.names)), dots, look.zscale)
    traces = tuple(
        trace(index, run, label, drawn, carried(run, look.show, drawn=ground is not None and look.view == "plane"))
        for index, (run, label, drawn) in enumerate(zip(chosen, captions.labels(chosen), paths, strict=True))
    )
    least = min((point.value for point in entry.minima), default=None) if entry else None
    values = chart([run.values for run in chosen], [walk.away for walk in walks], least)
    flat = Scene(captions.title(first), *captions.formula(first), traces, ground, values, look.show)
    if look.view == "diagnosis":
        return diagnosed(flat, chosen, look.at)
    return in_space(flat) if look.view == "surface" else flat


def diagnosed(flat: Scene, runs: Sequence[Trajectory], at: int | None) -> Scene:
    """The scene with what the diagnosis of its run found."""
    if len(runs) > 1:
        raise InputError(f"the picture of a diagnosis shows one run, not {len(runs)}: draw each by itself")
    return replace(flat, findings=findings(runs[0], at))


def in_space(flat: Scene) -> Scene:
    """The scene with its landscape as a surface, the paths on it, and a camera that sees them."""
    ground = flat.landscape
    if ground is None or ground.heights is None:
        raise InputError("this function has no values to draw a surface from, or is too slow for it: leave the view out")
    shape = surface(ground.heights, ground.view)
    traces = tuple(replace(trace, climb=climb(trace.path.points, shape)) if trace.path else trace for trace in flat.traces)
    marks = np.array([mark.place for mark in ground.marks], dtype=np.float64).reshape(-1, 2)
    camera = viewpoint(shape, [trace.climb.places for trace in traces if trace.climb], shape.places(shape.unit(marks)))
    return replace(flat, traces=traces, surface=shape, camera=camera)


def trace(index: int, run: Trajectory, label: str, drawn: Path | None, loads: tuple[Carried, ...]) -> Trace:
    slopes = run.gradients.reshape(-1) if len(run.names) == 1 else None
    outcome = captions.outcome(run, drawn.exit if drawn else None)
    return Trace(index, label, str(run.ending), outcome, drawn, run.values, slopes, carried=loads)


def check(runs: Sequence[Trajectory]) -> None:
    if not runs:
        raise InputError("a picture needs at least one run")
    first = runs[0]
    for run in runs[1:]:
        if run.objective.definition != first.objective.definition or run.record.shape != first.record.shape:
            raise InputError("a picture shows runs on one objective: draw each objective into axes of its own")


def check_reach(walks: Sequence[Walk]) -> None:
    """Refuse positions so far out that no axis can be drawn around them."""
    farthest = max(float(np.abs(walk.positions[:1] if walk.away else walk.positions).max()) for walk in walks)
    if farthest > FARTHEST:
        reach = f"a picture shows positions up to {FARTHEST:g}, and these reach {farthest:.3g}"
        raise InputError(f"{reach}: save a record instead, such as descent.csv")


def walks_of(runs: Sequence[Trajectory], base: Box | None) -> list[Walk]:
    """The runs as pictures see them."""
    tracks = [finite(run.positions.reshape(run.steps + 1, -1)) for run in runs]
    away = fly_away(tracks, [run.ending == "diverged" for run in runs], base)
    return [Walk(track, run.values[: len(track)], lost) for run, track, lost in zip(runs, tracks, away, strict=True)]


def finite(positions: Array) -> Array:
    """The positions up to the first that is not finite, or so large that a picture cannot hold it."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(positions) < LARGEST).all(axis=1)
    return positions[: max(1, int(bad.argmax()))] if bad.any() else positions


def read_limits(limits: Any, parameters: int) -> Box | None:
    """The user's limits as intervals; `(low, high)` will do for one parameter."""
    if limits is None:
        return None
    try:
        rows = np.array(limits, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        rows = np.zeros((0, 2))
    box: tuple[Interval, ...] = tuple((float(low), float(high)) for low, high in rows)
    if not parameters <= len(box) <= 2 or not np.isfinite(rows).all() or not (rows[:, 0] < rows[:, 1]).all():
        wanted = "(low, high)" if parameters == 1 else "((low, high), (low, high))"
        raise InputError(f"limits are {wanted} with low < high, not {limits!r}")
    if (np.abs(rows) >= LARGEST).any() or (np.ptp(rows, axis=1) < NARROWEST * np.abs(rows).max(axis=1)).any():
        raise InputError(f"limits are numbers up to {LARGEST:g} that differ by {NARROWEST:g} of their size or more, not {limits!r}")
    return box
