"""D015 to D017: texts that were damaged on their way into the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from commons.errors import Where
from commons.lint.reading import texts_of
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import Key
from commons.text.damage import (
    has_half_character,
    has_markup,
    html_leftovers,
    look_tags,
    lost_characters,
    misread,
    without_entity,
)
from commons.text.invisible import Hidden, hidden, may_hide

#: The settings that are put before the model or scored.
_SHOWN = ("description", "doc_to_text", "doc_to_choice", "doc_to_target", "gen_prefix", "target_delimiter",
          "fewshot_delimiter", "fewshot_config")  # fmt: skip
#: Where this share of a column's texts has tags for the look of a word, they mark something on purpose.
_ON_PURPOSE = 0.5


@rule(code="D015", level="lint", subject="task")
def damaged_characters(subject: TaskSubject) -> Iterator[Fault]:
    """A text holds damaged characters.

    ## What it finds
    Letters that were read with a wrong encoding (`Ã©` in place of `é`), the sign `\ufffd` for a character that was
    lost, and halves of characters. It looks at the first 100,000 characters of a text and at the first five million
    of a task.

    ## Why it matters
    The model is asked something that nobody wrote. Where the right answer is damaged, no model can give it. At half a
    character the harness stops.

    ## How to mend it
    Go back to the source and save it as UTF-8. Where the mend shows what was meant, write that.

    ## Example
    ```json
    {"question": "Where is the cafÃ©?"}
    ```
    D015: `cafÃ©` should be `café`.
    """
    for one in subject.row_texts:
        fault = next((fault for key, text in one.texts if (fault := _damage(key, text, one.row.where))), None)
        if fault:
            yield fault
    for key, text in _shown_settings(subject):
        if fault := _damage(key, text, subject.where(*key)):
            yield fault


def _damage(key: Key, text: str, where: Where) -> Fault | None:
    if text.isascii():
        return None
    name = _name(key)
    if found := misread(text):
        sentence = f"`{name}` holds `{_short(found.found)}`, which was read with a wrong encoding."
        return Fault(sentence, where, f"Write `{_short(found.meant)}`, and save the source as UTF-8.")
    if not (lost := lost_characters(text)):
        return None
    if has_half_character(text):
        sentence = f"`{name}` holds half of a character, at which the harness stops."
    else:
        sentence = f"`{name}` holds {lost} sign{'s' if lost > 1 else ''} U+FFFD for a character that was lost."
    return Fault(sentence, where, "Take the text from its source again, and save it as UTF-8.")


@rule(code="D016", level="lint", subject="task")
def html_left_in(subject: TaskSubject) -> Iterator[Fault]:
    """A text holds what is left of a web page.

    ## What it finds
    HTML in the items: signs such as `&nbsp;` and `&#39;`, tags such as `<br>` and `</p>`, and tags such as `<i>` that
    only some items have. Tasks about computing, security or programs are not looked at. It looks at the first 100,000
    characters of a text and at the first five million of a task.

    ## Why it matters
    People see a page without its tags; the model sees them. It is asked something else than the people who checked the
    item, and an answer without the tags does not match one with them.

    ## How to mend it
    Write the character that the sign stands for, and take the tags out. A line break is written as a backslash and an
    n in the row.

    ## Example
    ```json
    {"question": "Salt &amp; water:<br>which dissolves?"}
    ```
    D016: write `&` and a line break.
    """
    if _is_about_code(subject):
        return
    on_purpose = _marked_columns(subject)
    for one in subject.row_texts:
        for key, text in one.texts:
            if not has_markup(text):
                continue
            found = next(html_leftovers(text), None)
            if found is None and str(key[0]) not in on_purpose:
                found = next(look_tags(text), None)
            if found:
                yield Fault(f"`{_name(key)}` holds `{_short(found)}` of a web page.", one.row.where, _html_mend(found))
                break


def _html_mend(found: str) -> str:
    meant = without_entity(found)
    if meant is None:
        return "Take the tags out; write a line break as \\n."
    return f"Write `{meant}`." if meant.isprintable() and meant.strip() else "Write a space."


def _is_about_code(subject: TaskSubject) -> bool:
    card = subject.card
    if card is None:
        return False
    return card.domain in {"computing", "security"} or "coding" in card.skills or card.answer.type in {"code", "regex"}


def _marked_columns(subject: TaskSubject) -> frozenset[str]:
    """The columns in which most texts have tags for the look of a word."""
    tagged: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for one in subject.row_texts:
        names = {str(key[0]) for key, _ in one.texts}
        present.update(names)
        tagged.update({str(key[0]) for key, text in one.texts if has_markup(text) and any(look_tags(text))})
    return frozenset(name for name, count in tagged.items() if count > 1 and count >= _ON_PURPOSE * present[name])


@rule(code="D017", level="lint", subject="task")
def invisible_characters(subject: TaskSubject) -> Iterator[Fault]:
    r"""A text holds a character that nobody sees.

    ## What it finds
    Control characters, spaces without width, marks of direction, byte order marks, soft hyphens and characters without
    a public meaning, in the rows, in the card's title and summary, and in the settings that are shown to the model.
    Those that a script or an emoji needs are left alone. It looks at the first 100,000 characters of a text.

    ## Why it matters
    Two texts that look the same are different to a model and to a comparison: a right answer with a hidden space is
    never matched. Hidden characters can also carry text that a reviewer does not see.

    ## How to mend it
    Delete the character. It is named by its code point; most editors can search for it, or show hidden characters.

    ## Example
    ```json
    {"question": "Which bone?", "answer": "\u200bulna"}
    ```
    D017: U+200B ZERO WIDTH SPACE before `ulna`.
    """
    for one in subject.row_texts:
        for key, text in one.texts:
            if may_hide(text) and (found := next(hidden(text), None)):
                yield _hidden(key, text, found, one.row.where)
                break
    if subject.card is not None:
        for name, text in (("title", subject.card.title), ("summary", subject.card.summary)):
            if may_hide(text) and (found := next(hidden(text), None)):
                yield _hidden((name,), text, found, subject.card_where(name))
    for key, text in _shown_settings(subject):
        if may_hide(text) and (found := next(hidden(text), None)):
            yield _hidden(key, text, found, subject.where(*key))


def _hidden(key: Key, text: str, found: Hidden, where: Where) -> Fault:
    before = text[max(0, found.place - 20) : found.place]
    after = text[found.place + 1 : found.place + 21]
    beside = f"after `{before}`" if before.strip() else f"before `{after}`"
    mend = "Write line breaks as \\n alone." if found.character == "\r" else "Delete it."
    return Fault(f"`{_name(key)}` holds {found.name}, which nobody sees, {beside}.", where, mend)


def _shown_settings(subject: TaskSubject) -> Iterator[tuple[Key, str]]:
    data = subject.document.data if subject.document else {}
    for name in _SHOWN:
        yield from texts_of(data.get(name), (name,))


def _name(key: Key) -> str:
    return ".".join(map(str, key))[:80]


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
