"""What holds for every test."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from steepest.cli import main as cli


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Ctrl-C and a hang-up reach every test and what it starts, also in a shell's background and under nohup."""
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    hang_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, hang_up)


class Result(NamedTuple):
    """What a command left: its exit code, and what it printed where."""

    code: int
    out: str
    err: str


@pytest.fixture
def steepest(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run the command line in this process."""

    def call(*words: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["steepest", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Result(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def started() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts `steepest` in a process of its own, which ends with the test at the latest."""
    processes: list[subprocess.Popen[str]] = []

    def start(*words: str, **options: Any) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "steepest", *words]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Debian's Chromium with these arguments; Playwright itself runs once a process."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium")
    with playwright.sync_playwright() as started:
        yield lambda args: started.chromium.launch(executable_path=path, args=args)
