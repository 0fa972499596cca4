"""Still pictures with matplotlib: a figure of a scene, or a scene in the user's own axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from steepest.errors import InputError
from steepest.trajectory import Trajectory
from steepest.views.drawing import draw_chart, draw_color_bar, draw_landscape, draw_trace, mark_style
from steepest.views.scene import Scene, Trace, View, scene
from steepest.views.theme import LIGHT, Theme
from steepest.views.typeset import typeset

__all__ = ["Picture", "figure", "plot"]

# Inches.
HEIGHT = 4.2  # of the panels
LANDSCAPE, ALONE, CHART = 5.6, 6.4, 3.9  # widths
LEFT, RIGHT, BETWEEN, BELOW, ABOVE = 0.75, 0.25, 0.85, 0.62, 0.2
BAR, BAR_GAP, BAR_LABELS = 0.13, 0.08, 0.38
LINE = 0.235  # of the key
HEADING, FORMULA = 0.34, 0.36
SMALLEST = (4.0, 3.0)  # of a figure


class Picture(Figure):
    """A figure that a notebook shows by itself; pyplot knows nothing of it."""

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


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
        draw_chart(ax, shown.chart, shown.traces, LIGHT)
    else:
        draw_landscape(ax, shown.landscape, LIGHT)
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
    if size is not None and not (size[0] >= SMALLEST[0] and size[1] >= SMALLEST[1]):
        raise InputError(f"a picture is at least {SMALLEST[0]:g} by {SMALLEST[1]:g} inches, not {size[0]:g} by {size[1]:g}")
    handles = key_handles(shown, theme)
    lines = len(shown.traces) + bool(handles)
    plan = laid_out(shown, size, heading_height(shown), LINE * lines)
    picture = Picture(figsize=(plan.width, plan.height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(picture)
    draw_heading(picture, shown, plan, theme)
    if shown.landscape is not None and plan.landscape is not None:
        ax = picture.add_axes(plan.landscape)
        draw_landscape(ax, shown.landscape, theme)
        draw_traces(ax, shown.traces, theme)
        if shown.landscape.heights is not None and plan.bar is not None:
            draw_color_bar(picture.add_axes(plan.bar), shown.landscape.heights, theme)
    draw_chart(picture.add_axes(plan.chart), shown.chart, shown.traces, theme)
    draw_key(picture, shown.traces, handles, plan, theme)
    return picture


def draw_traces(ax: Axes, traces: Sequence[Trace], theme: Theme) -> None:
    starts = [tuple(trace.path.points[0]) if trace.path is not None else () for trace in traces]
    for index, trace in enumerate(traces):
        draw_trace(ax, trace, theme, over=starts[index + 1 :].count(starts[index]))


Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Plan:
    """Where everything goes: the figure's size in inches, and left, bottom, width and height as shares of it."""

    width: float
    height: float
    landscape: Rectangle | None
    bar: Rectangle | None
    chart: Rectangle


def laid_out(shown: Scene, size: tuple[float, float] | None, heading: float, key: float) -> Plan:
    """Panels of the sizes that suit the scene, or that fill a figure of a given size."""
    ground = shown.landscape
    bar = BAR_GAP + BAR + BAR_LABELS if ground is not None and ground.heights is not None else 0.0
    beside = LEFT + RIGHT + (bar + BETWEEN if ground is not None else 0.0)
    around = ABOVE + heading + BELOW + key + 0.12
    height = HEIGHT if size is None else max(size[1] - around, 1.0)
    ratio = proportion(shown)
    if ground is None:
        wide, chart = 0.0, ALONE if size is None else size[0] - beside
    elif size is None:
        wide, chart = (height * ratio if ratio else LANDSCAPE), CHART
    else:
        room = max(size[0] - beside, 2.0)
        wide = min(height * ratio, 0.62 * room) if ratio else 0.59 * room
        chart = room - wide
    width, total = size or (beside + wide + chart, around + height)
    tall = wide / ratio if ratio else height
    bottom = BELOW + key + 0.12 + (height - tall) / 2

    def place(left: float, low: float, across: float, up: float) -> Rectangle:
        return (left / width, low / total, across / width, up / total)

    return Plan(
        width,
        total,
        place(LEFT, bottom, wide, tall) if ground is not None else None,
        place(LEFT + wide + BAR_GAP, bottom, BAR, tall) if bar else None,
        place(width - RIGHT - chart, BELOW + key + 0.12, chart, height),
    )


