"""A folder of numbered PNGs, for other tools to make a film of."""

from __future__ import annotations

import os
from collections.abc import Iterable

from PIL import Image, PngImagePlugin

from steepest.plot.film.frames import FilmFormat, Frame


def write_folder(frames: Iterable[Frame], film_format: FilmFormat, folder: str) -> None:
    """Write every frame once, as `frame_00001.png` and so on, and how long each is shown, as a list for ffmpeg's concat demuxer."""
    durations = ["ffconcat version 1.0"]
    about = PngImagePlugin.PngInfo()
    for name, text in film_format.tags:
        about.add_text(name, text)
    for number, frame in enumerate(frames, 1):
        image = Image.fromarray(frame.pixels[..., :3])
        name = f"frame_{number:05}.png"
        image.save(os.path.join(folder, name), pnginfo=about, compress_level=4)
        durations += [f"file {name}", f"duration {frame.seconds:.6f}"]
    durations.append(durations[-2])  # the last one's duration counts only before another
    with open(os.path.join(folder, "film.ffconcat"), "w", encoding="utf-8") as file:
        file.write("\n".join(durations) + "\n")
