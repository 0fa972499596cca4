"""Animated SVGs as data: at every frame everything is where the other films have it."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import Film, film
from steepest.plot.film.run_artist import LineArtist, PathArtist, RunArtist
from steepest.plot.film.sprites import TextSprite
from steepest.plot.film.timeline import Stage, timeline
from steepest.plot.options import PICTURE_DEFAULTS, FilmOptions, PictureOptions
from steepest.plot.scene.scene import scene
from steepest.plot.scene.text.number import number
from steepest.plot.svg.film import write_svg
from steepest.plot.svg.path_data import compact, path_data
from steepest.plot.svg.polyline import growing_polyline
from steepest.plot.svg.timing import needed, timing
from steepest.plot.svg.words import changing_lines
from steepest.plot.theme import DARK, LIGHT
from steepest.runs.trajectory import Trajectory

CURVE = steepest.descend("x^2", start=3, lr=0.3, steps=10)
RACE = list(steepest.compare("himmelblau", ["gd", "adam(lr=0.3)"], start=(0, 0), lr=0.01, steps=40))
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SPACE = PictureOptions(view="surface")
ANIMATIONS = ("animate", "animateMotion", "animateTransform")
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


class Shot(NamedTuple):
    """A film both ways."""

    film: Film
    svg: Element

    def named(self, name: str) -> Element:
        (found,) = [each for each in self.svg.iter() if each.get("id", "").endswith(f"-{name}")]
        return found

    def animation(self, name: str, kind: str) -> Element:
        """The animation in what is defined as `name`, or in what uses it."""
        users = [each for each in self.svg.iter(f"{SVG}use") if each.get(LINK, "").endswith(f"-{name}")]
        (found,) = [animation for each in (self.named(name), *users) for animation in each.iter(SVG + kind)]
        return found


def shot(
    *runs: Trajectory,
    film_options: FilmOptions | None = None,
    dark: bool = False,
    options: PictureOptions = PICTURE_DEFAULTS,
) -> Shot:
    film_options = film_options or FilmOptions(frames=31, hold=1)
    made = film(scene(runs, options=options), film_options, DARK if dark else LIGHT, options)
    file = BytesIO()
    write_svg(made, made.film_format(film_options, "a < b", "steepest", "steepest run 'a < b' & more"), file)
    return Shot(made, fromstring(file.getvalue()))


def values(animation: Element) -> list[str]:
    return (animation.get("keyPoints") or animation.get("values") or "").split(";")


def times(animation: Element) -> list[float]:
    return [float(time) for time in animation.attrib["keyTimes"].split(";")]


def frames(shot: Shot, animation: Element) -> float:
    """How many frames the film would have if none were held."""
    return shot.film.timeline.rate * float(animation.attrib["dur"].removesuffix("s"))


def state(shot: Shot, animation: Element, frame: int) -> str:
    """What stands at a frame; times are rounded to less than a hundredth of one."""
    assert animation.get("calcMode") == "discrete"
    return values(animation)[int(np.searchsorted(times(animation), (frame + 0.02) / frames(shot, animation), side="right")) - 1]


def at(shot: Shot, animation: Element, frame: int) -> np.ndarray:
    """The numbers on their way when a frame begins."""
    assert animation.get("calcMode") == "linear"
    rows = np.array([[float(part) for part in value.split()] for value in values(animation)])
    return np.array([np.interp(frame / frames(shot, animation), times(animation), column) for column in rows.T])


def polyline(data: str) -> np.ndarray:
    """The points of one stroke of path data."""
    moves = np.array([float(part) for part in NUMBER.findall(data)]).reshape(-1, 2)
    return np.cumsum(moves, axis=0)


def along(data: str, length: float) -> np.ndarray:
    """The point of a polyline after a length."""
    points = polyline(data)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.array([np.interp(length, lengths, side) for side in points.T])


def total(data: str) -> float:
    return float(np.hypot(*np.diff(polyline(data), axis=0).T).sum())


def place(made: Film, ax: Axes | None, line: Line2D | None, index: int) -> np.ndarray:
    """A point of a line on the film's own canvas, in points from the upper left."""
    assert ax is not None
    assert line is not None
    x, y = ax.transData.transform(np.asarray(line.get_xydata()))[index] * 72 / made.layout.figure.dpi
    return np.array([x, made.layout.figure.get_size_inches()[1] * 72 - y])


def path_of(run_artist: RunArtist) -> PathArtist:
    assert run_artist.path is not None
    return run_artist.path


