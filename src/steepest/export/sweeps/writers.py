"""Suffix -> writer of a sweep: maps and curves, arrays, tables, stores; written whole or not at all."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import IO, Any

from steepest.errors import InputError, RoomError, SteepestError, clipped_path
from steepest.export.destination import suffix_of
from steepest.export.files import check_file, check_folder, complete_file, complete_folder
from steepest.export.sweeps.records import check_zarr, remove_zarr, write_csv, write_netcdf, write_npz, write_zarr
from steepest.export.writers import picture_metadata
from steepest.language.notation import number_text
from steepest.plot.map_options import MAP_DEFAULTS, ZOOM, MapOptions
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.sweep import Sweep

PICTURES = ("png", "svg", "pdf")
RECORDS: dict[str, Callable[[Sweep, IO[bytes]], None]] = {"npz": write_npz, "csv": write_csv, "nc": write_netcdf}
FILMS = ("gif", "apng", "mp4", "webm")
FOLDERS = ("zarr",)


def check_destinations(paths: Sequence[str | os.PathLike[str]], options: MapOptions = MAP_DEFAULTS) -> list[str]:
    """The paths, if all of them can be written.

    Raises:
        InputError: for an unknown suffix, a path that cannot be written, and for options of a picture where there is none.
    """
    names = [os.fsdecode(path) for path in paths]
    for name in names:
        suffix = suffix_of(name.rstrip("/") if name.rstrip("/").endswith(FOLDERS) else name)
        known = (*PICTURES, *FILMS, *RECORDS, *FOLDERS)
        if suffix not in known:
            raise InputError(f"cannot save {clipped_path(name)}: the suffix of a sweep is one of {', '.join(known)}")
        if suffix in FOLDERS:
            check_zarr(name)
            if not os.path.exists(name):
                check_folder(name)
        else:
            check_file(name)
    drawn = any(suffix_of(name) in (*PICTURES, *FILMS) for name in names)
    if any(suffix_of(name) in FILMS for name in names) != (options.film is not None):
        raise InputError("a film has a file and an axis that it goes through: --save film.gif --film lr")
    if replace(options, zoom=None if options.film is None else options.zoom) != MAP_DEFAULTS and not drawn:
        raise InputError("the options of a picture need one: --save map.png")
    return names


def check_pictures(paths: Sequence[str | os.PathLike[str]], options: MapOptions, definition: Definition) -> None:
    """Refuse a picture or a film that cannot be drawn before its runs are made.

    Raises:
        InputError: see `steepest.plot.scene.sweep.map.check_picture`.
    """
    from steepest.plot.scene.sweep.map import check_picture
    from steepest.runs.sweep.zooming import zoomed

    if options.is_of_box:
        definition = zoomed(definition, options.box)
    suffixes = [suffix_of(os.fsdecode(path)) for path in paths]
    if any(suffix in PICTURES for suffix in suffixes):
        check_picture(definition, replace(options, film=None, zoom=None), beside_film=options.film is not None)
    if any(suffix in FILMS for suffix in suffixes):
        check_picture(definition, options)


def check_room(paths: Sequence[str | os.PathLike[str]], options: MapOptions, definition: Definition) -> None:
    """Refuse a size that is too small for a picture or a film before its runs are made, which may take long.

    Only drawing shows what its words need: some of its runs are drawn as all of them will be. Their legend has no more entries.

    Raises:
        InputError: for a size in which there is no room.
    """
    if options.size is None:
        return
    from steepest.plot.mpl.settings import own_settings

    with own_settings():
        from steepest.plot.mpl.sweep.figure import sweep_figure
        from steepest.plot.mpl.sweep.film import map_film

        if any(suffix_of(os.fsdecode(path)) in PICTURES for path in paths):
            _check_room(definition, replace(options, film=None, zoom=None), sweep_figure)
        if options.film not in (None, ZOOM):
            _check_room(definition, options, map_film)


def _check_room(definition: Definition, options: MapOptions, draw: Callable[[Sweep, MapOptions], Any]) -> None:
    """Refuse a size in which some of the runs cannot be drawn; where nobody says what colors stand for, also not by minimum.

    All runs may reach minima where these do not, and have other colors then: see `plot.scene.sweep.colors.default_color`.
    """
    runs = _some_runs(definition, options)
    refusals = []
    for by in (options.by,) if options.by else (None, "minimum"):
        try:
            draw(runs, replace(options, by=by))
        except RoomError as error:
            refusals.append(error)
        except SteepestError:  # of these runs alone
            return
        else:
            return
    raise refusals[0]


def _some_runs(definition: Definition, options: MapOptions) -> Sweep:
    """Some of the runs of a sweep; Ctrl-C ends everything, as there is nothing yet to keep."""
    from steepest.plot.scene.sweep.map import some_cells
    from steepest.runs.sweep.sweep import run_sweep

    found = run_sweep(some_cells(definition, options))
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def save_sweep(
    sweep: Sweep,
    paths: Sequence[str | os.PathLike[str]],
    options: MapOptions = MAP_DEFAULTS,
    workers: tuple[Executor, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a sweep to files, by suffix: a picture (png, svg, pdf), arrays (npz), a table (csv), NetCDF (nc), Zarr (zarr).

    Args:
        workers: who runs the frames of a film of zooming; see `steepest.runs.sweep.sweep.run_sweep`.
        progress: of a film; see `steepest.plot.mpl.sweep.film.map_film`.

    Raises:
        InputError: for an unknown suffix, a path that cannot be written, or a picture that cannot be drawn.
        MissingDependencyError: for NetCDF and Zarr, without their libraries.
    """
    names = check_destinations(paths, options)
    check_pictures(names, options, sweep.definition)
    if options.is_of_box:
        sweep, options = sweep.zoom(**options.box), replace(options, zoom=None)
    for name in names:
        suffix = suffix_of(name.rstrip("/"))
        if suffix in FOLDERS:
            _save_folder(sweep, name.rstrip("/"))
            continue
        with complete_file(name) as file:
            if suffix in PICTURES:
                _write_picture(sweep, suffix, replace(options, film=None, zoom=None), file)
            elif suffix in FILMS:
                _write_film(sweep, suffix, options, file, workers, progress)
            else:
                RECORDS[suffix](sweep, file)


