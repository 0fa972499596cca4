"""Suffix -> writer: pictures and records, written whole or not at all."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING

from steepest.errors import InputError, clipped_path
from steepest.export.files import check_file, check_folder, complete_file, complete_folder, is_folder
from steepest.export.provenance import made_by, retake
from steepest.export.records import write_csv, write_json, write_npz
from steepest.plot.options import PictureOptions
from steepest.runs.trajectory import Trajectory

if TYPE_CHECKING:
    from steepest.plot.film.film import Film
    from steepest.plot.film.frames import FilmFormat, Frame
    from steepest.plot.film_options import FilmOptions

Runs = Sequence[Trajectory]
Point = Sequence[float]
Progress = Callable[[int, int], None]
PLAIN = PictureOptions()


@dataclass(frozen=True)
class Export:
    """What is to be written, and a name for it in the command that makes it again."""

    runs: Runs
    samples: Sequence[Point] = ()
    film_options: FilmOptions | None = None
    picture_options: PictureOptions = PLAIN
    progress: Progress | None = None
    name: str = ""


Writer = Callable[[Export, IO[bytes]], None]


def save(
    runs: Runs,
    path: str | os.PathLike[str],
    samples: Sequence[Point] = (),
    *,
    film_options: FilmOptions | None = None,
    picture_options: PictureOptions = PLAIN,
    animated: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write runs to a file.

    The suffix says as what: a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder of
    pictures if the path ends with /; animated png and svg), a page to play with (html) or a record (csv, json, npz).
    The file appears when it is complete; what was there before stays if anything goes wrong.

    Args:
        film_options: of a film.
        picture_options: of a picture or a film.
        animated: whether png and svg are films, too, as they can be either.
        progress: called with the frames done and all frames of a film.

    Raises:
        InputError: for a suffix that is not known, a place that cannot be written, or a film that cannot be cut so.
    """
    writer = check_path(path, film_options, animated=animated)
    check_view(path, picture_options, len(runs), animated=animated)
    name = os.fsdecode(path)
    if is_folder(name):
        _save_folder(Export(runs, samples, film_options, picture_options, progress, "descent/"), name)
        return
    with complete_file(name) as file:
        writer(Export(runs, samples, film_options, picture_options, progress, f"descent{os.path.splitext(name)[1].lower()}"), file)


@dataclass(frozen=True)
class NotebookFilm:
    """An animated PNG that a notebook shows by itself."""

    data: bytes

    def _repr_png_(self) -> bytes:
        return self.data


def is_film(path: str | os.PathLike[str], *, animated: bool = False) -> bool:
    """Whether a path stands for a film; png and svg do if they are to be `animated`."""
    name = os.fsdecode(path)
    return is_folder(name) or _suffix_of(name) in (ANIMATED if animated else FILMS)


def _suffix_of(name: str) -> str:
    return os.path.splitext(name)[1].lower().removeprefix(".")


def animate(
    runs: Runs, path: str | os.PathLike[str] | None, film_options: FilmOptions, picture_options: PictureOptions = PLAIN
) -> NotebookFilm | None:
    """Write a film, or make one to look at if there is no path.

    Raises:
        InputError: for a suffix that is no film's, a place that cannot be written, or a film that cannot be cut so.
    """
    if path is None:
        file = BytesIO()
        _film_writer("apng")(Export(runs, film_options=film_options, picture_options=picture_options, name="descent.apng"), file)
        return NotebookFilm(file.getvalue())
    if not is_film(path, animated=True):
        name = clipped_path(os.fsdecode(path))
        raise InputError(f"cannot write a film to {name}: the suffix is one of {', '.join(ANIMATED)}, or it ends with /")
    save(runs, path, film_options=film_options, picture_options=picture_options, animated=True)
    return None


def _save_folder(job: Export, name: str) -> None:
    """Write a film as a folder of pictures, which appears when it is complete."""
    from steepest.export.encoders.folder import write_folder
    from steepest.plot.mpl.settings import own_settings

    with complete_folder(name) as folder, own_settings(), _quiet_numbers():
        write_folder(*_shot(job), folder)


def check_path(path: str | os.PathLike[str], film_options: FilmOptions | None = None, *, animated: bool = False) -> Writer:
    """The writer for a path, or the reason why it cannot be written, before any work is done."""
    name = os.fsdecode(path)
    if is_folder(name):
        check_folder(name)
        return SUFFIXES["png"]
    suffix, refused = _suffix_of(name), f"cannot save {clipped_path(name)}: "
    if suffix not in SUFFIXES:
        raise InputError(f"{refused}the suffix is one of {', '.join(SUFFIXES)}")
    if (
        film_options is not None
        and film_options.size is not None
        and suffix in VIDEOS
        and any(side % 2 for side in film_options.size)
    ):
        raise InputError(
            f"{refused}the width and the height of a video are even, not {film_options.size[0]}x{film_options.size[1]}"
        )
    if film_options is not None and film_options.turn and animated and suffix == "svg":
        raise InputError(f"{refused}in an svg the camera stays where it is, so make it a gif, apng, mp4 or webm")
    check_file(name)
    return ANIMATED.get(suffix, SUFFIXES[suffix]) if animated else SUFFIXES[suffix]


