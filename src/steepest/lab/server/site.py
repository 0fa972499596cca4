"""Where the lab is served and what it allows."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from steepest.errors import InputError
from steepest.lab.bounds import LOCAL, PUBLIC, Bounds

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WILDCARDS = ("0.0.0.0", "::", "")
PORTS = {"http": 80, "https": 443}
BACKLOG = 512


@dataclass(frozen=True)
class Site:
    """Where the lab is served and what it allows.

    Attributes:
        origins: the origins under which it may be reached, exactly, such as `http://127.0.0.1:8000`. The first one is printed.
        token: what a request must show unless it asks for a static file; empty for none.
        embedders: the origins whose pages may show the lab in a frame.
        public: whether caches may keep responses.
        bounds: how much one request may ask for.
        body: bytes of the largest body of a request.
        exports: the number of files that are made at once.
        waiting: the number of requests for files that may wait.
        seconds: seconds that making one file may take.
        memory: bytes that making one file may use; 0 for no limit.
        connections: the number of connections at once.
        patience: seconds for open requests when the server is told to stop.
    """

    origins: tuple[str, ...]
    token: str = ""
    embedders: tuple[str, ...] = ()
    public: bool = False
    bounds: Bounds = field(default=LOCAL)
    body: int = 64_000
    exports: int = 2
    waiting: int = 4
    seconds: float = 120.0
    memory: int = 0
    connections: int = 200
    patience: int = 2

    @property
    def hosts(self) -> frozenset[str]:
        """The values that the Host header of a request may have."""
        return frozenset(urlsplit(origin).netloc for origin in self.origins)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.origins[0]}/" + (f"?token={self.token}" if self.token else "")


def local_site(host: str, port: int, origins: tuple[str, ...] = (), embedders: tuple[str, ...] = ()) -> Site:
    """A site for the users of one machine or one network, with a new token.

    Args:
        host, port: where it listens.
        origins: further origins under which it may be reached.
        embedders: the origins whose pages may show the lab in a frame.

    Raises:
        InputError: for a host that stands for all addresses without an origin, or for a damaged origin.

    >>> local_site("127.0.0.1", 8000).origins
    ('http://127.0.0.1:8000', 'http://localhost:8000', 'http://[::1]:8000')
    """
    if host in WILDCARDS and not origins:
        raise InputError(
            f"--host {host} is every address of this machine: say by which one people come, --origin http://NAME:{port}"
        )
    named = () if host in WILDCARDS else LOOPBACK if host in LOOPBACK else (host,)
    own = sorted((_origin_of(name, port) for name in named), key=lambda origin: origin != _origin_of(host, port))
    return Site((*map(read_origin, origins), *own), secrets.token_urlsafe(24), tuple(map(read_origin, embedders)))


def public_site(origins: tuple[str, ...], embedders: tuple[str, ...] = ()) -> Site:
    """A site for everybody: without a token, with smaller bounds, files made one at a time.

    Raises:
        InputError: for no origin, or a damaged one.
    """
    if not origins:
        raise InputError("--public needs the address that people type: --origin https://lab.example.org")
    return Site(
        tuple(map(read_origin, origins)), "", tuple(map(read_origin, embedders)), public=True, bounds=PUBLIC, body=16_000,
        exports=1, waiting=4, seconds=30.0, memory=4_000_000_000, connections=400, patience=30,
    )  # fmt: skip


def _origin_of(host: str, port: int) -> str:
    """The origin of a page at a host and a port in a browser's spelling."""
    name = f"[{host}]" if ":" in host else host.lower()
    return f"http://{name}" + (f":{port}" if port != PORTS["http"] else "")


def read_origin(text: str) -> str:
    """A typed origin in a browser's spelling.

    Raises:
        InputError: for anything but a scheme, a host and an optional port.

    >>> read_origin("https://Lab.example.org:443/")
    'https://lab.example.org'
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in PORTS or not host or not plain or not host.isascii() or any(sign in host for sign in "*;, '\""):
        raise InputError(f"an origin is such as https://lab.example.org, not '{text}'")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, PORTS[parts.scheme]) else "")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        InputError: for a port that is taken, or an address that is not this machine's.
    """
    if not 0 <= port <= 65_535:
        raise InputError(f"--port is a whole number from 0 to 65535, not {port}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if socket.has_dualstack_ipv6() and family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host in LOOPBACK))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot listen at {host} on port {port} ({reason}): choose another --port, or 0 for any that is free"
        ) from None
    return listener
