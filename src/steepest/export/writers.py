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
from steepest.plot.options import Look
from steepest.runs.trajectory import Trajectory

if TYPE_CHECKING:
    from steepest.plot.film.film import Film
    from steepest.plot.film.frames import Frame, Reel
    from steepest.plot.film_options import Cut

__all__ = ["ANIMATED", "FILMS", "PICTURES", "SUFFIXES", "Show", "animate", "check_path", "check_view", "is_film", "save"]

Runs = Sequence[Trajectory]
Point = Sequence[float]
Progress = Callable[[int, int], None]
PLAIN = Look()


@dataclass(frozen=True)
class Order:
    """What is to be written, and a name for it in the command that makes it again."""

    runs: Runs
    samples: Sequence[Point] = ()
    cut: Cut | None = None
    look: Look = PLAIN
    progress: Progress | None = None
    name: str = ""


Writer = Callable[[Order, IO[bytes]], None]


def save(
    runs: Runs,
    path: str | os.PathLike[str],
    samples: Sequence[Point] = (),
    *,
    cut: Cut | None = None,
    look: Look = PLAIN,
    animated: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write runs to a file.

    The suffix says as what: a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder of
    pictures if the path ends with /; animated png and svg), a page to play with (html) or a record (csv, json, npz).
    The file appears when it is complete; what was there before stays if anything goes wrong.

    Args:
        cut: of a film.
        look: of a picture or a film.
        animated: whether png and svg are films, too, as they can be either.
        progress: called with the frames done and all frames of a film.

    Raises:
        InputError: for a suffix that is not known, a place that cannot be written, or a film that cannot be cut so.
    """
    writer = check_path(path, cut, animated=animated)
    check_view(path, look, len(runs), animated=animated)
    name = os.fsdecode(path)
    if is_folder(name):
        save_folder(Order(runs, samples, cut, look, progress, "descent/"), name)
        return
    with complete_file(name) as file:
        writer(Order(runs, samples, cut, look, progress, f"descent{os.path.splitext(name)[1].lower()}"), file)


@dataclass(frozen=True)
class Show:
    """An animated PNG that a notebook shows by itself."""

    data: bytes

    def _repr_png_(self) -> bytes:
        return self.data


def is_film(path: str | os.PathLike[str], *, animated: bool = False) -> bool:
    """Whether a path stands for a film; png and svg do if they are to be `animated`."""
    name = os.fsdecode(path)
    return is_folder(name) or suffix_of(name) in (ANIMATED if animated else FILMS)


def suffix_of(name: str) -> str:
    return os.path.splitext(name)[1].lower().removeprefix(".")


def animate(runs: Runs, path: str | os.PathLike[str] | None, cut: Cut, look: Look = PLAIN) -> Show | None:
    """Write a film, or make one to look at if there is no path.

    Raises:
        InputError: for a suffix that is no film's, a place that cannot be written, or a film that cannot be cut so.
    """
    if path is None:
        file = BytesIO()
        film_writer("apng")(Order(runs, cut=cut, look=look, name="descent.apng"), file)
        return Show(file.getvalue())
    if not is_film(path, animated=True):
        name = clipped_path(os.fsdecode(path))
        raise InputError(f"cannot write a film to {name}: the suffix is one of {', '.join(ANIMATED)}, or it ends with /")
    save(runs, path, cut=cut, look=look, animated=True)
    return None


def save_folder(order: Order, name: str) -> None:
    """Write a film as a folder of pictures, which appears when it is complete."""
    from steepest.export.encoders.folder import write_folder
    from steepest.plot.mpl.settings import own_settings

    with complete_folder(name) as folder, own_settings(), quiet_numbers():
        write_folder(*shot(order), folder)


def check_path(path: str | os.PathLike[str], cut: Cut | None = None, *, animated: bool = False) -> Writer:
    """The writer for a path, or the reason why it cannot be written, before any work is done."""
    name = os.fsdecode(path)
    if is_folder(name):
        check_folder(name)
        return SUFFIXES["png"]
    suffix, refused = suffix_of(name), f"cannot save {clipped_path(name)}: "
    if suffix not in SUFFIXES:
        raise InputError(f"{refused}the suffix is one of {', '.join(SUFFIXES)}")
    if cut is not None and cut.size is not None and suffix in VIDEOS and any(side % 2 for side in cut.size):
        raise InputError(f"{refused}the width and the height of a video are even, not {cut.size[0]}x{cut.size[1]}")
    if cut is not None and cut.turn and animated and suffix == "svg":
        raise InputError(f"{refused}in an svg the camera stays where it is, so make it a gif, apng, mp4 or webm")
    check_file(name)
    return ANIMATED.get(suffix, SUFFIXES[suffix]) if animated else SUFFIXES[suffix]


def check_view(path: str | os.PathLike[str], look: Look, runs: int, *, animated: bool = False) -> None:
    """Refuse to draw a diagnosis where there is none: in a film, in a page, of several runs. A record has no view."""
    name = os.fsdecode(path)
    if look.view != "diagnosis" or (not is_folder(name) and suffix_of(name) in RECORDS):
        return
    if is_film(name, animated=animated) or suffix_of(name) not in PICTURES:
        raise InputError(f"cannot draw a diagnosis to {name}: it is a still picture, so the suffix is one of {', '.join(PICTURES)}")
    if runs > 1:
        raise InputError(f"the picture of a diagnosis shows one run, not {runs}: draw each by itself")


def quiet_numbers() -> AbstractContextManager[None]:
    """NumPy says nothing of numbers that are not finite: a run that flies away is drawn as far as it can be."""
    import numpy as np

    return np.errstate(all="ignore")


def picture_writer(suffix: str) -> Writer:
    """A writer of pictures that carry what made them."""

    def write(order: Order, file: IO[bytes]) -> None:
        from steepest.plot.mpl.settings import own_settings

        title, software, made = label(order, order.look)
        metadata: dict[str, dict[str, str | None]] = {
            "png": {"Title": title, "Software": software, "Description": made},
            "svg": {"Title": title, "Creator": software, "Description": made, "Date": None},
            "pdf": {"Title": title, "Creator": software, "Subject": made, "CreationDate": None},
        }
        with own_settings(), quiet_numbers():
            from steepest.plot.mpl.figure import figure
            from steepest.plot.mpl.style import theme_of
            from steepest.plot.scene.scene import scene

            figure(scene(order.runs, look=order.look, samples=order.samples), theme=theme_of(order.look)).savefig(
                file, format=suffix, metadata=metadata[suffix]
            )

    return write


def film_writer(suffix: str) -> Writer:
    """A writer of films that carry what made them."""

    def write(order: Order, file: IO[bytes]) -> None:
        from steepest.export.encoders import apng, gif, video
        from steepest.plot.mpl.settings import own_settings

        encoders = {"gif": gif.write_gif, "apng": apng.write_apng, "mp4": video.write_mp4, "webm": video.write_webm}
        with own_settings(), quiet_numbers():
            encoders[suffix](*shot(order), file)

    return write


def write_moving(order: Order, file: IO[bytes]) -> None:
    """Write a film that a browser draws by itself, and that has no frames."""
    from steepest.plot.mpl.settings import own_settings

    with own_settings(), quiet_numbers():
        from steepest.plot.svg.film import write_svg

        write_svg(*filmed(order), file)


def shot(order: Order) -> tuple[Iterator[Frame], Reel]:
    """The frames of a film, and what an encoder needs to know besides."""
    made, reel = filmed(order)
    return counted(made.frames(), len(made.timeline.steps), order.progress), reel


def filmed(order: Order) -> tuple[Film, Reel]:
    """A film that is ready to be drawn, and what is written beside it."""
    from steepest.plot.film.film import film
    from steepest.plot.film_options import Cut
    from steepest.plot.mpl.style import theme_of
    from steepest.plot.scene.scene import scene

    cut = order.cut or Cut()
    made = film(scene(order.runs, look=order.look, samples=order.samples), cut, theme_of(order.look))
    return made, made.reel(cut, *label(order, order.look, cut))


def counted(frames: Iterator[Frame], count: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames, each told when it is done."""
    for done, each in enumerate(frames, 1):
        yield each
        if progress is not None:
            progress(done, count)


