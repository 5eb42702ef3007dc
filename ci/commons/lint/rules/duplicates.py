"""D010, D011 and D014: items of one task that ask the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from commons.lint.close_items import close_pairs
from commons.lint.item_texts import Asked, SeenItem, seen_items
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT, item_templates, render_rows
from commons.lint.subject import TaskSubject
from commons.pool.items import DataRow
from commons.text.normalise import normalised
from commons.text.similar import SIZE, Pair, Shingles, jaccard, shingles, similar_sets

#: Lee et al. (2022), arXiv 2107.06499: from here on two texts are one text with small changes.
THRESHOLD = 0.8
#: Shorter texts, of fewer than eight words, are alike by chance: of them only equal ones count.
FEWEST_SHINGLES = 4
#: What more than this share of the items say, and more than so many, is no sign of a copy.
SHARED = 0.05
MOST_ALIKE = 4
#: In tasks of so many items at most, groups of copies are looked for among what several items say; a group holds so
#: many of them, and four fifths of the items, at most: what more share is a template.
MOST_IN_GROUPS, LARGEST_GROUP, NEARLY_ALL = 100, 20, 0.8
#: From so many words on, two items that differ in letter case and punctuation alone are one item.
LONG_WORDS = 10
#: Each example is held against so many items at most, so that the work stays in bounds.
MOST_NEAR = 2_000
NONE: Shingles = frozenset()


@rule(code="D010", level="lint", subject="task")
def repeated_item(subject: TaskSubject) -> Iterator[Fault]:
    """An item asks the same as an earlier one.

    ## What it finds
    Two items whose prompt and choices are the same to the model but for letter case, spacing, punctuation, or the
    order of the choices. Where the two have different right answers, they contradict each other.

    ## Why it matters
    A question that is asked twice counts twice, and the task seems more exact than it is. Of two that contradict each
    other, every model gets one wrong.

    ## How to mend it
    Remove one of the two. Where they contradict each other, find out which answer is right first. If the two differ
    in something that the prompt does not show, as where the template lacks the question, put it into the prompt.

    ## Example
    ```json
    {"id": "q1", "question": "How many bones has a hand?", "choices": ["26", "27"], "answer": 1}
    {"id": "q2", "question": "How many bones has a hand? ", "choices": ["27", "26"], "answer": 0}
    ```
    D010: the second asks the same as the first.
    """
    first: dict[Asked, SeenItem] = {}
    for item in subject.seen_items:
        asked = item.asked
        if not any((asked[0], *asked[1])):
            continue
        earlier = first.setdefault(asked, item)
        if earlier is item:
            continue
        place = _place(earlier.row, subject)
        if hidden := _not_shown(item, earlier, subject):
            sentence = f"This item's prompt is that of {place}, for the prompt does not show `{hidden}`, which differs."
            yield Fault(sentence, item.row.where, f"Put `{{{{{hidden}}}}}` into `doc_to_text`.")
        elif item.gold == earlier.gold:
            yield Fault(f"This item asks the same as {place}.", item.row.where, "Remove one of the two.")
        elif item.written == earlier.written or len(asked[0].split()) >= LONG_WORDS:
            sentence = f"This item asks the same as {place}, and has another right answer: they contradict each other."
            mend = "Find out which answer is right, and remove the other item."
            yield Fault(sentence, item.row.where, mend)


def _not_shown(one: SeenItem, other: SeenItem, subject: TaskSubject) -> str | None:
    """The column of the question, where two items with one prompt differ in it and it stands in neither."""
    column = subject.fields.question or "question"
    written = [item.row.values.get(column) for item in (one, other)]
    asked = [normalised(text) for text in written if isinstance(text, str)]
    if len(asked) < 2 or not all(asked) or asked[0] == asked[1]:
        return None
    return None if any(text in normalised(one.prompt) for text in asked) else column


@rule(code="D011", level="lint", subject="task")
def nearly_repeated_item(subject: TaskSubject) -> Iterator[Fault]:
    """An item nearly repeats another.

    ## What it finds
    Two items that share four fifths of their runs of five words (a Jaccard index of at least 0.8, found by MinHash
    and confirmed exactly), and do not say that they belong together. Runs of words that
    more than one item in twenty (and more than four) have come from a template, or from a text that several items ask
    about, and are left out; two items that differ in them are no copies, and items with fewer than eight words of
    their own are not looked at. In tasks of up to 100 items, groups of up to 20 items are found too that share all but
    one word, and have the same right answer or differ only in the last words. Where the card names the column of the
    question (`fields: question:`), the questions must be alike too.

    ## Why it matters
    Intervals are computed as if each item told something new. Two that nearly say the same tell little more than one,
    and the score looks more certain than it is.

    ## How to mend it
    Keep one of the two. If both are wanted, for example as a pair in which one word changes the right answer, write
    the same value into a column of both rows and name that column under `fields: cluster:` in the card: the intervals
    then know that the two belong together.

    ## Example
    ```json
    {"id": "q1", "question": "A nurse gives 250 mg of a drug three times a day ... How much is left?"}
    {"id": "q2", "question": "A nurse gives 250 mg of a drug three times a day ... How much remains?"}
    ```
    D011: all words but one are the same.
    """
    items = _different(subject.seen_items)
    for pair in _alike(items, subject):
        one, other = items[pair.first], items[pair.second]
        if _share_a_cluster(one.row, other.row, subject):
            continue
        pairwise = " The two have different right answers." if one.gold != other.gold else ""
        sentence = f"This item nearly repeats {_place(one.row, subject)} (Jaccard index {pair.jaccard:.2f}).{pairwise}"
        if pair.jaccard < THRESHOLD:
            sentence = f"This item asks what {_place(one.row, subject)} asks, in nearly the same words."
        column = subject.fields.cluster or "cluster"
        told = "" if subject.fields.cluster else f" and write `cluster: {column}` under `fields` in the card"
        mend = f"Remove one; or, if both are meant, give both rows the same value in a column `{column}`{told}."
        yield Fault(sentence, other.row.where, mend)


@rule(code="D014", level="lint", subject="task")
def example_is_an_item(subject: TaskSubject) -> Iterator[Fault]:
    """A few-shot example is one of the items, or nearly so.

    ## What it finds
    A row of the few-shot split, or an example in `fewshot_config`, that asks the same as an evaluated item, or shares
    four fifths of its runs of five words with one.

    ## Why it matters
    The examples stand before each question with their right answers: the model is shown the answer to the item.

    ## How to mend it
    Remove the row from one of the two files, or write another example.

    ## Example
    ```text
    data/dev.jsonl:2    {"question": "How many bones has a hand?", "answer": "27"}
    data/test.jsonl:9   {"question": "How many bones has a hand?", "answer": "27"}   # D014 at data/dev.jsonl:2
    ```
    """
    examples = _examples(subject)
    if not examples:
        return
    items = subject.seen_items
    by_text = {item.asked: item for item in reversed(items)}
    mend = "Remove it from one of the two, or write another example."
    others: list[SeenItem] = []
    for example in examples:
        if (same := by_text.get(example.asked)) and any((example.prompt, *example.choices)):
            sentence = f"This few-shot example is also an item: {_place(same.row, subject)}."
            yield Fault(sentence, example.row.where, mend)
        else:
            others.append(example)
    for example, item, index in _near_items(others, _different(items)):
        place = _place(item.row, subject)
        sentence = f"This few-shot example nearly repeats an item, {place} (Jaccard index {index:.2f})."
        yield Fault(sentence, example.row.where, mend)


def _near_items(
    examples: Sequence[SeenItem], items: Sequence[SeenItem]
) -> Iterator[tuple[SeenItem, SeenItem, float]]:
    """For each example that nearly repeats an item, the nearest such item and the Jaccard index."""
    wanted = frozenset().union(*(example.shingles for example in examples))
    near = [item for item in items if len(item.shingles & wanted) >= FEWEST_SHINGLES]
    common = _common(items) if near else NONE
    pool = [one for one in zip(near, _own_shingles(near, common), strict=True) if one[1] & wanted]
    for example, own in zip(examples, _own_shingles(examples, common), strict=True):
        found = [(jaccard(own, other), place) for place, (_, other) in enumerate(pool[:MOST_NEAR])]
        index, place = max(found, default=(0.0, 0))
        if index >= THRESHOLD:
            yield example, pool[place][0], index


def _examples(subject: TaskSubject) -> tuple[SeenItem, ...]:
    """The few-shot examples put like items; none where they are the items, of which T005 speaks, or a hook's affair."""
    config = subject.config
    if config is None or not subject.seen_items:
        return ()
    own = config.fewshot_config or {}
    split, samples = own.get("split") or config.fewshot_split, own.get("samples")
    evaluated = set(_files(subject, config.evaluated_split))
    rows: tuple[DataRow, ...] = ()
    if isinstance(split, str) and split in subject.splits and not own.get("process_docs"):
        rows = () if evaluated & set(_files(subject, split)) else subject.splits[split].rows
    elif split is None and isinstance(samples, list):
        rows = tuple(
            DataRow(subject.where(FEWSHOT, "samples", index), sample)
            for index, sample in enumerate(samples)
            if isinstance(sample, dict)
        )
    rendered = render_rows(item_templates(config, subject.columns), rows)
    return seen_items(rows, rendered, subject.fields, subject.output_type)


