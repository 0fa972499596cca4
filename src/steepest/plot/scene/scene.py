"""What a picture shows, as data that any renderer can draw: the objective, the paths, the chart, the texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from steepest.diagnosis.diagnosis import Diagnosis
from steepest.errors import InputError
from steepest.language.digits import at_step
from steepest.optimizers.quantities import FULL, TRIALS, quantity
from steepest.plot.options import AGAINST, LARGEST, PICTURE_DEFAULTS, PictureOptions
from steepest.plot.scene.diagnosis import DiagnosisLayer, diagnosis_layer
from steepest.plot.scene.evaluations import DrawnSimplices, Trials, drawn_simplices, drawn_trials
from steepest.plot.scene.fit import FitLayer, fit_layer
from steepest.plot.scene.grid import function_over
from steepest.plot.scene.limits import Array, Box, escaping, leaves
from steepest.plot.scene.objective_layer import FiniteRun, ObjectiveLayer, known_entry, objective_layer
from steepest.plot.scene.overlap import Standing, standings
from steepest.plot.scene.parameters import MOST_IN_COLUMN, MOST_PARAMETERS, ParameterLayer, parameter_layer
from steepest.plot.scene.path import Path
from steepest.plot.scene.planes import PlanesLayer, main_plane, slices
from steepest.plot.scene.quantities import QuantityScale, ShownQuantity, quantity_scales, shown_quantities
from steepest.plot.scene.race import Race, positions_along, race
from steepest.plot.scene.text import labels as captions
from steepest.plot.scene.text.number import typographic
from steepest.plot.scene.value_chart import Chart, chart
from steepest.plot.surface.best_camera import best_camera, sees, wanted_points
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.surface import Surface, SurfacePath, surface, surface_path
from steepest.runs.libraries.simplices import OtherRulesError
from steepest.runs.trajectory import Trajectory

FLAT = ("saddle", "flat spot")  # markers that are no minima
FARTHEST = 1e150  # coordinate in a picture; the square of a larger distance overflows


@dataclass(frozen=True, eq=False)
class SceneRun:
    """One run in the scene.

    Attributes:
        index: among the runs of the scene, from 0; it decides on the color, the marker and the dashes.
        label: its short name.
        ending: how the run ended: see `steepest.tape.program.Stop`.
        outcome: how it ended and whether it left the view, in a few words.
        path: in the view of the objective; None where the scene has only a chart.
        values: at every position, the start first.
        slopes: the derivative at every position, of a function of one parameter; else None.
        trajectory: the run itself, for what is told of it in words.
        surface_path: the path on the surface, if the scene shows one.
        quantities: those of the quantities to show that this run has.
        standing: how the path is drawn among the others; None where there is no path.
        simplices: of an optimizer that moves a simplex, on a function of one or two parameters.
        trials: where its optimizer asked for something and did not step to, if they are to be shown and there are some.
    """

    index: int
    label: str
    ending: str
    outcome: str
    path: Path | None
    values: Array
    slopes: Array | None
    trajectory: Trajectory
    surface_path: SurfacePath | None = None
    quantities: tuple[ShownQuantity, ...] = ()
    standing: Standing | None = None
    simplices: DrawnSimplices | None = None
    trials: Trials | None = None

    def numbers(self, step: int) -> str:
        """The numbers among the quantities at a step, as text; empty where there are none."""
        known = (each for each in self.quantities if each.kind == "number" and step < len(each.rows))
        return "".join(
            f"   {each.symbol} = {typographic(at_step(each.rows[max(step - 1, 0) : step + 2].tolist(), min(step, 1)))}"
            for each in known
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """What a picture of one or several runs shows.

    Attributes:
        title: the gallery's, or a Python function's name; empty for a formula.
        formula: the objective as an equation in LaTeX; empty for a Python function.
        text: the same equation without LaTeX, for a renderer that cannot set it.
        objective_layer: None for three and more parameters.
        chart: the value against the step.
        show: the names of the quantities to show, in order.
        surface, camera: the objective as a surface, and from where it is seen, in the view `surface`.
        hidden: whether the surface hides a part of the paths or a minimum at their ends, from every side that was tried.
        drops: whether a line leads from each run's head down to the floor of the surface.
        diagnosis_layer: the diagnosis of the only run, in the view `diagnosis`.
        fit: the rows of the table and the models, of runs that fit one.
        parameters: a chart for each, of three and more parameters in the view `plane` or `parameters`.
        race: the places of the runs, where several start at one point and one comes near the least value.
        planes: slices through the end, or the plane of the main directions, in the views `slices` and `directions`.
    """

    title: str
    formula: str
    text: str
    runs: tuple[SceneRun, ...]
    objective_layer: ObjectiveLayer | None
    chart: Chart
    show: tuple[str, ...] = ()
    surface: Surface | None = None
    camera: Camera | None = None
    hidden: bool = False
    drops: bool = False
    diagnosis_layer: DiagnosisLayer | None = None
    fit: FitLayer | None = None
    parameters: ParameterLayer | None = None
    planes: PlanesLayer | None = None
    race: Race | None = None

    def final_order(self) -> list[int]:
        """The runs by place at the end, or as they were given where there is no race."""
        return self.race.order(self.last_step) if self.race is not None else list(range(len(self.runs)))

    def outcome(self, run: SceneRun) -> str:
        """How a run ended, unless all ended so; in a race behind its place and when it reached the goal."""
        ended = "" if self.common_outcome else run.outcome
        if self.race is None:
            return ended
        note = self.race.note(run.index, self.last_step)
        return f"{self.place(run)}  {'; '.join(filter(None, (note, ended)))}".rstrip()

    @property
    def common_outcome(self) -> str:
        """How several runs ended, if all of them ended the same; else empty."""
        outcomes = {run.outcome for run in self.runs}
        return f"{'both' if len(self.runs) == 2 else 'all'}: {outcomes.pop()}" if len(outcomes) == 1 < len(self.runs) else ""

    def place(self, run: SceneRun) -> str:
        """The place of a run at the end of a race, such as `1.`; empty where there is none."""
        return f"{self.race.place(run.index, self.last_step)}." if self.race is not None else ""

    @property
    def last_step(self) -> int:
        """That of the longest run."""
        return max(len(run.values) for run in self.runs) - 1

    def quantity_scales(self, steps: Sequence[int] | None = None) -> tuple[QuantityScale, ...]:
        """How long each quantity is drawn, in order; none where there is only a chart.

        Args:
            steps: for each run the only step at which its quantities are drawn; all steps if None.
        """
        if self.objective_layer is None:
            return ()
        drawn = [(run.quantities, run.path.points) for run in self.runs if run.path is not None]
        return quantity_scales(drawn, self.objective_layer.view, self.show, steps)


def scene(
    runs: Iterable[Trajectory],
    *,
    options: PictureOptions = PICTURE_DEFAULTS,
    samples: Sequence[Sequence[float]] = (),
    diagnosis: Diagnosis | None = None,
) -> Scene:
    """The scene of runs on one objective.

    Args:
        options: which view, which part of it and which quantities to show, checked for these runs: see `PictureOptions.check_for`.
        samples: positions to show as faint dots.
        diagnosis: of the only run, which the view `diagnosis` shows.

    Raises:
        InputError: for no run, for runs on different objectives, or for positions too far out to draw.

    >>> from steepest import descend
    >>> made = scene([descend("x^2", start=3, lr=0.3)])
    >>> made.objective_layer.view[0], made.objective_layer.markers[0].kind, made.runs[0].outcome
    ((-4.0, 4.0), 'minimum', 'converged after 22 steps')
    """
    chosen = tuple(runs)
    _check_runs(chosen)
    first, parameters = chosen[0], len(chosen[0].names)
    entry = known_entry(first)
    finite = finite_runs(chosen, entry.view if entry else None)
    layer: ObjectiveLayer | None = None
    paths: Sequence[Path | None] = [None] * len(chosen)
    if parameters <= 2:
        _check_reach(finite)
        dots = np.array(samples, dtype=np.float64).reshape(len(samples), parameters)
        layer, paths = objective_layer(first, finite, cast("Box | None", options.limits), dots, options.zscale)
    drawn = layer is not None and options.view == "plane"
    scene_runs = tuple(
        _scene_run(index, run, label, path, shown_quantities(run, options.show, drawn=drawn), drawn=options.layout != "chart")
        for index, (run, label, path) in enumerate(zip(chosen, captions.labels(chosen), paths, strict=True))
    )
    if layer is not None:
        among = standings([path for path in paths if path is not None], layer.view)
        scene_runs = tuple(
            _with_evaluations(replace(run, standing=each), of, layer, trials=TRIALS in options.show)
            for run, of, each in zip(scene_runs, chosen, among, strict=True)
        )
    least = min((point.value for point in entry.minima), default=None) if entry else None
    places = [positions_along(run, options.against) for run in chosen]
    gone = [run.leaves for run in finite]
    full = [run.full_values for run in chosen] if FULL in options.show and first.objective.batches(first.seed) else []
    values = chart([run.values for run in chosen], gone, least, places, AGAINST[options.against], full)
    title = captions.title(first) if options.title is None else options.title
    plane = Scene(title, *captions.formula(first), scene_runs, layer, values, tuple(options.show))
    plane = replace(plane, race=race(chosen, least, options.against))
    if diagnosis is not None:
        return replace(plane, diagnosis_layer=diagnosis_layer(diagnosis, options.at))
    plane = replace(plane, fit=fit_layer(chosen))
    if parameters > 2:
        return _with_many_parameters(plane, chosen, finite, places, options)
    return replace(_with_surface(plane), drops=options.drop) if options.view == "surface" else plane


def _with_many_parameters(
    chart: Scene, runs: Sequence[Trajectory], finite: Sequence[FiniteRun], places: Sequence[Array], options: PictureOptions
) -> Scene:
    """The scene of three and more parameters: their charts, or planes through the end of the first run."""
    if options.view in ("slices", "directions"):
        _check_reach(finite)
        label = chart.runs[0].label
        sliced = options.view == "slices"
        made = slices(runs[0], finite, label, options.over) if sliced else main_plane(runs[0], finite, label)
        return replace(chart, planes=made)
    gone = [run.leaves for run in finite]
    most = MOST_IN_COLUMN if options.size == "column" and chart.fit is not None else MOST_PARAMETERS
    return replace(chart, parameters=parameter_layer(runs, gone, places, AGAINST[options.against], most))


def _with_surface(plane: Scene) -> Scene:
    """The scene with its objective as a surface, the paths on it, and a camera that sees them."""
    layer = plane.objective_layer
    if layer is None or layer.grid is None:
        raise InputError("this function has no values to draw a surface from, or is too slow for it: leave the view out")
    shape = surface(layer.grid, layer.view)
    runs = tuple(replace(run, surface_path=surface_path(run.path.points, shape)) if run.path else run for run in plane.runs)
    markers = np.array([marker.point for marker in layer.markers], dtype=np.float64).reshape(-1, 2)
    paths = [run.surface_path.points for run in runs if run.surface_path]
    low = np.array([marker.kind not in FLAT for marker in layer.markers], dtype=bool)
    known = shape.points(shape.unit(markers))
    camera = best_camera(shape, paths, known, known[low])
    hidden = not sees(camera, shape, wanted_points(paths, known[low]))
    return replace(plane, runs=runs, surface=shape, camera=camera, hidden=hidden)


def _scene_run(
    index: int, run: Trajectory, label: str, path: Path | None, quantities: tuple[ShownQuantity, ...], *, drawn: bool
) -> SceneRun:  # fmt: skip
    """A run as a scene shows it.

    Args:
        drawn: whether its path is, which may leave the view.
    """
    slopes = run.gradients.reshape(-1) if len(run.names) == 1 else None
    outcome = captions.outcome(run, path.exit if path and drawn else None)
    return SceneRun(index, label, str(run.ending), outcome, path, run.values, slopes, run, quantities=quantities)


def _with_evaluations(drawn: SceneRun, run: Trajectory, layer: ObjectiveLayer, *, trials: bool) -> SceneRun:
    """A run with its simplices, and with its trials if they are to be shown."""
    try:
        drawn = replace(drawn, simplices=drawn_simplices(run, layer.view, layer.curve))
    except OtherRulesError:
        drawn = replace(drawn, outcome=f"{drawn.outcome}; no simplices: it moves them by rules that are not known here")
    if not trials or quantity(run.optimizer, TRIALS) is None:
        return drawn
    found = drawn_trials(run, function_over(run.objective, run.record.shape))
    if not len(found.steps):
        return replace(drawn, outcome=f"{drawn.outcome}; no trials: it asked at its steps only")
    return replace(drawn, trials=found)


def _check_runs(runs: Sequence[Trajectory]) -> None:
    """Refuse no run, and runs on different objectives."""
    if not runs:
        raise InputError("a picture needs at least one run")
    first = runs[0]
    for run in runs[1:]:
        if run.objective.definition != first.objective.definition or run.record.shape != first.record.shape:
            raise InputError("a picture shows runs on one objective: draw each objective into axes of its own")


def _check_reach(runs: Sequence[FiniteRun]) -> None:
    """Refuse positions so far out that no axis can be drawn around them."""
    farthest = max(float(np.abs(run.positions[:1] if run.escapes else run.positions).max()) for run in runs)
    if farthest > FARTHEST:
        reach = f"a picture shows positions up to {FARTHEST:g}, and these reach {farthest:.3g}"
        raise InputError(f"{reach}: save a record instead, such as descent.csv")


def finite_runs(runs: Sequence[Trajectory], base: Box | None) -> list[FiniteRun]:
    """The finite part of each run, and whether it escapes from the known view or from the others."""
    paths = [_finite_part(run.positions.reshape(run.steps + 1, -1)) for run in runs]
    diverged = [run.ending == "diverged" for run in runs]
    gone = [leaves(path, lost, base) for path, lost in zip(paths, diverged, strict=True)]
    escapes = escaping(paths, diverged, base) if paths[0].shape[1] <= 2 else gone
    each = zip(paths, runs, escapes, gone, strict=True)
    return [FiniteRun(path, run.values[: len(path)], lost, off) for path, run, lost, off in each]


def _finite_part(positions: Array) -> Array:
    """The positions up to the first that is not finite, or too large to be drawn."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(positions) < LARGEST).all(axis=1)
    return positions[: max(1, int(bad.argmax()))] if bad.any() else positions
