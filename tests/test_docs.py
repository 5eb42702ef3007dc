"""What the documents say is true: their commands run, their links lead somewhere, their lists are whole."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from commons.cli import VERBS, cli
from tests.builders import REPOSITORY_ROOT
from tests.cli.running import commons

DOCUMENTS = [REPOSITORY_ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "LIFECYCLE.md")]
PAGES = [*DOCUMENTS, *sorted(REPOSITORY_ROOT.glob("docs/**/*.md")), *sorted(REPOSITORY_ROOT.glob("tasks/**/*.md"))]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, to run the documents' commands in."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("tasks", "results", "site", "docs"):
        shutil.copytree(REPOSITORY_ROOT / name, root / name)
    shutil.copyfile(REPOSITORY_ROOT / "models.yaml", root / "models.yaml")
    return root


@pytest.mark.parametrize("document", [
    "README.md", "CONTRIBUTING.md", "docs/running.md", "docs/numbers.md", "docs/site.md"])
def test_the_commands_of_a_document_run(document: str, clone: Path) -> None:
    """Every line that begins with ``$ commons`` ends with exit code 0, in the order of the document."""
    pytest.importorskip("scipy")
    text = (REPOSITORY_ROOT / document).read_text(encoding="utf-8")
    commands = re.findall(r"^\$ commons (.+)$", text, re.MULTILINE)

    assert commands
    for command in commands:
        ran = commons(*shlex.split(command), cwd=clone)
        assert ran.code == 0, f"commons {command}\n{ran.out}\n{ran.err}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY_ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    """Each relative link of a page is a file of the repository."""
    for link in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_every_verb_stands_in_the_door_with_help_and_an_example() -> None:
    """The list of verbs is the modules' own, each with a help text, and each shows an example."""
    for verb in VERBS:
        command = cli.get_command(None, verb)
        assert command is not None
        assert command.help
        assert f"commons {verb}" in (command.epilog or ""), verb


def test_decisions_are_numbered_and_say_their_price() -> None:
    """Each decision says what was decided, why, and what it costs."""
    pages = sorted((REPOSITORY_ROOT / "docs" / "decisions").glob("0*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert all(part in text for part in ("**Decided.**", "**Why.**", "**The price.**")), page.name


def test_no_document_names_a_machine() -> None:
    """Nothing that is committed as text names a folder of one machine."""
    for path in [*PAGES, REPOSITORY_ROOT / "Makefile", REPOSITORY_ROOT / "pyproject.toml"]:
        assert not re.search(r"/(root|home|work|tmp)/", path.read_text(encoding="utf-8")), path
