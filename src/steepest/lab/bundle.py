"""The page as one file: modules, styles and data in one HTML document that needs nothing else, now or later."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from typing import Any

from steepest.lab.document import FOLDER, MODULES, STYLES

__all__ = ["PLAIN", "bundle", "html"]

IMPORT = re.compile(r'^import (\{[^}]*\}|\w+) from "\./([\w.]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
DOCSTRING = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)  # whole lines; a cast within one stays


def bundle(*starting: str) -> str:
    """All modules as one: each a function that returns what it exports, in the order in which they need each other.

    Args:
        starting: the modules that start the page in its surroundings, after all others.

    >>> 'const format_js = (() => {' in bundle("file.js"), "import " in bundle("file.js").splitlines()[0]
    (True, False)
    """
    return "\n".join(wrapped(name, (FOLDER / name).read_text(encoding="utf-8")) for name in (*MODULES, *starting))


def wrapped(name: str, text: str) -> str:
    """One module as a function's result, without its docstrings, which no browser reads."""
    exported = EXPORT.findall(text)
    body = IMPORT.sub(imported, DOCSTRING.sub("", text))
    body = DEFAULT.sub("const exported = ", body) if DEFAULT.search(body) else body
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    parts = [*exported, *(["default: exported"] if DEFAULT.search(text) else [])]
    return f"const {variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(parts)} }};\n}})();"


def imported(found: re.Match[str]) -> str:
    """An import as a look into what an earlier module returned."""
    what, name = found[1], found[2]
    if not what.startswith("{"):
        return f"const {what} = {variable(name)}.default;\n"
    return f"const {what.replace(' as ', ': ')} = {variable(name)};\n"


def variable(name: str) -> str:
    return name.replace(".", "_")


def html(document: dict[str, Any], *, title: str, made: str) -> str:
    """A document that shows `document` offline; its policy lets nothing run but what stands in it."""
    script, styles = bundle("file.js"), (FOLDER / STYLES).read_text(encoding="utf-8") + PLAIN
    data = json.dumps(document, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    policy = f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(styles)}'; img-src data: blob:"
    return FRAME.format(
        policy=policy,
        version=escape(document["version"]),
        made=escape(made),
        title=escape(title),
        styles=styles,
        data=data,
        script=script,
    )


FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="steepest {version}">
<meta name="description" content="{made}">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{styles}</style>
</head>
<body>
<div id="steepest-lab"></div>
<noscript>This page descends with JavaScript.</noscript>
<script type="application/json" id="steepest-document">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""
PLAIN = "\nbody { margin: 0; }\n.steepest-lab { min-height: 100vh; }\n"
"""Style of what surrounds the page where nothing else does."""


def digest(text: str) -> str:
    """The hash by which a policy knows a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
