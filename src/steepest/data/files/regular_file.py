"""Opening a file that the user names: a regular one and nothing else, so that no pipe is waited for and no device runs."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from steepest.errors import InputError, clipped_path, named

KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def opened(path: str, what: str = "table") -> IO[bytes]:
    """The file at a path, which must be a regular one; nothing else is opened, since a pipe would wait for its other end.

    Args:
        what: the file holds, for sentences.

    Raises:
        InputError: if there is none, if it cannot be read, or if it is a folder, a pipe, a socket or a device.
    """
    name = clipped_path(path)
    with system_errors(name):
        try:
            kind = stat.S_IFMT(os.stat(path).st_mode)
            if kind == stat.S_IFREG:  # O_NONBLOCK: also where a pipe took its place meanwhile
                handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
                return os.fdopen(handle, "rb", buffering=0)
        except ValueError:
            raise InputError(f"cannot read the {what}: the path has a character 0 in it") from None
    if kind == stat.S_IFDIR:
        raise InputError(f"cannot read {name}: it is a folder; name a file in it")
    raise InputError(f"cannot read {name}: it is {KINDS.get(kind, 'no regular file')}; write the {what} into a file first")


@contextmanager
def system_errors(name: str) -> Iterator[None]:
    """Turn the system's refusals, and those of a damaged gzip file, into one line.

    Raises:
        InputError: with what happened.
    """
    import zlib

    try:
        yield
    except FileNotFoundError:
        raise InputError(f"there is no file {name}") from None
    except IsADirectoryError:
        raise InputError(f"cannot read {name}: it is a folder; name a file in it") from None
    except PermissionError:
        raise InputError(f"cannot read {name}: permission denied") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"cannot read {name}: the gzip file is damaged or cut off ({named(error)})") from None
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or named(error)}") from None
