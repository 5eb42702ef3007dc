"""How a task of generated answers grades: its filters with its exact matches, and what the rules about both ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from commons.lint.endless_patterns import can_take_for_ever
from commons.lint.harness_names import FILTERS
from commons.lint.pattern_frames import frames
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import MAX_GOLD, Grader
from commons.pool.harness_config import FilterEntry, HarnessConfig, MetricEntry
from commons.pool.yamlfile import Key

#: The one filter that makes a list of answers into one answer.
TAKE_FIRST = "take_first"
MAX_GOLDS = 2_000
#: Shorter frames ("$", ":") are found in any answer.
_SHORTEST_FRAME = 3


@dataclass(frozen=True)
class Chain:
    """One filter of a task with its place; without a `filter_list` the harness's own, which takes the first answer."""

    key: Key
    entry: FilterEntry | None

    @property
    def steps(self) -> tuple[Mapping[str, Any], ...]:
        """The steps in order."""
        return tuple(self.entry.filter) if self.entry else ({"function": TAKE_FIRST},)

    @property
    def is_known(self) -> bool:
        """Whether every step has a function of the harness with the arguments that it takes; M002 speaks of others."""
        return all(str(step.get("function")) in FILTERS and not _has_typo(step) for step in self.steps)

    @property
    def is_sound(self) -> bool:
        """Whether the chain is known, ends in one answer, and has no argument that cannot be used."""
        if not self.is_known or ending_fault(self.steps) is not None:
            return False
        return not any(any(step_faults(step)) or _is_endless(step) for step in self.steps)


def _is_endless(step: Mapping[str, Any]) -> bool:
    """Whether the step's pattern can take for ever: then it is not tried here, and M010 speaks of it."""
    pattern = step.get("regex_pattern")
    return isinstance(pattern, str) and can_take_for_ever(pattern)


def _has_typo(step: Mapping[str, Any]) -> bool:
    facts = FILTERS[str(step["function"])]
    return bool(set(step) - {"function"} - facts.arguments or facts.needs - set(step))


def chains(config: HarnessConfig) -> tuple[Chain, ...]:
    """The filters of a task."""
    if not config.filter_list:
        return (Chain(("filter_list",), None),)
    return tuple(Chain(("filter_list", index), entry) for index, entry in enumerate(config.filter_list))


def ending_fault(steps: tuple[Mapping[str, Any], ...]) -> tuple[int, str] | None:
    """The step at which a filter does not give one answer, and what is wrong; None for a sound one or for code."""
    names = [str(step.get("function")) for step in steps]
    if "custom" in names:
        return None
    if TAKE_FIRST not in names:
        return len(names) - 1, "The filter ends in a list of answers, and the metric compares a list with the gold"
    first = names.index(TAKE_FIRST)
    if first < len(names) - 1:
        return first + 1, f"After `take_first`, `{names[first + 1]}` is put to each letter of the answer"
    return None


def waited_words(step: Mapping[str, Any]) -> str | None:
    """The words that stand before what the pattern of a step catches, if it is sure to wait for some."""
    pattern = step.get("regex_pattern")
    if step.get("function") != "regex" or not isinstance(pattern, str):
        return None
    found = frames(pattern)
    before = {one for one, _ in found or ()}
    frame = before.pop() if len(before) == 1 else ""
    return frame if len(frame.strip()) >= _SHORTEST_FRAME else None


