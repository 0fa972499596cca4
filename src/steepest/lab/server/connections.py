"""The HTTP/1.1 protocol of uvicorn with limits on what a client may send, how slowly, and how many connections there are.

Limited are the bytes and the time of a request's head, requests that are pipelined, responses that are not read, and the number
of connections. Where there are too many, those that wait for their client are closed for new ones. The limits are the same
with each of uvicorn's parsers.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from steepest.lab.server.responses import error_response
from steepest.lab.server.security import overloaded, security_headers
from steepest.lab.server.site import Site

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Protocol
else:
    Protocol = object

HEAD = 32_768  # bytes of a head that has no end yet; the middleware measures a complete one
PIECE = 4_096  # bytes that are parsed at a time
PIPELINED = 16  # requests that may be sent before the first of them is answered
HEAD_TIMEOUT = 10.0  # seconds for a head to arrive
READ_TIMEOUT = 20.0  # seconds in which the client must read some of a response
LINGER = 2.0  # seconds in which a refused client may go on sending, so that it sees why
TICK = 1.0  # seconds between two checks of the timeouts
OVERFLOW = 64  # connections beyond the site's limit that are told so


def protocol(site: Site) -> Any:
    """The protocol class of a site's connections, for uvicorn: with httptools where that is installed, else with h11."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base  # type: ignore[assignment]
    return limited(Base, site)


def limited(base: Any, site: Site) -> Any:
    """One of uvicorn's protocol classes, with the limits of a site."""
    return type("LimitedProtocol", (LimitedConnection, base), {"site": site})


class LimitedConnection(Protocol):
    """What is added to uvicorn's protocols.

    Attributes:
        since: when the connection began to wait for its client: to send a request, or to read the response.
        received: bytes since then.
        unread: when how many bytes of responses were not yet read.
        overflow: whether it is beyond the limit and only told so.
        refused: when it was refused; 0 if it was not.
        unanswered: uvicorn's cycles of request and response that are not complete, with httptools.
    """

    site: Site
    overflow = False
    refused = 0.0
    unanswered: tuple[Any, ...] = ()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.since, self.received = self.loop.time(), 0
        self.unread = self.since, 0
        self.timer = self.loop.call_later(TICK, self.check_timeouts)
        if len(self.connections) > self.site.connections:
            self.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self.timer.cancel()
        for cycle in self.unanswered:  # uvicorn tells only the last one
            self._disconnect(cycle)
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
        """Called by httptools, which parses pipelined requests at once; h11 leaves them unparsed."""
        super().on_headers_complete()
        self.unanswered = tuple(each for each in (*self.unanswered, self.cycle) if not each.response_complete)
        if len(self.pipeline) > PIPELINED:
            self.transport.abort()

    def on_response_complete(self) -> None:
        h11_connection = getattr(self, "conn", None)
        unparsed = len(h11_connection.trailing_data[0]) if h11_connection is not None else 0
        self.since, self.received = self.loop.time(), unparsed
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self.refuse(400, "this is not HTTP")

    @property
    def is_in_head(self) -> bool:
        """Whether the next byte belongs to the head of a request."""
        return self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)

    @property
    def is_waiting(self) -> bool:
        """Whether it is the client's turn: to send, or to read what it asked for."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body or self.flow.write_paused

    def make_room(self) -> None:
        """Close the connection that has waited longest for its client; where none waits, tell this client to try again later."""
        others = [each for each in self.connections if each is not self and not each.transport.is_closing()]
        if len(others) < self.site.connections:
            return
        waiting: list[Any] = [each for each in others if isinstance(each, LimitedConnection) and each.is_waiting]
        within_limit = [each for each in waiting if not each.overflow]
        if not within_limit:
            self.overflow, self.app = True, overloaded(self.site)
        if within_limit or len(others) >= self.site.connections + OVERFLOW:
            min(within_limit or waiting or [self], key=lambda each: each.since).transport.abort()

    def check_timeouts(self) -> None:
        """End the connection if its client is too slow; called every `TICK` seconds."""
        now = self.loop.time()
        self.timer = self.loop.call_later(TICK, self.check_timeouts)
        self.flow.resume_reading()  # otherwise nothing tells that a client with a pipelined request has left
        if self._is_unread(now) or (self.refused and now - self.refused > LINGER):
            self.transport.abort()
        elif self.transport.is_closing() or self.refused or now - self.since <= HEAD_TIMEOUT:
            return
        elif self.cycle is None or self.cycle.response_complete:
            if self.received and self.is_in_head:
                self.refuse(408, "the request did not arrive in time")
            else:
                self.transport.close()

    def _is_unread(self, now: float) -> bool:
        """Whether the client has read nothing of a response for too long."""
        size = self.transport.get_write_buffer_size()
        if size != self.unread[1]:
            self.unread = now, size
        return size > 0 and now - self.unread[0] > READ_TIMEOUT

    @staticmethod
    def _disconnect(cycle: Any) -> None:
        """Let the application find that the client of a request has disconnected."""
        if not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    def refuse(self, status: int, reason: str) -> None:
        """Send an error as the last response, unless another is being sent; ignore what the client still sends."""
        if self.transport.is_closing():
            return
        running = self.cycle is not None and not self.cycle.response_complete
        if not reason or getattr(self, "pipeline", None) or (running and self.cycle.response_started):
            self.transport.abort()
            return
        if running:
            self._disconnect(self.cycle)
        response = error_response(status, reason, {"connection": "close"})
        headers = [*self.server_state.default_headers, *response.raw_headers, *security_headers(self.site)]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        phrase = HTTPStatus(status).phrase.encode()
        self.transport.write(b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, phrase, lines, response.body))
        self.refused = self.loop.time()
        if self.transport.can_write_eof():
            self.transport.write_eof()
