"""Writing files and folders that appear when they are complete; what was there before stays if anything goes wrong.

The target of a symbolic link is written, and permissions are kept. A file is replaced rather than changed, so another hard link
to it keeps the old content. A named pipe is written to when everything is ready.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from steepest.errors import InputError, clipped_path

STREAMS = (stat.S_IFIFO, stat.S_IFCHR)  # what can be written to without being a file


def is_folder(name: str) -> bool:
    """Whether a path stands for a folder: it ends with a slash."""
    return name.endswith(("/", os.sep))


def check_file(name: str) -> None:
    """Refuse a path at which no file can be written.

    Raises:
        InputError: with the reason.
    """
    kind = _kind_of(name)
    if kind == stat.S_IFDIR:
        raise InputError(f"cannot save {clipped_path(name)}: it is a folder")
    if kind not in (None, stat.S_IFREG, *STREAMS):
        raise InputError(f"cannot save {clipped_path(name)}: it is neither a file nor a pipe")
    if kind is not None and not os.access(name, os.W_OK):
        raise InputError(f"cannot save {clipped_path(name)}: it is read-only")
    if kind not in STREAMS:
        _check_parent(name)


def check_folder(name: str) -> None:
    """Refuse a path at which no new folder can be made.

    Raises:
        InputError: with the reason.
    """
    target = name.rstrip("/" + os.sep)
    if not target or _kind_of(target) not in (None, stat.S_IFDIR):
        raise InputError(f"cannot save {clipped_path(name)}: it is no folder")
    with _system_errors(name):
        if os.path.isdir(target) and os.listdir(target):
            raise InputError(f"cannot save {clipped_path(name)}: the folder is not empty")
    _check_parent(target)


def _kind_of(name: str) -> int | None:
    """What is at a path, links followed: a file, a folder, a pipe, ...; None if there is nothing yet."""
    if "\0" in name:
        raise InputError("cannot save: the path has a character 0 in it")
    with _system_errors(name):
        try:
            return stat.S_IFMT(os.stat(name).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _check_parent(name: str) -> None:
    """Refuse a folder that does not exist or that cannot take a new file."""
    folder = os.path.dirname(os.path.realpath(name))
    shown = clipped_path(folder if os.path.islink(name) else os.path.dirname(name) or ".")
    if not os.path.isdir(folder):
        raise InputError(f"cannot save {clipped_path(name)}: there is no folder {shown}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot save {clipped_path(name)}: the folder {shown} is read-only")


@contextmanager
def complete_file(name: str) -> Iterator[IO[bytes]]:
    """Open a file that appears at a path when it is complete.

    Raises:
        InputError: if the operating system refuses.
    """
    before = _kind_of(name)
    target = os.path.realpath(name)
    unfinished = _unfinished_path(tempfile.gettempdir() if before in STREAMS else os.path.dirname(target))
    try:
        with _system_errors(name):
            with open(unfinished, "x+b") as file:
                yield file
            if before in STREAMS:
                with open(unfinished, "rb") as complete, open(name, "wb") as stream:
                    shutil.copyfileobj(complete, stream)
            else:
                _keep_mode(target, unfinished)
                os.replace(unfinished, target)
    finally:
        with suppress(FileNotFoundError):
            os.remove(unfinished)


@contextmanager
def complete_folder(name: str) -> Iterator[str]:
    """Make a folder that appears at a path, where nothing or an empty folder may be, when it is complete.

    Raises:
        InputError: if the operating system refuses.
    """
    target = os.path.realpath(name.rstrip("/" + os.sep))
    unfinished = _unfinished_path(os.path.dirname(target))
    try:
        with _system_errors(name):
            os.mkdir(unfinished)
            yield unfinished
            _keep_mode(target, unfinished)
            if os.path.isdir(target):
                os.rmdir(target)
            os.rename(unfinished, target)
    finally:
        if os.path.isdir(unfinished):
            shutil.rmtree(unfinished)


@contextmanager
def _system_errors(name: str) -> Iterator[None]:
    """Turn an error of the operating system into one line."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError(f"cannot write {clipped_path(name)}: its symbolic links lead nowhere") from None
        raise InputError(f"cannot write {clipped_path(name)}: {error.strerror or error}") from None


def _unfinished_path(folder: str) -> str:
    """A path in a folder that no other call uses."""
    return os.path.join(folder, f".steepest-{secrets.token_hex(8)}.part")


def _keep_mode(target: str, unfinished: str) -> None:
    """Give the new file or folder the permissions of what it replaces."""
    if os.path.exists(target):
        mode = stat.S_IMODE(os.stat(target).st_mode)
        if mode != stat.S_IMODE(os.stat(unfinished).st_mode):
            os.chmod(unfinished, mode)
