"""C001 to C003: the task's card."""

from __future__ import annotations

from collections.abc import Iterator

from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

_UNREADABLE = frozenset({"yaml", "duplicate_key", "encoding", "size", "link", "unreadable"})


@rule(code="C001", level="lint", subject="task")
def unreadable(subject: TaskSubject) -> Iterator[Fault]:
    """The card cannot be read as YAML.

    ## What it finds
    A `card.yaml` that is not valid YAML, gives one key twice, is not UTF-8 text, or is a link.

    ## Why it matters
    A card that cannot be read says nothing about owners, licence or limits, so the task's results are not shown.

    ## How to mend it
    Go to the line that is named. Most often a colon lacks its space, or a text with a colon in it lacks its quotes.

    ## Example
    ```yaml
    title: Doses: an arithmetic test   # C001: a second colon; put the text in quotes
    ```
    """
    yield from (Fault.of(problem) for problem in subject.card_problems if problem.kind in _UNREADABLE)


@rule(code="C002", level="lint", subject="task")
def unknown_key(subject: TaskSubject) -> Iterator[Fault]:
    """The card has a key that nobody knows.

    ## What it finds
    A key in `card.yaml` that is not part of the card's format.

    ## Why it matters
    Nearly always it is a misspelt key, and what it says would be read by nobody.

    ## How to mend it
    Take the spelling that the finding proposes. `commons schema` prints every key with its meaning.

    ## Example
    ```yaml
    license: CC-BY-4.0   # C002: did you mean `licence`?
    ```
    """
    yield from (Fault.of(problem) for problem in subject.card_problems if problem.kind == "unknown_key")


@rule(code="C003", level="lint", subject="task")
def wrong_value(subject: TaskSubject) -> Iterator[Fault]:
    """A field of the card is missing or has a wrong value.

    ## What it finds
    A needed field that is not there, or a value that cannot stand in its field: a date that is none, a licence that
    is no SPDX id, a skill outside the vocabulary.

    ## Why it matters
    The card is what readers of a number rely on: who answers for it, what guessing scores, what may be done with the
    data. Programs read it too, and cannot guess what was meant.

    ## How to mend it
    The finding says what belongs there. `commons schema` prints it for every field.

    ## Example
    ```yaml
    first_published: last spring   # C003: a date is written 2026-04-01
    ```
    """
    spoken_for = _UNREADABLE | {"unknown_key", "missing_file"}
    yield from (Fault.of(problem) for problem in subject.card_problems if problem.kind not in spoken_for)
