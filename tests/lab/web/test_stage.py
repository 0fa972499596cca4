"""The stage in a real browser: the picture stays on screen, the first step, the presentation, the way back, the keys."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

import steepest
from steepest.objectives.gallery import GALLERY, GROUPS

from .test_page import ONE, TWO
from .waiting import drawn, settled

Open = Callable[..., Any]
SEEN = """(selector) => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && right - left > 100 && bottom - top > 30;
}"""
NAMES = ["gd", "adam", "momentum", "rmsprop"]
FOUR = TWO | {"optimizers": [{"text": name, "settings": {}} for name in NAMES]}
SIZES = [(320, 640), (360, 740), (640, 360), (768, 1024), (1024, 700), (1280, 720), (2560, 1440)]


def box(tab: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] = tab.locator(selector).first.bounding_box()
    return found


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_picture_stays_on_screen_whatever_is_scrolled(shown: Open, width: int, height: int) -> None:
    tab = shown(TWO, viewport={"width": width, "height": height})
    assert tab.evaluate(SEEN, ".steepest-plane"), "640 by 360 is 1280 by 720 at 200 percent"
    assert tab.evaluate(SEEN, ".steepest-timeline")
    tab.evaluate("() => [...document.querySelectorAll('*')].forEach((each) => { each.scrollTop = 1e6; })")
    assert tab.evaluate(SEEN, ".steepest-plane")
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_learning_rate_is_seen_with_the_picture(shown: Open) -> None:
    tab = shown(ONE, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    slider = box(tab, ".steepest-hyperparameter .steepest-range")
    assert slider["y"] + slider["height"] < 740
    assert box(tab, ".steepest-plane")["height"] > 150
    for name, selector in {
        "Function": ".steepest-formula",
        "Values": ".steepest-chart",
        "Step": ".steepest-worked-step",
        "Table": ".steepest-scroll",
        "Optimizers": ".steepest-name",
    }.items():
        tab.get_by_role("button", name=name, exact=True).click()
        assert tab.locator(selector).first.is_visible(), name
        assert tab.evaluate(SEEN, ".steepest-plane")


def test_many_runs_leave_room_for_the_chart(shown: Open) -> None:
    rates = (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.1)
    tab = shown(
        ONE | {"optimizers": [{"text": "gd", "settings": {"lr": lr}} for lr in rates]}, viewport={"width": 1280, "height": 800}
    )
    tab.locator(".steepest-ranks li").nth(7).wait_for()
    assert box(tab, ".steepest-chart")["height"] >= 72
    card, ranking = box(tab, ".steepest-curves"), box(tab, ".steepest-ranking")
    assert ranking["y"] + ranking["height"] <= card["y"] + card["height"], "what has no room is scrolled to"


def test_a_phone_shows_the_legend_of_four_runs_at_once(shown: Open) -> None:
    tab = shown(FOUR | {"step": 60}, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    legend = tab.locator(".steepest-legend")
    inside = "(legend) => legend.scrollWidth <= legend.clientWidth && legend.scrollHeight <= legend.clientHeight"
    assert legend.evaluate(inside)
    texts = legend.locator("b").all_inner_texts()
    values = [run.values[-1] for run in steepest.compare("rosenbrock", NAMES, steps=60)]
    assert max(map(len, texts)) < 12
    assert legend.locator("span.steepest-legend-item").first.get_attribute("title") == f"gd: f = {float(values[0])!r}"


def test_the_table_of_steps_has_no_more_digits_than_there_is_room_for(shown: Open) -> None:
    close = {"objective": "(x - 1/3)^2 + (y + 2/7)^2 + (z - 5/9)^2 + 1000/7", "start": [3.0, 1.0, 2.0], "steps": 1000, "tol": 0.0}
    tab = shown(ONE | close | {"optimizers": [{"text": "gd", "settings": {"lr": 0.01}}], "step": 900})
    table = tab.locator(".steepest-steps .steepest-scroll")
    assert table.evaluate("(table) => table.scrollWidth <= table.clientWidth")
    cell = table.locator("tr[data-step='900'] td").first
    run = steepest.descend(close["objective"], close["start"], lr=0.01, steps=1000, tol=0)
    assert cell.inner_text() == "0.3333" and float(cell.get_attribute("title")) == run.positions[900, 0]
    size = "(table) => Number.parseFloat(getComputedStyle(table.querySelector('td:not(:empty)')).fontSize)"
    assert table.evaluate(size) < 11
    tab.keyboard.press("Home")
    tab.get_by_label("function to minimize").fill("x^2")
    tab.wait_for_function("() => document.querySelectorAll('.steepest-table thead th').length === 5")
    drawn(tab)
    assert table.evaluate(size) == 11.5, "where there is room again the numbers are as large as before"


def test_the_sheet_is_raised_by_its_grip(shown: Open) -> None:
    tab = shown(ONE, viewport={"width": 360, "height": 740})
    before = box(tab, ".steepest-plane")["height"]
    grip = tab.get_by_role("button", name="height of the panel")
    grip.focus()
    grip.press("ArrowUp")
    grip.press("ArrowUp")
    drawn(tab)
    assert box(tab, ".steepest-plane")["height"] < before - 40


def test_it_opens_at_the_first_step(shown: Open) -> None:
    tab = shown(ONE)
    assert tab.locator(".steepest-step").inner_text() == "0 / 20"
    assert tab.locator(".steepest-lesson h2").inner_text() == "Step 0 → 1 of gd(lr=0.1)"
    assert "Gradient descent, step by step" in tab.locator(".steepest-welcome").inner_text()
    assert tab.get_by_role("button", name="play (space)").inner_text() == "Play"
    assert box(tab, ".steepest-play")["width"] >= 88


def test_the_hint_is_gone_after_the_first_drag(shown: Open) -> None:
    tab = shown(TWO)
    hint = tab.locator(".steepest-hint")
    assert hint.is_visible() and hint.inner_text() == "drag me"
    handle = box(tab, ".steepest-handle")
    tab.mouse.move(handle["x"] + 18, handle["y"] + 18)
    tab.mouse.down()
    tab.mouse.move(handle["x"] + 48, handle["y"] + 28, steps=4)
    tab.mouse.up()
    settled(tab)
    assert not hint.is_visible()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_the_hint_covers_no_button_and_stays_in_the_picture(shown: Open, width: int, height: int) -> None:
    tab = shown(TWO | {"objective": "himmelblau", "start": [0.0, 0.0], "steps": 5}, viewport={"width": width, "height": height})
    picture = box(tab, ".steepest-plane")
    seen = 0
    for across in range(60, int(picture["width"]) - 20, 40):
        for down in (24, 60, 120):
            tab.evaluate(
                """([x, y]) => {
                  const { plane, store } = values.lab, { area } = plane, [[left, right], [low, high]] = area.box;
                  const share = (at, from, to) => (at - from) / (to - from);
                  const start = [left + share(x, area.left, area.right) * (right - left),
                    high - share(y, area.top, area.bottom) * (high - low)];
                  store.change({ start }, true);
                }""",
                [across, down],
            )
            drawn(tab)
            if not tab.locator(".steepest-hint").is_visible():
                continue
            seen += 1
            hint = box(tab, ".steepest-hint")
            assert picture["x"] <= hint["x"] and hint["x"] + hint["width"] <= picture["x"] + picture["width"], (across, down)
            for name in (".steepest-zoom", ".steepest-sweeps .steepest-toggle"):
                for each in tab.locator(name).all():
                    other = each.bounding_box()
                    apart = [hint[side] + hint[size] <= other[side] or other[side] + other[size] <= hint[side]
                             for side, size in (("x", "width"), ("y", "height"))]  # fmt: skip
                    assert any(apart), (across, down, name)
    assert seen > 10


@pytest.mark.parametrize(("width", "height", "scale"), [(1280, 720, 1.6), (2560, 1440, 2.2)])
def test_a_presentation_shows_the_picture_larger_and_nothing_else(shown: Open, width: int, height: int, scale: float) -> None:
    tab = shown(TWO, viewport={"width": width, "height": height})
    step = box(tab, ".steepest-step")["height"]
    tab.keyboard.press("p")
    tab.wait_for_function("() => document.fullscreenElement !== null")
    drawn(tab)
    picture = box(tab, ".steepest-plane")
    assert picture["width"] > 0.95 * width and picture["height"] > 0.72 * height
    assert box(tab, ".steepest-step")["height"] == pytest.approx(scale * step, rel=0.05)
    for hidden in (".steepest-side", ".steepest-curves", ".steepest-numbers-side", ".steepest-head"):
        assert not tab.locator(hidden).is_visible(), hidden
    handle = box(tab, ".steepest-handle")
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 100, y, steps=4)
    tab.mouse.up()
    drawn(tab)
    assert box(tab, ".steepest-handle")["x"] == pytest.approx(handle["x"] + 100, abs=4), "the pointer is where it seems to be"
    tab.get_by_role("button", name="end the presentation").click()
    tab.wait_for_function("() => document.fullscreenElement === null")
    assert tab.locator(".steepest-side").is_visible()


def test_a_link_can_ask_for_the_presentation(shown: Open) -> None:
    tab = shown(ONE | {"flags": {"hide": [], "lock": [], "show": ["presentation"]}}, viewport={"width": 1280, "height": 720})
    assert not tab.locator(".steepest-side").is_visible()
    tab.get_by_role("button", name="play (space)").click()  # a browser gives the screen to a press
    tab.wait_for_function("() => document.fullscreenElement !== null")


def test_colors_are_light_dark_or_as_the_system(shown: Open) -> None:
    tab = shown(ONE, color_scheme="dark")
    paper = "() => getComputedStyle(document.querySelector('.steepest-card')).backgroundColor"
    button = tab.get_by_role("button", name="colors:")
    found = [tab.evaluate(paper)]
    for _ in range(3):
        button.click()
        drawn(tab)
        found.append(tab.evaluate(paper))
    assert found == ["rgb(18, 24, 31)", "rgb(255, 255, 255)", "rgb(18, 24, 31)", "rgb(18, 24, 31)"]
    button.click()
    assert tab.evaluate("() => values.lab.theme.paper") == "#ffffff"


def test_space_plays_wherever_the_hand_was_but_in_a_text(shown: Open) -> None:
    tab = shown(TWO)
    playing = "() => values.lab.timeline.playing"
    slider = tab.get_by_role("slider", name="lr", exact=True).first
    for place in (slider, tab.locator(".steepest-timeline .steepest-range"), tab.get_by_role("button", name="log")):
        place.click(position={"x": 20, "y": 14})
        tab.keyboard.press("Space")
        assert tab.evaluate(playing)
        tab.keyboard.press("Space")
        assert not tab.evaluate(playing)
    field = tab.get_by_label("function to minimize")
    field.focus()
    field.press("Space")
    assert not tab.evaluate(playing)
    log = tab.get_by_role("button", name="log")
    tab.get_by_role("button", name="surface").focus()
    tab.keyboard.press("Tab")
    log.focus()
    pressed = log.get_attribute("aria-pressed")
    tab.keyboard.press("Space")
    drawn(tab)
    assert log.get_attribute("aria-pressed") != pressed, "a button that the keyboard went to is pressed"


def test_reset_and_the_strip_of_states_go_back(shown: Open) -> None:
    tab = shown(ONE)
    for text in ("0.5", "1/4"):
        tab.get_by_label("start: x").fill(text)
        tab.get_by_label("start: x").press("Enter")
        settled(tab)
    strip = tab.get_by_role("button", name="the last states")
    strip.click()
    items = tab.locator(".steepest-states .steepest-item")
    assert items.count() == 3 and items.first.get_attribute("aria-current") == "true"
    drawn_dots = (
        items.nth(1)
        .locator("canvas")
        .evaluate("(each) => each.getContext('2d').getImageData(0, 0, each.width, each.height).data.some((value) => value > 0)")
    )
    assert drawn_dots
    items.nth(1).click()
    assert settled(tab)["start"] == [0.5]
    strip.click()
    tab.get_by_role("button", name="Reset:").click()
    assert settled(tab)["start"] == ONE["start"]
    tab.keyboard.press("Control+z")
    assert settled(tab)["start"] == [0.5]


CURVE = """() => {
  const { plane } = values.lab, [[left, right], [low, high]] = plane.area.box;
  const x = Float64Array.from({ length: 400 }, (_, k) => left + ((right - left) * k) / 399);
  return plane.scene.grid.evaluate(x, null).some((value) => value >= low && value <= high);
}"""


@pytest.mark.parametrize("key", ["Home", "End"])
def test_zooming_keeps_the_curve_in_sight(shown: Open, key: str) -> None:
    tab = shown({"objective": "parabola", "optimizers": [{"text": "gd", "settings": {}}]})
    tab.keyboard.press(key)
    for presses in (4, 66):
        tab.evaluate("(n) => { for (let k = 0; k < n; k++) values.lab.plane.zoomControls.zoomBy(1 / 1.5); }", presses)
        assert tab.evaluate(CURVE), presses
    settled(tab)


def test_a_pointer_shows_where_the_start_is(shown: Open) -> None:
    tab = shown(TWO)
    assert not tab.locator(".steepest-pointer").is_visible()
    tab.evaluate("() => values.lab.plane.zoomTo([[2, 3], [2, 3]])")
    pointer = tab.get_by_role("button", name="the start, x = −1.2, y = 1, is outside of the picture")
    assert pointer.is_visible() and not tab.locator(".steepest-handle").is_visible()
    pointer.click()
    drawn(tab)
    assert tab.locator(".steepest-handle").is_visible() and not tab.locator(".steepest-pointer").is_visible()


def test_hovering_previews_a_step_and_moves_no_other_number(shown: Open) -> None:
    tab = shown(TWO)
    before = [tab.locator(part).inner_text() for part in (".steepest-lesson", ".steepest-legend", ".steepest-step")]
    x, y = tab.evaluate(
        """() => {
          const { plane, sceneRuns } = values.lab, { left, top } = plane.element.getBoundingClientRect();
          const [a, b] = sceneRuns[0].run.positions.slice(80, 82);
          return [left + plane.area.toX(a), top + plane.area.toY(b)];
        }"""
    )
    tab.mouse.move(x, y)
    drawn(tab)
    assert tab.locator(".steepest-plane .steepest-readout").inner_text().startswith("gd, step ")
    assert tab.locator(".steepest-chart-line").is_visible()
    assert [tab.locator(part).inner_text() for part in (".steepest-lesson", ".steepest-legend", ".steepest-step")] == before


def test_the_wheel_says_how_it_zooms(shown: Open) -> None:
    tab = shown(TWO)
    plane = box(tab, ".steepest-plane")
    tab.mouse.move(plane["x"] + 200, plane["y"] + 200)
    tab.mouse.wheel(0, -100)
    expect(tab.locator(".steepest-help")).to_contain_text("wheel zooms")  # a wheel's event comes with a frame


def test_the_start_is_dragged_on_the_surface(shown: Open) -> None:
    tab = shown(TWO | {"objective": "himmelblau", "start": [0.0, 0.0]})
    tab.get_by_role("button", name="surface").click()
    handle = tab.locator(".steepest-grab")
    handle.wait_for()
    drawn(tab)
    at = box(tab, ".steepest-grab")
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 20, y + 12, steps=4)
    tab.mouse.up()
    drawn(tab)
    assert tab.evaluate("() => values.lab.store.state.start") != [0, 0]
    moved = box(tab, ".steepest-grab")
    assert abs(moved["x"] - at["x"] - 20) < 8 and abs(moved["y"] - at["y"] - 12) < 8


def test_a_long_run_has_few_rows_and_arrow_keys_go_through_them(shown: Open) -> None:
    tab = shown(ONE | {"steps": 5000, "tol": 0.0})
    rows = tab.locator(".steepest-table tr[data-step]")
    assert rows.count() < 80
    scroller = tab.get_by_role("region", name="table of steps")
    scroller.focus()
    for key in ("ArrowDown", "ArrowDown", "PageDown", "ArrowUp"):
        scroller.press(key)
    drawn(tab)
    assert tab.locator(".steepest-step").inner_text() == "11 / 5000"
    assert tab.locator("tr[aria-current]").get_attribute("data-step") == "11"
    tab.keyboard.press("End")
    tab.evaluate("() => document.activeElement.blur()")
    tab.keyboard.press("End")
    drawn(tab)
    current = tab.locator("tr[aria-current]")
    assert current.get_attribute("data-step") == "5000" and current.is_visible()


def test_no_name_of_a_hyperparameter_is_cut(shown: Open) -> None:
    tab = shown(ONE)
    cut = """() => [...document.querySelectorAll(".steepest-hyperparameter > .steepest-symbol")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map(({ textContent }) => textContent)"""
    for name in steepest.OPTIMIZERS:
        tab.locator(".steepest-name").select_option(name)
        drawn(tab)
        assert tab.evaluate(cut) == [], name


CLIPPED = """() => [...document.querySelectorAll(".steepest-work, .steepest-slope, .steepest-equations")]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).length"""


def test_no_formula_of_the_gallery_is_clipped(shown: Open) -> None:
    tab = shown(ONE, viewport={"width": 1440, "height": 900})
    for name in GALLERY:
        tab.get_by_label("function to minimize").fill(name)
        for step in (0, 1000):
            tab.evaluate("(step) => values.lab.timeline.go(step)", step)
            drawn(tab)
            assert tab.evaluate(CLIPPED) == 0, (name, step)


def test_the_gallery_has_groups_and_a_search(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="Gallery").click()
    assert tab.locator(".steepest-groups h3").all_inner_texts() == list(GROUPS.values())
    assert tab.locator(".steepest-groups .steepest-item").count() == len(GALLERY)
    tab.get_by_label("search the gallery").fill("banana")
    assert tab.locator(".steepest-groups .steepest-item:visible").all_inner_texts() == ["Rosenbrock"]
    tab.get_by_label("search the gallery").fill("nothing of the kind")
    assert tab.get_by_text("No function has that").is_visible()


def test_a_phone_has_keys_for_formulas(shown: Open) -> None:
    tab = shown(ONE, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    tab.get_by_role("button", name="Function", exact=True).click()
    field = tab.get_by_label("function to minimize")
    field.fill("x^2+")
    for name in ("sin", "x"):
        tab.locator(".steepest-keys").get_by_text(name, exact=True).click()
    assert field.input_value() == "x^2+sin(x)"
    assert settled(tab)["objective"] == "x^2 + sin(x)"


def test_a_teacher_makes_a_link_without_writing_it(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="Share").click()
    tab.get_by_role("button", name="Link for a class").click()
    tab.get_by_role("group", name="Hide").get_by_label("the worked step").check()
    tab.get_by_role("group", name="Lock").get_by_label("the learning rates").check()
    tab.get_by_label("the presentation, at once").check()
    link = tab.get_by_label("link", exact=True).input_value()
    code = tab.get_by_label("code to embed").input_value()
    assert f'src="{link}"' in code and 'origin !== "http://localhost:9"' in code
    pupil = shown(TWO, fragment="#" + link.partition("#")[2])
    assert settled(pupil)["flags"] == {"hide": ["lesson"], "lock": ["lr"], "show": ["presentation"]}
    assert not pupil.locator(".steepest-side").is_visible()
    pupil.keyboard.press("p")
    assert pupil.get_by_role("slider", name="lr", exact=True).is_disabled()
    assert not pupil.locator(".steepest-lesson").is_visible()


def test_the_page_around_it_hears_how_high_it_wants_to_be(shown: Open) -> None:
    tab = shown(ONE)
    heard = tab.evaluate(
        """() => new Promise((done) => {
          addEventListener("message", ({ data }) => done(data));
          const frame = document.createElement("iframe");
          frame.style.width = "400px";
          frame.src = location.href;
          document.body.append(frame);
        })"""
    )
    assert heard == {"type": "steepest-height", "height": 640}


def test_forced_colors_keep_the_sliders_and_the_present_row(shown: Open) -> None:
    tab = shown(TWO, forced_colors="active")
    style = json.loads(
        tab.evaluate(
            """() => {
              const row = getComputedStyle(document.querySelector("tr[aria-current]"));
              const other = getComputedStyle(document.querySelector("tr[data-step]:not([aria-current])"));
              return JSON.stringify([row.backgroundColor, row.color, other.backgroundColor]);
            }"""
        )
    )
    assert style[0] != style[1] and style[0] != style[2]
    track = tab.locator(".steepest-hyperparameter .steepest-slide").first.screenshot()
    tab.get_by_role("slider", name="lr", exact=True).first.press("Home")
    drawn(tab)
    assert tab.locator(".steepest-hyperparameter .steepest-slide").first.screenshot() != track


def test_three_parameters_have_a_picture_for_each_pair(shown: Open) -> None:
    objective = {"objective": "x^2 + y^2 + 2z^2", "start": [1.0, 2.0, 3.0], "optimizers": [{"text": "gd", "settings": {}}]}
    tab = shown(objective)
    axes = tab.evaluate(
        """async () => {
          const { plane } = values.lab, { drawPairs } = await import("/plot/paths/pair_plots.js"), texts = [];
          let lines = 0;
          const context = new Proxy({}, { get: (_, name) => (...given) => {
            if (name === "fillText") texts.push(given[0]);
            if (name === "lineTo") lines++;
          }, set: () => true });
          drawPairs(context, plane.area, plane.scene);
          return [texts.filter((text) => /^[xyz]$/.test(text)), lines];
        }"""
    )
    assert axes[0] == ["x", "y", "x", "z", "y", "z"] and axes[1] > 30
    assert "pairs of coordinates" in (tab.locator(".steepest-plane canvas[role=img]").get_attribute("aria-label") or "")
    settled(tab)
