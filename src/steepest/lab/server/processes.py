"""The server's child processes, which import from the same places as the server and nothing from the current folder."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

RUN = "import sys; sys.path[:] = sys.argv[2:]; from steepest.lab.server.worker import main; main()"


async def start(folder: str) -> Process:
    """Start a worker in a session of its own, with its current and temporary folder."""
    changes = {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", RUN, "steepest-export", *filter(os.path.isabs, sys.path),
        stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, cwd=folder, env=os.environ | changes,
    )  # fmt: skip


async def end(process: Process) -> None:
    """End a process that still runs, and all that it started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()
