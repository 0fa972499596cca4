"""What the page asks of Python: files of its runs, which the server and the widget pass on in their own ways."""

from __future__ import annotations

import os
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from steepest.errors import InputError, clipped
from steepest.export.destination import RECORDS
from steepest.export.writers import SUFFIXES, save
from steepest.lab.bounds import LOCAL, Bounds, text_field
from steepest.lab.plan import Plan, read_plan
from steepest.optimizers.quantities import quantity
from steepest.plot.options import PictureOptions

INTERNAL_ERROR = "something went wrong in steepest: please report it"
MEDIA_TYPES = {
    "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "gif": "image/gif", "apng": "image/apng",
    "mp4": "video/mp4", "webm": "video/webm", "csv": "text/csv", "json": "application/json", "npz": "application/octet-stream",
    "html": "text/html",
}  # fmt: skip
"""The media type of each suffix that a file can have."""


@dataclass(frozen=True)
class File:
    """A file for the page to save: its name, its media type, its bytes."""

    name: str
    media_type: str
    data: bytes


def export_request(request: Any, bounds: Bounds = LOCAL) -> File:
    """The runs of the `state` of a request as a file with its `suffix`, pictures in its `theme`.

    Raises:
        FormulaError, InputError: for a state that cannot be run, or an unknown suffix.

    >>> export_request({"state": {"objective": "x^2", "steps": 3, "optimizers": [{"text": "gd"}]}, "suffix": "csv"}).name
    'descent.csv'
    """
    suffix = text_field(request, "suffix", bounds.text).lower()
    if suffix not in SUFFIXES or suffix not in MEDIA_TYPES:
        raise InputError(f"a file has one of the suffixes {', '.join(SUFFIXES)}, not '{clipped(suffix)}'")
    state = request.get("state")
    plan, drawn = read_plan(state, bounds), suffix not in (*RECORDS, "html")
    options = _picture_options(state, plan, request.get("theme", "light")) if drawn else PictureOptions()
    with TemporaryDirectory(prefix="steepest-") as folder:
        path = os.path.join(folder, f"descent.{suffix}")
        save(plan.runs(), path, picture_options=options)
        with open(path, "rb") as file:
            return File(os.path.basename(path), MEDIA_TYPES[suffix], file.read())


def _picture_options(state: dict[str, Any], plan: Plan, theme: Any) -> PictureOptions:
    """The options with which a picture shows what the page does: the view, the limits, the quantities of each run."""
    zoom, count = state.get("zoom"), len(plan.start)
    view = "surface" if state.get("view") == "surface" and count == 2 else "plane"
    limits = tuple((float(low), float(high)) for low, high in zoom) if zoom and len(zoom) == count == 2 else None
    shown = tuple(name for name in state.get("show", ()) if any(quantity(each, name) for each in plan.optimizers))
    return PictureOptions(view=view, limits=limits if view == "plane" else None, show=shown, theme=theme)
