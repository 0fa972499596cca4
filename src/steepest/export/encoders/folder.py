"""A folder of numbered PNGs, for tools that make films of their own."""

from __future__ import annotations

import os
from collections.abc import Iterable

from PIL import Image, PngImagePlugin

from steepest.plot.film.frames import FilmFormat, Frame


def write_folder(frames: Iterable[Frame], film_format: FilmFormat, folder: str) -> None:
    """Write every frame once, `frame_00001.png` and on; how long each is shown is left to who puts them together."""
    about = PngImagePlugin.PngInfo()
    for name, text in film_format.tags:
        about.add_text(name, text)
    for number, frame in enumerate(frames, 1):
        image = Image.fromarray(frame.pixels[..., :3])
        image.save(os.path.join(folder, f"frame_{number:05}.png"), pnginfo=about, compress_level=4)
