"""Films of 200 frames at 800 x 600 over a filled contour: matplotlib's own animation classes, ffmpeg alone, and steepest."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import take_turns

FRAMES, WIDTH, HEIGHT, DPI, RATE = 200, 800, 600, 100, 30


def peer(path: str, writer: str) -> Callable[[], None]:
    """FuncAnimation the way tutorials use it: contours once, the path and the chart updated on each frame."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

    import steepest

    run = steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=FRAMES - 1)
    x, y = np.meshgrid(np.linspace(-2, 2, 400), np.linspace(-1, 3, 400))

    def make() -> None:
        figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
        left.contourf(x, y, np.log1p((1 - x) ** 2 + 100 * (y - x**2) ** 2), 16)
        (trail,) = left.plot([], [], "-")
        (head,) = left.plot([], [], "o")
        right.set(xlim=(0, FRAMES), ylim=(1e-3, 100), yscale="log")
        (graph,) = right.plot([], [])

        def update(frame: int) -> list[Any]:
            trail.set_data(*run.positions[: frame + 1].T)
            head.set_data(*run.positions[frame : frame + 1].T)
            graph.set_data(range(frame + 1), run.values[: frame + 1])
            return [trail, head, graph]

        chosen = PillowWriter(fps=RATE) if writer == "pillow" else FFMpegWriter(fps=RATE, extra_args=["-preset", "veryfast"])
        FuncAnimation(figure, update, frames=FRAMES, blit=True).save(path, writer=chosen)
        plt.close(figure)

    return make


def films() -> None:
    """GIF, animated PNG and MP4."""
    import steepest
    from steepest.encoders.video import MP4, ffmpeg
    from steepest.views.cut import Cut
    from steepest.views.film import film
    from steepest.views.scene import scene

    run = steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=FRAMES - 1)
    cut: dict[str, Any] = {"fps": RATE, "pace": "steps", "hold": 0, "size": (WIDTH, HEIGHT)}
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "frames.rgba")
        with open(raw, "wb") as file:
            for frame in film(scene([run]), Cut(**cut)).frames():
                file.write(frame.pixels.data)
        source = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", str(raw)]
        alone = [ffmpeg(), "-y", "-loglevel", "error", *source, *MP4, f"{folder}/alone.mp4"]
        times = take_turns(
            {
                "steepest": partial(run.animate, f"{folder}/ours.gif", **cut),
                "apng": partial(run.animate, f"{folder}/ours.apng", **cut),
                "mp4": partial(run.animate, f"{folder}/ours.mp4", **cut),
                "FuncAnimation + PillowWriter": peer(f"{folder}/peer.gif", "pillow"),
                "FuncAnimation + FFMpegWriter": peer(f"{folder}/peer.mp4", "ffmpeg"),
                "ffmpeg alone": partial(subprocess.run, alone, check=True),
            },
            5,
        )
    print(f"\nFilms, {FRAMES} frames of {WIDTH} x {HEIGHT}")
    for ours, name in (
        ("steepest", "FuncAnimation + PillowWriter"),
        ("mp4", "FuncAnimation + FFMpegWriter"),
        ("mp4", "ffmpeg alone"),
    ):
        kind = {"steepest": "GIF"}.get(ours, "MP4")
        line = f"{kind:<6}{times[ours]:>6.2f} s ({FRAMES / times[ours]:>4.0f} frames/s)   {name:<30}{times[name]:>6.2f} s"
        print(f"{line} ({times[name] / times[ours]:.1f}x)")
    print(f"APNG  {times['apng']:>6.2f} s ({FRAMES / times['apng']:>4.0f} frames/s)")
