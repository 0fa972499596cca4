"""Files made on request: each in a worker of its own, within a time, a few at once and a few more in a queue."""

from __future__ import annotations

import asyncio
import math
import os
from asyncio.subprocess import Process
from shutil import rmtree
from tempfile import mkdtemp

from starlette.exceptions import HTTPException

from steepest.errors import counted
from steepest.lab.server.processes import end, start
from steepest.lab.server.site import Site
from steepest.lab.server.worker import RESPONSE, ResourceLimits, WorkerResponse


class ExportJobs:
    """The files that are being made, and those that wait.

    Args:
        site: how many files are made at once and may wait, how long one may take, how much memory it may use.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.count = 0
        self.free = asyncio.Semaphore(site.exports)
        cpus = os.cpu_count() or 1
        self.limits = ResourceLimits(site.bounds, site.memory, process_seconds=math.ceil(site.seconds * cpus) + 1)

    async def run(self, body: bytes) -> WorkerResponse:
        """Make the file that a request asks for.

        Args:
            body: JSON: see `steepest.lab.requests.export_request`.

        Raises:
            HTTPException: 503 while the queue is full, 504 for a file that takes too long.
        """
        if self.count >= self.site.exports + self.site.waiting:
            raise HTTPException(503, "other files are being made: try again in a moment")
        self.count += 1
        try:
            async with self.free:
                return await self._made(body)
        finally:
            self.count -= 1

    async def _made(self, body: bytes) -> WorkerResponse:
        seconds, folder = self.site.seconds, mkdtemp(prefix="steepest-")
        process: Process | None = None
        try:
            async with asyncio.timeout(seconds):
                process = await start(folder)
                output, log = await process.communicate(self.limits.to_line() + body)
        except TimeoutError:
            reason = f"this file was not ready after {counted(seconds, 'second')}: ask for fewer steps or another kind"
            raise HTTPException(504, reason) from None
        finally:
            if process is not None:
                await end(process)
            rmtree(folder, ignore_errors=True)
        status, name, _ = RESPONSE.unpack_from(output) if len(output) >= RESPONSE.size else (500, 0, 0)
        if process.returncode or status == 500:
            raise RuntimeError(f"a file was not made: {log.decode(errors='replace')[-2000:]}")
        first = RESPONSE.size + name
        return WorkerResponse(status, output[first:], output[RESPONSE.size : first].decode())
