"""The options of pictures and films: one dataclass each, which the methods of a run and the command line follow."""

from __future__ import annotations

import inspect
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from steepest.cli.commands.run import run
from steepest.cli.options import field_options
from steepest.errors import InputError
from steepest.plot.options import FilmOptions, PictureOptions, chosen
from steepest.runs.methods import Methods

PICTURE = {each.name: each.default for each in fields(PictureOptions)}
FILM = {each.name: each.default for each in fields(FilmOptions)}
STILL = ("at",)  # of a picture of a diagnosis, which is no film


@pytest.mark.parametrize(
    ("method", "options"),
    [
        (Methods.plot, PICTURE),
        (Methods.save, PICTURE),
        (Methods.animate, FILM | {name: default for name, default in PICTURE.items() if name not in STILL}),
    ],
)
def test_the_methods_have_the_options_as_arguments(method: Any, options: dict[str, Any]) -> None:
    arguments = {name: each.default for name, each in inspect.signature(method).parameters.items()}
    own = [name for name in arguments if name not in ("self", "path", "ax")]
    assert {name: arguments[name] for name in own} == options
    assert own == list(options), "in the same order"


@pytest.mark.parametrize("kind", [PictureOptions, FilmOptions])
def test_the_annotations_are_those_of_the_fields(kind: type[PictureOptions | FilmOptions]) -> None:
    for method in (Methods.animate, Methods.save if kind is PictureOptions else Methods.animate):
        annotations = method.__annotations__
        assert all(annotations[each.name] == each.type for each in fields(kind) if each.name in annotations)


def test_the_command_line_has_an_option_for_each_field() -> None:
    known = {each.name: each for each in run.params}
    for kind in (PictureOptions, FilmOptions):
        assert len(field_options(kind)) == len(fields(kind))
        for each in fields(kind):
            assert getattr(known[each.name], "help", "") == each.metadata["help"]


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ((-2, 2), ((-2.0, 2.0),)),
        ([[-2, 2]], ((-2.0, 2.0),)),
        ((-2, 2, -1, 3), ((-2.0, 2.0), (-1.0, 3.0))),
        (((-2, 2), [-1, 3]), ((-2.0, 2.0), (-1.0, 3.0))),
        (np.array([[-2, 2], [-1, 3]]), ((-2.0, 2.0), (-1.0, 3.0))),
    ],
)
def test_limits_are_kept_as_pairs(limits: Any, kept: Any) -> None:
    assert PictureOptions(limits=limits).limits == kept


@pytest.mark.parametrize(
    "limits", [(2, -2), (1, 1), (0, math.inf), (math.nan, 1), (1, 2, 3), "12", ("a", "b"), 5, ((0, 1),) * 3, (), (0, 10**400)]
)
def test_limits_that_are_refused(limits: Any) -> None:
    with pytest.raises(InputError, match="limits are a low and a high number"):
        PictureOptions(limits=limits)


def test_a_plane_needs_limits_of_both_axes() -> None:
    with pytest.raises(InputError, match="two pairs"):
        PictureOptions(limits=(-2, 2)).check_for(("x", "y"), [])
    PictureOptions(limits=(-2, 2)).check_for(("x",), [])
    PictureOptions(limits=(-2, 2, 0, 4)).check_for(("x",), [])


def test_what_was_chosen_differs_from_the_defaults() -> None:
    assert chosen(PictureOptions()) == chosen(FilmOptions()) == {}
    assert chosen(PictureOptions(show=["v"], limits=(0, 1))) == {"limits": ((0.0, 1.0),), "show": ("v",)}
    assert chosen(PictureOptions(size=[640, 480], layout="both")) == {"size": (640, 480)}  # type: ignore[arg-type]
    assert chosen(FilmOptions(fps=30.0, trail=3)) == {"trail": 3}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "4x3"}, "one of slide, square, column, poster, thumbnail, or .* two whole numbers, not '4x3'"),
        ({"size": (400, "300")}, "two whole numbers, not"),
        ({"size": (400, True)}, "two whole numbers, not"),
        ({"size": (9000, 300)}, "at most 8192 pixels a side, not 9000x300"),
        ({"size": (100, 100)}, "with 85 pixels an inch a picture is at least 340x255, not 100x100"),
        ({"size": (399, 300), "dpi": 100}, "with 100 pixels an inch a picture is at least 400x300, not 399x300"),
        ({"size": "slide", "dpi": 500}, "with 500 pixels an inch a picture is at least 2000x1500, not 1920x1080"),
        ({"dpi": 1}, "20 to 1200 pixels an inch, not 1"),
        ({"legend": "no"}, "legend is true or false, not 'no'"),
        ({"drop": 1, "view": "surface"}, "drop is true or false, not 1"),
        ({"layout": "grid"}, "one of both, side, picture, chart"),
        ({"layout": "side", "view": "diagnosis"}, "has all its panels"),
        ({"title": 3}, "a title is a text, not 3"),
    ],
)
def test_sizes_and_compositions_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        PictureOptions(**options)


@pytest.mark.parametrize("options", [{"at": 1.5}, {"at": True}, {"at": "3"}])
def test_a_step_is_a_whole_number(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="at is a whole number, not"):
        PictureOptions(view="diagnosis", **options)
