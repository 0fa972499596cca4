"""How a picture or a film looks: which view of the objective, in which light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral

from steepest.errors import InputError
from steepest.runs.methods import Limits

VIEWS = ("plane", "surface", "diagnosis")
ZSCALES = ("linear", "log")


@dataclass(frozen=True)
class PictureOptions:
    """How a picture or a film looks.

    Attributes:
        view: `plane`, the curve or the contours; `surface`, the function of two parameters as a
            surface in space; or `diagnosis`, the plane with what the diagnosis of one run found.
        limits: the part to show instead of the one that fits: `(low, high)` of one parameter, or a pair for each axis.
        zscale: of a surface's heights: `linear`, `log` (of the distance to the least value), or what shows its shape if None.
        show: what to draw at the head of each run: `gradient`, `update`, `momentum`, any quantity that its equations name.
        at: the step whose local quadratic a diagnosis shows; the first unstable one, else the first, if None.
        theme: `light` or `dark`.
        style: a matplotlib style file or the name of one of matplotlib's styles, which changes the theme.
    """

    view: str = "plane"
    limits: Limits | None = None
    zscale: str | None = None
    show: tuple[str, ...] = field(default=())
    theme: str = "light"
    style: str | None = None
    at: int | None = None

    def check(self, parameters: int | None = None) -> None:
        """Refuse words that are none, for a function of so many parameters.

        Raises:
            InputError: for these, for a vertical scale without a surface, and for a surface that cannot be.
        """
        if self.view not in VIEWS:
            raise InputError(f"the view is one of {', '.join(VIEWS)}, not {self.view!r}")
        if self.zscale is not None and self.zscale not in ZSCALES:
            raise InputError(f"the scale of the heights is one of {', '.join(ZSCALES)}, not {self.zscale!r}")
        if self.zscale is not None and self.view != "surface":
            raise InputError("a scale of the heights needs the surface: --view surface, or view='surface'")
        if self.at is not None and self.view != "diagnosis":
            raise InputError("a step of a diagnosis needs its picture: --view diagnosis, or view='diagnosis'")
        step: object = self.at
        if step is not None and (isinstance(step, bool) or not isinstance(step, Integral)):
            raise InputError(f"the step of a diagnosis is a whole number, not {step!r}")
        if self.view == "surface" and parameters not in (None, 2):
            raise InputError(f"a surface shows a function of two parameters, and this one has {parameters}")

    @property
    def chosen(self) -> dict[str, object]:
        """What differs from the defaults."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name)) != part.default}


def listed(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names, or a text of names with commas between them.

    >>> listed("gradient, update"), listed(["m", "v"])
    (('gradient', 'update'), ('m', 'v'))

    Raises:
        InputError: for an empty name.
    """
    parts = names.split(",") if isinstance(names, str) else list(names) if isinstance(names, Iterable) else [names]
    if not all(isinstance(part, str) for part in parts):
        raise InputError(f"what is shown is a name or a list of names, not {names!r}")
    words = tuple(word.strip() for word in parts)
    if not all(words):
        raise InputError("what is shown has an empty name: write such as gradient,momentum,update")
    return words
