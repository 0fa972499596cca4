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
    from steepest.optimizers.settings import Setting
    from steepest.plot.options import AxisLimits
    from steepest.runs.trajectory import Trajectory


class Methods:
    """The methods that a run and a comparison of runs have in common; both have `runs`.

    The arguments and defaults of `plot`, `animate` and `save` are the fields of `steepest.plot.options`, held equal by a test.
    """

    if TYPE_CHECKING:

        @property
        def runs(self) -> Sequence[Trajectory]: ...

    def plot(
        self,
        view: str = "plane",
        *,
        ax: Axes | None = None,
        over: str | Sequence[str] = (),
        at: int | None = None,
        drop: bool = False,
        zscale: str | None = None,
        limits: AxisLimits | None = None,
        against: str = "steps",
        theme: str = "light",
        style: str | None = None,
        show: str | Sequence[str] = (),
        size: str | tuple[int, int] | None = None,
        dpi: float | None = None,
        layout: str = "both",
        title: str | None = None,
        legend: bool = True,
    ) -> Figure | Axes:
        """Draw a picture: a figure, or into your own axes.

        Args:
            ax: axes of a plane, into which the curve or the contours and the paths are drawn; they are returned.
            view, over, at, drop, zscale, limits, against, theme, style, show, size, dpi, layout, title, legend: see
                `steepest.plot.options.PictureOptions`.

        Raises:
            InputError: for options that are none, or that these runs cannot follow.

        >>> from steepest import descend
        >>> [axes.get_xlabel() for axes in descend("x^2", 3).plot(limits=(-4, 4)).axes]
        ['$x$', 'step']
        """
        from steepest.plot.mpl.settings import own_settings
        from steepest.plot.options import PictureOptions

        options = PictureOptions(
            view=view, over=over, at=at, drop=drop, zscale=zscale, limits=limits, against=against, theme=theme, style=style,
            show=show, size=size, dpi=dpi, layout=layout, title=title, legend=legend,
        )  # fmt: skip
        options.check_for(self.runs[0].names, [run.optimizer for run in self.runs])
        diagnosis = self.runs[0].diagnose() if view == "diagnosis" else None
        with own_settings() if ax is None else nullcontext():
            from steepest.plot.mpl.figure import plot

            return plot(self.runs, options, ax=ax, diagnosis=diagnosis)

    def animate(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        turn: float = 0,
        fps: float = 30,
        seconds: float | None = None,
        frames: int | None = None,
        pace: str | None = None,
        hold: float = 3,
        trail: int | None = None,
        loop: bool = True,
        narrated: bool = True,
        caption: str | None = None,
        view: str = "plane",
        over: str | Sequence[str] = (),
        drop: bool = False,
        zscale: str | None = None,
        limits: AxisLimits | None = None,
        against: str = "steps",
        theme: str = "light",
        style: str | None = None,
        show: str | Sequence[str] = (),
        size: str | tuple[int, int] | None = None,
        dpi: float | None = None,
        layout: str = "both",
        title: str | None = None,
        legend: bool = True,
    ) -> Any:
        """Write a film, or make one for a notebook to show if there is no path.

        Args:
            path: its suffix is gif, apng, png (also an animated one), svg (which plays by itself in a browser), mp4 or webm; a path
                that ends with / stands for a folder of frames.
            turn, fps, seconds, frames, pace, hold, trail, loop, narrated, caption: see `steepest.plot.options.FilmOptions`.
            view, over, drop, zscale, limits, against, theme, style, show, size, dpi, layout, title, legend: see
                `steepest.plot.options.PictureOptions`.

        Raises:
            InputError: for a path that cannot be written, for options that are none, or that these runs cannot follow.
        """
        from steepest.export.writers import animate
        from steepest.plot.options import FilmOptions, PictureOptions

        film_options = FilmOptions(
            turn=turn, fps=fps, seconds=seconds, frames=frames, pace=pace, hold=hold, trail=trail, loop=loop, narrated=narrated,
            caption=caption,
        )  # fmt: skip
        options = PictureOptions(
            view=view, over=over, drop=drop, zscale=zscale, limits=limits, against=against, theme=theme, style=style,
            show=show, size=size, dpi=dpi, layout=layout, title=title, legend=legend,
        )  # fmt: skip
        return animate(self.runs, path, film_options, options)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        view: str = "plane",
        over: str | Sequence[str] = (),
        at: int | None = None,
        drop: bool = False,
        zscale: str | None = None,
        limits: AxisLimits | None = None,
        against: str = "steps",
        theme: str = "light",
        style: str | None = None,
        show: str | Sequence[str] = (),
        size: str | tuple[int, int] | None = None,
        dpi: float | None = None,
        layout: str = "both",
        title: str | None = None,
        legend: bool = True,
    ) -> None:
        """Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm), a page (html) or a record (csv, json, npz), by suffix.

        For films as png and svg, and for the options of films, see `animate`.

        Args:
            path: the file; it appears when it is complete.
            view, over, at, drop, zscale, limits, against, theme, style, show, size, dpi, layout, title, legend: see
                `steepest.plot.options.PictureOptions`.

        Raises:
            InputError: for a path that cannot be written, for options that are none, or that these runs cannot follow.
        """
        from steepest.export.writers import save
        from steepest.plot.options import PictureOptions

        options = PictureOptions(
            view=view, over=over, at=at, drop=drop, zscale=zscale, limits=limits, against=against, theme=theme, style=style,
            show=show, size=size, dpi=dpi, layout=layout, title=title, legend=legend,
        )  # fmt: skip
        save(self.runs, path, picture_options=options)

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


