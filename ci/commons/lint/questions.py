"""The question of each item as its author wrote it, without the template around it."""

from __future__ import annotations

from dataclasses import dataclass

from commons.errors import Where
from commons.lint.prompt_parts import kept
from commons.lint.subject import TaskSubject

#: Columns with these names hold the question where the card names none.
QUESTION_COLUMNS = ("question", "stem", "query", "input", "problem")
#: Of larger tasks so many items are looked at, and so much of each.
MOST_ITEMS = 2_000
LOOKED_AT = 5_000


@dataclass(frozen=True)
class Question:
    """One question with the place of its row; ``text`` is its beginning."""

    where: Where
    text: str


def question_column(subject: TaskSubject) -> str | None:
    """The column that holds the question, if it is known."""
    named = (subject.fields.question,) if subject.fields.question else QUESTION_COLUMNS
    return next((one for one in named if one in subject.columns), None)


@kept
def questions(subject: TaskSubject) -> tuple[Question, ...]:
    """The questions that are texts."""
    column = question_column(subject)
    if column is None or subject.output_type == "loglikelihood_rolling":
        return ()
    pairs = ((row.where, row.values.get(column)) for row in subject.items[:MOST_ITEMS])
    return tuple(Question(where, text[:LOOKED_AT]) for where, text in pairs if isinstance(text, str))


@kept
def all_questions(subject: TaskSubject) -> str:
    """The questions one after another in lower case: one quick look says that a word stands in none of them."""
    return "\n".join(one.text for one in questions(subject)).lower()


def lines_of(places: list[Where]) -> str:
    """The lines of some items, the first few by number."""
    shown = ", ".join(str(place.line) for place in places[:5])
    return f"line{'s' * (len(places) > 1)} {shown}" + (" and more" if len(places) > 5 else "")
