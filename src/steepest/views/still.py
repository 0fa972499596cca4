"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from steepest.trajectory import Trajectory
from steepest.views.drawing import draw_chart, draw_landscape, draw_lines, draw_tangent, draw_traces
from steepest.views.scene import Scene, View, scene
from steepest.views.stage import Picture, run_handle, stage
from steepest.views.theme import LIGHT, Theme

__all__ = ["figure", "plot"]


def plot(
    runs: Iterable[Trajectory],
    *,
    ax: Axes | None = None,
    view: View | None = None,
    samples: Sequence[Sequence[float]] = (),
) -> Picture | Axes:
    """A picture of runs on one objective: the landscape with their paths, and the value against the step.

    Args:
        ax: axes to draw the landscape into (the chart, where there is none); they are returned.
        view: the part to show instead of the one that fits: `(low, high)` of one parameter, or a pair for each axis.
        samples: positions to show as faint dots.

    Raises:
        InputError: for no run, for runs on different objectives, or for a view that is none.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown = scene(runs, view=view, samples=samples)
    if ax is None:
        return figure(shown)
    if shown.landscape is None:
        draw_chart(ax, shown.chart, LIGHT)
        draw_lines(ax, shown.chart, shown.traces, LIGHT)
    else:
        draw_landscape(ax, shown.landscape, LIGHT)
        draw_tangent(ax, shown.landscape, LIGHT)
        ax.set_aspect("equal" if shown.landscape.equal else "auto", adjustable="box")
        draw_traces(ax, shown.traces, LIGHT)
    ax.legend(handles=[run_handle(trace, LIGHT) for trace in shown.traces], fontsize=LIGHT.small_size)
    return ax


def figure(shown: Scene, *, size: tuple[float, float] | None = None, dpi: float = 150, theme: Theme = LIGHT) -> Picture:
    """The figure of a scene: title and formula, the landscape, the chart beside it, the key below.

    Args:
        size: width and height in inches; what suits the scene if None.
        dpi: pixels an inch.

    Raises:
        InputError: for a size that is too small to draw in.
    """
    set_up = stage(shown, size, dpi, theme)
    if set_up.landscape is not None and shown.landscape is not None:
        draw_tangent(set_up.landscape, shown.landscape, theme)
        draw_traces(set_up.landscape, shown.traces, theme)
    draw_lines(set_up.chart, shown.chart, shown.traces, theme)
    for words, trace in zip(set_up.words, shown.traces, strict=True):
        words.set_text(trace.outcome)
    return set_up.picture
