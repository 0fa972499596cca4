"""Characters that a theme's fonts lack: drawn with other fonts of the machine, or told in one line."""

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from matplotlib.font_manager import FontEntry, fontManager

import steepest
from steepest.errors import PictureWarning
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.sweep.figure import sweep_figure
from steepest.plot.mpl.text import fonts
from steepest.plot.mpl.text.mathtext import typeset
from steepest.plot.options import PictureOptions
from steepest.plot.scene.scene import scene
from steepest.plot.theme import LIGHT

RUN = steepest.descend("x^2", start=2, lr=0.1)
DEJAVU = fonts._charmap(fonts._paths(LIGHT.fonts)[0])
STIX = [entry for entry in fontManager.ttflist if entry.name == "STIXGeneral"]


def drawn(title: str) -> None:
    """Draw a picture with a title."""
    picture: Any = RUN.plot(title=title)
    picture.draw_without_rendering()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Sequence[FontEntry]], None]]:
    """Sets which fonts there are besides those of the theme."""

    def only(entries: Sequence[FontEntry]) -> None:
        fonts._fonts_with.cache_clear()
        monkeypatch.setattr(fonts, "_installed", lambda: list(entries))

    yield only
    fonts._fonts_with.cache_clear()


def test_another_font_draws_what_the_theme_s_lacks(installed: Any) -> None:
    installed(STIX)
    upright = next(entry for entry in STIX if entry.style == "normal" and entry.weight == 400)
    lacking = next(
        chr(code) for code in sorted(fonts._charmap(upright.fname) - DEJAVU) if chr(code).isprintable() and code > 0x2000
    )
    shown = scene([RUN], options=PictureOptions(title=f"Title {lacking}"))
    assert fonts.with_fonts_for(LIGHT, shown).fonts == (*LIGHT.fonts, "STIXGeneral")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn(f"Title {lacking}")


def test_what_no_font_has_is_told_in_one_line(installed: Any) -> None:
    installed([])
    wanted = "no font of this machine has 下, 度, 梯, 降, drawn as a box"
    with pytest.warns(PictureWarning, match=wanted) as told:
        drawn("梯度下降")
    assert len(told) == 1
    with pytest.warns(PictureWarning, match=wanted) as told:
        sweep_figure(
            steepest.sweep("x^2", {"lr": (0.1, 0.2)}, start=1, steps=2), MapOptions(title="梯度下降")
        ).draw_without_rendering()
    assert len(told) == 1


def test_latin_greek_and_cyrillic_need_no_other_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: pytest.fail("all fonts of the machine are looked through"))
    shown = scene([RUN], options=PictureOptions(title="Größe, η → 0, Спуск"))
    assert fonts.with_fonts_for(LIGHT, shown) is LIGHT


def test_a_formula_with_other_letters_is_plain_text() -> None:
    assert typeset(r"\text{价格} - w \, \text{面积}", "`价格` − w `面积`", 400, LIGHT) == (["`价格` − w `面积`"], LIGHT.plain_size)
    assert typeset(r"\text{цена} - w", "`цена` − w", 400, LIGHT)[0] == [r"$\text{цена} - w$"]


def test_the_command_line_tells_it_in_one_line(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['steepest', *sys.argv[1:]]; from steepest.cli.main import main; main()"
    arguments = ["run", "x^2", "--start", "2", "--lr", "0.1", "--title", "a 𐨀", "--save", str(tmp_path / "a.png")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, encoding="utf-8", check=True)
    found = [line for line in done.stderr.splitlines() if not line.startswith("saved ")]
    wanted = [] if fonts._fonts_with("𐨀")[0] else ["steepest: no font of this machine has 𐨀"]
    assert [line.partition(", drawn as a box")[0] for line in found] == wanted
