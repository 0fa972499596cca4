"""The page as `steepest lab` serves it: formulas read by Python, files made by Python, nothing asked of anyone else."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import steepest

QUESTION = ["-m", "steepest", "lab", "rosenbrock", "-o", "gd", "-o", "adam", "--steps", "40", "--no-browser"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, *QUESTION], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    yield found[0]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Any]:
    context = chromium.new_context()
    tab = context.new_page()
    tab.mistakes, tab.requests = [], []
    tab.on("console", lambda message: tab.mistakes.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
    tab.on("request", lambda request: tab.requests.append(request.url))
    tab.goto(address)
    tab.locator(".steepest-ending").first.wait_for()
    yield tab
    own = address.partition("/?")[0]
    assert all(url.startswith((own, "data:", f"blob:{own}")) for url in tab.requests)
    context.close()


def test_it_shows_what_was_asked_for(tab: Any) -> None:
    runs = steepest.compare("rosenbrock", ["gd", "adam"], steps=40)
    assert tab.locator(".steepest-ending").all_inner_texts() == [run.ending.message for run in runs]
    assert tab.mistakes == []


def test_python_reads_what_is_typed(tab: Any) -> None:
    tab.get_by_label("function to minimize").fill("cosh(x) + x/2")
    tab.get_by_label("start: y").wait_for(state="detached")
    assert "sinh" in tab.locator(".steepest-slope").inner_text()
    tab.get_by_label("function to minimize").fill("cosh(x")
    tab.locator(".steepest-refusal pre").wait_for()


@pytest.mark.parametrize("kind", ["gif", "html"])
def test_python_makes_files(tab: Any, kind: str, tmp_path: Path) -> None:
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download(timeout=60_000) as download:
        tab.get_by_role("button", name=f"Save as {kind.upper()}").click()
    path = tmp_path / f"descent.{kind}"
    download.value.save_as(path)
    assert path.read_bytes().startswith(b"GIF89a" if kind == "gif" else b"<!doctype html>")
    assert tab.mistakes == []
