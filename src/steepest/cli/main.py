"""Where the command starts and ends: next to nothing is imported before a Ctrl-C is waited for."""

from __future__ import annotations

import os
import sys

from steepest.cli.codes import INTERRUPTED

ENDING = ("SIGTERM", "SIGHUP")


def main() -> None:
    """Run the command line and leave with its exit code; 130 for a Ctrl-C, also while modules are still being loaded.

    Another signal that ends a process lets go of unfinished files first.
    """
    open_streams()
    import signal

    ending = [number for name in ENDING if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_DFL]
    for number in ending:
        signal.signal(number, end)
    try:
        from steepest.cli.commands import call

        code = call()
        ignore_interrupts()
    except KeyboardInterrupt:
        ignore_interrupts()
        code = INTERRUPTED
    except Ended as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        signal.raise_signal(ended.number)
    finally:
        for number in ending:
            signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


class Ended(BaseException):
    """A signal that ends the process came."""

    def __init__(self, number: int) -> None:
        self.number = number


def end(number: int, frame: object) -> None:
    """Leave what is being done; the same signal again ends the process at once."""
    import signal

    signal.signal(number, signal.SIG_DFL)
    raise Ended(number)


def open_streams() -> None:
    """Put something in place of standard streams that are closed, so that no file which is opened takes their numbers.

    What is printed to a closed standard output then fails as a full disk does; standard error and input are empty.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            place = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if place != number:
                os.dup2(place, number)
                os.close(place)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", encoding="utf-8"))


def ignore_interrupts() -> None:
    """From now on Ctrl-C changes nothing: while Python takes itself down it would end the process as a signal does."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
