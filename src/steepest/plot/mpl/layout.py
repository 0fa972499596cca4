"""Where everything in a picture goes, and what is in it besides the runs: title, formula, axes, the objective, the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from steepest.errors import InputError
from steepest.plot.mpl.artists import draw_chart, draw_color_bar, draw_objective, label_axes
from steepest.plot.mpl.composition import EDGE, Box, Composition, PanelNeeds, compose
from steepest.plot.mpl.fit import draw_fit
from steepest.plot.mpl.legend import LegendContent, Slot, draw_legend, legend_content, legend_slots
from steepest.plot.mpl.panels import Panels, add_panels, has_panels, label_width, least_height
from steepest.plot.mpl.regions import class_bar_width, draw_class_bar
from steepest.plot.mpl.settings import own_settings
from steepest.plot.mpl.text.heading import Heading, draw_heading, fitted_heading
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene
from steepest.plot.size import PictureSize, whole_pixels
from steepest.plot.surface.axes import SurfaceAxes, surface_axes
from steepest.plot.surface.framing import panel_ratio
from steepest.plot.surface.labels import NOMINAL, Margins, label_margins
from steepest.plot.surface.shading import surface_theme
from steepest.plot.surface.ticks import height_labels
from steepest.plot.theme import Theme

# Inches.
OBJECTIVE, ALONE, CHART, FIT = 5.6, 6.4, 3.9, 4.6  # widths in a picture without a size; a chart is wider without a subject
BAR, BAR_GAP, BAR_LABELS = 0.13, 0.08, 0.42  # widths: of the color bar, of the gap before it, of its labels
CLEAR = 0.05  # least distance of the labels of an axis from other panels
BELOW, FIT_CAPTION = 0.5, 0.16  # below the axes, for their labels; above a fit's panel
UNDER_HEADING = 0.06
TALLER = 0.2  # by which a picture that may grow does at a time
STRIP, STRIP_LEFT = 0.27, 0.75  # a line of the strip below a film, and where it begins if it is long

SUPERSAMPLING = 3
SMALLEST = (1.0, 0.7)  # inches: width and height of a figure
SLIMMEST = 0.8  # inches: width of a panel beside another one
TIGHTER = 0.95  # what is left of the side of a small surface when its labels have room


class Picture(Figure):
    """A figure that a notebook displays, that pyplot does not manage, and that the user's `rcParams` do not change."""

    def draw(self, renderer: RendererBase) -> None:
        with own_settings():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        with own_settings():
            self.savefig(file, format="png")
        return file.getvalue()


@dataclass(frozen=True, eq=False)
class Layout:
    """A picture without its runs.

    Attributes:
        objective_axes, chart_axes: None where the scene, or the chosen layout, has none.
        captions: for each run the text after its label in the legend, empty in a film; none without a legend, or where they
            have no room.
        slots: for each run its place in the legend; none where the legend of a film reaches beyond the picture.
        surface_axes: the surface in the objective's axes, if the scene shows one.
        fit_axes: those of the fit, if the scene has one.
        panels: those of three and more parameters: a chart for each, or planes.
        ends: the last values of parameters beside their charts, and how all runs ended in the legend; of a film they are
            drawn at its end.
        strip: empty texts below everything, for what a film says.
        bottom: inches left empty at the bottom.
    """

    figure: Picture
    objective_axes: Axes | None
    chart_axes: Axes | None
    captions: tuple[Text, ...]
    slots: tuple[Slot, ...] = ()
    surface_axes: SurfaceAxes | None = None
    fit_axes: Axes | None = None
    panels: tuple[Axes, ...] = ()
    strip: tuple[Text, ...] = ()
    ends: tuple[Text, ...] = ()
    bottom: float = 0.0


@dataclass(frozen=True)
class Arrangement:
    """What of a picture is drawn, and how it is arranged.

    Attributes:
        layout: see `steepest.plot.options.PictureOptions`.
        legend: whether there is one.
        turn: degrees by which the camera of a surface turns; the surface and its box are then left to each frame.
        supersampling: samples a side of a pixel of a surface.
        bottom: a share of the height to leave empty at the bottom, or inches in a picture without a size.
        strip: the row of each text in the strip below a film, from the top, and its distance from the left in inches.
        strip_size: of their font, in points.
        strip_width: up to where the longest of them reaches, in inches.
        order: the indices of the runs from the top of the legend; as they are if empty.
        moving: whether the captions change, so that they have one line each and are left empty.
        common: whether the legend tells how all runs ended, where they ended the same; of a film it does so at its end.
    """

    layout: str = "both"
    legend: bool = True
    turn: float = 0.0
    supersampling: int = SUPERSAMPLING
    bottom: tuple[float, float] = (0.0, 0.0)
    strip: tuple[tuple[int, float], ...] = ()
    strip_size: float = 0.0
    strip_width: float = 0.0
    order: tuple[int, ...] = ()
    moving: bool = False
    common: bool = True


