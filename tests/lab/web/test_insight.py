"""Why a run went as it did, on the page: verdicts, outcomes along the sliders, the chart, what colors and arrows mean."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

import steepest

from .waiting import drawn

Open = Callable[..., Any]
TEXTS = (
    "() => [...document.querySelectorAll('.steepest-verdict')].every((each) => !each.hasAttribute('data-stale') && !each.hidden)"
)


def gd(lr: float | str, **state: Any) -> dict[str, Any]:
    return {"objective": "x^2", "start": [3.0], "steps": 100, "optimizers": [{"text": "gd", "settings": {"lr": lr}}]} | state


def judged(tab: Any) -> list[str]:
    """The verdicts, once all are known: of the runs that are shown."""
    drawn(tab)
    tab.wait_for_function(TEXTS)
    return [" ".join(text.split()) for text in tab.locator(".steepest-verdict > p").all_inner_texts()]


def outcomes_known(tab: Any) -> None:
    drawn(tab)
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.steepest-outcomes')].every((each) => !each.hasAttribute('data-stale'))"
        " && values.lab.insight.queue.jobs.size === 0"
    )


@pytest.mark.parametrize(
    ("lr", "tone", "words"),
    [
        (1.67, "bad", "diverges from step 1 along x: lr·λ = 1.67·2 = 3.34, and gd is stable below 2"),
        (1, "warning", "bounces without end"),
        (-1, "bad", "diverges: lr is negative"),
        (0, "warning", "does not move: lr is 0"),
        (0.3, "good", "converges to the minimum x = 0, f = 0, in 22 steps"),
    ],
)
def test_a_card_has_a_verdict(shown: Open, lr: float, tone: str, words: str) -> None:
    tab = shown(gd(lr))
    assert judged(tab)[0].startswith(words)
    assert tab.locator(".steepest-verdict").get_attribute("data-tone") == tone
    run = steepest.descend("x^2", 3, lr=lr, steps=100)
    assert tab.locator(".steepest-ending").inner_text() == run.ending.message
    assert tab.mistakes == []


def test_the_learning_rate_that_was_tried_is_a_button_and_does_what_it_says(shown: Open) -> None:
    tab = shown(gd(1.67))
    judged(tab)
    assert tab.locator(".steepest-advice").inner_text().split() == ["use", "0.5", "(tried:", "2", "steps)"]
    tab.get_by_role("button", name="use the learning rate 0.5").click()
    tab.wait_for_function("() => document.querySelector('.steepest-verdict').dataset.tone === 'good'")
    assert judged(tab) == ["converges to the minimum x = 0, f = 0, in 2 steps"]
    expect(tab.get_by_role("textbox", name="lr: a number")).to_have_value("0.5")
    assert tab.locator(".steepest-ending").inner_text() == steepest.descend("x^2", 3, lr=0.5, steps=100).ending.message
    assert tab.evaluate("() => values.lab.store.history.undoLabel") == "lr of gd changed"


def test_a_locked_learning_rate_has_no_button(shown: Open) -> None:
    tab = shown(gd(1.67, flags={"lock": ["lr"], "hide": []}))
    judged(tab)
    assert tab.get_by_role("button", name="use the learning rate").count() == 0


def test_verdicts_are_read_out(shown: Open) -> None:
    tab = shown(gd(1.67))
    status = tab.locator(".steepest-lab > [role=status][aria-live]")
    tab.wait_for_function("() => /diverges from step 1/.test(document.querySelector('.steepest-unseen[role=status]').textContent)")
    field = tab.get_by_role("textbox", name="lr: a number")
    field.fill("0.3")
    field.press("Enter")
    tab.wait_for_function("() => /gd: converges to the/.test(document.querySelector('.steepest-unseen[role=status]').textContent)")
    assert "step" in status.text_content()


def test_a_change_that_is_not_run_yet_is_run_before_it_is_read_out(shown: Open) -> None:
    tab = shown(gd(0.3))
    told = tab.evaluate(
        """() => {
          const { lab } = values;
          const [optimizer] = lab.store.optimizers;
          optimizer.link(lab.store.objective); // as with equations that were typed: there is no run until the next frame
          lab.store.stale = true;
          lab.readOut();
          return lab.live.textContent;
        }"""
    )
    assert told.startswith("step ") and tab.mistakes == []


def test_the_slider_is_the_answer(shown: Open) -> None:
    tab = shown(gd(0.1))
    outcomes_known(tab)
    told = tab.locator(".steepest-outcomes .steepest-unseen").text_content()
    assert re.fullmatch(r"after 100 steps, by lr: slow up to .*, fast up to .*, oscillates up to 0\.9\d*, unstable above", told), (
        told
    )
    slider = tab.get_by_role("slider", name="lr", exact=True)
    assert tab.locator(f"#{slider.get_attribute('aria-describedby')}").text_content() == told
    for kind in ("slow", "fast", "oscillates", "unstable"):
        assert tab.locator(f"path.steepest-outcome-{kind}").get_attribute("d")
    assert tab.locator(".steepest-bound").inner_text() == "stable below 1"
    before = told
    field = tab.get_by_role("textbox", name="lr: a number")
    field.fill("0.2")
    field.press("Enter")
    outcomes_known(tab)
    assert tab.locator(".steepest-outcomes .steepest-unseen").text_content() == before, "it does not depend on its own value"
    tab.get_by_label("function to minimize").fill("5x^2")
    tab.wait_for_function("() => document.querySelector('.steepest-bound').textContent === 'stable below 0.2'")
    outcomes_known(tab)
    assert "oscillates up to 0.2, unstable above" in tab.locator(".steepest-outcomes .steepest-unseen").text_content()
    assert tab.mistakes == []


def test_where_nothing_changes_no_rate_is_called_fast(shown: Open) -> None:
    tab = shown(gd(0.1, objective="0x + 5"))
    outcomes_known(tab)
    told = tab.locator(".steepest-outcomes .steepest-unseen").text_content()
    assert told == "after 100 steps f is what it was at the start, whatever lr is"
    assert tab.locator(".steepest-outcome-names").inner_text() == "f stays what it is"
    assert tab.evaluate("() => [...document.querySelectorAll('.steepest-outcomes path')].every((e) => !e.getAttribute('d'))")


def test_a_place_on_the_outcomes_is_that_of_the_slider(shown: Open) -> None:
    tab = shown(gd(0.1))
    outcomes_known(tab)
    drawing = tab.locator(".steepest-outcome-drawing svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    tab.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    drawn(tab)
    assert float(tab.get_by_role("textbox", name="lr: a number").input_value()) == pytest.approx(1.0, rel=0.1)
    assert int(tab.get_by_role("slider", name="lr", exact=True).input_value()) == pytest.approx(750, abs=10)


def test_other_sliders_show_outcomes_on_request(shown: Open) -> None:
    tab = shown(gd(0.1, optimizers=[{"text": "momentum", "settings": {"lr": 0.1}}]))
    outcomes_known(tab)
    assert tab.locator(".steepest-outcomes").count() == 1
    button = tab.get_by_role("button", name="the outcomes along beta")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    tab.wait_for_function("() => document.querySelectorAll('.steepest-outcomes .steepest-unseen')[1]?.textContent")
    assert "by beta: " in tab.locator(".steepest-outcomes .steepest-unseen").nth(1).text_content()
    button.click()
    expect(tab.locator(".steepest-outcomes")).to_have_count(1)


def test_a_bound_beside_the_slider_has_an_arrow(shown: Open) -> None:
    tab = shown(gd(0.1, objective="0.001x^2"))
    assert tab.locator(".steepest-bound").inner_text() == "stable below 1,000 →".replace(",", "")


def test_a_divergence_fills_a_logarithmic_chart_by_itself(shown: Open) -> None:
    tab = shown(gd(1.67))
    assert tab.get_by_role("button", name="log", exact=True).get_attribute("aria-pressed") == "true"
    low, high = tab.evaluate("() => values.lab.chart.ends()")
    last = steepest.descend("x^2", 3, lr=1.67, steps=100).values[-1]
    assert low < 9 and last < high < 10 * last
    tab.get_by_role("button", name="log", exact=True).click()
    tab.wait_for_function("() => values.lab.chart.scale === 'linear'")
    assert tab.evaluate("() => values.lab.chart.beyond") == pytest.approx(last, rel=1e-9), "what a linear axis leaves out is said"


def test_values_that_do_not_span_decades_have_a_linear_chart(shown: Open) -> None:
    tab = shown(gd(1, steps=10))
    assert tab.get_by_role("button", name="log", exact=True).get_attribute("aria-pressed") == "false"


def test_the_chart_ranks_the_runs(shown: Open) -> None:
    rates = (0.1, 0.4, 0.001)
    tab = shown(gd(0.1, optimizers=[{"text": "gd", "settings": {"lr": lr}} for lr in rates]))
    runs = {lr: steepest.descend("x^2", 3, lr=lr, steps=100) for lr in rates}
    first = {lr: next((k for k, value in enumerate(run.values) if value < 1e-3), None) for lr, run in runs.items()}
    items = [" ".join(text.split()) for text in tab.locator(".steepest-ranks li").all_inner_texts()]
    assert items == [
        f"gd(lr=0.4) at step {first[0.4]}",
        f"gd(lr=0.1) at step {first[0.1]}",
        f"gd(lr=0.001) {runs[0.001].values[-1]:.3g} after 100 steps",
    ]


def test_what_an_optimizer_has_not_cannot_be_shown(shown: Open) -> None:
    two = {"objective": "x^2 + 10y^2", "start": [3.0, 1.0], "steps": 20, "show": ["momentum", "update"]}
    tab = shown(two | {"optimizers": [{"text": "gd", "settings": {"lr": 0.04}}]})
    momentum, moments, update = (tab.get_by_role("button", name=name, exact=True) for name in ("momentum", "moments", "update"))
    assert momentum.is_disabled() and momentum.get_attribute("aria-pressed") == "false" and moments.is_disabled()
    assert momentum.get_attribute("title") == "gd has no momentum"
    assert update.is_enabled() and update.get_attribute("aria-pressed") == "true"
    key = tab.locator(".steepest-arrow-key").inner_text()
    assert key == "Δθ, the next step: as long as it is; gd has no momentum and no moments"
    tab.get_by_role("combobox", name="optimizer").select_option("adam")
    tab.wait_for_function("() => !document.querySelector('[data-show=moments]').disabled")
    tab.get_by_role("button", name="gradient", exact=True).click()
    tab.wait_for_function("() => /∇f. is .* now, .* at most/.test(document.querySelector('.steepest-arrow-key').textContent)")
    assert momentum.get_attribute("aria-pressed") == "true" and tab.mistakes == []


def test_colors_and_heights_have_numbers(shown: Open) -> None:
    tab = shown(
        {"objective": "x^2 + 10y^2", "start": [3.0, 1.0], "steps": 20, "optimizers": [{"text": "gd", "settings": {"lr": 0.04}}]}
    )
    bar = tab.locator(".steepest-color-bar")
    numbers = bar.locator(".steepest-band-numbers span").all_inner_texts()
    levels = tab.evaluate("() => [...values.lab.plane.contours.levels]")
    assert [float(text) for text in numbers] == pytest.approx([levels[0], *levels[4::4]], rel=0.01)
    assert bar.locator(".steepest-bands span").count() == len(levels) - 1
    tab.get_by_label("function to minimize").fill("x^2")
    tab.locator(".steepest-color-bar").wait_for(state="hidden")


def test_dragging_a_slider_does_not_wait_for_the_outcomes(shown: Open) -> None:
    """Every slice of the queue ends; the runs of 200 learning rates come in many of them."""
    tab = shown(gd(0.1, steps=5000, tol=0, optimizers=[{"text": name, "settings": {}} for name in ("gd", "adam", "momentum")]))
    tab.evaluate(
        """() => {
          const { queue } = values.lab.insight;
          const { work } = Object.getPrototypeOf(queue);
          globalThis.slices = 0;
          queue.work = function (until) { globalThis.slices++; return work.call(this, until); };
        }"""
    )
    tab.get_by_label("start: x").fill("2")
    tab.get_by_label("start: x").press("Enter")
    tab.wait_for_function("() => globalThis.slices > 10")
    outcomes_known(tab)
    assert tab.mistakes == []
