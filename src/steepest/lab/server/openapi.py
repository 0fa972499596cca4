"""The OpenAPI description of the server."""

from __future__ import annotations

from typing import Any

from steepest.lab.requests import MEDIA_TYPES
from steepest.lab.server.security import TOKEN_HEADER
from steepest.lab.server.site import Site
from steepest.plot.theme import THEMES
from steepest.random import LARGEST_SEED
from steepest.version import __version__

Data = dict[str, Any]

ERROR: Data = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "text", "place", "length"],
            "properties": {
                "message": {"type": "string", "description": "One sentence: what is wrong, and what to write instead."},
                "text": {"type": ["string", "null"], "description": "The text at fault, as it was sent."},
                "place": {
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "description": "The index of the code point at fault.",
                },
                "length": {"type": "integer", "minimum": 0, "description": "The number of code points at fault."},
            },
        }
    },
}


def description(site: Site) -> Data:
    """The OpenAPI description of a site, as data for JSON."""
    bounds = site.bounds
    text = {"type": "string", "maxLength": bounds.text}
    settings = {
        "type": ["object", "null"],
        "maxProperties": bounds.optimizers,
        "additionalProperties": {"anyOf": [{"type": "number"}, text]},
        "description": "Hyperparameters: numbers, or formulas in t and T.",
    }
    optimizer_state = _record({"text": text, "settings": settings}, ["text"])
    state = _record(
        {
            "objective": text,
            "start": {"type": ["array", "null"], "items": {"type": "number"}},
            "steps": {"type": "integer", "minimum": 0, "maximum": bounds.steps},
            "seed": {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
            "tol": {"type": "number", "minimum": 0},
            "gtol": {"type": "number", "minimum": 0},
            "optimizers": {"type": "array", "items": optimizer_state, "minItems": 1, "maxItems": bounds.optimizers},
        },
        ["objective", "optimizers"],
    )
    export = {"state": state, "suffix": {"enum": list(MEDIA_TYPES)}, "theme": {"enum": list(THEMES)}}
    files: Data = {media_type: {} for media_type in dict.fromkeys(MEDIA_TYPES.values())}
    paths: Data = {
        "/export": _post("Make a file of the runs", _record(export, ["state", "suffix"]), files),
        "/document.json": _get("What the page shows first", secured=True),
        "/health": _get("Whether the server takes requests", secured=False),
    }
    api = {
        "openapi": "3.1.0",
        "info": {"title": "steepest lab", "version": __version__},
        "servers": [{"url": origin} for origin in site.origins],
        "paths": paths,
    }
    if not site.token:
        return api
    token = {"type": "apiKey", "in": "header", "name": TOKEN_HEADER}
    for operations in paths.values():
        for operation in operations.values():
            operation.setdefault("security", [{"token": []}])
    return api | {"components": {"securitySchemes": {"token": token}}}


def _record(properties: Data, required: list[str]) -> Data:
    return {"type": "object", "properties": properties, "required": required}


def _post(summary: str, schema: Data, content: Data) -> Data:
    """The operation of a path to which the page sends JSON."""
    errors = {
        400: "Not JSON.", 403: "Not from the lab's own page.", 408: "Too slow.", 413: "Too large.", 415: "Not application/json.",
        421: "Another name than the server's.", 422: "What cannot be read, with its place.", 431: "A head that is too large.",
        503: "Full: see Retry-After.", 504: "Not ready in time.",
    }  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses = {"200": {"description": "The result.", "content": content}, **_errors(errors)}
    return {"post": {"summary": summary, "requestBody": body, "responses": responses}}


def _get(summary: str, *, secured: bool) -> Data:
    """The operation of a path that is only read."""
    result = {"description": "The result.", "content": {"application/json": {"schema": {"type": "object"}}}}
    errors = _errors({403: "The token is missing.", 421: "Another name than the server's."}) if secured else {}
    operation: Data = {"summary": summary, "responses": {"200": result, **errors}}
    return {"get": operation if secured else operation | {"security": []}}


def _errors(descriptions: dict[int, str]) -> Data:
    content = {"application/json": {"schema": ERROR}}
    return {str(status): {"description": text, "content": content} for status, text in descriptions.items()}
