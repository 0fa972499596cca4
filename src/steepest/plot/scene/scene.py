"""What a picture shows, as data that any renderer can draw: the landscape, the paths on it, the chart, the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from steepest.diagnosis.diagnosis import Diagnosis
from steepest.errors import InputError
from steepest.language.digits import at_step
from steepest.plot.options import LARGEST, PICTURE_DEFAULTS, PictureOptions
from steepest.plot.scene import text as captions
from steepest.plot.scene.diagnosis import DiagnosisLayer, diagnosis_layer
from steepest.plot.scene.limits import Array, Box, fly_away
from steepest.plot.scene.objective_layer import FiniteRun, ObjectiveLayer, known_entry, objective_layer
from steepest.plot.scene.path import Path
from steepest.plot.scene.quantities import QuantityScale, ShownQuantity, quantity_scales, shown_quantities
from steepest.plot.scene.value_chart import Chart, chart
from steepest.plot.surface.best_camera import best_camera
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.surface import Surface, SurfacePath, surface, surface_path
from steepest.runs.trajectory import Trajectory

FARTHEST = 1e150  # a coordinate in a picture; the square of a longer way is no number


@dataclass(frozen=True, eq=False)
class SceneRun:
    """One run in the scene.

    Attributes:
        index: its place among the runs, which decides on its color, marker and dash.
        label: its short name.
        ending: one of `steepest.runs.trajectory.ENDINGS`.
        outcome: how it ended and whether it left the picture, in a few words.
        path: in the landscape, if there is one.
        surface_path: the same on the surface, if that is shown.
        values: at every position, the start first.
        slopes: the derivative at every position, of a function of one parameter; else None.
        shown_quantities: the quantities that are to be shown, as far as this run has them.
    """

    index: int
    label: str
    ending: str
    outcome: str
    path: Path | None
    values: Array
    slopes: Array | None
    surface_path: SurfacePath | None = None
    shown_quantities: tuple[ShownQuantity, ...] = ()

    def numbers(self, step: int) -> str:
        """The carried numbers at a step, in words; empty where there are none."""
        known = (each for each in self.shown_quantities if each.kind == "number" and step < len(each.rows))
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
        scene_runs: the runs.
        objective_layer: None for three and more parameters.
        chart: the value against the step.
        diagnosis_layer: of the diagnosis of its only run, if the look asks for it.
        show: the names of the quantities that are to be shown, in order.
        surface, camera: the landscape in space, and from where it is seen, if the look asks for it.
    """

    title: str
    formula: str
    text: str
    scene_runs: tuple[SceneRun, ...]
    objective_layer: ObjectiveLayer | None
    chart: Chart
    show: tuple[str, ...] = ()
    surface: Surface | None = None
    camera: Camera | None = None
    diagnosis_layer: DiagnosisLayer | None = None

    def quantity_scales(self, steps: Sequence[int] | None = None) -> tuple[QuantityScale, ...]:
        """How long each carried quantity is drawn; so that it suits one step of each run, if these are given."""
        if self.objective_layer is None:
            return ()
        loads = [(scene_run.shown_quantities, scene_run.path.points) for scene_run in self.scene_runs if scene_run.path is not None]
        return quantity_scales(loads, self.objective_layer.view, self.show, steps)


