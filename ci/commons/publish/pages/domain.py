"""The pages of domains: the tasks of each, and the models on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.pool.vocabulary import DOMAINS
from commons.publish.addresses import domain_path
from commons.publish.groups import Group, group_key, group_of, tasks_by
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot, TaskEntry


@dataclass(frozen=True)
class DomainView:
    """A domain with the sentence that says what it is."""

    name: str
    about: str
    group: Group


@pool_pages
class DomainPages:
    """One page for each domain that has a task."""

    name = "domain"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each domain that has a task."""
        for name, tasks in tasks_by(snapshot, lambda task: [task.card.domain]).items():
            title = name.capitalize()
            yield Page(domain_path(name), title, f"Tasks on {name}, and how models did on them.", "domain.html",
                       partial(_view, snapshot, name, tasks), as_of=snapshot.as_of, key=group_key(snapshot, tasks))


def _view(snapshot: Snapshot, name: str, tasks: list[TaskEntry]) -> DomainView:
    return DomainView(name, DOMAINS[name], group_of(snapshot, tasks))
