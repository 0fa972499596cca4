"""Where runs are written, and as what: everything that can be refused is refused here, before any work is done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.errors import InputError, clipped_path
from steepest.export.files import check_file, check_folder, is_folder
from steepest.plot.options import FILM_DEFAULTS, PICTURE_DEFAULTS, FilmOptions, PictureOptions

if TYPE_CHECKING:
    from steepest.optimizers.optimizer import Optimizer
    from steepest.plot.theme import Theme

PICTURES, PAGES, RECORDS = ("png", "svg", "pdf"), ("html",), ("csv", "json", "npz")
VIDEOS = ("mp4", "webm")
FILMS = ("gif", "apng", *VIDEOS)
ANIMATED = (*FILMS, "png", "svg")  # what can be a film
FOLDER = "/"  # instead of a suffix, of a folder of frames
NOTEBOOK = "descent.apng"  # a film that a notebook shows


@dataclass(frozen=True)
class Destination:
    """A file or a folder to write, of a kind that can show what it is asked to.

    Attributes:
        path: empty for a film that a notebook shows.
        suffix: without the dot, in lower case; `/` of a folder of frames.
        film: whether it is a film; png and svg can be either.
        picture_options: of a picture, a film or a page.
        film_options: of a film.
        theme: the theme with the style on top of it, if there is a style.
    """

    path: str
    suffix: str
    film: bool = False
    picture_options: PictureOptions = PICTURE_DEFAULTS
    film_options: FilmOptions = FILM_DEFAULTS
    theme: Theme | None = None

    @property
    def drawn(self) -> bool:
        """Whether the picture's options have a say."""
        return self.suffix not in RECORDS


def destination_of(
    path: str | os.PathLike[str] | None,
    names: Sequence[str],
    optimizers: Sequence[Optimizer],
    picture_options: PictureOptions = PICTURE_DEFAULTS,
    film_options: FilmOptions = FILM_DEFAULTS,
    *,
    animated: bool = False,
) -> Destination:
    """The destination that a path stands for: its suffix says as what runs are written, a `/` at its end asks for a folder.

    Args:
        path: None for a film that a notebook shows.
        names: the parameters of the objective.
        optimizers: of the runs.
        animated: whether png and svg are films.

    Raises:
        InputError: for an unknown suffix, a path that cannot be written, or options that this kind of file, this objective or
            these optimizers cannot follow.

    >>> destination_of("descent.SVG", ["x"], []).suffix, destination_of("frames/", ["x"], []).film
    ('svg', True)
    """
    name = NOTEBOOK if path is None else os.fsdecode(path)
    suffix = suffix_of(name)
    known = (*PICTURES, *FILMS, *PAGES, *RECORDS)
    if suffix not in (*known, FOLDER):
        raise _refusal(name, f"the suffix is one of {', '.join(known)}")
    if suffix in PAGES and picture_options.against != "steps":
        raise _refusal(name, f"a page draws against steps: save a picture or a film against {picture_options.against}")
    film = suffix == FOLDER or suffix in (ANIMATED if animated else FILMS)
    if suffix not in RECORDS:
        if picture_options.view == "diagnosis" and (film or suffix in PAGES):
            stills = f"it is a still picture, so the suffix is one of {', '.join(PICTURES)}"
            raise InputError(f"cannot draw a diagnosis to {clipped_path(name)}: {stills}")
        picture_options.check_for(names, optimizers)
    if film:
        _check_film(name, suffix, picture_options, film_options)
    if path is not None:
        (check_folder if suffix == FOLDER else check_file)(name)
    theme = None
    if picture_options.style is not None and suffix not in RECORDS:
        from steepest.plot.mpl.style import theme_of

        theme = theme_of(picture_options)
    return Destination("" if path is None else name, suffix, film, picture_options, film_options, theme)


def suffix_of(name: str) -> str:
    """The suffix of a path without its dot, in lower case; `/` of a folder."""
    return FOLDER if is_folder(name) else os.path.splitext(name)[1].lower().removeprefix(".")


def _check_film(name: str, suffix: str, picture_options: PictureOptions, film_options: FilmOptions) -> None:
    """Refuse a film whose options the picture or the format cannot follow."""
    size = picture_options.size
    if isinstance(size, tuple) and suffix in VIDEOS and any(side % 2 for side in size):
        raise _refusal(name, f"the width and the height of a video are even, not {size[0]}x{size[1]}")
    if film_options.turn and picture_options.view != "surface":
        raise InputError("a camera that turns needs the surface: --view surface, or view='surface'")
    if film_options.turn and suffix == "svg":
        raise _refusal(name, "in an svg the camera stays where it is, so make it a gif, apng, mp4 or webm")


def _refusal(name: str, reason: str) -> InputError:
    return InputError(f"cannot save {clipped_path(name)}: {reason}")
