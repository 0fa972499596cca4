"""The page's files: read once, from a fixed list, never by a path that somebody sent."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steepest.page import FOLDER, MODULES, STYLES

__all__ = ["Asset", "asset", "page_assets", "shell"]

KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
ENTRY = "server.js"  # starts the page over HTTP
HOST = "host.js"
SHELL = "shell.css"  # what surrounds the page
SURROUNDINGS = b"html, body { margin: 0; min-height: 100%; }\n"


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


def page_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """Every file of the page by its name."""
    texts = {name: (folder / name).read_bytes() for name in (*MODULES, HOST, ENTRY, STYLES)}
    return {name: asset(KINDS[Path(name).suffix], text) for name, text in (texts | {SHELL: SURROUNDINGS}).items()}


def shell(assets: Mapping[str, Asset]) -> Asset:
    """The HTML that loads them: no script and no style of its own."""
    preloaded = [f'<link rel="modulepreload" href="static/{name}">' for name in assets if name.endswith(".js")]
    styles = [f'<link rel="stylesheet" href="static/{name}">' for name in assets if name.endswith(".css")]
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        "<title>steepest lab</title>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<link rel="icon" href="favicon.ico">',
        *styles,
        *preloaded,
        f'<script type="module" src="static/{ENTRY}"></script>',
        "</head>",
        "<body>",
        '<div id="lab"></div>',
        "<noscript>This page descends with JavaScript.</noscript>",
        "</body>",
        "</html>",
        "",
    ]
    return asset("text/html; charset=utf-8", "\n".join(lines).encode())