def label(order: Order, *settings: Look | Cut) -> tuple[str, str, str]:
    """What a picture or a film shows, what made it, and what makes it again."""
    about = made_by(order.runs, len(order.samples))
    again = retake(order.name, *settings) if about["command"] else []
    made = f"{about['command']} {shlex.join(again)}" if again else str(about["python"])
    return order.runs[0].objective.text, f"steepest {about['version']}", made


def record_writer(write: Callable[[Runs, Sequence[Point], IO[bytes]], None]) -> Writer:
    """A writer of the numbers."""
    return lambda order, file: write(order.runs, order.samples, file)


def write_html(order: Order, file: IO[bytes]) -> None:
    """Write the page as one file that carries what made it."""
    from steepest.lab.bundle import html
    from steepest.lab.document import document, state_of

    look, about = order.look, made_by(order.runs, len(order.samples))
    state = state_of(order.runs) | {"view": look.view, "show": list(look.show)}
    made = f"{about['command']} {shlex.join(retake(order.name, look))}"
    file.write(html(document(state), title=f"{order.runs[0].objective.title} - steepest", made=made).encode())


PICTURES, RECORDS = ("png", "svg", "pdf"), ("csv", "json", "npz")
VIDEOS = ("mp4", "webm")
FILMS = ("gif", "apng", *VIDEOS)
SUFFIXES: dict[str, Writer] = {
    **{suffix: picture_writer(suffix) for suffix in PICTURES},
    **{suffix: film_writer(suffix) for suffix in FILMS},
    "html": write_html,
    "csv": record_writer(write_csv),
    "json": record_writer(write_json),
    "npz": record_writer(write_npz),
}
ANIMATED: dict[str, Writer] = {**{suffix: SUFFIXES[suffix] for suffix in FILMS}, "png": SUFFIXES["apng"], "svg": write_moving}
