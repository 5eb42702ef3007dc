"""Everything that has a name, as one list: what the search in the header leads to without its script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.pool.vocabulary import DOMAINS
from commons.publish.addresses import FIND, domain_path, language_path, model_path, suite_path, task_path
from commons.publish.languages import language
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with a page: its name, its path, what kind of thing it is, and other words to find it by."""

    name: str
    path: str
    kind: str
    words: str = ""


@dataclass(frozen=True)
class FindView:
    """All entries, and the owners of tasks with how many they answer for."""

    entries: tuple[Entry, ...]
    owners: tuple[tuple[str, int], ...]


@pool_pages
class Find:
    """The list of everything."""

    name = "find"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        description = "Every task, model, suite, domain, language and owner by name."
        yield Page(FIND, "Find", description, "find.html", partial(_view, snapshot), as_of=snapshot.as_of)


def _view(snapshot: Snapshot) -> FindView:
    cards = [task.card for task in snapshot.tasks]
    domains = sorted({card.domain for card in cards})
    tags = sorted({tag for card in cards for tag in card.languages})
    return FindView(
        (
            *(Entry(task.card.title, task_path(task.name), "task", task.name) for task in snapshot.tasks),
            *(Entry(model.name, model_path(model.id), "model", f"{model.id} {model.family}")
              for model in snapshot.models),
            *(Entry(suite.title, suite_path(suite.group), "suite", suite.group) for suite in snapshot.frame.suites),
            *(Entry(name, domain_path(name), "domain", DOMAINS[name]) for name in domains),
            *(Entry(language(tag).english, language_path(tag), "language", f"{tag} {language(tag).own}")
              for tag in tags),
        ),
        tuple(sorted(Counter(owner for card in cards for owner in card.owners).items())),
    )
