"""The page's modules as one script, and the page as one self-contained HTML file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import posixpath
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from steepest.lab.squeeze import squeezed

FOLDER = Path(__file__).parent / "web"
COMPILING = "'wasm-unsafe-eval'"
"""What lets the page compile its tapes to WebAssembly; it allows no script (https://www.w3.org/TR/CSP3/#directive-script-src)."""
STYLES = (
    "ui/lab.css",
    "ui/stage/stage.css",
    "ui/stage/numbers.css",
    "ui/stage/fit.css",
    "ui/stage/compact.css",
    "ui/dialogs/dialogs.css",
    "ui/forced_colors.css",
)
IMPORT = re.compile(r'^import (\{[^}]*\}|\w+) from "([./\w]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:const|let|function\*?|class) (\w+)", re.MULTILINE)  # of one name, as all exports are
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
DOCSTRING = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)  # whole lines; a cast within one stays
SPACES = re.compile(r"(?<=[:;{},])\s+|\s+(?=[{}])")  # of a style sheet that separate nothing
INDENT = re.compile(r"^ +", re.MULTILINE)  # the only templates that span lines are shaders, which do not mind


def bundle(*entries: str) -> str:
    """Modules and all that they import as one script, in which each module is a function that returns its exports.

    Args:
        entries: modules that start the page, as paths below `FOLDER`, such as `hosts/file.js`.

    >>> script = bundle("hosts/file.js")
    >>> 'const model_format=(()=>{' in script, "import " in script.splitlines()[0]
    (True, False)
    """
    return "\n".join(_as_function(name) for name in modules(*entries))


def modules(*entries: str) -> tuple[str, ...]:
    """The entries and all that they import, each after what it imports itself (topological order)."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in found:
            for other in _imports(name):
                visit(other)
            found[name] = None

    for entry in entries:
        visit(entry)
    return tuple(found)


def styles() -> str:
    """The page's style sheet, without spaces and semicolons that separate nothing."""
    return SPACES.sub("", "".join(_source(name) for name in STYLES)).replace(";}", "}")


@cache
def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _imports(name: str) -> list[str]:
    return [_resolved(name, other) for _, other in IMPORT.findall(_source(name))]


def _resolved(name: str, other: str) -> str:
    """The path below `FOLDER` of a module that another imports by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), other))


@cache
def _as_function(name: str) -> str:
    """A module as `const NAME = (() => { ...; return { its exports }; })();`, without what only people read."""

    def linked(found: re.Match[str]) -> str:
        return as_constant(found[1], _resolved(name, found[2]))

    text = _source(name)
    exported = EXPORT.findall(text)
    body = DEFAULT.sub("const exported = ", IMPORT.sub(linked, INDENT.sub("", DOCSTRING.sub("", text))))
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    exports = [*exported, *(["default: exported"] if DEFAULT.search(text) else [])]
    return squeezed(f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();")


def as_constant(names: str, path: str) -> str:
    """An import of names of a module below `FOLDER` in a script that has the module.

    >>> as_constant("{ linear as even }", "model/sweep/axis.js")
    'const { linear: even } = sweep_axis;\\n'
    """
    module = _variable(path)
    return f"const {names} = {module}.default;\n" if names[0] != "{" else f"const {names.replace(' as ', ': ')} = {module};\n"


def _variable(name: str) -> str:
    """What a module is called in a script: by its folder and its own name, which no other one has."""
    return "_".join(name.removesuffix(".js").split("/")[-2:])


GENERATOR = '<meta name="generator" content="steepest'
"""The beginning of the element that names who made a page."""


class Head(NamedTuple):
    """What a page loads besides itself: the rest of its policy, and its links."""

    policy: str
    links: str


HEAD_OF_FILE = Head("img-src data: blob:", '<link rel="icon" href="data:,">')
HEAD_OF_SITE = Head(
    "img-src 'self' data: blob:; manifest-src 'self'; worker-src 'self'",
    '<link rel="icon" href="icon.svg">\n<link rel="manifest" href="manifest.webmanifest">',
)


def html(document: dict[str, Any], *, title: str, made: str, head: Head = HEAD_OF_FILE) -> str:
    """The page as an HTML file that shows a document without a network; its policy allows no script or style but its own.

    Args:
        document: what the page shows: see `steepest.lab.document.document`.
        title: the title of the HTML document.
        made: the description in its metadata: of a file the command that makes it again.
        head: what else it may load.
    """
    script, start, sheet = bundle("hosts/file.js"), bundle("hosts/unpack.js"), styles() + PLAIN
    data = json.dumps(document, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    scripts = f"'{_digest(start)}' '{_digest(script)}' {COMPILING}"
    policy = f"default-src 'none'; script-src {scripts}; style-src '{_digest(sheet)}'; {head.policy}"
    return TEMPLATE.format(
        policy=policy,
        generator=GENERATOR,
        links=head.links,
        version=escape(document["version"]),
        made=escape(made),
        title=escape(title),
        styles=sheet,
        data=data,
        script=base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode(),
        start=start,
    )


TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{generator} {version}">
<meta name="description" content="{made}">
{links}
<title>{title}</title>
<style>{styles}</style>
</head>
<body>
<div id="steepest-lab"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="application/json" id="steepest-document">{data}</script>
<script type="application/gzip" id="steepest-script">{script}</script>
<script type="module">{start}</script>
</body>
</html>
"""
PLAIN = """
body { margin: 0; }
.steepest-lab { --height: 100dvh; min-height: 560px; }
@media (min-width: 560px) { .steepest-lab { min-height: 260px; } }
"""
"""The style of an HTML document that holds nothing but the page."""


def _digest(text: str) -> str:
    """The source expression of a Content-Security-Policy that allows exactly this script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
