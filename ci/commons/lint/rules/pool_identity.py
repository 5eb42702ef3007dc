"""R003: what belongs to one task alone."""

from __future__ import annotations

from collections.abc import Iterator

from commons.errors import Where
from commons.lint.pool_subjects import RepositorySubject
from commons.lint.registry import Fault, rule
from commons.pool.card import CARD_FILE


@rule(code="R003", level="lint", subject="repository")
def shared_identity(subject: RepositorySubject) -> Iterator[Fault]:
    """A task has the title or the canary of another.

    ## What it finds
    A card whose `title` (but for case) or whose `canary` stands in the card of another task.

    ## Why it matters
    Readers meet tasks by their titles, and two rows with one title are one row to them. A canary tells whose items a
    model has seen; shared by two tasks, it tells nothing of either.

    ## How to mend it
    Give the task a title that says what sets it apart. Make a new canary (`commons new` shows one) and write it into
    the card and into every row.

    ## Example
    ```yaml
    title: "Dose arithmetic"   # R003: tasks/ward_doses has this title already
    ```
    """
    chosen = subject.chosen_names
    titles: dict[str, str] = {}
    canaries: dict[str, str] = {}
    for task in sorted(subject.facts.values(), key=lambda one: (one.name in chosen, one.name)):
        for what, seen, value in (("title", titles, task.title.casefold()), ("canary", canaries, task.canary)):
            other = seen.setdefault(value, task.name) if value else task.name
            if other != task.name and task.name in chosen:
                where = _line_of(subject, task.name, f"{what}:")
                mend = "Write a title of its own." if what == "title" else (
                    "Make a canary of its own (a new UUID after `eval-commons:`), in the card and in every row.")
                yield Fault(f"`{other}` has this {what} already.", where, mend)


def _line_of(subject: RepositorySubject, task: str, words: str) -> Where:
    """The line of a card that begins with ``words``; facts do not keep it."""
    path = subject.folder / task / CARD_FILE
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return Where(path, next((number for number, line in enumerate(lines, 1) if line.startswith(words)), 0))
