"""Texts read on request by a few processes, each with one question at a time, which ends when its time is over."""

from __future__ import annotations

import asyncio
import json
import signal
from asyncio.subprocess import Process
from dataclasses import asdict

from steepest.errors import SteepestError
from steepest.lab.server.processes import end, start
from steepest.lab.server.reading import ANSWER, KINDS, QUESTION
from steepest.lab.server.site import Site

PATIENCE = 10.0  # seconds to wait for a process that is free, and for one that may be stopped or starved
STOPPED = {-getattr(signal, name, 0) for name in ("SIGPROF", "SIGKILL")}
MEMORY = 2_000_000_000  # bytes that a process may have


class FullError(SteepestError):
    """So much is being done that this would wait too long."""


class LateError(SteepestError):
    """What was not ready in time."""


class Readers:
    """A few processes that read; one that was ended is started again when it is needed."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.places = asyncio.Semaphore(site.readers)
        self.free: list[Process] = []
        self.all: set[Process] = set()

    async def read(self, kind: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer to a question.

        Raises:
            FullError, LateError: if there is none.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self.places.acquire()
        except TimeoutError:
            raise FullError("others are being answered: try again in a moment") from None
        try:
            return await self.answered(kind, body)
        finally:
            self.places.release()

    async def answered(self, kind: str, body: bytes) -> tuple[int, bytes]:
        process = self.taken() or await self.started()
        try:
            async with asyncio.timeout(PATIENCE + self.site.reading):
                answer = await asked(process, kind, body)
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            await self.ended(process)
            raise self.cause(process) from None
        except BaseException:
            await self.ended(process)
            raise
        self.free.append(process)
        return answer

    def cause(self, process: Process) -> Exception:
        """Why a process that has ended gave no answer."""
        if process.returncode in STOPPED:
            return LateError(f"this takes longer than {self.site.reading:g} seconds to read: split it into smaller formulas")
        return RuntimeError(f"a process that reads ended with {process.returncode}")

    def taken(self) -> Process | None:
        """One that is free and still runs."""
        while self.free:
            process = self.free.pop()
            if process.returncode is None:
                return process
            self.all.discard(process)
        return None

    async def started(self) -> Process:
        process = await start("steepest.lab.server.reading")
        self.all.add(process)
        order = {"bounds": asdict(self.site.bounds), "seconds": self.site.reading, "memory": MEMORY}
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        return process

    async def ended(self, process: Process) -> None:
        self.all.discard(process)
        await end(process)

    async def open(self) -> None:
        """Start them before the first question comes."""
        self.free.extend([await self.started() for _ in range(self.site.readers)])

    async def close(self) -> None:
        """End them all."""
        self.free.clear()
        for process in list(self.all):
            await self.ended(process)


async def asked(process: Process, kind: str, body: bytes) -> tuple[int, bytes]:
    """A question sent, and its answer received."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(QUESTION.pack(KINDS.index(kind), len(body)) + body)
    await process.stdin.drain()
    status, length = ANSWER.unpack(await process.stdout.readexactly(ANSWER.size))
    return status, await process.stdout.readexactly(length)
