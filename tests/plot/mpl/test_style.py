"""A matplotlib style changes the theme, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib import style as styles
from matplotlib.figure import Figure
from matplotlib.text import Text

import steepest
from steepest.errors import InputError
from steepest.plot.mpl.style import styled, theme_of
from steepest.plot.options import PictureOptions
from steepest.plot.theme import LIGHT, THEMES, contrast, lightness

RUN = steepest.descend("x^2", start=3, lr=0.3, steps=5)
NOTHING = {"fast", "_classic_test_patch"}  # set nothing that a picture uses
STYLES = sorted(set(styles.library) - NOTHING)


def test_what_a_style_sets() -> None:
    theme = styled(LIGHT, "ggplot")
    assert (theme.paper, theme.panel, theme.grid, theme.faint) == ("#ffffff", "#e5e5e5", "#ffffff", "#ffffff")
    assert theme.ink == theme.quiet == "#555555"
    assert theme.colors[0] == "#e24a33" and theme.colormap == LIGHT.colormap and theme.path_width == LIGHT.path_width


def test_a_dark_paper_brings_the_dark_theme() -> None:
    theme = styled(LIGHT, "dark_background")
    assert (theme.paper, theme.ink, theme.quantity_colors) == ("#000000", "#ffffff", THEMES["dark"].quantity_colors)
    assert styled(THEMES["dark"], "bmh").ink == LIGHT.ink


def test_a_style_of_colors_leaves_the_theme() -> None:
    theme = styled(THEMES["dark"], "tableau-colorblind10")
    assert theme.paper == THEMES["dark"].paper and theme.colors != THEMES["dark"].colors


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("base", THEMES)
def test_everything_stays_legible(name: str, base: str) -> None:
    theme = styled(THEMES[base], name)
    for ground in (theme.paper, theme.panel):
        assert contrast(theme.ink, ground) >= 4.5
    assert contrast(theme.quiet, theme.paper) >= 4.5
    assert all(contrast(color, theme.panel) >= 1.6 for color in theme.colors)
    assert (lightness(theme.paper) > 0.5) == (lightness(theme.panel) > 0.5)
    found = [theme.run_style(index) for index in range(20)]
    assert len({(style.color, style.marker) for style in found}) == 20


def test_the_settings_of_matplotlib_stay() -> None:
    before = dict(matplotlib.rcParams)
    picture = RUN.plot(style="ggplot")
    assert isinstance(picture, Figure)
    picture.canvas.draw()
    assert dict(matplotlib.rcParams) == before


def write(folder: Path, text: str) -> str:
    path = folder / "mine.mplstyle"
    path.write_text(text)
    return str(path)


def test_a_file(tmp_path: Path) -> None:
    text = """# of my lecture
    figure.facecolor: fffef0   # soft
    axes.facecolor: "#fafad2"
    axes.prop_cycle: cycler('color', ['1b9e77', 'orange']) + cycler('linestyle', ['-', '--'])
    axes.grid: False
    font.family: serif
    font.serif: No Such Font, DejaVu Serif
    image.cmap: magma
    lines.linewidth: 3
    font.size: 11
    mathtext.fontset: stix
    text.latex.unicode: True
    """
    theme = theme_of(PictureOptions(style=write(tmp_path, text)))
    assert (theme.paper, theme.panel, theme.grid) == ("#fffef0", "#fafad2", "#fafad2")
    assert theme.colors == ("#1b9e77", "#ffa500") and theme.font == "DejaVu Serif" and theme.mathematics == "stix"
    assert theme.colormap[0] == "#000004" and theme.path_width == 2 * LIGHT.path_width
    assert theme.text_size == pytest.approx(1.1 * LIGHT.text_size)


def test_a_font_is_everywhere(tmp_path: Path) -> None:
    picture = RUN.plot(style=write(tmp_path, "font.family: DejaVu Serif"), show=["gradient"])
    assert isinstance(picture, Figure)
    picture.canvas.draw()
    words: list[Any] = [text for text in picture.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert len(words) > 20
    assert {text.get_fontfamily()[0] for text in words} == {"DejaVu Serif"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("axes.facecolor white", "line 1 of .*mine.mplstyle: a setting is a name, a colon and a value"),
        ("\naxes.facecolor: whiite", "line 2 .*'whiite' is no value of axes.facecolor"),
        ("axes.facecolour: white", "there is no setting 'axes.facecolour': did you mean axes.facecolor"),
        ("lines.linewidth: wide", "'wide' is no value of lines.linewidth"),
        ("axes.prop_cycle: cycler('color', ['nocolor'])", "the cycle of colors is such as"),
        ("axes.prop_cycle: __import__('os').abort()", "the cycle of colors is such as"),
        ("image.cmap: virdis", "there is no color map 'virdis': did you mean viridis"),
        ("path.simplify: True", "sets nothing that a picture uses"),
        ("", "sets nothing that a picture uses"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        styled(LIGHT, write(tmp_path, text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("ggplt", "there is no style 'ggplt': did you mean ggplot"),
        ("qqqq", "there is no style 'qqqq': there are ggplot, bmh"),
        ("nowhere.mplstyle", "there is no file nowhere.mplstyle"),
        ("nowhere/at/all", "there is no file nowhere/at/all"),
        ("/dev/zero", "it is a device; write the style into a file first"),
    ],
)
def test_styles_that_are_none(style: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        RUN.plot(style=style)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"# large\n" * 200_000)
    cases = {"": "it is a folder", "pipe": "it is a pipe; write the style into a file first", "large": "more than 1,000,000 bytes"}
    for path, told in cases.items():
        with pytest.raises(InputError, match=told):
            styled(LIGHT, str(tmp_path / path))


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "picture.mplstyle"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InputError, match="it is no text"):
        styled(LIGHT, path)


def test_films_and_files_have_the_style(tmp_path: Path) -> None:
    RUN.save(tmp_path / "plain.png")
    RUN.save(tmp_path / "styled.png", style="ggplot")
    assert (tmp_path / "plain.png").read_bytes() != (tmp_path / "styled.png").read_bytes()
    RUN.animate(tmp_path / "styled.gif", frames=2, style="dark_background")
