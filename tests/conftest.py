"""What holds for every test."""

import shutil
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """The command line's end ignores Ctrl-C; the tests go on."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Debian's Chromium with these arguments; Playwright itself runs once a process."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium")
    with playwright.sync_playwright() as started:
        yield lambda args: started.chromium.launch(executable_path=path, args=args)
