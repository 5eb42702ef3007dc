"""M013: what the filter waits for, and what the prompt asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.lint.grading import chains, exact_graders, short_golds, waited_words
from commons.lint.prompt_parts import prompts
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import CannotTellError, worked_answer
from commons.pool.harness_config import HarnessConfig

#: So many prompts are read: what a task asks for in its first ones it asks for in all.
ENOUGH = 20

_SPACE = re.compile(r"\s+")


@rule(code="M013", level="hint", subject="task")
def unasked_frame(subject: TaskSubject) -> Iterator[Fault]:
    r"""The filter waits for words that the prompt never asks for.

    ## What it finds
    A pattern that catches an answer only after certain words (`#### 42`, `The answer is 42`), where these words stand
    neither in the prompt, nor in its description, nor in a few-shot example; and no other filter takes the answer as
    it is, or the headline of the card is taken after this one.

    ## Why it matters
    A model that was never told to write these words will not write them. Its right answers are then scored as wrong,
    and the task measures who happens to use the phrase.

    ## How to mend it
    Ask for the words in the prompt, show them in few-shot examples, or let the pattern do without them.

    ## Example
    ```yaml
    doc_to_text: "{{question}} Write: The answer is ..."
    filter_list:
      - name: number
        filter:
          - {function: regex, regex_pattern: '#### (\d+)'}   # M013
          - {function: take_first}
    ```
    """
    config = subject.config
    if config is None or subject.output_type != "generate_until" or not config.filter_list:
        return
    shown = _shown(subject)
    if not shown:
        return
    unasked, others_take_it = [], False
    headline = subject.card.headline.filter if subject.card else None
    for chain in chains(config):
        waits = [(number, frame) for number, step in enumerate(chain.steps) if (frame := waited_words(step))]
        is_headline = chain.entry is not None and chain.entry.name == headline
        if not waits or any(_plain(frame) in shown for _, frame in waits):
            if is_headline or headline is None:
                return
            others_take_it = True
            continue
        unasked.append((is_headline, (*chain.key, "filter", waits[0][0], "regex_pattern"), waits[0][1]))
    if _loses_golds(subject, config):
        return
    for is_headline, key, frame in unasked:
        if others_take_it and not is_headline:
            continue
        sentence = f"The pattern waits for `{frame.strip()[:60]}`, and no prompt asks for these words."
        mend = "Ask for them in the prompt, or let the pattern do without."
        yield Fault(sentence, subject.where(*key), mend, "likely")


def _loses_golds(subject: TaskSubject, config: HarnessConfig) -> bool:
    """Whether a filter finds the gold in no answer at all: M005 speaks of that, and its mend comes first."""
    golds = short_golds(subject)
    try:
        return bool(golds) and any(
            worked_answer(golds[0].texts[0], grader) is None for _, grader in exact_graders(config)
        )
    except CannotTellError:
        return False


def _shown(subject: TaskSubject) -> str:
    """What a model reads before it answers: description, examples with their answers, prompts."""
    config = subject.config
    if config is None or not isinstance(config.description, str):
        return ""
    texts = [config.description, *(one.text for one in prompts(subject)[:ENOUGH])]
    for row in subject.rendered_examples[:ENOUGH]:
        texts += [one.value for one in (row.text, row.target) if one is not None and isinstance(one.value, str)]
    return _plain("\n".join(texts)) if len(texts) > 1 else ""


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()
