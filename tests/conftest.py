"""What holds for every test."""

import signal
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from steepest.cli import main as cli


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """The command line's end ignores Ctrl-C; the tests go on."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


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