def line_of(run_artist: RunArtist) -> LineArtist:
    assert run_artist.value is not None
    return run_artist.value


def play(made: Film, frame: int) -> None:
    for run_artist in made.run_artists:
        for _ in run_artist.at(float(made.timeline.steps[frame])):
            pass


@pytest.mark.parametrize("frame", [0, 1, 7, 20, 30])
@pytest.mark.parametrize("runs", [[CURVE], RACE], ids=["curve", "race"])
def test_markers_are_where_the_other_films_have_them(runs: list[Trajectory], frame: int) -> None:
    made = shot(*runs)
    play(made.film, frame)
    for index, run_artist in enumerate(made.film.run_artists):
        for name, ax, line in (
            ("p", made.film.layout.objective_axes, path_of(run_artist).marker),
            ("g", made.film.layout.chart_axes, line_of(run_artist).marker),
        ):
            (share,) = at(made, made.animation(f"{name}{index}h", "animateMotion"), frame)
            data = made.named(f"{name}{index}").attrib["d"]
            assert along(data, float(share) * total(data)) == pytest.approx(place(made.film, ax, line, -1), abs=0.3)


@pytest.mark.parametrize("frame", [0, 6, 30, 60])
@pytest.mark.parametrize("trail", [None, 4])
def test_trails_are_as_long_as_in_the_other_films(trail: int | None, frame: int) -> None:
    made = shot(*RACE, film_options=FilmOptions(frames=61, trail=trail))
    play(made.film, frame)
    for index, run_artist in enumerate(made.film.run_artists):
        dashes = at(made, made.animation(f"p{index}s", "animate"), frame)
        begin, length = (0.0, dashes[0]) if trail is None else dashes[1:3]
        data = made.named(f"p{index}").attrib["d"]
        for reached, end in ((begin, 0), (begin + length, -1)):
            expected = place(made.film, made.film.layout.objective_axes, path_of(run_artist).lines[0], end)
            assert along(data, float(reached)) == pytest.approx(expected, abs=0.4)


@pytest.mark.parametrize("film_options", [FilmOptions(frames=31, hold=1), FilmOptions(pace="steps", fps=5)])
def test_the_words_are_those_of_each_frame(film_options: FilmOptions) -> None:
    made = shot(*RACE, film_options=film_options)
    strips = list(made.svg.iter(f"{SVG}animateTransform"))
    for run_artist, strip in zip(made.film.run_artists, strips, strict=True):
        parent = next(each for each in made.svg.iter() if strip in list(each))
        lines = {float(text.attrib["y"]): text.text for text in parent.iter(f"{SVG}text")}
        for frame, step in enumerate(made.film.timeline.steps):
            shift = float(state(made, strip, frame).split()[1])
            assert (lines[-shift] or "").replace("\xa0", " ") == run_artist.caption(float(step))


@pytest.mark.parametrize("frame", [0, 13, 29])
def test_tangent_and_step_are_those_of_each_frame(frame: int) -> None:
    made = shot(CURVE)
    play(made.film, frame)
    (tangent, stride) = [each for each in made.svg.iter(f"{SVG}animate") if each.get("attributeName") == "d"]
    run_artist = made.film.run_artists[0]
    assert run_artist.tangent is not None
    for animation, line in ((tangent, run_artist.tangent.line), (stride, run_artist.tangent.step)):
        points = np.array([float(part) for part in NUMBER.findall(state(made, animation, frame))]).reshape(-1, 2)
        expected = [place(made.film, made.film.layout.objective_axes, line, end) for end in range(len(points))]
        np.testing.assert_allclose(points, expected, atol=0.01)
        assert values(animation)[-1] == "M0 0"


@pytest.mark.parametrize("frame", [0, 7, 20, 30])
def test_markers_on_a_surface_and_how_faint_they_are(frame: int) -> None:
    """Both runs end where the surface hides them, from every side."""
    runs = steepest.compare("rastrigin", ["gd(lr=0.001)", "momentum(beta=0.9, lr=0.001)"], start=(0.5, 0.5), steps=60)
    made = shot(*runs, film_options=FilmOptions(frames=32), options=SPACE)
    play(made.film, frame)
    opacities: set[str] = set()
    for index, run_artist in enumerate(made.film.run_artists):
        assert run_artist.surface is not None
        (share,) = at(made, made.animation(f"p{index}h", "animateMotion"), frame)
        data = made.named(f"p{index}").attrib["d"]
        expected = place(made.film, run_artist.surface.axes.ax, run_artist.surface.marker, -1)
        assert along(data, float(share) * total(data)) == pytest.approx(expected, abs=0.4)
        users = [each for each in made.svg.iter(f"{SVG}use") if each.get(LINK, "").endswith(f"-p{index}h")]
        faint = [each for user in users for each in user.iter(f"{SVG}animate")]
        assert all(float(state(made, each, frame)) == run_artist.surface.marker.get_alpha() for each in faint)
        opacities.update(text for each in faint for text in values(each))
    assert opacities == {"1", ".38"}


