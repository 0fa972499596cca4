"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from steepest.trajectory import Trajectory
from steepest.views.drawing import draw_chart, draw_landscape, draw_lines, draw_tangent, draw_traces
from steepest.views.scene import Scene, View, scene
from steepest.views.stage import Picture, run_handle, stage
from steepest.views.theme import LIGHT, Theme, theme_called

__all__ = ["figure", "plot"]


def plot(
    runs: Iterable[Trajectory],
    *,
    ax: Axes | None = None,
    view: View | None = None,
    samples: Sequence[Sequence[float]] = (),
    theme: str = "light",
) -> Picture | Axes:
    """A picture of runs on one objective: the landscape with their paths, and the value against the step.

    Args:
        ax: axes to draw the landscape into (the chart, where there is none); they are returned.
        view: the part to show instead of the one that fits: `(low, high)` of one parameter, or a pair for each axis.
        samples: positions to show as faint dots.
        theme: `light` or `dark`.

    Raises:
        InputError: for no run, for runs on different objectives, for a view or a theme that is none.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown, look = scene(runs, view=view, samples=samples), theme_called(theme)
    if ax is None:
        return figure(shown, theme=look)
    if shown.landscape is None:
        draw_chart(ax, shown.chart, look)
        draw_lines(ax, shown.chart, shown.traces, look)
    else:
        draw_landscape(ax, shown.landscape, look)
        draw_tangent(ax, shown.landscape, look)
        ax.set_aspect("equal" if shown.landscape.equal else "auto", adjustable="box")
        draw_traces(ax, shown.traces, look)
    handles = [run_handle(trace, look) for trace in shown.traces]
    ax.legend(handles=handles, fontsize=look.small_size, facecolor=look.paper, edgecolor=look.faint, labelcolor=look.ink)
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
