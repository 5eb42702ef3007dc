"""The house stands as its plan says: rooms use only what is below them, and heavy things stay where they belong."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import REPOSITORY_ROOT

PROGRAM = REPOSITORY_ROOT / "ci" / "commons"

#: From the ground up; a room may import itself and what stands before it.
ROOMS = [
    "errors", "pool", "stats", "text", "lint", "scaffold", "variants", "harness", "engines", "gates", "plan",
    "evaluate", "analyse", "publish", "demo", "github", "cli",
]


def imports(path: Path) -> set[str]:
    """The rooms and packages that a module imports, at its top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def modules(room: str) -> list[Path]:
    """The modules of a room."""
    return sorted((PROGRAM / room).rglob("*.py")) or [PROGRAM / f"{room}.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_what_is_below_it(room: str) -> None:
    """No module imports a room that stands above its own."""
    above = set(ROOMS[ROOMS.index(room) + 1 :])
    for path in modules(room):
        used = {name.split(".")[1] for name in imports(path) if name.startswith("commons.")}
        assert not used & above, f"{path.relative_to(PROGRAM)} reaches up to {sorted(used & above)}"


def test_every_room_has_its_place() -> None:
    """A folder of the program that the plan does not name would be checked by nobody."""
    found = {path.parent.name for path in PROGRAM.glob("*/*.py")}

    assert found == set(ROOMS) - {"errors"}


def test_only_the_harness_room_imports_the_harness() -> None:
    """lm_eval is imported in one room."""
    users = {path.relative_to(PROGRAM).parts[0] for path in PROGRAM.rglob("*.py")
             if any(name.split(".")[0] == "lm_eval" for name in imports(path))}

    assert users == {"harness"}


@pytest.mark.parametrize("room", ["pool", "text", "lint", "scaffold", "variants", "plan"])
def test_rooms_that_run_anywhere_import_nothing_heavy(room: str) -> None:
    """The light install has no numpy, torch, datasets or network client."""
    heavy = {"numpy", "scipy", "pandas", "torch", "transformers", "datasets", "httpx", "requests", "huggingface_hub"}
    for path in modules(room):
        assert not {name.split(".")[0] for name in imports(path)} & heavy, path


def test_the_door_opens_without_the_rooms_behind_it() -> None:
    """``commons --help`` imports no verb, no pydantic and nothing heavy, so it stays quick."""
    code = (
        "import sys\nfrom commons.cli import cli\n"
        "try:\n    cli.main(['--help'], standalone_mode=False)\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'pydantic', 'yaml', 'rich', 'numpy', 'torch', 'lm_eval', 'datasets'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "Question a number:" in done.stdout
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_files_stay_small() -> None:
    """A file of the program has one reason to change, which 300 lines are enough for."""
    long = {path.relative_to(PROGRAM).as_posix(): lines for path in PROGRAM.rglob("*.py")
            if (lines := path.read_text(encoding="utf-8").count("\n")) > 300}

    assert long == {}


def test_functions_stay_small() -> None:
    """A function of the program does one thing, which 50 lines are enough for, with the docstring."""
    long = {
        f"{path.relative_to(PROGRAM).as_posix()}: {node.name}": lines
        for path in PROGRAM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 50
    }

    assert long == {}


def test_every_test_says_what_it_shows() -> None:
    """Each test function opens with a sentence."""
    silent = [
        f"{path.name}:{node.lineno}"
        for path in (REPOSITORY_ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []
