"""M005 and M006: filters that lose the right answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from commons.lint.grading import TAKE_FIRST, Chain, Gold, chains, ending_fault, exact_graders, short_golds, stops
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import CannotTellError, Grader, worked_answer
from commons.pool.yamlfile import FunctionRef, Key

#: If none of the first so many golds can be found, the pattern is at fault; of later ones no more are looked for.
ENOUGH = 20


@rule(code="M005", level="lint", subject="task")
def filter_loses_gold(subject: TaskSubject) -> Iterator[Fault]:
    r"""The filters cannot find the gold in a right answer.

    ## What it finds
    For generated answers graded by `exact_match`: an item whose gold no answer can give, because the filter's pattern
    catches less, more or something else, or changes its case. Right answers are tried in many forms: the gold alone,
    within the words of the pattern, in brackets, with a full stop and so on; for the first 2,000 items, and golds of
    up to 2,000 characters.

    ## Why it matters
    Every model scores 0 on such an item, the best one too, and the harness reports the 0 as if it were measured.

    ## How to mend it
    Write gold and pattern so that what the pattern catches is the gold, letter by letter; or let `ignore_case`,
    `ignore_punctuation` or `regexes_to_ignore` of the metric remove the difference from both.

    ## Example
    ```yaml
    filter_list:
      - name: number
        filter:
          - {function: regex, regex_pattern: '(\d+)'}   # M005, where the golds look like "5 mg"
          - {function: take_first}
    ```
    """
    config = subject.config
    if config is None or not config.filter_list:
        return
    until = stops(config)
    keyed = short_golds(subject)
    for chain, whole in exact_graders(config):
        short = Grader(whole.steps, whole.arguments, until)
        lost = [gold for gold in keyed[:ENOUGH] if _is_lost(gold, whole, short)]
        everywhere = bool(lost) and len(lost) == len(keyed[:ENOUGH])
        if not everywhere:
            later = (gold for gold in keyed[ENOUGH:] if _is_lost(gold, whole, short))
            lost += islice(later, ENOUGH)
        yield from _say(subject, chain, lost, everywhere=everywhere)


def _is_lost(gold: Gold, whole: Grader, short: Grader) -> bool:
    """Whether no answer gives the gold; white space around it is the matter of D032, a stop within it of D033."""
    grader = whole if any(stop in text for text in gold.texts for stop in short.until) else short
    value = [text.strip() for text in gold.texts] if isinstance(gold.value, list) else gold.texts[0].strip()
    try:
        return worked_answer(value, grader) is None
    except CannotTellError:
        return False


def _say(subject: TaskSubject, chain: Chain, lost: list[Gold], *, everywhere: bool) -> Iterator[Fault]:
    name = chain.entry.name if chain.entry else "none"
    mend = "Make what the filter catches equal to the gold, letter by letter, or mend the gold."
    if everywhere:
        shown = lost[0].texts[0][:60]
        sentence = f"The filter `{name}` finds the gold in no answer to any item, for example `{shown}`."
        yield Fault(sentence, subject.where(*_pattern_key(chain)), mend)
        return
    for gold in lost:
        sentence = f"No answer can give the gold `{gold.texts[0][:60]}` through the filter `{name}`."
        yield Fault(sentence, subject.rendered_items[gold.place].where, mend)


def _pattern_key(chain: Chain) -> Key:
    """The place of the chain's first pattern, or of its first step that does something."""
    for key in ("regex_pattern", "mapping_dict"):
        for number, step in enumerate(chain.steps):
            if key in step:
                return (*chain.key, "filter", number, key)
    return (*chain.key, "filter", 0)


@rule(code="M006", level="lint", subject="task")
def filter_without_end(subject: TaskSubject) -> Iterator[Fault]:
    r"""A filter does not end in one answer.

    ## What it finds
    A filter whose last step is not `take_first`: the other steps, `majority_vote` too, give a list. A `take_first`
    that is not the last step: what follows is put to each letter of the answer. And in a task that compares
    likelihoods, any other filter than `take_first` alone.

    ## Why it matters
    The metric gets a list instead of an answer. Some metrics crash on it when everything has been answered, others
    score something that looks like a number.

    ## How to mend it
    End every filter with `- function: take_first`, and put it nowhere else. For multiple choice and log-likelihood
    tasks, remove `filter_list`.

    ## Example
    ```yaml
    filter_list:
      - name: number
        filter:
          - {function: regex, regex_pattern: '(\d+)'}   # M006: take_first is missing
    ```
    """
    config = subject.config
    if config is None or config.process_results is not None or subject.output_type is None or not config.filter_list:
        return
    if any(isinstance(entry.metric, FunctionRef) for entry in config.metric_list or []):
        return
    for chain in (one for one in chains(config) if one.is_known):
        if config.output_type != "generate_until":
            if [step.get("function") for step in chain.steps] != [TAKE_FIRST] and _is_known(chain):
                sentence = f"Filters work on generated text, and {config.output_type} has none."
                yield Fault(sentence, subject.where(*chain.key), "Remove `filter_list`.")
        elif fault := ending_fault(chain.steps):
            place, sentence = fault
            mend = "Write `- function: take_first` as the last step, and only there."
            yield Fault(f"{sentence}.", subject.where(*chain.key, "filter", place, "function"), mend)


def _is_known(chain: Chain) -> bool:
    """Whether the chain holds no code."""
    return all(step.get("function") != "custom" for step in chain.steps)
