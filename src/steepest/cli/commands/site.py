"""`steepest site`: the page as a folder for any static host."""

from __future__ import annotations

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.request import Request, run_options


@click.command(cls=FormulaCommand)
@click.argument("folder", type=click.Path())
@run_options
def site(request: Request, folder: str) -> None:
    """Write the page as a static site into FOLDER, for a course page or a school's web server.

    It needs no Python and no server of its own: any static host serves it, whatever is typed in it is read and computed in the
    browser, and once visited it works without a network. Links to it carry what is shown behind their #. OBJECTIVE is what it
    opens with.

    \b
    Examples:
      steepest site public
      steepest site public himmelblau -o gd -o adam
      python -m http.server --directory public
    """
    from steepest.lab.static_site import site_files, write_site

    files = site_files(request.page(), title=f"{request.function.title} - steepest")
    write_site(folder, files)
    size = sum(len(text.encode()) for text in files.values())
    click.echo(f"wrote {len(files)} files, {size / 1000:.0f} kB, to {folder}", err=True)