def scene(
    runs: Iterable[Trajectory],
    *,
    picture_options: PictureOptions = PICTURE_DEFAULTS,
    samples: Sequence[Sequence[float]] = (),
    diagnosis: Diagnosis | None = None,
) -> Scene:
    """The scene of runs on one objective.

    Args:
        picture_options: what is to be seen of them, checked for these runs: see `PictureOptions.check_for`.
        samples: positions to show as faint dots.
        diagnosis: of the only run, which the view `diagnosis` shows.

    Raises:
        InputError: for no run, for runs on different objectives, or for positions too far out to draw.

    >>> from steepest import descend
    >>> shown = scene([descend("x^2", start=3, lr=0.3)])
    >>> shown.objective_layer.view[0], shown.objective_layer.markers[0].kind, shown.scene_runs[0].outcome
    ((-4.0, 4.0), 'minimum', 'converged after 22 steps')
    """
    chosen = tuple(runs)
    check(chosen)
    first, entry = chosen[0], known_entry(chosen[0])
    finite_runs = _finite_parts(chosen, entry.view if entry else None)
    if len(first.names) <= 2:
        _check_reach(finite_runs)
    ground: ObjectiveLayer | None = None
    paths: Sequence[Path | None] = [None] * len(chosen)
    if len(first.names) <= 2:
        dots = np.array(samples, dtype=np.float64).reshape(len(samples), len(first.names))
        ground, paths = objective_layer(
            first, finite_runs, cast("Box | None", picture_options.limits), dots, picture_options.zscale
        )
    scene_runs = tuple(
        scene_run(
            index,
            run,
            label,
            drawn,
            shown_quantities(run, picture_options.show, drawn=ground is not None and picture_options.view == "plane"),
        )
        for index, (run, label, drawn) in enumerate(zip(chosen, captions.labels(chosen), paths, strict=True))
    )
    least = min((point.value for point in entry.minima), default=None) if entry else None
    values = chart([run.values for run in chosen], [finite_run.away for finite_run in finite_runs], least)
    flat = Scene(captions.title(first), *captions.formula(first), scene_runs, ground, values, tuple(picture_options.show))
    if diagnosis is not None:
        return replace(flat, diagnosis_layer=diagnosis_layer(diagnosis, picture_options.at))
    return _in_space(flat) if picture_options.view == "surface" else flat


def _in_space(flat: Scene) -> Scene:
    """The scene with its landscape as a surface, the paths on it, and a camera that sees them."""
    ground = flat.objective_layer
    if ground is None or ground.grid is None:
        raise InputError("this function has no values to draw a surface from, or is too slow for it: leave the view out")
    shape = surface(ground.grid, ground.view)
    scene_runs = tuple(
        replace(scene_run, surface_path=surface_path(scene_run.path.points, shape)) if scene_run.path else scene_run
        for scene_run in flat.scene_runs
    )
    markers = np.array([mark.place for mark in ground.markers], dtype=np.float64).reshape(-1, 2)
    camera = best_camera(
        shape,
        [scene_run.surface_path.places for scene_run in scene_runs if scene_run.surface_path],
        shape.places(shape.unit(markers)),
    )
    return replace(flat, scene_runs=scene_runs, surface=shape, camera=camera)


def scene_run(index: int, run: Trajectory, label: str, drawn: Path | None, loads: tuple[ShownQuantity, ...]) -> SceneRun:
    slopes = run.gradients.reshape(-1) if len(run.names) == 1 else None
    outcome = captions.outcome(run, drawn.exit if drawn else None)
    return SceneRun(index, label, str(run.ending), outcome, drawn, run.values, slopes, shown_quantities=loads)


def check(runs: Sequence[Trajectory]) -> None:
    if not runs:
        raise InputError("a picture needs at least one run")
    first = runs[0]
    for run in runs[1:]:
        if run.objective.definition != first.objective.definition or run.record.shape != first.record.shape:
            raise InputError("a picture shows runs on one objective: draw each objective into axes of its own")


def _check_reach(finite_runs: Sequence[FiniteRun]) -> None:
    """Refuse positions so far out that no axis can be drawn around them."""
    farthest = max(
        float(np.abs(finite_run.positions[:1] if finite_run.away else finite_run.positions).max()) for finite_run in finite_runs
    )
    if farthest > FARTHEST:
        reach = f"a picture shows positions up to {FARTHEST:g}, and these reach {farthest:.3g}"
        raise InputError(f"{reach}: save a record instead, such as descent.csv")


def _finite_parts(runs: Sequence[Trajectory], base: Box | None) -> list[FiniteRun]:
    """The runs as pictures see them."""
    tracks = [finite(run.positions.reshape(run.steps + 1, -1)) for run in runs]
    away = fly_away(tracks, [run.ending == "diverged" for run in runs], base)
    return [FiniteRun(track, run.values[: len(track)], lost) for run, track, lost in zip(runs, tracks, away, strict=True)]


def finite(positions: Array) -> Array:
    """The positions up to the first that is not finite, or so large that a picture cannot hold it."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(positions) < LARGEST).all(axis=1)
    return positions[: max(1, int(bad.argmax()))] if bad.any() else positions