def _save_folder(sweep: Sweep, name: str) -> None:
    """Write a Zarr store, which takes the place of one that was saved before when it is complete."""
    whole = f"{name}/"
    before = os.path.exists(name)
    if not before:
        with complete_folder(whole) as folder:
            write_zarr(sweep, folder)
        return
    beside = f"{name}.new"
    with complete_folder(f"{beside}/") as folder:
        write_zarr(sweep, folder)
    remove_zarr(name)
    os.rename(beside, name)


def _write_picture(sweep: Sweep, suffix: str, options: MapOptions, file: IO[bytes]) -> None:
    """Write a picture that carries what made it."""
    from steepest.plot.mpl.settings import own_settings

    metadata = picture_metadata(suffix, *_label(sweep, suffix, options))
    with own_settings():
        from steepest.plot.mpl.sweep.figure import sweep_figure

        figure = sweep_figure(sweep, options)
        further: dict[str, Any] = {"pil_kwargs": {"compress_level": 3}} if suffix == "png" else {}
        figure.savefig(file, format=suffix, metadata=metadata, **further)


def _write_film(
    sweep: Sweep,
    suffix: str,
    options: MapOptions,
    file: IO[bytes],
    workers: tuple[Executor, int] | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Write a film that carries what made it."""
    from steepest.export.encoders import apng, gif, video
    from steepest.plot.mpl.settings import own_settings

    encoders = {"gif": gif.write_gif, "apng": apng.write_apng, "mp4": video.write_mp4, "webm": video.write_webm}
    with own_settings():
        from steepest.plot.mpl.sweep.film import map_film

        film = map_film(sweep, options, workers, progress)
        encoders[suffix](film.frames(progress), film.film_format(*_label(sweep, suffix, options)), file)


def _label(sweep: Sweep, suffix: str, options: MapOptions) -> tuple[str, str, str]:
    """What a picture shows, what made it, and the command or the code that makes it again."""
    from steepest.runs.sweep.description import code, command
    from steepest.version import __version__

    made = command(sweep.definition)
    words = ["--save", f"sweep.{suffix}"]
    words += [word for name in ("by", "film") if (value := getattr(options, name)) for word in (f"--{name}", value)]
    boxes = ",".join(f"{name}={number_text(low)}:{number_text(high)}" for name, (low, high) in options.box.items())
    words += ["--zoom", boxes] if boxes else []
    words += [] if options.theory else ["--no-theory"]
    words += ["--theme", options.theme] if options.theme != MAP_DEFAULTS.theme else []
    if options.size is not None:
        words += ["--size", options.size if isinstance(options.size, str) else f"{options.size[0]}x{options.size[1]}"]
    words += [] if options.title is None else [f"--title={options.title}"]
    title = "a sweep of " + sweep.definition.source.objective().text
    return title, f"steepest {__version__}", f"{made} {shlex.join(words)}" if made else code(sweep.definition)