def _files(subject: TaskSubject, split: str | None) -> Sequence[object]:
    return subject.splits[split].files if split in subject.splits else ()


def _different(items: Sequence[SeenItem]) -> list[SeenItem]:
    """The first of each set of items that ask the same; D010 speaks of the others."""
    first: dict[Asked, SeenItem] = {}
    for item in items:
        first.setdefault(item.asked, item)
    return list(first.values())


def _alike(items: Sequence[SeenItem], subject: TaskSubject) -> Iterator[Pair]:
    """For each item that nearly repeats earlier ones, the pair with the nearest."""
    nearest: dict[int, Pair] = {}
    holders = Counter(one for item in items for one in item.shingles)
    common = _common(items, holders)
    close = close_pairs(items, subject.fields)
    for pair in (*_pairs(items, common, subject), *_in_groups(items, common, holders, subject), *close):
        known = nearest.get(pair.second)
        if known is None or pair.jaccard > known.jaccard:
            nearest[pair.second] = pair
    yield from (nearest[place] for place in sorted(nearest))


def _pairs(items: Sequence[SeenItem], common: Shingles, subject: TaskSubject) -> Iterator[Pair]:
    """The pairs that are alike in what is their own, do not differ in what is common, and ask the same."""
    for pair in similar_sets(_own_shingles(items, common), THRESHOLD):
        one, other = items[pair.first], items[pair.second]
        if not (one.shingles ^ other.shingles) & common and not _other_question(one, other, subject):
            yield pair


