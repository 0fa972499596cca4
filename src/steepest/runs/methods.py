"""What a run and a comparison of runs offer: pictures, films, files, data frames, explanations, diagnoses.

The one file that imports upward: a trajectory is what a user holds, so its methods reach for the floors above when they are
called, and nothing else down here knows of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from steepest.diagnosis.diagnosis import Diagnoses, Diagnosis
    from steepest.explain.explanation import Explanation
    from steepest.optimizers.optimizer import Optimizer
    from steepest.optimizers.reading import Setting
    from steepest.runs.trajectory import Trajectory

Limits = Sequence[Sequence[float]] | Sequence[float]


class Methods:
    """The methods that a run and a comparison of runs have in common; both have `runs`."""

    if TYPE_CHECKING:

        @property
        def runs(self) -> Sequence[Trajectory]: ...

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
        from steepest.plot.mpl.settings import own_settings
        from steepest.plot.options import PictureOptions, listed

        picture_options = PictureOptions(view, limits, zscale, listed(show), theme, style, at)
        with own_settings() if ax is None else nullcontext():
            from steepest.plot.mpl.figure import plot

            return plot(self.runs, picture_options, ax=ax)

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
        from steepest.plot.film_options import FilmOptions
        from steepest.plot.options import PictureOptions, listed

        film_options = FilmOptions(fps, seconds, frames, size, dpi, loop, hold, pace, trail, turn)
        return animate(self.runs, path, film_options, PictureOptions(view, limits, zscale, listed(show), theme, style))

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
        from steepest.plot.options import PictureOptions, listed

        save(self.runs, path, picture_options=PictureOptions(view, limits, zscale, listed(show), theme, style, at))

    def to_frame(self, backend: str = "pandas") -> Any:
        """The steps as a data frame, a row a step: see `steepest.export.records.frame`."""
        from steepest.export.records import frame

        return frame(self.runs, backend)


class TrajectoryMethods(Methods):
    """The methods of one run."""

    def explain(self, step: int = 1, *, digits: int = 4, most: int = 4) -> Explanation:
        """Work out one step with its numbers: see `steepest.explain.explanation.explain`."""
        from steepest.explain.explanation import explain

        return explain(self._trajectory, step, digits=digits, most=most)

    def diagnose(self) -> Diagnosis:
        """Why the run went the way it did, as data and in sentences, found out once: see `steepest.diagnosis.diagnosis`."""
        return self._diagnosis

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        from steepest.diagnosis.diagnosis import diagnose

        return diagnose(self._trajectory)

    def rerun(
        self,
        *,
        optimizer: str | Optimizer | None = None,
        settings: Mapping[str, Setting] | None = None,
        steps: int | None = None,
        tol: float | None = None,
        gtol: float | None = None,
        seed: int | None = None,
    ) -> Trajectory:
        """Run again from the same start, with some settings changed: see `steepest.runs.descent.rerun`."""
        from steepest.runs.descent import rerun

        return rerun(self._trajectory, optimizer=optimizer, settings=settings, steps=steps, tol=tol, gtol=gtol, seed=seed)

    @property
    def _trajectory(self) -> Trajectory:
        (run,) = self.runs
        return run

    def __str__(self) -> str:
        from steepest.export.table import text_table

        return f"{text_table(self._trajectory, most=20)}\n{self._trajectory.ending.message}"


class ComparisonMethods(Methods):
    """The methods of several runs."""

    def diagnose(self) -> Diagnoses:
        """Why each run went the way it did: see `steepest.diagnosis.diagnosis`."""
        from steepest.diagnosis.diagnosis import diagnose_all

        return diagnose_all(self.runs)
