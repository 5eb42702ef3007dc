"""C015 to C017: what the card says about columns, answers, items and files that are there or are not."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator

from commons.lint.grading import exact_graders, short_golds, stops
from commons.lint.prompt_parts import kept
from commons.lint.registry import Fault, rule
from commons.lint.rendering import RenderedRow
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import CannotTellError, is_right, worked_answer
from commons.pool.items import item_ids

_COLUMNS = ("question", "choices", "gold", "cluster")
#: A number as people write it: a sign, groups of digits, an exponent, and then perhaps a unit.
_NUMBER = re.compile(
    r"\A(?:[-+−]|[$€£¥] ?)?\d[\d.,:'/ ]{0,40}(?:[eE][-+]?\d{1,4})?(?: ?[^\d\s][^\d]{0,30})?\Z"
    r"|\A[-+−]?\.\d+\Z"
)
_MOST_TRIED = 20
_KINDS = "text, number, json, code or regex"


@rule(code="C015", level="lint", subject="task")
def missing_column(subject: TaskSubject) -> Iterator[Fault]:
    """The card names a column that the rows do not have.

    ## What it finds
    A `fields.question`, `choices`, `gold` or `cluster` that is no column of the data. (D005 and D006 speak of the
    canary and the id.)

    ## Why it matters
    The trial runs take the question away by its column, and clusters are counted by theirs. With a wrong name the
    probe removes nothing and passes, and the interval is too narrow.

    ## How to mend it
    Copy the column's name from the rows, or write null where there is none.

    ## Example
    ```yaml
    fields: {question: qestion}   # C015: did you mean `question`?
    ```
    """
    if subject.card is None or not subject.columns:
        return
    every = frozenset().union(*(row.values for row in subject.items))
    for name in _COLUMNS:
        column = getattr(subject.fields, name)
        if column is None or column in subject.columns or column in every:
            continue
        close = difflib.get_close_matches(column, sorted(subject.columns), n=1)
        guess = f"Did you mean `{close[0]}`? " if close else ""
        mend = f"{guess}The columns are: {', '.join(f'`{one}`' for one in sorted(subject.columns))}."
        yield Fault(f"The rows have no column `{column}`.", subject.card_where("fields", name), mend)


@rule(code="C016", level="lint", subject="task")
def unfit_answer_type(subject: TaskSubject) -> Iterator[Fault]:
    """The card's answer type, or what it accepts, contradicts the task.

    ## What it finds
    - `choice` where nothing is chosen, unless the right answers are few labels that recur;
    - anything but `choice` for multiple choice, `none` for generated answers, and another type than `none` or `text`
      for log-likelihood tasks;
    - `number` where a right answer is no number, `json` where one cannot be read as JSON, `regex` where one is no
      pattern;
    - an `answer.accepts` with `case` where `exact_match` and the filters grade right answers in capital and in small
      letters as wrong (the first 20 items with letters are tried).

    ## Why it matters
    The type decides which spellings the trial runs try on the grader. With the wrong one they try what cannot be right,
    and leave out what goes wrong.

    ## How to mend it
    Write the type that the right answers have, or correct the answer that the finding names.

    ## Example
    ```yaml
    answer: {type: number}   # C016, where a row says "answer": "a dozen"
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or subject.output_type is None:
        return
    kind, where = card.answer.type, subject.card_where("answer", "type")
    if subject.output_type == "multiple_choice":
        if kind != "choice":
            yield Fault(f"The answer type is `{kind}`, and the task is multiple choice.", where, "Write `choice`.")
        return
    if subject.output_type != "generate_until":
        if kind not in {"none", "text"}:
            sentence = f"The answer type is `{kind}`, and nothing is answered in a log-likelihood task."
            yield Fault(sentence, where, "Write `none`.")
        return
    if kind == "none":
        yield Fault("The answer type is `none`, and the task grades answers.", where, f"Write {_KINDS}.")
    elif config.process_results is None and config.doc_to_choice is None:
        yield from _unfit_golds(subject, kind)
    if "case" in card.answer.accepts and _case_counts(subject):
        sentence = "The card accepts an answer in other letter case, and the metric grades it as wrong."
        mend = "Write `ignore_case: true` beside the metric, or take `case` off the list."
        yield Fault(sentence, subject.card_where("answer", "accepts"), mend)


def _case_counts(subject: TaskSubject) -> bool:
    """Whether each grader that grades golds as right grades them as wrong in other letter case."""
    graders = [grader for _, grader in exact_graders(subject.config, stops(subject.config))] if subject.config else []
    tried = 0
    for gold in short_golds(subject) if graders else ():
        text = gold.texts[0]
        if text.upper() == text.lower() or tried == _MOST_TRIED:
            continue
        tried += 1
        for grader in graders:
            try:
                answer = worked_answer(gold.value, grader)
                others = {answer.upper(), answer.lower(), answer.swapcase()} - {answer} if answer else set()
                if not others or any(is_right(other, gold.value, grader) for other in others):
                    return False
            except CannotTellError:
                return False
    return tried > 0


def _unfit_golds(subject: TaskSubject, kind: str) -> Iterator[Fault]:
    rows = [(row, golds) for row in subject.rendered_items if (golds := list(_golds(row)))]
    if kind == "choice":
        labels = {gold.strip().casefold() for _, golds in rows for gold in golds}
        if len(rows) >= 4 and len(labels) * 2 > len(rows):
            sentence = f"The answer type is `choice`, and {len(rows)} items have {len(labels)} different right answers."
            yield Fault(sentence, subject.card_where("answer", "type"), f"Write {_KINDS}.")
        return
    fits = {"number": _is_number, "json": _is_json, "regex": _is_pattern}.get(kind)
    if fits is None:
        return
    bad = [(row, gold) for row, golds in rows for gold in golds if not fits(gold)]
    if bad and len(bad) * 2 > len(rows):
        sentence = f"The answer type is `{kind}`, and most right answers are none, for example {_shown(bad[0][1])}."
        yield Fault(sentence, subject.card_where("answer", "type"), "Write the type that the right answers have.")
        return
    for row, gold in bad:
        sentence = f"The right answer {_shown(gold)} is not of the card's answer type, `{kind}`."
        yield Fault(sentence, row.where, "Correct the answer, or the type in the card.")


def _golds(row: RenderedRow) -> Iterator[str]:
    value = row.target.value if row.target else None
    for one in value if isinstance(value, list) else [value]:
        if one is not None and str(one).strip() not in {"", "None"}:
            yield str(one)


def _is_number(text: str) -> bool:
    return _NUMBER.match(text.strip()[:80]) is not None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'


@rule(code="C017", level="lint", subject="task")
def points_nowhere(subject: TaskSubject) -> Iterator[Fault]:
    """The card points to an item, a file or a task that does not exist.

    ## What it finds
    An item under `known_broken` or `suppress` whose id no row has; a `generator` that is no file of the folder; a
    `lifecycle.successor` that is the task itself or no task of the pool.

    ## Why it matters
    The broken item stays in the score, because the id was mistyped, and the reader who follows the successor arrives
    nowhere.

    ## How to mend it
    Copy the id from the row, the file's name from the folder, the task's name from `tasks/`.

    ## Example
    ```yaml
    known_broken: [{item: dose-0017, reason: two right answers}]   # C017: did you mean `dose-017`?
    ```
    """
    card = subject.card
    if card is None:
        return
    known = _ids(subject)
    for index, broken in enumerate(card.known_broken if known else []):
        if broken.item not in known:
            where = subject.card_where("known_broken", index, "item")
            yield Fault(f"No item has the id `{broken.item}`.", where, _closest(broken.item, known))
    for index, suppression in enumerate(card.suppress if known else []):
        for place, item in enumerate(suppression.items):
            if item not in known:
                where = subject.card_where("suppress", index, "items", place)
                yield Fault(f"No item has the id `{item}`.", where, _closest(item, known))
    if card.generator is not None and not _inside(subject, card.generator):
        where = subject.card_where("generator")
        mend = "Write the name of a file of this folder, or null."
        yield Fault(f"The folder has no file `{card.generator}`.", where, mend)
    successor = card.lifecycle.successor
    if successor is not None:
        where = subject.card_where("lifecycle", "successor")
        if successor == subject.folder.name:
            yield Fault("The task names itself as its successor.", where, "Name the task that replaces it, or null.")
        elif not _is_task(subject, successor):
            tasks = sorted(path.name for path in subject.folder.parent.iterdir() if path.is_dir())
            yield Fault(f"There is no task `{successor}`.", where, _closest(successor, tasks))


@kept
def _ids(subject: TaskSubject) -> frozenset[str]:
    """The ids of all rows; none where a hook makes the items or the rows cannot be read."""
    card, config = subject.card, subject.config
    if card is None or config is None or not (card.known_broken or any(one.items for one in card.suppress)):
        return frozenset()
    if config.process_docs or config.custom_dataset or config.task_class or subject.data_problems:
        return frozenset()
    splits = subject.splits.values()
    return frozenset(one for split in splits for one in item_ids([row.values for row in split.rows], card.fields))


def _closest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known)[:5_000], n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`?" if close else "Copy the name from where it stands, or remove it here."


def _inside(subject: TaskSubject, written: str) -> bool:
    """Whether the text names a file in the folder. The file is looked for, and never opened."""
    path = subject.folder / written
    try:
        return ".." not in path.parts and subject.folder in path.parents and path.is_file()
    except (OSError, ValueError):
        return False


def _is_task(subject: TaskSubject, name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]{2,63}", name) is not None and (subject.folder.parent / name).is_dir()
