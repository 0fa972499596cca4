"""Where the command starts and ends: hardly anything is imported before Ctrl-C is handled."""

from __future__ import annotations

import os
import sys

from steepest.cli.codes import INTERRUPTED

TERMINATION = ("SIGTERM", "SIGHUP")


def main() -> None:
    """Run the command line and exit with its code: 130 for Ctrl-C, also while modules are still being loaded.

    Another signal that terminates the process removes unfinished files first.
    """
    _open_streams()
    import signal

    handled = [
        number for name in TERMINATION if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_DFL
    ]
    for number in handled:
        signal.signal(number, _terminate)
    try:
        from steepest.cli.command_line import call

        code = call()
        _ignore_interrupts()
    except KeyboardInterrupt:
        _ignore_interrupts()
        code = INTERRUPTED
    except _Terminated as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        signal.raise_signal(ended.number)
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


class _Terminated(BaseException):
    """The process received a signal that terminates it."""

    def __init__(self, number: int) -> None:
        self.number = number


def _terminate(number: int, frame: object) -> None:
    """Unwind the stack, so that unfinished files are removed; the same signal again ends the process at once."""
    import signal

    signal.signal(number, signal.SIG_DFL)
    raise _Terminated(number)


def _open_streams() -> None:
    """Replace standard streams that are closed, so that no file that is opened later gets their descriptors.

    Printing to a closed standard output then fails as on a full disk; standard error and input are empty.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", encoding="utf-8"))


def _ignore_interrupts() -> None:
    """Ignore Ctrl-C from now on: during Python's shutdown it would change the exit code."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
