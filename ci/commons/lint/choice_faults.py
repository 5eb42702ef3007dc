"""What is wrong with the choices of an item: those that are scored, and those that the letters stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commons.errors import Where
from commons.lint.choices import are_letters
from commons.lint.subject import TaskSubject

#: A sentence and a mend.
Said = tuple[str, str]
#: Domains in which two texts that differ in letter case alone are two things: `true` and `True`, CO and Co.
_CASE_COUNTS = frozenset({
    "biology", "chemistry", "computing", "language", "mathematics", "medicine", "physics", "security",
})  # fmt: skip
#: Shorter texts are abbreviations and symbols.
_WORD = 4


def choices_fault(choices: Any) -> Said | None:
    """What is wrong with choices that are scored, and the mend."""
    if not isinstance(choices, list):
        return "The choices are not a list.", 'Write a list of texts, for example ["4", "5", "6"].'
    first: dict[str, int] = {}
    for index, choice in enumerate(choices):
        if not isinstance(choice, str):
            return f"Choice {index} is not text.", "Put it in double quotes."
        if not choice.strip():
            return f"Choice {index} is empty.", "Write the choice, or remove it."
        if choice in first:
            return f"Choice {index} repeats choice {first[choice]}.", "Make every choice different."
        first[choice] = index
    if len(choices) < 2:
        return "The item has fewer than two choices.", "Add a wrong choice at least."
    return None


def hidden_repetition(choices: Any, *, case_counts: bool) -> Said | None:
    """Two choices that are one to a reader: they differ in spaces alone, or in letter case alone."""
    if not isinstance(choices, list) or not all(isinstance(one, str) for one in choices):
        return None
    first: dict[str, int] = {}
    for index, choice in enumerate(choices):
        plain = " ".join(choice.split())
        if not case_counts and sum(map(str.isalpha, plain)) >= _WORD:
            plain = plain.casefold()
        if plain in first and choice != choices[first[plain]]:
            sentence = f"Choice {index} repeats choice {first[plain]} but for spaces or letter case."
            return sentence, "Make every choice different."
        first.setdefault(plain, index)
    return None


def case_counts(subject: TaskSubject) -> bool:
    """Whether letter case may tell two choices of this task apart."""
    card = subject.card
    return card is None or card.domain in _CASE_COUNTS or bool({"coding", "grammar"} & set(card.skills))


def written_faults(subject: TaskSubject) -> Iterator[tuple[Where, Said]]:
    """Faults of the texts in the card's choices column, where letters are scored in their place.

    Where ``doc_to_choice`` gives the texts themselves they are looked at as they are scored.
    """
    column = subject.fields.choices
    rendered = [row for row in subject.rendered_items if not row.faults]
    rows = [row for row in rendered if row.choices and isinstance(row.choices.value, list)]
    if column is None or not rows or not _scores_letters(rows[0].choices.value if rows[0].choices else None):
        return
    written: Mapping[Where, Any] = {row.where: row.values.get(column) for row in subject.items}
    counts = case_counts(subject)
    for row in rows:
        texts, letters = written.get(row.where), row.choices.value if row.choices else []
        if not isinstance(texts, list):
            continue
        shown = [str(one) if isinstance(one, (int, float)) and not isinstance(one, bool) else one for one in texts]
        fault = choices_fault(shown) or hidden_repetition(shown, case_counts=counts) or _count_fault(shown, letters)
        if fault:
            yield row.where, fault


def _scores_letters(choices: Any) -> bool:
    return isinstance(choices, list) and all(isinstance(one, str) for one in choices) and are_letters(choices)


def _count_fault(texts: Sequence[str], letters: Sequence[str]) -> Said | None:
    if len(texts) == len(letters):
        return None
    sentence = f"The item has {len(texts)} choices, and {len(letters)} letters can be chosen."
    return sentence, "Give every item as many choices as `doc_to_choice` has letters, or make the letters from them."
