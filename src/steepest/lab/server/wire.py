"""Questions and answers as bytes: JSON with finite numbers."""

from __future__ import annotations

import json
from typing import Any

from steepest.errors import InputError, SteepestError

OURS = "something went wrong here: this is a mistake of steepest's, please report it"


class NotJSONError(SteepestError):
    """A question that is not JSON."""


def parsed(body: bytes) -> Any:
    """The question in a body.

    Raises:
        NotJSONError: for what is not JSON, NaN and infinities included.
    """
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJSONError("the question is not JSON") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def encoded(data: dict[str, Any]) -> bytes:
    """JSON in ASCII.

    Raises:
        InputError: for a number that is not finite.
    """
    try:
        return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        raise InputError("this has numbers that are larger than any number of the machine (1.8e308)") from None
