"""P004 and P005: the language of the items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from commons.errors import Where
from commons.lint.prompt_parts import names_in
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import Card
from commons.text import language

_SAMPLE = 4_000
_MOST_ITEMS = 5_000
#: This much of an item says enough about its language.
_ITEM = 200
#: Domains and skills whose texts are formulas, programs or words of another language.
_FORMULAS = frozenset({"chemistry", "computing", "mathematics", "physics", "security"})


@rule(code="P004", level="lint", subject="task")
def other_language(subject: TaskSubject) -> Iterator[Fault]:
    """The items are in another language than the card says.

    ## What it finds
    A task whose questions, about 4,000 characters of them together, are in a language that is not among the card's
    `languages`: surely (probability .9 and more), in at least 200 letters, and in most of the items taken singly; or
    that are written in another script (40 letters and more). Languages too near to be told apart count as one (Danish
    and Norwegian, Croatian and Serbian, Indonesian and Malay), and so do the kinds of Chinese and Arabic. Translation
    tasks, and languages that the model of 176 languages does not know, are left alone.

    ## Why it matters
    Results are read by language. A French task under English makes the English numbers wrong and the French ones
    missing.

    ## How to mend it
    Write the language of the items into `languages` of the card, or exchange the data file that was mixed up.

    ## Example
    ```yaml
    languages: [en]   # P004: the items look like French (fr)
    ```
    """
    card = subject.card
    found = _foreign_whole(card, _questions(subject)) if card else None
    if card and found:
        declared = ", ".join(card.languages)
        sentence = f"The items look like {found}, and the card says {declared}."
        yield Fault(sentence, subject.card_where("languages"), "Correct the languages of the card, or the items.")


@rule(code="P005", level="hint", subject="task")
def item_in_other_language(subject: TaskSubject) -> Iterator[Fault]:
    """A single item is in another language than the card says.

    ## What it finds
    A question of at least 60 letters that is in another language with a probability of .95 and more, or of 30 letters
    in another script, where most items are as the card says. Tasks about languages may quote others:
    of them only rows in Latin script among items in another one are named. Translation is left alone. The first 5,000
    items are looked at.

    ## Why it matters
    It is often a row that was left untranslated, or that came from another file.

    ## How to mend it
    Translate the item or take it out. If the task means to mix languages, name all of them in the card.

    ## Example
    ```json
    {"question": "Welches Metall ist bei Raumtemperatur fluessig und steht im Thermometer?"}
    ```
    P005, in a task whose card says `languages: [en]`.
    """
    card = subject.card
    if card is None or "translation" in card.skills:
        return
    judge = _untranslated_row if card.domain == "language" else _foreign_item
    texts = list(_questions(subject))[:_MOST_ITEMS]
    if _foreign_whole(card, texts):
        return
    found = [(where, foreign) for where, text in texts if (foreign := judge(card, text))]
    if len(found) * 10 < len(texts) * 3:
        for where, foreign in found:
            sentence = f"This item looks like {foreign}, and the card says {', '.join(card.languages)}."
            yield Fault(sentence, where, "Translate the item, or name its language in the card.", "likely")


def _questions(subject: TaskSubject) -> Iterator[tuple[Where, str]]:
    """What the items ask, without what the template adds: the question's column, else what the template uses."""
    config = subject.config
    if config is None or not subject.rendered_items:
        return
    asked: Any = config.doc_to_target if subject.output_type == "loglikelihood_rolling" else config.doc_to_text
    columns: Iterable[str] = names_in(asked, subject.columns)
    if subject.fields.question in subject.columns:
        columns = [subject.fields.question] if subject.fields.question else []
    ordered = sorted(columns)
    for row in subject.items if ordered else ():
        values = [row.values.get(column) for column in ordered]
        yield row.where, "\n".join(value[:_SAMPLE] for value in values if isinstance(value, str))


def _foreign_whole(card: Card, questions: Iterable[tuple[Where, str]]) -> str | None:
    """The language or script that the questions as a whole are in and should not be."""
    if "translation" in card.skills:
        return None
    texts = [text for _, text in questions if text]
    if not texts:
        return None
    share = max(_SAMPLE // len(texts), 60)
    step = max(len(texts) * share // _SAMPLE, 1)
    sample = [text[:share] for text in texts[::step]]
    joined = "\n".join(sample)
    if script := _foreign_script(card, joined, 40):
        return script
    if sum(language.scripts(joined).values()) < 200:
        return None
    foreign = _foreign_tag(card, joined, 0.9)
    if foreign is None:
        return None
    judged = [language.detect(text)[0] for text in sample if sum(map(str.isalpha, text)) >= 20]
    if sum(language.alike(one, foreign) for one in judged) <= 0.6 * max(len(judged), len(sample) / 2):
        return None
    return language.name(foreign)


def _foreign_row_script(card: Card, text: str) -> str | None:
    text = text[:_ITEM]
    return _foreign_script(card, text, 30) if len(text) >= 30 else None


def _untranslated_row(card: Card, text: str) -> str | None:
    """A row in Latin script where the language has another: what was forgotten, and no example of a language."""
    script = _foreign_row_script(card, text)
    return script if script and language.script_name("Latn") in script else None


def _foreign_item(card: Card, text: str) -> str | None:
    if script := _foreign_row_script(card, text):
        return script
    text = text[:_ITEM]
    if sum(map(str.isalpha, text)) < 60:
        return None
    foreign = _foreign_tag(card, text, 0.95)
    return language.name(foreign) if foreign else None


def _foreign_tag(card: Card, text: str, sure: float) -> str | None:
    if not {language.primary(tag) for tag in card.languages} <= language.known():
        return None
    tag, probability = language.detect(text)
    if probability < sure or any(language.alike(tag, one) for one in card.languages):
        return None
    return tag


def _foreign_script(card: Card, text: str, letters: int) -> str | None:
    expected = language.expected_scripts(card.languages)
    if not expected or (text.isascii() and "Latn" in expected):
        return None
    found = language.scripts(text)
    total = sum(found.values())
    if total < letters:
        return None
    main = max(sorted(found), key=found.__getitem__)
    own = sum(times for script, times in found.items() if script in expected)
    if main in expected or found[main] < 0.8 * total or own > 0.1 * total:
        return None
    if main == "Latn" and card.domain in _FORMULAS:
        return None
    return f"a text in {language.script_name(main)} script"
