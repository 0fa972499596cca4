"""Who may use the server, and what every response tells the browser to refuse."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from steepest.lab.bundle import COMPILING
from steepest.lab.server.responses import error_response, refusal_response
from steepest.lab.server.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-steepest-token"
HEAD, FIELDS = 16_384, 100  # bytes and lines of a request's head
SAFE_METHODS = ("GET", "HEAD")
PUBLIC_PATHS = ("/health", "/openapi.json", "/favicon.ico")  # the same on every server
PUBLIC_PREFIXES = ("/static/", "/open/")  # the same on every server, or a secret themselves


class SecurityMiddleware:
    """Passes on requests from the lab's own pages, and adds the security headers to every response.

    - Host: exactly one of the site's, whatever the method, so that a foreign name that resolves to this machine (DNS rebinding)
      gets nothing.
    - Origin of a request that is not GET or HEAD: exactly one of the site's. Programs other than browsers send none.
    - Token: in the header `x-steepest-token`, or for the page itself in the query; a public site has none.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site, self.headers = app, site, security_headers(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *self.headers]
            await send(message)

        refusal = self.refusal(scope)
        if refusal is not None:
            await refusal_response(scope, *refusal)(scope, receive, send_with_headers)
            return
        try:
            await self.app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            if started:
                raise
            await error_response(503, "the server is ending: start it again")(scope, receive, send_with_headers)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason with which a request is refused; None for one that is passed on."""
        path, method = scope["path"], scope["method"]
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if size + sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > HEAD or len(scope["headers"]) > FIELDS:
            return 431, f"the head of a request has at most {HEAD:,} bytes and {FIELDS} lines"
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value.decode("latin-1"))
        if path != "/health" and headers.get(b"host", []) not in [[host] for host in self.site.hosts]:
            return 421, "this server has another name: open the address that the lab printed when it was started"
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return 400, "a body has one length: Content-Length or Transfer-Encoding, not both"
        if method not in SAFE_METHODS and not self._is_same_origin(headers):
            return 403, "only the lab's own page may ask this"
        is_public = not self.site.token or path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIXES)
        if not is_public and not self._has_token(scope, headers):
            return 403, "this address is an old one: open the one that the lab printed last, its token is new with every start"
        return None

    def _is_same_origin(self, headers: Mapping[bytes, list[str]]) -> bool:
        """Whether a request is from a page of the site, or from no page at all."""
        origins = headers.get(b"origin", [])
        if origins:
            return len(origins) == 1 and origins[0] in self.site.origins
        return headers.get(b"sec-fetch-site", ["none"]) in (["same-origin"], ["none"])

    def _has_token(self, scope: Scope, headers: Mapping[bytes, list[str]]) -> bool:
        """Whether the token is in the header, or in the query of the page's address."""
        tokens = headers.get(TOKEN_HEADER.encode(), [])
        if not tokens and scope["path"] == "/":
            tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return len(tokens) == 1 and secrets.compare_digest(tokens[0].encode(), self.site.token.encode())


def security_headers(site: Site) -> list[tuple[bytes, bytes]]:
    """The security headers of every response of a site."""
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' {COMPILING}",
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


def overloaded(site: Site) -> ASGIApp:
    """An application that tells every client to try again later."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = error_response(503, "the server is full: try again in a moment", {"connection": "close"})
        response.raw_headers.extend(security_headers(site))
        await response(scope, receive, send)

    return answer
