"""Undo and redo of the page in a real browser: keys, buttons, gestures, fields, and what follows from the state."""

from collections.abc import Callable
from typing import Any

import pytest

from .waiting import settled

TWO = {
    "objective": "rosenbrock",
    "start": [-1.2, 1.0],
    "steps": 60,
    "optimizers": [{"text": "gd", "settings": {}}, {"text": "adam", "settings": {"lr": 0.05}}],
}
ONE = {"objective": "2x^2 - 4x", "start": [0.0], "steps": 20, "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]}
Open = Callable[..., Any]


def view(tab: Any) -> dict[str, Any]:
    """What the page shows: its state, and what follows from it."""
    return settled(tab) | {
        "link": tab.url.partition("#")[2],
        "formula": tab.get_by_label("function to minimize").input_value(),
        "fields": tab.evaluate("() => [...document.querySelectorAll('.steepest-number')].map(({ value }) => value)"),
        "sliders": tab.evaluate("() => [...document.querySelectorAll('.steepest-slide input')].map(({ value }) => value)"),
        "names": tab.evaluate("() => [...document.querySelectorAll('.steepest-name')].map(({ value }) => value)"),
        "endings": tab.locator(".steepest-ending").all_inner_texts(),
        "legend": tab.locator(".steepest-legend").inner_text(),
        "box": tab.evaluate("() => values.lab.plane.area.box"),
        "toggles": tab.evaluate("() => [...document.querySelectorAll('[aria-pressed]')].map((each) => each.ariaPressed)"),
    }


def button(tab: Any, name: str) -> Any:
    return tab.get_by_role("group", name="history").get_by_role("button", name=name)


def labels(tab: Any) -> tuple[str | None, str | None]:
    """What undo and redo would do; None where there is nothing."""
    settled(tab)
    undo, redo = (button(tab, name) for name in ("Undo", "Redo"))
    return tuple(None if each.is_disabled() else each.get_attribute("title") for each in (undo, redo))  # type: ignore[return-value]


def middle(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_keys_and_buttons_go_back_and_forth(shown: Open) -> None:
    tab = shown(TWO)
    first = view(tab)
    assert labels(tab) == (None, None)
    tab.locator(".steepest-handle").press("Shift+ArrowRight")
    moved = view(tab)
    tab.get_by_role("button", name="log").click()
    last = view(tab)
    assert labels(tab) == ("Undo: scale changed (Ctrl+Z)", None)
    button(tab, "Undo").click()
    assert view(tab) == moved
    assert labels(tab) == ("Undo: start moved (Ctrl+Z)", "Redo: scale changed (Ctrl+Shift+Z)")
    tab.keyboard.press("Control+z")
    assert view(tab) == first
    assert labels(tab) == (None, "Redo: start moved (Ctrl+Shift+Z)")
    button(tab, "Redo").click()
    assert view(tab) == moved
    for back, forth in (("Control+z", "Control+y"), ("Meta+z", "Meta+Shift+z"), ("Control+z", "Control+Shift+Z")):
        tab.keyboard.press(forth)
        assert view(tab) == last, forth
        tab.keyboard.press(back)
        assert view(tab) == moved, back
    assert tab.locator("[aria-live=polite]").inner_text() == "undone: scale changed"


def test_a_drag_of_the_start_is_one_change(shown: Open) -> None:
    tab = shown(TWO)
    first = view(tab)
    x, y = middle(tab.locator(".steepest-handle"))
    tab.mouse.move(x, y)
    tab.mouse.down()
    for part in (10, 30, 60):
        tab.mouse.move(x + part, y - part / 2)
        tab.evaluate("() => new Promise(requestAnimationFrame)")
    tab.mouse.up()
    dragged = view(tab)
    tab.mouse.down()
    tab.mouse.move(x + 90, y)
    tab.mouse.up()
    assert view(tab)["start"] != dragged["start"] != first["start"]
    tab.keyboard.press("Control+z")
    assert view(tab) == dragged
    tab.keyboard.press("Control+z")
    assert view(tab) == first
    assert labels(tab)[0] is None


def test_a_move_of_a_slider_is_one_change_and_so_is_a_key_that_is_held(shown: Open) -> None:
    tab = shown(ONE)
    first = view(tab)
    slider = tab.get_by_role("slider", name="lr", exact=True)
    x, y = middle(slider)
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 40, y, steps=4)
    tab.mouse.up()
    slid = view(tab)
    assert labels(tab)[0] == "Undo: lr of gd changed (Ctrl+Z)"
    for _ in range(3):
        tab.keyboard.down("ArrowRight")  # the key repeats
    tab.keyboard.up("ArrowRight")
    held = view(tab)
    slider.press("ArrowRight")
    for expected in (held, slid, first):
        tab.keyboard.press("Control+z")
        assert view(tab) == expected
        assert tab.evaluate("() => document.activeElement.ariaLabel") == "lr", "the focus stays at the slider"
    assert labels(tab)[0] is None


def test_a_new_change_clears_what_was_undone(shown: Open) -> None:
    tab = shown(TWO)
    tab.locator(".steepest-handle").press("ArrowRight")
    button(tab, "Undo").click()
    assert labels(tab)[1] == "Redo: start moved (Ctrl+Shift+Z)"
    tab.get_by_role("button", name="one step back").click()
    tab.keyboard.press("Home")
    assert labels(tab)[1], "the step is no change of the state"
    tab.get_by_role("button", name="gradient", exact=True).click()
    assert labels(tab) == ("Undo: shown quantities changed (Ctrl+Z)", None)


def test_optimizers_that_came_and_went_come_back(shown: Open) -> None:
    tab = shown(TWO)
    views = [view(tab)]
    actions: dict[str, Callable[[], Any]] = {
        "momentum added": lambda: tab.get_by_role("button", name="Add an optimizer").click(),
        "gd duplicated": lambda: tab.get_by_role("button", name="duplicate this optimizer").first.click(),
        "adam removed": lambda: tab.get_by_role("button", name="remove this optimizer").nth(2).click(),
        "nesterov chosen": lambda: tab.locator(".steepest-name").first.select_option("nesterov"),
    }
    for label, action in actions.items():
        action()
        views.append(view(tab))
        assert labels(tab)[0] == f"Undo: {label} (Ctrl+Z)"
    assert len({str(each) for each in views}) == 5
    for expected in reversed(views[:-1]):
        tab.keyboard.press("Control+z")
        assert view(tab) == expected
        assert tab.evaluate("() => document.activeElement !== document.body")
    for expected in views[1:]:
        tab.keyboard.press("Control+Shift+z")
        assert view(tab) == expected


def test_a_typed_formula_is_one_change_and_the_browser_undoes_within_it(shown: Open) -> None:
    tab = shown(ONE)
    first = view(tab)
    field = tab.get_by_label("function to minimize")
    field.focus()
    tab.keyboard.press("Control+a")
    for text in ("x^2", "+3y^2"):
        tab.keyboard.insert_text(text)
        settled(tab)
    assert settled(tab)["objective"] == "x^2 + 3*y^2"
    tab.keyboard.press("Control+z")
    assert field.input_value() == "x^2", "the browser's own undo, as nothing is committed"
    assert settled(tab)["objective"] == "x^2"
    tab.keyboard.press("Control+Shift+z")
    assert settled(tab)["objective"] == "x^2 + 3*y^2"
    field.press("Enter")
    typed = view(tab)
    tab.keyboard.press("Control+z")
    assert view(tab) == first
    assert labels(tab) == (None, "Redo: formula changed (Ctrl+Shift+Z)")
    tab.keyboard.press("Control+y")
    assert view(tab) == typed | {"formula": "x^2 + 3*y^2"}
    field.fill("x^2 + ")
    tab.locator(".steepest-refusal pre").wait_for()
    button(tab, "Undo").click()
    assert view(tab) == first
    assert not tab.locator(".steepest-refusal pre").is_visible()
    assert field.get_attribute("aria-invalid") == "false"


def test_a_function_of_the_gallery_is_undone_with_its_view(shown: Open) -> None:
    tab = shown(TWO)
    tab.get_by_role("button", name="zoom in").click()
    tab.get_by_role("button", name="zoom in").click()
    tab.wait_for_function("() => !values.lab.plane.moving")
    first = view(tab)
    assert labels(tab)[0] == "Undo: zoom changed (Ctrl+Z)"
    tab.get_by_role("button", name="surface").click()
    tab.get_by_role("button", name="Gallery").click()
    tab.locator(".steepest-item").first.click()
    assert settled(tab)["objective"] != "rosenbrock"
    tab.keyboard.press("Control+z")
    tab.keyboard.press("Control+z")
    settled(tab)
    tab.wait_for_function("() => !values.lab.plane.moving")
    assert view(tab) == first
    tab.keyboard.press("Control+z")
    assert settled(tab)["zoom"] is None


def test_undo_takes_a_zoom_back_that_is_still_going_on(shown: Open) -> None:
    tab = shown(TWO)
    first = view(tab)
    tab.evaluate("() => { values.lab.plane.zoomControls.zoomBy(0.5); values.lab.travel('undo'); }")
    assert view(tab) == first
    assert labels(tab) == (None, "Redo: zoom changed (Ctrl+Shift+Z)")


def test_typed_equations_are_one_change_and_the_browser_undoes_within_them(shown: Open) -> None:
    tab = shown(ONE)
    first = view(tab)
    tab.get_by_role("button", name="edit the equations").click()
    editor = tab.locator(".steepest-editor")
    editor.press("Control+a")
    for text in ("theta = theta - lr*g", " - lr*sign(g)"):
        tab.keyboard.insert_text(text)
        settled(tab)
    assert settled(tab)["optimizers"][0]["text"] == "theta = theta - lr*g - lr*sign(g)"
    tab.keyboard.press("Control+z")
    assert editor.input_value() == "theta = theta - lr*g"
    assert settled(tab)["optimizers"][0]["text"] == "theta = theta - lr*g"
    tab.keyboard.press("Control+Shift+z")
    settled(tab)
    tab.get_by_role("button", name="log").click()
    tab.keyboard.press("Control+z")
    assert labels(tab)[0] == "Undo: equations changed (Ctrl+Z)"
    tab.keyboard.press("Control+z")
    assert view(tab) == first


@pytest.mark.parametrize(
    ("name", "text"), [("start: x", "-40"), ("steps", "7"), ("tol", "0.001"), ("lr: a number or a formula in t and T", "0.1/t")]
)
def test_a_field_is_the_browsers_until_it_is_committed(shown: Open, name: str, text: str) -> None:
    tab = shown(TWO)
    first = view(tab)
    field = tab.get_by_role("textbox", name=name, exact=True).first
    before = field.input_value()
    field.focus()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(text)
    tab.keyboard.press("Control+z")
    assert field.input_value() == before
    assert labels(tab) == (None, None)
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(text)
    tab.keyboard.press("Enter")
    assert view(tab)["link"] != first["link"]
    tab.keyboard.press("Control+z")
    if name.startswith("start"):  # the picture was fitted to the runs from there, and stays so until it is fitted again
        tab.get_by_label(name, exact=True).first.evaluate("() => values.lab.plane.zoomTo(null)")
        tab.wait_for_function("() => !values.lab.plane.moving")
    assert view(tab) == first
    assert tab.get_by_role("textbox", name=name, exact=True).first.evaluate("(field) => field === document.activeElement")
    assert labels(tab)[0] is None, "one change"


def test_the_focus_stays_in_the_page(shown: Open) -> None:
    tab = shown(TWO)
    tab.get_by_role("button", name="log").click()
    button(tab, "Undo").click()
    assert settled(tab)["scale"] != "log"
    assert button(tab, "Redo").evaluate("(redo) => redo === document.activeElement"), "undo is disabled"
    tab.keyboard.press("Enter")
    assert settled(tab)["scale"] == "log"
    assert button(tab, "Undo").evaluate("(undo) => undo === document.activeElement")


def test_another_link_is_undone_too(shown: Open) -> None:
    link = view(shown(ONE))["link"]
    assert link
    tab = shown(TWO)
    first = view(tab)
    tab.evaluate("(link) => { location.hash = link; }", link)
    tab.get_by_text("lr", exact=True).first.wait_for()
    tab.wait_for_function("() => values.lab.store.history.undoLabel === 'link opened'")
    assert view(tab)["start"] == [0.0]
    tab.keyboard.press("Control+z")
    tab.keyboard.press("Home")  # the step is no part of what is undone
    assert view(tab) == first
