"""What a run and a comparison of runs can be made into: pictures, films, files, data frames."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Limits", "Shared"]

Limits = Sequence[Sequence[float]] | Sequence[float]


class Shared:
    """The methods that a run and a comparison of runs have in common; both have `runs`."""

    runs: Any

    def plot(
        self,
        view: str = "plane",
        *,
        ax: Axes | None = None,
        limits: Limits | None = None,
        zscale: str | None = None,
        show: str | Sequence[str] = (),
        theme: str = "light",
        style: str | None = None,
        at: int | None = None,
    ) -> Figure | Axes:
        """Draw a picture: see `steepest.plot.mpl.figure.plot`, and `steepest.plot.options.Look` for the arguments."""
        from steepest.plot.options import Look, listed
        from steepest.plot.mpl.settings import own_settings

        look = Look(view, limits, zscale, listed(show), theme, style, at)
        with own_settings() if ax is None else nullcontext():
            from steepest.plot.mpl.figure import plot

            return plot(self.runs, look, ax=ax)

    def animate(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        fps: float = 30.0,
        seconds: float | None = None,
        frames: int | None = None,
        size: tuple[int, int] | None = None,
        dpi: float = 100.0,
        loop: bool = True,
        hold: float = 2.0,
        pace: str | None = None,
        trail: int | None = None,
        turn: float = 0.0,
        view: str = "plane",
        limits: Limits | None = None,
        zscale: str | None = None,
        show: str | Sequence[str] = (),
        theme: str = "light",
        style: str | None = None,
    ) -> Any:
        """Write a film (gif, apng, png, svg, mp4, webm, or a folder of pictures if the path ends with /).

        A png is an animated one, and an svg plays by itself in a browser.
        Without a path return a film that a notebook shows. For the arguments see `steepest.plot.film_options.Cut` and
        `steepest.plot.options.Look`.
        """
        from steepest.export.writers import animate
        from steepest.plot.film_options import Cut
        from steepest.plot.options import Look, listed

        cut = Cut(fps, seconds, frames, size, dpi, loop, hold, pace, trail, turn)
        return animate(self.runs, path, cut, Look(view, limits, zscale, listed(show), theme, style))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        view: str = "plane",
        limits: Limits | None = None,
        zscale: str | None = None,
        show: str | Sequence[str] = (),
        theme: str = "light",
        style: str | None = None,
        at: int | None = None,
    ) -> None:
        """Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm), a page (html) or a record (csv, json, npz), by suffix.

        For films as png and svg see `animate`.
        """
        from steepest.export.writers import save
        from steepest.plot.options import Look, listed

        save(self.runs, path, look=Look(view, limits, zscale, listed(show), theme, style, at))

    def to_frame(self, backend: str = "pandas") -> Any:
        """The steps as a data frame, a row a step: see `steepest.export.records.frame`."""
        from steepest.export.records import frame

        return frame(self.runs, backend)
