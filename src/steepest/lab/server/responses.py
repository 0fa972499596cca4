"""Responses: data, errors and assets, with their caching."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from steepest.errors import InputError, SteepestError
from steepest.lab.error_data import error_data
from steepest.lab.server.assets import Asset
from steepest.lab.server.json_body import encode
from steepest.lab.server.site import Site

RETRY_AFTER = 5  # seconds
HOUR, DAY = 3_600, 86_400
REFUSAL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>steepest lab</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/static/page.css">
</head>
<body class="steepest-refused">
<main>
<h1>The lab is not at this address</h1>
<p>{reason}</p>
{carried}<p>({status})</p>
</main>
</body>
</html>
"""
CARRIED = """<p>What you had in the page is in its address, from # on: put that part behind the new address to go on with it.</p>
"""


def json_response(data: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Data that no cache keeps."""
    return Response(encode(data), status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def error_response(status: int, error: SteepestError | str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as data, `{"error": {"message", "text", "place", "length"}}`; 503 says when to try again."""
    found = error_data(InputError(error) if isinstance(error, str) else error)
    retry = {"retry-after": str(RETRY_AFTER)} if status == 503 else {}
    return json_response({"error": found}, status, {**retry, **(headers or {})})


def refusal_response(scope: Scope, status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """A reason as a page where a browser goes to an address, and as data for everything else."""
    accepted = Headers(scope=scope).get("accept", "")
    if scope["method"] != "GET" or "text/html" not in accepted:
        return error_response(status, reason, headers)
    carried = CARRIED if status == 403 else ""
    text = REFUSAL.format(status=status, reason=escape(f"{reason[:1].upper()}{reason[1:]}."), carried=carried)
    return Response(text, status, {"cache-control": "no-store", **(headers or {})}, "text/html")


def asset_response(request: Request, asset: Asset, site: Site) -> Response:
    """An asset, compressed where the client accepts that; 304 where the client has it already."""
    caching = f"public, max-age={HOUR}" if site.public else "no-cache"
    headers = {"etag": asset.etag, "cache-control": caching, "vary": "Accept-Encoding"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["content-type"] = asset.media_type
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.plain, headers=headers)


def result_caching(site: Site) -> str:
    """The Cache-Control of what follows from the request alone."""
    return f"public, max-age={DAY}" if site.public else "no-store"
