"""The options of the pictures of sweeps: the command line and `Sweep.plot` follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from steepest.errors import InputError, clipped
from steepest.language.suggestions import nearest
from steepest.plot.theme import THEMES

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
        film: the axis that a film goes through.

    Raises:
        InputError: for values that are none of these.
    """

    by: str | None = _option(None, "What a map is colored by.  [default: what suits the axes]", choices=COLORED_BY)
    theory: bool = _option(True, "Whether to draw the bound of stability and what is best in theory.", flag="--theory/--no-theory")
    theme: str = _option("light", "Of pictures.", choices=tuple(THEMES))

    film: str | None = _option(None, "The axis that a film (gif, apng, mp4, webm) goes through: lr.", metavar="AXIS")

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


MAP_DEFAULTS = MapOptions()
