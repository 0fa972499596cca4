"""A folder of numbered PNGs, for other tools to make a film of."""

from __future__ import annotations

import os
from collections.abc import Iterable

from PIL import Image, PngImagePlugin

from steepest.plot.film.frames import FilmFormat, Frame


def write_folder(frames: Iterable[Frame], film_format: FilmFormat, folder: str) -> None:
    """Write every frame once, as `frame_00001.png` and so on; how long each is shown is left to the other tool."""
    about = PngImagePlugin.PngInfo()
    for name, text in film_format.tags:
        about.add_text(name, text)
    for number, frame in enumerate(frames, 1):
        image = Image.fromarray(frame.pixels[..., :3])
        image.save(os.path.join(folder, f"frame_{number:05}.png"), pnginfo=about, compress_level=4)
