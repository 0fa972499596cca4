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
MESH = 60


def peer(path: str, writer: str) -> Callable[[], None]:
    """FuncAnimation the way tutorials use it: contours once, the path and the chart updated on each frame."""
    import matplotlib

    from steepest.export.encoders.video import ffmpeg

    matplotlib.use("Agg")
    matplotlib.rcParams["animation.ffmpeg_path"] = ffmpeg()
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


def peer_in_space(path: str, turn: float) -> Callable[[], None]:
    """mplot3d the way tutorials use it: the surface once, the path updated on each frame, and the camera turned."""
    import matplotlib

    from steepest.export.encoders.video import ffmpeg

    matplotlib.use("Agg")
    matplotlib.rcParams["animation.ffmpeg_path"] = ffmpeg()
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.animation import FFMpegWriter, FuncAnimation

    import steepest

    run = steepest.descend("sin(x)cos(y)", (1.2, 0.4), lr=0.1, steps=FRAMES - 1, tol=0)
    x, y = np.meshgrid(np.linspace(-4, 4, MESH), np.linspace(-4, 4, MESH))

    def make() -> None:
        figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
        ax: Any = figure.add_subplot(projection="3d")
        ax.plot_surface(x, y, np.sin(x) * np.cos(y), cmap="viridis", rcount=MESH, ccount=MESH)
        (trail,) = ax.plot([], [], [], "-")
        (head,) = ax.plot([], [], [], "o")

        def update(frame: int) -> list[Any]:
            trail.set_data_3d(*run.positions[: frame + 1].T, run.values[: frame + 1])
            head.set_data_3d(*run.positions[frame : frame + 1].T, run.values[frame : frame + 1])
            if turn:
                ax.view_init(30, -60 + turn * frame / FRAMES)
            return [trail, head]

        writer = FFMpegWriter(fps=RATE, extra_args=["-preset", "veryfast"])
        FuncAnimation(figure, update, frames=FRAMES, blit=True).save(path, writer=writer)
        plt.close(figure)

    return make


def surfaces() -> None:
    """Films of a surface, with a camera at rest and with one that turns."""
    import steepest

    run = steepest.descend("sin(x)cos(y)", (1.2, 0.4), lr=0.1, steps=FRAMES - 1, tol=0)
    film_options: dict[str, Any] = {"fps": RATE, "pace": "steps", "hold": 0, "size": (WIDTH, HEIGHT), "view": "surface"}
    print(f"\nFilms of a surface, {FRAMES} frames of {WIDTH} x {HEIGHT}, MP4")
    with tempfile.TemporaryDirectory() as folder:
        for turn in (0, 90):
            times = take_turns(
                {
                    "steepest": partial(run.animate, f"{folder}/ours.mp4", turn=turn, **film_options),
                    "plot_surface": peer_in_space(f"{folder}/peer.mp4", turn),
                },
                3,
            )
            ours, theirs = times["steepest"], times["plot_surface"]
            camera = "turning" if turn else "at rest"
            print(
                f"{camera:<9}{ours:>6.2f} s ({FRAMES / ours:>4.0f} frames/s)   plot_surface of {MESH} x {MESH} in FuncAnimation"
                f"{theirs:>6.2f} s ({theirs / ours:.1f}x)"
            )


def films() -> None:
    """GIF, animated PNG and MP4."""
    import steepest
    from steepest.export.encoders.video import MP4, ffmpeg
    from steepest.plot.film.film import film
    from steepest.plot.options import FilmOptions, PictureOptions, chosen
    from steepest.plot.scene.scene import scene

    run = steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=FRAMES - 1)
    options, size = FilmOptions(fps=RATE, pace="steps", hold=0), PictureOptions(size=(WIDTH, HEIGHT))
    film_options = {**chosen(options), **chosen(size)}
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "frames.rgba")
        with open(raw, "wb") as file:
            for frame in film(scene([run]), options, picture_options=size).frames():
                file.write(frame.pixels.data)
        source = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", str(raw)]
        alone = [ffmpeg(), "-y", "-loglevel", "error", *source, *MP4, f"{folder}/alone.mp4"]
        times = take_turns(
            {
                "steepest": partial(run.animate, f"{folder}/ours.gif", **film_options),
                "apng": partial(run.animate, f"{folder}/ours.apng", **film_options),
                "mp4": partial(run.animate, f"{folder}/ours.mp4", **film_options),
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
