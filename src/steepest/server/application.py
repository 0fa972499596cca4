"""The lab over HTTP: the page, its files, and the questions that it asks.

Every answer follows from the request alone, so any number of copies can serve the same page. The routes are in the table at the
end, and `/openapi.json` describes them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from steepest import __version__, answers
from steepest.answers import mistake
from steepest.errors import FormulaError, InputError, SteepestError
from steepest.server.assets import Asset, asset, page_assets, shell
from steepest.server.description import description
from steepest.server.exports import Exports, FullError, LateError, RefusedError
from steepest.server.guard import Guard
from steepest.server.site import Site

__all__ = ["application"]

Data = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]
SHORT = 100  # characters of a text that is read at once; a longer one is read in a thread, beside other requests
SLOWEST = 10.0  # seconds for a body to arrive
RETRY_AFTER = 5  # seconds
DAY = 86_400
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 2c3 16 11 16 14 0" fill="none" stroke="#1f77b4" \
stroke-width="2"/><circle cx="8" cy="13.5" r="2.5" fill="#d62728"/></svg>"""


def application(site: Site, document: Data) -> ASGIApp:
    """The server of one document.

    Args:
        site: where it is served and what it allows.
        document: what the page shows first: see `steepest.page.document`.
    """
    assets = page_assets()
    fixed = {
        "/": shell(),
        "/document.json": asset("application/json", encoded(document)),
        "/openapi.json": asset("application/json", encoded(description(site))),
        "/favicon.ico": asset("image/svg+xml", ICON.encode()),
    }
    exports = Exports(site)

    async def health(request: Request) -> Response:
        return answered({"status": "ok", "version": __version__}, "no-store")

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets:
            raise HTTPException(404)
        return sent(request, assets[name], site)

    async def export(request: Request) -> Response:
        asked = await question(request, site.body)
        try:
            made = await exports.make(asked)
        except asyncio.CancelledError:
            raise FullError("the server is ending: start it again") from None
        headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": kept(site)}
        return Response(made.data, media_type=made.kind, headers=headers)

    routes = [
        *(Route(path, sender(each, site)) for path, each in fixed.items()),
        Route("/health", health),
        Route("/static/{name}", static),
        Route("/read/objective", reader(answers.objective, site), methods=["POST"]),
        Route("/read/optimizer", reader(answers.optimizer, site), methods=["POST"]),
        Route("/export", export, methods=["POST"]),
    ]
    handlers: Any = {SteepestError: refused, HTTPException: missing, ClientDisconnect: gone, Exception: failed}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, site)


def sender(fixed: Asset, site: Site) -> Endpoint:
    """An endpoint that always sends the same."""

    async def send(request: Request) -> Response:
        return sent(request, fixed, site)

    return send


def sent(request: Request, found: Asset, site: Site) -> Response:
    """Bytes that do not change, or word that the browser has them already."""
    keep = f"public, max-age={DAY // 24}" if site.public else "no-cache"
    headers = {"etag": found.etag, "cache-control": keep, "vary": "Accept-Encoding"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.compressed, headers=headers | {"content-encoding": "gzip", "content-type": found.kind})
    return Response(found.plain, headers=headers | {"content-type": found.kind})


def reader(read: Callable[[Any, answers.Bounds], Data], site: Site) -> Endpoint:
    """An endpoint that reads a text."""

    def found(asked: Any) -> bytes:
        data = encoded(read(asked, site.bounds))
        if len(data) > site.bounds.size:
            raise FormulaError("its derivatives are too long to send: split it into smaller formulas", asked["text"], 0)
        return data

    async def answer(request: Request) -> Response:
        asked = await question(request, site.body)
        text = asked.get("text") if isinstance(asked, dict) else None
        is_long = isinstance(text, str) and len(text) > SHORT
        data = await asyncio.to_thread(found, asked) if is_long else found(asked)
        return Response(data, media_type="application/json", headers={"cache-control": kept(site)})

    return answer


def kept(site: Site) -> str:
    """How long caches may keep the answer to a question."""
    return f"public, max-age={DAY}" if site.public else "no-store"


async def question(request: Request, largest: int) -> Any:
    """The body of a request as data.

    Raises:
        HTTPException: for one that is too large, too slow, or not JSON.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "a question is application/json")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > largest:
        raise HTTPException(413, f"a question has at most {largest:,} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    raise HTTPException(413, f"a question has at most {largest:,} bytes")
    except TimeoutError:
        raise HTTPException(408, "the question did not arrive in time") from None
    try:
        return json.loads(bytes(body), parse_constant=unknown)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the question is not JSON") from None


def unknown(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def encoded(data: Data) -> bytes:
    """JSON with finite numbers, in ASCII.

    Raises:
        InputError: for a number that is not finite.
    """
    try:
        return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        raise InputError("this has numbers that are larger than any number of the machine (1.8e308)") from None


def answered(data: Data, keep: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encoded(data), status, {"cache-control": keep, **(headers or {})}, "application/json")


async def refused(request: Request, error: Exception) -> Response:
    """What the asker got wrong, or what cannot be made now."""
    assert isinstance(error, SteepestError)
    found = error.found if isinstance(error, RefusedError) else mistake(error)
    if isinstance(error, FullError):
        return answered({"error": found}, "no-store", 503, {"retry-after": str(RETRY_AFTER)})
    return answered({"error": found}, "no-store", 504 if isinstance(error, LateError) else 422)


async def missing(request: Request, error: Exception) -> Response:
    """A request that is no question of ours."""
    assert isinstance(error, HTTPException)
    found = mistake(InputError(error.detail))
    return answered({"error": found}, "no-store", error.status_code, dict(error.headers or {}))


async def gone(request: Request, error: Exception) -> Response:
    """An asker that left in the middle of the question."""
    return Response(status_code=400)


async def failed(request: Request, error: Exception) -> Response:
    """A mistake of ours."""
    found = mistake(InputError("something went wrong here: this is a mistake of steepest's, please report it"))
    return answered({"error": found}, "no-store", 500)