@pytest.mark.parametrize("trail", [None, 3])
def test_paths_on_a_surface_end_as_in_the_other_films(trail: int | None) -> None:
    """The runs are still on their way, so that the last steps are long and in sight."""
    race = steepest.compare("himmelblau", ["gd", "adam(lr=0.3)"], start=(0, 0), lr=0.01, steps=8)
    made = shot(*race, film_options=FilmOptions(frames=12, trail=trail), options=SPACE)
    play(made.film, -1)
    _, end = [each for each in made.svg.iter(f"{SVG}g") if each.get("class")]
    for run_artist in made.film.run_artists:
        assert run_artist.surface is not None
        drawn = np.asarray(run_artist.surface.front[1].get_xydata(), dtype=np.float64)
        drawn = drawn[np.isfinite(drawn).all(axis=1)]
        (halo,) = {each.get("clip-path") for each in end if each.get("stroke-width") == "3.4"}
        color = run_artist.surface.front[1].get_color()
        lines = [
            each for each in end if (each.get("stroke"), each.get("stroke-width"), each.get("clip-path")) == (color, "1.6", halo)
        ]
        data = [each.get("d") or made.named(each.attrib[LINK].partition("-")[2]).attrib["d"] for each in lines]
        strokes = [polyline(part)[:, 0] for text in data if "Z" not in text for part in text.split("M")[1:] if part != "0 0"]
        across = run_artist.surface.axes.ax.transData.transform(drawn)[:, 0] * 72 / made.film.layout.figure.dpi
        reached = np.concatenate(strokes)
        assert reached.max() - reached.min() > 1
        assert (reached.min(), reached.max()) == pytest.approx((across.min(), across.max()), abs=0.5)


@pytest.mark.parametrize("frame", [0, 3, 17])
def test_arrows_and_their_labels_are_those_of_each_frame(frame: int) -> None:
    """An arrow's tip and the middles of the labels."""
    run = steepest.descend("himmelblau", start=(0, 0), optimizer="momentum(beta=0.9)", lr=0.005, steps=20)
    made = shot(run, film_options=FilmOptions(frames=40), options=PictureOptions(show=("gradient", "momentum")))
    quantities = made.film.run_artists[0].quantities
    assert quantities is not None
    shown = list(quantities.at(int(made.film.timeline.steps[frame])))
    arrows = [artist for artist in shown if isinstance(artist, Quiver)]
    labels = [artist for artist in shown if isinstance(artist, TextSprite)]
    assert (len(arrows), len(labels)) == (2, 2)
    states = [state(made, each, frame) for each in made.svg.iter(f"{SVG}animate") if each.get("attributeName") == "d"]
    drawn = [np.array([float(part) for part in NUMBER.findall(each)]).reshape(-1, 2) for each in states if each != "M0 0"]
    ax, height = made.film.layout.objective_axes, made.film.layout.figure.get_size_inches()[1] * 72
    assert ax is not None
    for arrow, corners in zip(arrows, drawn, strict=True):
        tip = np.array(arrow.get_offsets(), dtype=np.float64).ravel() + np.array([arrow.U, arrow.V]).ravel()
        x, y = ax.transData.transform(tip) * 72 / made.film.layout.figure.dpi
        assert np.abs(corners - (x, height - y)).sum(axis=1).min() < 0.1
    for index, label in enumerate(labels):
        moves = made.animation(f"l0-{index}", "animateTransform")
        x, y = ax.transAxes.transform(label.center) * 72 / made.film.layout.figure.dpi
        assert [float(part) for part in state(made, moves, frame).split()] == pytest.approx([x, height - y], abs=0.01)


