"""Where the command starts and ends: next to nothing is imported before a Ctrl-C is waited for."""

from __future__ import annotations

import sys

from steepest.cli.codes import INTERRUPTED

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit code; 130 for a Ctrl-C, also while modules are still being loaded."""
    try:
        from steepest.cli.commands import call

        code = call()
        ignore_interrupts()
    except KeyboardInterrupt:
        ignore_interrupts()
        code = INTERRUPTED
    sys.exit(code)


def ignore_interrupts() -> None:
    """From now on Ctrl-C changes nothing: while Python takes itself down it would end the process as a signal does."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