def _in_groups(
    items: Sequence[SeenItem], common: Shingles, holders: Counter[str], subject: TaskSubject
) -> Iterator[Pair]:
    """Copies of which a small task has so many that what they share looks like a template.

    Items of one template differ in more than a word, or in their answers: penguins that are counted by age, or by
    weight. So a pair counts here only where it differs in one word, and in the last words where the answers differ.
    """
    # Items that share a text say so by their cluster; without one they cannot.
    if len(items) > MOST_IN_GROUPS or subject.fields.cluster in subject.columns:
        return
    many = max(MOST_ALIKE, SHARED * len(items), min(NEARLY_ALL * len(items), LARGEST_GROUP))
    template = frozenset(one for one in common if holders[one] > many or holders[one] == len(items))
    held_by_some = common - template
    chosen = [place for place, item in enumerate(items) if item.shingles & held_by_some]
    for pair in _pairs([items[place] for place in chosen], template, subject) if len(chosen) > 1 else ():
        one, other = items[chosen[pair.first]], items[chosen[pair.second]]
        apart = max(len(one.shingles - other.shingles), len(other.shingles - one.shingles))
        if apart <= (SIZE if one.gold == other.gold else SIZE // 2 + 1):
            yield Pair(chosen[pair.first], chosen[pair.second], pair.jaccard)


def _common(items: Sequence[SeenItem], holders: Counter[str] | None = None) -> Shingles:
    """The shingles of a template, or of a text that several items ask about: those that many items share."""
    holders = Counter(one for item in items for one in item.shingles) if holders is None else holders
    many = max(MOST_ALIKE, SHARED * len(items))
    return frozenset(one for one, count in holders.items() if count > many or (count == len(items) > 2))


def _own_shingles(items: Sequence[SeenItem], common: Shingles) -> list[Shingles]:
    """The shingles of each item without the common ones; none for an item with little of its own."""
    own = [item.shingles - common for item in items]
    return [one if len(one) >= FEWEST_SHINGLES else NONE for one in own]


def _other_question(one: SeenItem, other: SeenItem, subject: TaskSubject) -> bool:
    """Whether the card names the column of the question, and the two ask different things of one text."""
    column = subject.fields.question or ""
    questions = [item.row.values.get(column) for item in (one, other)]
    if not all(isinstance(question, str) for question in questions):
        return False
    first, second = (shingles(str(question)) for question in questions)
    return jaccard(first, second) < THRESHOLD


def _share_a_cluster(one: DataRow, other: DataRow, subject: TaskSubject) -> bool:
    column = subject.fields.cluster
    value = one.values.get(column) if column else None
    return value is not None and value != "" and bool(value == other.values.get(column or ""))


def _place(row: DataRow, subject: TaskSubject) -> str:
    """How a person finds the row: its id where it has one, and its line."""
    name = row.values.get(subject.fields.id or "")
    beside = row.where.path.name
    place = f"line {row.where.line} of {beside}"
    return f"`{name}` ({place})" if isinstance(name, str) and name.strip() else place
