"""C012 and C013: what a card says about a change, and about findings it explains away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import LifecycleState
from commons.pool.hashing import sha256_json
from commons.pool.yamlfile import read_text

#: Settings that name or describe a task and change nothing that is sent or scored.
_WORDS_ONLY = {"task_alias", "tag", "metadata", "should_decontaminate", "doc_to_decontamination_query"}


@rule(code="C012", level="lint", subject="task")
def same_version(subject: TaskSubject) -> Iterator[Fault]:
    """What is asked or scored has changed, and the card's comparability version has not.

    ## What it finds
    A task that was `active` on the main line, whose prompts, choices, right answers, metrics, filters, generation
    settings, few-shot examples or hooks differ now, while the card carries the same `comparability_version`. It needs
    a git repository; `commons lint --base REV` names another revision to compare with. It stands too where the task
    of that revision cannot be read.

    ## Why it matters
    Every stored result of the task was measured with the old items. A reader who compares an old number with a new
    one compares two tasks, and only the version tells.

    ## How to mend it
    Raise `comparability_version` by one. A typo mended in the README or in a comment does not need it.

    ## Example
    ```yaml
    comparability_version: 1   # C012: the answer of item q7 was corrected; write 2
    ```
    """
    if subject.before_unread and subject.card and subject.card.lifecycle.state is LifecycleState.ACTIVE:
        sentence = f"The task before this change cannot be read, so nobody knows what changed. {subject.before_unread}"
        yield Fault(sentence, Where(subject.folder), "Fetch the whole history, or ask a maintainer to compare the two.")
    before = subject.earlier
    if before is None or subject.card is None or before.card is None:
        return
    if before.card.lifecycle.state is not LifecycleState.ACTIVE:
        return
    old, new = before.card.comparability_version, subject.card.comparability_version
    where = subject.card_where("comparability_version")
    if new < old:
        yield Fault(f"The comparability version went down from {old} to {new}.", where, f"Write {old + 1}.")
    elif new == old and (changed := _changed(before, subject)):
        sentence = f"The task's {' and '.join(changed)} changed, and its comparability version did not."
        yield Fault(sentence, where, f"Write `comparability_version: {old + 1}`.")


def _changed(before: TaskSubject, after: TaskSubject) -> list[str]:
    parts = (("settings", _settings), ("items", _items), ("few-shot examples", _examples), ("hooks", _hooks))
    return [name for name, digest in parts if digest(before) != digest(after)]


def _settings(subject: TaskSubject) -> str:
    data = subject.document.data if subject.document else {}
    return _digest({
        key: value for key, value in data.items() if key not in _WORDS_ONLY | {"dataset_kwargs"}
    })


def _items(subject: TaskSubject) -> str:
    if subject.config is None or not subject.local_data:
        return _digest(subject.document.data.get("dataset_kwargs") if subject.document else None)
    hidden = {subject.fields.canary}
    rows = [{key: value for key, value in row.values.items() if key not in hidden} for row in subject.items]
    rendered = [
        [one.value if one else None for one in (row.text, row.choices, row.target)] for row in subject.rendered_items
    ]
    # Where a hook makes the prompts, any column may enter them; else only what is rendered does.
    sent = rows if subject.python_files or len(rendered) != len(rows) else rendered
    ids = [row.get(subject.fields.id or "") for row in rows]
    return _digest(sorted(json.dumps(pair, sort_keys=True, default=str) for pair in zip(ids, sent, strict=True)))


def _examples(subject: TaskSubject) -> str:
    return _digest([[one.value if one else None for one in (row.text, row.choices, row.target)]
                    for row in subject.rendered_examples])


def _hooks(subject: TaskSubject) -> str:
    return _digest([(path.relative_to(subject.folder).as_posix(), _text(path)) for path in subject.python_files])


def _text(path: Path) -> str | None:
    """A text, whichever ends of lines this machine gave it."""
    text, _ = attempt(lambda: read_text(path), path)
    return text.replace("\r\n", "\n") if text is not None else None


def _digest(value: object) -> str:
    return sha256_json(json.loads(json.dumps(value, default=str)))


@rule(code="C013", level="lint", subject="task")
def idle_suppression(_: TaskSubject) -> Iterator[Fault]:
    """The card explains a finding away that does not exist, or that cannot be explained away.

    ## What it finds
    An entry of `suppress` whose code finds nothing in the task, or nothing in an item that the entry names; and one
    for a code that no card can suppress: the form of the files, safety, secrets, and names.

    ## Why it matters
    An entry that hides nothing today hides the next real finding of its kind, and nobody will see it.

    ## How to mend it
    Remove the entry, or the item ids that have no such finding.

    ## Example
    ```yaml
    suppress:
      - {code: D011, reason: "two views of one case", items: [case-7]}   # C013: case-7 was rewritten since
    ```
    """
    # The runner makes this finding, once all others are known; the rule is here for its page.
    yield from ()