def proportion(shown: Scene) -> float | None:
    """Width over height of a landscape whose axes share one scale."""
    if shown.landscape is None or not shown.landscape.equal:
        return None
    (left, right), (low, high) = shown.landscape.view
    return (right - left) / (high - low)


def heading_height(shown: Scene) -> float:
    return (HEADING if shown.title else 0.0) + (FORMULA if shown.formula else 0.0) + 0.06


def draw_heading(picture: Picture, shown: Scene, plan: Plan, theme: Theme) -> None:
    """The title and below it the formula, both at the left."""
    top, left = plan.height - ABOVE + 0.05, LEFT / plan.width
    if shown.title:
        picture.text(
            left,
            top / plan.height,
            shown.title,
            ha="left",
            va="top",
            fontsize=theme.title_size,
            fontweight="bold",
            color=theme.ink,
        )
        top -= HEADING
    if shown.formula:
        lines, size = typeset(shown.formula, shown.text, 72 * (plan.width - LEFT - RIGHT), theme)
        picture.text(
            left, top / plan.height, "\n".join(lines), ha="left", va="top", fontsize=size, color=theme.ink,
            math_fontfamily=theme.mathematics, linespacing=1.1,
        )  # fmt: skip


def draw_key(picture: Picture, traces: Sequence[Trace], handles: Sequence[Line2D], plan: Plan, theme: Theme) -> None:
    """A line for each run with its look, its name and how it ended; then what the marks mean."""
    row = LINE * (len(traces) + bool(handles))
    words: dict[str, Any] = {"va": "center_baseline", "fontsize": theme.text_size}
    labels = []
    for trace in traces:
        row -= LINE
        up = (row + LINE / 2 + 0.08) / plan.height
        line = run_handle(trace, theme)
        line.set(
            data=([LEFT / plan.width, (LEFT + 0.42) / plan.width], [up, up]),
            transform=picture.transFigure,
            markevery=[1],
        )
        picture.add_artist(line)
        labels.append(picture.text((LEFT + 0.56) / plan.width, up, trace.label, color=theme.ink, fontweight="bold", **words))
    offset = max(label.get_window_extent().x1 for label in labels) / picture.dpi + 0.13
    for trace, label in zip(traces, labels, strict=True):
        picture.text(offset / plan.width, label.get_position()[1], trace.outcome, color=theme.quiet, **words)
    if handles:
        picture.legend(
            handles=handles, loc="lower left", bbox_to_anchor=((LEFT - 0.03) / plan.width, 0.06 / plan.height), ncols=len(handles),
            frameon=False, fontsize=theme.small_size, labelcolor=theme.quiet, borderpad=0, borderaxespad=0, handletextpad=0.35,
            columnspacing=1.6, handlelength=1.5,
        )  # fmt: skip


def run_handle(trace: Trace, theme: Theme) -> Line2D:
    """A piece of a run's line with its marker."""
    brush = theme.brush(trace.index)
    return Line2D(
        [], [], color=brush.color, linewidth=theme.path_width, linestyle=brush.line, marker=brush.marker,
        markersize=theme.mark_size - 1, markeredgecolor=theme.paper, label=trace.label,
    )  # fmt: skip


def key_handles(shown: Scene, theme: Theme) -> list[Line2D]:
    """The marks that the landscape has, each once."""
    if shown.landscape is None:
        return []
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": theme.mark_size,
        "markerfacecolor": "none",
        "markeredgewidth": 1.5,
    }
    looks: dict[str, dict[str, Any]] = {"start": {**ring, "markeredgecolor": theme.quiet}}
    if any(trace.path is not None and len(trace.path.points) > 1 for trace in shown.traces):
        looks["end"] = {**ring, "markerfacecolor": theme.quiet, "markeredgecolor": theme.paper}
    looks |= {mark.kind: mark_style(mark.kind, theme) for mark in shown.landscape.marks}
    if len(shown.landscape.samples):
        looks["sample"] = {
            **ring,
            "markersize": theme.dot_size,
            "markeredgecolor": theme.sample,
            "markeredgewidth": 1.0,
        }
    return [Line2D([], [], linestyle="none", label=label, **look) for label, look in looks.items()]
