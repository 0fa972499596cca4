"""The widget in real notebooks in Chromium, without a network: JupyterLab and marimo."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

ONE = "import steepest\nw = steepest.lab('2x^2-4x', start=0, steps=(1, 20), lr=(0.01, 1))\nw"
TWO = "steepest.lab('rosenbrock', optimizers=['gd', 'adam'], steps=50)"
THREE = "steepest.lab('f(x, y) = x^2 + k*y^2', let={'k': 3}, start=(2, 1), compact=True)"
READ = "print(f'lr {w.lr:g}, {len(w.runs[0].positions)} positions')"
SET = "w.lr = 0.2"
APP = f"""import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import steepest

    w = steepest.lab("2x^2-4x", start=0, steps=(1, 20), lr=(0.01, 1))
    view = mo.ui.anywidget(w)
    view
    return mo, steepest, view, w


@app.cell
def _(steepest):
    {TWO}
    return


@app.cell
def _(mo, view):
    mo.md(f"said: lr {{view.value['state'] and view.lr:g}}, {{len(view.runs[0].positions)}} positions")
    return


@app.cell
def _(mo, w):
    mo.ui.button(label="set it", on_click=lambda _: setattr(w, "lr", 0.2))
    return


if __name__ == "__main__":
    app.run()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts a notebook's server in a folder and gives its address when it answers."""
    processes: list[subprocess.Popen[bytes]] = []
    home = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "XDG_CONFIG_HOME": str(tmp_path),
        "MARIMO_SKIP_UPDATE_CHECK": "1",
    }

    def started(*words: str, ready: str) -> str:
        port = free_port()
        command = [sys.executable, "-m", *words, "--port", str(port)]
        with open(tmp_path / "log.txt", "wb") as log:
            processes.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=home))
        address = f"http://127.0.0.1:{port}"
        for _ in range(450):
            try:
                urlopen(address + ready, timeout=5).read()
                return address
            except OSError:
                with suppress(subprocess.TimeoutExpired):
                    processes[-1].wait(0.2)
                    break
        raise RuntimeError((tmp_path / "log.txt").read_text())

    yield started
    for process in processes:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def tab(launch: Callable[..., Any]) -> Iterator[Any]:
    """A tab that reaches this machine only; what it asked of others is in `strayed`."""
    browser = launch(["--no-sandbox"])
    opened = browser.new_page(viewport={"width": 1400, "height": 1400})
    opened.set_default_timeout(90_000)
    opened.strayed = []
    opened.mistakes = []

    def answer(route: Any) -> None:
        if route.request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            route.continue_()
            return
        opened.strayed.append(route.request.url)
        route.abort()

    opened.route("**/*", answer)
    opened.on("pageerror", lambda error: opened.mistakes.append(str(error)))
    yield opened
    browser.close()


def cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell{abs(hash(source))}",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def test_in_jupyterlab_the_page_and_python_share_a_state(serving: Callable[..., str], tab: Any, tmp_path: Path) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": kernel,
        "cells": [cell(each) for each in (ONE, TWO, READ, SET, THREE)],
    }
    (tmp_path / "lesson.ipynb").write_text(json.dumps(notebook))
    options = [
        "--no-browser",
        "--IdentityProvider.token=",
        "--allow-root",
        "--LabApp.news_url=",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    address = serving("jupyterlab", *options, ready="/api/status")
    tab.goto(f"{address}/lab/tree/lesson.ipynb")
    cells = tab.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(3).wait_for()
    tab.evaluate(
        """async () => {
          const panel = jupyterapp.shell.currentWidget;
          await panel.revealed;
          await panel.sessionContext.ready;
          await panel.sessionContext.session.kernel.info;
        }"""
    )
    tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def run(index: int) -> None:
        """Run a cell until it has been executed, by the command that JupyterLab's own menu calls."""
        tab.evaluate(
            """async (index) => {
              jupyterapp.shell.currentWidget.content.activeCellIndex = index;
              await jupyterapp.commands.execute("notebook:run-cell");
            }""",
            index,
        )

    run(0)
    first = cells.nth(0).locator(".steepest-lab")
    first.locator(".steepest-ending").first.wait_for()
    run(1)
    second = cells.nth(1).locator(".steepest-lab")
    second.locator(".steepest-ending").nth(1).wait_for()
    rate = first.get_by_role("slider", name="lr")
    assert rate.input_value() == "500"
    rate.press("End")
    first.and_(tab.locator("[aria-busy=false]")).wait_for()  # the page has told Python
    run(2)
    said = cells.nth(2).locator(".jp-OutputArea-output")
    said.wait_for()
    assert said.inner_text().strip() == "lr 1, 21 positions"
    run(3)
    tab.wait_for_function(
        "() => document.querySelector('.steepest-lab .steepest-hyperparameters input[type=text]').value === '0.2'"
    )
    assert second.get_by_role("slider", name="lr").count() == 2  # the other one is as it was
    scheme = "() => [...document.querySelectorAll('.steepest-lab')].map((each) => each.dataset.scheme)"
    assert tab.evaluate(scheme) == ["light", "light"]
    ground = "(lab) => getComputedStyle(lab).backgroundColor"
    light = first.evaluate(ground)
    tab.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    tab.locator(".steepest-lab[data-scheme=dark]").nth(1).wait_for()
    assert first.evaluate(ground) != light
    run(4)
    third = cells.nth(4).locator(".steepest-lab")
    third.locator(".steepest-canvas").first.wait_for()
    assert third.locator("input[type=range]:visible").evaluate_all("all => all.map((each) => each.ariaLabel)") == [
        "step",
        "k",
        "lr",
    ]
    assert third.get_by_role("button", name="play (space)").is_visible()
    assert third.locator("textarea:visible, table:visible, .steepest-equations:visible").count() == 0
    assert tab.evaluate("() => jupyterapp.shell.currentWidget.context.model.dirty")
    third.get_by_role("slider", name="lr").press("Control+s")
    tab.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    shown = json.loads((tmp_path / "lesson.ipynb").read_text())["cells"][0]["outputs"][0]["data"]
    assert shown["image/png"].startswith("iVBOR")
    assert "".join(shown["text/plain"]) == "<Lab of gd on 2*x^2 - 4*x>"
    assert tab.strayed == []
    assert tab.mistakes == []


def test_in_marimo_the_page_and_python_share_a_state(serving: Callable[..., str], tab: Any, tmp_path: Path) -> None:
    (tmp_path / "lesson.py").write_text(APP)
    address = serving("marimo", "run", "lesson.py", "--headless", "--no-token", ready="/health")
    tab.goto(address)
    tab.locator(".steepest-lab .steepest-ending").nth(2).wait_for()
    assert tab.locator(".steepest-lab").count() == 2
    tab.get_by_text("said: lr 0.1, 21 positions").wait_for()
    rate = tab.get_by_role("slider", name="lr").first
    rate.press("End")
    tab.get_by_text("said: lr 1, 21 positions").wait_for()
    tab.get_by_role("button", name="set it").click()
    expect(tab.get_by_label("lr: a number or a formula in t and T").first).to_have_value("0.2", timeout=90_000)
    tab.evaluate("() => { document.body.dataset.theme = 'dark'; }")  # as marimo marks its dark theme
    tab.locator(".steepest-lab[data-scheme=dark]").nth(1).wait_for()
    assert not [address for address in tab.strayed if "marimo" not in address]
    assert tab.mistakes == []
