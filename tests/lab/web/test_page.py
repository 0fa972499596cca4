"""The page in a real browser: typing, dragging, touch, keys, time, links, files, access for everyone."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import steepest
from steepest.language.expression import evaluate
from steepest.language.grammar import read_expression
from steepest.objectives.gallery import GALLERY

from .waiting import drawn, settled

TWO = {
    "objective": "rosenbrock",
    "start": [-1.2, 1.0],
    "steps": 60,
    "optimizers": [{"text": "gd", "settings": {}}, {"text": "adam", "settings": {"lr": 0.05}}],
}
ONE = {"objective": "2x^2 - 4x", "start": [0.0], "steps": 20, "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]}
Open = Callable[..., Any]


def endings(tab: Any) -> list[str]:
    drawn(tab)
    return [str(text) for text in tab.locator(".steepest-ending").all_inner_texts()]


def test_the_page_runs_what_python_runs(shown: Open) -> None:
    tab = shown(TWO)
    runs = steepest.compare("rosenbrock", ["gd", steepest.optimizer("adam", lr=0.05)], (-1.2, 1.0), steps=60)
    assert endings(tab) == [run.ending.message for run in runs]
    assert tab.locator(".steepest-step").inner_text() == "0 / 60"
    assert "Rosenbrock" in tab.locator(".steepest-about").inner_text()
    settled(tab)


def test_typing_a_formula_draws_it_and_a_mistake_gets_a_caret(shown: Open) -> None:
    tab = shown(ONE)
    field = tab.get_by_label("function to minimize")
    field.fill("x^2 + 3y^2")
    tab.get_by_label("start: y").wait_for()
    assert settled(tab)["objective"] == "x^2 + 3*y^2"
    field.fill("x^2 + ")
    tab.locator(".steepest-refusal pre").wait_for()
    line, caret = tab.locator(".steepest-refusal pre").inner_text().split("\n")
    assert line.rstrip() == "x^2 +" and caret.index("^") >= 5
    assert field.get_attribute("aria-invalid") == "true"
    assert settled(tab)["objective"] == "x^2 + 3*y^2"
    field.fill("x^2")
    tab.locator(".steepest-refusal pre").wait_for(state="detached")
    assert len(settled(tab)["start"]) == 1


def test_a_typed_function_is_drawn_finely_when_it_rests_and_the_colors_are_told_as_they_are(shown: Open) -> None:
    tab = shown(TWO)
    bar = tab.locator(".steepest-color-bar")
    for formula in ("(x^2+y-11)^2 + (x+y^2-7)^2 + x", "sin(3x)*cos(2y) + x^2 + y^2", "(1-x)^2 + 9(y-x^2)^2 + 0.1x"):
        before = bar.get_attribute("aria-label")
        tab.get_by_label("function to minimize").fill(formula)
        tab.wait_for_function("(before) => document.querySelector('.steepest-color-bar').ariaLabel !== before", arg=before)
        tab.wait_for_function("() => values.lab.plane.cell === 2")  # it rests, and is drawn finely
        settled(tab)
        told = bar.get_attribute("aria-label")
        tab.evaluate("() => document.activeElement.blur()")
        tab.keyboard.press("ArrowRight")  # all that is shown is drawn again
        drawn(tab)
        assert bar.get_attribute("aria-label") == told


def test_the_picture_comes_before_what_stands_beside_it(shown: Open) -> None:
    tab = shown(TWO)
    tab.evaluate("""() => {
      const field = document.querySelector(".steepest-formula");
      const slope = () => document.querySelector(".steepest-slope").textContent;
      const before = slope();
      field.value = "x^2";
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      window.seen = new Promise((done) => {
        requestAnimationFrame(() => { // after the page's own in the same frame, so that the frame is painted as it is now
          done([document.querySelector(".steepest-plane [role=img]").ariaLabel, slope() === before]);
        });
      });
    }""")
    assert tab.evaluate("() => window.seen") == ["the curve of the function with the paths of gd, adam(lr=0.05)", True]
    tab.wait_for_function("() => /2.?x$/.test(document.querySelector('.steepest-slope').textContent)")
    settled(tab)


def test_the_gallery_is_a_menu_with_pictures(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="Gallery").click()
    tab.get_by_role("button", name="Himmelblau").click()
    assert settled(tab)["objective"] == "himmelblau"
    assert settled(tab)["start"] == list(GALLERY["himmelblau"].start)


@pytest.mark.parametrize("state", [ONE, TWO], ids=["curve", "contours"])
def test_the_start_is_dragged_with_the_mouse(shown: Open, state: dict[str, Any]) -> None:
    tab = shown(state)
    box = tab.locator(".steepest-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y - 20, steps=5)
    tab.mouse.up()
    moved = settled(tab)["start"]
    assert moved[0] > state["start"][0]
    method = steepest.optimizer("gd", **state["optimizers"][0]["settings"])
    run = steepest.descend(state["objective"], tuple(moved), optimizer=method, steps=state["steps"])
    assert endings(tab)[0] == run.ending.message


def test_the_start_is_dragged_with_a_finger(shown: Open) -> None:
    tab = shown(TWO, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab.locator(".steepest-handle").scroll_into_view_if_needed()
    box = tab.locator(".steepest-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = tab.context.new_cdp_session(tab)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (10, 25, 40):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + part, "y": y + part / 2}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    start = settled(tab)["start"]
    assert start[0] > -1.2 and start[1] < 1.0


def test_the_start_moves_with_the_arrow_keys_and_by_its_numbers(shown: Open) -> None:
    tab = shown(TWO)
    handle = tab.locator(".steepest-handle")
    handle.focus()
    handle.press("ArrowRight")
    handle.press("Shift+ArrowUp")
    x, y = settled(tab)["start"]
    assert -1.2 < x < -1.1 and y > 1.1
    tab.get_by_label("start: x").fill("0.5")
    tab.get_by_label("start: x").press("Enter")
    assert settled(tab)["start"][0] == 0.5


def test_time_plays_steps_and_jumps_by_keys(shown: Open) -> None:
    tab = shown(TWO)
    step = tab.locator(".steepest-step")  # nothing has the focus
    pressed = {"Home": 0, "ArrowRight": 1, "Shift+ArrowRight": 11, "ArrowLeft": 10, "End": 60}
    for key, reached in pressed.items():
        tab.keyboard.press(key)
        assert step.inner_text() == f"{reached} / 60", key
    tab.clock.install(time=0)
    tab.clock.pause_at(10_000)
    tab.keyboard.press("r")
    tab.clock.run_for(1000)
    tab.keyboard.press("Space")
    reached = int(step.inner_text().split(" / ")[0])
    assert 8 <= reached <= 10, "60 steps in 6 seconds"
    tab.clock.run_for(5000)
    assert step.inner_text() == f"{reached} / 60"
    assert settled(tab)["step"] == reached
    assert tab.locator("[aria-live=polite]").inner_text().startswith(f"step {reached}: x = ")


def test_the_worked_step_has_this_steps_numbers(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="to the start (Home)").click()
    drawn(tab)
    assert tab.locator(".steepest-worked-step").locator("..").locator("h2").inner_text().startswith("Step 0 → 1 of gd")
    results = [re.sub(r"\s", "", text) for text in tab.locator(".steepest-result").all_text_contents()]
    assert results == ["=−4", "=0.4"]
    numbers = [re.sub(r"\s", "", text) for text in tab.locator(".steepest-numbers").all_text_contents()]
    assert numbers == ["=4·0−4", "=0−0.1·(−4)"]


def test_sliders_and_fields_change_hyperparameters(shown: Open) -> None:
    tab = shown(ONE)
    slider = tab.get_by_role("slider", name="lr", exact=True)
    slider.focus()
    slider.press("End")
    assert settled(tab)["optimizers"][0]["settings"]["lr"] > 1
    assert endings(tab)[0].startswith("diverged") or "step limit" in endings(tab)[0]
    tab.get_by_label("lr: a number or a formula in t and T").fill("0.1/(1+0.02t)")
    tab.get_by_label("lr: a number or a formula in t and T").press("Enter")
    settled(tab)
    run = steepest.descend("2x^2-4x", 0, lr="0.1/(1+0.02t)", steps=20)
    assert endings(tab) == [run.ending.message]
    assert settled(tab)["optimizers"][0]["settings"]["lr"] == "0.1/(1+0.02t)"


def test_the_learning_rate_marks_where_it_stops_being_stable(shown: Open) -> None:
    tab = shown(ONE)
    assert tab.locator(".steepest-bound").inner_text() == "stable below 0.5"
    assert tab.locator(".steepest-mark").is_visible()


def test_numbers_of_the_worked_step_give_its_results(shown: Open) -> None:
    """With what is written, not with what the machine knows; also where almost everything cancels."""
    tab = shown(ONE | {"steps": 60})
    for button in ("to the start (Home)", *["one step on"] * 3, "to the end (End)", "one step back"):
        tab.get_by_role("button", name=button).click()
        drawn(tab)
        numbers = [re.sub(r"\s", "", text) for text in tab.locator(".steepest-numbers").all_text_contents()]
        results = [re.sub(r"\s", "", text) for text in tab.locator(".steepest-result").all_text_contents()]
        assert len(numbers) == 2
        for line, result in zip(numbers, results, strict=True):
            assert read_number(line) == pytest.approx(read_number(result), rel=1e-3), (line, result)


def read_number(text: str) -> float:
    """The value of what the page writes with numbers alone."""
    plain = text.removeprefix("=").replace("−", "-").replace("·", "*")
    plain = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"10^({found[1].translate(RAISED)})", plain)
    return evaluate(read_expression(plain, known=()))


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def test_a_divergence_has_a_chart(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [1.0], "steps": 30, "optimizers": [{"text": "gd", "settings": {"lr": 1.1}}]})
    last = steepest.descend("x^2", 1, lr=1.1, steps=30).values[-1]
    assert last > 1000
    low, high = tab.evaluate("() => values.lab.chart.ends()")
    assert low < 1 and last < high < 10 * last
    tab.get_by_role("button", name="log", exact=True).click()
    drawn(tab)
    low, high = tab.evaluate("() => values.lab.chart.ends()")
    assert low < 1 and 8 < high < 12


def test_a_logarithmic_chart_of_values_below_0_shows_their_distance_to_the_lowest(shown: Open) -> None:
    tab = shown(ONE | {"scale": "log", "objective": "x^2 - 4x"})
    low, high = tab.evaluate("() => values.lab.chart.ends()")
    assert 0 < low < 1 < high < 10
    name, left = tab.evaluate(
        """() => {
          const { chart } = values.lab, context = chart.layers.contexts[0], { fillText } = context, lefts = {};
          context.fillText = (text, x) => { lefts[text] = x - context.measureText(text).width; };
          chart.drawAxes(context, chart.series);
          context.fillText = fillText;
          return [chart.measured, lefts[chart.measured]];
        }"""
    )
    assert name == "f − min" and left >= 0, "it is not cut"


def test_a_tiny_start_is_seen_as_one(shown: Open) -> None:
    tab = shown({"objective": "x^2 + y^2", "start": [1e-6, -1.2345678901e-5], "optimizers": [{"text": "gd"}]})
    fields = [tab.get_by_label(f"start: {name}") for name in "xy"]
    assert [field.input_value() for field in fields] == ["1e-6", "-1.2345678901e-5"]
    for field in fields:
        assert field.evaluate("(field) => field.scrollWidth <= field.clientWidth"), "its power of ten is seen"


def test_equations_may_lose_a_hyperparameter_and_a_right_value_ends_a_refusal(shown: Open) -> None:
    tab = shown(ONE)
    field = tab.get_by_label("lr: a number or a formula in t and T")
    field.fill("abc")
    field.press("Enter")
    tab.locator(".steepest-refusal pre").wait_for()
    field.fill("0.2")
    field.press("Enter")
    tab.locator(".steepest-refusal pre").wait_for(state="detached")
    tab.get_by_role("button", name="edit the equations").click()
    tab.locator(".steepest-editor").fill("v = β v + g\ntheta = theta - lr*v")
    tab.get_by_label("beta: a number or a formula in t and T").fill("0.5")
    tab.get_by_label("beta: a number or a formula in t and T").press("Enter")
    tab.locator(".steepest-editor").fill("v = β v + g\ntheta = theta - 0.05*v")
    assert settled(tab)["optimizers"][0]["settings"] == {"beta": 0.5}
    tab.locator(".steepest-editor").fill("theta = theta - 0.05*g")
    assert settled(tab)["optimizers"][0] == {"text": "theta = theta - 0.05*g", "settings": {}}
    assert endings(tab) == [steepest.descend("2x^2-4x", 0, optimizer="theta = theta - 0.05*g", steps=20).ending.message]


def test_the_focus_stays_where_it_was(shown: Open) -> None:
    tab = shown(ONE)
    menu = tab.locator(".steepest-name").first
    menu.focus()
    for name in ("momentum", "heavy_ball"):
        menu.press("ArrowDown")
        drawn(tab)
        assert settled(tab)["optimizers"][0]["text"] == name
    field = tab.get_by_label("lr: a number or a formula in t and T")
    field.fill("0.1/t")
    field.press("Enter")
    settled(tab)
    assert tab.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("lr")


def test_a_start_that_is_no_number_is_told_and_one_far_away_is_shown(shown: Open) -> None:
    tab = shown(TWO)
    field = tab.get_by_label("start: x")
    field.fill("1/2 +")
    field.press("Tab")
    assert field.get_attribute("aria-invalid") == "true"
    expect(tab.locator(".steepest-note")).to_contain_text("no number")
    field.fill("1/3")
    field.press("Enter")
    assert settled(tab)["start"][0] == 1 / 3
    field.fill("\N{MINUS SIGN}40")
    field.press("Enter")
    assert settled(tab)["start"][0] == -40
    assert field.get_attribute("aria-invalid") != "true"
    assert tab.locator(".steepest-handle").is_visible()


@pytest.mark.parametrize(("formula", "across"), [("1/x", 0), ("tan(x + pi/2)", 0), ("40 tanh(200x)", 1), ("9 sign(x)", 1)])
def test_a_curve_is_not_drawn_across_its_poles(shown: Open, formula: str, across: int) -> None:
    tab = shown({"objective": formula, "start": [1.0], "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}], "steps": 3})
    tab.evaluate("() => values.lab.plane.zoomTo([[-1, 1.01], [-20, 20]])")
    found = tab.evaluate(
        """async () => {
          const { plane } = values.lab, at = plane.area.toX(0), calls = [], context = {};
          for (const name of ["beginPath", "moveTo", "lineTo", "stroke"]) context[name] = (x, y) => calls.push([name, x, y]);
          const { drawCurve } = await import("/plot/objective_layer.js");
          drawCurve(context, plane.area, plane.scene);
          const after = calls.slice(4); // the line at 0
          return after.filter(([name, x], k) => k && name === "lineTo" && x > at + 0.01 && after[k - 1][1] < at - 0.01).length;
        }"""
    )
    assert found == across


def test_the_line_with_a_mistake_is_whole_or_its_cut_is_seen(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="edit the equations").click()
    tab.locator(".steepest-editor").fill("v = 0.9*v + g\ntheta = theta - lr*v/sqrt(t")
    refused = tab.locator(".steepest-optimizer .steepest-refusal pre")
    expect(refused).to_have_text("theta = theta - lr*v/sqrt(t\n" + 25 * " " + "^", use_inner_text=True)
    long = "x^2 + " * 10 + "sni(x)" + " + x^2" * 10
    tab.get_by_label("function to minimize").fill(long)
    line, caret = tab.locator(".steepest-objective .steepest-refusal pre").inner_text().split("\n")
    assert line[0] == line[-1] == "…" and len(line) == 44 and line[1:-1] in long
    assert line[caret.index("^") :].startswith("sni(x)")


def test_optimizers_come_and_go_and_are_rewritten(shown: Open) -> None:
    tab = shown(ONE)
    tab.get_by_role("button", name="Add an optimizer").click()
    assert len(settled(tab)["optimizers"]) == 2
    tab.get_by_role("button", name="duplicate this optimizer").first.click()
    assert [each["text"] for each in settled(tab)["optimizers"]] == ["gd", "gd", "momentum"]
    tab.get_by_role("button", name="remove this optimizer").first.click()
    tab.locator(".steepest-name").first.select_option("adam")
    assert [each["text"] for each in settled(tab)["optimizers"]] == ["adam", "momentum"]
    tab.get_by_role("button", name="edit the equations").nth(1).click()
    tab.locator(".steepest-editor").nth(1).fill("v = beta*v + g\ntheta = theta - lr*sign(v)")
    assert settled(tab)["optimizers"][1]["text"] == "v = beta*v + g; theta = theta - lr*sign(v)"
    tab.locator(".steepest-editor").nth(1).fill("theta = theta - lr*")
    tab.locator(".steepest-refusal pre").wait_for()
    settled(tab)


def test_a_link_carries_everything(shown: Open) -> None:
    tab = shown(TWO)
    tab.get_by_role("button", name="log").click()
    tab.get_by_role("button", name="momentum", exact=True).click()
    tab.get_by_label("start: x").fill("0.25")
    tab.get_by_label("start: x").press("Enter")
    tab.get_by_role("button", name="to the start (Home)").click()
    tab.get_by_role("button", name="one step on").click()
    state = settled(tab)
    again = shown(ONE, fragment="#" + tab.url.partition("#")[2])
    assert again.locator(".steepest-step").inner_text() == "1 / 60"
    assert endings(again) == endings(tab)
    again.get_by_role("button", name="one step on").click()
    assert settled(again) == state | {"step": 2}


@pytest.mark.parametrize(
    "state", [ONE, TWO, ONE | {"optimizers": [{"text": "v = b*v + g; theta = theta - lr*v", "settings": {"b": 0.8}}]}]
)
def test_the_command_and_the_python_code_make_the_runs_again(shown: Open, state: dict[str, Any]) -> None:
    tab = shown(state, permissions=["clipboard-read", "clipboard-write"])
    texts = {}
    for name, what in (("Copy as command", "the command"), ("Copy as Python", "the Python code")):
        tab.get_by_role("button", name="Share").click()
        tab.get_by_role("button", name=name).click()
        tab.get_by_text(f"copied {what}").wait_for()
        texts[name] = tab.evaluate("() => navigator.clipboard.readText()")
    words = shlex.split(texts["Copy as command"])
    told = subprocess.run(
        [sys.executable, "-m", "steepest", *words[1:], "--json"], capture_output=True, text=True, check=True
    ).stdout
    assert [run["message"] for run in json.loads(told)["runs"]] == endings(tab)
    scope: dict[str, Any] = {}
    exec(texts["Copy as Python"], scope)  # noqa: S102 - the page's own code
    runs = scope["runs"] if "runs" in scope else [scope["run"]]
    assert [run.ending.message for run in runs] == endings(tab)


@pytest.mark.parametrize("kind", ["png", "svg", "csv", "json"])
def test_what_is_saved_opens(shown: Open, kind: str, tmp_path: Path) -> None:
    tab = shown(TWO)
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name=f"Save as {kind.upper()}").click()
    path = tmp_path / f"descent.{kind}"
    download.value.save_as(path)
    if kind == "png":
        from PIL import Image

        with Image.open(path) as image:
            assert image.size[0] > 900
            assert image.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
    elif kind == "svg":
        from xml.etree import ElementTree

        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    elif kind == "csv":
        lines = path.read_text().splitlines()
        assert len(lines) == 1 + 2 * 61
        assert lines[0].startswith("run,optimizer,step,x,y,f,gradient_x,gradient_y")
    else:
        runs = json.loads(path.read_text())["runs"]
        assert runs[0]["positions"][0] == [-1.2, 1.0]
        assert len(runs[1]["quantities"]["m"]) == 60
    settled(tab)


def test_flags_of_a_link_hide_and_lock(shown: Open) -> None:
    tab = shown(ONE | {"flags": {"hide": ["lesson", "share"], "lock": ["objective", "lr"]}})
    assert not tab.locator(".steepest-worked-step").is_visible()
    assert not tab.get_by_role("button", name="Share").is_visible()
    assert tab.get_by_label("function to minimize").is_disabled()
    assert tab.get_by_role("slider", name="lr", exact=True).is_disabled()


def test_the_surface_is_the_third_view(shown: Open) -> None:
    tab = shown(TWO)
    tab.get_by_role("button", name="surface").click()
    canvas = tab.locator(".steepest-surface")
    canvas.wait_for()
    pictures = []
    for key in ("ArrowRight", "ArrowLeft"):
        canvas.press(key)
        tab.wait_for_function("() => !values.lab.surface.renderer.coarseTimer")
        drawn(tab)
        pictures.append(canvas.screenshot())
    assert pictures[0] != pictures[1]
    assert settled(tab)["view"] == "surface"
    tab.get_by_role("button", name="plane").click()
    drawn(tab)
    assert tab.locator(".steepest-handle").is_visible()


def test_three_parameters_have_a_chart(shown: Open) -> None:
    tab = shown({"objective": "x^2 + y^2 + 2z^2", "start": [1.0, 2.0, 3.0], "optimizers": [{"text": "gd", "settings": {}}]})
    assert not tab.locator(".steepest-handle").is_visible()
    assert len(settled(tab)["start"]) == 3


WIDTHS = [(360, 740), (768, 1024), (1440, 900)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("state", [ONE, TWO], ids=["curve", "contours"])
def test_nothing_is_cut_and_everyone_can_use_it(shown: Open, state: dict[str, Any], width: int, height: int, scheme: str) -> None:
    from axe_playwright_python import sync_playwright as axe

    tab = shown(state, viewport={"width": width, "height": height}, color_scheme=scheme)
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    small = tab.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea")].filter((each) => each.checkVisibility())
        .map((each) => [each.title || each.ariaLabel || each.textContent, (each.closest("label") ?? each).getBoundingClientRect()])
        .filter(([, { width, height }]) => width < 24 || height < 24).map(([name]) => name)"""
    )
    assert small == []
    violations = axe.Axe().run(tab).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations] == []
    settled(tab)
