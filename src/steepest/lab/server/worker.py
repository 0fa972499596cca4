"""A process that makes a file for the server, within limits that the system enforces.

The request comes on standard input, and the response goes to standard output. The first line of the input is `ResourceLimits`
as JSON, the rest is the request. A response is the HTTP status (2 bytes), the length of a file name (1 byte; 0 for JSON), the
length of the body (4 bytes), the name and the body. Numbers are big-endian.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import traceback
from dataclasses import asdict, dataclass
from typing import NamedTuple

from steepest.errors import SteepestError
from steepest.lab.bounds import Bounds
from steepest.lab.error_data import error_data
from steepest.lab.requests import INTERNAL_ERROR, export_request
from steepest.lab.server.json_body import InvalidJSONError, decode, encode

RESPONSE = struct.Struct(">HBI")


@dataclass(frozen=True)
class ResourceLimits:
    """What a worker may use; 0 for no limit.

    Attributes:
        bounds: how much one request may ask for.
        memory: bytes of its address space.
        process_seconds: processor time of the process and, separately, of each that it starts.
    """

    bounds: Bounds
    memory: int = 0
    process_seconds: int = 0

    def to_line(self) -> bytes:
        """The first line of a worker's input."""
        return json.dumps(asdict(self)).encode() + b"\n"


class WorkerResponse(NamedTuple):
    """What a worker answers: a status of HTTP, a body, and the name of a file where the body is one and not JSON."""

    status: int
    body: bytes
    name: str = ""


def main() -> None:
    """Answer the request on standard input."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not get into the response
    given = json.loads(source.readline())
    limits = ResourceLimits(**given | {"bounds": Bounds(**given["bounds"])})
    _limit_process(limits)
    response = respond(source.read(), limits.bounds)
    name = response.name.encode()
    out.write(RESPONSE.pack(response.status, len(name), len(response.body)) + name + response.body)
    out.flush()


def respond(body: bytes, bounds: Bounds) -> WorkerResponse:
    """Answer a request, which is JSON: see `steepest.lab.requests`."""
    try:
        file = export_request(decode(body), bounds)
        return WorkerResponse(200, file.data, file.name)
    except InvalidJSONError as error:
        return _error(400, error)
    except SteepestError as error:
        return _error(422, error)
    except MemoryError:
        return _error(422, SteepestError("this file needs more memory than it may have: ask for fewer steps"))
    except Exception:
        traceback.print_exc()
        return _error(500, SteepestError(INTERNAL_ERROR))


def _error(status: int, error: SteepestError) -> WorkerResponse:
    return WorkerResponse(status, encode({"error": error_data(error)}))


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
