"""C021 to C024: what the card says of licence, lists, guessing and columns, against what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from commons.lint.grading import golds
from commons.lint.prompt_parts import names_in
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.stats.exact import binomial_tail

_OWN_LICENCE = "LicenseRef-"
#: How a file with the text of a licence is called, in small letters.
_LICENCE_FILES = ("licence", "license", "copying", "terms")
_LISTS = ("skills", "languages", "owners")
#: Fields that each mean a column of their own.
_ROLES = ("id", "question", "choices", "gold")
#: With more different answers nobody guesses among them.
_MOST_ANSWERS = 5
_MIN_ITEMS = 10
_TOLERANCE = 0.05
#: Each answer must be right so often to be one of a few that are asked for.
_SHARE = 0.1
_LOOKED_AT = 50
#: Of answers so uneven that luck does it less often than this, D029 speaks.
_UNEVEN = 0.01


@rule(code="C021", level="hint", subject="task")
def licence_without_text(subject: TaskSubject) -> Iterator[Fault]:
    """A licence of one's own has no text, or allows nothing.

    ## What it finds
    A `licence` that is no SPDX licence but a name behind `LicenseRef-`, where the folder holds no file with its text
    (LICENCE, LICENSE, COPYING or TERMS), or whose name says that all rights are reserved.

    ## Why it matters
    Nobody may run, copy or show what no licence allows, and a name alone allows nothing.

    ## How to mend it
    Take a licence of https://spdx.org/licenses, or put the text of yours into the folder as `LICENCE.md`.

    ## Example
    ```yaml
    licence: LicenseRef-All-Rights-Reserved   # C021
    ```
    """
    card = subject.card
    if card is None or not all(_OWN_LICENCE in one for one in card.licence.split(" OR ")):
        return
    where = subject.card_where("licence")
    mend = "Take a licence of https://spdx.org/licenses, or add the text of yours."
    if "reserved" in card.licence.casefold() or "proprietary" in card.licence.casefold():
        yield Fault(f"`{card.licence}` allows nobody to use the items.", where, mend, "likely")
    elif not any(path.name.casefold().startswith(_LICENCE_FILES) for path in subject.folder.iterdir()):
        yield Fault(f"The folder holds no text of the licence `{card.licence}`.", where, mend, "likely")


@rule(code="C022", level="lint", subject="task")
def listed_twice(subject: TaskSubject) -> Iterator[Fault]:
    """A list of the card names something twice.

    ## What it finds
    A skill, a language or an owner that stands twice in its list.

    ## Why it matters
    Averages by skill and by language would count the task twice. Often another word was meant.

    ## How to mend it
    Remove one of the two, or write the word that was meant.

    ## Example
    ```yaml
    skills: [knowledge, knowledge]   # C022
    ```
    """
    for name in _LISTS if subject.card else ():
        seen: set[str] = set()
        for index, one in enumerate(getattr(subject.card, name)):
            if one.casefold() in seen:
                mend = "Remove one of the two."
                yield Fault(f"`{name}` lists `{one}` twice.", subject.card_where(name, index), mend)
            seen.add(one.casefold())


@rule(code="C023", level="hint", subject="task")
def guessing_among_few(subject: TaskSubject) -> Iterator[Fault]:
    """A guess among the few right answers scores more than the card's chance.

    ## What it finds
    Generated answers of at least 10 items with 2 to 5 different right answers, each right for at least one item in
    ten, whose headline is `exact_match` and whose `chance` is null or more than .05 below 1 / (number of answers).
    Where one answer is right far more often than the others, D029 speaks.

    ## Why it matters
    Whoever is asked for yes or no is right half of the time without reading. A chance of 0 makes that look like
    knowledge.

    ## How to mend it
    Write 1 / (number of answers), or the share of the answer that is right most often.

    ## Example
    ```yaml
    headline: {metric: exact_match, direction: higher, chance: 0.0}   # C023, where every answer is yes or no
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or subject.output_type != "generate_until" or config.process_results is not None:
        return
    if card.headline.metric != "exact_match" or card.headline.unit != "proportion":
        return
    keyed = [gold.texts[0].strip().casefold() for gold in golds(subject) if len(gold.texts) == 1]
    counts = Counter(keyed)
    if len(keyed) < _MIN_ITEMS or not 2 <= len(counts) <= _MOST_ANSWERS or min(counts.values()) < _SHARE * len(keyed):
        return
    guess, chance = 1 / len(counts), card.headline.chance
    if binomial_tail(max(counts.values()), len(keyed), guess) < _UNEVEN:
        return
    if chance is None or chance < guess - _TOLERANCE:
        told = "names no chance" if chance is None else f"says that chance is {chance:g}"
        sentence = f"The right answers are {len(counts)}, so that a guess scores {guess:.3g}, and the card {told}."
        key = ("headline", "chance") if chance is not None else ("headline",)
        yield Fault(sentence, subject.card_where(*key), f"Write `chance: {guess:.3g}` under `headline`.", "likely")


@rule(code="C024", level="lint", subject="task")
def column_of_another_kind(subject: TaskSubject) -> Iterator[Fault]:
    """The card names a column that holds something else.

    ## What it finds
    Under `fields`: a column of choices that holds texts and not lists, and is not what `doc_to_choice` is made of; a
    column of the question that holds lists; one column named for two of id, question, choices and gold; and the
    question's column where only `doc_to_target` uses it, while the prompt shows the column of the gold.

    ## Why it matters
    The trial runs take the question away, and shuffle the gold, by these names. With the names exchanged they prove
    nothing.

    ## How to mend it
    Look at a row, and write for each field the column that holds it.

    ## Example
    ```yaml
    fields: {question: choices, choices: question}   # C024: they are exchanged
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or not subject.items:
        return
    fields, columns = subject.fields, subject.columns
    if fields.choices in columns and fields.choices not in names_in(config.doc_to_choice, columns) and _is_kind(
        subject, fields.choices, str
    ):
        sentence = f"The column `{fields.choices}` holds texts, and `choices` means a column of lists."
        yield Fault(sentence, subject.card_where("fields", "choices"), "Name the column with the list, or null.")
    elif fields.question in columns and _is_kind(subject, fields.question, list):
        sentence = f"The column `{fields.question}` holds lists, and `question` means a column of texts."
        yield Fault(sentence, subject.card_where("fields", "question"), "Name the column with the question.")
    else:
        yield from _exchanged(subject)


def _exchanged(subject: TaskSubject) -> Iterator[Fault]:
    config, fields, columns = subject.config, subject.fields, subject.columns
    question, gold = fields.question, fields.gold
    for one, other in combinations(_ROLES, 2):
        column = getattr(fields, one)
        if column is not None and column == getattr(fields, other) and column in subject.items[0].values:
            sentence = f"`{one}` and `{other}` name the same column, `{column}`."
            yield Fault(sentence, subject.card_where("fields", other), "Name the column that holds it, or null.")
            return
    if config is None or question not in columns or gold not in columns:
        return
    asked = names_in(config.doc_to_text, columns) | names_in(config.doc_to_choice, columns)
    target = names_in(config.doc_to_target, columns)
    if question in target - asked and gold in asked - target:
        sentence = f"`{question}` is the right answer here, and `{gold}` the question: the two are exchanged."
        yield Fault(sentence, subject.card_where("fields", "question"), "Exchange the two names.")


def _is_kind(subject: TaskSubject, column: Any, kind: type) -> bool:
    """Whether a column holds values of one kind in the first rows."""
    values = [row.values.get(column) for row in subject.items[:_LOOKED_AT]]
    return all(isinstance(value, kind) for value in values)