RUNS = {
    "curve": [CURVE],
    "race": RACE,
    "diverging": [steepest.descend("x^2", start=1, lr=1.5, steps=2000)],
    "in and out": [steepest.descend("rosenbrock", optimizer="gd(lr=0.006)", steps=300)],
    "undefined at the start": [steepest.descend("log(x)", start=-1)],
    "undefined": [steepest.descend("x - log(x)", start=3, lr=5)],
    "no step": [steepest.descend("rosenbrock", steps=0)],
    "three parameters": [steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 3), steps=30)],
    "function": [steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], steps=5)],
    "holes": [steepest.descend("log(x) + x + y^2", start=(2, 1), steps=9)],
    "cases": [steepest.descend("where(x > 0, x, -2x)", start=1)],
}


@pytest.mark.parametrize(
    "film_options",
    [FilmOptions(frames=20), FilmOptions(frames=1), FilmOptions(pace="steps", hold=0), FilmOptions(fps=7, trail=2)],
    ids=str,
)
@pytest.mark.parametrize("name", RUNS)
def test_every_animation_is_well_timed(name: str, film_options: FilmOptions) -> None:
    made = shot(*RUNS[name], film_options=film_options)
    frames = made.film.timeline
    animations = [each for each in made.svg.iter() if each.tag.removeprefix(SVG) in ANIMATIONS]
    assert animations
    for each in animations:
        assert len(times(each)) == len(values(each)), each.attrib
        assert times(each)[0] == 0
        assert all(0 <= one < other <= 1 for one, other in pairwise(times(each))), each.attrib
        assert float(each.attrib["dur"].removesuffix("s")) == pytest.approx(frames.seconds.sum(), abs=1e-3)
        assert each.get("calcMode") == "discrete" or times(each)[-1] == 1
        if film_options.pace == "steps":
            assert each.get("calcMode") == "discrete"


@pytest.mark.parametrize("name", RUNS)
def test_a_picture_of_its_own(name: str) -> None:
    """Nothing to fetch or to run, and every name that is used is there once."""
    made = shot(*RUNS[name])
    names = Counter(each.attrib["id"] for each in made.svg.iter() if "id" in each.attrib)
    assert max(names.values()) == 1
    assert not list(made.svg.iter(f"{SVG}script"))
    for each in made.svg.iter():
        links = [
            link
            for text in (each.attrib.values(), [each.text or ""])
            for part in text
            for link in re.findall(r"url\(([^)]*)", part)
        ]
        for link in [*links, *([each.attrib[LINK]] if LINK in each.attrib else [])]:
            assert link.startswith("data:font/woff") or link.removeprefix("#") in names
    for text in (part for each in made.svg.iter(f"{SVG}path") for part in NUMBER.findall(each.get("d", ""))):
        assert abs(float(text)) <= 2e4


def test_without_animation_the_last_frame_is_seen() -> None:
    """The groups before and after: what plays is not displayed until it does, and what stands there instead is the end."""
    made = shot(*RACE)
    moving, end = [each for each in made.svg.iter(f"{SVG}g") if each.get("class")]
    assert (moving.get("display"), moving[0].attrib["to"]) == ("none", "inline")
    assert (end.get("display"), end[0].attrib["to"]) == (None, "none")
    play(made.film, -1)
    markers = [each for each in end.iter(f"{SVG}use") if each.attrib[LINK].endswith("h") and "transform" in each.attrib]
    places = [[float(part) for part in NUMBER.findall(each.attrib["transform"])] for each in markers]
    layout = made.film.layout
    expected = [place(made.film, layout.chart_axes, line_of(run_artist).marker, -1) for run_artist in made.film.run_artists]
    assert all(path_of(run_artist).arrived is not None for run_artist in made.film.run_artists)  # at one place, as parts of a disk
    cards = [group for group in end.iter(f"{SVG}g") if group.find(f"{SVG}text") is not None]
    on_cards = [each for card in cards for each in card.iter(f"{SVG}path")]
    for run_artist in made.film.run_artists:
        color = LIGHT.run_style(run_artist.run.index).color
        colored = [each for each in end.iter(f"{SVG}path") if each.get("fill") == color and each not in on_cards]
        assert len(colored) == 2  # its part of the disk at the start, and of that at the end
    np.testing.assert_allclose(sorted(places), sorted(row.tolist() for row in expected), atol=0.01)
    race = made.film.scene.race
    assert race is not None and race.order(40) == [0, 1]
    values = [f"{number(float(run.run.values[-1]))}; {race.note(index, 40)}" for index, run in enumerate(made.film.run_artists)]
    assert [text.text for text in end.iter(f"{SVG}text")] == [
        *(f"{place}. \xa0step 40 \xa0 f = {told}" for place, told in zip((1, 2), values, strict=True)),
        "both: stopped at the step limit after 40 steps",
    ]
    styles = "".join(style.text or "" for style in made.svg.iter(f"{SVG}style"))
    assert "prefers-reduced-motion:reduce" in styles


