"""``data/search.json``: the names that the search in the header finds, each with the words it is found by."""

from __future__ import annotations

import json
from collections.abc import Iterable

from commons.pool.vocabulary import DOMAINS
from commons.publish import addresses
from commons.publish.addresses import CONTRIBUTORS, domain_path, language_path, model_path, suite_path, task_path
from commons.publish.inert import visible
from commons.publish.snapshot import Snapshot

#: Words that find an entry, its title, its address from the site's root, and what it is.
Entry = tuple[str, str, str, str]

#: The pages that there is one of: other words to find each by, and its title as it says itself.
PAGES: tuple[Entry, ...] = tuple((words, title, path, "page") for words, title, path in (
    ("start ranking results home", "Results", addresses.HOME), ("list", "Tasks", addresses.TASKS),
    ("list", "Models", addresses.MODELS), ("two pairs difference", "Compare", addresses.COMPARE),
    ("missing not run stale states", "Coverage", addresses.COVERAGE),
    ("help words glossary margin interval cell", "How to read a number", addresses.READING),
    ("news corrections withdrawn", "Changes", addresses.CHANGES), ("formulas thresholds", "Method", addresses.METHOD),
    ("licence cite privacy", "About", addresses.ABOUT), ("checks trial", "Gates", addresses.GATES),
    ("lint checks", "Rules", addresses.RULES), ("waiting", "Queue", addresses.QUEUE),
    ("owners people", "Contributors", addresses.CONTRIBUTORS),
    ("training data leak cutoff", "Contamination", addresses.CONTAMINATION),
    ("diagnosis headroom retire", "Saturation and lifecycle", addresses.LIFECYCLE),
    ("all models tasks domain", "Table of all models on all tasks", addresses.MATRIX_PAGE),
    ("download csv json parquet api feeds badges", "Data", addresses.DATA_PAGE),
))


def text_of_search(snapshot: Snapshot) -> str:
    """The file's text: a list and nothing else, because the header reads it on every page."""
    entries = [[visible(part) for part in entry] for entry in _entries(snapshot)]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":")) + "\n"


def _entries(snapshot: Snapshot) -> Iterable[Entry]:
    cards = [task.card for task in snapshot.tasks]
    for task in snapshot.tasks:
        words = [task.name, task.card.domain, *task.card.skills, *task.card.languages]
        yield " ".join(words), task.card.title, task_path(task.name), "task"
    for model in snapshot.models:
        yield f"{model.id} {model.family}", model.name, model_path(model.id), "model"
    for suite in snapshot.frame.suites:
        yield suite.group, suite.title, suite_path(suite.group), "suite"
    for domain in sorted({card.domain for card in cards}):
        yield DOMAINS[domain], domain, domain_path(domain), "domain"
    for tag in sorted({tag for card in cards for tag in card.languages}):
        yield "", tag, language_path(tag), "language"
    # Handles differ by more than the case of their letters.
    for owner in sorted({handle.lower(): handle for card in reversed(cards) for handle in card.owners}.values()):
        yield owner, f"@{owner}", f"{CONTRIBUTORS}#{owner}", "owner"
    yield from PAGES
