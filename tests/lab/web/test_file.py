"""The page as one file: by double click, offline, with all it knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

import steepest
from steepest.errors import InputError
from steepest.lab import bundle as standalone


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "descent.html"
    steepest.compare("rosenbrock", ["gd", steepest.optimizer("adam", lr="0.05/(1+0.01t)")], (-1.2, 1.0), steps=40).save(path)
    return path


@pytest.fixture
def tab(chromium: Any, saved: Path) -> Iterator[Any]:
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.mistakes, tab.requests = [], []
    tab.on("console", lambda message: tab.mistakes.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
    tab.on("request", lambda request: tab.requests.append(request.url))
    tab.goto(saved.as_uri())
    tab.locator(".steepest-ending").first.wait_for()
    yield tab
    assert [mistake for mistake in tab.mistakes if "GL Driver Message" not in mistake] == []  # how fast software draws
    assert all(url.startswith(("file:", "data:", "blob:")) for url in tab.requests)
    context.close()


def endings(tab: Any) -> Any:
    """How the runs ended, to be expected: the page writes it after the picture."""
    return expect(tab.locator(".steepest-ending"))


def test_it_runs_offline_from_a_file(tab: Any) -> None:
    run = steepest.descend("rosenbrock", (-1.2, 1.0), optimizer=steepest.optimizer("adam", lr="0.05/(1+0.01t)"), steps=40)
    expect(tab.locator(".steepest-ending").nth(1)).to_have_text(run.ending.message)


def test_every_function_and_optimizer_is_there(tab: Any) -> None:
    tab.get_by_role("button", name="Gallery").click()
    tab.get_by_role("button", name="Himmelblau").click()
    tab.get_by_role("button", name="remove this optimizer").nth(1).click()
    for name in steepest.OPTIMIZERS:
        tab.locator(".steepest-name").first.select_option(name)
        wanted = steepest.descend("himmelblau", optimizer=name, steps=40).ending.message
        endings(tab).to_have_text([wanted])


@pytest.mark.parametrize("formula", ["x^2 + 7", "sin(x) cos(y) + x^2/9", r"\frac{a^2 + b^2 + c^2}{2}"])
def test_a_formula_of_ones_own_is_run(tab: Any, formula: str) -> None:
    tab.get_by_label("function to minimize").fill(formula)
    start = steepest.descend(formula, optimizer="gd", steps=0).start
    run = steepest.descend(formula, start, optimizer="gd", steps=40)
    if len(start) != 2:  # with as many parameters as before the start stays
        expect(tab.locator(".steepest-ending").first).to_have_text(run.ending.message)
    assert tab.locator(".steepest-refusal:visible").count() == 0


def test_a_mistake_in_a_formula_has_its_caret(tab: Any) -> None:
    tab.get_by_label("function to minimize").fill("x^2 + sni(x)")
    expect(tab.locator(".steepest-refusal p").first).to_have_text("there is no function 'sni': did you mean sin?")


def test_equations_of_ones_own_are_run(tab: Any) -> None:
    tab.get_by_role("button", name="edit the equations").first.click()
    tab.get_by_label("equations, one a line").first.fill("v = 0.5v + g\ntheta = theta - lr*v")
    equations = "v = 0.5v + g; theta = theta - lr*v"
    run = steepest.descend("rosenbrock", (-1.2, 1.0), optimizer=equations, lr=0.001, steps=40)
    expect(tab.locator(".steepest-ending").first).to_have_text(run.ending.message)


def test_an_svg_shows_the_plane_and_says_so(tab: Any, tmp_path: Path) -> None:
    tab.get_by_role("button", name="surface", exact=True).click()
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save as SVG").click()
    path = tmp_path / "descent.svg"
    download.value.save_as(path)
    assert float(ElementTree.parse(path).getroot().attrib["width"]) > 100
    expect(tab.locator(".steepest-note")).to_contain_text("the SVG shows the plane")


def test_it_saves_itself(tab: Any, tmp_path: Path, chromium: Any) -> None:
    tab.get_by_label("start: x").fill("0.5")
    tab.get_by_label("start: x").press("Enter")
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save as HTML").click()
    path = tmp_path / "again.html"
    download.value.save_as(path)
    again = chromium.new_page()
    again.goto(path.as_uri())
    expect(again.get_by_label("start: x")).to_have_value("0.5")
    adam = steepest.optimizer("adam", lr="0.05/(1+0.01t)")
    runs = steepest.compare("rosenbrock", ["gd", adam], (0.5, 1.0), steps=40)
    for each in (tab, again):
        endings(each).to_have_text([run.ending.message for run in runs])
    again.close()


def test_the_file_carries_the_command_that_makes_it_again(saved: Path) -> None:
    text = saved.read_text()
    assert '<meta name="description" content="steepest run rosenbrock' in text
    assert "--save descent.html" in text
    assert "http" not in text.partition('<script type="module">')[2].replace("http://www.w3.org", "")


def test_no_script_can_end_its_element() -> None:
    assert "</script" not in standalone.bundle().lower()


def test_a_python_function_has_no_page(tmp_path: Path) -> None:
    run = steepest.descend(lambda p: float((p**2).sum()), start=[1.0, 2.0], gradient=lambda p: 2 * p)
    with pytest.raises(InputError, match="the page shows formulas"):
        run.save(tmp_path / "descent.html")
    assert list(tmp_path.iterdir()) == []
