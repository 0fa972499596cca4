"""The served page in a real browser, over HTTP, under the server's own policy."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

import steepest


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Any]) -> Iterator[Any]:
    opened = launch(["--no-sandbox"])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "steepest", "lab", "2x^2-4x", "--start", "0", "--lr", "0.1", "--steps", "12", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the page; at the end nothing has gone wrong that was not expected, and nothing was asked of another machine."""
    mistakes: list[str] = []
    expected: list[str] = []
    contexts: list[Any] = []

    def opened(fragment: str = "", allowed: tuple[str, ...] = ()) -> Any:
        expected.extend(allowed)
        contexts.append(browser.new_context(accept_downloads=True))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: mistakes.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: mistakes.append(str(error)))
        origin = address.partition("?")[0]
        own = (origin, "blob:", "data:")
        tab.on("request", lambda asked: None if asked.url.startswith(own) else mistakes.append(asked.url))
        tab.goto(address + fragment)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert [mistake for mistake in mistakes if not any(part in mistake for part in expected)] == []


def test_the_page_is_drawn_without_a_word_on_the_console(visit: Callable[..., Any]) -> None:
    tab = visit()
    tab.wait_for_selector(".steepest-picture canvas")
    assert tab.locator(".steepest-formula").input_value() == "2*x^2 - 4*x"
    expect(tab.locator(".steepest-ending")).to_contain_text("12 steps")


def test_a_formula_is_read_by_python_and_a_mistake_has_its_caret(visit: Callable[..., Any]) -> None:
    tab = visit(allowed=("422",))
    field = tab.locator(".steepest-formula")
    field.fill("x^4 + sni(3x)")
    tab.wait_for_selector(".steepest-refusal:not([hidden]) pre")
    message, line, caret = tab.locator(".steepest-refusal:not([hidden])").first.inner_text().replace("\n\n", "\n").split("\n")
    assert message == "there is no function 'sni': did you mean sin?"
    assert (line, caret.index("^")) == ("x^4 + sni(3x)", 6)
    field.fill("x^4 + sin(3x)")
    tab.wait_for_selector(".steepest-refusal:not([hidden]) pre", state="detached")
    tab.wait_for_function("document.querySelector('.steepest-slope').textContent.includes('cos')")


def test_python_makes_a_film_of_what_is_shown(visit: Callable[..., Any], tmp_path: Path) -> None:
    tab = visit()
    tab.wait_for_selector(".steepest-picture canvas")
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download(timeout=60_000) as download:
        tab.get_by_text("Save as GIF").click()
    download.value.save_as(tmp_path / "descent.gif")
    data = (tmp_path / "descent.gif").read_bytes()
    assert data.startswith(b"GIF89a")
    assert b"steepest run '2*x^2 - 4*x' --start 0 -o 'gd(lr=0.1)' --steps 12" in data


def test_an_svg_of_the_surface_is_made_by_python(visit: Callable[..., Any], tmp_path: Path) -> None:
    tab = visit(allowed=("GL Driver Message",))  # how fast software draws
    tab.locator(".steepest-formula").fill("x^2 + 3y^2")
    tab.get_by_role("button", name="surface", exact=True).click()
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download(timeout=60_000) as download:
        tab.get_by_role("button", name="Save as SVG").click()
    path = tmp_path / "descent.svg"
    download.value.save_as(path)
    assert "--view surface" in path.read_text()


def test_ranges_are_the_ends_of_the_sliders(visit: Callable[..., Any]) -> None:
    ranged = steepest.lab("2x^2-4x", start=0, steps=(1, 20), lr=(0.01, 1))
    state = base64.urlsafe_b64encode(json.dumps(ranged.state).encode()).decode().rstrip("=")
    tab = visit(f"#{state}")
    tab.wait_for_selector(".steepest-picture canvas")
    rate = tab.get_by_role("slider", name="lr")
    expect(rate).to_have_value("500")  # 0.1 is in the middle of 0.01 and 1, by powers of ten
    for key, value in (("Home", "0.01"), ("End", "1")):
        rate.press(key)
        expect(tab.get_by_role("textbox", name="lr: a number")).to_have_value(value)
    steps = tab.get_by_role("slider", name="steps")
    assert (steps.get_attribute("min"), steps.get_attribute("max"), steps.input_value()) == ("1", "20", "20")
    steps.press("Home")
    tab.wait_for_function("() => document.querySelector('.steepest-limits:not(.steepest-fit-settings) input').value === '1'")


