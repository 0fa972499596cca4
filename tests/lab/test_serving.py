"""`steepest lab` as a process of its own: what it prints, what it serves, how it ends."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "steepest", "lab"]
JSON = {"content-type": "application/json"}
FILM = {"state": {"objective": "rosenbrock", "steps": 300, "optimizers": [{"text": "gd"}]}, "suffix": "gif"}


def test_the_address_stands_on_its_own_line_and_leads_to_the_page(start: Callable[..., Any]) -> None:
    lab = start("2x^2-4x", "--start", "0", "--lr", "0.1", "--no-browser")
    assert lab.host == "127.0.0.1"
    assert lab.ask("GET", f"/?token={lab.token}")[0] == 200
    status, headers, body = lab.ask("GET", "/document.json")
    document = json.loads(body)
    assert status == 200
    assert document["state"]["objective"] == "2*x^2 - 4*x"
    assert (document["state"]["start"], document["state"]["optimizers"]) == ([0.0], [{"text": "gd", "settings": {}}])
    assert "server" not in headers
    question = json.dumps({"state": {"objective": "x^2 +", "optimizers": [{"text": "gd"}]}, "suffix": "csv"})
    status, _, body = lab.ask("POST", "/export", question, **JSON)
    assert (status, json.loads(body)["error"]["place"]) == (422, 5)
    code, out, err = lab.end(signal.SIGINT)
    assert code in (0, 130)
    assert (out, err.strip()) == ("", "")


@pytest.fixture(scope="module")
def lab(start_shared: Callable[..., Any]) -> Any:
    """A lab that several tests ask."""
    return start_shared("--no-browser")


def test_only_this_machine_can_come(lab: Any) -> None:
    listening = Path("/proc/net/tcp")
    if listening.exists():
        ours = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert f"0100007F:{lab.port:04X}" in ours
        assert f"00000000:{lab.port:04X}" not in ours
    assert lab.ask("GET", "/document.json", host="evil.example")[0] == 421
    assert lab.ask("POST", "/export", "{}", origin="https://evil.example", **JSON)[0] == 403
    assert lab.ask("GET", "/document.json", **{"x-steepest-token": "wrong"})[0] == 403


def test_bodies_are_bounded_on_the_wire(lab: Any) -> None:
    assert lab.ask("POST", "/export", b" " * 64_001, **JSON)[0] == 413
    assert lab.ask("POST", "/export", (b" " * 1_000 for _ in range(65)), **JSON)[0] == 413
    assert lab.ask("POST", "/export", b'{"text": "x^2"}', **JSON)[0] == 422


def test_two_starts_have_two_ports_and_two_tokens(lab: Any, start: Callable[..., Any]) -> None:
    one, other = lab, start("--no-browser")
    assert one.port != other.port
    assert one.token != other.token
    assert one.ask("GET", "/document.json", **{"x-steepest-token": other.token})[0] == 403


def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = subprocess.run([*COMMAND, "--no-browser", "--port", port], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"cannot listen at 127.0.0.1 on port {port}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x^2 +"], "something is missing at the end"),
        (["--port", "65536"], "--port"),
        (["--public"], "--origin"),
        (["--host", "0.0.0.0"], "--origin"),
        (["--origin", "lab.test"], "an origin is such as"),
        (["--embed", "*"], "an origin is such as"),
        (["--host", "no.such.host.invalid"], "cannot listen at no.such.host.invalid"),
        (["-o", "adan"], "did you mean"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is_printed(words: list[str], told: str) -> None:
    result = subprocess.run([*COMMAND, "--no-browser", *words], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_the_browser_is_opened_at_an_address_that_works_once_and_does_not_show_the_token(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    os.mkfifo(tmp_path / "opened")
    told = os.open(tmp_path / "opened", os.O_RDONLY | os.O_NONBLOCK)
    browser.chmod(0o755)
    for name in ("xdg-open", "open"):
        (tmp_path / name).symlink_to(browser)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("BROWSER", str(browser))
    lab = start()
    with open(told) as file:
        assert select.select([told], [], [], 60)[0], "no browser was opened"
        os.set_blocking(told, True)
        opened = file.read()
    origin, _, _ = lab.line.partition("/?")
    assert opened.startswith(f"{origin}/open/")
    assert lab.token not in opened
    path = opened.removeprefix(origin)
    lab.token = ""
    assert lab.ask("HEAD", path)[0] == 403, "it is not used up by looking"
    assert lab.ask("GET", f"{path}x")[0] == 403
    status, headers, _ = lab.ask("GET", path)
    assert (status, headers["location"], headers["cache-control"]) == (303, lab.line.strip(), "no-store")
    assert lab.ask("GET", path)[0] == 403


def test_a_public_site_prints_its_own_address_and_no_token(start: Callable[..., Any]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--public", "--host", "127.0.0.1", "--origin", "https://lab.example.org"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "https://lab.example.org/\n"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM)


@pytest.mark.usefixtures("proc")
def test_an_open_request_ends_before_the_server_does(start: Callable[..., Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lab = start("--public", "--port", str(port), "--origin", f"http://127.0.0.1:{port}")
    with ThreadPoolExecutor(1) as pool:
        film = pool.submit(lab.ask, "POST", "/export", json.dumps(FILM), **JSON)
        assert lab.until(lambda: bool(lab.exports()))
        lab.process.send_signal(signal.SIGTERM)
        status, _, body = film.result(60)
    assert (status, body[:6]) == (200, b"GIF89a")
    lab.process.communicate(timeout=30)


@pytest.mark.usefixtures("proc")
def test_ctrl_c_does_not_wait_for_a_long_film_and_leaves_nothing_running(
    start: Callable[..., Any], ends: Callable[..., bool]
) -> None:
    lab = start("--no-browser")
    state = {"objective": "rosenbrock", "steps": 100_000, "tol": 0, "optimizers": [{"text": "adam"}] * 32}
    with ThreadPoolExecutor(1) as pool:
        film = pool.submit(lab.ask, "POST", "/export", json.dumps({"state": state, "suffix": "apng"}), **JSON)
        assert lab.until(lambda: bool(lab.exports()))
        found = lab.exports()
        code, _, err = lab.end(signal.SIGINT)
        assert film.result(10)[0] == 503
    assert code in (0, 130)
    assert err.strip() == ""
    assert ends(found)


def test_the_libraries_of_the_server_are_loaded_by_the_lab_only() -> None:
    heavy = ("starlette", "uvicorn", "anyio", "asyncio")
    code = f"import sys, steepest, steepest.cli.main; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
