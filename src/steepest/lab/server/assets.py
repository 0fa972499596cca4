"""The page's files: read once, from a fixed list, never by a path that somebody sent."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from steepest.lab.bundle import PLAIN, bundle, styles

SCRIPT, STYLE = "page.js", "page.css"


@dataclass(frozen=True)
class Asset:
    """Bytes that never change while the server runs, plain and compressed, with a name for this very content."""

    kind: str
    plain: bytes
    compressed: bytes
    etag: str


def asset(kind: str, data: bytes) -> Asset:
    """The bytes, compressed and named by their content."""
    return Asset(kind, data, gzip.compress(data, 6, mtime=0), f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def page_assets() -> dict[str, Asset]:
    """Every file of the page by its name: all modules as one and all styles as one, so that a browser asks twice only."""
    return {
        SCRIPT: asset("text/javascript; charset=utf-8", bundle("hosts/server.js").encode()),
        STYLE: asset("text/css; charset=utf-8", (styles() + PLAIN).encode()),
    }


def shell() -> Asset:
    """The HTML that loads them: no script and no style of its own."""
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        "<title>steepest lab</title>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<link rel="icon" href="favicon.ico">',
        f'<link rel="stylesheet" href="static/{STYLE}">',
        f'<script type="module" src="static/{SCRIPT}"></script>',
        "</head>",
        "<body>",
        '<div id="lab"></div>',
        "<noscript>This page descends with JavaScript.</noscript>",
        "</body>",
        "</html>",
        "",
    ]
    return asset("text/html; charset=utf-8", "\n".join(lines).encode())
