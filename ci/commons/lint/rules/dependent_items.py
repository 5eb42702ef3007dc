"""D040, D045, D046 and D048: items too long to read, given away by length, that share a text, and their number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.choices import are_letters, keyed_items, share_their_choices
from commons.lint.prompt_parts import names_in
from commons.lint.questions import lines_of, question_column
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.items import DataRow
from commons.pool.yamlfile import read_text

MOST_CHARACTERS = 5_000_000
#: A gold that is so many times as long as each other choice, and so many characters longer.
TIMES_LONGER, LONGER = 3, 30
#: A shorter text is an instruction or a name, and not what several items ask about.
PASSAGE = 120
FEWEST_COUNTED = 10
_COUNTED = re.compile(r"(?<![\d.,-])(\d{1,3}(?:,\d{3})+|\d{1,6}) (?:test |new |invented )?(?:items|questions)\b")


@rule(code="D040", level="lint", subject="task")
def endless_text(subject: TaskSubject) -> Iterator[Fault]:
    """A text is longer than anybody will read.

    ## What it finds
    A row with a text of more than 5,000,000 characters, about the length of the whole Bible.

    ## Why it matters
    No model reads so much at once, and no reviewer either. Most often a file was pasted into one cell, or a loop ran
    too long. The other rules look at the beginning of such a text alone.

    ## How to mend it
    Put the part that the item asks about into the row.

    ## Example
    ```json
    {"id": "t3", "text": "word word word ... (20 megabytes)"}
    ```
    D040: cut it.
    """
    for split in subject.splits.values():
        for row in split.rows:
            for column, value in row.values.items():
                if isinstance(value, str) and len(value) > MOST_CHARACTERS:
                    sentence = f"`{column[:60]}` has {len(value):,} characters, more than anybody will read."
                    yield Fault(sentence, row.where, "Put the part that is asked about into the row.")


@rule(code="D045", level="hint", subject="task")
def one_long_gold(subject: TaskSubject) -> Iterator[Fault]:
    """The right choice of an item is far longer than the others.

    ## What it finds
    Multiple choice items whose right choice is at least three times as long as each other one, and 30 characters
    longer. D026 speaks of tasks in which this is the habit.

    ## Why it matters
    Who knows nothing takes the longest choice, and is right. With `acc`, which does not divide by length, the opposite
    happens: a long choice is less likely from the start.

    ## How to mend it
    Shorten the right choice, or make the others as exact.

    ## Example
    ```json
    {"choices": ["A knife", "A ruler", "A tool to press down the edge of the parchment while writing"], "answer": 2}
    ```
    D045: the third is eight times as long.
    """
    items = keyed_items(subject)
    if not items or share_their_choices(items) or are_letters(items[0].choices):
        return
    places = []
    for item in items:
        lengths = [len(choice.strip()) for choice in item.choices]
        own = lengths.pop(item.gold)
        if own >= TIMES_LONGER * max(lengths) and own - max(lengths) >= LONGER:
            places.append(item.where)
    # Where it is the habit, D026 has said so.
    if places and len(places) * 4 < len(items):
        sentence = f"The right choice is far longer than the others ({lines_of(places)})."
        yield Fault(sentence, places[0], "Shorten it, or make the other choices as exact.", "likely")


@rule(code="D046", level="hint", subject="task")
def shared_passages(subject: TaskSubject) -> Iterator[Fault]:
    """Items share a text, and the card does not say which belong together.

    ## What it finds
    A column of the prompt with texts of 120 characters and more, of which a fifth of the items and more share one with
    another item, in a task whose card names no column under `fields.cluster`.

    ## Why it matters
    Who misreads a text gets all its questions wrong. Items that share one tell less than as many independent ones, and
    intervals that do not know it are too narrow: a difference between two models looks certain that is luck.

    ## How to mend it
    Name the column that says which items belong together under `fields: cluster:` in the card. Where there is none,
    give the rows one, for example `passage_id`.

    ## Example
    ```yaml
    fields: {cluster: passage_id}   # without it D046: 24 items share 6 texts
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or card.fields.cluster or subject.output_type == "loglikelihood_rolling":
        return
    rows = [row for row in subject.items if subject.columns_of(row) == subject.columns]
    for column in sorted(names_in(config.doc_to_text, subject.columns) - {question_column(subject) or ""}):
        texts = Counter(text for row in rows if isinstance(text := row.values[column], str) and len(text) >= PASSAGE)
        shared = {text: times for text, times in texts.items() if times > 1}
        if len(texts) < 2 or sum(shared.values()) * 5 < len(rows):
            continue
        sentence = (
            f"{sum(shared.values())} items share {len(shared)} texts in `{column}`, and the card names no cluster:"
            " its intervals will be too narrow."
        )
        named = _same_groups(rows, column, subject)
        mend = f"Write `cluster: {named}` under `fields` in the card."
        if named is None:
            mend = "Give the rows a column that says which belong together, and name it in the card as `cluster`."
        yield Fault(sentence, subject.card_where("fields"), mend, "likely")


def _same_groups(rows: list[DataRow], column: str, subject: TaskSubject) -> str | None:
    """A column of short values that puts the items into the same groups as the texts."""
    groups = len({str(row.values[column]) for row in rows})
    for other in sorted(subject.columns - {column}):
        pairs = {(str(row.values[other])[:PASSAGE], str(row.values[column])) for row in rows}
        if len(pairs) == groups and len({value for value, _ in pairs}) == groups:
            short = all(len(str(row.values[other])) < PASSAGE for row in rows)
            return other if short else None
    return None


@rule(code="D048", level="hint", subject="task")
def other_number(subject: TaskSubject) -> Iterator[Fault]:
    """The README gives another number of items than the data.

    ## What it finds
    A README that counts "items" or "questions" in figures, where none of its counts is the number of the items, of the
    rows of another split, or of all rows together.

    ## Why it matters
    A reader takes the interval of the score from the number of items. And the number shows that data or README was
    changed without the other: perhaps rows were lost.

    ## How to mend it
    Compare, and correct the wrong one.

    ## Example
    ```markdown
    40 questions about knots.   <!-- D048, where the data have 30 -->
    ```
    """
    path = Path(subject.folder / "README.md")
    text, _ = attempt(lambda: read_text(path), path)
    several = [len(split.rows) for split in subject.splits.values()]
    if not text or not subject.items or subject.data_problems:
        return
    sizes = {*several, sum(several)}
    found = [(int(hit[1].replace(",", "")), hit.start()) for hit in _COUNTED.finditer(text)]
    # "Four questions each" and the like count something else.
    many = [one for one in found if one[0] >= FEWEST_COUNTED]
    if many and not any(count in sizes for count, _ in found):
        count, start = many[0]
        sentence = f"The README counts {count:,}, and the data have {len(subject.items):,} items."
        where = Where(path, text.count("\n", 0, start) + 1)
        yield Fault(sentence, where, "Correct the README, or look for rows that were lost.", "possible")
