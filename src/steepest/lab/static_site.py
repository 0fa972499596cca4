"""The page as a folder that any static host can serve, and that works without a network once it was visited."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from steepest.data.files.regular_file import opened, system_errors
from steepest.errors import InputError, clipped_path
from steepest.export.files import check_file, complete_file
from steepest.lab.bundle import GENERATOR, HEAD_OF_SITE, bundle, html

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 2c3 16 11 16 14 0" fill="none" stroke="#1f77b4" \
stroke-width="2"/><circle cx="8" cy="13.5" r="2.5" fill="#d62728"/></svg>"""
INDEX = "index.html"
DESCRIPTION = "Gradient descent, step by step: type a function and an optimizer, and see every step of the way downhill."


def site_files(document: dict[str, Any], *, title: str) -> dict[str, str]:
    """The files of the site by name, the index last.

    Args:
        document, title: see `steepest.lab.bundle.html`.
    """
    manifest = {
        "name": "steepest", "short_name": "steepest", "start_url": "./", "display": "standalone",
        "description": DESCRIPTION,
        "icons": [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    index = html(document, title=title, made=DESCRIPTION, head=HEAD_OF_SITE)
    files = {"icon.svg": ICON, "manifest.webmanifest": json.dumps(manifest, indent=2) + "\n"}
    names = ["./", *files]
    version = hashlib.sha256("\0".join((*files.values(), index)).encode()).hexdigest()[:16]
    constants = f"globalThis.shell = {json.dumps({'version': version, 'names': names})};\n"
    return {**files, "service-worker.js": constants + bundle("hosts/service_worker.js") + "\n", INDEX: index}


def write_site(folder: str, files: dict[str, str]) -> None:
    """Write the files of a site into a folder, which is made if it is not there; those of an earlier site are replaced.

    Raises:
        InputError: for a folder with an index that is none of steepest's, and where the system refuses.
    """
    shown = clipped_path(folder)
    index = os.path.join(folder, INDEX)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InputError(f"{shown} is a file: name a folder")
    if os.path.exists(index):
        with opened(index, "page") as page, system_errors(shown):
            if GENERATOR.encode() not in page.read(4_096):
                raise InputError(f"{shown} has an {INDEX} that steepest did not write: name another folder")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {shown}: {error.strerror or error}") from None
    for name in files:
        check_file(os.path.join(folder, name))
    for name, text in files.items():
        with complete_file(os.path.join(folder, name)) as file:
            file.write(text.encode())
