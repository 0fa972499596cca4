"""MP4 and WebM: raw frames through a pipe to ffmpeg."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from typing import IO

from steepest.errors import SteepestError, load
from steepest.plot.film.frames import FilmFormat, Frame

PIPE = 1 << 20  # bytes that the pipe to ffmpeg holds, where the system lets a program choose
REPRODUCIBLE = ("-fflags", "+bitexact", "-flags:v", "+bitexact")  # no version and no random identifier
MP4 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4")
WEBM = (
    "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-crf", "30", "-b:v", "0",
    "-pix_fmt", "yuv420p", "-f", "webm",
)  # fmt: skip


def write_mp4(frames: Iterable[Frame], film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film as H.264 in an MP4 file."""
    encode(frames, film_format, file.name, MP4)


def write_webm(frames: Iterable[Frame], film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film as VP9 in a WebM file."""
    encode(frames, film_format, file.name, WEBM)


def ffmpeg() -> str:
    """The path of the system's ffmpeg, else of the one that imageio-ffmpeg brings.

    Raises:
        MissingDependencyError: with both ways to install one.
    """
    folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))  # never the current one
    found = shutil.which("ffmpeg", path=os.pathsep.join(folders))
    if found and os.path.isabs(found):
        return found
    imageio = load("imageio_ffmpeg", "a video", "video", library="ffmpeg", or_else="install ffmpeg with the system's packages")
    return str(imageio.get_ffmpeg_exe())


def encode(frames: Iterable[Frame], film_format: FilmFormat, path: str, codec: tuple[str, ...]) -> None:
    """Pass the frames to ffmpeg, each as often as its time needs at the film's constant rate.

    Raises:
        SteepestError: with what ffmpeg says, if it fails.
    """
    source = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        f"{film_format.width}x{film_format.height}",
        "-r",
        f"{film_format.rate:g}",
        "-i",
        "-",
    ]
    keys = {"Title": "title", "Software": "encoded_by", "Description": "comment"}
    tags = [word for name, text in film_format.tags for word in ("-metadata", f"{keys[name]}={text}")]
    command = [ffmpeg(), "-y", "-loglevel", "error", *source, "-an", *REPRODUCIBLE, *codec[:-2], *tags, *codec[-2:], f"file:{path}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, pipesize=PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            for pixels in _repeated(frames, film_format.rate):
                process.stdin.write(pixels)
            process.stdin.close()
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        output = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise SteepestError(f"ffmpeg failed: {_reason(output) or _end(process.returncode)}")


def _reason(output: str) -> str:
    """What went wrong: the first line of ffmpeg's output, without the component that printed it."""
    first = output.partition("\n")[0]
    return first.rpartition("] ")[2]


def _end(code: int) -> str:
    """How ffmpeg ended that said nothing."""
    return f"exit code {code}" if code >= 0 else f"ended by signal {-code} ({signal.strsignal(-code) or 'unknown'})"


def _repeated(frames: Iterable[Frame], rate: float) -> Iterator[memoryview]:
    """The frames' bytes at a constant rate."""
    seconds, written = 0.0, 0
    for frame in frames:
        seconds += frame.seconds
        count = max(round(seconds * rate) - written, 0)
        written += count
        for _ in range(count):
            yield frame.pixels.data
