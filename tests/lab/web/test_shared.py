"""What the page shares with Python is written by Python, and every module of the page can be bundled."""

import pkgutil
import re

from steepest.lab.bundle import DEFAULT, EXPORT, FOLDER, IMPORT, modules
from steepest.lab.tables import data, data_sets, diagnosis, language, objectives, optimizers, sweep
from steepest.lab.tables.shared import MODULE, shared

READERS = (  # what the page does not import yet
    "model/language/algebra/derivative.js",
    "model/language/notation/latex.js",
    "model/language/notation/mathml.js",
    "model/optimizers/reading.js",
)


def test_the_shared_modules_are_up_to_date() -> None:
    assert MODULE.read_text(encoding="utf-8") == shared(), "run scripts/check --fix"
    for each in (data, data_sets, diagnosis, language, objectives, optimizers, sweep):
        assert each.MODULE.read_text(encoding="utf-8") == each.tables(), "run scripts/check --fix"


def test_the_bundle_knows_every_import_and_export() -> None:
    for path in FOLDER.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(r"^import ", text, re.MULTILINE)) == len(IMPORT.findall(text)), path
        exported = len(EXPORT.findall(text)) + len(DEFAULT.findall(text))
        assert len(re.findall(r"^export ", text, re.MULTILINE)) == exported, path


def test_no_two_modules_are_called_alike_in_the_bundle() -> None:
    files = [str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.js")]
    assert len({tuple(name.split("/")[-2:]) for name in files}) == len(files)


def test_no_module_of_the_page_is_left_over() -> None:
    hosts = ("hosts/file.js", "hosts/server.js", "hosts/service_worker.js", "hosts/unpack.js", "hosts/widget.js")
    used = modules(*hosts, *READERS)
    assert sorted(used) == sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.js"))


def test_what_the_page_s_comments_refer_to_exists() -> None:
    named = [name for path in FOLDER.rglob("*.js") for name in re.findall(r"`(steepest(?:\.\w+)+)`", path.read_text("utf-8"))]
    assert named
    for name in named:
        pkgutil.resolve_name(name)