def check_view(path: str | os.PathLike[str], picture_options: PictureOptions, runs: int, *, animated: bool = False) -> None:
    """Refuse to draw a diagnosis where there is none: in a film, in a page, of several runs. A record has no view."""
    name = os.fsdecode(path)
    if picture_options.view != "diagnosis" or (not is_folder(name) and _suffix_of(name) in RECORDS):
        return
    if is_film(name, animated=animated) or _suffix_of(name) not in PICTURES:
        raise InputError(f"cannot draw a diagnosis to {name}: it is a still picture, so the suffix is one of {', '.join(PICTURES)}")
    if runs > 1:
        raise InputError(f"the picture of a diagnosis shows one run, not {runs}: draw each by itself")


def _quiet_numbers() -> AbstractContextManager[None]:
    """NumPy says nothing of numbers that are not finite: a run that flies away is drawn as far as it can be."""
    import numpy as np

    return np.errstate(all="ignore")


def _picture_writer(suffix: str) -> Writer:
    """A writer of pictures that carry what made them."""

    def write(job: Export, file: IO[bytes]) -> None:
        from steepest.plot.mpl.settings import own_settings

        title, software, made = _label(job, job.picture_options)
        metadata: dict[str, dict[str, str | None]] = {
            "png": {"Title": title, "Software": software, "Description": made},
            "svg": {"Title": title, "Creator": software, "Description": made, "Date": None},
            "pdf": {"Title": title, "Creator": software, "Subject": made, "CreationDate": None},
        }
        with own_settings(), _quiet_numbers():
            from steepest.plot.mpl.figure import figure
            from steepest.plot.mpl.style import theme_of
            from steepest.plot.scene.scene import scene

            figure(scene(job.runs, options=job.picture_options, samples=job.samples), theme=theme_of(job.picture_options)).savefig(
                file, format=suffix, metadata=metadata[suffix]
            )

    return write


def _film_writer(suffix: str) -> Writer:
    """A writer of films that carry what made them."""

    def write(job: Export, file: IO[bytes]) -> None:
        from steepest.export.encoders import apng, gif, video
        from steepest.plot.mpl.settings import own_settings

        encoders = {"gif": gif.write_gif, "apng": apng.write_apng, "mp4": video.write_mp4, "webm": video.write_webm}
        with own_settings(), _quiet_numbers():
            encoders[suffix](*_shot(job), file)

    return write


def _write_moving(job: Export, file: IO[bytes]) -> None:
    """Write a film that a browser draws by itself, and that has no frames."""
    from steepest.plot.mpl.settings import own_settings

    with own_settings(), _quiet_numbers():
        from steepest.plot.svg.film import write_svg

        write_svg(*_filmed(job), file)


def _shot(job: Export) -> tuple[Iterator[Frame], FilmFormat]:
    """The frames of a film, and what an encoder needs to know besides."""
    made, film_format = _filmed(job)
    return counted(made.frames(), len(made.timeline.steps), job.progress), film_format


def _filmed(job: Export) -> tuple[Film, FilmFormat]:
    """A film that is ready to be drawn, and what is written beside it."""
    from steepest.plot.film.film import film
    from steepest.plot.film_options import FilmOptions
    from steepest.plot.mpl.style import theme_of
    from steepest.plot.scene.scene import scene

    film_options = job.film_options or FilmOptions()
    made = film(scene(job.runs, options=job.picture_options, samples=job.samples), film_options, theme_of(job.picture_options))
    return made, made.film_format(film_options, *_label(job, job.picture_options, film_options))


def counted(frames: Iterator[Frame], count: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames, each told when it is done."""
    for done, each in enumerate(frames, 1):
        yield each
        if progress is not None:
            progress(done, count)


def _label(job: Export, *settings: PictureOptions | FilmOptions) -> tuple[str, str, str]:
    """What a picture or a film shows, what made it, and what makes it again."""
    about = made_by(job.runs, len(job.samples))
    again = retake(job.name, *settings) if about["command"] else []
    made = f"{about['command']} {shlex.join(again)}" if again else str(about["python"])
    return job.runs[0].objective.text, f"steepest {about['version']}", made


def _record_writer(write: Callable[[Runs, Sequence[Point], IO[bytes]], None]) -> Writer:
    """A writer of the numbers."""
    return lambda job, file: write(job.runs, job.samples, file)


def _write_html(job: Export, file: IO[bytes]) -> None:
    """Write the page as one file that carries what made it."""
    from steepest.lab.bundle import html
    from steepest.lab.document import document, state_of

    picture_options, about = job.picture_options, made_by(job.runs, len(job.samples))
    state = state_of(job.runs) | {"view": picture_options.view, "show": list(picture_options.show)}
    made = f"{about['command']} {shlex.join(retake(job.name, picture_options))}"
    file.write(html(document(state), title=f"{job.runs[0].objective.title} - steepest", made=made).encode())


PICTURES, RECORDS = ("png", "svg", "pdf"), ("csv", "json", "npz")
VIDEOS = ("mp4", "webm")
FILMS = ("gif", "apng", *VIDEOS)
SUFFIXES: dict[str, Writer] = {
    **{suffix: _picture_writer(suffix) for suffix in PICTURES},
    **{suffix: _film_writer(suffix) for suffix in FILMS},
    "html": _write_html,
    "csv": _record_writer(write_csv),
    "json": _record_writer(write_json),
    "npz": _record_writer(write_npz),
}
ANIMATED: dict[str, Writer] = {**{suffix: SUFFIXES[suffix] for suffix in FILMS}, "png": SUFFIXES["apng"], "svg": _write_moving}
