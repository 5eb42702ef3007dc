"""D012 and D013: items that stand in another task of the pool."""

from __future__ import annotations

from collections.abc import Iterator

from commons.errors import Where
from commons.lint.pool_subjects import RepositorySubject
from commons.lint.registry import Fault, rule
from commons.lint.twins import Twin

#: From here on two items are one item for every model that has learnt the other.
COPY = 0.8


@rule(code="D012", level="lint", subject="repository")
def copied_item(subject: RepositorySubject) -> Iterator[Fault]:
    """An item stands in another task of the pool already.

    ## What it finds
    An item of at least six words whose text is that of an item of another task, but for case and punctuation; or one
    of at least ten words that shares 80% of its runs of five words with it.

    ## Why it matters
    A pool measures more with every task only if its tasks ask different things. A copied item counts twice in every
    mean over tasks, and a model that was tuned on one task has seen the other.

    ## How to mend it
    Write another item, or take this one out. If the other task should give it up, agree with its owners first.

    ## Example
    ```text
    tasks/ward_round/data/test.jsonl:12   # D012: stands in tasks/dose_arithmetic/data/test.jsonl:3
    ```
    """
    for twin in subject.twins:
        if twin.likeness >= COPY:
            how = "word for word" if twin.likeness == 1 else f"but for {1 - twin.likeness:.0%} of its wording"
            sentence = f"This item stands in `{twin.other_task}` already ({_place(twin)}), {how}."
            mend = "Write another item in its place, or take it out."
            yield Fault(sentence, _where(subject, twin), mend, item=twin.item.item or None)


@rule(code="D013", level="hint", subject="repository")
def similar_item(subject: RepositorySubject) -> Iterator[Fault]:
    """An item is much like one of another task.

    ## What it finds
    An item of at least ten words that shares at least half, and less than 80%, of its runs of five words with an
    item of another task.

    ## Why it matters
    It may be the same item in other words, or two items from one source. Both make two tasks into one in part.

    ## How to mend it
    Read the two side by side. If they ask the same, write another; if they only share a passage, nothing has to be
    done.

    ## Example
    ```text
    tasks/ward_round/data/test.jsonl:12   # D013: 61% like tasks/dose_arithmetic/data/test.jsonl:3
    ```
    """
    for twin in subject.twins:
        if twin.likeness < COPY:
            sentence = f"This item is {twin.likeness:.0%} like one of `{twin.other_task}` ({_place(twin)})."
            mend = "Read the two side by side, and keep this one if they ask different things."
            yield Fault(sentence, _where(subject, twin), mend, sure="likely", item=twin.item.item or None)


def _place(twin: Twin) -> str:
    return f"{twin.other.file}:{twin.other.line}"


def _where(subject: RepositorySubject, twin: Twin) -> Where:
    return Where(subject.folder / twin.task / twin.item.file, twin.item.line)
