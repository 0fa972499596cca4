"""What holds for every test."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

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


def without(tool: str) -> NoReturn:
    """Skips what needs a tool, and fails where every test has to run."""
    if os.environ.get("CI"):
        pytest.fail(f"there is no {tool}")
    pytest.skip(f"there is no {tool}")


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


WRITING = """
import os, sys

def announce(event, details):
    if event == "open" and str(details[0]).endswith(".part"):
        os.write(1, b"writing\\n")

sys.addaudithook(announce)
from steepest.cli.main import main
main()
"""
"""Runs the command line, and says `writing` on standard output whenever it opens an unfinished file."""


PERMITTED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Takes from root what lets it write anywhere."""


@pytest.fixture
def started() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts `steepest`, or a program that is given, in a process of its own, which ends with the test at the latest."""
    processes: list[subprocess.Popen[str]] = []

    def start(*words: str, program: str = "", before: Sequence[str] = (), **options: Any) -> "subprocess.Popen[str]":
        command = [*before, sys.executable, *(["-c", program] if program else ["-m", "steepest"]), *words]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        processes.append(subprocess.Popen(command, text=True, **streams | options))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def limited(started: Callable[..., "subprocess.Popen[str]"]) -> Callable[..., Result]:
    """Runs `steepest` so that a folder which is read-only stops it also where it is root's process."""

    def call(*words: str) -> Result:
        process = started(*words, before=PERMITTED if os.geteuid() == 0 else ())
        out, err = process.communicate()
        return Result(process.returncode, out, err)

    return call


@pytest.fixture
def writing(started: Callable[..., "subprocess.Popen[str]"]) -> Callable[..., "subprocess.Popen[str]"]:
    """Starts `steepest` and gives the process when it writes a file."""

    def start(*words: str) -> "subprocess.Popen[str]":
        process = started(*words, program=WRITING)
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        return process

    return start


class Terminal:
    """A terminal: what processes write to the end `theirs` is read at the other one."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()

    def until(self, text: str) -> str:
        """What is written up to a text, for which a process has a minute at a time."""
        written = b""
        while text.encode() not in written:
            assert select.select([self.ours], [], [], 60)[0], f"no {text!r} in {written!r}"
            written += os.read(self.ours, 4096)
        return written.decode()

    def rest(self) -> str:
        """What is written until all processes have closed it."""
        os.close(self.theirs)
        self.theirs = -1
        written = b""
        with suppress(OSError):  # Linux raises where the other end is closed, others read nothing
            while read := os.read(self.ours, 4096):
                written += read
        return written.decode()

    def shown(self, command: list[str]) -> str:
        """What a command writes that has nothing but this terminal."""
        environment = os.environ | {"TERM": "xterm-256color"}
        with subprocess.Popen(command, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, env=environment) as process:
            written = self.rest()
            process.wait(20)
        return written

    def close(self) -> None:
        """Close what is open."""
        for end in (self.ours, self.theirs):
            with suppress(OSError):
                os.close(end)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal to start processes in."""
    opened = Terminal()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Debian's Chromium with these arguments; Playwright itself runs once a process."""
    from playwright import sync_api as playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        without("chromium")
    with playwright.sync_playwright() as started:
        yield lambda args: started.chromium.launch(executable_path=path, args=args)
