"""A real browser: Debian's Chromium, with the page's files served from their folder and nothing else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from steepest.lab.bundle import FOLDER

ORIGIN = "http://localhost:9"  # answered from memory; a page of the machine itself may use the clipboard
POLICY = "default-src 'self'; img-src 'self' data: blob:"
SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>steepest</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/ui/lab.css"><script type="module" src="/main.js"></script></head><body></body></html>"""
KINDS = {"js": "text/javascript", "css": "text/css", "json": "application/json", "html": "text/html"}


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Any]) -> Iterator[Any]:
    opened = launch(["--no-sandbox"])
    yield opened
    opened.close()


class Site:
    """Answers the browser's requests from memory: the page's files, a document, a module that starts it."""

    def __init__(self, main: str = "", document: Any = None) -> None:
        self.texts = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.*s")}
        self.texts |= {"": SHELL, "main.js": main, "document.json": json.dumps(document, allow_nan=False)}

    def answer(self, route: Any) -> None:
        name = route.request.url.removeprefix(ORIGIN).partition("#")[0].lstrip("/")
        if not route.request.url.startswith(ORIGIN) or name not in self.texts:
            route.fulfill(status=404, body="")
            return
        kind = KINDS[name.rpartition(".")[2]] if name else "text/html"
        route.fulfill(body=self.texts[name], content_type=f"{kind}; charset=utf-8", headers={"Content-Security-Policy": POLICY})


@pytest.fixture(scope="module")
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a tab on a site: its main module, its document, and what Playwright's contexts take."""
    contexts = []

    def opened(main: str, document: Any = None, answer: Any = None, fragment: str = "", **options: Any) -> Any:
        contexts.append(chromium.new_context(**options))
        tab = contexts[-1].new_page()
        tab.mistakes = []
        tab.on("console", lambda message: tab.mistakes.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: tab.mistakes.append(str(error)))
        tab.route("**/*", Site(main, document).answer)
        if answer is not None:
            tab.expose_function("ask", answer)
        tab.goto(f"{ORIGIN}/{fragment}")
        tab.wait_for_function("() => globalThis.ready")
        return tab

    yield opened
    for context in contexts:
        context.close()
