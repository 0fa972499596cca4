"""The options of the pictures of sweeps: the command line and `Sweep.plot` follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steepest.errors import InputError, clipped
from steepest.language.suggestions import nearest
from steepest.plot.size import PRESETS, checked_size, picture_size
from steepest.plot.theme import THEMES

ZOOM = "zoom"  # a film that goes through no axis but closer and closer
COLORED_BY = ("minimum", "value", "steps", "ending", "rate", "first")


def _option(default: Any, text: str, **metadata: Any) -> Any:
    return field(default=default, metadata={"help": text, **metadata})


@dataclass(frozen=True, kw_only=True)
class MapOptions:
    """What a picture of a sweep shows.

    Attributes:
        by: what a map is colored by: `minimum` (a hue for each, lighter for fewer steps), `value`, `steps`, `ending`, `rate` or
            `first`; what suits the axes if None.
        theory: whether the bound of stability and the best parameters are drawn, where they are known.
        theme: `light`, `dark` or `journal`, grays in which minima differ by their hatches.
        size: width and height in pixels, or `slide`, `square`, `column`, `poster` or `thumbnail`, as of `PictureOptions`; what
            suits the maps if None, and 1280 x 720 of a film.
        title: the words at the top; those of the function if None, none if empty.
        film: the axis that a film goes through; `zoom` for one that goes from the whole axes to the box of `zoom`.
        zoom: the box that is looked at closer: a text such as `x=-0.5:0.5,y=1:2`, or a mapping of axes to pairs.

    Raises:
        InputError: for values that are none of these.
    """

    by: str | None = _option(None, "What a map is colored by.  [default: what suits the axes]", choices=COLORED_BY)
    theory: bool = _option(True, "Whether to draw the bound of stability and what is best in theory.", flag="--theory/--no-theory")
    theme: str = _option("light", "Of pictures.", choices=tuple(THEMES))
    size: str | tuple[int, int] | None = _option(
        None,
        f"The size: {', '.join(f'{name} ({each.told})' for name, each in PRESETS.items())}, or pixels such as 1280x720. "
        "Words grow with it.",
        metavar="SIZE",
    )
    title: str | None = _option(None, "The words at the top, instead of the function's; none if empty.", metavar="TEXT")
    film: str | None = _option(None, "The axis that a film (gif, apng, mp4, webm) goes through: lr.", metavar="AXIS")
    zoom: Mapping[str, tuple[float, float]] | str | None = _option(
        None, "The box that is computed and shown: x=-0.5:0.5,y=1:2. With --film zoom, where the film goes.", metavar="BOX"
    )

    @property
    def box(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and the highest value of each axis that is looked at closer."""
        if self.zoom is None:
            return {}
        from steepest.runs.sweep.zooming import read_boxes

        return read_boxes(self.zoom)

    @property
    def is_of_box(self) -> bool:
        """Whether what is drawn is the box alone; a film of zooming goes there from the whole axes."""
        return self.zoom is not None and self.film != ZOOM

    def __post_init__(self) -> None:
        for name, known in (("by", (None, *COLORED_BY)), ("theme", tuple(THEMES))):
            value = getattr(self, name)
            if value not in known:
                words = [word for word in known if word]
                near = nearest(str(value), words)
                raise InputError(
                    f"{name} is one of {', '.join(words)}, not '{clipped(str(value))}'"
                    + (f": did you mean {near}?" if near else "")
                )
        if not isinstance(self.theory, bool):
            raise InputError(f"theory is true or false, not {clipped(repr(self.theory))}")
        if self.title is not None and not isinstance(self.title, str):
            raise InputError(f"a title is a text, not {clipped(repr(self.title))}")
        if self.size is not None:
            object.__setattr__(self, "size", checked_size(self.size))
            picture_size(self.size, None, film=False)
        if self.zoom is None and self.film == ZOOM:
            raise InputError('a film of zooming goes to a box: --film zoom --zoom "x=-0.5:0.5,y=1:2"')
        _ = self.box  # refuses what is none


MAP_DEFAULTS = MapOptions()