class SweepMethods:
    """The methods of a sweep that reach for the floors above; the options of `plot` and `save` are those of `MapOptions`."""

    def plot(self, *, by: str | None = None, theory: bool = True, theme: str = "light") -> Figure:
        """Draw a picture: outcome curves of one axis, a map of two, maps side by side of three.

        What `zoom` gives has a picture, too.

        Args:
            by, theory, theme: see `steepest.plot.map_options.MapOptions`.

        Raises:
            InputError: for options that are none, and for axes that no picture shows.
        """
        from steepest.plot.map_options import MapOptions
        from steepest.plot.mpl.settings import own_settings

        options = MapOptions(by=by, theory=theory, theme=theme)
        with own_settings():
            from steepest.plot.mpl.sweep.figure import sweep_figure

            return sweep_figure(self, options)  # type: ignore[arg-type]

    def save(
        self,
        *paths: str | os.PathLike[str],
        by: str | None = None,
        theory: bool = True,
        theme: str = "light",
        film: str | None = None,
        zoom: Any = None,
    ) -> None:
        """Write pictures (png, svg, pdf), films (gif, apng, mp4, webm), arrays (npz), a table (csv), NetCDF (nc) or Zarr (zarr).

        Args:
            paths: the files; each appears when it is complete.
            by, theory, theme, film, zoom: see `steepest.plot.map_options.MapOptions`.

        Raises:
            InputError: for a path that cannot be written, and for options that are none.
            MissingDependencyError: for NetCDF and Zarr without xarray: `pip install 'steepest[sweep]'`.
        """
        from steepest.export.sweeps.writers import save_sweep
        from steepest.plot.map_options import MapOptions

        save_sweep(self, paths, MapOptions(by=by, theory=theory, theme=theme, film=film, zoom=zoom))  # type: ignore[arg-type]

    def to_xarray(self) -> Any:
        """The sweep as an `xarray.Dataset`, a coordinate for each axis.

        Raises:
            MissingDependencyError: without xarray: `pip install 'steepest[sweep]'`.
        """
        from steepest.runs.sweep.dataset import to_dataset

        return to_dataset(self)  # type: ignore[arg-type]
