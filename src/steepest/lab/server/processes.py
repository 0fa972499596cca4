"""The server's child processes, which import from the same places as the server and nothing from the current folder."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

RUN = "import sys; sys.path[:] = sys.argv[2:]; from steepest.lab.server.worker import main; main()"


async def start(purpose: str, folder: str = "", stderr: int | None = None) -> Process:
    """Start a worker in a session of its own.

    Args:
        purpose: a word for the list of processes: `read` or `export`.
        folder: its current and temporary folder; the root and the system's if it needs none.
        stderr: where its standard error goes; this process's by default.
    """
    changes = {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder) if folder else {}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", RUN, f"steepest-{purpose}", *filter(os.path.isabs, sys.path),
        stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True, cwd=folder or os.path.abspath(os.sep),
        env=os.environ | changes,
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
