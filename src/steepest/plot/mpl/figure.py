"""Still pictures: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from steepest.diagnosis.diagnosis import Diagnosis
from steepest.errors import InputError
from steepest.plot.mpl.artists import draw_chart, draw_objective, draw_runs, draw_value_lines
from steepest.plot.mpl.diagnosis import PANELS, draw_diagnosis
from steepest.plot.mpl.evaluations import draw_evaluations, evaluation_handles
from steepest.plot.mpl.fit import fit_artists
from steepest.plot.mpl.layout import Arrangement, Picture, lay_out, remove_words
from steepest.plot.mpl.legend import run_handle
from steepest.plot.mpl.panels import draw_panel_runs
from steepest.plot.mpl.quantities import draw_quantities, quantity_handles
from steepest.plot.mpl.style import theme_of
from steepest.plot.mpl.tangent import draw_tangent
from steepest.plot.mpl.text.fonts import with_fonts_for
from steepest.plot.options import PICTURE_DEFAULTS, PictureOptions
from steepest.plot.scene.quantities import QuantityScale, still_step
from steepest.plot.scene.scene import Scene, SceneRun, scene
from steepest.plot.size import picture_size
from steepest.plot.surface.axes import draw_surface_paths
from steepest.plot.surface.evaluations import draw_surface_evaluations
from steepest.plot.theme import LIGHT, Theme
from steepest.runs.trajectory import Trajectory

PANELS_SHARE = 0.44  # of the height of a picture with a size, for the charts of a diagnosis


def plot(
    runs: Iterable[Trajectory],
    options: PictureOptions = PICTURE_DEFAULTS,
    *,
    ax: Axes | None = None,
    samples: Sequence[Sequence[float]] = (),
    diagnosis: Diagnosis | None = None,
) -> Picture | Axes:
    """A picture of runs on one objective: the objective with their paths, and the value against the step.

    Args:
        options: what the picture shows, and how it looks, checked for these runs: see `PictureOptions.check_for`.
        ax: axes to draw the objective into (the chart, of three or more parameters); they are returned.
        samples: positions to show as faint dots.
        diagnosis: of the only run, which the view `diagnosis` shows.

    Raises:
        InputError: for no run, for runs on different objectives, for axes that are not two-dimensional.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown, theme = scene(runs, options=options, samples=samples, diagnosis=diagnosis), theme_of(options)
    if ax is None:
        return figure(shown, options, theme)
    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        kind = f"{ax.name} axes" if isinstance(ax, Axes) else type(ax).__name__
        raise InputError(f"ax are the axes of a plane, such as plt.subplots()[1], not {kind}")
    if options.view == "surface":
        raise InputError("a surface has a figure of its own: leave ax out, or draw the plane into it")
    _draw_into(ax, shown, theme)
    return ax


def _draw_into(ax: Axes, scene: Scene, theme: Theme) -> None:
    """Draw the objective with its runs, or else the chart, and a legend."""
    layer = scene.objective_layer
    if layer is None:
        draw_chart(ax, scene.chart, theme)
        draw_value_lines(ax, scene.chart, scene.runs, theme)
    else:
        draw_objective(ax, layer, theme)
        draw_tangent(ax, layer, scene.runs, theme)
        ax.set_aspect("equal" if layer.equal else "auto", adjustable="box")
        draw_evaluations(ax, scene.runs, theme)
        draw_runs(ax, scene.runs, theme)
    scales = _draw_quantities(ax, scene, theme)
    handles = [*(run_handle(run, theme) for run in scene.runs), *quantity_handles(scales, theme), *evaluation_handles(scene, theme)]
    legend = ax.legend(
        handles=handles, fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink
    )
    for text in legend.get_texts():
        text.set(fontfamily=theme.fonts, math_fontfamily=theme.mathematics)


def figure(scene: Scene, options: PictureOptions = PICTURE_DEFAULTS, theme: Theme = LIGHT) -> Picture:
    """The figure of a scene: title and formula, the objective, the chart and the legend beside it.

    Args:
        options: the size, the layout, and whether there is a legend.

    Raises:
        InputError: for a size too small to draw in.
    """
    size = picture_size(options.size, options.dpi, film=False)
    theme = with_fonts_for(theme, scene).scaled(size.type_scale)
    steps = _still_steps(scene)
    captions = [
        ";   ".join(part for part in (scene.outcome(run), _quantities_caption(run, step)) if part)
        for run, step in zip(scene.runs, steps, strict=True)
    ]
    bottom = (PANELS_SHARE, PANELS) if scene.diagnosis_layer else (0.0, 0.0)
    arrangement = Arrangement(layout=options.layout, legend=options.legend, bottom=bottom, order=tuple(scene.final_order()))
    layout = lay_out(scene, size, theme, scene.quantity_scales(steps), captions, arrangement)
    if layout.surface_axes is not None:
        draw_surface_paths(layout.surface_axes, scene.runs)
        draw_surface_evaluations(layout.surface_axes, scene.runs)
    elif layout.objective_axes is not None and scene.objective_layer is not None:
        draw_tangent(layout.objective_axes, scene.objective_layer, scene.runs, theme)
        draw_evaluations(layout.objective_axes, scene.runs, theme)
        draw_runs(layout.objective_axes, scene.runs, theme)
        _draw_quantities(layout.objective_axes, scene, theme)
    if layout.panels:
        draw_panel_runs(layout.panels, scene, theme)
    if layout.chart_axes is not None:
        draw_value_lines(layout.chart_axes, scene.chart, scene.runs, theme)
    if layout.fit_axes is not None and scene.fit is not None:
        styles = [theme.run_style(run.index) for run in scene.runs]
        for artist in fit_artists(layout.fit_axes, scene.fit, styles, theme, animated=False):
            list(artist.at(len(artist.curve.positions) - 1))
    if scene.diagnosis_layer is not None:
        draw_diagnosis(layout, scene.objective_layer, scene.chart, scene.diagnosis_layer, theme.run_style(0), theme)
    if size.bare:
        remove_words(layout.figure)
    return layout.figure


def _still_steps(scene: Scene) -> list[int]:
    """For each run the step at which a still picture shows its quantities."""
    if scene.objective_layer is None:
        return [max(len(run.values) - 2, 0) for run in scene.runs]
    view = scene.objective_layer.view
    return [still_step(run.path.points, view) if run.path is not None else 0 for run in scene.runs]


def _draw_quantities(ax: Axes, scene: Scene, theme: Theme) -> tuple[QuantityScale, ...]:
    """Draw the shown quantities at one step of each run, and return their scales."""
    steps = _still_steps(scene)
    scales = scene.quantity_scales(steps)
    if scene.objective_layer is not None:
        for run, step in zip(scene.runs, steps, strict=True):
            draw_quantities(ax, run, scales, scene.objective_layer, step, theme)
    return scales


def _quantities_caption(run: SceneRun, step: int) -> str:
    """At which step the quantities are shown, and the numbers among them."""
    drawn = "drawn " if any(each.kind != "number" for each in run.quantities) else ""
    return f"{drawn}at step {step}{run.numbers(step)}" if run.quantities else ""
