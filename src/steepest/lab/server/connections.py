"""Connections that cannot be held open, stuffed or left hanging, whichever parser reads them.

What uvicorn leaves open is bounded here: the bytes and the time of a request's head, requests that are sent ahead, answers that
nobody reads, and the number of connections. Those that wait for their client make room for new ones.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from steepest.lab.server.security import crowded_out, refusal, seals
from steepest.lab.server.site import Site

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Parser
else:
    Parser = object

HEAD = 32_768  # bytes of a head that has no end yet; a complete one is measured by the guard
PIECE = 4_096  # bytes that are parsed at a time
AHEAD = 16  # requests that may be sent before the first of them is answered
SLOWEST = 10.0  # seconds for a head to arrive
STALLED = 20.0  # seconds in which some of an answer has to be read
LINGER = 2.0  # seconds in which a refused client may go on sending, so that it sees why
TICK = 1.0
ROOM = 64  # connections beyond the site's that are told that it is full


def protocol(site: Site) -> Any:
    """The protocol of a site's connections, for uvicorn: with httptools if that is installed, else with h11."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base  # type: ignore[assignment]
    return watched(Base, site)


def watched(base: Any, site: Site) -> Any:
    """uvicorn's protocol, watched."""
    return type("Connection", (Watched, base), {"site": site})


class Watched(Parser):
    """What is added to uvicorn's protocols.

    Attributes:
        since: when it began to wait for its client: to send a request, or to read the answer.
        received: bytes since then.
        unsent: when how many bytes of answers were unread.
    """

    site: Site
    crowded = False
    refused = 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.since, self.received = self.loop.time(), 0
        self.unsent = self.since, 0
        self.timer = self.loop.call_later(TICK, self.picture_options)
        if len(self.connections) > self.site.connections:
            self.admit()

    def connection_lost(self, exc: Exception | None) -> None:
        self.timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for first in range(0, len(data), PIECE):
            if self.refused or self.transport.is_closing():
                return
            piece = data[first : first + PIECE]
            self.received += len(piece)
            if self.received > (HEAD if self.is_in_head else HEAD + 8 * self.site.body):
                self.refuse(431, f"the head of a request has at most {HEAD:,} bytes" if self.is_in_head else "")
                return
            super().data_received(piece)

    def on_headers_complete(self) -> None:
        """Of httptools, which parses requests that are sent ahead, while h11 leaves them unparsed."""
        super().on_headers_complete()
        if len(self.pipeline) > AHEAD:
            self.transport.abort()

    def on_response_complete(self) -> None:
        self.since, self.received = self.loop.time(), self.leftover
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self.refuse(400, "this is not HTTP")

    @property
    def leftover(self) -> int:
        """Bytes that h11 has not parsed."""
        connection = getattr(self, "conn", None)
        return len(connection.trailing_data[0]) if connection is not None else 0

    @property
    def is_in_head(self) -> bool:
        """Whether the next byte belongs to the head of a request."""
        return self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)

    @property
    def is_waiting(self) -> bool:
        """Whether it is the client's turn: to send, or to read what it asked for."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body or self.flow.write_paused

    def admit(self) -> None:
        """Take the place of the connection that has waited longest for its client, or tell this client that the house is full."""
        others = [each for each in self.connections if each is not self and not each.transport.is_closing()]
        if len(others) < self.site.connections:
            return
        waiting: list[Any] = [each for each in others if isinstance(each, Watched) and each.is_waiting]
        seated = [each for each in waiting if not each.crowded]
        if not seated:
            self.crowded, self.app = True, crowded_out(self.site)
        if seated or len(others) >= self.site.connections + ROOM:
            min(seated or waiting or [self], key=lambda each: each.since).transport.abort()

    def picture_options(self) -> None:
        """Once in a while: end it if its client is too slow."""
        now = self.loop.time()
        self.timer = self.loop.call_later(TICK, self.picture_options)
        self.flow.resume_reading()  # else a client that has sent more than one request can leave unseen
        if self.is_stalled(now) or (self.refused and now - self.refused > LINGER):
            self.transport.abort()
        elif self.transport.is_closing() or self.refused or now - self.since <= SLOWEST:
            return
        elif self.cycle is None or self.cycle.response_complete:
            if self.received and self.is_in_head:
                self.refuse(408, "the request did not arrive in time")
            else:
                self.transport.close()

    def is_stalled(self, now: float) -> bool:
        """Whether answers lie here that the client does not read."""
        left = self.transport.get_write_buffer_size()
        if left != self.unsent[1]:
            self.unsent = now, left
        return left > 0 and now - self.unsent[0] > STALLED

    def refuse(self, status: int, reason: str) -> None:
        """A last answer, if none is on its way; what still comes is read for a moment and forgotten."""
        if self.transport.is_closing():
            return
        running = self.cycle is not None and not self.cycle.response_complete
        if not reason or getattr(self, "pipeline", None) or (running and self.cycle.response_started):
            self.transport.abort()
            return
        if running:  # who answers it finds that nobody listens
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        headers, body = refusal(reason, status)
        lines = [*self.server_state.default_headers, *headers, *seals(self.site), (b"connection", b"close")]
        told = b"".join(b"%s: %s\r\n" % line for line in lines)
        self.transport.write(b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, HTTPStatus(status).phrase.encode(), told, body))
        self.refused = self.loop.time()
        if self.transport.can_write_eof():
            self.transport.write_eof()
