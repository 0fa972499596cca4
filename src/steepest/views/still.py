"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from steepest.trajectory import Trajectory
from steepest.views.drawing import draw_chart, draw_landscape, draw_lines, draw_tangent, draw_traces
from steepest.views.look import Look
from steepest.views.panels import PANELS, draw_findings
from steepest.views.scene import PLAIN, Scene, scene
from steepest.views.space import draw_climbs
from steepest.views.stage import Picture, run_handle, stage
from steepest.views.theme import LIGHT, Theme, theme_of

__all__ = ["figure", "plot"]


def plot(
    runs: Iterable[Trajectory],
    look: Look = PLAIN,
    *,
    ax: Axes | None = None,
    samples: Sequence[Sequence[float]] = (),
) -> Picture | Axes:
    """A picture of runs on one objective: the landscape with their paths, and the value against the step.

    Args:
        look: what is to be seen, and in which light.
        ax: axes to draw the landscape into (the chart, where there is none); they are returned.
        samples: positions to show as faint dots.

    Raises:
        InputError: for no run, for runs on different objectives, for a look that is none.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown, theme = scene(runs, look=look, samples=samples), theme_of(look)
    if ax is None:
        return figure(shown, theme=theme)
    if shown.landscape is None:
        draw_chart(ax, shown.chart, theme)
        draw_lines(ax, shown.chart, shown.traces, theme)
    else:
        draw_landscape(ax, shown.landscape, theme)
        draw_tangent(ax, shown.landscape, theme)
        ax.set_aspect("equal" if shown.landscape.equal else "auto", adjustable="box")
        draw_traces(ax, shown.traces, theme)
    handles = [run_handle(trace, theme) for trace in shown.traces]
    ax.legend(handles=handles, fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink)
    return ax


def figure(shown: Scene, *, size: tuple[float, float] | None = None, dpi: float = 150, theme: Theme = LIGHT) -> Picture:
    """The figure of a scene: title and formula, the landscape, the chart beside it, the key below.

    Args:
        size: width and height in inches; what suits the scene if None.
        dpi: pixels an inch.

    Raises:
        InputError: for a size that is too small to draw in.
    """
    set_up = stage(shown, size, dpi, theme, foot=PANELS if shown.findings else 0.0)
    if set_up.space is not None:
        draw_climbs(set_up.space, shown.traces)
    elif set_up.landscape is not None and shown.landscape is not None:
        draw_tangent(set_up.landscape, shown.landscape, theme)
        draw_traces(set_up.landscape, shown.traces, theme)
    draw_lines(set_up.chart, shown.chart, shown.traces, theme)
    for words, trace in zip(set_up.words, shown.traces, strict=True):
        words.set_text(trace.outcome)
    if shown.findings is not None:
        draw_findings(set_up, shown.landscape, shown.chart, shown.findings, theme.brush(0), theme)
    return set_up.picture
