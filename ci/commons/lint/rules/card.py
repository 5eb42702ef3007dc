"""C001 to C003: the task's card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from commons.errors import Problem
from commons.lint.findings import Fix
from commons.lint.licences import licence_mend
from commons.lint.mending import Lines, fault_of, replaced_value
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

_UNREADABLE = frozenset({"yaml", "duplicate_key", "encoding", "size", "link", "unreadable"})

#: Licences as people write them, without blanks and signs, in small letters.
_LICENCES = {
    "mitlicense": "MIT", "mitlicence": "MIT", "themitlicense": "MIT", "apache20": "Apache-2.0",
    "apachelicense20": "Apache-2.0", "ccby40": "CC-BY-4.0", "ccbysa40": "CC-BY-SA-4.0", "ccbync40": "CC-BY-NC-4.0",
    "ccbyncsa40": "CC-BY-NC-SA-4.0", "ccby30": "CC-BY-3.0", "ccbysa30": "CC-BY-SA-3.0", "cc010": "CC0-1.0",
}  # fmt: skip
_WRITTEN_LICENCE = re.compile(r"`licence` is ['\"](.{1,58})['\"], ")
_AFTER_LICENCE = re.compile(r"""licence: +(["']?)([A-Za-z][A-Za-z0-9 ._-]{2,40}?)\1 *(?:#.*)?$""")
_LANGUAGE = re.compile(r"""["']?(([A-Za-z]{2,3})[_-]([A-Za-z]{2}))(?![A-Za-z0-9_-])""")


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
    lines = Lines()
    yield from (fault_of(problem, lines) for problem in subject.card_problems if problem.kind == "unknown_key")


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
    lines = Lines()
    for problem in subject.card_problems:
        if problem.kind not in spoken_for:
            fault = fault_of(problem, lines)
            mend = _licence_mend(problem) or fault.mend
            yield replace(fault, mend=mend, fix=fault.fix or _respelt(problem, lines))


def _licence_mend(problem: Problem) -> str | None:
    """The licence that is meant by words that have not the form of an identifier."""
    found = _WRITTEN_LICENCE.match(problem.sentence)
    return licence_mend(found[1]) if found else None


def _respelt(problem: Problem, lines: Lines) -> Fix | None:
    """The fix for a licence or a language tag that is known and only written in another way."""
    line, start = lines.at(problem.where), max(0, problem.where.column - 1)
    if problem.sentence.startswith("`licence` is ") and (found := _AFTER_LICENCE.match(line, start)):
        known = _LICENCES.get(re.sub(r"[ ._-]", "", found[2]).lower())
        return replaced_value(lines, problem.where, found[2], known) if known else None
    if problem.sentence.startswith("`languages.") and (found := _LANGUAGE.match(line, start)):
        return replaced_value(lines, problem.where, found[1], f"{found[2].lower()}-{found[3].upper()}")
    return None
