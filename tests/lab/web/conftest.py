"""Node for what needs no browser; a real browser, Debian's Chromium, with the page's files served from memory, for the rest."""

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lab.web.waiting import drawn

from steepest.lab.bundle import FOLDER, IMPORT, PLAIN, as_constant, bundle, styles
from steepest.lab.document import document

ORIGIN = "http://localhost:9"  # answered from memory; a page of the machine itself may use the clipboard
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:"
SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>steepest</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css"><script type="module" src="/main.js"></script></head><body></body></html>"""
KINDS = {"js": "text/javascript", "css": "text/css", "json": "application/json", "html": "text/html"}


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Any]) -> Iterator[Any]:
    opened = launch(["--no-sandbox"])
    yield opened
    opened.close()


class Site:
    """Answers the browser's requests from memory: the page's files, a document, a module that starts it."""

    def __init__(self, main: str = "", document: Any = None, policy: str = POLICY) -> None:
        self.headers = {"Content-Security-Policy": policy}
        self.texts = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.*s")}
        self.texts |= {
            "": SHELL,
            "page.css": styles() + PLAIN,
            "main.js": bundled(main),
            "document.json": json.dumps(document, allow_nan=False),
        }

    def answer(self, route: Any) -> None:
        name = route.request.url.removeprefix(ORIGIN).partition("#")[0].lstrip("/")
        if not route.request.url.startswith(ORIGIN) or name not in self.texts:
            route.fulfill(status=404, body="")
            return
        kind = KINDS[name.rpartition(".")[2]] if name else "text/html"
        route.fulfill(body=self.texts[name], content_type=f"{kind}; charset=utf-8", headers=self.headers)


def bundled(main: str) -> str:
    """A module with what it imports of the page as one script, as users get it: asking for each file would take most of a visit."""
    script = bundle(*(path.lstrip("/") for _, path in IMPORT.findall(main)))
    return f"{script}\n{IMPORT.sub(lambda found: as_constant(found[1], found[2]), main)}"


@pytest.fixture(scope="module")
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a tab on a site: its main module, its document, and what Playwright's contexts take."""
    contexts = []

    def opened(main: str, document: Any = None, fragment: str = "", policy: str = POLICY, **options: Any) -> Any:
        contexts.append(chromium.new_context(**options))
        tab = contexts[-1].new_page()
        tab.mistakes = []
        tab.on("console", lambda message: tab.mistakes.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
        tab.route("**/*", Site(main, document, policy).answer)
        tab.goto(f"{ORIGIN}/{fragment}")
        tab.wait_for_function("() => globalThis.ready")
        return tab

    yield opened
    for context in contexts:
        context.close()


LAB = """
import lab from "/ui/lab.js";
import { Lab } from "/ui/lab.js";
const { start } = Lab.prototype;
Lab.prototype.start = function () { values.lab = this; return start.call(this); };
const data = await (await fetch("/document.json")).json();
const values = { document: data, state: data.state, host: "server" };
const el = document.createElement("div");
document.body.append(el);
lab.render({ el, model: {
  get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes: () => {},
  on: () => {}, off: () => {}, send: () => {},
} });
globalThis.values = values;
globalThis.ready = true;
"""


@pytest.fixture
def shown(visit: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Opens the page with a state; its tabs are closed behind the test."""
    contexts = []

    def opened(state: dict[str, Any], fragment: str = "", **options: Any) -> Any:
        tab = visit(LAB, document(state), fragment=fragment, **({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(tab.context)
        drawn(tab)
        return tab

    yield opened
    for context in contexts:
        context.close()


SERVE = """
import { createInterface } from "node:readline";
const send = (value) => (typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value);
const receive = (_, value) => (typeof value?.$number === "string" ? Number(value.$number) : value);
for await (const line of createInterface({ input: process.stdin })) {
  const [source, argument] = JSON.parse(line, receive);
  const result = await globalThis.eval(`(${source})`)(argument);
  console.log(JSON.stringify(result ?? null, (_, value) => send(value)));
}
"""


class Node:
    """A process of Node that evaluates functions of a module, with numbers that JSON does not have."""

    def __init__(self, path: Path, main: str) -> None:
        path.write_text(main.replace('from "/', f'from "{FOLDER.as_uri()}/') + SERVE, encoding="utf-8")
        self.process = subprocess.Popen(["node", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """The result of a function's text, called with an argument."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps([function, tagged(argument)]), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline(), object_hook=untagged)

    def end(self) -> None:
        self.process.communicate(timeout=10)


def tagged(value: Any) -> Any:
    """A value for JSON, with the numbers that it does not have as objects."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, dict):
        return {name: tagged(each) for name, each in value.items()}
    return [tagged(each) for each in value] if isinstance(value, list | tuple) else value


def untagged(value: dict[str, Any]) -> Any:
    return float(value["$number"]) if set(value) == {"$number"} else value


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Node]]:
    """Starts a module in Node; without Node these tests are skipped, but not where every test has to run."""
    if shutil.which("node") is None and not os.environ.get("CI"):
        pytest.skip("there is no node")
    started = []

    def start(main: str) -> Node:
        started.append(Node(tmp_path_factory.mktemp("node") / "main.mjs", main))
        return started[-1]

    yield start
    for each in started:
        each.end()
