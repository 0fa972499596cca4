"""Pictures hold the scene's data; nothing about pixels but that some are drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

import steepest
from steepest.errors import InputError
from steepest.plot.mpl.figure import figure, plot
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.text.mathtext import typeset
from steepest.plot.options import PictureOptions
from steepest.plot.scene.scene import scene
from steepest.plot.scene.text.labels import pieces
from steepest.plot.theme import LIGHT, THEMES, contrast

RUNS = {
    "curve": steepest.descend("x^2", start=3, lr=0.3),
    "plane": steepest.descend("rosenbrock"),
    "chart": steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 3)),
    "diverging": steepest.descend("x^2", start=1, lr=1.1, steps=10_000),
    "nowhere": steepest.descend("log(x)", start=-1),
    "still": steepest.descend("himmelblau", steps=0),
    "cases": steepest.descend("where(x>0, x, -2x)", start=1),
}


def lines(ax: Axes) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in ax.get_lines()]


@pytest.mark.parametrize("name", RUNS)
def test_every_kind_of_run_has_a_picture(name: str) -> None:
    picture = RUNS[name].plot()
    assert isinstance(picture, Picture)
    picture.canvas.draw()
    drawn = np.asarray(picture.canvas.buffer_rgba())  # type: ignore[attr-defined]
    assert len(np.unique(drawn.view(np.uint32))) > 20


def test_curve_path_and_chart_hold_the_run() -> None:
    run = RUNS["curve"]
    picture = plot([run])
    assert isinstance(picture, Figure)
    left, right = picture.axes
    points = np.column_stack([run.positions[:, 0], run.values])
    assert any(len(line) > 100 and np.allclose(line[:, 1], line[:, 0] ** 2) for line in lines(left))
    assert any(len(line) > 3 and np.allclose(line[:3], points[:3]) for line in lines(left))
    assert any(len(line) == 1 and np.array_equal(line[0], points[-1]) for line in lines(left))
    assert any(len(line) == len(run) and np.allclose(line[:5, 1], run.values[:5]) for line in lines(right))
    assert right.get_yscale() == "log" and right.get_xlabel() == "step" and left.get_ylabel() == "$f(x)$"
    assert [type(part) for part in left.collections] == [Quiver]


def test_the_title_is_mathematical() -> None:
    texts = [text.get_text() for text in figure(scene([RUNS["plane"]])).texts]
    assert texts[:2] == ["Rosenbrock", "$f(x, y) = (1 - x)^{2} + 100 (y - x^{2})^{2}$"]


def test_every_run_is_in_the_key_with_a_look_of_its_own() -> None:
    runs = steepest.compare("himmelblau", ["gd", "momentum", "adam", "lion"], lr=0.01)
    picture = figure(scene(runs))
    assert {run.label for run in runs} <= {text.get_text() for text in picture.texts}
    styles = [LIGHT.run_style(index) for index in range(49)]
    assert len({(style.color, style.dash) for style in styles}) == len({(style.color, style.marker) for style in styles}) == 49


def test_a_users_axes_are_drawn_into_and_returned() -> None:
    ax = Figure().add_subplot()
    assert RUNS["plane"].plot(ax=ax) is ax
    assert ax.get_legend() is not None and ax.get_xlim() == (-2, 2)


@pytest.mark.parametrize(
    ("view", "ax", "found"),
    [
        ("plane", Figure().add_subplot(projection="3d"), "ax are the axes of a plane, such as .*, not 3d axes"),
        ("plane", Figure().add_subplot(projection="polar"), "not polar axes"),
        ("plane", Figure().subplots(2), "not ndarray"),
        ("plane", 3, "not int"),
        ("surface", Figure().add_subplot(), "a surface has a figure of its own: leave ax out, or draw the plane into it"),
    ],
)
def test_axes_that_cannot_be_drawn_into(view: str, ax: Any, found: str) -> None:
    with pytest.raises(InputError, match=found):
        RUNS["plane"].plot(view, ax=ax)


def test_the_limits_are_the_users() -> None:
    picture = RUNS["plane"].plot(limits=((0, 2), (0, 2)))
    assert isinstance(picture, Figure)
    assert picture.axes[0].get_xlim() == picture.axes[0].get_ylim() == (0, 2)


@pytest.mark.parametrize("size", [(600, 400), (1200, 500), (400, 800)])
@pytest.mark.parametrize("name", ["curve", "plane", "chart"])
def test_a_size_is_filled_and_nothing_sticks_out(name: str, size: tuple[int, int]) -> None:
    picture = figure(scene([RUNS[name]]), PictureOptions(size=size))
    assert drawn_size(picture) == size
    for ax in picture.axes:
        words = ax.get_tightbbox()
        assert words is not None
        assert 0 <= words.x0 < words.x1 <= size[0] and 0 <= words.y0 < words.y1 <= size[1]


@pytest.mark.parametrize("name", ["curve", "plane", "chart"])
@pytest.mark.parametrize(("preset", "size"), [("slide", (1920, 1080)), ("square", (1080, 1080))])
def test_a_preset_has_its_size(name: str, preset: str, size: tuple[int, int]) -> None:
    assert drawn_size(figure(scene([RUNS[name]]), PictureOptions(size=preset))) == size


@pytest.mark.parametrize("name", ["curve", "plane", "chart"])
def test_a_column_is_as_high_as_it_has_to_be(name: str) -> None:
    picture = figure(scene([RUNS[name]]), PictureOptions(size="column"))
    width, height = drawn_size(picture)
    assert width == 1020
    assert 1020 <= height <= 2700
    if name == "chart":  # of each parameter, and of the value
        assert all(0.55 <= ax.bbox.height / picture.dpi <= 0.75 for ax in picture.axes[:-1]), "as high as numbers need, no higher"
    else:
        assert height <= 1800, "no higher than its subject and its chart need"


def test_a_thumbnail_is_the_picture_without_words() -> None:
    picture = figure(scene([RUNS["plane"]]), PictureOptions(size="thumbnail"))
    assert drawn_size(picture) == (480, 270)
    assert not picture.texts and not picture.legends
    assert [ax.axison for ax in picture.axes if ax.get_visible()] == [False]


def test_what_is_left_out_gives_its_room_away() -> None:
    size, shown = (1200, 600), scene([RUNS["curve"]])
    both, only, chart = (figure(shown, PictureOptions(size=size, layout=each)) for each in ("both", "picture", "chart"))
    assert [len(each.axes) for each in (both, only, chart)] == [2, 1, 1]
    assert only.axes[0].get_xlabel() == "$x$" and chart.axes[0].get_xlabel() == "step"
    assert only.axes[0].bbox.width > 1.5 * both.axes[0].bbox.width
    assert chart.axes[0].bbox.width > 2 * both.axes[1].bbox.width
    bare = figure(shown, PictureOptions(size=size, legend=False))
    assert RUNS["curve"].label not in {text.get_text() for text in bare.texts} and not bare.legends
    assert bare.axes[1].bbox.height > both.axes[1].bbox.height


def test_a_title_of_ones_own() -> None:
    for title in ("Down the hill", ""):
        words = [text.get_text() for text in figure(scene([RUNS["plane"]], options=PictureOptions(title=title))).texts]
        assert "Rosenbrock" not in words and (title in words) == bool(title)


def drawn_size(picture: Picture) -> tuple[int, int]:
    picture.canvas.draw()
    return picture.canvas.get_width_height()


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_run_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        steepest.descend("rosenbrock").save(tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_pyplot_is_left_alone() -> None:
    code = "import sys, steepest; steepest.descend('x^2', start=3).plot(); sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_notebook_shows_the_picture() -> None:
    picture = RUNS["curve"].plot()
    assert isinstance(picture, Picture) and picture._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("formula", "width", "count", "size"),
    [
        ("f(x) = x^{2}", 400, 1, LIGHT.formula_size),
        (" + ".join(["f(x) = x^{2}", *["100 x^{3}"] * 6]), 240, 2, LIGHT.small_size / 0.7),
        (" + ".join(["f(x) = x", *["100 x"] * 7]), 240, 2, 10.0),
        (r"f(x) = e^{-x^{2}} - \frac{x_{1}}{2}", 400, 1, LIGHT.small_size / 0.7**2),
        (r"f(x) = \begin{cases} x \end{cases}", 400, 1, LIGHT.plain_size),
        ("f(x) = x^{x^{x^{2}}}", 400, 1, LIGHT.plain_size),
        (" + ".join(["f(x) = x^{2}", *["100 x^{3}"] * 60]), 320, 1, LIGHT.plain_size),
    ],
)
def test_formulas_are_shrunk_broken_or_put_in_words(formula: str, width: float, count: int, size: float) -> None:
    found, points = typeset(formula, "in words " * 30, width, LIGHT)
    assert len(found) == count and points == size
    assert found[0].endswith("…") or found[0].startswith("$")


def test_pieces_are_the_whole() -> None:
    text = r"f(x) = \left(1 + x\right)^{2} - \left|x - 3\right| \left(x + 1\right)"
    assert "".join(pieces(text)) == text and len(list(pieces(text))) == 2


@pytest.mark.parametrize("name", ["curve", "plane", "chart"])
def test_the_dark_theme_is_dark_everywhere(name: str) -> None:
    picture = RUNS[name].plot(theme="dark")
    assert isinstance(picture, Picture)
    for ground in (picture.get_facecolor(), *(ax.get_facecolor() for ax in picture.axes)):
        assert max(to_rgb(ground)) < 0.2
    assert all(min(to_rgb(text.get_color())) > 0.6 for text in picture.texts)


def test_every_theme_tells_runs_apart() -> None:
    for theme in THEMES.values():
        styles = [theme.run_style(index) for index in range(7)]
        assert len({style.color for style in styles}) == 7
        assert all(np.abs(np.subtract(to_rgb(style.color), to_rgb(theme.paper))).max() > 0.4 for style in styles)


def test_a_theme_that_is_none() -> None:
    with pytest.raises(InputError, match="one of light, dark"):
        RUNS["curve"].plot(theme="neon")


def test_the_journal_theme_is_gray_and_tells_runs_apart_without_color() -> None:
    journal = THEMES["journal"]
    runs = steepest.compare("himmelblau", ["gd", "momentum", "adam"], start=(0, 0), lr=0.01, steps=20)
    for view in ("plane", "surface"):
        picture = runs.plot(view, theme="journal")
        assert isinstance(picture, Picture)
        canvas: Any = picture.canvas
        canvas.draw()
        red, green, blue = np.moveaxis(np.asarray(canvas.buffer_rgba())[..., :3].astype(int), -1, 0)
        assert max(np.abs(red - green).max(), np.abs(green - blue).max()) <= 1
    styles = [journal.run_style(index) for index in range(7)]
    assert len({style.marker for style in styles}) == len({style.dash for style in styles}) == 7
    assert all(contrast(style.color, shade) > 2 for style in styles for shade in journal.shades(9))
