"""Files made on request: each in a process of its own, with a time limit, a few at a time, a few waiting."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from steepest.answers import File
from steepest.errors import SteepestError, counted
from steepest.server.site import Site

__all__ = ["Exports", "FullError", "LateError", "RefusedError"]


class FullError(SteepestError):
    """So many files are being made that this one would wait too long."""


class LateError(SteepestError):
    """A file that was not ready in time."""


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
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "steepest.server.making", stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True,
            env=os.environ | {"MPLBACKEND": "agg"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(site.seconds):
                output, told = await process.communicate(json.dumps(order).encode())
        except TimeoutError:
            raise LateError(
                f"this file was not ready after {counted(site.seconds, 'second')}: ask for fewer steps or another kind"
            ) from None
        finally:
            await end(process)
        line, found, data = output.partition(b"\n")
        if process.returncode or not found:
            raise RuntimeError(f"a file was not made: {told.decode(errors='replace')[-2000:]}")
        head = json.loads(line)
        if "error" in head:
            raise RefusedError(head["error"])
        return File(head["name"], head["kind"], data)


async def end(process: Process) -> None:
    """End a process that still runs, with those that it started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()
