"""M013: what the filter waits for, and what the prompt asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from commons.lint.grading import chains, exact_graders, short_golds
from commons.lint.pattern_frames import frames
from commons.lint.prompt_parts import prompts
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import CannotTellError, worked_answer
from commons.pool.harness_config import HarnessConfig

#: Shorter frames ("$", ":") are found in any answer.
SHORTEST = 3
#: So many prompts are read: what a task asks for in its first ones it asks for in all.
ENOUGH = 20

_SPACE = re.compile(r"\s+")


@rule(code="M013", level="hint", subject="task")
def unasked_frame(subject: TaskSubject) -> Iterator[Fault]:
    r"""The filter waits for words that the prompt never asks for.

    ## What it finds
    A pattern that catches an answer only after certain words (`#### 42`, `The answer is 42`), where these words stand
    neither in the prompt, nor in its description, nor in a few-shot example; and no other filter takes the answer as
    it is.

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
    unasked = []
    for chain in chains(config):
        waits = [(number, frame) for number, step in enumerate(chain.steps) if (frame := _frame(step))]
        if not waits or any(_plain(frame) in shown for _, frame in waits):
            return
        unasked.append(((*chain.key, "filter", waits[0][0], "regex_pattern"), waits[0][1]))
    if _loses_golds(subject, config):
        return
    for key, frame in unasked:
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


def _frame(step: Mapping[str, object]) -> str | None:
    """The words that stand before what a pattern catches, if it is sure to wait for some."""
    pattern = step.get("regex_pattern")
    if step.get("function") != "regex" or not isinstance(pattern, str):
        return None
    found = frames(pattern)
    before = {one for one, _ in found or ()}
    frame = before.pop() if len(before) == 1 else ""
    return frame if len(frame.strip()) >= SHORTEST else None


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
