"""An address that works once: the browser is given it, so that the list of processes does not show the token."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from urllib.parse import urlsplit

from steepest.lab.server.site import LOOPBACK, Site

PATH = "/open"
LIFETIME = 300.0  # seconds, so that a browser has time to start
SOCKETS = ("/proc/net/tcp", "/proc/net/tcp6")  # of Linux, with the user of each


class OneTimeLink:
    """An address that leads to a site's page once."""

    def __init__(self, site: Site) -> None:
        self.origin = site.origins[0]
        self.secret = secrets.token_urlsafe(24) if site.token else ""
        self.expires = time.monotonic() + LIFETIME

    @property
    def address(self) -> str:
        """What the browser is given; the page itself where the site has no token."""
        return f"{self.origin}{PATH}/{self.secret}" if self.secret else f"{self.origin}/"

    def redeem(self, secret: str, client: int, server: int) -> bool:
        """Whether the link is valid for a connection; it is not any more afterwards.

        Another user of this machine, who may read the link in the list of processes, is refused where the system tells whose a
        connection is.

        Args:
            secret: the last part of the address.
            client, server: the ports of the connection.
        """
        expected = self.secret.encode()
        if not expected or not secrets.compare_digest(secret.encode(), expected) or time.monotonic() > self.expires:
            return False
        users = connection_users(client, server) if urlsplit(self.origin).hostname in LOOPBACK else set()
        if users and users - {0, os.getuid()}:
            return False
        self.secret = ""
        return True


def connection_users(client: int, server: int) -> set[int]:
    """The ids of the users who hold a connection from one port of this machine to another; none where the system does not tell."""
    users: set[int] = set()
    for name in SOCKETS:
        with suppress(OSError), open(name, encoding="ascii") as file:
            for fields in map(str.split, list(file)[1:]):
                if [int(fields[column].rpartition(":")[2], 16) for column in (1, 2)] == [client, server]:
                    users.add(int(fields[7]))
    return users
