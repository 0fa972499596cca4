"""A process that reads texts: questions come in on standard input, answers go out on standard output.

The first line is `{"bounds": {...}, "seconds": ..., "memory": ...}`. A question is a byte that says what to read, the length of
its body in four bytes, and the body. An answer is the status of HTTP in two bytes, a length in four, and the body. The process
ends with its input, and is ended by the system if a question takes more processor time than it may.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import struct
import sys
import traceback
from typing import Any

from steepest.errors import FormulaError, SteepestError
from steepest.lab import requests as answers
from steepest.lab.server.wire import OURS, NotJSONError, encoded, parsed

KINDS = ("objective", "optimizer")
QUESTION, ANSWER = struct.Struct(">BI"), struct.Struct(">HI")
READ = {"objective": answers.objective, "optimizer": answers.optimizer}


def main() -> None:
    """Answer until there are no more questions."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints from here on does not get between the answers
    order = json.loads(source.readline())
    bounds = answers.Bounds(**order["bounds"])
    _confine(order["memory"])
    gc.collect()
    gc.freeze()
    while head := source.read(QUESTION.size):
        kind, length = QUESTION.unpack(head)
        body = source.read(length)
        _limit(order["seconds"])
        status, answer = answered(KINDS[kind], body, bounds)
        _limit(0)
        out.write(ANSWER.pack(status, len(answer)) + answer)
        out.flush()


def answered(kind: str, body: bytes, bounds: answers.Bounds) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    try:
        return 200, _found(kind, parsed(body), bounds)
    except NotJSONError as error:
        return 400, _mistaken(error)
    except SteepestError as error:
        return 422, _mistaken(error)
    except MemoryError:
        return 422, _mistaken(SteepestError("this needs more memory to read than it may have: split it into smaller formulas"))
    except Exception:
        traceback.print_exc()
        return 500, _mistaken(SteepestError(OURS))


def _found(kind: str, asked: Any, bounds: answers.Bounds) -> bytes:
    data = encoded(READ[kind](asked, bounds))
    if len(data) > bounds.size:
        raise FormulaError("its derivatives are too long to send: split it into smaller formulas", asked["text"], 0)
    return data


def _mistaken(error: SteepestError) -> bytes:
    return encoded({"error": answers.mistake(error)})


def _limit(seconds: float) -> None:
    """End this process after so much processor time; 0 for no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _confine(memory: int) -> None:
    """Let this process have so many bytes of memory."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))
