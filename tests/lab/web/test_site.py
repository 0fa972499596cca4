"""The page as a static site, served by Python's plain `http.server`: typing, links, and without a network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import steepest

COMMAND = [sys.executable, "-m", "steepest", "site"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site") / "public"
    subprocess.run([*COMMAND, str(folder), "himmelblau", "-o", "gd", "-o", "adam", "--steps", "40"], check=True)
    serve = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().partition("(")[2].partition(")")[0]
        process.terminate()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.mistakes = []
    tab.on("console", lambda message: tab.mistakes.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
    yield tab
    assert tab.mistakes == []
    context.close()


def opened(tab: Any, address: str) -> Any:
    tab.goto(address)
    tab.locator(".steepest-ending").first.wait_for()
    return tab


def ending(tab: Any) -> Any:
    """How the first run ended, to be expected: the page writes it after the picture."""
    return expect(tab.locator(".steepest-ending").first)


def test_it_reads_what_is_typed_and_links_carry_it(tab: Any, address: str, chromium: Any) -> None:
    opened(tab, address)
    tab.get_by_label("function to minimize").fill("f(a, b, c) = a^2 + 3b^2 + c^4")
    start = steepest.descend("f(a, b, c) = a^2 + 3b^2 + c^4", steps=0).start
    wanted = steepest.descend("f(a, b, c) = a^2 + 3b^2 + c^4", start, steps=40).ending.message
    ending(tab).to_have_text(wanted)
    tab.get_by_role("button", name="Share").click()
    tab.get_by_role("button", name="Copy link").click()
    link = tab.evaluate("() => navigator.clipboard.readText()")
    assert link.startswith(f"{address}#") and "token" not in link
    other = chromium.new_page()
    ending(opened(other, link)).to_have_text(wanted)
    other.close()


def test_it_works_without_a_network_once_it_was_visited(tab: Any, address: str) -> None:
    opened(tab, address)
    tab.evaluate("() => navigator.serviceWorker.ready")
    wanted = steepest.descend("himmelblau", steps=40).ending.message
    ending(tab).to_have_text(wanted)
    tab.context.set_offline(True)
    ending(opened(tab, address)).to_have_text(wanted)
    ending(opened(tab, f"{address}index.html")).to_have_text(wanted)


def test_there_is_a_manifest_with_an_icon(tab: Any, address: str) -> None:
    opened(tab, address)
    manifest = tab.evaluate("() => fetch('manifest.webmanifest').then((answer) => answer.text(), () => '')")
    assert manifest == ""  # the page asks nobody: its policy lets the browser alone read it
    client = tab.context.new_cdp_session(tab)
    assert client.send("Page.getAppManifest")["errors"] == []
    tab.mistakes.clear()


def test_a_site_is_written_again_and_nothing_else_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    assert subprocess.run([*COMMAND, str(folder)], check=False).returncode == 0
    assert subprocess.run([*COMMAND, str(folder), "x^2"], check=False).returncode == 0
    assert "x^2" in (folder / "index.html").read_text()
    (folder / "index.html").write_text("<h1>my page</h1>")
    refused = subprocess.run([*COMMAND, str(folder)], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "has an index.html that steepest did not write: name another folder" in refused.stderr
    assert (folder / "index.html").read_text() == "<h1>my page</h1>"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["file"], "file is a file: name a folder"),
        (["file/x"], "cannot make the folder file/x: Not a directory"),
        (["piped"], "cannot read piped/index.html: it is a pipe"),
        (["new", "x^"], "something is missing"),
    ],
)
def test_what_cannot_be_written_is_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped" / "index.html")
    refused = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert refused.returncode == 2
    assert told in refused.stderr and "Traceback" not in refused.stderr
    assert not (tmp_path / "new").exists()
