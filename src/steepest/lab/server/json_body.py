"""Bodies of requests and responses: JSON with finite numbers."""

from __future__ import annotations

import json
from typing import Any

from steepest.errors import InputError, SteepestError


class InvalidJSONError(SteepestError):
    """A body that is not JSON."""


def decode(body: bytes) -> Any:
    """The data of a body.

    Raises:
        InvalidJSONError: for what is not JSON; NaN and infinities are not.

    >>> decode(b'{"text": "x^2"}')
    {'text': 'x^2'}
    """
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidJSONError("the body of the request is not JSON") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def encode(data: dict[str, Any]) -> bytes:
    """Data as JSON in ASCII.

    Raises:
        InputError: for a number that is not finite.

    >>> encode({"f": 1.5})
    b'{"f":1.5}'
    """
    try:
        return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        raise InputError("this has numbers that are larger than any number of the machine (1.8e308)") from None
