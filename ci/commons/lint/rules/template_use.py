"""P013, P015 and P016: what a template should not use or say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.lint.prompt_parts import SHOWN, filters_in, plain_parts, printed_in
from commons.lint.reading import texts_of
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import Key
from commons.text import language

_TEMPLATES = (*SHOWN, "doc_to_choice", "doc_to_target")
_SURE = 0.9
_FEWEST_LETTERS = 40
_WORD = re.compile(r"[^\W\d_]{2,}")


def _templates(subject: TaskSubject) -> Iterator[tuple[Key, str]]:
    """Every template of the configuration with its key, also those for few-shot examples."""
    config = subject.config
    own = (config.fewshot_config if config else None) or {}
    for name in _TEMPLATES:
        for base, value in ((name,), getattr(config, name, None)), ((FEWSHOT, name), own.get(name)):
            yield from texts_of(value, base)


@rule(code="P013", level="lint", subject="task")
def drawn_at_random(subject: TaskSubject) -> Iterator[Fault]:
    """A template draws at random.

    ## What it finds
    A template that uses Jinja's filter `random`, or `shuffle`.

    ## Why it matters
    Each run asks something else, and no seed of the harness reaches a template. Two scores of one model then differ,
    and nobody can repeat either.

    ## How to mend it
    Draw once, by a seed, when you make the data, and write what was drawn into the rows.

    ## Example
    ```yaml
    doc_to_text: "{{ questions|random }}"   # P013
    ```
    """
    for key, text in _templates(subject):
        used = sorted(filters_in(text) & {"random", "shuffle"})
        if used:
            sentence = f"`{'.'.join(map(str, key))}` draws at random (`{used[0]}`), so that no two runs ask the same."
            yield Fault(sentence, subject.where(*key), "Draw once when the data are made, and write it into the rows.")


@rule(code="P015", level="lint", subject="task")
def canary_in_prompt(subject: TaskSubject) -> Iterator[Fault]:
    """The prompt prints the canary.

    ## What it finds
    A template that prints the column of the canary, or holds the card's canary itself.

    ## Why it matters
    The canary tells whether a model has seen the data in its training. A prompt that shows it to every model, and to
    those who keep what is sent, spoils that for good, and it disturbs the question.

    ## How to mend it
    Take it out of the template. It belongs in the rows and the card alone.

    ## Example
    ```yaml
    doc_to_text: "{{canary}} {{question}}"   # P015
    ```
    """
    column = subject.fields.canary
    canary = subject.card.canary if subject.card else None
    for key, text in _templates(subject):
        if column in printed_in(text, frozenset({column})) or (canary is not None and canary in text):
            sentence = f"`{'.'.join(map(str, key))}` shows the canary to the model."
            yield Fault(sentence, subject.where(*key), "Take it out of the template.")


@rule(code="P016", level="hint", subject="task")
def instruction_in_other_language(subject: TaskSubject) -> Iterator[Fault]:
    """The words of the template are in another language than the card says.

    ## What it finds
    A `description` or `doc_to_text` of which the part that is the same for all items has at least 40 letters and is
    in a language that the card does not name, with a probability of .9 and more. Translation tasks, and languages that
    the model of 176 languages does not know, are left alone.

    ## Why it matters
    An English frame around Turkish items measures Turkish and the change between two languages together, and models
    that know less English do worse.

    ## How to mend it
    Write the instruction in the language of the items. If the mixture is the point, say so in the README.

    ## Example
    ```yaml
    description: "Read the question with great care and choose the right answer."   # P016 under `languages: [tr]`
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or "translation" in card.skills:
        return
    if not {language.primary(tag) for tag in card.languages} <= language.known():
        return
    for name in ("description", "doc_to_text"):
        setting = getattr(config, name)
        if not isinstance(setting, str) or setting in subject.columns:
            continue
        text = " ".join(_WORD.findall(" ".join(plain_parts(setting))))[:2_000]
        if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
            continue
        tag, probability = language.detect(text)
        if probability >= _SURE and not any(language.alike(tag, one) for one in card.languages):
            declared = ", ".join(card.languages)
            sentence = f"The words of `{name}` look like {language.name(tag)}, and the card says {declared}."
            mend = "Write the instruction in the language of the items."
            yield Fault(sentence, subject.where(name), mend, "likely")
            return
