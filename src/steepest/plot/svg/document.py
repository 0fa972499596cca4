"""An SVG document that is being written: its coordinates, its unique names, its definitions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from steepest.plot.scene.limits import Array
from steepest.plot.svg.path_data import curves, number
from steepest.plot.svg.strokes import Rectangle, StrokeStyle

NOTHING = "M0 0"  # path data that draws nothing
FARTHEST = 2e4  # coordinate in points: browsers use single precision


@dataclass(frozen=True, eq=False)
class SvgDocument:
    """An SVG document. Its coordinates are points from the upper left corner; pixels count from the lower left.

    Attributes:
        key: with which all names begin, so that two documents on one page do not share any.
        width, height: in points.
        definitions: the elements that others refer to, as text.
        clips: the name of the clip path for each rectangle.
    """

    key: str
    width: float
    height: float
    dpi: float
    definitions: list[str] = field(default_factory=list)
    clips: dict[Rectangle, str] = field(default_factory=dict)

    def name(self, what: str) -> str:
        """A name with the document's key."""
        return f"{self.key}-{what}"

    def define(self, element: str, what: str, content: str = "", attributes: str = "") -> None:
        """Add a definition that others refer to by `what`."""
        inside = f">{content}</{element}>" if content else "/>"
        self.definitions.append(f'<{element} id="{self.name(what)}"{attributes and " " + attributes}{inside}')

    def use(self, what: str, attributes: str = "", content: str = "") -> str:
        """A `use` element that shows a definition."""
        return f'<use xlink:href="#{self.name(what)}" {attributes}' + (f">{content}</use>" if content else "/>")

    def points(self, pixels: Array) -> Array:
        """Pixels, a row each, in the document's coordinates."""
        scale = 72 / self.dpi
        return np.column_stack([pixels[:, 0] * scale, self.height - pixels[:, 1] * scale])

    def data_points(self, ax: Axes, data: Array) -> Array:
        """Data coordinates of axes, a row each, in the document's coordinates."""
        return self.points(np.asarray(ax.transData.transform(data)))

    def box(self, ax: Axes) -> Rectangle:
        """Left, top, right and bottom of axes."""
        return self.rectangle((ax.bbox.x0, ax.bbox.y0, ax.bbox.x1, ax.bbox.y1))

    def rectangle(self, pixels: Rectangle) -> Rectangle:
        """Left, top, right and bottom of a rectangle that is given as left, bottom, right and top in pixels."""
        left, bottom, right, top = pixels
        (left, bottom), (right, top) = self.points(np.array([[left, bottom], [right, top]])).round(2).tolist()
        return left, top, right, bottom

    def path(self, path: Path) -> str:
        """The path data of a path in pixels, clipped to coordinates that browsers can draw."""
        vertices = np.clip(self.points(np.asarray(path.vertices)), -FARTHEST, FARTHEST)
        return curves(Path(vertices, path.codes)) or NOTHING

    def centered(self, path: Path, center: Array) -> str:
        """The path data of a path in pixels, moved so that its center is the origin."""
        vertices = (np.asarray(path.vertices) - center) * (72 / self.dpi, -72 / self.dpi)
        return curves(Path(vertices, path.codes))

    def clip(self, box: Rectangle) -> str:
        """The attribute that clips to a box."""
        if box not in self.clips:
            self.clips[box] = f"c{len(self.clips)}"
            self.define("clipPath", self.clips[box], f"<rect {rectangle_attributes(box)}/>")
        return f'clip-path="url(#{self.name(self.clips[box])})"'


@dataclass(frozen=True)
class Element:
    """Something that moves, as SVG text.

    Attributes:
        zorder: elements with a lower one are drawn before.
        moving, end: with its animation, and as it is on the last frame.
    """

    zorder: float
    moving: str
    end: str


def rectangle_attributes(box: Rectangle) -> str:
    """Position and size of a rectangle as attributes."""
    left, top, right, bottom = box
    return f'x="{number(left)}" y="{number(top)}" width="{number(right - left)}" height="{number(bottom - top)}"'


def style_attributes(style: StrokeStyle) -> str:
    """A stroke's style as attributes."""
    attributes = [f'fill="{style.fill or "none"}"']
    if style.line:
        attributes.append(f'stroke="{style.line}" stroke-width="{number(style.width)}"')
    if style.line and style.opacity < 1:
        attributes.append(f'stroke-opacity="{number(style.opacity)}"')
    if style.fill and style.fill_opacity < 1:
        attributes.append(f'fill-opacity="{number(style.fill_opacity)}"')
    if style.dash:
        attributes.append(f'stroke-dasharray="{" ".join(map(number, style.dash))}"')
    if style.join != "round":
        attributes.append(f'style="stroke-linejoin:{style.join}"')
    return " ".join(attributes)
