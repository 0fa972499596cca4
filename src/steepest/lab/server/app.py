"""The ASGI application of the lab: the page, its static files, and what the page asks of Python.

A response follows from the request alone, so that any number of servers can serve the same page. `/openapi.json` describes
the routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from steepest.lab.requests import INTERNAL_ERROR, MEDIA_TYPES
from steepest.lab.server.assets import HTML, Asset, asset, static_files
from steepest.lab.server.jobs import ExportJobs
from steepest.lab.server.json_body import InvalidJSONError, decode, encode
from steepest.lab.server.one_time_link import PATH, OneTimeLink
from steepest.lab.server.openapi import description
from steepest.lab.server.responses import asset_response, error_response, json_response, refusal_response, result_caching
from steepest.lab.server.security import SecurityMiddleware
from steepest.lab.server.site import Site
from steepest.lab.static_site import ICON
from steepest.version import __version__

Endpoint = Callable[[Request], Awaitable[Response]]
Result = TypeVar("Result")
BODY_TIMEOUT = 10.0  # seconds for a body to arrive
DIGITS = 20  # of a Content-Length


def application(site: Site, document: dict[str, Any], link: OneTimeLink | None = None) -> ASGIApp:
    """The ASGI application of one document.

    Args:
        site: where it is served and what it allows.
        document: what the page shows first: see `steepest.lab.document.document`.
        link: an address that leads to the page once.
    """
    fixed = {
        "/": asset("text/html; charset=utf-8", HTML.encode()),
        "/document.json": asset("application/json", encode(document)),
        "/openapi.json": asset("application/json", encode(description(site))),
        "/favicon.ico": asset("image/svg+xml", ICON.encode()),
    }
    routes = [
        *(Route(path, _asset_endpoint({"": each}, site)) for path, each in fixed.items()),
        Route("/static/{name}", _asset_endpoint(static_files(), site)),
        Route("/health", _health),
        Route(f"{PATH}/{{secret}}", _link_endpoint(link, site)),
        Route("/export", _export_endpoint(ExportJobs(site), site), methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers=EXCEPTION_HANDLERS)
    app.router.redirect_slashes = False
    return SecurityMiddleware(app, site)


async def read_body(request: Request, largest: int) -> bytes:
    """The body of a request that is JSON by its Content-Type.

    Raises:
        HTTPException: 415 for another Content-Type, 413 for more than `largest` bytes, 408 for one that arrives too slowly.
        ClientDisconnect: if the client leaves before the end.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body of a request is application/json")
    too_large = HTTPException(413, f"the body of a request has at most {largest:,} bytes")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > DIGITS or int(length) > largest:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    raise too_large
    except TimeoutError:
        raise HTTPException(408, "the body of the request did not arrive in time") from None
    return bytes(body)


async def cancel_on_disconnect(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of some work, which is canceled if the client disconnects first.

    Args:
        request: one whose body has been read.

    Raises:
        ClientDisconnect: if the client disconnects.
    """

    async def disconnect() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, disconnecting = asyncio.create_task(work), asyncio.create_task(disconnect())
    try:
        await asyncio.wait((working, disconnecting), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        disconnecting.cancel()
        await asyncio.wait((working, disconnecting))


async def _health(request: Request) -> Response:
    return json_response({"status": "ok", "version": __version__})


def _asset_endpoint(assets: Mapping[str, Asset], site: Site) -> Endpoint:
    """Sends the asset of the name in the path, or the only one of a path without a name."""

    async def endpoint(request: Request) -> Response:
        found = assets.get(request.path_params.get("name", ""))
        if found is None:
            raise HTTPException(404)
        return asset_response(request, found, site)

    return endpoint


def _link_endpoint(link: OneTimeLink | None, site: Site) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        client, server = request.scope.get("client") or ("", 0), request.scope.get("server") or ("", 0)
        if request.method != "GET" or link is None or not link.redeem(request.path_params["secret"], client[1], server[1]):
            raise HTTPException(403, "this address worked once: open the one that the lab printed")
        return RedirectResponse(site.address, 303, {"cache-control": "no-store"})

    return endpoint


def _export_endpoint(jobs: ExportJobs, site: Site) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body = await read_body(request, site.body)
        decode(body)  # what is not JSON does not wait for its turn
        found = await cancel_on_disconnect(request, jobs.run(body))
        if found.status != 200:
            return Response(found.body, found.status, {"cache-control": "no-store"}, "application/json")
        headers = {"content-disposition": f'attachment; filename="{found.name}"', "cache-control": result_caching(site)}
        return Response(found.body, headers=headers, media_type=MEDIA_TYPES[found.name.rpartition(".")[2]])

    return endpoint


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal_response(request.scope, error.status_code, error.detail, error.headers)


async def _invalid_json(request: Request, error: Exception) -> Response:
    return error_response(400, str(error))


async def _disconnected(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


async def _internal_error(request: Request, error: Exception) -> Response:
    return error_response(500, INTERNAL_ERROR)


EXCEPTION_HANDLERS: Any = {
    HTTPException: _http_error,
    InvalidJSONError: _invalid_json,
    ClientDisconnect: _disconnected,
    Exception: _internal_error,
}
