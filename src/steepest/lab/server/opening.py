"""An address that works once: it is handed to the browser, so that no list of processes shows the token."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from urllib.parse import urlsplit

from steepest.lab.server.site import LOOPBACK, Site

PATH = "/open"
LASTS = 300.0  # seconds, so that a browser that is not yet running has time
SOCKETS = ("/proc/net/tcp", "/proc/net/tcp6")  # of Linux, with the owner of each


class Opening:
    """An address of a site that leads to its page, once."""

    def __init__(self, site: Site) -> None:
        self.origin = site.origins[0]
        self.once = secrets.token_urlsafe(24) if site.token else ""
        self.ends = time.monotonic() + LASTS

    @property
    def address(self) -> str:
        """What the browser is given."""
        return f"{self.origin}{PATH}/{self.once}" if self.once else f"{self.origin}/"

    def take(self, once: str, client: int, server: int) -> bool:
        """Whether somebody may go in, who comes from one port to another; from now on nobody else may.

        On this very machine whoever reads the list of processes may be faster than the browser, so another user is refused
        where the system tells whose a connection is.
        """
        if not self.once or not secrets.compare_digest(once.encode(), self.once.encode()) or time.monotonic() > self.ends:
            return False
        known = owners(client, server) if urlsplit(self.origin).hostname in LOOPBACK else set()
        if known and known - {0, os.getuid()}:
            return False
        self.once = ""
        return True


def owners(client: int, server: int) -> set[int]:
    """The users of this machine who hold a connection from one port to another; nobody where the system does not tell."""
    found: set[int] = set()
    for name in SOCKETS:
        with suppress(OSError), open(name, encoding="ascii") as file:
            for fields in map(str.split, list(file)[1:]):
                if [int(fields[place].rpartition(":")[2], 16) for place in (1, 2)] == [client, server]:
                    found.add(int(fields[7]))
    return found
