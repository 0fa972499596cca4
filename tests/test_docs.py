"""Everything public is documented, and what the documents say works."""

import ast
import importlib
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import steepest
from steepest.cli.command_line import cli
from steepest.diagnosis.character import CHARACTERS
from steepest.language.operations import FUNCTIONS, VECTOR_FUNCTIONS
from steepest.objectives.gallery import GALLERY
from steepest.optimizers.zoo import OPTIMIZERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [README, *(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))]
MODULES = [
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    for path in sorted((ROOT / "src").rglob("*.py"))
    if path.name != "__init__.py" and path.name != "__main__.py"
]


def definitions(name: str) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes of a module that other files may use."""
    path = ROOT.joinpath("src", *name.split(".")).with_suffix(".py")
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("name", MODULES)
def test_every_module_and_public_name_has_a_docstring(name: str) -> None:
    assert importlib.import_module(name).__doc__
    for node in definitions(name):
        assert ast.get_docstring(node), f"{name}.{node.name}"


@pytest.mark.parametrize("name", MODULES)
def test_public_functions_say_what_they_raise(name: str) -> None:
    for node in definitions(name):
        command = any("click" in ast.unparse(each) for each in node.decorator_list)  # whose docstring is its help
        raised = [each.exc for each in ast.walk(node) if isinstance(each, ast.Raise) and each.exc is not None]
        refuses = any("InputError(" in ast.unparse(each) or "FormulaError(" in ast.unparse(each) for each in raised)
        if isinstance(node, ast.FunctionDef) and refuses and not command:
            assert "Raises:" in (ast.get_docstring(node) or ""), f"{name}.{node.name}"


@pytest.mark.parametrize("name", steepest.PLACES)
def test_every_public_name_is_in_the_readme_or_the_docs(name: str) -> None:
    assert any(re.search(rf"\b{name}\b", text) for text in PAGES)
    assert getattr(steepest, name).__doc__ is not None


def test_every_command_and_option_has_help() -> None:
    for command in cli.commands.values():
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.name
                assert any(parameter.opts[-1] in text for text in PAGES), parameter.opts


@pytest.mark.parametrize("page", ["optimizers.md", "functions.md", "diagnosis.md"])
def test_the_reference_pages_are_up_to_date(page: str) -> None:
    pages = runpy.run_path(str(ROOT / "scripts" / "reference"))["PAGES"]
    assert (ROOT / "docs" / page).read_text() == pages[page](), "run scripts/check --fix"


def test_the_diagnosis_in_the_readme_is_that_of_the_page() -> None:
    (block,) = re.findall(r"```console\n(\$ steepest diagnose .*?)```", README, re.DOTALL)
    page = (ROOT / "docs" / "diagnosis.md").read_text()
    for part in block.split("...\n"):
        assert part in page


def test_every_character_has_an_example_and_its_meaning() -> None:
    page = (ROOT / "docs" / "diagnosis.md").read_text()
    shown = {word for line in re.findall(r"^\$ steepest diagnose .*\n.*\n(.*)$", page, re.MULTILINE) for word in line.split(", ")}
    for word, meaning in CHARACTERS.items():
        assert re.search(rf"^### .*\b{word}\b", page, re.MULTILINE), word
        assert meaning.split(",")[0].lower() in " ".join(page.split()).lower(), word
        assert word == "interrupted" or word.replace("_", " ") in shown or word.replace("_", "-") in shown, word


def test_every_optimizer_and_function_is_described() -> None:
    for name, entry in OPTIMIZERS.items():
        assert entry.description.endswith("."), name
        assert entry.paper, name
        assert 1600 < entry.year < 2100, name
    for name, function in GALLERY.items():
        assert function.title, name
        assert function.description, name


@pytest.mark.parametrize("function", [*FUNCTIONS, *VECTOR_FUNCTIONS])
def test_the_language_page_names_every_function(function: str) -> None:
    assert re.search(rf"\b{function}\b", (ROOT / "docs" / "language.md").read_text())


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len(README.splitlines()) <= 150


def test_a_saved_page_is_as_small_as_the_documents_say(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "page.md").read_text()
    (most,) = re.findall(r"one HTML file of less than (\d+) kB", page)
    steepest.descend("x^2").save(tmp_path / "page.html")
    size = (tmp_path / "page.html").stat().st_size / 1000
    assert 0.9 * int(most) < size < int(most)
    (told,) = re.findall(r"wrote 4 files, (\d+) kB", page)
    assert abs(int(told) - size) < 0.03 * size


@pytest.mark.parametrize(
    "page", ["README.md", "docs/python.md", "docs/data.md", "docs/sweeps.md", "docs/bring_your_own_optimizer.md"]
)
def test_the_python_of_the_documents_runs_and_prints_what_it_says(page: str) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    expected = re.findall(r"^# (.*)$", block, re.MULTILINE)
    result = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == expected


def shown_commands() -> list[tuple[str, list[str]]]:
    """The commands of the documents that explain or compare, each with what it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for text in (README, (ROOT / "docs" / "understanding.md").read_text()):
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *lines = part.splitlines()
                if re.match(r"steepest (explain|diff) ", command) and lines:
                    found.append((command, lines))
    return found


@pytest.mark.parametrize(("command", "lines"), shown_commands(), ids=lambda part: part if isinstance(part, str) else "")
def test_the_documents_show_what_is_printed(command: str, lines: list[str]) -> None:
    words = [sys.executable, "-m", *shlex.split(command)]
    printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed == lines or (lines[-1] == "..." and printed[: len(lines) - 1] == lines[:-1])


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_the_examples_run(example: Path, tmp_path: Path) -> None:
    result = subprocess.run([sys.executable, str(example)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert not result.stderr


def commands_of_libraries() -> list[tuple[str, str]]:
    """The commands of the page about other libraries' optimizers, each with what it prints."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "bring_your_own_optimizer.md").read_text(), re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, _, printed in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize(("command", "printed"), commands_of_libraries(), ids=lambda part: part.partition("\n")[0])
def test_the_page_about_libraries_shows_what_is_printed(command: str, printed: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", *shlex.split(command)]
    result = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == (2 if printed.startswith("steepest: ") else 0), result.stderr
    assert printed in (result.stdout, result.stderr) or "--save" in command


DATA_PAGE = (ROOT / "docs" / "data.md").read_text()


def commands_over_data() -> list[tuple[str, str]]:
    """The commands of the page about data, each with what it is said to print."""
    blocks = re.findall(r"```console\n(.*?)```", DATA_PAGE, re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, _, printed in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize(("command", "printed"), commands_over_data(), ids=lambda part: part.partition("\n")[0])
def test_the_page_about_data_shows_what_is_printed(command: str, printed: str, tmp_path: Path) -> None:
    (table,) = re.findall(r"```csv\n(.*?)```", DATA_PAGE, re.DOTALL)
    (tmp_path / "houses.csv").write_text(table)
    words = [sys.executable, "-m", *shlex.split(command)]
    result = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    rest = result.stdout
    for part in filter(None, printed.split("...\n")):
        assert part in rest, part
        rest = rest.partition(part)[2]
    if "--steps 5" in command:
        (told,) = re.findall(r"```\n(minimizes .*?)```", DATA_PAGE, re.DOTALL)
        assert result.stderr == told
