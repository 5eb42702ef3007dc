"""Texts of the program that are pages of the site: where they stand, and how links between them are turned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from commons.gates.acceptance import ACCEPTANCE, GATES_FOLDER
from commons.gates.acceptance import pages as gate_pages
from commons.lint.pages import index, rule_page
from commons.lint.registry import all_rules
from commons.publish.addresses import COVERAGE, GATES, LIFECYCLE, QUEUE, RULES, gate_path, rule_path
from commons.publish.markdown import Link, plain, title_and_rest, to_html

RULES_FOLDER = "docs/rules"
#: Files of the repository that have a page with the same content here.
_KNOWN = {f"{RULES_FOLDER}/README.md": RULES, f"{GATES_FOLDER}/README.md": GATES, ACCEPTANCE: GATES,
          "LIFECYCLE.md": LIFECYCLE, "docs/queue.md": QUEUE, "docs/coverage.md": COVERAGE}
_PAGE = re.compile(rf"({RULES_FOLDER}|{GATES_FOLDER})/(\w+)\.md")


@dataclass(frozen=True)
class Document:
    """A text as a page: its title in words, and the rest as HTML."""

    title: str
    body: Markup


def rule_texts() -> Mapping[str, str]:
    """The text about each rule, by its file in the repository, and the index of all."""
    rules = all_rules()
    pages = {f"{RULES_FOLDER}/{rule.code}.md": rule_page(rule) for rule in rules}
    return {**pages, f"{RULES_FOLDER}/README.md": index(rules)}


def gate_texts() -> Mapping[str, str]:
    """The text about each gate, by its file in the repository, and what a task must show before it is accepted."""
    return {path: text for path, text in gate_pages().items() if path != f"{GATES_FOLDER}/README.md"}


def address_of(file: str) -> str | None:
    """The page of a file of the repository; None where it has none.

    >>> address_of("docs/rules/C001.md"), address_of("docs/forking.md")
    ('rules/C001.html', None)
    """
    if file in _KNOWN:
        return _KNOWN[file]
    found = _PAGE.fullmatch(file)
    if found is None:
        return None
    return rule_path(found.group(2)) if found.group(1) == RULES_FOLDER else gate_path(found.group(2))


def document(file: str, text: str) -> Document:
    """The text of ``file`` as a page: links go to other pages of the site, or to the web, or are words only."""
    title, rest = title_and_rest(text)
    return Document(plain(title), to_html(rest, _links(file)))


def _links(file: str) -> Link:
    page = address_of(file) or file
    root = "../" * page.count("/")

    def link(href: str) -> str | None:
        if href.startswith(("https://", "http://")):
            return href
        target, _, fragment = href.partition("#")
        if not target:
            return href
        path = address_of(_inside(PurePosixPath(file).parent / target))
        return None if path is None else f"{root}{path}{'#' + fragment if fragment else ''}"

    return link


def _inside(path: PurePosixPath) -> str:
    """The path with its steps upwards taken."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def own_text(file: str) -> str | None:
    """A file of the checkout that this program runs from; None where it runs from none."""
    path = Path(__file__).resolve().parents[3] / file
    return path.read_text(encoding="utf-8") if path.is_file() else None
