"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.text import Text

from steepest.diagnosis.diagnosis import Diagnosis
from steepest.errors import InputError
from steepest.plot.mpl.artists import draw_chart, draw_objective, draw_runs, draw_tangent, draw_value_lines
from steepest.plot.mpl.diagnosis import PANELS, draw_diagnosis
from steepest.plot.mpl.layout import Picture, layout, run_handle
from steepest.plot.mpl.quantities import draw_quantities, quantity_handles
from steepest.plot.mpl.style import theme_of
from steepest.plot.options import PICTURE_DEFAULTS, PictureOptions
from steepest.plot.scene.quantities import QuantityScale, still_step
from steepest.plot.scene.scene import Scene, SceneRun, scene
from steepest.plot.surface.axes import draw_surface_paths
from steepest.plot.theme import LIGHT, Theme
from steepest.runs.trajectory import Trajectory

MARGIN = 0.1  # inches
SMALLEST = 0.6  # of the size of words that are too long


def plot(
    runs: Iterable[Trajectory],
    picture_options: PictureOptions = PICTURE_DEFAULTS,
    *,
    ax: Axes | None = None,
    samples: Sequence[Sequence[float]] = (),
    diagnosis: Diagnosis | None = None,
) -> Picture | Axes:
    """A picture of runs on one objective: the landscape with their paths, and the value against the step.

    Args:
        picture_options: what is to be seen, checked for these runs: see `PictureOptions.check_for`.
        ax: axes to draw the landscape into (the chart, where there is none); they are returned.
        samples: positions to show as faint dots.
        diagnosis: of the only run, which the view `diagnosis` shows.

    Raises:
        InputError: for no run, for runs on different objectives, for axes that are not of a plane.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown, theme = scene(runs, picture_options=picture_options, samples=samples, diagnosis=diagnosis), theme_of(picture_options)
    if ax is None:
        return figure(shown, theme=theme)
    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        kind = f"{ax.name} axes" if isinstance(ax, Axes) else type(ax).__name__
        raise InputError(f"ax are the axes of a plane, such as plt.subplots()[1], not {kind}")
    if picture_options.view == "surface":
        raise InputError("a surface has a figure of its own: leave ax out, or draw the plane into it")
    if shown.objective_layer is None:
        draw_chart(ax, shown.chart, theme)
        draw_value_lines(ax, shown.chart, shown.scene_runs, theme)
    else:
        draw_objective(ax, shown.objective_layer, theme)
        draw_tangent(ax, shown.objective_layer, theme)
        ax.set_aspect("equal" if shown.objective_layer.equal else "auto", adjustable="box")
        draw_runs(ax, shown.scene_runs, theme)
    found = _draw_shown_quantities(ax, shown, theme)
    handles = [*(run_handle(scene_run, theme) for scene_run in shown.scene_runs), *quantity_handles(found, theme)]
    legend = ax.legend(
        handles=handles, fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink
    )
    for text in legend.get_texts():
        text.set(fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    return ax


def figure(shown: Scene, *, size: tuple[float, float] | None = None, dpi: float = 150, theme: Theme = LIGHT) -> Picture:
    """The figure of a scene: title and formula, the landscape, the chart beside it, the key below.

    Args:
        size: width and height in inches; what suits the scene if None.
        dpi: pixels an inch.

    Raises:
        InputError: for a size that is too small to draw in.
    """
    steps = _shown_steps(shown)
    layout_ = layout(shown, size, dpi, theme, shown.quantity_scales(steps), foot=PANELS if shown.diagnosis_layer else 0.0)
    if layout_.surface_axes is not None:
        draw_surface_paths(layout_.surface_axes, shown.scene_runs)
    elif layout_.objective_layer is not None and shown.objective_layer is not None:
        draw_tangent(layout_.objective_layer, shown.objective_layer, theme)
        draw_runs(layout_.objective_layer, shown.scene_runs, theme)
        _draw_shown_quantities(layout_.objective_layer, shown, theme)
    draw_value_lines(layout_.chart, shown.chart, shown.scene_runs, theme)
    for words, scene_run, step in zip(layout_.words, shown.scene_runs, steps, strict=True):
        write(words, scene_run.outcome, _quantity_words(scene_run, step))
    if shown.diagnosis_layer is not None:
        draw_diagnosis(layout_, shown.objective_layer, shown.chart, shown.diagnosis_layer, theme.brush(0), theme)
    return layout_.picture


def _shown_steps(shown: Scene) -> list[int]:
    """The step of each run whose carried quantities a still picture shows."""
    if shown.objective_layer is None:
        return [max(len(scene_run.values) - 2, 0) for scene_run in shown.scene_runs]
    view = shown.objective_layer.view
    return [still_step(scene_run.path.points, view) if scene_run.path is not None else 0 for scene_run in shown.scene_runs]


def _draw_shown_quantities(ax: Axes, shown: Scene, theme: Theme) -> tuple[QuantityScale, ...]:
    """Arrows and squares at one step of each run; how long they are drawn."""
    steps = _shown_steps(shown)
    found = shown.quantity_scales(steps)
    for scene_run, step in zip(shown.scene_runs, steps, strict=True):
        if shown.objective_layer is not None:
            draw_quantities(ax, scene_run, found, shown.objective_layer, step, theme)
    return found


def _quantity_words(scene_run: SceneRun, step: int) -> str:
    """At which step the carried quantities are shown, and the numbers among them."""
    drawn = "drawn " if any(each.kind != "number" for each in scene_run.shown_quantities) else ""
    return f"{drawn}at step {step}{scene_run.numbers(step)}" if scene_run.shown_quantities else ""


def write(words: Text, outcome: str, shown_quantities: str) -> None:
    """How a run ended and what it carries; where both are too long for the picture, what was asked for, as small as it fits."""
    words.set_text(";   ".join(part for part in (outcome, shown_quantities) if part))
    if not shown_quantities or _room(words) >= 0:
        return
    words.set_text(shown_quantities)
    if _room(words) < 0:
        extent = words.get_window_extent()
        words.set_fontsize(float(words.get_fontsize()) * max(SMALLEST, 1 + _room(words) / extent.width))


def _room(words: Text) -> float:
    """Pixels between the end of the words and the margin; less than 0 if they are too long."""
    figure = words.get_figure(root=True)
    assert figure is not None
    return float(figure.bbox.width - MARGIN * figure.dpi - words.get_window_extent().x1)
