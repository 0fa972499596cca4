"""How many formulas a second `steepest lab` reads, and how long one of 200 a second waits."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import quantiles
from urllib.parse import parse_qs, urlsplit

CONNECTIONS = 16
SHAPES: tuple[Callable[[int], str], ...] = (
    lambda k: f"{k + 2}x^2 - {k}x",
    lambda k: f"(1-x)^2 + {k + 1}(y-x^2)^2",
    lambda k: f"sin({k + 2}x) + x^2/{k + 3}",
    lambda k: f"x^4 - {k + 1}x^2 + y^2",
    lambda k: f"e^-x² + {k / 100 + 0.01}x²",
    lambda k: f"|x - {k}| + sqrt(x^2 + {k + 1})",
)
"""What people type; the numbers make every formula a new one."""

Address = tuple[str, int, str]

__all__ = ["lab_server"]


def lab_server() -> None:
    """The server's own process, one worker, asked over sockets by this one."""
    process = subprocess.Popen([sys.executable, "-m", "steepest", "lab", "--no-browser"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        parts = urlsplit(process.stdout.readline().strip())
        address = str(parts.hostname), int(parts.port or 80), parse_qs(parts.query)["token"][0]
        asyncio.run(compared(address))
    finally:
        process.terminate()
        process.wait()


async def compared(address: Address) -> None:
    count = 6_000
    await flood(address, 600, 1_000_000)
    rates = sorted([count / await flood(address, count, turn * count) for turn in range(3)])
    print(f"\nsteepest lab, {CONNECTIONS} connections, every formula a new one: {rates[1]:,.0f} formulas a second")
    for rate in (100, 200, 400):
        waits = await paced(address, rate, 10.0, 2_000_000 + 100_000 * rate)
        parts = quantiles(waits, n=100)
        print(f"{rate} a second: median {parts[49] * 1e3:.1f} ms, p95 {parts[94] * 1e3:.1f} ms, p99 {parts[98] * 1e3:.1f} ms")


async def flood(address: Address, count: int, first: int) -> float:
    """Seconds for so many formulas, as fast as they are answered."""
    waiting = iter(range(first, first + count))

    async def worker() -> None:
        line = await Line.open(address)
        for index in waiting:
            await line.read(formula(index))
        line.close()

    begin = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return time.perf_counter() - begin


async def paced(address: Address, rate: float, seconds: float, first: int) -> list[float]:
    """How long each formula waited, asked for at a steady rate whether the last one is answered or not."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(4 * CONNECTIONS):
        free.put_nowait(await Line.open(address))
    waits: list[float] = []

    async def ask(index: int, due: float) -> None:
        line = await free.get()
        await line.read(formula(index))
        waits.append(time.perf_counter() - due)
        free.put_nowait(line)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for index in range(int(rate * seconds)):
            due = begin + index / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(ask(first + index, due))
    while not free.empty():
        free.get_nowait().close()
    return waits


def formula(index: int) -> bytes:
    return json.dumps({"text": SHAPES[index % len(SHAPES)](index)}).encode()


class Line:
    """One connection that stays open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        self.reader, self.writer, self.head = reader, writer, head

    @classmethod
    async def open(cls, address: Address) -> Line:
        host, port, token = address
        head = f"POST /read/objective HTTP/1.1\r\nHost: {host}:{port}\r\nX-Steepest-Token: {token}\r\n"
        head += "Content-Type: application/json\r\n"
        return cls(*await asyncio.open_connection(host, port), head)

    async def read(self, body: bytes) -> None:
        self.writer.write(f"{self.head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r")[0]
        await self.reader.readexactly(int(length))

    def close(self) -> None:
        self.writer.close()
