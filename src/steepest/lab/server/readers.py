"""Texts read on request by a few workers, each with one request at a time, which the system ends if it takes too long."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import Process

from starlette.exceptions import HTTPException

from steepest.lab.server.processes import end, start
from steepest.lab.server.site import Site
from steepest.lab.server.worker import RESPONSE, ResourceLimits, WorkerResponse, pack_request

PATIENCE = 10.0  # seconds to wait for a free worker, and for one that is suspended or gets no processor
ENDED_BY_SYSTEM = {-getattr(signal, name, 0) for name in ("SIGPROF", "SIGKILL")}
MEMORY = 2_000_000_000  # bytes that a worker may have


class Readers:
    """A pool of workers that read; one that was ended is replaced when it is needed.

    Args:
        site: how many workers, and how much processor time one text may take.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.limits = ResourceLimits(site.bounds, MEMORY, request_seconds=site.reading)
        self.available = asyncio.Semaphore(site.readers)
        self.idle: list[Process] = []
        self.running: set[Process] = set()

    async def open(self) -> None:
        """Start the workers, before the first request."""
        self.idle.extend([await self._started() for _ in range(self.site.readers)])

    async def close(self) -> None:
        """End the workers."""
        self.idle.clear()
        for process in list(self.running):
            await self._end(process)

    async def read(self, kind: str, body: bytes) -> WorkerResponse:
        """Read the text of a request.

        Args:
            kind: `objective` or `optimizer`.
            body: JSON: see `steepest.lab.requests`.

        Raises:
            HTTPException: 503 where no worker becomes free, 504 for a text that takes too long.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self.available.acquire()
        except TimeoutError:
            raise HTTPException(503, "other texts are being read: try again in a moment") from None
        try:
            return await self._response(kind, body)
        finally:
            self.available.release()

    async def _response(self, kind: str, body: bytes) -> WorkerResponse:
        process = self._idle_worker() or await self._started()
        try:
            async with asyncio.timeout(PATIENCE + self.site.reading):
                response = await _exchange(process, kind, body)
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            await self._end(process)
            if process.returncode not in ENDED_BY_SYSTEM:
                raise RuntimeError(f"a worker that reads ended with {process.returncode}") from None
            reason = f"this takes longer than {self.site.reading:g} seconds to read: split it into smaller formulas"
            raise HTTPException(504, reason) from None
        except BaseException:
            await self._end(process)
            raise
        self.idle.append(process)
        return response

    def _idle_worker(self) -> Process | None:
        while self.idle:
            process = self.idle.pop()
            if process.returncode is None:
                return process
            self.running.discard(process)
        return None

    async def _started(self) -> Process:
        process = await start("read")
        self.running.add(process)
        assert process.stdin is not None
        process.stdin.write(self.limits.to_line())
        return process

    async def _end(self, process: Process) -> None:
        self.running.discard(process)
        await end(process)


async def _exchange(process: Process, kind: str, body: bytes) -> WorkerResponse:
    """Send a request to a worker and receive its response."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(pack_request(kind, body))
    await process.stdin.drain()
    status, _, length = RESPONSE.unpack(await process.stdout.readexactly(RESPONSE.size))
    return WorkerResponse(status, await process.stdout.readexactly(length))