def lay_out(
    scene: Scene,
    size: PictureSize,
    theme: Theme,
    scales: Sequence[QuantityScale] = (),
    captions: Sequence[str] = (),
    arrangement: Arrangement = Arrangement(),
) -> Layout:
    """The layout of a scene, with everything drawn but the runs.

    Args:
        size: of the picture; its type scale is already in the theme.
        scales: of the quantities that the legend explains.
        captions: what is written beside each run; of a film the longest line that will be.

    Raises:
        InputError: for a size too small to draw in.
    """
    inches, dpi = size.inches, size.dpi
    if inches is not None and not (inches[0] >= SMALLEST[0] and inches[1] >= SMALLEST[1]):
        raise InputError(f"a picture is at least {SMALLEST[0]:g} by {SMALLEST[1]:g} inches, not {inches[0]:g} by {inches[1]:g}")
    kinds = _kinds(scene, arrangement.layout)
    if size.bare:
        return _bare(scene, size, theme, kinds[0], arrangement)
    height = inches[1] if inches is not None else None
    needs = [_needs(kind, scene, theme, arrangement.turn, alone=len(kinds) == 1) for kind in kinds]
    if kinds[0] == "panels" and inches is not None:
        needs[0] = replace(needs[0], least=least_height(scene, inches[0] - 2 * EDGE - needs[0].left, needs[0].left, theme))
    legend = None
    if arrangement.legend:
        legend = legend_content(
            scene, scales, captions or [""] * len(scene.runs), theme, wrap=not arrangement.moving, order=arrangement.order,
            subject=kinds != ["chart"], common=arrangement.common,
        )  # fmt: skip
    rows = max((row + 1 for row, _ in arrangement.strip), default=0)
    bottom = rows * STRIP + (arrangement.bottom[1] if height is None else arrangement.bottom[0] * height)

    preferred = "stack" if size.tallest is not None and arrangement.layout == "both" else arrangement.layout

    def composed(legend: LegendContent | None, width: float, left: float) -> tuple[Composition, Heading]:
        heading = fitted_heading(scene.title, scene.formula, scene.text, width - EDGE - left, theme)
        return compose(
            needs, legend, size=inches, heading=heading.height + UNDER_HEADING, bottom=bottom, arrangement=preferred
        ), heading  # fmt: skip

    least = EDGE + needs[0].left
    made, heading = composed(legend, inches[0] if inches is not None else 9.0, least)
    while inches is not None and size.tallest is not None and not made.is_roomy(needs) and inches[1] + TALLER <= size.tallest:
        inches = (inches[0], whole_pixels(inches[1] + TALLER, dpi, 2))
        made, heading = composed(legend, inches[0], least)
    if inches is not None and scene.surface is not None and kinds[0] == "objective" and (side := made.boxes[0].shorter) < NOMINAL:
        needs[0] = _needs("objective", scene, theme, arrangement.turn, alone=len(kinds) == 1, side=TIGHTER * side)
        made, heading = composed(legend, inches[0], least)
    terse = False
    if inches is not None and legend is not None and made.is_crowded:
        fewer, _ = composed(legend.terse(), inches[0], least)
        terse = fewer.worth() > made.worth()
        made, legend = (fewer, legend.terse()) if terse else (made, legend)
    slimmest = min(box.width for box in made.boxes)
    if arrangement.layout == "side" and slimmest < SLIMMEST:
        raise InputError(
            f"side by side a panel would be {max(slimmest, 0):.1f} inches wide: make the picture wider, or choose another layout"
        )
    if inches is None:
        made, heading = composed(legend, made.width, least)
    if made.left > least:  # the heading begins where the subject does
        made, heading = composed(legend, made.width, made.left)
    width, high = (
        (made.width, made.height) if inches is not None else (whole_pixels(made.width, dpi, 2), whole_pixels(made.height, dpi, 2))
    )
    figure = Picture(figsize=(width, high), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    left = made.left
    draw_heading(figure, heading, left, EDGE - 0.05, theme)
    layout = _draw_panels(figure, scene, theme, dict(zip(kinds, made.boxes, strict=True)), arrangement)
    texts: tuple[Text, ...] = ()
    slots: tuple[Slot, ...] = ()
    if made.legend is not None:
        slots = legend_slots(figure, made.legend, *made.legend_at)
        texts, common = draw_legend(figure, made.legend, *made.legend_at, theme, write=not arrangement.moving)
        for text in common:
            text.set_animated(arrangement.moving)
        layout = replace(layout, ends=(*layout.ends, *common))
        if terse and arrangement.moving:
            texts = ()
        if arrangement.moving and not all(slot.is_within(figure) for slot in slots):
            texts, slots = (), ()
    begin = min(left, width - EDGE - arrangement.strip_width)  # below the heading, unless a line is too long for that
    strip = tuple(
        figure.text(
            (begin + across) / width, (EDGE + (rows - row - 0.6) * STRIP) / high, "", va="center_baseline",
            color=theme.ink, fontfamily=theme.fonts, fontsize=arrangement.strip_size, parse_math=False,
        )
        for row, across in arrangement.strip
    )  # fmt: skip
    return replace(layout, captions=texts, slots=slots, strip=strip, bottom=bottom)


def _kinds(scene: Scene, layout: str) -> list[str]:
    """The panels of a layout, in order; a scene without a subject has its chart in any case."""
    subject = ["objective"] if scene.objective_layer is not None else ["panels"] if has_panels(scene) else []
    if scene.fit is not None:
        subject.append("fit")
    if layout == "picture" and subject:
        return subject
    return ["chart"] if layout == "chart" else [*subject, "chart"]


def _draw_panels(
    figure: Picture, scene: Scene, theme: Theme, boxes: Mapping[str, Box], arrangement: Arrangement, *, bare: bool = False
) -> Layout:  # fmt: skip
    """Axes for each panel, with everything in them but the runs."""
    axes: Axes | None = None
    surface: SurfaceAxes | None = None
    chart: Axes | None = None
    fit: Axes | None = None
    panels = Panels()
    layer = scene.objective_layer
    if layer is not None and "objective" in boxes:
        box = boxes["objective"]
        axes = figure.add_axes(_shares(figure, box))
        if scene.surface is None:
            draw_objective(axes, layer, theme)
        else:
            surface = surface_axes(
                axes, scene, theme, turning=bool(arrangement.turn), supersampling=arrangement.supersampling
            )  # fmt: skip
        if layer.grid is not None:
            beside = 0.0
            if scene.surface is not None:
                beside = _surface_margins(scene, theme, arrangement.turn, box.width / box.height, min(box.shorter, NOMINAL)).right
            bar = Box(box.left + box.width + beside + BAR_GAP, box.bottom, BAR, box.height)
            colors = theme if scene.surface is None else surface_theme(theme)
            draw_color_bar(figure.add_axes(_shares(figure, bar)), layer.grid, colors)
    if "panels" in boxes:
        panels = add_panels(figure, _shares(figure, boxes["panels"]), scene, theme, bare=bare)
        for text in panels.ends:
            text.set_animated(arrangement.moving)
    if "chart" in boxes:
        chart = figure.add_axes(_shares(figure, boxes["chart"]))
        draw_chart(chart, scene.chart, theme)
    if scene.fit is not None and "fit" in boxes:
        fit = figure.add_axes(_shares(figure, boxes["fit"]))
        draw_fit(fit, scene.fit, theme)
        if scene.fit.colored is not None:
            box = boxes["fit"]
            bar = Box(box.left + box.width + BAR_GAP, box.bottom, class_bar_width(scene.fit.colored), box.height)
            draw_class_bar(figure.add_axes(_shares(figure, bar)), scene.fit.colored, theme)
    return Layout(figure, axes, chart, (), (), surface, fit, panels.axes, ends=panels.ends)


def _bare(scene: Scene, size: PictureSize, theme: Theme, kind: str, arrangement: Arrangement) -> Layout:
    """The first panel alone in all the room, without words."""
    assert size.inches is not None
    figure = Picture(figsize=size.inches, dpi=size.dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    width, height = size.inches
    ratio = _aspect_ratio(scene.objective_layer) if scene.objective_layer is not None and scene.surface is None else None
    wide = width if ratio is None else min(width, height * ratio)
    tall = height if ratio is None else wide / ratio
    box = Box((width - wide) / 2, (height - tall) / 2, wide, tall)
    layout = _draw_panels(figure, scene, theme, {kind: box}, arrangement, bare=True)
    for ax in figure.axes:
        ax.set_axis_off()
        if ax not in (layout.objective_axes, layout.chart_axes, layout.fit_axes, *layout.panels):
            ax.set_visible(False)
    remove_words(figure)
    return replace(layout, ends=())


def remove_words(figure: Figure) -> None:
    """Take the words out of a figure; what else belongs to them, such as an arrow, stays."""
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_text("")


def _shares(figure: Figure, box: Box) -> tuple[float, float, float, float]:
    """A box in inches as shares of the figure."""
    width, height = (float(side) for side in figure.get_size_inches())
    return box.left / width, box.bottom / height, max(box.width, 0.1) / width, max(box.height, 0.1) / height


def _needs(kind: str, scene: Scene, theme: Theme, turn: float, *, alone: bool, side: float = NOMINAL) -> PanelNeeds:
    """What a panel needs around its axes, measured on a figure that is thrown away.

    Args:
        side: the shorter side of a surface's panel, in inches.
    """
    figure = Figure(figsize=(2 * OBJECTIVE, 8.4))
    FigureCanvasAgg(figure)
    rectangle = (0.5, 0.25, 0.25, 0.5)
    layer = scene.objective_layer
    if kind == "panels":
        return PanelNeeds(CLEAR + label_width(figure, scene, theme), OBJECTIVE, share=1.5)
    axes = figure.add_axes(rectangle)
    if kind == "chart":
        draw_chart(axes, scene.chart, theme)
        return PanelNeeds(CLEAR + _label_width(axes), ALONE if alone else CHART)
    if kind == "fit":
        assert scene.fit is not None
        draw_fit(axes, scene.fit, theme)
        right = 0.0
        if scene.fit.colored is not None:
            bar = figure.add_axes((0.8, 0.25, 0.05, 0.5))
            draw_class_bar(bar, scene.fit.colored, theme)
            box = bar.yaxis.get_tightbbox()
            right = BAR_GAP + class_bar_width(scene.fit.colored) + CLEAR + (box.width / figure.dpi if box is not None else 0.0)
        return PanelNeeds(CLEAR + _label_width(axes), FIT, right=right, above=FIT_CAPTION, share=1.1)
    assert layer is not None
    right = 0.0
    if layer.grid is not None:
        bar = figure.add_axes((0.8, 0.25, 0.05, 0.5))
        draw_color_bar(bar, layer.grid, theme)
        box = bar.yaxis.get_tightbbox()
        right = BAR_GAP + BAR + max(BAR_LABELS, CLEAR + (box.width / figure.dpi if box is not None else 0.0))
    if scene.surface is not None and scene.camera is not None:
        assert layer.grid is not None
        ratio = panel_ratio(scene.surface, scene.camera, turn)
        margins = _surface_margins(scene, theme, turn, ratio, side)
        right += margins.right
        return PanelNeeds(
            CLEAR + margins.left, OBJECTIVE, right=right, above=margins.above, below=margins.below + CLEAR, ratio=ratio
        )  # fmt: skip
    axes.set(xlim=layer.view[0], ylim=layer.view[1])
    label_axes(axes, layer.labels, theme)
    return PanelNeeds(
        CLEAR + _label_width(axes), OBJECTIVE, right=right, ratio=_aspect_ratio(layer), share=1.44, below=BELOW
    )  # fmt: skip


def _surface_margins(scene: Scene, theme: Theme, turn: float, ratio: float, side: float) -> Margins:
    """The room that the labels of a surface need beyond its panel: see `label_margins`."""
    surface, camera, layer = scene.surface, scene.camera, scene.objective_layer
    assert surface is not None and camera is not None and layer is not None and layer.grid is not None
    return label_margins(surface, camera, turn, layer.labels, height_labels(layer.grid), theme, ratio, side)


def _label_width(ax: Axes) -> float:
    """How far the label and the tick labels of a vertical axis reach to the left of it, in inches."""
    box = ax.yaxis.get_tightbbox()
    return 0.0 if box is None else float(ax.bbox.x0 - box.x0) / ax.figure.dpi


def _aspect_ratio(layer: ObjectiveLayer) -> float | None:
    """Width over height of an objective's panel whose axes share one scale."""
    if not layer.equal:
        return None
    (left, right), (low, high) = layer.view
    return (right - left) / (high - low)
