"""The page's own GIFs: what its encoder writes, read by Pillow, and the film of a page."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

import steepest
from steepest.plot.film.timeline import timeline
from steepest.plot.options import FilmOptions

MAIN = """
import { Gif } from "/model/film/gif.js";
import { paceOf } from "/model/film/pace.js";
import { Palette } from "/model/film/palette.js";
globalThis.paceOf = paceOf;
globalThis.encoded = ({ width, height, frames, seconds, own }) => {
  const pictures = frames.map((frame) => Uint8ClampedArray.from(frame));
  const gif = new Gif(width, height, new Palette(pictures[0], own, "#ffffff"), "Software: steepest");
  for (const [k, picture] of pictures.entries()) gif.add(picture, seconds[k]);
  return [...gif.bytes()];
};
globalThis.ready = true;
"""
FILES = {"rosenbrock": 40, "x^4 - 3x^2 + x": 25, "himmelblau": 300, "a^2 + 2b^2 + 3c^2": 12}
"""Functions of one, two and three parameters, and for how many steps they are run."""


@pytest.fixture
def encoder(visit: Callable[..., Any]) -> Any:
    return visit(MAIN)


def gif(encoder: Any, frames: list[Any], seconds: list[float], own: list[str] | None = None) -> Any:
    """Frames (height x width x 3) that the page has encoded, as Pillow reads them."""
    height, width = frames[0].shape[:2]
    opaque = [np.dstack([frame, np.full((height, width), 255)]).ravel().tolist() for frame in frames]
    given = {"width": width, "height": height, "frames": opaque, "seconds": seconds, "own": own or []}
    return Image.open(io.BytesIO(bytes(encoder.evaluate("(given) => encoded(given)", given))))


def pictures(image: Any) -> list[Any]:
    return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (7, 3), (150, 161)])
@pytest.mark.parametrize("colors", [1, 2, 27, 200])
def test_another_decoder_reads_every_pixel(encoder: Any, shape: tuple[int, int], colors: int) -> None:
    generator = np.random.default_rng(colors)
    # Every color has a cell of the palette's cube to itself, so that none is approximated.
    cells = generator.permutation(32**3)[:colors]
    table = np.stack([cells >> 10, cells >> 5 & 31, cells & 31], axis=-1) * 8
    indices = generator.integers(0, colors, (4, *shape))
    indices[2] = indices[1]
    indices[3, : shape[0] // 2] = indices[2, : shape[0] // 2]
    indices[0].flat[: min(colors, indices[0].size)] = np.arange(min(colors, indices[0].size))
    indices %= min(colors, indices[0].size)  # those of the first frame, of which the palette is made
    frames = [table[each] for each in indices]
    found = pictures(gif(encoder, frames, [0.1, 0.1, 0.2, 0.3]))
    distinct = [frame for k, frame in enumerate(frames) if not k or (frame != frames[k - 1]).any()]
    assert len(found) == len(distinct)
    for one, other in zip(found, distinct, strict=True):
        assert (one == other).all()


def test_durations_add_up_and_the_film_loops(encoder: Any) -> None:
    frames = [np.full((5, 4, 3), shade, dtype=int) for shade in (0, 80, 80, 160, 240)]
    image = gif(encoder, frames, [0.0625] * 4 + [3])
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert (len(durations), sum(durations)) == (4, 3250)
    assert (image.info["loop"], image.info["comment"]) == (0, b"Software: steepest")


@pytest.mark.parametrize("limit", [1, 2, 7, 60, 61, 500, 20_000])
def test_the_pace_is_pythons(encoder: Any, limit: int) -> None:
    found = encoder.evaluate("(limit) => paceOf(limit)", limit)
    wanted = timeline(limit, FilmOptions(fps=16, narrated=False))
    assert [frame["step"] for frame in found] == pytest.approx(wanted.steps.tolist(), rel=1e-12)
    assert [frame["seconds"] for frame in found] == pytest.approx(wanted.seconds.tolist(), rel=1e-12)


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Callable[[str, int], Any]]:
    """Opens a saved page of a function, run for so many steps, offline."""
    context = chromium.new_context(offline=True, viewport={"width": 1100, "height": 800})

    def opened(function: str, steps: int) -> Any:
        path = tmp_path / "descent.html"
        steepest.compare(function, ["gd", "momentum"], steps=steps, tol=0).save(path)
        tab = context.new_page()
        tab.mistakes = []
        tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
        tab.goto(path.as_uri())
        tab.locator(".steepest-ending").first.wait_for()
        return tab

    yield opened
    context.close()


@pytest.mark.parametrize("function", FILES)
def test_a_page_saves_its_steps_as_a_gif(page: Callable[[str, int], Any], tmp_path: Path, function: str) -> None:
    steps = FILES[function]
    tab = page(function, steps)
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download() as download:
        tab.clock.install()  # the film goes on between two timers
        tab.clock.pause_at(10**12)
        tab.get_by_role("button", name="Save as GIF").click()
        assert tab.get_by_role("group", name="GIF").is_visible()
        tab.clock.resume()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "descent.gif"
    assert path.stat().st_size < 1_000_000
    image = Image.open(io.BytesIO(path.read_bytes()))
    found = pictures(image)
    runs = steepest.compare(function, ["gd", "momentum"], steps=steps, tol=0).runs
    wanted = timeline(max(run.steps for run in runs), FilmOptions(fps=16, narrated=False))
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert image.size == (960, 540)
    assert 2 <= len(found) <= len(wanted) <= 100
    assert sum(durations) == pytest.approx(1000 * wanted.seconds.sum(), abs=20)
    theme = tab.evaluate("() => JSON.parse(document.getElementById('steepest-document').textContent).themes.light")
    for color in theme["colors"][:2]:  # of the runs, as they are
        channels = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        assert (found[-1] == channels).all(axis=-1).sum() > 30
    assert (found[0] != found[-1]).any()
    assert f"steepest {steepest.__version__}".encode() in image.info["comment"]
    tab.get_by_role("group", name="GIF").wait_for(state="hidden")
    assert tab.mistakes == []


def test_a_film_is_stopped_and_a_changed_function_stops_it(page: Callable[[str, int], Any]) -> None:
    tab = page("rosenbrock", 200)
    note = tab.locator(".steepest-note")
    changes: list[tuple[Callable[[], Any], str]] = [
        (lambda: tab.get_by_role("button", name="Cancel").click(), "descent.gif was not made"),
        (lambda: tab.get_by_label("function to minimize").fill("x^2 + y^2"), "the function changed: the GIF was not made"),
    ]
    for change, told in changes:
        tab.get_by_role("button", name="Share").click()
        tab.clock.install()
        tab.clock.pause_at(10**12)  # the film waits, however long the change takes
        tab.get_by_role("button", name="Save as GIF").click()
        change()
        tab.clock.resume()
        tab.wait_for_function("(told) => document.querySelector('.steepest-note').textContent === told", arg=told)
        assert note.inner_text() == told
        assert tab.get_by_role("group", name="GIF").is_hidden()
    assert tab.mistakes == []
