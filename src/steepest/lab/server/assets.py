"""The page's static files: made once, from a fixed list, never found by a path in a request."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from steepest.lab.bundle import PLAIN, bundle, styles

SCRIPT, STYLE = "page.js", "page.css"
HTML = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>steepest lab</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="favicon.ico">
<link rel="stylesheet" href="static/{STYLE}">
<script type="module" src="static/{SCRIPT}"></script>
</head>
<body>
<div id="lab"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
"""
"""The page: it loads the script and the style sheet, and has none of its own."""
REFUSED = """
.steepest-refused main { max-width: 32em; margin: 14vh auto 0; padding: 0 20px; font: 17px/1.5 system-ui, sans-serif; }
.steepest-refused h1 { font-size: 24px; }
.steepest-refused p:last-child { opacity: 0.6; }
"""
"""The style of a page that says why an address is refused."""


@dataclass(frozen=True)
class Asset:
    """Bytes that do not change while the server runs.

    Attributes:
        media_type: the Content-Type.
        plain, compressed: the bytes, and the bytes after gzip.
        etag: a quoted hash of the bytes.
    """

    media_type: str
    plain: bytes
    compressed: bytes
    etag: str


def asset(media_type: str, data: bytes) -> Asset:
    """An asset with these bytes."""
    return Asset(media_type, data, gzip.compress(data, 6, mtime=0), f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def static_files() -> dict[str, Asset]:
    """The files below `/static/` by name: all modules in one script, all styles in one sheet."""
    return {
        SCRIPT: asset("text/javascript; charset=utf-8", bundle("hosts/server.js").encode()),
        STYLE: asset("text/css; charset=utf-8", (styles() + PLAIN + REFUSED).encode()),
    }
