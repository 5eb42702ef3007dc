"""P014: letters that are scored, against what the prompt shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commons.lint.choices import are_letters
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

#: What a template does it does to every item: so many tell.
MAX_ITEMS = 50
MAX_PROMPT = 200_000
#: A fault that so many of the items show is the template's.
_NEARLY_ALL = 0.8
_FEWEST = 3
_BEFORE = re.compile(r"(?:^|[\s(\[*])([A-Za-z0-9])[)\].:*]{0,3}\s{0,3}\Z")
_LONGEST_LABEL = 10


@dataclass(frozen=True)
class _Shown:
    """One item: its prompt, the letters that are scored, and the texts that they stand for."""

    prompt: str
    letters: tuple[str, ...]
    texts: tuple[str, ...]


@rule(code="P014", level="lint", subject="task")
def letters_against_prompt(subject: TaskSubject) -> Iterator[Fault]:
    r"""The letters that are scored are not those that the prompt shows.

    ## What it finds
    A multiple choice task that scores letters or numbers, and whose prompts do not show one of the choices, show none
    of the letters, or show another letter before a choice than the one that is scored for it. The choices are those
    of the column that the card names under `fields.choices`. Reported where at least four of five items show it,
    so that a single odd item is never blamed; the first 50 items are looked at, and prompts of up to 200,000
    characters.

    ## Why it matters
    The model cannot know which letter means what. It guesses, or it is right and scored as wrong.

    ## How to mend it
    Show every choice in `doc_to_text` behind the very letter that `doc_to_choice` gives for it, in the same order.

    ## Example
    ```yaml
    doc_to_text: "{{question}}\na) {{choices[0]}}\nb) {{choices[1]}}\nAnswer:"
    doc_to_choice: ["A", "B"]   # P014: the prompt shows a) and b)
    ```
    """
    items = _shown(subject)
    if len(items) < _FEWEST:
        return
    mend = "Show every choice in `doc_to_text` behind the letter that `doc_to_choice` gives for it."
    faults = Counter(fault for item in items for fault in set(_faults(item)))
    told = [fault for fault, count in faults.items() if count >= _NEARLY_ALL * len(items)]
    if told:
        yield Fault(f"{min(told)[1]}.", subject.where("doc_to_text"), mend)


def _shown(subject: TaskSubject) -> Sequence[_Shown]:
    """The items whose letters stand for texts of a column that the card names; none where that cannot be known."""
    column, config = subject.fields.choices, subject.config
    if column is None or config is None or subject.output_type != "multiple_choice":
        return ()
    written = {row.where: row.values.get(column) for row in subject.items}
    found = []
    for row in subject.rendered_items[:MAX_ITEMS]:
        texts, letters = written.get(row.where), row.choices.value if row.choices else None
        if row.faults or row.text is None or not isinstance(row.text.value, str) or not isinstance(texts, list):
            continue
        if len(row.text.value) > MAX_PROMPT:
            continue
        if not isinstance(letters, list) or len(letters) != len(texts) or len(texts) < 2:
            continue
        if not all(isinstance(one, str) for one in letters) or not are_letters(letters) or letters == texts:
            continue
        plain = tuple(_plain(str(one)) for one in texts)
        found.append(_Shown(_plain(row.text.value), tuple(one.strip("() .:") for one in letters), plain))
    # Choices that are letters or digits themselves stand anywhere in a prompt, and tell nothing.
    return () if any(are_letters(item.texts) for item in found) else found


def _plain(text: str) -> str:
    return " ".join(text.split())


def _faults(item: _Shown) -> Iterator[tuple[int, str]]:
    """What is wrong with one item, the gravest with the lowest number; the same words for the same fault."""
    folded = item.prompt.casefold()
    hidden = [letter for letter, text in zip(item.letters, item.texts, strict=True) if text.casefold() not in folded]
    if len(hidden) == len(item.letters):
        yield 0, "Letters are scored, and the prompts show no choices that they stand for"
        return
    for letter in hidden:
        yield 1, f"The letter {letter} is scored, and the prompts do not show the choice that it stands for"
    labels = [_labels(item.prompt, text) for text in item.texts]
    for letter, found in zip(item.letters, labels, strict=True):
        if found and letter not in found:
            yield 2, f"The prompts show {sorted(found)[0]} before the choice for which {letter} is scored"
    words = set(re.findall(r"\w+", item.prompt))
    if not any(labels) and not hidden and words.isdisjoint(item.letters):
        yield 3, "Letters are scored, and the prompts show the choices without letters"


def _labels(prompt: str, text: str) -> set[str]:
    """The letters that stand right before a text, wherever it stands in the prompt."""
    found: set[str] = set()
    place = prompt.find(text) if text else -1
    for _ in range(20):
        if place < 0:
            break
        before = _BEFORE.search(prompt, max(0, place - _LONGEST_LABEL), place)
        if before:
            found.add(before[1])
        place = prompt.find(text, place + 1)
    return found
