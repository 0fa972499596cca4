"""Python processes that load what this one would load: nothing of the current folder, nothing that the environment asks for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

RUN = "import sys; sys.path[:] = sys.argv[2:]; from importlib import import_module; import_module(sys.argv[1]).main()"


async def start(module: str, folder: str = "", stderr: int | None = None) -> Process:
    """A process in a session of its own that runs the `main` of a module.

    Args:
        folder: its current and its temporary folder; it may not need one.
        stderr: where its standard error goes; None for this process's.
    """
    changes = {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder) if folder else {}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", RUN, module, *filter(os.path.isabs, sys.path),
        stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True, cwd=folder or os.path.abspath(os.sep),
        env=os.environ | changes,
    )  # fmt: skip


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
