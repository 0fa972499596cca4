"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.text import Text

from steepest.errors import InputError
from steepest.plot.mpl.artists import draw_chart, draw_landscape, draw_lines, draw_tangent, draw_traces
from steepest.plot.mpl.diagnosis import PANELS, draw_findings
from steepest.plot.mpl.layout import Picture, run_handle, stage
from steepest.plot.mpl.quantities import draw_pointers, pointer_handles
from steepest.plot.mpl.style import theme_of
from steepest.plot.options import Look
from steepest.plot.scene.quantities import Measure, still_step
from steepest.plot.scene.scene import PLAIN, Scene, Trace, scene
from steepest.plot.surface.axes import draw_climbs
from steepest.plot.theme import LIGHT, Theme
from steepest.runs.trajectory import Trajectory

__all__ = ["figure", "plot"]

MARGIN = 0.1  # inches
SMALLEST = 0.6  # of the size of words that are too long


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
        InputError: for no run, for runs on different objectives, for a look that is none, for axes that are not of a plane.

    >>> from steepest import descend
    >>> [axes.get_xlabel() for axes in plot([descend("x^2", start=3, lr=0.3)]).axes]
    ['$x$', 'step']
    """
    shown, theme = scene(runs, look=look, samples=samples), theme_of(look)
    if ax is None:
        return figure(shown, theme=theme)
    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        kind = f"{ax.name} axes" if isinstance(ax, Axes) else type(ax).__name__
        raise InputError(f"ax are the axes of a plane, such as plt.subplots()[1], not {kind}")
    if look.view == "surface":
        raise InputError("a surface has a figure of its own: leave ax out, or draw the plane into it")
    if shown.landscape is None:
        draw_chart(ax, shown.chart, theme)
        draw_lines(ax, shown.chart, shown.traces, theme)
    else:
        draw_landscape(ax, shown.landscape, theme)
        draw_tangent(ax, shown.landscape, theme)
        ax.set_aspect("equal" if shown.landscape.equal else "auto", adjustable="box")
        draw_traces(ax, shown.traces, theme)
    found = draw_carried(ax, shown, theme)
    handles = [*(run_handle(trace, theme) for trace in shown.traces), *pointer_handles(found, theme)]
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
    steps = shown_steps(shown)
    set_up = stage(shown, size, dpi, theme, shown.measures(steps), foot=PANELS if shown.findings else 0.0)
    if set_up.space is not None:
        draw_climbs(set_up.space, shown.traces)
    elif set_up.landscape is not None and shown.landscape is not None:
        draw_tangent(set_up.landscape, shown.landscape, theme)
        draw_traces(set_up.landscape, shown.traces, theme)
        draw_carried(set_up.landscape, shown, theme)
    draw_lines(set_up.chart, shown.chart, shown.traces, theme)
    for words, trace, step in zip(set_up.words, shown.traces, steps, strict=True):
        write(words, trace.outcome, carried_words(trace, step))
    if shown.findings is not None:
        draw_findings(set_up, shown.landscape, shown.chart, shown.findings, theme.brush(0), theme)
    return set_up.picture


def shown_steps(shown: Scene) -> list[int]:
    """The step of each run whose carried quantities a still picture shows."""
    if shown.landscape is None:
        return [max(len(trace.values) - 2, 0) for trace in shown.traces]
    view = shown.landscape.view
    return [still_step(trace.path.points, view) if trace.path is not None else 0 for trace in shown.traces]


def draw_carried(ax: Axes, shown: Scene, theme: Theme) -> tuple[Measure, ...]:
    """Arrows and squares at one step of each run; how long they are drawn."""
    steps = shown_steps(shown)
    found = shown.measures(steps)
    for trace, step in zip(shown.traces, steps, strict=True):
        if shown.landscape is not None:
            draw_pointers(ax, trace, found, shown.landscape, step, theme)
    return found


def carried_words(trace: Trace, step: int) -> str:
    """At which step the carried quantities are shown, and the numbers among them."""
    drawn = "drawn " if any(each.kind != "number" for each in trace.carried) else ""
    return f"{drawn}at step {step}{trace.numbers(step)}" if trace.carried else ""


def write(words: Text, outcome: str, carried: str) -> None:
    """How a run ended and what it carries; where both are too long for the picture, what was asked for, as small as it fits."""
    words.set_text(";   ".join(part for part in (outcome, carried) if part))
    if not carried or room(words) >= 0:
        return
    words.set_text(carried)
    if room(words) < 0:
        extent = words.get_window_extent()
        words.set_fontsize(float(words.get_fontsize()) * max(SMALLEST, 1 + room(words) / extent.width))


def room(words: Text) -> float:
    """Pixels between the end of the words and the margin; less than 0 if they are too long."""
    figure = words.get_figure(root=True)
    assert figure is not None
    return float(figure.bbox.width - MARGIN * figure.dpi - words.get_window_extent().x1)
