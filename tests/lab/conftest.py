"""A server without a network, whose requests go straight to the application, and one as a process of its own."""

import contextlib
import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from starlette import testclient

from steepest.lab.document import document
from steepest.lab.server.app import application
from steepest.lab.server.site import Site, local_site, public_site

Ask = Callable[..., Any]
PUBLIC = "https://lab.example.org"


@pytest.fixture(scope="session")
def site() -> Site:
    return local_site("127.0.0.1", 8000)


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[Any]:
    """A program on the same machine that knows the token."""
    app = application(site, document({}))
    headers = {"x-steepest-token": site.token}
    with testclient.TestClient(app, site.origins[0], raise_server_exceptions=False, headers=headers) as opened:
        yield opened


@pytest.fixture(scope="session")
def stranger(client: Any, site: Site) -> Any:
    """A program that does not know the token."""
    return testclient.TestClient(client.app, site.origins[0], raise_server_exceptions=False)


@pytest.fixture(scope="session")
def public() -> Iterator[Any]:
    """Somebody at a public site."""
    app = application(public_site((PUBLIC,)), document({}))
    with testclient.TestClient(app, PUBLIC, raise_server_exceptions=False) as opened:
        yield opened


class Lab:
    """A server that runs until it is ended."""

    def __init__(self, *words: str, parser: str = "", **options: Any) -> None:
        without = "import sys; sys.modules['httptools'] = None; from steepest.cli.main import main; main()"
        command = [sys.executable, "-c", without] if parser == "h11" else [sys.executable, "-m", "steepest"]
        self.process = subprocess.Popen(
            [*command, "lab", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.fullmatch(r"http://([^/]+):(\d+)/(?:\?token=([\w-]+))?\n", self.line)
        assert found, (self.line, self.process.communicate(timeout=10))
        self.host, self.port, self.token = found[1], int(found[2]), found[3] or ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"x-steepest-token": self.token, **named})
        answer = connection.getresponse()
        try:
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def until(self, holds: Callable[[], bool]) -> bool:
        """Whether something holds in the end; the server answers others meanwhile."""
        for _ in range(5_000):
            if holds():
                return True
            assert self.ask("GET", "/health")[0] == 200
        return False

    def exports(self) -> list[int]:
        """The processes that make files for this server, and those that these started."""
        found: list[int] = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"steepest-export" in (status.parent / "cmdline").read_bytes():
                    found.append(int(status.parent.name))
        return found + [child for each in found for child in children(each)]

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def starting() -> Iterator[Callable[..., Lab]]:
    """Starts servers, and ends those that still run."""
    started: list[Lab] = []

    def start(*words: str, **options: Any) -> Lab:
        started.append(Lab(*words, **options))
        return started[-1]

    yield start
    for lab in started:
        if lab.process.poll() is None:
            lab.process.kill()
            lab.process.communicate()


start = pytest.fixture(starting)
start_shared = pytest.fixture(starting, scope="module")


@pytest.fixture
def ends() -> Callable[[list[int]], bool]:
    """Whether processes, which may be nobody's children any more, end within a minute."""

    def wait(processes: list[int]) -> bool:
        for each in processes:
            with contextlib.suppress(ProcessLookupError):
                ended = os.pidfd_open(each)
                try:
                    if not select.select([ended], [], [], 60)[0]:
                        return False
                finally:
                    os.close(ended)
        return True

    return wait


@pytest.fixture
def proc() -> None:
    """Skips a test where the system does not tell which processes there are."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("the system does not tell which processes there are")
