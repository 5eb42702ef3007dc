"""The files of the repository that are made from the program, so that they cannot say anything else than it does.

Adding a kind of file is adding a function to :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.analyse.dimensions.page import DIMENSIONS_PAGE, dimensions_page
from commons.gates.acceptance import GATES_FOLDER
from commons.gates.acceptance import pages as gate_pages
from commons.github.labels import LABELS_PAGE, labels_page
from commons.github.lifecycle.page import proposals_page
from commons.github.lifecycle.states_page import LIFECYCLE_PAGE, lifecycle_page
from commons.github.lifecycle.texts import PROPOSALS_PAGE
from commons.github.owners import CODEOWNERS_FILE, codeowners_of, only_lags
from commons.github.settings import SETTINGS_PAGE, settings_page
from commons.lint.pages import index, rule_page
from commons.lint.registry import all_rules
from commons.pool.repository import Repository
from commons.pool.schema import SCHEMA_FILE, SCHEMA_NAMES, schema_text

RULES_FOLDER = "docs/rules"


def rule_pages() -> dict[str, str]:
    """A page for each rule, and the index of them all."""
    rules = all_rules()
    pages = {f"{RULES_FOLDER}/{rule.code}.md": rule_page(rule) for rule in rules}
    return {**pages, f"{RULES_FOLDER}/README.md": index(rules)}


def schemas() -> dict[str, str]:
    """The JSON Schemas that editors read."""
    return {SCHEMA_FILE.format(name=name): schema_text(name) for name in SCHEMA_NAMES}


def people_pages() -> dict[str, str]:
    """The pages of labels, of repository settings, of proposals, and of the life of a task."""
    return {LABELS_PAGE: labels_page(), SETTINGS_PAGE: settings_page(), PROPOSALS_PAGE: proposals_page(),
            LIFECYCLE_PAGE: lifecycle_page()}


def number_pages() -> dict[str, str]:
    """The page of what is measured beside accuracy."""
    return {DIMENSIONS_PAGE: dimensions_page()}


#: Each gives files as text by their path in the repository.
SOURCES: tuple[Callable[[], Mapping[str, str]], ...] = (rule_pages, schemas, gate_pages, people_pages, number_pages)
#: Folders in which nothing else stands: a Markdown file there that no source gives is removed.
OWNED = (RULES_FOLDER, GATES_FOLDER)


@dataclass(frozen=True)
class Stale:
    """A file that is not as the program makes it; ``text`` None means that it should not be there."""

    path: str
    text: str | None
    exists: bool

    @property
    def state(self) -> str:
        """What is wrong with it, in words."""
        if self.text is None:
            return "is made by nothing any more"
        return "differs from what the program makes" if self.exists else "is missing"


def stale(root: Path, *, lagging: bool = True) -> list[Stale]:
    """The files of the repository at ``root`` that are missing, differ, or are left over.

    Without ``lagging``, a CODEOWNERS that only lacks lines for new tasks passes: until it has them, those tasks are the
    maintainers', and pull requests that each add a task need not all touch it.
    """
    wanted = {path: text for source in SOURCES for path, text in source().items()}
    owners = codeowners_of(Repository(root))
    if owners is not None and (lagging or not only_lags(_text(root / CODEOWNERS_FILE) or "", owners)):
        wanted[CODEOWNERS_FILE] = owners
    found = [Stale(path, text, (root / path).is_file()) for path, text in wanted.items() if _text(root / path) != text]
    left = {path.relative_to(root).as_posix() for folder in OWNED for path in (root / folder).glob("*.md")}
    return sorted([*found, *(Stale(path, None, exists=True) for path in left - set(wanted))], key=lambda one: one.path)


def _text(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def refresh(root: Path, one: Stale) -> None:
    """Write the file as the program makes it, or remove it."""
    path = root / one.path
    if one.text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(one.text, encoding="utf-8", newline="\n")
