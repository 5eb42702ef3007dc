"""M009 to M011: comparisons and filters that cannot tell a right answer from none, or that never come to an end."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from commons.lint.endless_patterns import can_take_for_ever
from commons.lint.grading import Chain, Gold, chains, exact_graders, metric_faults, short_golds
from commons.lint.hook_code import hook_files
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import CannotTellError, Grader, as_compared, is_right
from commons.pool.harness_config import HarnessConfig, MetricEntry
from commons.pool.yamlfile import Key

#: What removes parts of both texts before they are compared.
_REMOVERS = ("regexes_to_ignore", "ignore_punctuation", "ignore_numbers")
#: A character that no pattern of a task looks for.
_NEUTRAL = "\u03a9"
_PATTERN_CALLS = frozenset(
    f"{module}.{name}" for module in ("re", "regex")
    for name in ("compile", "match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn")
)


@rule(code="M009", level="lint", subject="task")
def removes_the_answer(subject: TaskSubject) -> Iterator[Fault]:
    """What the comparison ignores is the answer itself.

    ## What it finds
    For `exact_match` on generated answers: golds of which nothing is left once `regexes_to_ignore`,
    `ignore_punctuation` and `ignore_numbers` have been applied, and different golds that `ignore_numbers` makes equal.
    The first 2,000 items are looked at.

    ## Why it matters
    Both sides are compared after the removal. Where nothing is left of the gold, every answer of which nothing is left
    is right too: with `ignore_numbers`, 7 is as right as 12.

    ## How to mend it
    Ignore only what carries no meaning: an article, a unit, a comma within numbers.

    ## Example
    ```yaml
    metric_list:
      - metric: exact_match
        ignore_numbers: true   # M009, where the golds are numbers
    ```
    """
    config = subject.config
    if config is None or config.output_type != "generate_until" or config.process_results is not None:
        return
    for index, entry in enumerate(config.metric_list or []):
        given = dict(entry.model_extra or {})
        removers = [key for key in _REMOVERS if given.get(key)]
        if entry.metric == "exact_match" and removers and not any(metric_faults(entry)) and not _is_slow(entry):
            yield from _removed(subject, ("metric_list", index), removers, given)


def _is_slow(entry: MetricEntry) -> bool:
    return any(can_take_for_ever(one) for one in (entry.model_extra or {}).get("regexes_to_ignore") or ())


def _removed(subject: TaskSubject, key: Key, removers: list[str], given: Mapping[str, Any]) -> Iterator[Fault]:
    golds = [gold for gold in short_golds(subject) if any(text.strip() for text in gold.texts)]
    emptied = [gold for gold in golds if any(not as_compared(text, given).strip() for text in gold.texts)]
    mend = "Ignore only what carries no meaning, such as an article or a unit."
    if emptied:
        shown = emptied[0].texts[0]
        alone = (one for one in removers if not as_compared(shown, {one: given[one]}).strip())
        guilty = next(alone, removers[-1])
        sentence = f"`{guilty}` leaves nothing of the gold `{shown[:60]}`, so that other answers are right too."
        everywhere = len(emptied) > 1 and len(emptied) * 2 > len(golds)
        places = [subject.where(*key, guilty)] if everywhere else [
            subject.rendered_items[gold.place].where for gold in emptied
        ]
        yield from (Fault(sentence, where, mend) for where in places)
    elif given.get("ignore_numbers") and (pair := _made_equal(golds, given)):
        sentence = f"`ignore_numbers` makes the golds `{pair[0][:60]}` and `{pair[1][:60]}` equal."
        yield Fault(sentence, subject.where(*key, "ignore_numbers"), mend)


def _made_equal(golds: list[Gold], given: Mapping[str, Any]) -> tuple[str, str] | None:
    """Two golds that only their numbers tell apart."""
    others = {**given, "ignore_numbers": False}
    first: dict[str, tuple[str, str]] = {}
    for text in (text for gold in golds for text in gold.texts):
        kept, _ = earlier = first.setdefault(as_compared(text, given), (as_compared(text, others), text))
        if kept != as_compared(text, others):
            return earlier[1], text
    return None


@rule(code="M010", level="lint", subject="task")
def endless_pattern(subject: TaskSubject) -> Iterator[Fault]:
    r"""A pattern can take for ever.

    ## What it finds
    A regular expression in a filter, in `regexes_to_ignore` or, written out, in a call of `re` in a hook, that has a
    repetition within a repetition (or alternatives that begin alike within one) such that one text can be read in many
    ways, and something behind it that may be missing. Patterns of up to 2,000 characters are read; none is run.

    ## Why it matters
    On an answer that nearly matches, the engine tries all ways, and each further character doubles their number. A
    model that repeats itself then stops the run for days.

    ## How to mend it
    Repeat one thing alone: `\d+` in place of `(\d+)+`, `(?:\w+\s)*` in place of `(\w+\s?)*`.

    ## Example
    ```yaml
    - {function: regex, regex_pattern: '((\d+)+)+%$'}   # M010: write '(\d+)%$'
    ```
    """
    config = subject.config
    sentence = "This pattern can take for ever: one text can be read by it in too many ways."
    mend = r"Put no repetition directly into a repetition: `\d+` in place of `(\d+)+`."
    for key, pattern in _patterns(config) if config else ():
        if can_take_for_ever(pattern):
            yield Fault(sentence, subject.where(*key), mend)
    for file in hook_files(subject):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and node.args and file.dotted(node.func) in _PATTERN_CALLS:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and can_take_for_ever(first.value):
                    yield Fault(sentence, file.where(node), mend)


def _patterns(config: HarnessConfig) -> Iterator[tuple[Key, str]]:
    """The patterns of the configuration, each with its key."""
    for index, entry in enumerate(config.metric_list or []):
        written = (entry.model_extra or {}).get("regexes_to_ignore")
        for pattern in written if isinstance(written, list) else ():
            if isinstance(pattern, str):
                yield ("metric_list", index, "regexes_to_ignore"), pattern
    for chain in chains(config):
        for number, step in enumerate(chain.steps):
            if isinstance(step.get("regex_pattern"), str):
                yield (*chain.key, "filter", number, "regex_pattern"), step["regex_pattern"]


@rule(code="M011", level="lint", subject="task")
def answers_for_the_model(subject: TaskSubject) -> Iterator[Fault]:
    r"""A filter answers where the model did not.

    ## What it finds
    A filter that makes the gold of some item out of an empty answer, by its `fallback` or by the `default_value` of a
    mapping; and a pattern that finds an empty text wherever it looks, such as `(\d*)`.

    ## Why it matters
    A model that says nothing is right on every item with that gold. A pattern that finds nothing at the first letter
    looks no further, and all that stands behind it is lost.

    ## How to mend it
    Leave out `fallback`, or write a text that is no gold. In the pattern write `+` in place of `*`.

    ## Example
    ```yaml
    - {function: regex, regex_pattern: '(yes|no)', fallback: 'yes'}   # M011: silence is a yes
    ```
    """
    config = subject.config
    if config is None or not config.filter_list:
        return
    graders = exact_graders(config)
    golds = short_golds(subject) if graders else []
    for chain, grader in graders:
        if key := _empty_match(chain):
            mend = "Ask for at least one character: `+` in place of `*`."
            yield Fault("This pattern finds an empty text at once, and looks no further.", subject.where(*key), mend)
            continue
        if _giving_key(chain) == chain.key:
            continue
        silent = [gold for gold in golds if _is_right_in_silence(gold, grader)]
        if silent:
            many = f"{len(silent)} of {len(golds)} items"
            sentence = f"An empty answer becomes `{silent[0].texts[0][:60]}` here, and is right in {many}."
            mend = "Leave the `fallback` out, or write a text that is no gold, such as `[none]`."
            yield Fault(sentence, subject.where(*_giving_key(chain)), mend)


def _is_right_in_silence(gold: Gold, grader: Grader) -> bool:
    if any(not as_compared(text, grader.arguments).strip() for text in gold.texts):
        return False
    try:
        return is_right("", gold.value, grader)
    except CannotTellError:
        return False


def _giving_key(chain: Chain) -> Key:
    for key in ("fallback", "default_value"):
        for number, step in enumerate(chain.steps):
            if key in step:
                return (*chain.key, "filter", number, key)
    return chain.key


def _empty_match(chain: Chain) -> Key | None:
    """The place of a pattern whose first find is empty, though nothing holds it at one place of the text."""
    for number, step in enumerate(chain.steps):
        pattern = step.get("regex_pattern")
        if not isinstance(pattern, str) or pattern.startswith(("^", "\\A", "(?m", "(?i)^")) or pattern.endswith("$"):
            continue
        try:
            found = re.search(pattern, _NEUTRAL)
        except (re.error, RecursionError, OverflowError):
            return None
        if found is not None and found.end() == 0 and not any(found.groups()) and not _looks_behind(pattern):
            return (*chain.key, "filter", number, "regex_pattern")
    return None


def _looks_behind(pattern: str) -> bool:
    return "(?<" in pattern or "\\b" in pattern or "(?=" in pattern or "(?!" in pattern
