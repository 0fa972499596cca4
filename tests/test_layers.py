"""Imports point down: a file imports only what stands above it in the house."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "steepest"

HOUSE = [
    ["", "errors", "digits"],
    ["language.operations"],
    ["language.dialects"],
    ["language.tokens"],
    ["language.latex", "language.suggestions"],
    ["language.pasted"],
    ["language.expression"],
    ["language.grammar"],
    ["language.notation"],
    ["language.tidy"],
    ["language.derivative"],
    ["noise"],
    ["frameworks"],
    ["optimizers"],
    ["tape"],
    ["builder"],
    ["lowering"],
    ["roles"],
    ["objectives.gallery"],
    ["objectives.domain"],
    ["objectives.formula", "objectives.callable"],
    ["targets.reference"],
    ["targets.source", "stable"],
    ["targets.program"],
    ["targets.clock"],
    ["targets.loop"],
    ["targets.python", "targets.numpy"],
    ["targets.arrays", "targets.batch"],
    ["ending"],
    ["record"],
    ["sharing"],
    ["trajectory"],
    ["descent"],
    ["understanding.unfolding", "understanding.rounding"],
    ["understanding.working"],
    ["understanding.naming"],
    ["understanding.line"],
    ["understanding.section"],
    ["understanding.layout"],
    ["explanation"],
    ["understanding.conventions", "understanding.parting", "understanding.single"],
    ["understanding.reasons"],
    ["difference"],
    ["diagnosis.recurrence", "diagnosis.jacobian", "diagnosis.survey", "diagnosis.rate"],
    ["diagnosis.stability", "diagnosis.motion", "diagnosis.cycle", "diagnosis.divergence", "diagnosis.tuning"],
    ["diagnosis.place", "diagnosis.chaos", "diagnosis.kink"],
    ["diagnosis.evidence"],
    ["diagnosis.character", "diagnosis.curvature"],
    ["diagnosis.trial", "diagnosis.crossing", "diagnosis.unbounded", "diagnosis.candidates"],
    ["diagnosis.advice", "diagnosis.wording"],
    ["diagnosis.reasons", "diagnosis.arrival", "diagnosis.movement"],
    ["diagnosis.sentences"],
    ["diagnosis.diagnosis"],
    ["encoders.reel"],
    ["encoders.patches", "encoders.video", "encoders.folder"],
    ["encoders.gif", "encoders.apng"],
    ["views.table", "views.look", "views.frame", "views.cut", "views.recorder", "views.settings", "views.typeface"],
    ["views.theme"],
    ["views.style"],
    ["views.path", "views.chart", "views.heights", "views.timeline", "views.outline"],
    ["views.captions", "views.keyframes", "views.ribbon", "views.sheet"],
    ["views.landscape", "views.typeset", "views.letters", "views.camera", "views.surface", "views.carried", "views.tags"],
    ["views.skin"],
    ["views.relief"],
    ["views.viewpoint"],
    ["views.findings"],
    ["views.scene"],
    ["views.drawing"],
    ["views.space", "views.stamp"],
    ["views.pointers"],
    ["views.stage", "views.climber"],
    ["views.panels"],
    ["views.still", "views.film"],
    ["views.courses"],
    ["views.parts"],
    ["views.moving"],
    ["provenance", "place", "state"],
    ["document", "page"],
    ["standalone"],
    ["export"],
    ["answers"],
    ["server.site"],
    ["server.wire", "server.processes"],
    ["server.guard", "server.assets", "server.opening", "server.reading", "server.making"],
    ["server.readers", "server.connections", "server.description"],
    ["server.exports"],
    ["server.application"],
    ["server.serving"],
    ["widget"],
    ["notebook"],
    ["cli.codes"],
    ["cli.terminal", "cli.arguments"],
    ["cli.request"],
    ["cli.run", "cli.lab", "cli.reference", "cli.understand", "cli.diagnose"],
    ["cli.commands"],
    ["cli.main"],
    ["__main__"],
]
FLOOR = {name: floor for floor, names in enumerate(HOUSE) for name in names}

# The record is also what a user holds, so its methods that draw and save reach for the floors below when they are called.
DOORS = {
    "sharing": {"views.still", "views.settings", "views.cut", "views.look", "document", "export"},
    "trajectory": {"views.table", "explanation", "diagnosis.diagnosis"},
}

# Each optional or heavy library is imported in these files only.
LIBRARIES = {
    "click": {
        "cli.arguments",
        "cli.commands",
        "cli.diagnose",
        "cli.lab",
        "cli.reference",
        "cli.request",
        "cli.run",
        "cli.terminal",
        "cli.understand",
    },
    "rich": {"cli.terminal"},
    "anywidget": {"widget"},
    "traitlets": {"widget"},
    "starlette": {"server.application", "server.guard"},
    "uvicorn": {"server.serving", "server.connections"},
    "jax": {"objectives.callable"},
    "narwhals": {"document"},
    "matplotlib": {
        "export",
        "sharing",
        "views.drawing",
        "views.climber",
        "views.courses",
        "views.film",
        "views.letters",
        "views.panels",
        "views.space",
        "views.pointers",
        "views.moving",
        "views.outline",
        "views.parts",
        "views.recorder",
        "views.sheet",
        "views.stage",
        "views.stamp",
        "views.still",
        "views.style",
        "views.typeface",
        "views.typeset",
    },
    "fontTools": {"views.typeface"},
    "PIL": {"encoders.folder", "encoders.gif", "encoders.patches"},
    "imageio_ffmpeg": {"encoders.video"},
    "torch": set(),
    "optax": set(),
    "sympy": set(),
    "scipy": set(),
    "pandas": set(),
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if path.name == "__init__.py":
            name = name.removesuffix("__init__").removesuffix(".")
            if name:
                assert not path.read_text().strip(), f"{path} holds code: packages are empty but for the top"
                continue
        yield name, path


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module with whether the import stands in a function or serves types only."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.Import):
                yield from ((alias.name, is_late(node)) for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom):
                module = inner.module or ""
                for alias in inner.names:
                    yield (f"{module}.{alias.name}" if is_module(f"{module}.{alias.name}") else module), is_late(node)


def is_late(parent: ast.AST) -> bool:
    return isinstance(parent, ast.FunctionDef | ast.With) or (
        isinstance(parent, ast.If) and ast.unparse(parent.test) == "TYPE_CHECKING"
    )


def is_module(name: str) -> bool:
    return (PACKAGE.parent / Path(*name.split("."))).with_suffix(".py").exists()


@pytest.mark.parametrize(("name", "path"), list(modules()))
def test_imports_point_down(name: str, path: Path) -> None:
    assert name in FLOOR, f"{name} has no place in the house: add it to HOUSE"
    if name == "":
        return  # the door: it imports by name, when it is asked
    for module, late in imports(path):
        if not module.startswith("steepest"):
            continue
        other = module.removeprefix("steepest").removeprefix(".")
        assert FLOOR[other] < FLOOR[name] or (late and other in DOORS.get(name, ())), f"{name} imports {other}"


@pytest.mark.parametrize(("name", "path"), list(modules()))
def test_libraries_are_imported_in_one_place(name: str, path: Path) -> None:
    for module, _ in imports(path):
        library = module.partition(".")[0]
        assert library not in LIBRARIES or name in LIBRARIES[library], f"{name} imports {library}"


def test_every_place_in_the_house_is_a_file() -> None:
    assert set(FLOOR) == {name for name, _ in modules()}
