"""The server as a process: uvicorn, from the first connection to an orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn

from steepest.lab.server.app import application
from steepest.lab.server.connections import protocol
from steepest.lab.server.one_time_link import OneTimeLink
from steepest.lab.server.site import Site

OPEN_FILES = 4_096  # connections and pipes
LAST_RESPONSES = 5.0  # seconds for the responses to requests that are canceled


class Server(uvicorn.Server):
    """uvicorn's server, which ends only after its last responses are sent."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=LAST_RESPONSES)


def serve(site: Site, document: dict[str, Any], listener: socket.socket, link: OneTimeLink | None = None) -> None:
    """Serve a document until the process is told to stop.

    Ctrl-C, SIGTERM and a terminal that closes (SIGHUP) give open requests `site.patience` seconds; what is not ready then is
    answered with 503.

    Args:
        site: where it is served and what it allows.
        document: what the page shows first: see `steepest.lab.document.document`.
        listener: a listening socket: see `steepest.lab.server.site.listen`.
        link: an address that leads to the page once.
    """
    config = uvicorn.Config(
        application(site, document, link),
        access_log=False,
        h11_max_incomplete_event_size=65_536,
        http=protocol(site),
        lifespan="on",
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=site.patience,
        timeout_keep_alive=5,
        ws="none",
    )
    logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: collections would look through it again and again, a tenth of every response's time
    _raise_file_limit()
    _unwind_on_signals()
    Server(config).run(sockets=[listener])


def _unwind_on_signals() -> None:
    """Let SIGTERM, which uvicorn raises again at its end, unwind the process as Ctrl-C does; treat SIGHUP as SIGTERM."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
        signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))


def _raise_file_limit() -> None:
    """Raise the soft limit of open files to what the connections need, as far as the system allows."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Whether a log record says more than that the server was stopped while it worked."""
    return "timeout graceful shutdown" not in record.getMessage()
