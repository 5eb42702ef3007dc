"""The pages of languages: the tasks in each, and the models on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.publish.addresses import language_path
from commons.publish.groups import Group, group_key, group_of, tasks_by
from commons.publish.languages import Language, language
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot, TaskEntry


@dataclass(frozen=True)
class LanguageView:
    """A language with its tasks."""

    language: Language
    group: Group


@pool_pages
class LanguagePages:
    """One page for each language that a task is in."""

    name = "language"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each language that a task is in."""
        for tag, tasks in tasks_by(snapshot, lambda task: task.card.languages).items():
            known = language(tag)
            yield Page(language_path(tag), known.english, f"Tasks in {known.english}, and how models did on them.",
                       "language.html", partial(_view, snapshot, known, tasks), as_of=snapshot.as_of,
                       key=group_key(snapshot, tasks))


def _view(snapshot: Snapshot, known: Language, tasks: list[TaskEntry]) -> LanguageView:
    return LanguageView(known, group_of(snapshot, tasks))
