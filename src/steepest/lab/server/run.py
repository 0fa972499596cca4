"""Running the server until it is told to stop."""

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
from steepest.lab.server.opening import Opening
from steepest.lab.server.site import Site

FILES = 4_096  # that may be open: connections and the ends of pipes
LAST = 5.0  # seconds for the last answers


class Server(uvicorn.Server):
    """uvicorn's server, which leaves when its last answers are given, and not before."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=LAST)


def serve(site: Site, document: dict[str, Any], listener: socket.socket, opening: Opening | None = None) -> None:
    """Serve a document at a socket that is listening.

    Ctrl-C, SIGTERM and a terminal that closes let open requests end within the site's patience; what is not ready then is
    answered with 503.
    """
    config = uvicorn.Config(
        application(site, document, opening),
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
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: looking through it again and again would cost each answer a tenth of its time
    _more_files()
    _end_in_order()
    Server(config).run(sockets=[listener])


def _end_in_order() -> None:
    """Let SIGTERM unwind as Ctrl-C does once uvicorn passes it on, and let a terminal that closes do the same."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))


def _more_files() -> None:
    """Open as many files as connections need, where the system sets a lower number at first."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the log says more than that somebody ended the server while it worked."""
    return "timeout graceful shutdown" not in record.getMessage()
