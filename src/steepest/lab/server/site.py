"""Where the lab is served and what it allows."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from steepest.errors import InputError
from steepest.lab.requests import LOCAL, PUBLIC, Bounds

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WILDCARDS = ("0.0.0.0", "::", "")
PORTS = {"http": 80, "https": 443}
BACKLOG = 512


@dataclass(frozen=True)
class Site:
    """Where the lab is served and what it allows.

    Attributes:
        origins: the addresses that people may come by, exactly: `http://127.0.0.1:8000`. The first one is printed.
        token: what every request must show that is more than a file of the page; empty for none.
        embedders: the origins whose pages may show the lab in a frame.
        public: whether answers may be kept by caches on the way.
        bounds: how much one question may ask for.
        body: the largest body of a request, in bytes.
        readers: how many processes read.
        reading: how many seconds of a processor's time reading one text may take.
        exports: how many files are made at a time.
        waiting: how many more may wait for their turn.
        seconds: how long making one file may take.
        memory: how many bytes it may use; 0 for no limit.
        connections: how many at a time.
        patience: seconds that open requests get when the server is told to stop.
    """

    origins: tuple[str, ...]
    token: str = ""
    embedders: tuple[str, ...] = ()
    public: bool = False
    bounds: Bounds = field(default=LOCAL)
    body: int = 64_000
    readers: int = 2
    reading: float = 2.0
    exports: int = 2
    waiting: int = 4
    seconds: float = 120.0
    memory: int = 0
    connections: int = 200
    patience: int = 2

    @property
    def hosts(self) -> frozenset[str]:
        """The values that a request's Host header may have."""
        return frozenset(urlsplit(origin).netloc for origin in self.origins)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.origins[0]}/" + (f"?token={self.token}" if self.token else "")


def local_site(host: str, port: int, origins: tuple[str, ...] = (), embedders: tuple[str, ...] = ()) -> Site:
    """A site for the people of one machine or one network, with a new token.

    Raises:
        InputError: for a host that stands for all addresses, if no origin says by which of them people come.

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
    """A site for everybody: no token, smaller questions, files made one at a time.

    Raises:
        InputError: for no origin.
    """
    if not origins:
        raise InputError("--public needs the address that people type: --origin https://lab.example.org")
    return Site(
        tuple(map(read_origin, origins)), "", tuple(map(read_origin, embedders)), public=True, bounds=PUBLIC, body=16_000,
        reading=1.0, exports=1, waiting=4, seconds=30.0, memory=4_000_000_000, connections=400, patience=30,
    )  # fmt: skip


def _origin_of(host: str, port: int) -> str:
    """The origin of a page at a host and a port, as a browser writes it."""
    name = f"[{host}]" if ":" in host else host.lower()
    return f"http://{name}" + (f":{port}" if port != PORTS["http"] else "")


def read_origin(text: str) -> str:
    """A typed origin, as a browser writes it.

    Raises:
        InputError: for anything but a scheme, a name and maybe a port.

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
    """A socket that is listening, before anything is printed or opened.

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
