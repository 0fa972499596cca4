"""A text file as blocks of whole lines in UTF-8: unpacked, its encoding found.

Never more than a block and a line are read at a time, so neither an endless file nor an endless line can fill the memory.
"""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from steepest.data.files.encoding import UTF8, checked_encoding, decoded, encoding_of
from steepest.data.files.magic import library_format, what_it_is
from steepest.data.files.regular_file import opened, system_errors
from steepest.errors import InputError, clipped, clipped_path

SAMPLE = 1 << 20  # bytes in which the dialect is found
BLOCK = 1 << 22
LONGEST_LINE = 1 << 24  # bytes
LOOK_BACK = 1 << 16  # bytes at the end of a block in which a line end is looked for
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class TextFile:
    """A text file that was looked into.

    Attributes:
        path: of the file.
        compressed: whether it is packed by gzip.
        encoding: as Python names it.
        returns: whether its lines end with a carriage return alone.
    """

    path: str
    compressed: bool
    encoding: str
    returns: bool

    @property
    def name(self) -> str:
        """The path for sentences."""
        return clipped_path(self.path)


def first_bytes(path: str) -> bytes:
    """The first bytes of a regular file, unpacked if it is a gzip file.

    Raises:
        InputError: as `opened` does.
    """
    head = _head(path)
    if not head.startswith(GZIP):
        return head
    with _unpacked(path, compressed=True) as file, system_errors(clipped_path(path)):
        return file.read(64)


@contextmanager
def _unpacked(path: str, compressed: bool) -> Iterator[IO[bytes]]:
    """The bytes of a file, or what is packed in it."""
    with opened(path) as file:
        if not compressed:
            yield file
            return
        import gzip

        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast("IO[bytes]", unpacked)


def look_into(path: str, encoding: str | None = None) -> tuple[TextFile, str]:
    """A file and whole lines of text that it begins with.

    Args:
        encoding: as Python names it; found if it is None.

    Raises:
        InputError: if it is no text, if it is empty, or as `opened` does.
    """
    name = clipped_path(path)
    compressed = _head(path).startswith(GZIP)
    with _unpacked(path, compressed) as stream, system_errors(name):
        head = _read(stream, SAMPLE)
        whole = len(head) < SAMPLE
        while not whole and not _has_line_end(head) and len(head) < LONGEST_LINE:
            more = _read(stream, SAMPLE)
            head, whole = head + more, len(more) < SAMPLE
    if not head.strip(b"\0 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise InputError(f"{name} " + ("has nothing but bytes 0 in it" if b"\0" in head else "is empty"))
    if told := what_it_is(head[:64]):
        raise InputError(f"{name} is {told}")
    if library_format(head[:8]):
        raise InputError(f"{name} is packed by gzip: unpack it first")
    found = checked_encoding(encoding) if encoding else encoding_of(head, name)
    text = decoded(head, found, whole=whole)
    if text is None:
        raise InputError(f"{name} is not written in {clipped(found)}: leave the encoding out, or name another one")
    returns = "\r" in text and "\n" not in text
    text = text.replace("\r", "\n") if returns else text
    if not whole and "\n" not in text:
        raise InputError(f"{name}, line 1 has more than {LONGEST_LINE:,} bytes: is the file a table with line breaks?")
    return TextFile(path, compressed, found, returns), text if whole else text[: text.rfind("\n") + 1]


def _head(path: str) -> bytes:
    """The first bytes of a regular file as they are."""
    with opened(path) as file, system_errors(clipped_path(path)):
        return file.read(64)


def _read(stream: IO[bytes], count: int) -> bytes:
    """So many bytes, or what is left."""
    parts = []
    while count > 0 and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _has_line_end(data: bytes) -> bool:
    return b"\n" in data or b"\r" in data


def blocks(file: TextFile, size: int = BLOCK) -> Generator[bytes]:
    """The file in blocks of whole lines, as UTF-8 without a byte order mark; the last one may lack its line end.

    Args:
        size: of a block in bytes, about.

    Raises:
        InputError: for a line that is too long, a file that is not in its encoding, or what the system refuses.
    """
    offset = 0
    if file.encoding in UTF8 and not file.compressed and not file.returns:
        with opened(file.path) as stream, system_errors(file.name):
            for block in _blocks_in_place(stream, size):
                yield block
                offset = stream.tell()
    yield from _blocks_of_parts(file, size, offset)


def _blocks_in_place(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Blocks of whole lines, each read once to its last line end, as long as lines are not very long and the file goes on."""
    start = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
    look = min(size, LOOK_BACK)
    while True:
        stream.seek(start + size - look)
        end = _read(stream, look)
        cut = end.rfind(b"\n") + 1
        stream.seek(start)
        if len(end) < look or not cut:
            return
        yield _read(stream, size - look + cut)
        start = stream.tell()


def _blocks_of_parts(file: TextFile, size: int, offset: int) -> Iterator[bytes]:
    """Blocks of whole lines from an offset on, for any file."""
    buffer = bytearray(size)  # one piece of memory for all blocks: fresh memory takes longer than reading
    kept = 0
    for part in _parts(file, size, offset):
        if kept + len(part) > len(buffer):
            buffer.extend(bytes(kept + len(part) - len(buffer)))
        buffer[kept : kept + len(part)] = part
        end = kept + len(part)
        cut = buffer.rfind(b"\n", kept, end) + 1
        if cut:
            yield bytes(memoryview(buffer)[:cut])
            buffer[: end - cut] = buffer[cut:end]
            offset += cut
        kept = end - cut
        if kept > LONGEST_LINE:
            line = line_at(file, offset)
            raise InputError(f"{file.name}, line {line:,} has more than {LONGEST_LINE:,} bytes: is a line break missing?")
    if kept:
        yield bytes(buffer[:kept])


def line_at(file: TextFile, offset: int) -> int:
    """The number of the line at an offset of the text in UTF-8."""
    line = 1
    for part in _parts(file, BLOCK):
        line += part[:offset].count(b"\n")
        offset -= len(part)
        if offset <= 0:
            break
    return line


def _parts(file: TextFile, size: int, offset: int = 0) -> Iterator[bytes]:
    """The file in parts of any length, as UTF-8 with line feeds, from an offset on if it is in UTF-8 and not packed."""
    decoder = None if file.encoding in UTF8 else codecs.getincrementaldecoder(file.encoding)()
    with _unpacked(file.path, file.compressed) as stream, system_errors(file.name):
        first = offset == 0
        stream.seek(offset)
        while True:
            part = stream.read(size)
            last = not part
            if decoder is not None:
                try:
                    part = decoder.decode(part, last).encode()
                except UnicodeError:
                    raise InputError(f"{file.name} is not written in {file.encoding} to its end: it may be cut off") from None
            elif first and part.startswith(codecs.BOM_UTF8):
                part = part[3:]
            first = False
            if part:
                yield part.replace(b"\r", b"\n") if file.returns else part
            if last:
                return