def test_a_dashed_line_opens_behind_a_mask_and_a_solid_one_does_not() -> None:
    made = shot(*RACE)
    masks = [each.attrib["id"].partition("-")[2] for each in made.svg.iter(f"{SVG}mask")]
    assert masks == ["p1m1", "g1m0"]
    assert len(list(made.svg.iter(f"{SVG}animateMotion"))) == 4


@pytest.mark.parametrize("loop", [True, False])
def test_loops_or_stays(loop: bool) -> None:
    for each in shot(CURVE, film_options=FilmOptions(frames=5, loop=loop)).svg.iter(f"{SVG}animateMotion"):
        assert (each.get("repeatCount"), each.get("fill")) == (("indefinite", None) if loop else (None, "freeze"))


def test_the_size_is_that_of_the_other_films() -> None:
    made = shot(CURVE, film_options=FilmOptions(frames=2), options=PictureOptions(size=(1280, 720), dpi=120))
    assert (made.svg.get("width"), made.svg.get("height"), made.svg.get("viewBox")) == ("1280", "720", "0 0 768 432")


@pytest.mark.parametrize("dark", [False, True])
def test_a_film_is_small(dark: bool) -> None:
    made = film(scene(RACE), FilmOptions(), DARK if dark else LIGHT)
    file = BytesIO()
    write_svg(made, made.film_format(FilmOptions(), "", "", ""), file)
    assert len(file.getvalue()) < 150_000
    assert (DARK if dark else LIGHT).run_style(0).color in file.getvalue().decode()


def test_the_film_is_left_as_it_was() -> None:
    """Whoever draws frames of the same film afterwards gets what they would have got before."""
    made = film(scene(RACE), FilmOptions(frames=3))
    before = [frame.pixels.copy() for frame in made.frames()]
    write_svg(made, made.film_format(FilmOptions(), "", "", ""), BytesIO())
    for one, other in zip(before, made.frames(), strict=True):
        np.testing.assert_array_equal(one, other.pixels)


def test_what_it_shows_and_what_makes_it_again_are_told(tmp_path: Path) -> None:
    text = "".join(shot(CURVE).svg.itertext())
    assert "a < b" in text
    assert "steepest run 'a < b' & more" in text
    run = steepest.descend("where(x < 1, (x-1)^2, x-1)", start=3, steps=5)
    for name in "ab":
        run.animate(tmp_path / f"{name}.svg", frames=4)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "steepest run 'where(x < 1," in "".join(fromstring((tmp_path / "a.svg").read_text()).itertext())


def test_a_polyline_is_clipped_to_its_box() -> None:
    """Out at the right after half of the first segment, a gap, and back for the third."""
    places = np.array([[0.5, 0.5], [1.5, 0.5], [np.nan, np.nan], [0.5, 0.75], [0.5, 0.25]])
    found = growing_polyline(places, np.arange(4), np.arange(1, 5), np.array([[0.0, 0.0], [1.0, 1.0]]), 2)
    assert [piece.tolist() for piece in found.pieces] == [[[0.5, 0.5], [1.0, 0.5]], [[0.5, 0.75], [0.5, 0.25]]]
    assert (found.starts, found.length) == ((0.0, 0.5), 1.0)
    assert found.length_at(np.array([0.0, 0.25, 0.5, 2.0, 3.0, 3.5, 4.0])).tolist() == [0, 0.25, 0.5, 0.5, 0.5, 0.75, 1]
    assert [part.tolist() for part in found.between(0.25, 0.75)] == [[[0.75, 0.5], [1.0, 0.5]], [[0.5, 0.75], [0.5, 0.5]]]


def test_a_step_that_stays_in_place_does_not_split_a_polyline() -> None:
    places = np.array([[0.0, 0.5], [0.5, 0.5], [0.5, 0.5], [1.0, 0.5]])
    found = growing_polyline(places, np.arange(3), np.arange(1, 4), np.array([[0.0, 0.0], [1.0, 1.0]]), 2)
    assert [piece.tolist() for piece in found.pieces] == [[[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]]]
    assert found.length_at(np.array([1.0, 1.5, 2.0, 3.0])).tolist() == [0.5, 0.5, 0.5, 1.0]


