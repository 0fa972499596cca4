"""The house: eleven floors, imports point down, nothing goes round in a circle. And no test waits by time."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "src" / "steepest"

FLOORS = (
    "errors version random",
    "language",
    "data",
    "objectives optimizers",
    "tape",
    "targets",
    "runs objectives.data objectives.exact objectives.fit objectives.prediction objectives.many_columns objectives.reading",
    "compare diagnosis explain",
    "plot lab.document lab.fit_data lab.recordings lab.texts lab.bundle lab.squeeze lab.state",
    "export",
    "lab cli __main__",
)
"""From the ground up. A file stands on the floor of the longest name that begins its own."""

METHODS = "runs.methods"  # through which a trajectory offers what the floors above make of it: the one that imports upward

LIBRARIES = {
    "click": "cli",
    "rich": "cli.terminal cli.passes",
    "anywidget": "lab.widget",
    "traitlets": "lab.widget",
    "starlette": "lab.server",
    "uvicorn": "lab.server",
    "jax": "objectives.callable optimizers.libraries.optax optimizers.libraries.traceable targets.many.jax_runs",
    "dask": "data.dask_frame",
    "distributed": "data.dask_frame runs.sweep.workers",
    "narwhals": "data.frames export.records",
    "llvmlite": "targets.llvm",
    "polars": "data.files",
    "pyarrow": "data.files",
    "matplotlib": "plot.mpl plot.film plot.svg plot.surface export.writers runs.methods",
    "fontTools": "plot.svg.font",
    "PIL": "export.encoders",
    "imageio_ffmpeg": "export.encoders.video",
    "torch": "optimizers.libraries.torch optimizers.libraries.torch_objects",
    "optax": "optimizers.libraries.optax optimizers.libraries.traceable",
    "sympy": "",
    "scipy": "optimizers.libraries.scipy",
    "optimagic": "optimizers.libraries.optimagic",
    "pandas": "",
    "xarray": "runs.sweep",
    "zarr": "runs.sweep export.sweeps.records",
    "h5netcdf": "export.sweeps.records",
}
"""Each optional or heavy library is imported in these files and folders only."""


def modules() -> dict[str, Path]:
    """Every file that holds code, by its dotted name below the package; the package's own face aside."""
    found = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
    return {name: path for name, path in found.items() if path.name != "__init__.py"}


MODULES = modules()


def within(name: str, place: str) -> bool:
    """Whether a file is a place or lies in it."""
    return f"{name}.".startswith(f"{place}.")


def floor(name: str) -> int:
    """The floor of a file."""
    places = [(len(place), number) for number, line in enumerate(FLOORS) for place in line.split() if within(name, place)]
    assert places, f"{name} stands on no floor: add its folder to FLOORS"
    return max(places)[1]


def imports(path: Path) -> Iterator[str]:
    """Every imported module, also inside functions; what serves types only is left out."""
    tree = ast.parse(path.read_text())
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typed:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner.removeprefix("steepest.") in MODULES else node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "load" and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)  # `steepest.errors.load`


def own_imports(name: str) -> set[str]:
    """The files of the package that a file imports."""
    return {module.removeprefix("steepest.") for module in imports(MODULES[name]) if module.startswith("steepest.")}


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name: str) -> None:
    for other in own_imports(name):
        assert floor(other) <= floor(name) or name == METHODS, f"{name} imports {other}, which stands above it"


def test_no_imports_go_round_in_a_circle() -> None:
    graph = {name: own_imports(name) & MODULES.keys() for name in MODULES if name != METHODS}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("name", MODULES)
def test_libraries_are_imported_in_few_places(name: str) -> None:
    for module in imports(MODULES[name]):
        places = LIBRARIES.get(module.partition(".")[0])
        assert places is None or any(within(name, place) for place in places.split()), f"{name} imports {module}"


def test_folders_hold_no_code_of_their_own() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        assert path.parent == PACKAGE or not path.read_text().strip(), f"{path} holds code: only the package's face does"


def test_every_floor_is_there() -> None:
    for place in " ".join(FLOORS).split():
        assert any(within(name, place) for name in MODULES), f"nothing stands at {place}"


WAITS = re.compile(r"wait_for_[t]imeout|\bslee[p]\(|\bset([T]imeout|[I]nterval)\b")
"""What waits by time in Playwright, Python and JavaScript; written so that it does not find itself."""


@pytest.mark.parametrize(
    "path", [str(path.relative_to(TESTS)) for path in sorted(TESTS.rglob("*.*")) if path.suffix in (".py", ".js")]
)
def test_no_test_waits_by_time(path: str) -> None:
    for number, line in enumerate((TESTS / path).read_text(encoding="utf-8").splitlines(), 1):
        assert not WAITS.search(line), f"{path}:{number} waits by time: wait for an event, a line, a state, or run a fake clock"
