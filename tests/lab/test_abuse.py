"""Clients that send too much, too slowly, too early or nothing at all, under each of the parsers; each attack is bounded."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.errors import InputError, SteepestError
from steepest.lab.bounds import LOCAL
from steepest.lab.requests import export_request
from steepest.lab.server import connections, processes
from steepest.lab.server.connections import limited
from steepest.lab.server.security import SecurityMiddleware
from steepest.lab.server.site import Site
from steepest.lab.server.worker import ResourceLimits

PARSERS = ("h11", "httptools")
JSON = "Content-Type: application/json\r\n"
SEALS = (b"x-content-type-options: nosniff", b"content-security-policy:", b"referrer-policy: no-referrer")
LONG = {"objective": "rosenbrock", "steps": 100_000, "tol": 0, "optimizers": [{"text": "adam"}] * 32}
STATE = {"objective": "x^2 + y^2", "start": [1, 1], "steps": 3, "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]}


def raw(port: int, request: bytes) -> bytes:
    """Everything that the server sends for these bytes until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        told = b""
        with contextlib.suppress(OSError):
            line.sendall(request)
        with contextlib.suppress(OSError):
            while part := line.recv(65_536):
                told += part
    return told


@pytest.fixture(scope="module", params=PARSERS)
def lab(request: pytest.FixtureRequest, start_shared: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A lab under each parser, whose temporary files are in `folder`."""
    folder = tmp_path_factory.mktemp(request.param)
    opened = start_shared("--no-browser", parser=request.param, env=os.environ | {"TMPDIR": str(folder)})
    opened.folder = folder
    return opened


def head(lab: Any, method: str = "GET", path: str = "/health", more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nX-Steepest-Token: {lab.token}\r\n{more}".encode()


CLOSE = "Connection: close\r\n"
HEADS: dict[str, tuple[tuple[str, str, str], bytes, tuple[int, ...]]] = {
    "as it should be": (("GET", "/health", CLOSE), b"\r\n", (200,)),
    "15 kB": (("GET", "/health", CLOSE), b"A: " + b"x" * 15_000 + b"\r\n\r\n", (200,)),
    "20 kB": (("GET", "/health", CLOSE), b"A: " + b"x" * 20_000 + b"\r\n\r\n", (431,)),
    "10 MB": (("GET", "/health", CLOSE), b"A: " + b"x" * 10_000_000 + b"\r\n\r\n", (431,)),
    "300 lines": (("GET", "/health", CLOSE), b"a: b\r\n" * 300 + b"\r\n", (431,)),
    "a long path": (("GET", "/" + "x" * 20_000, CLOSE), b"\r\n", (431,)),
    "40 fields": (("GET", "/?" + "&".join(["a=1"] * 40), CLOSE), b"\r\n", (200,)),
    "two hosts": (("GET", "/", f"{CLOSE}Host: evil.example\r\n"), b"\r\n", (400, 421)),
    "a zero": (("GET", "/", CLOSE), b"A: b\0c\r\n\r\n", (400,)),
    "CONNECT": (("CONNECT", "evil.example:80", CLOSE), b"\r\n", (400, 403, 404, 405)),
    "a path that is no ASCII": (("GET", "/é", CLOSE), b"\r\n", (400,)),
    "another protocol": (("GET", "/", "Connection: Upgrade, close\r\nUpgrade: websocket\r\n"), b"\r\n", (200,)),
    "two lengths": (
        ("POST", "/export", f"{CLOSE}{JSON}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), b"\r\n0\r\n\r\n", (400,),
    ),
    "a length without end": (("POST", "/export", f"{JSON}Content-Length: {'9' * 5_000}\r\n"), b"\r\n{}", (400, 413)),
    "a broken chunk": (("POST", "/export", f"{JSON}Transfer-Encoding: chunked\r\n"), b"\r\nzz\r\n", (400,)),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_answered_and_sealed_whatever_it_is(lab: Any, name: str) -> None:
    line, rest, statuses = HEADS[name]
    told = raw(lab.port, head(lab, *line) + rest)
    assert int(told.split()[1]) in statuses
    assert all(seal in told for seal in SEALS)


def test_what_is_no_http_is_answered_and_sealed(lab: Any) -> None:
    told = raw(lab.port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 400 ")
    assert all(seal in told for seal in SEALS)


def memory(process: "subprocess.Popen[str]") -> int:
    """Megabytes that a process has in memory."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    assert found
    return int(found[1]) // 1_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell how much memory a process has")
def test_nothing_that_is_sent_fills_the_memory(lab: Any) -> None:
    before = memory(lab.process)
    chunked = head(lab, "POST", "/export", f"{JSON}Transfer-Encoding: chunked\r\n") + b"\r\n"
    floods = {
        "a head without end": (head(lab) + b"A: ", b"x" * 1_000_000),
        "trailers": (chunked + b"0\r\n", b"a: " + b"x" * 1_000_000 + b"\r\n"),
        "requests sent ahead": (b"", (head(lab) + b"\r\n") * 5_000),
    }
    lines = [socket.create_connection(("127.0.0.1", lab.port), timeout=2) for _ in range(9)]

    def flood(line: socket.socket, begin: bytes, more: bytes) -> None:
        with contextlib.suppress(OSError):
            line.sendall(begin)
            for _ in range(40):
                line.sendall(more)

    with ThreadPoolExecutor(len(lines)) as pool:
        list(pool.map(lambda line, sent: flood(line, *sent), lines, [*floods.values()] * 3))
    grown = memory(lab.process) - before
    for line in lines:
        line.close()
    assert grown < 40
    assert b" 200 " in raw(lab.port, head(lab, more=CLOSE) + b"\r\n")


@pytest.mark.parametrize("begin", ["nothing", "a head", "a body"])
def test_connections_that_wait_lock_nobody_out(lab: Any, begin: str) -> None:
    body = head(lab, "POST", "/export", f"{JSON}Content-Length: 100\r\n") + b"\r\n{"
    sent = {"nothing": b"", "a head": b"GET / HTTP/1.1\r\n", "a body": body}[begin]
    lines = []
    for _ in range(450):
        lines.append(socket.create_connection(("127.0.0.1", lab.port), timeout=60))
        with contextlib.suppress(OSError):
            lines[-1].sendall(sent)
    told = raw(lab.port, head(lab, more=CLOSE) + b"\r\n")
    for line in lines:
        line.close()
    assert told.startswith(b"HTTP/1.1 200 ")


# Films that are stopped -----------------------------------------------------------------------------------------------


def ask_film(lab: Any, folder: Path, more: str = "") -> socket.socket:
    """A connection that has asked for a long film, which is being made."""
    body = json.dumps({"state": LONG, "suffix": "mp4"}).encode()
    line = socket.create_connection(("127.0.0.1", lab.port), timeout=60)
    line.sendall(head(lab, "POST", "/export", f"{more}{JSON}Content-Length: {len(body)}\r\n") + b"\r\n" + body)
    assert lab.until(lambda: bool(lab.exports()) and bool(os.listdir(folder)))
    return line


@pytest.mark.usefixtures("proc")
def test_a_client_that_leaves_ends_its_film(lab: Any) -> None:
    ask_film(lab, lab.folder).close()
    assert lab.until(lambda: not lab.exports() and not os.listdir(lab.folder))


@pytest.mark.usefixtures("proc")
def test_a_client_that_sends_more_and_leaves_ends_its_film(lab: Any) -> None:
    line = ask_film(lab, lab.folder)
    line.sendall(head(lab) + b"\r\n")
    assert lab.ask("GET", "/health")[0] == 200, "what was sent before is there"
    line.close()
    assert lab.until(lambda: not lab.exports() and not os.listdir(lab.folder))


@pytest.mark.usefixtures("proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("parser", PARSERS)
def test_a_signal_gives_the_promised_answer_and_leaves_nothing(
    start: Callable[..., Any], ends: Callable[..., bool], tmp_path: Path, parser: str, number: int
) -> None:
    served = start("--no-browser", parser=parser, env=os.environ | {"TMPDIR": str(tmp_path)})
    with ask_film(served, tmp_path, CLOSE) as line:
        found = served.exports()
        code, out, err = served.end(number)
        told = b""
        with contextlib.suppress(OSError):
            while part := line.recv(65_536):
                told += part
    assert told.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: " in told
    assert all(seal in told for seal in SEALS)
    assert (code in (0, 130, 143), out, err.strip()) == (True, "", "")
    assert os.listdir(tmp_path) == []
    assert ends(found)


# A connection by itself, with a short patience ------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def served(app: Any, parser: str, most: int) -> AsyncIterator[int]:
    """The port of a server with an application under the limited protocol."""
    implementation = import_module(f"uvicorn.protocols.http.{parser}_impl")
    base = getattr(implementation, {"h11": "H11Protocol", "httptools": "HttpToolsProtocol"}[parser])
    site = Site(("http://lab.test",), connections=most)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http=limited(base, site), lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await running


def patient(parser: str, most: int, app: Any, attack: Callable[[int], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(60), served(app, parser, most) as port:
            await attack(port)

    asyncio.run(main())


async def told(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


async def large(scope: Any, receive: Any, send: Any) -> None:
    """An answer that no system buffers whole."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"50000000")]})
    await send({"type": "http.response.body", "body": bytes(49_999_999), "more_body": True})
    await send({"type": "http.response.body", "body": bytes(1)})


@pytest.mark.parametrize("parser", PARSERS)
def test_a_head_that_does_not_arrive_is_given_up(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT", 0.2)
    monkeypatch.setattr(connections, "TICK", 0.05)

    async def attack(port: int) -> None:
        answer = await told(port, b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert all(seal in answer for seal in SEALS)
        assert await told(port, b"") == b""

    patient(parser, 10, large, attack)


@pytest.mark.parametrize("parser", PARSERS)
def test_an_answer_that_is_not_read_is_given_up(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.3)
    monkeypatch.setattr(connections, "TICK", 0.05)

    given_up = asyncio.Event()

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        await large(scope, receive, send)
        given_up.set()

    async def attack(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await given_up.wait()
            got = 0
            with contextlib.suppress(OSError):
                while part := line.recv(1_000_000):
                    got += len(part)
            assert got < 50_000_000
        assert len(await told(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) > 50_000_000

    patient(parser, 10, watched, attack)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_full_house_says_when_to_come_again(parser: str) -> None:
    release, at_work = asyncio.Event(), asyncio.Semaphore(0)

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        at_work.release()
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def attack(port: int) -> None:
        asked = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        working = [asyncio.create_task(told(port, asked)) for _ in range(3)]
        for _ in working:
            await at_work.acquire()
        for _ in range(5):
            answer = await told(port, asked)
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: " in answer
            assert all(seal in answer for seal in SEALS)
        release.set()
        assert [each[:12] for each in await asyncio.gather(*working)] == [b"HTTP/1.1 200"] * 3
        assert (await told(port, asked)).startswith(b"HTTP/1.1 200 ")

    patient(parser, 3, busy, attack)


def test_a_request_that_is_cancelled_is_answered() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/health", "method": "GET", "headers": [], "query_string": b"", "raw_path": b"/health"}
    asyncio.run(SecurityMiddleware(app, Site(("http://lab.test",)))(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 503
    assert b"retry-after" in dict(sent[0]["headers"])


# Questions of odd types -----------------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    5, -1, 1e308, -1e308, 10**400, True, None, "x", "\ud800", [], {}, [1], [[1]], ["a", 5], [None], [{}], [[1, 2], [3]],
    [[-1e308, 1e308], [-1e308, 1e308]], [[0, 1e308], [0, 1]], [[1e308, 1.0000000001e308], [0, 1]], [[0, 5e-324], [0, 1]],
    [[1, 1.0000000000000002], [0, 1]], [1e308, 1e308],
)  # fmt: skip


@pytest.mark.parametrize("name", ["show", "zoom", "view", "start", "steps", "tol", "gtol", "seed", "optimizers", "objective"])
def test_a_question_of_odd_types_is_answered_with_a_file_or_a_sentence(name: str) -> None:
    for value in ODD:
        question = {"state": {**STATE, name: value}, "suffix": "svg"}
        with contextlib.suppress(SteepestError):
            assert export_request(question, LOCAL).data


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(st.sampled_from(["text", "suffix", "settings", "state", "objective", "optimizers"]), parts, max_size=4)
    ),
    max_leaves=12,
)


@given(anything, anything)
@settings(deadline=None, derandomize=True, database=None, max_examples=1_000)
def test_any_json_is_answered_with_a_file_or_a_sentence(whole: Any, state: Any) -> None:
    for question in (whole, {"state": state, "suffix": "csv"}, {"state": {**STATE, "optimizers": state}, "suffix": "csv"}):
        with contextlib.suppress(SteepestError):
            assert export_request(question, LOCAL).data


@pytest.mark.parametrize("changes", [{"show": 5}, {"show": ["a", 5]}, {"zoom": [[-1e308, 1e308], [0, 1]]}, {"start": [1e309, 1]}])
def test_an_odd_export_is_4xx_and_sealed(client: Any, changes: Any) -> None:
    asked = json.dumps({"state": {**STATE, **changes}, "suffix": "png"}).replace("Infinity", "1e999")
    answer = client.post("/export", content=asked, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("limits", [((-1e308, 1e308), (0, 1)), ((1e299, 1e299 * (1 + 1e-15)), (0, 1))])
def test_limits_that_cannot_be_drawn_are_refused(limits: Any) -> None:
    from steepest import descend

    with pytest.raises(InputError, match="limits are numbers up to 1e\\+300"):
        descend("x^2 + y^2", start=(1, 1), steps=2).plot(limits=limits)


# What lies around -----------------------------------------------------------------------------------------------------


def test_nothing_of_the_current_folder_is_loaded(start: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("random", "numpy", "matplotlib", "PIL", "json"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w').close(); raise SystemExit")
    (tmp_path / "matplotlibrc").write_bytes(b"\xff\xfe text.usetex: True")
    lab = start("--no-browser", cwd=tmp_path, env=os.environ | {"MPLBACKEND": "nonsense", "MATPLOTLIBRC": str(tmp_path)})
    for suffix in ("svg", "gif"):
        question = {"state": STATE, "suffix": suffix}
        status, _, made = lab.ask("POST", "/export", json.dumps(question), content_type="application/json")
        assert (status, made == export_request(question).data) == (200, True)
    assert not (tmp_path / "loaded").exists()


def test_a_process_of_ours_is_started_in_no_folder_of_the_user() -> None:
    async def main() -> tuple[bytes, int]:
        worker = await processes.start(tempfile.gettempdir())
        out, _ = await worker.communicate(ResourceLimits(LOCAL).to_line() + b"1")
        return out, int(worker.returncode or 0)

    out, code = asyncio.run(main())
    assert code == 0
    assert b"a request needs the text 'suffix'" in out