def test_only_needed_frames_are_written() -> None:
    ticks = timing(timeline(4, FilmOptions(frames=41, fps=10, hold=1)), loop=False)
    rows = np.abs(np.linspace(-1, 1, 41))[:, None]
    written = ticks.moves(rows, lambda row: f"{row[0]:g}", 0.01)
    assert 'values="1;0;1;1"' in written
    assert needed(np.arange(3.0), np.zeros((3, 1)), 0.1) == [0, 2]
    assert ticks.jumps(["a", "a", "b"] + ["b"] * 38).startswith('calcMode="discrete" values="a;b" keyTimes="0;.0392"')


def test_straight_paths_are_made_short_and_curves_left_alone() -> None:
    points = np.column_stack([np.linspace(0, 100, 500), np.zeros(500)])
    data = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points) + " z"
    curve = "M 0 0 Q 1 1 2 0 z"
    (straight, kept) = fromstring(compact(f'<g>\n  <path d="{data}"/>\n <path d="{curve}"/></g>'))
    assert len(straight.attrib["d"]) < 40
    assert straight.attrib["d"].endswith("z")
    assert total(straight.attrib["d"]) == pytest.approx(200, abs=0.1)
    assert kept.attrib["d"] == curve
    assert path_data(np.array([[1.0, 1.0], [1.0, 1.0]])) == "M1 1h0"


@pytest.mark.parametrize("name", ["film.pdf", "film.csv", "film"])
def test_what_is_no_film_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"one of gif, apng, mp4, webm, png, svg, or it ends with /"):
        CURVE.animate(tmp_path / name)


@pytest.mark.parametrize(
    ("data", "model", "loss"),
    [
        ({"u": [1.0, 2, 3, 4], "v": [2.0, 3, 5, 8]}, "v ~ w*u + b", "mse"),  # a curve with residuals
        ({"u": [1.0, 2, 3, 4], "q": [1.0, 0, 2, 1], "v": [2.0, 3, 5, 8]}, "v ~ w*u + b*q", "mse"),  # predictions
        ({"u": [1.0, 2, 3, 4], "q": [1.0, 0, 2, 1], "v": [0, 1, 0, 1]}, "v ~ sigmoid(w*u + b*q)", "log"),  # a boundary
    ],
)
def test_while_the_function_is_shown_alone_there_is_no_fit_and_no_caption_of_one(data: Any, model: str, loss: str) -> None:
    run = steepest.fit(data, model, loss=loss, lr=0.01, steps=12)
    made = shot(run, film_options=FilmOptions(narrated=True))
    opening = int((made.film.timeline.stages == Stage.FUNCTION).sum())
    assert opening
    begins = timing(made.film.timeline, loop=True).shares[opening]
    hidden = [
        group
        for group in made.svg.iter(f"{SVG}g")
        for each in group.findall(f"{SVG}animate")
        if (each.get("attributeName"), each.get("values")) == ("display", "none;inline")
        and times(each)[1] == pytest.approx(begins, abs=1e-3)
    ]
    still = [part for part in made.film.fits[0].at(0.0) if part.get_visible()]
    assert len(hidden) >= len([part for part in still if not isinstance(part, TextSprite)]) - 1
    inside = {each.get("attributeName") for group in hidden for each in group.iter(f"{SVG}animate")}
    assert "d" in inside
    caption = made.film.fits[0].caption
    if caption is not None:
        lines = changing_lines(made.film)[caption]
        assert set(lines[:opening]) == {""} and "" not in lines[opening:]


def test_the_last_values_of_parameters_appear_at_the_last_step() -> None:
    run = steepest.descend("x^2 + 2y^2 + 3z^2", start=(2, 1.5, -1), lr=0.1, steps=20)
    made, file = film(scene([run]), FilmOptions()), BytesIO()
    write_svg(made, made.film_format(FilmOptions(), "", "", ""), file)
    for text in made.layout.ends:
        box = text.get_window_extent()
        words = [each for each in fromstring(file.getvalue()).iter(f"{SVG}text") if each.text == text.get_text()]
        assert len(words) == 2, "while it moves, and at its end"
        for each in words:
            assert float(each.get("x", "")) * made.layout.figure.dpi / 72 == pytest.approx(box.x0, abs=0.1)
