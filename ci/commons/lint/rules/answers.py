"""D029 and D032: golds that need no question, and golds with a stray space."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from commons.errors import Where
from commons.lint.choices import are_letters, keyed_items, share_their_choices
from commons.lint.grading import exact_graders, golds
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import (
    MAX_GOLD,
    CannotTellError,
    Grader,
    is_right,
    worked_answer,
)
from commons.stats.exact import binomial_tail

MAX_CLASSES = 6
MIN_ITEMS = 20
ALPHA = 0.01


@rule(code="D029", level="hint", subject="task")
def one_answer_leads(subject: TaskSubject) -> Iterator[Fault]:
    """One answer is right for more than half of the items.

    ## What it finds
    A task of at least 20 items with at most 6 different answers, of which one is right for more than half of the
    items, and more often than an even share and luck allow. Also multiple choice whose choices name classes.

    ## Why it matters
    A model that always gives this answer scores so much without reading anything. A score below it says nothing.

    ## How to mend it
    Add items for the other answers, or take some of this one away. Where the world is so uneven, say in the README
    what the constant answer scores, and choose a metric that allows for it, such as `mcc` or `f1`.

    ## Example
    ```json
    {"id": "a1", "question": "Is 7 prime?", "answer": "yes"}
    ```
    D029, where 70 of 100 answers are yes.
    """
    answers = _class_answers(subject)
    counts = Counter(text for _, text in answers)
    if len(answers) < MIN_ITEMS or not 0 < len(counts) <= MAX_CLASSES:
        return
    text, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    share = count / len(answers)
    if share > 0.5 and (len(counts) == 1 or binomial_tail(count, len(answers), 1 / len(counts)) < ALPHA):
        first = next(where for where, one in answers if one == text)
        sentence = f"Always answering `{text[:60]}` is right in {count} of {len(answers)} items ({share:.0%})."
        yield Fault(sentence, first, "Balance the answers, or say in the README what the constant answer scores.")


def _class_answers(subject: TaskSubject) -> list[tuple[Where, str]]:
    """Each item's place and right answer, where answers are texts or names of classes."""
    config = subject.config
    if config is None or config.process_results is not None or subject.output_type == "loglikelihood_rolling":
        return []
    if subject.output_type == "multiple_choice":
        items = keyed_items(subject)
        classes = bool(items) and share_their_choices(items) and not are_letters(items[0].choices)
        return [(item.where, item.choices[item.gold]) for item in items] if classes else []
    single = (gold for gold in golds(subject) if len(gold.texts) == 1)
    return [(subject.rendered_items[gold.place].where, gold.texts[0].strip().casefold()) for gold in single]


@rule(code="D032", level="lint", subject="task")
def stray_space(subject: TaskSubject) -> Iterator[Fault]:
    """A gold or a choice begins or ends with a stray space or line break.

    ## What it finds
    A choice, or a gold that is compared letter by letter, that ends with white space; one that begins with white
    space where others do not; and golds with white space that the filters take off every answer.

    ## Why it matters
    The model would have to produce the space, and nobody sees that it did not. Among choices, the one with the space
    is scored as another text than the author meant.

    ## How to mend it
    Remove the space. If every gold has it, look at `doc_to_target`: a text after `|` in YAML ends with a line break.

    ## Example
    ```json
    {"question": "2 + 3?", "answer": "5 "}
    ```
    D032: the gold ends with a space.
    """
    texts, key = _compared_texts(subject)
    leads = Counter(_lead(text) for row in texts for text in row[1])
    usual = max(leads, key=lambda lead: (leads[lead], -len(lead)), default="")
    found = [(where, _space_fault(row, usual)) for where, row in texts]
    faulty = [(where, fault) for where, fault in found if fault]
    mend = "Remove the white space."
    if len(faulty) > 1 and len(faulty) == len(texts):
        sentence = f"In all {len(texts)} items {faulty[0][1]}."
        yield Fault(sentence, subject.where(key), f"Remove the white space here or in the rows: see `{key}`.")
    else:
        for where, fault in faulty:
            yield Fault(f"{(fault or '')[0].upper()}{(fault or '')[1:]}.", where, mend)
    if usual and not faulty and key == "doc_to_target" and _filters_strip(subject):
        sentence = "Every gold begins with white space, and the filter takes it off every answer."
        yield Fault(sentence, subject.where(key), f"Remove the white space in `{key}` or in the rows.")


def _compared_texts(subject: TaskSubject) -> tuple[list[tuple[Where, list[str]]], str]:
    """The texts of each item that are compared or scored letter by letter, and the setting that gives them."""
    config = subject.config
    if config is None or config.process_results is not None:
        return [], ""
    rows = subject.rendered_items
    if subject.output_type == "multiple_choice":
        listed = [(row.where, row.choices.value) for row in rows if row.choices and isinstance(row.choices.value, list)]
        texts = [(where, [one for one in choices if isinstance(one, str) and one.strip()]) for where, choices in listed]
        return texts, "doc_to_choice"
    graders = exact_graders(config) if subject.output_type == "generate_until" else [(None, Grader())]
    if not graders or subject.output_type == "loglikelihood_rolling" or subject.output_type is None:
        return [], ""
    arguments = graders[0][1].arguments
    texts = [
        (rows[gold.place].where, [text for text in gold.texts if text.strip() and _space_counts(text, arguments)])
        for gold in golds(subject)
    ]
    return texts, "doc_to_target"


def _space_counts(text: str, arguments: object) -> bool:
    """Whether the comparison sees the white space around ``text``."""
    if text == text.strip() or len(text) > MAX_GOLD:
        return True
    return not is_right(text.strip(), text, Grader(arguments=arguments if isinstance(arguments, dict) else {}))


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _space_fault(texts: Iterable[str], usual: str) -> str | None:
    for text in texts:
        shown = repr(text if len(text) <= 60 else f"...{text[-40:]}")
        if text != text.rstrip():
            return f"`{shown}` ends with white space"
        if _lead(text) != usual:
            return f"`{shown}` does not begin like the others, with {repr(usual) if usual else 'no space'}"
    return None


def _filters_strip(subject: TaskSubject) -> bool:
    """Whether no filter lets a gold's leading white space through, as the first gold shows."""
    graders = exact_graders(subject.config) if subject.config else []
    first = next(iter(golds(subject)), None)
    if first is None or not graders or len(first.texts[0]) > MAX_GOLD:
        return False
    try:
        return all(worked_answer(first.texts[0], grader) is None for _, grader in graders) and any(
            worked_answer(first.texts[0].strip(), grader) is not None for _, grader in graders
        )
    except CannotTellError:
        return False
