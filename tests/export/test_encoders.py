"""Films on disk, read back by other programs."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import steepest
from steepest.errors import InputError, MissingDependencyError, SteepestError
from steepest.export.encoders import video
from steepest.export.encoders.apng import write_apng
from steepest.export.encoders.gif import write_gif
from steepest.export.encoders.patches import palette_for
from steepest.export.encoders.video import ffmpeg
from steepest.plot.film.frames import FilmFormat, Frame, Pixels
from steepest.plot.theme import LIGHT, channels

RUN = steepest.descend("himmelblau", start=(0, 0), lr=0.01, steps=20)
REEL = FilmFormat(64, 48, 10, True, ("#d55e00", "#808080", "#000000"), "#ffffff", "title", "software", "command")
IMAGES = {"gif": write_gif, "apng": write_apng}


def picture(shade: int = 255) -> Pixels:
    pixels = np.full((REEL.height, REEL.width, 4), 255, np.uint8)
    pixels[10:20, 10:20, :3] = (0xD5, 0x5E, 0)
    pixels[30:, 30:, :3] = shade
    return pixels


def frames() -> Iterator[Frame]:
    """A square that changes its shade, once not at all, in one array that is drawn over."""
    pixels = picture()
    for shade in (255, 128, 128, 0):
        pixels[30:, 30:, :3] = shade
        yield Frame(pixels, 0.1)


def told(path: Path) -> str:
    """What ffmpeg says about a file."""
    return subprocess.run([ffmpeg(), "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("suffix", IMAGES)
def test_patches_give_back_the_frames(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{suffix}"
    with open(path, "wb") as file:
        IMAGES[suffix](frames(), REEL, file)
    with Image.open(path) as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
        for index, (shade, milliseconds) in enumerate([(255, 100), (128, 200), (0, 100)]):
            image.seek(index)
            shown = np.asarray(image.convert("RGB")).astype(int)
            assert image.info["duration"] == milliseconds
            assert np.abs(shown - picture(shade)[..., :3]).max() <= 8
            assert (shown[15, 15] == (0xD5, 0x5E, 0)).all()


@pytest.mark.parametrize("suffix", IMAGES)
@pytest.mark.parametrize("loop", [True, False])
def test_loops(suffix: str, loop: bool, tmp_path: Path) -> None:
    RUN.animate(tmp_path / f"film.{suffix}", frames=4, loop=loop)
    with Image.open(tmp_path / f"film.{suffix}") as image:
        assert image.info.get("loop") == {("gif", False): None, ("apng", False): 1}.get((suffix, loop), 0)


def test_pictures_carry_the_command(tmp_path: Path) -> None:
    for suffix in IMAGES:
        RUN.animate(tmp_path / f"film.{suffix}", frames=3)
    with Image.open(tmp_path / "film.gif") as image:
        assert b"steepest run himmelblau" in image.info["comment"]
    with Image.open(tmp_path / "film.apng") as image:
        assert image.info["Description"].startswith("steepest run himmelblau")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_command_in_a_film_makes_it_again(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{suffix}"
    RUN.animate(path, frames=3, theme="dark", loop=False)
    if suffix == "png":
        with Image.open(path) as image:
            words = shlex.split(image.info["Description"])
    else:
        (words,) = [shlex.split(text) for text in ElementTree.parse(path).getroot().itertext() if text.startswith("steepest run")]
    assert words[-8:] == ["--animate", "--save", f"descent.{suffix}", "--theme", "dark", "--frames", "3", "--once"]
    subprocess.run([sys.executable, "-m", *words, "--quiet"], cwd=tmp_path, check=True)
    assert (tmp_path / f"descent.{suffix}").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_videos(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{suffix}"
    RUN.animate(path, seconds=2, fps=25, hold=1, size=(640, 480))
    text = told(path)
    assert "640x480" in text
    assert "25 fps" in text
    assert "Duration: 00:00:03.0" in text
    assert re.search(r"comment\s+: steepest run himmelblau", text, re.IGNORECASE)


@pytest.mark.parametrize("suffix", ["gif", "apng", "png", "svg", "mp4", "webm"])
def test_the_same_film_has_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in "ab":
        RUN.animate(tmp_path / f"{name}.{suffix}", frames=5)
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_a_film_of_several_seconds_lasts_as_long(tmp_path: Path) -> None:
    RUN.animate(tmp_path / "film.gif", seconds=2, fps=30, hold=1.5)
    with Image.open(tmp_path / "film.gif") as image:
        durations = []
        for index in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(index)
            durations.append(image.info["duration"])
    assert sum(durations) == pytest.approx(3500, abs=10)


def test_a_palette_has_the_moving_colors_and_the_paper() -> None:
    palette = palette_for(np.full((4, 4, 4), 255, np.uint8), REEL)
    for color in ((0xD5, 0x5E, 0), (255, 255, 255)):
        pixel = np.array([[(*color, 255)]], np.uint8)
        assert tuple(palette.colors[palette.indices(pixel)[0, 0]]) == color


def test_a_notebook_shows_a_film() -> None:
    shown = RUN.animate(frames=3)
    assert shown._repr_png_().startswith(b"\x89PNG")
    assert b"acTL" in shown._repr_png_()[:100]


def test_a_folder_of_numbered_pictures(tmp_path: Path) -> None:
    RUN.animate(f"{tmp_path}/frames/", frames=4, size=(500, 400))
    names = [f"frame_0000{k}.png" for k in (1, 2, 3, 4)]
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == ["film.ffconcat", *names]
    listed = (tmp_path / "frames" / "film.ffconcat").read_text().splitlines()
    assert [line.removeprefix("file ") for line in listed[1::2]] == [*names, names[-1]]
    assert all(float(line.removeprefix("duration ")) > 0 for line in listed[2::2])
    with Image.open(tmp_path / "frames" / "frame_00003.png") as image:
        assert image.size == (500, 400)
        assert image.info["Description"].startswith("steepest run himmelblau")
    with pytest.raises(InputError, match="the folder is not empty"):
        RUN.animate(f"{tmp_path}/frames/", frames=4)


def test_the_documented_command_makes_a_film_of_the_folder(tmp_path: Path) -> None:
    """One that players of slides can show, and as long as its frames are shown."""
    RUN.animate(f"{tmp_path}/frames/", fps=10, size=(500, 400))
    page = (Path(__file__).parents[2] / "docs" / "films.md").read_text()
    (line,) = re.findall(r"`ffmpeg (-f concat [^`]*)`", page)
    subprocess.run([ffmpeg(), "-v", "error", *line.split()], cwd=tmp_path, check=True)
    listed = (tmp_path / "frames" / "film.ffconcat").read_text()
    seconds = sum(map(float, re.findall(r"^duration (.*)$", listed, re.MULTILINE)))
    (hours, minutes, rest) = re.findall(r"Duration: (\d+):(\d+):([\d.]+)", told(tmp_path / "film.mp4"))[0]
    assert 3600 * int(hours) + 60 * int(minutes) + float(rest) == pytest.approx(seconds, abs=0.11)
    assert "yuv420p" in told(tmp_path / "film.mp4")


def test_a_star_has_its_own_color_in_a_gif(tmp_path: Path) -> None:
    steepest.descend("rosenbrock", steps=5).animate(tmp_path / "film.gif", frames=2)  # whose colors are many
    with Image.open(tmp_path / "film.gif") as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    assert (pixels == channels(LIGHT.minimum)).all(axis=1).any()


@pytest.mark.parametrize("name", ["film.pdf", "film.csv", "film", "film.avi"])
def test_what_is_no_film(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the suffix is one of gif, apng, mp4, webm"):
        RUN.animate(tmp_path / name)


def test_odd_sizes_are_no_video(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="are even"):
        RUN.animate(tmp_path / "film.mp4", size=(641, 480))
    assert not list(tmp_path.iterdir())


def test_a_camera_that_turns_is_no_svg(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make it a gif, apng, mp4 or webm"):
        RUN.animate(tmp_path / "film.svg", view="surface", turn=90)


def test_without_ffmpeg_both_ways_to_get_it_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'steepest\[video\]', or install ffmpeg"):
        RUN.animate(tmp_path / "film.mp4", frames=2)
    assert not list(tmp_path.iterdir())


def test_what_ffmpeg_says_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(video, "MP4", ("-c:v", "no_such_codec", "-f", "mp4"))
    with pytest.raises(SteepestError, match=r"ffmpeg failed: .*no_such_codec"):
        RUN.animate(tmp_path / "film.mp4", frames=2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("script", "told"), [("exit 3", "exit code 3"), ("kill -9 $$", r"ended by signal 9 \(\w+.*\)")])
def test_how_a_silent_ffmpeg_ended_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, told: str) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr(video, "ffmpeg", lambda: str(program))
    with pytest.raises(SteepestError, match=f"ffmpeg failed: {told}$"):
        RUN.animate(tmp_path / "film.mp4", frames=2)
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


@pytest.mark.parametrize("name", ["film.gif", "film.mp4", "film/"])
def test_control_c_leaves_no_half_a_film(
    started: Callable[..., subprocess.Popen[str]], terminal: Any, name: str, tmp_path: Path
) -> None:
    words = ["run", "rosenbrock", "--steps", "300", "--save", name, "--seconds", "600", "--quiet"]
    process = started(*words, cwd=tmp_path, stderr=terminal.theirs)
    terminal.until("frames/s")
    assert list(tmp_path.iterdir())
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in terminal.rest()
    assert not list(tmp_path.iterdir())


def test_the_options_of_a_film_reach_it(tmp_path: Path) -> None:
    options = ["--fps", "20", "--frames", "7", "--hold", "0.5", "--size", "500x400", "--dpi", "90", "--once", "--trail", "3"]
    words = ["run", "x^2", "--start", "3", "--save", "film.gif", "--json", "--pace", "uniform", *options]
    result = subprocess.run([sys.executable, "-m", "steepest", *words], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["runs"][0]["ending"] == "converged"
    with Image.open(tmp_path / "film.gif") as image:
        assert image.size == (500, 400)
        assert image.n_frames == 7  # type: ignore[attr-defined]
        assert "loop" not in image.info


def test_png_and_svg_are_films_when_asked_for(tmp_path: Path) -> None:
    """Without the flag they are pictures; other pictures and records stay what they are."""
    saved = [word for name in ("run.png", "run.svg", "run.csv", "run.pdf") for word in ("--save", name)]
    words = ["run", "x^2", "--start", "3", "--quiet", *saved]
    for folder, flags in (("still", []), ("film", ["--animate", "--frames", "4"])):
        (tmp_path / folder).mkdir()
        subprocess.run([sys.executable, "-m", "steepest", *words, *flags], cwd=tmp_path / folder, check=True)
        with Image.open(tmp_path / folder / "run.png") as image:
            assert getattr(image, "n_frames", 1) == (4 if flags else 1)
        assert ("<animateMotion" in (tmp_path / folder / "run.svg").read_text()) == bool(flags)
        assert (tmp_path / folder / "run.csv").read_text().startswith("run,")
        assert (tmp_path / folder / "run.pdf").read_bytes().startswith(b"%PDF")


def test_an_animated_png_by_its_path(tmp_path: Path) -> None:
    RUN.animate(tmp_path / "film.png", frames=3)
    with Image.open(tmp_path / "film.png") as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fps", "20"], "need a film"),
        (["--save", "film.svg", "--seconds", "2"], "webm or /, or --animate"),
        (["--save", "film.pdf", "--animate"], "need a film"),
        (["--save", "film.gif", "--size", "big"], "such as 1280x720"),
        (["--save", "film.gif", "--pace", "fast"], "one of steps, uniform, log"),
        (["--save", "film.mp4", "--size", "501x400"], "are even"),
    ],
)
def test_options_that_do_not_fit(words: list[str], message: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "steepest", "run", "x^2", *words]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not result.stdout
