"""D038: characters that look like others."""

from __future__ import annotations

from collections.abc import Iterator

from commons.lint.grading import exact_graders, short_golds
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import is_right
from commons.text.lookalike import mixed_word, name_of, taken_apart

#: Spaces that look like the one on the keyboard, and that keep a line from being broken.
_FIXED_SPACES = "\u00a0\u202f\u2007"


@rule(code="D038", level="lint", subject="task")
def lookalike(subject: TaskSubject) -> Iterator[Fault]:
    """A text holds a character that looks like another.

    ## What it finds
    In the rows: a word in which letters of another alphabet stand in for those that they look like (a Cyrillic `е` in
    an English word), and a letter that is written as two characters (`a` and a combining mark) where Unicode has one.
    In a gold that is compared letter by letter: a space that does not break a line, where the same answer with plain
    spaces is graded wrong. The first 100,000 characters of a text are looked at. Security tasks, which may hold such
    words on purpose, are left alone; Greek letters in formulas are no such letters.

    ## Why it matters
    The two look the same to every reader, and are different to a model and to a comparison: a right answer is graded
    wrong, and a question is cut into other pieces than its words.

    ## How to mend it
    Type the word anew. For letters written as two characters, save the file in the Unicode form NFC.

    ## Example
    ```json
    {"question": "Which device measures wind?", "answer": "an\u0435mometer"}
    ```
    D038: the `e` is a Cyrillic letter.
    """
    if subject.card is not None and subject.card.domain == "security":
        return
    for one in subject.row_texts:
        for key, text in one.texts:
            if text.isascii():
                continue
            name = ".".join(map(str, key))[:80]
            if found := mixed_word(text):
                sentence = f"In `{name}` the word `{found[0][:60]}` holds the letter {name_of(found[1])}."
                yield Fault(sentence, one.row.where, "Type the word anew, in one alphabet.")
                break
            if word := taken_apart(text):
                sentence = f"In `{name}` the word `{word[:60]}` holds a letter that is written as two characters."
                yield Fault(sentence, one.row.where, "Save the file in the Unicode form NFC.")
                break
    yield from _fixed_spaces(subject)


def _fixed_spaces(subject: TaskSubject) -> Iterator[Fault]:
    graders = [grader for _, grader in exact_graders(subject.config)] if subject.config else []
    for gold in short_golds(subject) if graders else ():
        text = next((one for one in gold.texts if any(space in one.strip() for space in _FIXED_SPACES)), None)
        if text is None:
            continue
        plain = text.translate(dict.fromkeys(map(ord, _FIXED_SPACES), " "))
        if not any(is_right(plain, text, type(grader)(arguments=grader.arguments)) for grader in graders):
            sentence = f"The gold `{text[:60]}` holds a no-break space, which no answer has."
            yield Fault(sentence, subject.rendered_items[gold.place].where, "Write a plain space.")
