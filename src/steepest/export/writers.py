"""Suffix -> writer: pictures, films, pages and records, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, cast

from steepest.errors import InputError, clipped_path
from steepest.export.destination import ANIMATED, FILMS, FOLDER, PICTURES, Destination, destination_of, suffix_of
from steepest.export.files import complete_file, complete_folder
from steepest.export.provenance import made_by
from steepest.export.records import write_csv, write_json, write_npz
from steepest.plot.options import FILM_DEFAULTS, PICTURE_DEFAULTS, FilmOptions, PictureOptions
from steepest.runs.trajectory import Trajectory

if TYPE_CHECKING:
    from steepest.plot.film.film import Film
    from steepest.plot.film.frames import FilmFormat, Frame
    from steepest.plot.scene.scene import Scene
    from steepest.plot.theme import Theme

Runs = Sequence[Trajectory]
Point = Sequence[float]
Progress = Callable[[int, int], None]


def save(
    runs: Runs,
    path: str | os.PathLike[str],
    samples: Sequence[Point] = (),
    *,
    picture_options: PictureOptions = PICTURE_DEFAULTS,
    film_options: FilmOptions = FILM_DEFAULTS,
    animated: bool = False,
) -> None:
    """Write runs to a file.

    The suffix says as what: a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder of frames if the path ends with /;
    animated png and svg), a page to play with (html) or a record (csv, json, npz). The file appears when it is complete; what was
    there before stays if anything goes wrong.

    Args:
        samples: positions that pictures show as faint dots, and records list.
        picture_options: of a picture, a film or a page.
        film_options: of a film.
        animated: whether png and svg are films, too, as they can be either.

    Raises:
        InputError: for an unknown suffix, a path that cannot be written, or options that cannot be followed.
    """
    optimizers = [run.optimizer for run in runs]
    write(runs, destination_of(path, runs[0].names, optimizers, picture_options, film_options, animated=animated), samples)


def write(runs: Runs, destination: Destination, samples: Sequence[Point] = (), *, progress: Progress | None = None) -> None:
    """Write runs to a destination that was checked before they were made.

    Args:
        progress: called with the frames done and all frames of a film.

    Raises:
        InputError: if the system refuses, or for runs that cannot be drawn.
    """
    job = Export(runs, samples, destination, progress)
    if destination.suffix == FOLDER:
        with complete_folder(destination.path) as folder:
            _write_frames(job, folder)
        return
    with complete_file(destination.path) as file:
        _writer(destination)(job, file)


def animate(
    runs: Runs,
    path: str | os.PathLike[str] | None,
    film_options: FilmOptions = FILM_DEFAULTS,
    picture_options: PictureOptions = PICTURE_DEFAULTS,
) -> NotebookFilm | None:
    """Write a film, or make one for a notebook if there is no path.

    Raises:
        InputError: for a suffix that is no film's, a path that cannot be written, or options that cannot be followed.
    """
    if path is None:
        file = BytesIO()
        shown = destination_of(None, runs[0].names, [run.optimizer for run in runs], picture_options, film_options)
        _writer(shown)(Export(runs, (), shown), file)
        return NotebookFilm(file.getvalue())
    name = os.fsdecode(path)
    if suffix_of(name) not in (*ANIMATED, FOLDER):
        raise InputError(
            f"cannot write a film to {clipped_path(name)}: the suffix is one of {', '.join(ANIMATED)}, or it ends with /"
        )
    save(runs, path, film_options=film_options, picture_options=picture_options, animated=True)
    return None


@dataclass(frozen=True)
class NotebookFilm:
    """An animated PNG that a notebook shows by itself."""

    data: bytes

    def _repr_png_(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class Export:
    """What to write, and where."""

    runs: Runs
    samples: Sequence[Point]
    destination: Destination
    progress: Progress | None = None

    @property
    def made_by(self) -> dict[str, str | int]:
        """What made it, for the file to carry."""
        return made_by(self.runs, len(self.samples), self.destination)

    @property
    def label(self) -> tuple[str, str, str]:
        """What a picture or a film shows, what made it, and what makes it again."""
        about = self.made_by
        return self.runs[0].objective.text, f"steepest {about['version']}", str(about["command"] or about["python"])


Writer = Callable[[Export, IO[bytes]], None]


def picture_metadata(suffix: str, title: str, software: str, made: str) -> dict[str, str | None]:
    """What a picture carries, as its format names it: what it shows, what made it, and what makes it again."""
    kinds: dict[str, dict[str, str | None]] = {
        "png": {"Title": title, "Software": software, "Description": made},
        "svg": {"Title": title, "Creator": software, "Description": made, "Date": None},
        "pdf": {"Title": title, "Creator": software, "Subject": made, "CreationDate": None},
    }
    return kinds[suffix]


def _write_picture(suffix: str, job: Export, file: IO[bytes]) -> None:
    """Write a picture that carries what made it."""
    metadata = picture_metadata(suffix, *job.label)
    with _drawing():
        from steepest.plot.mpl.figure import figure

        figure(_scene(job), job.destination.picture_options, _theme(job)).savefig(file, format=suffix, metadata=metadata)


def _write_film(suffix: str, job: Export, file: IO[bytes]) -> None:
    """Write a film that carries what made it."""
    from steepest.export.encoders import apng, gif, video

    encoders = {"gif": gif.write_gif, "apng": apng.write_apng, "mp4": video.write_mp4, "webm": video.write_webm}
    with _drawing():
        film, film_format = _film(job)
        encoders[suffix](_frames(film, job.progress), film_format, file)


def _write_svg_film(job: Export, file: IO[bytes]) -> None:
    """Write a film that a browser draws by itself, and that has no frames."""
    with _drawing():
        from steepest.plot.svg.film import write_svg

        write_svg(*_film(job, vectors=True), file)


def _write_frames(job: Export, folder: str) -> None:
    """Write a film as a folder of pictures."""
    from steepest.export.encoders.folder import write_folder

    with _drawing():
        film, film_format = _film(job)
        write_folder(_frames(film, job.progress), film_format, folder)


@contextmanager
def _drawing() -> Iterator[None]:
    """Matplotlib's own settings, and no warnings of NaN and infinities: a run that diverges is drawn as far as possible."""
    import numpy as np

    from steepest.plot.mpl.settings import own_settings

    with own_settings(), np.errstate(all="ignore"):
        yield


