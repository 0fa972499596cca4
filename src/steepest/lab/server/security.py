"""The door of the server: who may ask, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from steepest.lab.server.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-steepest-token"
RETRY_AFTER = 5  # seconds
HEAD, FIELDS = 16_384, 100  # bytes and lines of a request's head
Headers = list[tuple[bytes, bytes]]
OPEN = ("/health", "/openapi.json", "/favicon.ico")  # and the files of the page: the same for everybody
FREE = ("/static/", "/open/")  # what is below has a name that nobody guesses, or no secret
READS = ("GET", "HEAD")


class Guard:
    """Lets through what comes from the lab's own pages, and seals every answer.

    - Host: exactly one of the site's, whatever the method, so a name that somebody points at this machine gets nothing.
    - Origin of a POST: exactly one of the site's. A program that is no browser sends none.
    - Token: in the header, or for the page itself in the address; unless the site is public.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site, self.seals = app, site, seals(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sealed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *self.seals]
            await send(message)

        refusal = self.refusal(scope)
        if refusal is not None:
            await refuse(*refusal, sealed)
            return
        try:
            await self.app(scope, receive, sealed)
        except asyncio.CancelledError:
            if begun:
                raise
            await refuse(503, "the server is ending: start it again", sealed)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason why a request gets no answer."""
        path, method = scope["path"], scope["method"]
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if size + sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > HEAD or len(scope["headers"]) > FIELDS:
            return 431, f"the head of a request has at most {HEAD:,} bytes and {FIELDS} lines"
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value.decode("latin-1"))
        if path != "/health" and headers.get(b"host", []) not in [[host] for host in self.site.hosts]:
            return 421, "this server has another name: open the address that steepest lab printed"
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return 400, "a body has one length: Content-Length or Transfer-Encoding, not both"
        if method not in READS and not self.is_own(headers):
            return 403, "only the lab's own page may ask this"
        if self.site.token and path not in OPEN and not path.startswith(FREE) and not self.is_shown(scope, headers):
            return 403, "open the whole address that steepest lab printed: the token at its end is new with every start"
        return None

    def is_own(self, headers: Mapping[bytes, list[str]]) -> bool:
        """Whether a request is from a page of the site, or from no page at all."""
        origins = headers.get(b"origin", [])
        if origins:
            return len(origins) == 1 and origins[0] in self.site.origins
        return headers.get(b"sec-fetch-site", ["none"]) in (["same-origin"], ["none"])

    def is_shown(self, scope: Scope, headers: Mapping[bytes, list[str]]) -> bool:
        """Whether the token is in the header, or in the address of the page."""
        shown = headers.get(TOKEN_HEADER.encode(), [])
        if not shown and scope["path"] == "/":
            shown = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return len(shown) == 1 and secrets.compare_digest(shown[0].encode(), self.site.token.encode())


def seals(site: Site) -> Headers:
    """The headers of every answer."""
    policy = {
        "default-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
        "frame-ancestors": " ".join(site.embedders) or "'none'",
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if not site.embedders:
        headers |= {"x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin"}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def refusal(reason: str, status: int) -> tuple[Headers, bytes]:
    """The headers and the body of an answer that says why there is no other."""
    body = json.dumps({"error": {"message": reason, "text": None, "place": None, "length": 0}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    return headers + ([(b"retry-after", b"%d" % RETRY_AFTER)] if status == 503 else []), body


async def refuse(status: int, reason: str, send: Send, *more: tuple[bytes, bytes]) -> None:
    headers, body = refusal(reason, status)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more]})
    await send({"type": "http.response.body", "body": body})


def crowded_out(site: Site) -> ASGIApp:
    """What answers a connection for which there is no place."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(503, "the server is full: try again in a moment", send, *seals(site), (b"connection", b"close"))

    return answer
