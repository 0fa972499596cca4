"""The command line: `steepest run`, `fit`, `sweep`, `lab`, `site`, `explain`, `diagnose`, `diff`, `list` and `show`."""

from __future__ import annotations

import errno
import warnings
from typing import TextIO

import click

from steepest.cli.codes import INTERRUPTED, USER_ERROR
from steepest.cli.commands.diagnose import diagnose
from steepest.cli.commands.diff import diff
from steepest.cli.commands.explain import explain
from steepest.cli.commands.fit import fit
from steepest.cli.commands.lab import lab
from steepest.cli.commands.list import list_
from steepest.cli.commands.run import run
from steepest.cli.commands.show import show
from steepest.cli.commands.site import site
from steepest.cli.commands.sweep import sweep
from steepest.cli.passes import PASS_BAR
from steepest.cli.terminal import complain, silence, tell
from steepest.data.passes import watched
from steepest.errors import PictureWarning, SteepestError, sentence
from steepest.version import __version__


def call() -> int:
    """Run the command line and return its exit code; a user's mistake is one message and the code 2."""
    try:
        with watched(PASS_BAR), warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code: int | None = cli.main(standalone_mode=False)
    except click.exceptions.Exit as wanted:
        code = wanted.exit_code
    except click.exceptions.NoArgsIsHelpError as help_:
        click.echo(help_.format_message(), err=True)
        code = USER_ERROR
    except click.ClickException as error:
        code = complain(sentence(error.format_message()))
    except SteepestError as error:
        code = complain(str(error))
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except MemoryError:
        code = complain("there is not enough memory for that many steps")
    except OSError as error:
        silence()
        closed = error.errno == errno.EBADF
        code = complain(f"cannot write: {'standard output is closed' if closed else error.strerror or error}")
    return code or 0


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
) -> None:
    """Print what a picture lacks in a line, and any other warning as Python does."""
    if issubclass(category, PictureWarning):
        complain(str(message))
    else:
        tell(warnings.formatwarning(message, category, filename, lineno, line).rstrip())


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="steepest", message="%(prog)s %(version)s")
def cli() -> None:
    """See, understand and share gradient descent.

    Type a function and an optimizer and get every step of the way down:

    \b
      steepest run "x^2" --start 3 --lr 0.3
      steepest run rosenbrock -o gd -o adam --steps 500 --save race.png
      steepest fit houses "price ~ w*size + b"
      steepest sweep himmelblau --over x --over y --save basins.png
      steepest lab himmelblau
      steepest site public
      steepest explain "x^2" --start 3 --lr 0.3 --step 2
      steepest diagnose "x^2 + 10y^2" --start 10,1 --lr 0.21
      steepest diff "x^2" --start 1 --lr 0.1 -o momentum -o heavy_ball
      steepest list functions
      steepest show adam
    """


for command in (run, fit, sweep, lab, site, explain, diagnose, diff, list_, show):
    cli.add_command(command)