def test_a_server_that_is_gone_is_told(browser: Any, address: str) -> None:
    tab = browser.new_page()
    tab.goto(address)
    tab.wait_for_selector(".steepest-picture canvas")
    tab.route("**/export", lambda route: route.abort())
    tab.locator(".steepest-formula").fill("x^6")  # which needs no server
    assert not tab.locator(".steepest-refusal:visible").count()
    tab.get_by_role("button", name="Share").click()
    tab.get_by_role("button", name="Save as GIF").click()
    tab.get_by_text("Python does not answer: start the lab again").wait_for()
    tab.close()


def test_after_a_restart_the_page_says_how_to_go_on(browser: Any, start: Callable[..., Any]) -> None:
    first = start("2x^2-4x", "--start", "0", "--no-browser")
    tab = browser.new_page()
    tab.goto(first.line.strip())
    tab.locator(".steepest-formula").fill("x^6")
    tab.wait_for_function("() => location.hash.length > 1")
    first.end(15)
    second = start("--no-browser", "--port", str(first.port))
    tab.get_by_role("button", name="Share").click()
    tab.get_by_role("button", name="Save as GIF").click()
    tab.get_by_text("the lab was started anew: open the address that it printed").wait_for()
    fragment = tab.evaluate("() => location.hash")
    assert tab.reload().status == 403
    assert tab.locator("h1").inner_text() == "The lab is not at this address"
    told = tab.locator("main").inner_text()
    assert "open the one that the lab printed last" in told
    assert "from # on" in told
    tab.goto(second.line.strip() + fragment)  # as it says
    assert tab.locator(".steepest-formula").input_value() == "x^6"
    tab.close()


def test_an_address_that_is_refused_is_a_page_in_a_browser_and_data_elsewhere(browser: Any, address: str) -> None:
    tab = browser.new_page()
    for path in ("", "open/used", "nothing"):
        answer = tab.goto(address.partition("?")[0] + path)
        assert answer.status in (403, 404)
        assert answer.headers["content-type"].startswith("text/html")
        assert tab.locator("h1").inner_text() == "The lab is not at this address"
    with pytest.raises(HTTPError) as refused:
        urlopen(address.partition("?")[0])
    assert "open the one that the lab printed last" in json.load(refused.value)["error"]["message"]
    tab.close()


def test_what_is_typed_survives_a_reload(visit: Callable[..., Any]) -> None:
    tab = visit()
    formula, equations = "2x^2 - 4", "theta = theta - lr*"
    tab.locator(".steepest-formula").fill("x^4 + x^2 + 1")
    tab.get_by_role("button", name="edit the equations").click()
    tab.locator(".steepest-editor").fill(equations)
    tab.locator(".steepest-formula").fill(f"{formula}*sni(x)")
    tab.wait_for_function("() => history.state?.draft?.objective && history.state.draft.equations[0]")
    tab.reload()
    tab.wait_for_function("() => document.querySelector('.steepest-formula')?.value.includes('sni')")  # after the first picture
    assert tab.locator(".steepest-formula").input_value() == f"{formula}*sni(x)"
    assert "did you mean sin" in tab.locator(".steepest-objective .steepest-refusal:visible").inner_text()
    assert tab.locator(".steepest-editor").input_value() == equations
    assert tab.locator(".steepest-optimizer .steepest-refusal").is_visible()
    tab.add_init_script("window.requestAnimationFrame = () => 0")  # the page does not get to open
    tab.reload()
    tab.locator(".steepest-play").wait_for(state="attached")
    saved = """() => new Promise((done) => {
      const replace = history.replaceState.bind(history);
      history.replaceState = (...given) => { replace(...given); done(history.state.draft?.objective ?? ""); };
      for (const _ of [1, 2]) document.querySelector(".steepest-play").click();
    })"""
    assert tab.evaluate(saved) == f"{formula}*sni(x)"


def test_another_page_cannot_read_or_frame_the_lab(browser: Any, address: str) -> None:
    tab = browser.new_page()
    tab.route("https://evil.example/", lambda route: route.fulfill(body="<h1>evil</h1>", content_type="text/html"))
    tab.goto("https://evil.example/")
    asked = "address => fetch(address, { method: 'POST', body: '{}' }).then(() => 1, () => 0)"
    assert tab.evaluate(asked, f"{address.partition('?')[0]}export") == 0
    framed = """address => new Promise((done) => {
      const frame = document.createElement("iframe");
      frame.onload = () => done(frame.contentDocument === null ? "closed" : "open");
      frame.src = address;
      document.body.append(frame);
    })"""
    tab.evaluate(framed, address)
    assert not any(frame.locator(".steepest-lab").count() for frame in tab.frames)
    tab.close()
