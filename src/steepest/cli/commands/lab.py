"""`steepest lab`: the page to play with, in a browser."""

from __future__ import annotations

import threading

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.request import Request, run_options
from steepest.errors import InputError


@click.command(cls=FormulaCommand)
@run_options
@click.option("--port", type=int, default=0, metavar="PORT", help="Where to listen; 0 for any port that is free.  [default: 0]")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen at.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--public", is_flag=True, help="Serve everybody: no token, smaller questions, answers that caches may keep.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="An address that people type, such as https://lab.example.org. Repeatable.",
)
@click.option(
    "--embed",
    "embedders",
    multiple=True,
    metavar="URL",
    help="A site that may show the lab in a frame, such as https://school.example. Repeatable.",
)
def lab(
    request: Request,
    port: int,
    host: str,
    no_browser: bool,
    public: bool,
    origins: tuple[str, ...],
    embedders: tuple[str, ...],
) -> None:
    """Play with OBJECTIVE in a browser: drag the start, move the sliders, change the equations.

    OBJECTIVE is a formula or the name of a gallery function; with --data it is a model, as of steepest fit, or has mean(...) and
    sum(...) over the rows of a table, which stays in the browser. Ctrl-C ends it.

    \b
    Examples:
      steepest lab
      steepest lab "2x^2 - 4x" --start 0 --lr 0.1
      steepest lab "price ~ w*size + b" --data houses.csv --scale z
      steepest lab rosenbrock -o gd -o "adam(lr=0.05)" --lr 0.001 --no-browser --port 8000
      steepest lab --public --host 0.0.0.0 --port 8000 --origin https://lab.example.org
    """
    from steepest.lab.server.one_time_link import OneTimeLink
    from steepest.lab.server.run import serve
    from steepest.lab.server.site import listen, local_site, public_site

    if not 0 <= port <= 65_535:
        raise InputError(f"--port is a whole number from 0 to 65535, not {port}")
    made = request.page()
    with listen(host, port) as listener:
        bound = int(listener.getsockname()[1])
        site = public_site(origins, embedders) if public else local_site(host, bound, origins, embedders)
        link = OneTimeLink(site)
        click.echo(site.address)
        if not (no_browser or public):
            threading.Thread(target=click.launch, args=(link.address,), daemon=True).start()
        serve(site, made, listener, link)
