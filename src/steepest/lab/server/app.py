"""The lab over HTTP: the page, its files, and the questions that it asks.

Every answer follows from the request alone, so any number of copies can serve the same page. The routes are in the table at the
end, and `/openapi.json` describes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from steepest.errors import InputError, SteepestError
from steepest.lab.requests import mistake
from steepest.lab.server.assets import Asset, asset, page_assets, shell
from steepest.lab.server.jobs import Exports, RefusedError
from steepest.lab.server.openapi import description
from steepest.lab.server.opening import PATH, Opening
from steepest.lab.server.readers import FullError, LateError, Readers
from steepest.lab.server.security import RETRY_AFTER, Guard
from steepest.lab.server.site import Site
from steepest.lab.server.wire import OURS, NotJSONError, encoded, parsed
from steepest.version import __version__

Data = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]
Result = TypeVar("Result")
SLOWEST = 10.0  # seconds for a body to arrive
DIGITS = 20  # of a length
DAY = 86_400
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 2c3 16 11 16 14 0" fill="none" stroke="#1f77b4" \
stroke-width="2"/><circle cx="8" cy="13.5" r="2.5" fill="#d62728"/></svg>"""


def application(site: Site, document: Data, opening: Opening | None = None) -> ASGIApp:
    """The server of one document.

    Args:
        site: where it is served and what it allows.
        document: what the page shows first: see `steepest.lab.document.document`.
        opening: an address that leads to the page once.
    """
    assets = page_assets()
    fixed = {
        "/": shell(),
        "/document.json": asset("application/json", encoded(document)),
        "/openapi.json": asset("application/json", encoded(description(site))),
        "/favicon.ico": asset("image/svg+xml", ICON.encode()),
    }
    exports, readers = Exports(site), Readers(site)

    async def health(request: Request) -> Response:
        return answered({"status": "ok", "version": __version__}, "no-store")

    async def open_once(request: Request) -> Response:
        client, server = request.scope.get("client") or ("", 0), request.scope.get("server") or ("", 0)
        if request.method != "GET" or opening is None or not opening.take(request.path_params["once"], client[1], server[1]):
            raise HTTPException(403, "this address worked once: open the one that steepest lab printed")
        return RedirectResponse(site.address, 303, {"cache-control": "no-store"})

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets:
            raise HTTPException(404)
        return sent(request, assets[name], site)

    async def export(request: Request) -> Response:
        asked = parsed(await question(request, site.body))
        made = await while_there(request, exports.make(asked))
        headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": _kept(site)}
        return Response(made.data, media_type=made.kind, headers=headers)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await readers.open()
        try:
            yield
        finally:
            await readers.close()

    routes = [
        *(Route(path, _sender(each, site)) for path, each in fixed.items()),
        Route("/health", health),
        Route(f"{PATH}/{{once}}", open_once),
        Route("/static/{name}", static),
        Route("/read/objective", reader("objective", readers, site), methods=["POST"]),
        Route("/read/optimizer", reader("optimizer", readers, site), methods=["POST"]),
        Route("/export", export, methods=["POST"]),
    ]
    handlers: Any = {SteepestError: refused, HTTPException: missing, ClientDisconnect: gone, Exception: failed}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    app.router.redirect_slashes = False
    return Guard(app, site)


def _sender(fixed: Asset, site: Site) -> Endpoint:
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


def reader(kind: str, readers: Readers, site: Site) -> Endpoint:
    """An endpoint that reads a text."""

    async def answer(request: Request) -> Response:
        status, data = await readers.read(kind, await question(request, site.body))
        keep = _kept(site) if status == 200 else "no-store"
        return Response(data, status, {"cache-control": keep}, "application/json")

    return answer


async def while_there(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of some work, which ends if the asker leaves.

    Raises:
        ClientDisconnect: if that happens.
    """
    working, leaving = asyncio.create_task(work), asyncio.create_task(left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait((working, leaving))


async def left(request: Request) -> None:
    """Waits until the asker of a question, whose body is here, has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _kept(site: Site) -> str:
    """How long caches may keep the answer to a question."""
    return f"public, max-age={DAY}" if site.public else "no-store"


async def question(request: Request, largest: int) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: for one that is too large, too slow, or not called JSON.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "a question is application/json")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > DIGITS or int(length) > largest:
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
    return bytes(body)


def answered(data: Data, keep: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encoded(data), status, {"cache-control": keep, **(headers or {})}, "application/json")


async def refused(request: Request, error: Exception) -> Response:
    """What the asker got wrong, or what cannot be made now."""
    assert isinstance(error, SteepestError)
    found = error.found if isinstance(error, RefusedError) else mistake(error)
    if isinstance(error, FullError):
        return answered({"error": found}, "no-store", 503, {"retry-after": str(RETRY_AFTER)})
    status = 504 if isinstance(error, LateError) else 400 if isinstance(error, NotJSONError) else 422
    return answered({"error": found}, "no-store", status)


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
    found = mistake(InputError(OURS))
    return answered({"error": found}, "no-store", 500)
