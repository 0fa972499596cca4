"""Films as data: which step a frame shows, and where everything that moves is then."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.text import Text

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import Film, film
from steepest.plot.film.run_artist import PathArtist, RunArtist
from steepest.plot.film.sprites import glyph_sprites
from steepest.plot.film.timeline import Stage, timeline
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.options import PICTURE_DEFAULTS, FilmOptions, PictureOptions
from steepest.plot.scene.fit import fit_caption
from steepest.plot.scene.scene import scene
from steepest.plot.scene.text.narration import moved_text
from steepest.plot.surface.renderer import in_front
from steepest.runs.trajectory import Trajectory

CURVE = steepest.descend("x^2", start=3, lr=0.3, steps=10)
RACE = list(steepest.compare("himmelblau", ["gd", "adam(lr=0.3)"], start=(0, 0), lr=0.01, steps=40))


def shot(*runs: Trajectory, options: FilmOptions | None = None, picture_options: PictureOptions = PICTURE_DEFAULTS) -> Film:
    return film(scene(runs), options or FilmOptions(frames=11), picture_options=picture_options)


def place(line: Line2D | None) -> list[float]:
    """The last point of a line."""
    assert line is not None
    return [float(part) for part in np.asarray(line.get_xydata())[-1]]


def path_of(run_artist: RunArtist) -> PathArtist:
    assert run_artist.path is not None
    return run_artist.path


def played(run_artist: RunArtist, step: float) -> RunArtist:
    for _ in run_artist.at(step):
        pass
    return run_artist


@pytest.mark.parametrize(
    ("limit", "options", "steps"),
    [
        (4, FilmOptions(frames=5, pace="uniform"), [0, 1, 2, 3, 4]),
        (4, FilmOptions(pace="steps"), [0, 1, 2, 3, 4]),
        (1, FilmOptions(frames=3, pace="uniform"), [0, 0.5, 1]),
        (3, FilmOptions(frames=3, pace="log"), [0, 1, 3]),
        (0, FilmOptions(narrated=False), [0]),
        (5, FilmOptions(frames=1), [5]),
    ],
)
def test_the_step_of_each_frame(limit: int, options: FilmOptions, steps: list[float]) -> None:
    assert timeline(limit, options).steps.tolist() == pytest.approx(steps)


@pytest.mark.parametrize(("limit", "seconds"), [(3, 2.0), (10, 4.0), (50, 6.0), (10_000, 6.0)])
def test_a_film_is_short_however_many_the_steps(limit: int, seconds: float) -> None:
    assert len(timeline(limit, FilmOptions(narrated=False)).steps) == 30 * seconds


@pytest.mark.parametrize("limit", [7, 12, 60, 99, 1000])
def test_a_frame_for_every_step_shows_whole_steps(limit: int) -> None:
    """A step that is reached by rounding only would be told as the one before."""
    assert timeline(limit, FilmOptions(pace="steps")).steps.tolist() == list(range(limit + 1))
    assert timeline(limit, FilmOptions(pace="uniform", frames=3 * limit + 1)).steps[::3].tolist() == list(range(limit + 1))


def test_the_first_of_many_steps_do_not_flash_by() -> None:
    steps = timeline(10_000, FilmOptions(narrated=False)).steps
    assert np.searchsorted(steps, 1) > 10
    assert steps[-1] == 10_000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 0}, "1 to 120 frames a second"),
        ({"fps": "30"}, "fps is a number, not '30'"),
        ({"fps": True}, "fps is a number, not True"),
        ({"hold": None}, "hold is a number, not None"),
        ({"frames": 2.5}, "frames is a whole number, not 2.5"),
        ({"trail": "2"}, "trail is a whole number, not '2'"),
        ({"seconds": -1}, "more than 0 seconds"),
        ({"frames": 0}, "at least one frame"),
        ({"seconds": 1, "frames": 2}, "not both"),
        ({"pace": "steps", "seconds": 2}, "leave out its seconds"),
        ({"pace": "fast"}, "one of steps, uniform, log"),
        ({"hold": -1}, "0 or more seconds"),
        ({"trail": 0}, "at least one step"),
        ({"seconds": 1e6}, "at most 100,000 frames"),
    ],
)
def test_options_of_films_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        timeline(3, FilmOptions(**options))


def test_the_marker_is_at_the_position_of_its_step() -> None:
    for run, run_artist in zip(RACE, shot(*RACE).run_artists, strict=True):
        for step in (0, 7, 40):
            assert place(path_of(played(run_artist, step)).marker) == pytest.approx(run.positions[step].tolist())
            assert np.asarray(path_of(run_artist).lines[0].get_xydata())[0].tolist() == run.positions[0].tolist()


def test_between_two_steps_it_is_on_its_way() -> None:
    (run_artist,) = shot(CURVE).run_artists
    halfway = (CURVE.positions[2, 0] + CURVE.positions[3, 0]) / 2
    assert place(path_of(played(run_artist, 2.5)).marker)[0] == pytest.approx(halfway)


def test_a_run_that_is_over_stays_at_its_end() -> None:
    short = steepest.descend("himmelblau", start=(0, 0), lr=0.01, steps=5)
    run_artist = played(shot(short, RACE[1]).run_artists[0], 33.3)
    assert place(path_of(run_artist).marker) == pytest.approx(short.positions[-1].tolist())
    assert run_artist.caption(33.3) == "2.  stopped at the step limit after 5 steps"


def test_the_trail_is_as_long_as_asked_for() -> None:
    run_artist = played(shot(RACE[0], options=FilmOptions(trail=3)).run_artists[0], 6)
    vertices = np.array(path_of(run_artist).lines[0].get_xydata(), dtype=np.float64)
    np.testing.assert_allclose(vertices[:-1], RACE[0].positions[3:7])


def test_the_chart_draws_itself_in_step() -> None:
    run_artist = played(shot(CURVE).run_artists[0], 4)
    assert run_artist.value is not None
    np.testing.assert_allclose(
        np.array(run_artist.value.line.get_xydata(), dtype=np.float64), np.column_stack([np.arange(5), CURVE.values[:5]])
    )
    assert place(run_artist.value.marker) == pytest.approx([4, CURVE.values[4]])
    assert run_artist.caption(4.7) == f"step 4   f = {CURVE.values[4]:.4g}   slope = {float(CURVE.gradients[4, 0]):.4g}"


def test_the_tangent_and_the_step_about_to_be_taken() -> None:
    run_artist = played(shot(CURVE).run_artists[0], 1.5)
    assert run_artist.tangent is not None
    (left, low), (right, high) = np.asarray(run_artist.tangent.line.get_xydata())
    assert (high - low) / (right - left) == pytest.approx(CURVE.gradients[1, 0])
    step = np.asarray(run_artist.tangent.step.get_xydata())
    assert step[0].tolist() == [CURVE.positions[1, 0], CURVE.values[1]]
    assert step[-1].tolist() == [CURVE.positions[2, 0], CURVE.values[2]]


def test_frames_move_and_the_last_is_held() -> None:
    frames = [(frame.pixels.copy(), frame.seconds) for frame in shot(CURVE, options=FilmOptions(frames=4, fps=10, hold=1)).frames()]
    assert [seconds for _, seconds in frames] == pytest.approx([0.1, 0.1, 0.1, 1.1])
    assert all((one != other).any() for (one, _), (other, _) in pairwise(frames))


def test_what_stays_still_stays_still() -> None:
    """Outside of the axes and the words nothing changes from the first frame to the last."""
    first, *_, last = (frame.pixels.copy() for frame in shot(CURVE).frames())
    height = len(first)
    assert (first[: height // 12] == last[: height // 12]).all()


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (601, 403)])
def test_the_size_is_kept(size: tuple[int, int]) -> None:
    made = shot(CURVE, options=FilmOptions(frames=2), picture_options=PictureOptions(size=size))
    assert made.size == size
    assert all(frame.pixels.shape == (size[1], size[0], 4) for frame in made.frames())


def test_a_film_without_a_size_is_as_wide_as_a_screen() -> None:
    assert shot(CURVE, options=FilmOptions(frames=2)).size == (1280, 720)
    assert shot(*RACE, options=FilmOptions(frames=2)).size == (1280, 720)


@pytest.mark.parametrize(
    "run",
    [
        steepest.descend("x^2", start=1, lr=1.5, steps=2000),
        steepest.descend("log(x)", start=-1),
        steepest.descend("x - log(x)", start=3, lr=5),
        steepest.descend("rosenbrock", steps=0),
        steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 3), steps=30),
        steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], steps=5),
        steepest.descend("where(x > 0, x, -2x)", start=1),
    ],
    ids=["diverging", "undefined at the start", "undefined", "no step", "three parameters", "function", "cases"],
)
def test_every_kind_of_run_is_filmed(run: Trajectory) -> None:
    made = shot(run, options=FilmOptions(frames=5))
    assert sum(1 for _ in made.frames()) == len(made.timeline.steps)


def test_copied_glyphs_look_like_drawn_text() -> None:
    """The box around the text is where matplotlib itself puts them, to a pixel or two."""
    made = shot(CURVE)
    words = "step 12   f = 0.0961"
    (text,) = made.layout.captions
    drawing: Any = made.canvas
    drawing.draw()
    empty = np.array(drawing.buffer_rgba())
    copied = empty.copy()
    glyph_sprites(text, made.canvas).write(words, copied)
    text.set_text(words)
    drawing.draw()
    boxes = [box(picture != empty) for picture in (copied, np.array(drawing.buffer_rgba()))]
    assert np.abs(np.subtract(boxes[0], boxes[1])).max() <= 3


def test_a_legend_beyond_a_small_picture_stays_as_it_is() -> None:
    names = ("gd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "adamw", "nadam", "amsgrad", "adamax", "lion", "adadelta")
    runs = list(steepest.compare("himmelblau", names, lr=0.01, steps=9))
    options = PictureOptions(size=(400, 300), layout="chart")
    assert len(list(shot(*runs, options=FilmOptions(frames=3), picture_options=options).frames())) == 3


def box(changed: np.ndarray) -> list[int]:
    """The first and the last row and column in which anything changed."""
    rows, columns, _ = np.nonzero(changed)
    return [int(edge) for part in (rows, columns) for edge in (part.min(), part.max())]


def stages(made: Film) -> list[Stage]:
    """The stages of a film in order, each once."""
    return [stage for stage, _ in groupby(stage for _, stage in made.timeline)]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (CURVE, [Stage.FUNCTION, Stage.START, Stage.SLOPE, Stage.STEP, Stage.RUN, Stage.CARD]),
        (steepest.descend("rosenbrock", steps=1), [Stage.FUNCTION, Stage.START, Stage.SLOPE, Stage.STEP, Stage.RUN, Stage.CARD]),
        (steepest.descend("rosenbrock", steps=0), [Stage.FUNCTION, Stage.START, Stage.RUN, Stage.CARD]),
        (steepest.descend("log(x)", start=-1), [Stage.FUNCTION, Stage.START, Stage.RUN, Stage.CARD]),
    ],
    ids=["ten steps", "one step", "no step", "undefined at the start"],
)
def test_a_film_begins_slowly_and_ends_with_a_card(run: Trajectory, expected: list[Stage]) -> None:
    made = shot(run, options=FilmOptions(fps=4, hold=1))
    assert stages(made) == expected
    steps = made.timeline.steps
    assert steps[0] == 0
    assert steps[-1] == run.steps
    assert (np.diff(steps) >= 0).all()


def test_the_durations_of_the_beginning_are_those_that_are_documented() -> None:
    made = timeline(10, FilmOptions())
    told = {Stage.FUNCTION: 0.7, Stage.START: 0.9, Stage.SLOPE: 1.2, Stage.STEP: 1.8, Stage.RUN: 4.1, Stage.CARD: 2.5}
    assert {stage: made.seconds[made.stages == stage].sum() for stage in told} == pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize("seconds", [3.9, 4.0, 6.0, 8.0, 20.0])
def test_a_chosen_length_holds_the_beginning(seconds: float) -> None:
    made = timeline(300, FilmOptions(seconds=seconds, hold=1))
    slow = made.seconds[made.stages < Stage.RUN].sum()
    assert made.seconds.sum() - 1 == pytest.approx(seconds, abs=0.05)
    assert slow == pytest.approx(0.0 if seconds < 4 else min(4.6, seconds / 2), abs=0.04)


@pytest.mark.parametrize(
    "options", [FilmOptions(narrated=False), FilmOptions(frames=9), FilmOptions(pace="steps"), FilmOptions(hold=0, seconds=1)]
)
def test_a_plain_film_has_the_steps_alone(options: FilmOptions) -> None:
    assert set(timeline(8, options).stages.tolist()) == {Stage.RUN}


def test_nothing_moves_before_the_start() -> None:
    made = shot(CURVE, options=FilmOptions(fps=4))
    (run_artist,) = made.run_artists
    assert list(made.artists_at(0, Stage.FUNCTION)) == []
    assert run_artist.caption(0, Stage.FUNCTION) == ""
    assert path_of(run_artist).start in list(run_artist.at(0, Stage.START))
    assert run_artist.tangent is not None
    assert run_artist.tangent.line not in list(run_artist.at(0, Stage.START))
    assert run_artist.tangent.line in list(run_artist.at(1, Stage.STEP)), "explained until it is done"


def words(made: Film, stage: Stage) -> str:
    return " ".join(word.get_text().replace("\u00a0", " ") for word in made.cards[stage].words)


def test_the_cards_of_a_curve() -> None:
    made = shot(CURVE, options=FilmOptions(fps=4))
    assert words(made, Stage.START) == "start at x = 3:   f = 9"
    assert words(made, Stage.SLOPE) == "start at x = 3:   f = 9 slope f′(3) = 6"
    assert "step 1:   x = 3 − 0.3·6 = 1.2" in words(made, Stage.STEP)
    ending = words(made, Stage.CARD)
    assert ending.startswith("stopped at the step limit after 10 steps; the last one was")
    assert f"f = {CURVE.values[-1]:.4g}".replace("-0", "−") in ending


def test_the_card_of_a_race_has_its_places() -> None:
    made = shot(*RACE, options=FilmOptions(fps=4))
    assert made.scene.race is not None
    shown = words(made, Stage.CARD)
    first, second = (made.scene.runs[index].label for index in made.scene.final_order())
    assert shown.index(f"1. {first}") < shown.index(f"2. {second}")
    assert len(made.cards[Stage.CARD].marks) == 2


ALIKE = list(steepest.compare("rosenbrock", ["gd", "momentum(beta=0.9)", "adam(lr=0.05)", "adagrad"], lr=0.001, steps=300))
APART = [steepest.descend("himmelblau", start=start, lr=0.01, steps=30) for start in ((0, 0), (3, -3), (-2, 1))]


@pytest.mark.parametrize("caption", [None, "step"])
@pytest.mark.parametrize("runs", [ALIKE[:2], ALIKE[:3], ALIKE, APART[:2]], ids=["two", "three", "four", "no race"])
def test_how_several_runs_ended_alike_is_told_once(runs: list[Trajectory], caption: str | None) -> None:
    """By the card; by the legend where there is none. What is told of each run keeps its value."""
    both = "both" if len(runs) == 2 else "all"
    for narrated in (True, False):
        made = shot(*runs, options=FilmOptions(fps=4, caption=caption, narrated=narrated))
        common = made.scene.common_outcome
        assert common == f"{both}: {made.scene.runs[0].outcome}"
        last = made.timeline.steps[-1]
        told = [run.caption(last) for run in made.run_artists]
        told += list(made.strip.pieces[-1]) if made.strip is not None else []
        ends = " ".join(text.get_text() for text in made.layout.ends)
        assert ends == ("" if narrated else common)
        told += [words(made, Stage.CARD) if narrated else ends]
        assert [made.scene.runs[0].outcome in text for text in told] == [False] * (len(told) - 1) + [True]
        for run, trajectory in zip(made.run_artists, runs, strict=True):
            assert f"step {trajectory.steps}   f = " in run.caption(last)


def test_runs_that_ended_unlike_tell_how_each() -> None:
    runs = list(steepest.compare("x^2 + 3y^2", ["gd(lr=0.1)", "gd(lr=0.4)", "adam(lr=0.05)"], start=(3, 2), steps=100))
    for options in (FilmOptions(fps=4), FilmOptions(fps=4, narrated=False)):
        made = shot(*runs, options=options)
        assert not made.scene.common_outcome
        assert not made.layout.ends
        for run in made.run_artists:
            assert run.caption(100).endswith(run.run.outcome)
    made = shot(*APART, options=FilmOptions(fps=4))
    assert all(run.outcome in words(made, Stage.CARD) for run in made.scene.runs)


@pytest.mark.parametrize("runs", [ALIKE[:2], ALIKE[:3], ALIKE], ids=["two", "three", "four"])
def test_rows_of_a_race_change_places_without_covering_words(runs: list[Trajectory]) -> None:
    """All rows of its legend are of one kind, so that one fits where another was."""
    slots = shot(*runs, options=FilmOptions(fps=4)).layout.slots
    pitches = [below.top - above.top for above, below in pairwise(sorted(slots, key=lambda slot: slot.top))]
    assert max(pitches) - min(pitches) <= 1


def test_a_card_breaks_what_belongs_together_before_it_leaves_words_out() -> None:
    fits = [steepest.fit("houses", "price ~ w*size + b", lr=lr, steps=50) for lr in (2e-5, 1e-5)]
    made = shot(*fits, options=FilmOptions(fps=4))
    assert not any(card.text.cut for card in made.cards.values())
    assert "at step 7" in words(made, Stage.CARD)


def test_cards_lie_within_the_picture_and_hold_their_words() -> None:
    fit = steepest.fit("houses", "price ~ w*size + b", steps=5)
    for runs, size in ((RACE, "slide"), (RACE, "square"), (RACE, (640, 480)), ([fit], (1280, 720)), ([fit], (640, 480))):
        made = shot(*runs, options=FilmOptions(fps=4), picture_options=PictureOptions(size=size))
        width, height = made.size
        for card in made.cards.values():
            box = card.box.get_window_extent()
            assert 0 <= box.x0 < box.x1 <= width
            assert 0 <= box.y0 < box.y1 <= height
            for word in card.words:
                assert word.get_window_extent().x1 <= box.x1


def test_the_arrow_leads_straight_downhill() -> None:
    made = shot(RACE[0], options=FilmOptions(fps=4))
    guide = made.run_artists[0].guide
    assert guide is not None
    begin, end = np.asarray(guide.lines[0].get_xydata(), dtype=np.float64)
    assert begin == pytest.approx(RACE[0].positions[0])
    slope = RACE[0].gradients[0]
    assert float(np.dot(end - begin, slope)) == pytest.approx(-float(np.hypot(*(end - begin)) * np.hypot(*slope)))
    heads = [line for line in made.layout.figure.findobj(Line2D) if line.get_marker() == guide.lines[-1].get_marker()]
    assert heads == [guide.lines[-1]], "one head for both shafts"
    guides = [each.guide for each in shot(*RACE, options=FilmOptions(fps=4)).run_artists]
    assert [each is None for each in guides] == [False, True], "one for each start"


def test_a_camera_waits_for_the_first_step() -> None:
    made = timeline(20, FilmOptions(turn=90, fps=10))
    assert (made.turned[made.stages < Stage.RUN] == 0).all()
    assert made.turned[-1] == 1
    assert (np.diff(made.turned) >= 0).all()
    assert timeline(20, FilmOptions(turn=90, frames=5)).turned.tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_steps_are_worked_out_as_they_happen() -> None:
    made = shot(CURVE, options=FilmOptions(pace="steps", caption="step"))
    assert made.strip is not None
    assert made.strip.pieces[0] == ("start:", "x = 3   f = 9")
    assert made.strip.pieces[1] == ("step 1:", "x = 3 − 0.3·6 = 1.2")
    assert made.strip.pieces[2] == ("step 2:", "x = 1.2 − 0.3·2.4 = 0.48")
    on_the_way = shot(CURVE, options=FilmOptions(frames=21, pace="uniform", caption="step")).strip
    assert on_the_way is not None
    assert on_the_way.pieces[3][0] == "step 2:"


@pytest.mark.parametrize(
    "runs",
    [
        [steepest.descend("rosenbrock", optimizer="adam", lr=0.05, steps=5000)],
        [steepest.descend("x^2", start=1, lr=1.5, steps=2000)],
        [steepest.descend("rosenbrock", steps=0)],
        [steepest.descend("x^2 + y^2 + z^2 + a^2 + b^2", start=(1, 2, 3, 4, 5), optimizer="momentum", steps=30)],
        [steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], steps=5)],
        RACE,
    ],
    ids=["adam", "diverging", "no step", "five parameters", "function", "race"],
)
def test_the_strip_fits_below_every_kind_of_run(runs: list[Trajectory]) -> None:
    """Where its lines leave room, it begins below the formula or the title."""
    made = shot(*runs, options=FilmOptions(fps=3, caption="step"))
    assert made.strip is not None
    assert len(made.strip.pieces) == len(made.timeline)
    width, ends = made.layout.figure.get_size_inches()[0], []
    for place, texts in zip(made.layout.strip, zip(*made.strip.pieces, strict=True), strict=True):
        ends.append(place.get_position()[0] * width + max(text_width(text, made.strip.size, made.theme) for text in texts))
    assert max(ends) <= width - 0.14
    heading, begin = (text.get_position()[0] * width for text in (made.layout.figure.texts[0], made.layout.strip[0]))
    assert begin == pytest.approx(heading) or max(ends) + heading - begin > width - 0.16
    assert made.strip.rows <= 4
    assert sum(1 for _ in made.frames()) == len(made.timeline)


@pytest.mark.parametrize(("formula", "start", "large"), [("x^2", 3, True), ("x^2 + 3y^2", (3, 2), False)])
def test_the_strip_is_large_where_that_costs_no_row(formula: str, start: Any, *, large: bool) -> None:
    made = shot(steepest.descend(formula, start, lr=0.1, steps=20), options=FilmOptions(fps=3, caption="step"))
    assert made.strip is not None
    assert made.strip.rows == 1
    assert made.strip.size == (made.theme.formula_size if large else made.theme.plain_size)


@pytest.mark.parametrize("optimizer", ["torch:Adam(lr=0.5)", "scipy:BFGS"])
def test_steps_of_another_library_are_told_by_where_they_lead(optimizer: str) -> None:
    run = steepest.descend("x^2 + y^2", optimizer=optimizer, start=(3, 2), steps=4)
    strip = shot(run, options=FilmOptions(pace="steps", caption="step")).strip
    assert strip is not None
    assert strip.pieces[0][0] == "start:"
    first = strip.pieces[1]
    assert (first[0], first[1]) == ("step 1:", moved_text(run, 1))
    both = list(steepest.compare("x^2", [optimizer.replace("(lr=0.5)", ""), "gd(lr=0.1)"], start=3, steps=3))
    pieces = shot(*both, options=FilmOptions(pace="steps", caption="step")).strip
    assert pieces is not None
    assert moved_text(both[0], 1) in pieces.pieces[1]
    assert "x = 3 − 0.1·6 = 2.4" in pieces.pieces[1]


def test_the_slope_of_the_tangent_is_told_while_it_is_shown() -> None:
    (run,) = shot(CURVE).run_artists
    assert run.caption(0) == "step 0   f = 9   slope = 6"
    assert "slope" not in run.caption(10)
    for each in shot(*steepest.compare("x^2", ["gd", "adam"], start=3, steps=5)).run_artists:
        assert "slope" not in each.caption(2)
    assert "slope" not in shot(RACE[0]).run_artists[0].caption(2)


def test_steps_that_do_not_fit_are_refused() -> None:
    options = FilmOptions(frames=2, caption="step")
    with pytest.raises(InputError, match="do not fit into its width: leave the caption out, or make the film wider"):
        shot(*ALIKE[:3], options=options, picture_options=PictureOptions(size=(400, 300)))
    assert len(list(shot(ALIKE[0], options=options, picture_options=PictureOptions(size=(400, 300))).frames())) == 2


def test_steps_of_too_many_runs_are_refused() -> None:
    runs = list(steepest.compare("x^2", ["gd(lr=0.1)", "gd(lr=0.2)", "gd(lr=0.3)", "adam", "momentum"], start=3, steps=3))
    with pytest.raises(InputError, match="below a film are the steps of up to 4 runs, not 5"):
        shot(*runs, options=FilmOptions(caption="step"))


def test_the_last_values_of_parameters_appear_at_the_last_step() -> None:
    run = steepest.descend("x^2 + 2y^2 + 3z^2", start=(2, 1.5, -1), lr=0.1, steps=20)
    made = film(scene([run]), FilmOptions())
    ends = made.layout.ends
    assert [text.get_text() for text in ends] == ["0.0231", "5.48e−5", "−1.1e−8"]
    for step, stage in made.timeline:
        shown = [artist for artist in made.artists_at(step, stage) if artist in ends]
        assert len(shown) == (3 if step == 20 else 0)


TINY, HUGE = steepest.descend("x^2 + 2y^2 + 3z^2", (2, 1.5, -1), lr=0.1), steepest.descend("x^2 + 10y^2", (3, 1), lr=0.11)
FITTED = steepest.fit("houses", "price ~ w*size + b", lr=2e-5)
FINE = list(steepest.compare("x^2 - 1e-5 x", ["gd(lr=2e-5)", "gd(lr=4e-1)"], start=3, steps=60))


@pytest.mark.parametrize("caption", [None, "step"])
@pytest.mark.parametrize("runs", [[TINY], [HUGE], [FITTED], FINE], ids=["tiny", "huge", "fit", "fine"])
def test_all_words_of_a_film_write_numbers_alike(runs: list[Trajectory], caption: str | None) -> None:
    """With a true minus sign, and powers of ten without a plus sign and zeros."""
    made = shot(*runs, options=FilmOptions(fps=5, caption=caption))
    told = [text.get_text() for text in made.layout.figure.findobj(Text)]
    told += [word.get_text() for card in made.cards.values() for word in card.words]
    told += [artist.caption(step, stage) for artist in made.run_artists for step, stage in made.timeline]
    if made.scene.fit is not None:
        told += [fit_caption(curve, step) for curve in made.scene.fit.curves for step, _ in made.timeline]
    told += [piece for frame in made.strip.pieces for piece in frame] if made.strip is not None else []
    told += [outcome for each in made.scene.runs for outcome in (each.label, made.scene.outcome(each))]
    plain = [text for text in told if "$" not in text]
    assert any(re.search(r"\de−\d", text) for text in plain) or runs[0] in (FITTED, HUGE)
    assert not [text for text in plain if re.search(r"\de[+0]|\de-|(?<!\w)-\d", text)]


@pytest.mark.parametrize("view", ["parameters", "slices", "directions"])
@pytest.mark.parametrize("formula", ["x^2 + 2y^2 + 3z^2 + x*y*z/4", "x^2 + 2y^2 + 3z^2 + w^2 + (v-1)^2"])
def test_a_card_lies_in_one_panel_or_beside_all(formula: str, view: str) -> None:
    start = (2, 1.5, -1) if formula.endswith("4") else (2, 1.5, -1, 1, 3)
    options = PictureOptions(size="slide", view=view)
    made = film(scene([steepest.descend(formula, start, lr=0.1)], options=options), FilmOptions(fps=5), picture_options=options)
    canvas: Any = made.canvas
    canvas.draw()
    assert made.layout.chart_axes is not None
    for card in made.cards.values():
        left, low, right, high = card.box.get_window_extent().extents
        met = [ax for ax in (*made.layout.panels, made.layout.chart_axes) if ax.bbox.overlaps(card.box.get_window_extent())]
        assert len(met) <= 1
        for x0, y0, x1, y1 in (ax.bbox.extents for ax in met):
            assert x0 < left and right < x1 and y0 < low and high < y1
        tight = [ax.get_tightbbox() for ax in made.layout.panels if ax not in met]
        boxes = [box.extents for box in tight if box is not None]
        assert not any(x0 < right and left < x1 and y0 < high and low < y1 for x0, y0, x1, y1 in boxes)


@pytest.mark.parametrize("run", [FITTED, RACE[0], CURVE, TINY], ids=["fit", "plane", "curve", "parameters"])
def test_the_cards_of_the_beginning_have_one_size(run: Trajectory) -> None:
    cards = shot(run, options=FilmOptions(fps=5)).cards
    assert len({cards[stage].text.size for stage in (Stage.START, Stage.SLOPE, Stage.STEP)}) == 1


def test_a_film_of_the_chart_alone_explains_no_markers() -> None:
    options = PictureOptions(layout="chart", show=("gradient",))
    made = film(scene(RACE, options=options), FilmOptions(fps=5), picture_options=options)
    words = [text.get_text() for legend in made.layout.figure.legends for text in legend.get_texts()]
    assert words == []
    both = film(scene(RACE), FilmOptions(fps=5))
    assert "saddle" in [text.get_text() for legend in both.layout.figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("turn", [90, -90, 180, 360])
@pytest.mark.parametrize(("function", "start", "lr"), [("sin(x)cos(y)", (1.2, 0.4), 0.1), ("himmelblau", (0, 0), 0.001)])
def test_a_turn_ends_where_the_ends_of_runs_are_seen(function: str, start: tuple[float, float], lr: float, turn: float) -> None:
    options = PictureOptions(view="surface")
    shown = scene(list(steepest.compare(function, ["gd", "momentum(beta=0.8)"], start=start, lr=lr, steps=50)), options=options)
    made = film(shown, FilmOptions(turn=turn, fps=5), picture_options=options)
    camera, surface = made.scene.camera, made.scene.surface
    assert camera is not None and surface is not None
    for run in made.scene.runs:
        assert run.surface_path is not None
        ends = run.surface_path.stops[[0, -1]]
        assert in_front(surface, camera, ends[:1], 1000.0).all(), "the start, while it is explained"
        assert in_front(surface, camera.turned(turn), ends[1:], 1000.0).all()
