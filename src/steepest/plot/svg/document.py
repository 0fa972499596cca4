"""An SVG that is being written: places in points, names that no other picture has, and what is defined once and used often."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from steepest.plot.scene.limits import Array
from steepest.plot.svg.path_data import curves, number
from steepest.plot.svg.strokes import Rectangle, StrokeStyle

NOTHING = "M0 0"
FARTHEST = 2e4  # points from the corner: browsers count in single precision


@dataclass(frozen=True, eq=False)
class SvgDocument:
    """What is drawn on. Places are points from the upper left; pixels come from the lower left.

    Attributes:
        key: what all names begin with.
        width, height: in points.
        definitions: what others refer to, as it comes up.
    """

    key: str
    width: float
    height: float
    dpi: float
    definitions: list[str] = field(default_factory=list)
    clips: dict[Rectangle, str] = field(default_factory=dict)

    def name(self, what: str) -> str:
        """A name of this picture's own."""
        return f"{self.key}-{what}"

    def define(self, element: str, what: str, content: str = "", attributes: str = "") -> None:
        """Write down an element that others refer to by `what`."""
        inside = f">{content}</{element}>" if content else "/>"
        self.definitions.append(f'<{element} id="{self.name(what)}"{attributes and " " + attributes}{inside}')

    def use(self, what: str, attributes: str = "", content: str = "") -> str:
        """An element that shows what was defined."""
        return f'<use xlink:href="#{self.name(what)}" {attributes}' + (f">{content}</use>" if content else "/>")

    def points(self, pixels: Array) -> Array:
        """Pixels as points."""
        scale = 72 / self.dpi
        return np.column_stack([pixels[:, 0] * scale, self.height - pixels[:, 1] * scale])

    def places(self, ax: Axes, data: Array) -> Array:
        """The points of an axes' coordinates."""
        return self.points(np.asarray(ax.transData.transform(data)))

    def box(self, ax: Axes) -> Rectangle:
        """Left, top, right and bottom of an axes."""
        return self.rectangle((ax.bbox.x0, ax.bbox.y0, ax.bbox.x1, ax.bbox.y1))

    def rectangle(self, pixels: Rectangle) -> Rectangle:
        """Left, top, right and bottom of a rectangle in pixels."""
        left, bottom, right, top = pixels
        (left, bottom), (right, top) = self.points(np.array([[left, bottom], [right, top]])).round(2).tolist()
        return left, top, right, bottom

    def path(self, path: Path) -> str:
        """The data of a path in pixels, none of it farther away than can be drawn."""
        places = np.clip(self.points(np.asarray(path.vertices)), -FARTHEST, FARTHEST)
        return curves(Path(places, path.codes)) or NOTHING

    def centered(self, path: Path, middle: Array) -> str:
        """The data of a path in pixels around its middle."""
        vertices = (np.asarray(path.vertices) - middle) * (72 / self.dpi, -72 / self.dpi)
        return curves(Path(vertices, path.codes))

    def clip(self, box: Rectangle) -> str:
        """The attribute that hides what is outside of a box."""
        if box not in self.clips:
            self.clips[box] = f"c{len(self.clips)}"
            self.define("clipPath", self.clips[box], f"<rect {sides(box)}/>")
        return f'clip-path="url(#{self.name(self.clips[box])})"'


@dataclass(frozen=True)
class Element:
    """Something that moves, in SVG.

    Attributes:
        over: parts with less are drawn before.
        moving, end: as it plays, and as it is on the last frame.
    """

    over: float
    moving: str
    end: str


def sides(box: Rectangle) -> str:
    """The attributes of a rectangle."""
    left, top, right, bottom = box
    return f'x="{number(left)}" y="{number(top)}" width="{number(right - left)}" height="{number(bottom - top)}"'


def style_attributes(style: StrokeStyle) -> str:
    """The attributes of an ink."""
    elements = [f'fill="{style.fill or "none"}"']
    if style.line:
        elements.append(f'stroke="{style.line}" stroke-width="{number(style.width)}"')
    if style.line and style.opacity < 1:
        elements.append(f'stroke-opacity="{number(style.opacity)}"')
    if style.fill and style.cover < 1:
        elements.append(f'fill-opacity="{number(style.cover)}"')
    if style.dash:
        elements.append(f'stroke-dasharray="{" ".join(map(number, style.dash))}"')
    if style.join != "round":
        elements.append(f'style="stroke-linejoin:{style.join}"')
    return " ".join(elements)