def _scene(job: Export) -> Scene:
    """What a picture or a film shows."""
    from steepest.plot.scene.scene import scene

    options = job.destination.picture_options
    diagnosis = job.runs[0].diagnose() if options.view == "diagnosis" else None
    return scene(job.runs, options=options, samples=job.samples, diagnosis=diagnosis)


def _theme(job: Export) -> Theme:
    from steepest.plot.theme import THEMES

    return job.destination.theme or THEMES[job.destination.picture_options.theme]


def _film(job: Export, *, vectors: bool = False) -> tuple[Film, FilmFormat]:
    """A film that is ready to be drawn, and what an encoder needs to know besides.

    Args:
        vectors: whether nothing in it moves as an image.
    """
    from steepest.plot.film.film import film

    options, scene = job.destination.film_options, _scene(job)
    if vectors and scene.fit is not None:
        scene = replace(scene, fit=scene.fit.with_points())
    made = film(scene, options, _theme(job), job.destination.picture_options)
    return made, made.film_format(options, *job.label)


def _frames(film: Film, progress: Progress | None) -> Iterator[Frame]:
    """The frames of a film, each reported when it is done."""
    for done, frame in enumerate(film.frames(), 1):
        yield frame
        if progress is not None:
            progress(done, len(film.timeline))


def _write_page(job: Export, file: IO[bytes]) -> None:
    """Write the page as one file that carries what made it."""
    from steepest.lab.bundle import html
    from steepest.lab.document import document_of

    options = job.destination.picture_options
    view = options.view if options.view == "surface" else "plane"  # a page has no other
    more: dict[str, Any] = {"view": view, "show": list(options.show)}
    if options.limits is not None and len(options.limits) == 2:
        more["zoom"] = [list(pair) for pair in cast("Sequence[Sequence[float]]", options.limits)]
    title = f"{job.runs[0].objective.title} - steepest"
    file.write(html(document_of(job.runs, **more), title=title, made=str(job.made_by["command"])).encode())


def _record_writer(write: Callable[[Runs, Sequence[Point], dict[str, Any], IO[bytes]], None]) -> Writer:
    """A writer of the numbers."""
    return lambda job, file: write(job.runs, job.samples, job.made_by, file)


SUFFIXES: dict[str, Writer] = {
    **{suffix: partial(_write_picture, suffix) for suffix in PICTURES},
    **{suffix: partial(_write_film, suffix) for suffix in FILMS},
    "html": _write_page,
    "csv": _record_writer(write_csv),
    "json": _record_writer(write_json),
    "npz": _record_writer(write_npz),
}
"""The writer of each suffix."""
ANIMATIONS: dict[str, Writer] = {"png": SUFFIXES["apng"], "svg": _write_svg_film}
"""The writers of films with suffixes that otherwise are pictures."""


def _writer(destination: Destination) -> Writer:
    table = SUFFIXES | ANIMATIONS if destination.film else SUFFIXES
    return table[destination.suffix]
