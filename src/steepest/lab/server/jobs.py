"""Files made on request: each in a process of its own, with a time limit, a few at a time, a few waiting."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from steepest.errors import SteepestError, counted
from steepest.lab.requests import File
from steepest.lab.server.processes import end, start
from steepest.lab.server.readers import FullError, LateError
from steepest.lab.server.site import Site


class RefusedError(SteepestError):
    """A file that cannot be made; `found` is the mistake as data."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(str(found["message"]))
        self.found = found


class Exports:
    """A few places to make files in, and a short queue before them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.inside = 0
        self.places = asyncio.Semaphore(site.exports)

    async def make(self, question: Any) -> File:
        """The file that a question asks for.

        Raises:
            FullError, LateError, RefusedError: if it is not made.
        """
        site = self.site
        if self.inside >= site.exports + site.waiting:
            raise FullError("other files are being made: try again in a moment")
        self.inside += 1
        try:
            async with self.places:
                return await self.made(question)
        finally:
            self.inside -= 1

    async def made(self, question: Any) -> File:
        site = self.site
        order = {"question": question, "bounds": asdict(site.bounds), "seconds": site.seconds, "memory": site.memory}
        folder = mkdtemp(prefix="steepest-")
        process: Process | None = None
        try:
            async with asyncio.timeout(site.seconds):
                process = await start("steepest.lab.server.worker", folder, PIPE)
                output, told = await process.communicate(json.dumps(order).encode())
        except TimeoutError:
            raise LateError(
                f"this file was not ready after {counted(site.seconds, 'second')}: ask for fewer steps or another kind"
            ) from None
        finally:
            if process is not None:
                await end(process)
            rmtree(folder, ignore_errors=True)
        line, found, data = output.partition(b"\n")
        if process.returncode or not found:
            raise RuntimeError(f"a file was not made: {told.decode(errors='replace')[-2000:]}")
        head = json.loads(line)
        if "error" in head:
            raise RefusedError(head["error"])
        return File(head["name"], head["kind"], data)
