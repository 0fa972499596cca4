"""A process that reads texts and makes files for the server, within limits that the system enforces.

Requests come on standard input, and responses go to standard output, until the input ends. The first line of the input is
`ResourceLimits` as JSON. A request is its kind (1 byte: the index in `KINDS`), the length of its body (4 bytes) and the body.
A response is the HTTP status (2 bytes), the length of a file name (1 byte; 0 for JSON), the length of the body (4 bytes), the
name and the body. Numbers are big-endian.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import struct
import sys
import traceback
from dataclasses import asdict, dataclass
from typing import NamedTuple

from steepest.errors import FormulaError, SteepestError
from steepest.lab.bounds import Bounds
from steepest.lab.error_data import error_data
from steepest.lab.requests import export_request, objective_request, optimizer_request
from steepest.lab.server.json_body import InvalidJSONError, decode, encode

READ = {"objective": objective_request, "optimizer": optimizer_request}
KINDS = (*READ, "export")
REQUEST, RESPONSE = struct.Struct(">BI"), struct.Struct(">HBI")
INTERNAL_ERROR = "something went wrong in steepest: please report it"
TOO_MUCH_MEMORY = {
    "read": "this needs more memory to read than it may have: split it into smaller formulas",
    "export": "this file needs more memory than it may have: ask for fewer steps",
}


@dataclass(frozen=True)
class ResourceLimits:
    """What a worker may use; 0 for no limit.

    Attributes:
        bounds: how much one request may ask for.
        memory: bytes of its address space.
        request_seconds: processor time of one request; the system ends the process after that.
        process_seconds: processor time of the process and, separately, of each that it starts.
    """

    bounds: Bounds
    memory: int = 0
    request_seconds: float = 0.0
    process_seconds: int = 0

    def to_line(self) -> bytes:
        """The first line of a worker's input."""
        return json.dumps(asdict(self)).encode() + b"\n"


class WorkerResponse(NamedTuple):
    """What a worker answers: a status of HTTP, a body, and the name of a file where the body is one and not JSON."""

    status: int
    body: bytes
    name: str = ""


def pack_request(kind: str, body: bytes) -> bytes:
    """A request as bytes."""
    return REQUEST.pack(KINDS.index(kind), len(body)) + body


def main() -> None:
    """Answer the requests on standard input."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not get between the responses
    given = json.loads(source.readline())
    limits = ResourceLimits(**given | {"bounds": Bounds(**given["bounds"])})
    _limit_process(limits)
    gc.collect()
    gc.freeze()
    while head := source.read(REQUEST.size):
        kind, length = REQUEST.unpack(head)
        body = source.read(length)
        _limit_request(limits.request_seconds)
        response = respond(KINDS[kind], body, limits.bounds)
        _limit_request(0)
        name = response.name.encode()
        out.write(RESPONSE.pack(response.status, len(name), len(response.body)) + name + response.body)
        out.flush()


def respond(kind: str, body: bytes, bounds: Bounds) -> WorkerResponse:
    """Answer one request.

    Args:
        kind: `objective`, `optimizer` or `export`.
        body: JSON: see `steepest.lab.requests`.
    """
    try:
        request = decode(body)
        if kind == "export":
            file = export_request(request, bounds)
            return WorkerResponse(200, file.data, file.name)
        data = encode(READ[kind](request, bounds))
        if len(data) > bounds.size:
            too_long = "its derivatives are too long to send: split it into smaller formulas"
            return _error(422, FormulaError(too_long, request["text"], 0))
        return WorkerResponse(200, data)
    except InvalidJSONError as error:
        return _error(400, error)
    except SteepestError as error:
        return _error(422, error)
    except MemoryError:
        return _error(422, SteepestError(TOO_MUCH_MEMORY["export" if kind == "export" else "read"]))
    except Exception:
        traceback.print_exc()
        return _error(500, SteepestError(INTERNAL_ERROR))


def _error(status: int, error: SteepestError) -> WorkerResponse:
    return WorkerResponse(status, encode({"error": error_data(error)}))


def _limit_request(seconds: float) -> None:
    """Let the system end this process after so much processor time; 0 to take the limit back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_process(limits: ResourceLimits) -> None:
    """Limit the memory and the processor time of this process, which hold also after the server is gone."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    for kind, value in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, limits.process_seconds)):
        _, hard = resource.getrlimit(kind)
        if value:
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
