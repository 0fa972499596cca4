"""Where starts end, many starts at once, and the map of outcomes, in a browser."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

HIMMELBLAU: dict[str, Any] = {
    "objective": "himmelblau",
    "optimizers": [{"text": "gd", "settings": {"lr": 0.01}}],
    "start": [0.0, 0.0],
    "steps": 200,
}
DONE = """() => {
  const { basins, store } = values.lab; // what is found stays that of an earlier key while the next one is worked on
  return !store.stale && !basins.queue.jobs.size && basins.found?.complete && basins.key === basins.wanted;
}"""
TOGGLE = "button:has-text('where starts end')"
MANY = "button:has-text('many starts')"


def settle(tab: Any) -> dict[str, Any]:
    """The basins that are shown once all is computed: their shape, minima, endings, and the box that they are of."""
    tab.wait_for_function(DONE)
    found: dict[str, Any] = tab.evaluate("""() => {
      const { found, picture, plane } = values.lab.basins;
      const { shape, ending, axes, stride } = found.cells;
      return { shape, stride, reached: [...found.reached], ending: [...ending], minima: found.minima,
        axes: axes.map((each) => [...each]), box: picture.box, view: plane.area.box,
        key: document.querySelector(".steepest-basin-key").innerText };
    }""")
    return found


def pixel(tab: Any, at: list[float]) -> dict[str, float]:
    """Where a position is on the screen."""
    found: dict[str, float] = tab.evaluate(
        """([x, y]) => {
      const { plane } = values.lab;
      const { left, top } = plane.element.getBoundingClientRect();
      return { x: left + plane.area.toX(x), y: top + plane.area.toY(y) };
    }""",
        at,
    )
    return found


def state(tab: Any) -> dict[str, Any]:
    found: dict[str, Any] = tab.evaluate("() => values.lab.store.state")
    return found


def test_basins_are_shown_on_request_and_belong_to_the_state(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU)
    assert tab.get_attribute(TOGGLE, "aria-pressed") == "false"
    assert tab.evaluate("() => values.lab.basins.picture") is None
    height = tab.evaluate("() => values.lab.plane.area.height")
    tab.click(TOGGLE)
    found = settle(tab)
    assert state(tab)["show"] == ["basins"]
    assert tab.get_attribute(TOGGLE, "aria-pressed") == "true"
    assert found["minima"][0]["name"] == "minimum (3, 2)"
    assert set(found["reached"]) >= {0, 1, 2, 3}
    assert found["box"] == found["view"]
    assert "(3, 2)" in found["key"] and "%" in found["key"] and "more steps" in found["key"]
    assert abs(tab.evaluate("() => values.lab.plane.area.height") - height) < 40
    middle = found["reached"][(found["shape"][0] // 2) * found["shape"][1] + found["shape"][1] // 2]
    ends = tab.evaluate("() => values.lab.store.optimizers[0].latest.positions.slice(-2)")
    assert middle >= 0 and ends
    tab.click(TOGGLE)
    tab.wait_for_function("() => values.lab.basins.picture === null && values.lab.plane.scene.basins === null")
    assert state(tab)["show"] == []
    tab.keyboard.press("Control+z")
    settle(tab)
    assert tab.mistakes == []


def test_a_click_on_a_cell_runs_to_where_its_color_says(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"show": ["basins"]})
    found = settle(tab)
    columns, rows = found["shape"]
    for share in ((0.3, 0.3), (0.7, 0.45), (0.35, 0.75)):
        i, j = int(columns * share[0]), int(rows * share[1])
        at = [found["axes"][0][i], found["axes"][1][j]]
        reached = found["reached"][i * rows + j]
        assert reached >= 0
        place = pixel(tab, at)
        tab.mouse.click(place["x"], place["y"])
        tab.wait_for_function("(start) => Math.hypot(...values.lab.store.state.start.map((x, i) => x - start[i])) < 0.05", arg=at)
        tab.wait_for_function("() => !values.lab.store.stale")
        end = tab.evaluate(
            "() => { const { positions, steps } = values.lab.store.optimizers[0].latest; "
            "return [...positions.slice(2 * steps, 2 * steps + 2)]; }"
        )
        assert end == pytest.approx(found["minima"][reached]["position"], abs=1e-3)
    assert tab.mistakes == []


def test_a_drag_of_the_learning_rate_and_the_wheel_compute_what_is_seen(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"show": ["basins"]})
    before = settle(tab)
    slider = tab.locator(".steepest-range[aria-label=lr]")
    slider.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    after = settle(tab)
    assert after["reached"] != before["reached"]
    place = pixel(tab, [-1.0, -1.0])
    tab.mouse.move(place["x"], place["y"])
    tab.keyboard.down("Control")
    for _ in range(4):
        tab.mouse.wheel(0, -240)
    tab.keyboard.up("Control")
    tab.wait_for_function("() => values.lab.store.state.zoom !== null")
    deeper = settle(tab)
    assert deeper["shape"] == after["shape"] and deeper["box"] == deeper["view"]
    width = [high - low for low, high in deeper["box"]]
    assert width[0] < 0.2 * (after["box"][0][1] - after["box"][0][0])
    assert tab.mistakes == []


def test_the_layer_is_the_chosen_optimizer_s(shown: Callable[..., Any]) -> None:
    tab = shown(
        HIMMELBLAU | {"show": ["basins"], "optimizers": [*HIMMELBLAU["optimizers"], {"text": "adam", "settings": {"lr": 0.2}}]}
    )
    first = settle(tab)
    tab.locator(".steepest-optimizer").nth(1).locator(".steepest-equations").click()
    tab.wait_for_function("() => values.lab.basins.key.includes('beta2')")
    assert settle(tab)["reached"] != first["reached"]
    assert tab.mistakes == []


def test_one_parameter_has_a_strip_and_a_surface_has_no_layer(shown: Callable[..., Any]) -> None:
    tab = shown({"objective": "x^4 - 3x^2 + x", "optimizers": [{"text": "gd", "settings": {"lr": 0.02}}], "show": ["basins"]})
    found = settle(tab)
    assert len(found["shape"]) == 1 and len(found["minima"]) == 2
    assert found["box"] == found["view"][:1]
    assert tab.mistakes == []
    tab = shown(HIMMELBLAU | {"show": ["basins"], "view": "surface"})
    assert tab.evaluate("() => values.lab.basins.on") is False
    assert tab.locator(TOGGLE).is_hidden() and tab.locator(".steepest-basin-key").is_hidden()
    tab.click("[data-view=plane]")
    settle(tab)


def test_shift_and_a_click_let_many_starts_go(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU)
    place = pixel(tab, [-2.0, 1.0])
    tab.keyboard.down("Shift")
    tab.mouse.click(place["x"], place["y"])
    tab.keyboard.up("Shift")
    tab.wait_for_function("() => values.lab.store.state.starts !== null && values.lab.plane.scene.many?.length === 37")
    now = state(tab)
    assert now["start"] == [0.0, 0.0]
    assert [sum(side) / 2 for side in now["starts"]] == pytest.approx([-2.0, 1.0], abs=0.05)
    longest = tab.evaluate("() => Math.max(...values.lab.store.manyRuns.map(({ steps }) => steps))")
    assert tab.evaluate("() => values.lab.timeline.most") == max(
        longest, tab.evaluate("() => values.lab.store.optimizers[0].latest.steps")
    )
    tab.evaluate("() => values.lab.timeline.go(12)")
    link = tab.evaluate("async () => (await import('/model/state.js')).toFragment(values.lab.present())")
    other = shown(HIMMELBLAU, fragment=link)
    assert state(other)["starts"] == now["starts"]
    assert other.get_attribute(MANY, "aria-pressed") == "true"
    other.click(MANY)
    other.wait_for_function("() => values.lab.store.state.starts === null && values.lab.plane.scene.many.length === 0")
    other.click(MANY)
    other.wait_for_function("() => values.lab.plane.scene.many.length === 37")
    other.keyboard.press("Control+z")
    other.wait_for_function("() => values.lab.plane.scene.many.length === 0")
    assert tab.mistakes == other.mistakes == []


def test_pictures_that_are_saved_have_the_layer(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"show": ["basins"]})
    svg = tab.evaluate("""async () => {
      const { SvgContext } = await import("/plot/canvas/svg_context.js");
      const { basins, plane, theme } = values.lab;
      basins.finish();
      const context = new SvgContext(plane.area.width, plane.area.height, theme.paper);
      plane.drawOn(context);
      return [context.text("", ""), basins.found.complete, basins.picture.canvas.toDataURL("image/png")];
    }""")
    assert svg[1] and svg[2] in svg[0] and "pixelated" in svg[0]
    data = base64.b64decode(svg[2].partition(",")[2])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert tab.mistakes == []


def test_the_map_of_lr_and_beta_has_a_dot_to_drag(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"optimizers": [{"text": "momentum", "settings": {"lr": 0.005, "beta": 0.5}}]})
    tab.click(".steepest-map-button")
    tab.wait_for_function("() => document.querySelector('.steepest-map-line')?.getAttribute('d')")
    tab.wait_for_function("() => !document.querySelector('.steepest-map').hasAttribute('data-stale')")
    assert "minimum (3, 2)" in tab.inner_text(".steepest-map-note")
    areas = tab.evaluate(
        "() => [...document.querySelectorAll('.steepest-map-plot path')].map((each) => each.getAttribute('d') ?? '')"
    )
    assert sum(bool(each) for each in areas) >= 4
    plot = tab.locator(".steepest-map-plot").bounding_box()
    tab.mouse.move(plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] * 0.75)
    tab.mouse.down()
    tab.mouse.move(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2, steps=4)
    tab.mouse.up()
    tab.wait_for_function("() => !values.lab.store.stale")
    settings = tab.evaluate("() => ({ ...values.lab.store.optimizers[0].settings })")
    assert settings == {"lr": pytest.approx(0.01, rel=0.1), "beta": pytest.approx(0.99, abs=1e-3)}
    fields = tab.evaluate(
        "() => [...document.querySelectorAll('.steepest-number[aria-label*=formula]')].map((each) => +each.value)"
    )
    assert fields == [settings["lr"], settings["beta"]]
    tab.focus(".steepest-map-dot")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("(lr) => values.lab.store.optimizers[0].settings.lr < lr", arg=settings["lr"])
    assert tab.evaluate("() => values.lab.store.optimizers[0].settings.beta") < settings["beta"]
    assert "beta" in (tab.get_attribute(".steepest-map-dot", "aria-valuetext") or "")
    for _ in range(tab.evaluate("() => values.lab.store.history.index")):
        tab.keyboard.press("Control+z")
    tab.wait_for_function("() => values.lab.store.optimizers[0].settings.beta === 0.5")
    assert tab.locator(".steepest-map").count() == 1
    assert tab.mistakes == []


def test_a_map_of_too_many_steps_shows_no_outcomes_of_fewer(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"optimizers": [{"text": "momentum", "settings": {"lr": 0.005, "beta": 0.5}}]})
    tab.click(".steepest-map-button")
    tab.wait_for_function("() => document.querySelector('.steepest-map-line')?.getAttribute('d')")
    tab.evaluate("() => values.lab.store.change({ steps: 5000 }, true)")
    tab.wait_for_function("() => document.querySelector('.steepest-map-note').textContent.includes('would take too long')")
    assert tab.inner_text(".steepest-map-note") == "1,536 runs of 5,000 steps would take too long"
    drawn = "() => [...document.querySelectorAll('.steepest-map-plot path')].some((each) => each.getAttribute('d'))"
    assert not tab.evaluate(drawn)
    tab.evaluate("() => values.lab.store.change({ steps: 50 }, true)")
    tab.wait_for_function(drawn)
    tab.wait_for_function("() => /^line: stable/.test(document.querySelector('.steepest-map-note').textContent)")
    assert tab.mistakes == []


def test_a_map_of_several_hyperparameters_lets_choose(shown: Callable[..., Any]) -> None:
    tab = shown(HIMMELBLAU | {"optimizers": [{"text": "adam", "settings": {"lr": 0.2}}]})
    tab.click(".steepest-map-button")
    tab.select_option(".steepest-map-other", "beta2")
    tab.wait_for_function("() => values.lab.store.optimizers[0].mapped === 'beta2'")
    tab.wait_for_function("() => document.querySelector('.steepest-map-plot path[d]')?.getAttribute('d') !== null")
    assert tab.inner_text(".steepest-map-button") == "lr × β₂ map"
    assert tab.mistakes == []


def test_without_webassembly_the_layer_is_the_same(visit: Callable[..., Any], shown: Callable[..., Any]) -> None:
    from tests.lab.web.conftest import LAB

    from steepest.lab.document import document

    given = HIMMELBLAU | {"show": ["basins"], "steps": 8}
    compiled = settle(shown(given))
    refused = visit(
        LAB, document(given), policy="default-src 'self'; script-src 'self'; img-src 'self' data: blob:",
        viewport={"width": 1280, "height": 900},
    )  # fmt: skip
    found = settle(refused)
    assert refused.evaluate("() => values.lab.store.optimizers[0].spare.compile()") is None
    assert json.dumps(found["reached"]) == json.dumps(compiled["reached"])
