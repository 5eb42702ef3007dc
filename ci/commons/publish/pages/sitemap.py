"""Which pages search engines may list: all but tools, and what the listed ones lead to.

Left out are the later pages of long lists, the pages of items (the cells' pages show the same items), and the pages
that are nothing without a question.
"""

from __future__ import annotations

from collections.abc import Iterable

from commons.gates.catalogue import all_gates, model_gates
from commons.lint.registry import all_rules
from commons.publish import addresses
from commons.publish.data.sitemap import Address, files_of, robots_of
from commons.publish.method import chapters
from commons.publish.pages import Data, pool_pages
from commons.publish.snapshot import Snapshot, newest
from commons.publish.source_docs import PROGRAM

#: The pages that there is one of.
SINGLE = (
    addresses.HOME, addresses.TASKS, addresses.MODELS, addresses.COMPARE, addresses.COVERAGE, addresses.CHANGES,
    addresses.READING, addresses.METHOD, addresses.ABOUT, addresses.GATES, addresses.RULES, addresses.QUEUE,
    addresses.CONTRIBUTORS, addresses.CONTAMINATION, addresses.LIFECYCLE,
    addresses.MATRIX_PAGE, addresses.DATA_PAGE,
)


@pool_pages
class Sitemap:
    """The sitemap, and robots.txt."""

    name = "sitemap"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """A sitemap needs whole addresses, so there is none where the site's own is not known."""
        site = snapshot.frame.place.site
        yield Data("robots.txt", robots_of(site))
        if site is not None:
            for path, text in files_of(site, list(_pages(snapshot))).items():
                yield Data(path, text)


def _pages(snapshot: Snapshot) -> Iterable[Address]:
    for path in SINGLE:
        yield path, snapshot.as_of
    for path in _of_program():
        yield path, None
    for task in snapshot.tasks:
        survey = snapshot.surveys[task.name]
        states = (*survey.states, *survey.others)
        yield addresses.task_path(task.name), newest(states)
        for state in states:
            if state.facts is not None and state.paged:
                yield addresses.cell_path(state), newest([state])
    for model in snapshot.models:
        yield addresses.model_path(model.id), newest(snapshot.of_model(model))
    for first, second in snapshot.frame.pairs:
        yield addresses.pair_path(first, second), None
    for suite in snapshot.frame.suites:
        yield addresses.suite_path(suite.group), None
    cards = [task.card for task in snapshot.tasks]
    for domain in sorted({card.domain for card in cards}):
        yield addresses.domain_path(domain), None
    for tag in sorted({tag for card in cards for tag in card.languages}):
        yield addresses.language_path(tag), None
    for gone in snapshot.tombstones:
        yield addresses.task_path(gone.task), gone.date


def _of_program() -> Iterable[str]:
    """The pages that say what the program does; they are the same for every pool."""
    yield from (addresses.rule_path(rule.code) for rule in all_rules())
    yield from (addresses.gate_path(gate.name) for gate in (*all_gates(), *model_gates()))
    yield from (chapter.path for chapter in chapters(PROGRAM))
