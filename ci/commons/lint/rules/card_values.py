"""C004 to C006: values of the card that have the right form and still say nothing, or what cannot be."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from functools import partial

from commons.errors import Where
from commons.lint.reading import attempt, texts_of
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import Card
from commons.pool.yamlfile import read_text

_WAITING = "EDIT"
#: A line of the README that says nothing: the mark of what is still to be written, or filler.
_FILLER = re.compile(r"\s*(?:[-*>] )?(?:(?:TODO|TBD|FIXME|T\.B\.D\.)(?:\b.*)?|[xX]{3,}\.?|(?i:lorem ipsum\b.*))\s*\Z")
_LONGEST_FILLER = 200
_NO_OWNERS = frozenset({"your-github-handle", "EDIT"})
#: The example in the card's own description.
_EXAMPLE_CANARY = "eval-commons:6f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f"
#: A UUID that was drawn has about eleven different digits, and never so few.
_FEWEST_DIGITS = 4
_DRAFT = "draft"


@rule(code="C004", level="hint", subject="task")
def waiting(subject: TaskSubject) -> Iterator[Fault]:
    """A text of the card or the README still waits for you.

    ## What it finds
    A value in `card.yaml` and a line in `README.md` that begin with `EDIT`, as `commons new` writes them, the owner
    `your-github-handle`, and a line of the README that begins with `TODO` or `TBD` or is filler (`xxx`, lorem ipsum).
    In a card whose `lifecycle.state` is no longer `draft`, C019 speaks of the card.

    ## Why it matters
    These are questions that only the author can answer. Unanswered, they stand on the task's page.

    ## How to mend it
    Write the answer in place of the whole text, `EDIT:` included.

    ## Example
    ```yaml
    known_biases: "EDIT: what the items favour or leave out."   # C004
    ```
    """
    mend = "Write your own words in place of the whole text."
    draft = subject.card is None or subject.card.lifecycle.state.value == _DRAFT
    for key, text in texts_of(subject.card_document.data if subject.card_document and draft else {}, ()):
        name = ".".join(map(str, key))
        if key[0] == "owners" and text in _NO_OWNERS:
            sentence = f"`{name}` is `{text}` and still waits for you."
            yield Fault(sentence, subject.card_where(*key), "Write your GitHub handle without @.")
        elif text.startswith(_WAITING):
            yield Fault(f"`{name}` still waits for you.", subject.card_where(*key), mend)
    path = subject.folder / "README.md"
    page, _ = attempt(partial(read_text, path), path)
    for number, line in enumerate((page or "").split("\n"), start=1):
        if line.startswith(_WAITING) or _FILLER.match(line[:_LONGEST_FILLER]):
            yield Fault("This part of the README still waits for you.", Where(path, number), mend)


@rule(code="C005", level="lint", subject="task")
def placeholder_canary(subject: TaskSubject) -> Iterator[Fault]:
    """The canary is a placeholder.

    ## What it finds
    A `canary` in the card that is the example of the card's description, or whose digits nobody drew: zeros, or one
    or two digits again and again.

    ## Why it matters
    A canary is found in training data because it stands nowhere else. This one may stand anywhere.

    ## How to mend it
    Make a UUID of your own (`python -c "import uuid; print(uuid.uuid4())"`), and write it behind `eval-commons:` in
    the card and in every row.

    ## Example
    ```yaml
    canary: "eval-commons:00000000-0000-0000-0000-000000000000"   # C005
    ```
    """
    canary = subject.card.canary if subject.card else ""
    mend = "Make a UUID of your own and write it behind `eval-commons:` in the card and in every row."
    digits = canary.removeprefix("eval-commons:")
    if canary == _EXAMPLE_CANARY:
        yield Fault("The canary is the example of the guide.", subject.card_where("canary"), mend)
    elif canary and len({*digits} - {"-"}) < _FEWEST_DIGITS:
        yield Fault(f"The canary is a placeholder (`{digits[:9]}...`).", subject.card_where("canary"), mend)


@rule(code="C006", level="lint", subject="task")
def impossible_value(subject: TaskSubject) -> Iterator[Fault]:
    """A number or a date of the card cannot be.

    ## What it finds
    A headline whose `chance` or `ceiling` is not a finite number, or lies outside 0 to 1 where the unit is
    `proportion`; a `claims.smallest_difference` of 1 or more under that unit; a `first_published`, `first_date`,
    `last_date` or `lifecycle.since` after today; and a `first_published` before the `first_date` of the items.

    ## Why it matters
    Scores are drawn between chance and ceiling: with 25 in place of 0.25, every model is worse than guessing. Dates
    tell which models could have seen the items.

    ## How to mend it
    Write a proportion as a number from 0 to 1, and `null` where no chance or ceiling is known. Correct the date.

    ## Example
    ```yaml
    headline: {metric: acc, direction: higher, chance: 25}   # C006: write 0.25
    ```
    """
    card = subject.card
    if card is None:
        return
    for name in ("chance", "ceiling"):
        value = getattr(card.headline, name)
        where = subject.card_where("headline", name)
        if value is None:
            continue
        if not math.isfinite(value):
            yield Fault(f"The headline's {name} is not a finite number.", where, "Write a number, or null.")
        elif card.headline.unit == "proportion" and not 0 <= value <= 1:
            mend = "Write a number from 0 to 1, for example 0.25 for 25 %."
            yield Fault(f"The headline's {name} is {value:g}, which is no proportion.", where, mend)
    claim = card.claims.smallest_difference
    if card.headline.unit == "proportion" and not claim < 1:
        sentence = f"The claimed difference is {claim:g}, and two proportions differ by less than 1."
        mend = "Write a number between 0 and 1, for example 0.23 for 23 points."
        yield Fault(sentence, subject.card_where("claims", "smallest_difference"), mend)
    if card.first_published < card.provenance.first_date:
        sentence = (
            f"The items became public on {card.first_published.isoformat()}, and the oldest was made on "
            f"{card.provenance.first_date.isoformat()}."
        )
        yield Fault(sentence, subject.card_where("first_published"), "Correct one of the two dates.")
    # Somewhere it is tomorrow already.
    tomorrow = subject.today + datetime.timedelta(days=1)
    for key, date in _dates(card):
        if date > tomorrow:
            sentence = f"`{'.'.join(key)}` is {date.isoformat()}, which is still to come."
            yield Fault(sentence, subject.card_where(*key), "Correct the date.")


def _dates(card: Card) -> Iterator[tuple[tuple[str, ...], datetime.date]]:
    yield ("provenance", "first_date"), card.provenance.first_date
    yield ("provenance", "last_date"), card.provenance.last_date
    yield ("first_published",), card.first_published
    yield ("lifecycle", "since"), card.lifecycle.since
