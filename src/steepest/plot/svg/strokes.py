"""What a matplotlib artist draws, as data: paths with their styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.transforms import Transform

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class StrokeStyle:
    """How a stroke looks; widths and dashes are points.

    Attributes:
        line, fill: colors; empty for none.
        opacity, fill_opacity: of the line and of the fill.
    """

    line: str
    width: float
    opacity: float
    dash: tuple[float, ...]
    join: str
    fill: str
    fill_opacity: float


@dataclass(frozen=True, eq=False)
class Stroke:
    """A path that is drawn.

    Attributes:
        path: in pixels from the lower left corner.
        clip: left, bottom, right and top of the part that is visible; None if all of it is.
    """

    path: Path
    style: StrokeStyle
    clip: Rectangle | None


class _Recorder(RendererBase):
    """A renderer that records what it is told to draw."""

    def __init__(self, dpi: float) -> None:
        super().__init__()
        self.dpi = dpi
        self.strokes: list[Stroke] = []

    def points_to_pixels(self, points: Any) -> Any:
        return points * self.dpi / 72

    def draw_path(self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None) -> None:  # noqa: N803
        red, green, blue, alpha = gc.get_rgb()
        dash: Any = gc.get_dashes()[1]
        width = float(gc.get_linewidth())
        style = StrokeStyle(
            to_hex((red, green, blue)) if width else "",
            width,
            _opacity(gc, alpha),
            tuple(float(part) for part in dash) if dash is not None else (),
            str(gc.get_joinstyle()),
            to_hex(rgbFace) if rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3]) else "",
            _opacity(gc, 1.0 if rgbFace is None or len(rgbFace) < 4 else rgbFace[3]),
        )
        box = gc.get_clip_rectangle()
        clip = None if box is None else (float(box.x0), float(box.y0), float(box.x1), float(box.y1))
        self.strokes.append(Stroke(path.transformed(transform), style, clip))


def _opacity(gc: GraphicsContextBase, alpha: float) -> float:
    """The opacity of a color: the graphics context's, if it overrides the color's own."""
    return round(float(gc.get_alpha() if gc.get_forced_alpha() else alpha), 2)


def strokes(artist: Artist, dpi: float) -> Sequence[Stroke]:
    """The strokes of an artist in its present state, in drawing order.

    >>> from matplotlib.figure import Figure
    >>> (line,) = Figure().subplots().plot([0, 1], [0, 1], color="red", linewidth=2, linestyle=(0, (3, 1)))
    >>> [(stroke.style.line, stroke.style.width, stroke.style.dash) for stroke in strokes(line, 100)]
    [('#ff0000', 2.0, (6.0, 2.0))]
    """
    recorder = _Recorder(dpi)
    artist.draw(recorder)
    return recorder.strokes
