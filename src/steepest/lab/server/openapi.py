"""What the server answers, as an OpenAPI description."""

from __future__ import annotations

from typing import Any

from steepest.lab.requests import KINDS
from steepest.lab.server.security import TOKEN_HEADER
from steepest.lab.server.site import Site
from steepest.version import __version__

Data = dict[str, Any]

MISTAKE: Data = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "text", "place", "length"],
            "properties": {
                "message": {"type": "string", "description": "One sentence: what is wrong and what to write instead."},
                "text": {"type": ["string", "null"], "description": "The text at fault, as it was sent."},
                "place": {
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "description": "The code point of the text where the caret stands.",
                },
                "length": {"type": "integer", "minimum": 0, "description": "How many code points are at fault."},
            },
        }
    },
}


def description(site: Site) -> Data:
    """The OpenAPI description of a site."""
    bounds = site.bounds
    text = {"type": "string", "maxLength": bounds.text}
    settings = {
        "type": ["object", "null"],
        "maxProperties": bounds.optimizers,
        "additionalProperties": {"anyOf": [{"type": "number"}, text]},
        "description": "Hyperparameters: numbers, or formulas in t and T.",
    }
    method = _record({"text": text, "settings": settings}, ["text"])
    state = _record(
        {
            "objective": text,
            "start": {"type": ["array", "null"], "items": {"type": "number"}},
            "steps": {"type": "integer", "minimum": 0, "maximum": bounds.steps},
            "seed": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
            "tol": {"type": "number", "minimum": 0},
            "gtol": {"type": "number", "minimum": 0},
            "optimizers": {"type": "array", "items": method, "minItems": 1, "maxItems": bounds.optimizers},
        },
        ["objective", "optimizers"],
    )
    wanted = {"state": state, "suffix": {"enum": list(KINDS)}, "theme": {"enum": ["light", "dark"]}}
    count = {"type": "integer", "minimum": 1, "maximum": 16}
    objective = _record({"text": text}, ["text"])
    optimizer = _record({"text": text, "count": count, "settings": settings}, ["text", "count"])
    files: Data = {kind: {} for kind in dict.fromkeys(KINDS.values())}
    answer: Data = {"application/json": {"schema": {"type": "object"}}}
    paths: Data = {
        "/read/objective": asked("Read a function", objective, answer, 503, 504),
        "/read/optimizer": asked("Read an optimizer", optimizer, answer, 503, 504),
        "/export": asked("Make a file of the runs", _record(wanted, ["state", "suffix"]), files, 503, 504),
        "/document.json": got("What the page shows first", secured=True),
        "/health": got("Whether the server is there", secured=False),
    }
    about = {
        "openapi": "3.1.0",
        "info": {"title": "steepest lab", "version": __version__},
        "servers": [{"url": origin} for origin in site.origins],
        "paths": paths,
    }
    if not site.token:
        return about
    token = {"type": "apiKey", "in": "header", "name": TOKEN_HEADER}
    for operations in paths.values():
        for operation in operations.values():
            operation.setdefault("security", [{"token": []}])
    return about | {"components": {"securitySchemes": {"token": token}}}


def _record(properties: Data, required: list[str]) -> Data:
    return {"type": "object", "properties": properties, "required": required}


def asked(summary: str, question: Data, content: Data, *others: int) -> Data:
    """A question and its answers."""
    wrong = {"application/json": {"schema": MISTAKE}}
    reasons = {
        400: "Not JSON.", 403: "Not from the lab's own page.", 408: "Too slow.", 413: "Too large.", 415: "Not application/json.",
        421: "Another name than the server's.", 422: "What cannot be read, with its place.", 431: "A head that is too large.",
        503: "Full: see Retry-After.", 504: "Not ready in time.",
    }  # fmt: skip
    told = {
        str(status): {"description": reasons[status], "content": wrong}
        for status in (400, 403, 408, 413, 415, 421, 422, 431, *others)
    }
    body = {"required": True, "content": {"application/json": {"schema": question}}}
    return {
        "post": {
            "summary": summary,
            "requestBody": body,
            "responses": {"200": {"description": "The answer.", "content": content}} | told,
        }
    }


def got(summary: str, *, secured: bool) -> Data:
    """Something to look at."""
    answer = {"description": "The answer.", "content": {"application/json": {"schema": {"type": "object"}}}}
    wrong = {"application/json": {"schema": MISTAKE}}
    told = {
        "403": {"description": "The token is missing.", "content": wrong},
        "421": {"description": "Another name.", "content": wrong},
    }
    operation: Data = {"summary": summary, "responses": {"200": answer} | (told if secured else {})}
    return {"get": operation if secured else operation | {"security": []}}
