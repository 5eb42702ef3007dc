"""D033: golds, and answers of examples, that are cut before their end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.lint.grading import Gold, chains, exact_graders, short_golds, stops
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import (
    CRASHES,
    MAX_GOLD,
    CannotTellError,
    Grader,
    cut,
    filtered,
    is_right,
    worked_answer,
    worked_answers,
)
from commons.pool.harness_config import HarnessConfig


@rule(code="D033", level="lint", subject="task")
def gold_out_of_reach(subject: TaskSubject) -> Iterator[Fault]:
    r"""The gold cannot be generated: it is cut before its end.

    ## What it finds
    For generated answers graded by `exact_match`: a gold that contains one of the texts of `until`, and a gold with
    more words than `max_gen_toks` allows tokens, where no shorter answer is graded as right. For other metrics of the
    harness, such as `chrf`: the same of golds without asking for shorter answers. And few-shot examples of which every
    one shows an answer with more words than `max_gen_toks` allows tokens, unless the filter finds its result in the
    part before that. The first 2,000 items are looked at, and golds of up to 2,000 characters.

    ## Why it matters
    The answer ends where the stop stands, or at the last allowed token. It is then shorter than the gold and never
    equal to it: every model scores 0 on the item, or less than it has earned.

    ## How to mend it
    Choose a stop that no gold contains, such as `"\n\n"`, and a `max_gen_toks` of at least twice the words of the
    longest gold, and of the longest example.

    ## Example
    ```yaml
    doc_to_target: "{{answer}}"   # "two\nlines"
    generation_kwargs:
      until: ["\n"]               # D033: the gold has a line break
    ```
    """
    config = subject.config
    if config is None or subject.output_type != "generate_until" or config.process_results is not None:
        return
    graders = [grader for _, grader in exact_graders(config)]
    keyed = short_golds(subject) if graders or _compares_texts(config) else []
    yield from _cut_by_stops(subject, config, keyed, graders)
    given = (config.generation_kwargs or {}).get("max_gen_toks")
    limit = given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else None
    if limit is not None and keyed:
        yield from _cut_by_length(subject, config, limit, keyed, graders)


def _compares_texts(config: HarnessConfig) -> bool:
    """Whether the answer itself, and nothing that is looked up for it, goes to metrics of the harness."""
    metrics = config.metric_list or []
    if not metrics or any(not isinstance(one.metric, str) or one.hf_evaluate for one in metrics):
        return False
    steps = [step for chain in chains(config) for step in chain.steps]
    plain = all(chain.is_sound for chain in chains(config)) and all(step.get("function") != "map" for step in steps)
    return plain and all(one.metric != "exact_match" for one in metrics)


def _cut_by_stops(
    subject: TaskSubject, config: HarnessConfig, keyed: list[Gold], graders: list[Grader]
) -> Iterator[Fault]:
    lost = [(gold, stop) for gold in keyed if (stop := _cutting_stop(gold, stops(config), graders)) is not None]
    mend = "Choose a stop that no gold contains, or write the gold without it."
    if len(lost) > 1 and len(lost) * 2 > len(keyed):
        of = "Every gold contains" if len(lost) == len(keyed) else f"{len(lost)} of {len(keyed)} golds contain"
        sentence = f"{of} a stop of `until`, such as {lost[0][1]!r}, at which the answer is cut."
        yield Fault(sentence, subject.where("generation_kwargs", "until"), mend)
    else:
        for gold, stop in lost:
            sentence = f"The gold contains the stop {stop!r}, at which every answer is cut."
            yield Fault(sentence, subject.rendered_items[gold.place].where, mend)


def _cut_by_length(
    subject: TaskSubject, config: HarnessConfig, limit: int, keyed: list[Gold], graders: list[Grader]
) -> Iterator[Fault]:
    long = [(gold, needed) for gold in keyed if (needed := _words_needed(gold, limit, graders))]
    setting = subject.where("generation_kwargs", "max_gen_toks")
    if len(long) > 1 and len(long) == len(keyed):
        most = max(needed for _, needed in long)
        sentence = f"Every gold has more words than the {limit} tokens that `max_gen_toks` allows; the longest {most}."
        yield Fault(sentence, setting, f"Allow at least {2 * most} tokens.")
        return
    for gold, needed in long:
        sentence = f"The gold has {needed} words, and `max_gen_toks` allows {limit} tokens."
        yield Fault(sentence, subject.rendered_items[gold.place].where, f"Allow at least {2 * needed} tokens.")
    shown = None if long else _example_words(subject, config, limit, graders)
    if shown is not None:
        sentence = f"The few-shot examples show up to {shown} words, and `max_gen_toks` allows {limit} tokens."
        yield Fault(sentence, setting, f"Allow at least {2 * shown} tokens.")


def _example_words(subject: TaskSubject, config: HarnessConfig, limit: int, graders: list[Grader]) -> int | None:
    """The words of the longest answer that the examples show, where even the shortest is cut before its result."""
    shown = [row.target.value for row in subject.rendered_examples if row.target is not None]
    answers = [cut(one, stops(config))[:MAX_GOLD] for one in shown if isinstance(one, str)]
    if not answers or min(len(answer.split()) for answer in answers) <= limit:
        return None
    try:
        for grader in graders:
            for answer in answers:
                begun = " ".join(answer.split()[:limit])
                if filtered(begun, grader.steps) == filtered(answer, grader.steps):
                    return None
    except (CannotTellError, *CRASHES):
        return None
    return max(len(answer.split()) for answer in answers)


def _cutting_stop(gold: Gold, until: tuple[str, ...], graders: list[Grader]) -> str | None:
    """The stop that keeps every answer from being right, if one does."""
    stop = next((stop for stop in until for text in gold.texts if stop in text.strip()), None)
    if stop is None:
        return None
    if not graders:
        return stop if all(any(one in text.strip() for one in until) for text in gold.texts) else None
    try:
        for grader in graders:
            answer = worked_answer(gold.value, Grader(grader.steps, grader.arguments, until))
            if answer is not None and not _joins_digits(answer, stop, gold):
                return None
        return stop if any(worked_answer(gold.value, grader) is not None for grader in graders) else None
    except CannotTellError:
        return None


def _joins_digits(answer: str, stop: str, gold: Gold) -> bool:
    """Whether ``answer`` is right only by writing 145 for 14.5, which no model does."""
    split = re.compile(rf"(\d){re.escape(stop)}(?=\d)")
    return any(split.search(text) and split.sub(r"\1", text.casefold()) in answer.casefold() for text in gold.texts)


def _words_needed(gold: Gold, limit: int, graders: list[Grader]) -> int | None:
    """The words of the shortest right answer, where it has more of them than ``limit``."""
    fewest = min(len(text.split()) for text in gold.texts)
    if fewest <= limit or not graders:
        return fewest if fewest > limit else None
    try:
        right = [
            len(form.split())
            for grader in graders
            for form in worked_answers(gold.value, grader)
            if is_right(form, gold.value, grader)
        ]
    except CannotTellError:
        return None
    return min(right) if right and min(right) > limit else None
