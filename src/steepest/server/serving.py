"""Running the server until it is told to stop."""

from __future__ import annotations

import gc
import logging
import socket
from typing import Any

import uvicorn

from steepest.server.application import application
from steepest.server.site import Site

__all__ = ["serve"]


def serve(site: Site, document: dict[str, Any], listener: socket.socket) -> None:
    """Serve a document at a socket that is listening.

    Ctrl-C and SIGTERM let open requests end within the site's patience; what is not ready then is answered with 503.
    """
    config = uvicorn.Config(
        application(site, document),
        access_log=False,
        h11_max_incomplete_event_size=16_384,
        lifespan="off",
        limit_concurrency=site.connections,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=site.patience,
        timeout_keep_alive=5,
        ws="none",
    )
    logging.getLogger("uvicorn.error").addFilter(is_news)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: looking through it again and again would cost each answer a tenth of its time
    uvicorn.Server(config).run(sockets=[listener])


def is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the log says more than that somebody ended the server while it worked."""
    return "timeout graceful shutdown" not in record.getMessage()