def step_faults(step: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Arguments of one step with values that the harness cannot use: the key, what is wrong, and the mend."""
    name, given = str(step.get("function")), dict(step)
    select = given.get("group_select", 0)
    if name in {"regex", "multi_choice_regex"} and (isinstance(select, bool) or not isinstance(select, int)):
        yield "group_select", "`group_select` is not a whole number.", "Write 0 for the first match, -1 for the last."
    elif name in {"regex", "multi_choice_regex"} and select not in {0, -1}:
        sentence = f"`group_select: {select}` takes a later match, and stops the run where an answer has fewer."
        yield "group_select", sentence, "It counts matches, not groups: write 0 for the first match, -1 for the last."
    if name == "take_first_k" and "k" in given and (
        isinstance(given["k"], bool) or not isinstance(given["k"], int) or given["k"] < 1
    ):
        yield "k", "`k` is not a whole number above 0.", "Write how many answers are kept, for example `k: 1`."
    if name == "map" and "mapping_dict" in given and not isinstance(given["mapping_dict"], dict):
        yield "mapping_dict", "`mapping_dict` is no mapping.", "Write pairs, for example `{yes: a, no: b}`."


def metric_faults(entry: MetricEntry) -> Iterator[tuple[str, str, str]]:
    """Arguments of ``exact_match`` with values that mean something else: the key, what is wrong, and the mend."""
    if entry.metric != "exact_match" or entry.hf_evaluate:
        return
    given = entry.model_extra or {}
    for key in ("ignore_case", "ignore_punctuation", "ignore_numbers"):
        if given.get(key) is not None and not isinstance(given[key], bool):
            yield key, f"`{key}` is neither true nor false.", "Write true or false without quotes."
    patterns = given.get("regexes_to_ignore")
    if patterns is None:
        return
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        mend = 'Write a list of texts, for example `regexes_to_ignore: [","]`.'
        yield "regexes_to_ignore", "`regexes_to_ignore` is no list of texts.", mend
        return
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            mend = "Put it in single quotes, and a backslash before each sign that is meant as it stands."
            yield "regexes_to_ignore", f"`{pattern[:60]}` is no regular expression: {error}.", mend


@dataclass(frozen=True)
class Gold:
    """The gold of one row, with its place among the rendered items."""

    place: int
    value: Any

    @property
    def texts(self) -> list[str]:
        """Each right answer as text."""
        return [str(one) for one in self.value] if isinstance(self.value, list) else [str(self.value)]


def short_golds(subject: TaskSubject) -> list[Gold]:
    """The golds for which right answers are worked out: the first :data:`MAX_GOLDS`, without the very long ones."""
    return [gold for gold in golds(subject)[:MAX_GOLDS] if all(len(text) <= MAX_GOLD for text in gold.texts)]


def golds(subject: TaskSubject) -> tuple[Gold, ...]:
    """The golds of generated answers that are neither empty nor unknown; choices are looked up as the harness does."""
    found = []
    for place, row in enumerate(subject.rendered_items):
        value = row.target.value if row.target else None
        choices = row.choices.value if row.choices else None
        if isinstance(choices, list):
            index = value if isinstance(value, int) and not isinstance(value, bool) else -1
            value = choices[index] if 0 <= index < len(choices) else None
        if isinstance(value, (str, int, float, list)) and not _is_empty(value):
            found.append(Gold(place, value))
    return tuple(found)


def _is_empty(value: Any) -> bool:
    """Whether a gold says nothing, of which D009 speaks."""
    if isinstance(value, list):
        return not value or any(_is_empty(one) for one in value)
    return value is None or str(value).strip() in {"", "None"}


def exact_graders(config: HarnessConfig, until: tuple[str, ...] = ()) -> list[tuple[Chain, Grader]]:
    """Each sound filter with the task's ``exact_match``; none where a hook or other code grades."""
    if config.output_type != "generate_until" or config.process_results is not None:
        return []
    metric = next((entry for entry in config.metric_list or [] if entry.metric == "exact_match"), None)
    if metric is None or metric.hf_evaluate or any(metric_faults(metric)):
        return []
    return [(chain, Grader.of(chain.entry, metric, until)) for chain in chains(config) if chain.is_sound]


def stops(config: HarnessConfig) -> tuple[str, ...]:
    """The texts at which an answer is cut."""
    until = (config.generation_kwargs or {}).get("until")
    written = [until] if isinstance(until, str) else until
    return tuple(one for one in written if isinstance(one, str) and one) if isinstance(written, list) else ()
