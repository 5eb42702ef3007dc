"""D039: items that are one sentence with other numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from commons.errors import Where
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

MIN_ITEMS = 10
MAX_TEXT = 2_000
_SHARE = 0.5
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
#: Skills whose items may well be one sum after another.
_SUMS = frozenset({"arithmetic", "coding"})


@rule(code="D039", level="hint", subject="task")
def one_sentence(subject: TaskSubject) -> Iterator[Fault]:
    """Many items are one sentence with other numbers.

    ## What it finds
    A task of at least 10 items of which more than half are the same text when each number is left out. Tasks whose
    card names the skill arithmetic or coding are left alone. The first 2,000 characters of a prompt are looked at.

    ## Why it matters
    They are one question, asked again and again. A model that can do one can do all, so that the score says less than
    its number of items promises.

    ## How to mend it
    Write other questions. If the numbers are the point, name the skill arithmetic in the card.

    ## Example
    ```json
    {"question": "How many minutes are 3 hours and 5 minutes?"}
    {"question": "How many minutes are 7 hours and 12 minutes?"}
    ```
    D039, where it goes on like this.
    """
    card = subject.card
    items = subject.seen_items
    if card is None or _SUMS & set(card.skills) or len(items) < MIN_ITEMS:
        return
    first: dict[str, Where] = {}
    shapes: Counter[str] = Counter()
    for item in items:
        text = item.bare_prompt[:MAX_TEXT]
        shape = _NUMBER.sub("0", text)
        if shape != text or "0" in text:
            shapes[shape] += 1
            first.setdefault(shape, item.row.where)
    shape, count = max(shapes.items(), key=lambda pair: pair[1], default=("", 0))
    if count > _SHARE * len(items) and len({item.bare_prompt for item in items}) > 1:
        sentence = f"{count} of {len(items)} items are one sentence with other numbers."
        mend = "Write other questions, or name the skill arithmetic in the card."
        yield Fault(sentence, first[shape], mend, "likely")
