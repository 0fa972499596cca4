"""A file made in a process of its own: `python -m steepest.lab.server.worker` reads a question and writes the answer.

Standard input is `{"question": ..., "bounds": {...}, "seconds": ..., "memory": ...}`. Standard output is one line of JSON,
`{"name", "kind"}` or `{"error": ...}`, and then the bytes of the file.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

from steepest.errors import SteepestError


def main() -> None:
    """Answer the question on standard input."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # whatever prints from here on does not get into the file
        order = json.load(sys.stdin)
        _confine(order["seconds"], order["memory"])
        head, data = answer(order)
        out.write(json.dumps(head).encode() + b"\n" + data)


def answer(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The first line of the answer, and the file."""
    from steepest.lab.requests import Bounds, file, mistake

    try:
        made = file(order["question"], Bounds(**order["bounds"]))
    except SteepestError as error:
        return {"error": mistake(error)}, b""
    except MemoryError:
        return {"error": mistake(SteepestError("this file needs more memory than it may have: ask for fewer steps"))}, b""
    return {"name": made.name, "kind": made.kind}, made.data


def _confine(seconds: float, memory: int) -> None:
    """Ask the system to stop this process if it takes more time or memory, also where its parent is gone."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    spent = math.ceil(seconds * (os.cpu_count() or 1)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent, spent))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main()
