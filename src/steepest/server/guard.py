"""The door of the server: who may ask, and what every answer says to the browser."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from steepest.server.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["TOKEN_HEADER", "Guard"]

TOKEN_HEADER = "x-steepest-token"
OPEN = ("/health", "/openapi.json", "/favicon.ico")  # and the files of the page: the same for everybody
READS = ("GET", "HEAD")


class Guard:
    """Lets through what comes from the lab's own pages, and seals every answer.

    - Host: exactly one of the site's, whatever the method, so a name that somebody points at this machine gets nothing.
    - Origin of a POST: exactly one of the site's. A program that is no browser sends none.
    - Token: in the header, or for the page itself in the address; unless the site is public.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site
        self.seals = [(name.encode(), value.encode()) for name, value in seals(site).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self.seals]
            await send(message)

        refusal = self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, sealed)
        else:
            await refuse(*refusal, sealed)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason why a request gets no answer."""
        path, method = scope["path"], scope["method"]
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value.decode("latin-1"))
        if path != "/health" and headers.get(b"host", []) not in [[host] for host in self.site.hosts]:
            return 421, "this server has another name: open the address that steepest lab printed"
        if method not in READS and not self.is_own(headers):
            return 403, "only the lab's own page may ask this"
        if self.site.token and path not in OPEN and not path.startswith("/static/") and not self.is_shown(scope, headers):
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
            shown = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=32).get("token", [])
        return len(shown) == 1 and secrets.compare_digest(shown[0].encode(), self.site.token.encode())


def seals(site: Site) -> dict[str, str]:
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
    return headers


async def refuse(status: int, reason: str, send: Send) -> None:
    body = json.dumps({"error": {"message": reason, "text": None, "place": None, "length": 0}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
