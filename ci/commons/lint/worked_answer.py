"""The answer that a task must grade as right: the gold, worked into the form that its filters look for.

Lint asks whether any such answer exists; a trial run gives it to the grader. The steps and the comparison do what
lm-evaluation-harness 0.4.13 does (``lm_eval/filters``, ``exact_match`` in ``lm_eval/api/metrics.py``), in plain Python
and without importing it. Patterns of contributed tasks run here: call this only where a time limit holds.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from commons.lint.pattern_frames import frames
from commons.pool.harness_config import FilterEntry, MetricEntry

MAX_GOLD = 2_000
MAX_FORMS = 200
#: A task may ask for so many answers to one prompt.
MAX_REPEATS = 64
#: The pattern of the harness where a task gives none.
DEFAULT_PATTERN = r"#### (\-?[0-9\.\,]+)"
FALLBACK = "[invalid]"

_PATTERN_FILTERS = {"regex", "multi_choice_regex"}
_DRESSES = ("{}.", "({})", "**{}**", "\\boxed{{{}}}", "Answer: {}", '"{}"')
#: What a step or a comparison raises where the harness would crash on this answer.
CRASHES = (AttributeError, TypeError, IndexError, KeyError, ValueError, AssertionError, re.error, RecursionError)


class CannotTellError(Exception):
    """Nobody can say without running contributed code, or a filter that is not followed here, what is right."""


@dataclass(frozen=True)
class Grader:
    """How a generated answer becomes right or wrong: where it is cut, the filter's steps, and ``exact_match``'s ways.

    ``steps`` are those of one entry of ``filter_list``, ``arguments`` the keyword arguments of ``exact_match``.
    """

    steps: tuple[Mapping[str, Any], ...] = ({"function": "take_first"},)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    until: tuple[str, ...] = ()

    @classmethod
    def of(cls, chain: FilterEntry | None, metric: MetricEntry | None, until: Iterable[str] = ()) -> Grader:
        """The grader of one filter (none: the harness takes the first answer) and one metric entry."""
        steps = tuple(chain.filter) if chain else ({"function": "take_first"},)
        return cls(steps, dict(metric.model_extra or {}) if metric else {}, tuple(until))


def worked_answer(gold: Any, grader: Grader) -> str | None:
    """The first form of a right answer that is graded as right; None if none of the forms is.

    ``gold`` is what ``doc_to_target`` gives: a text, a number, or a list of which each is right.

    Raises:
        CannotTellError: a step is code, or one that is not followed here; or the pattern is beyond what is tried.
    """
    for answer in worked_answers(gold, grader):
        if is_right(answer, gold, grader):
            return answer
    if any(frames(_pattern(step)) is None for step in _pattern_steps(grader)):
        raise CannotTellError
    return None


def worked_answers(gold: Any, grader: Grader) -> Iterator[str]:
    """Forms of a right answer, the plainest first: the gold, in the frames of the patterns, in usual dress.

    At most :data:`MAX_FORMS`, of the first :data:`MAX_GOLD` characters of the gold.
    """
    golds = gold if isinstance(gold, list) else [gold]
    return islice(_distinct(form for one in golds for form in _forms(str(one)[:MAX_GOLD], grader)), MAX_FORMS)


def _forms(gold: str, grader: Grader) -> Iterator[str]:
    yield gold
    cores = list(_distinct(_cores(gold, grader)))
    for core in cores:
        forms = [core]
        for step in reversed(_pattern_steps(grader)):
            around = frames(_pattern(step)) or ()
            forms += [before + form + after for form in forms for before, after in around if before or after]
            del forms[MAX_FORMS:]
        yield from forms
    for core in cores:
        yield from (dress.format(core) for dress in _DRESSES)


def _cores(gold: str, grader: Grader) -> Iterator[str]:
    """Texts that mean the gold: itself, what a comparison makes of it, and what a mapping turns into it."""
    yield gold
    yield gold.strip()
    try:
        bare = _without(gold, grader.arguments.get("regexes_to_ignore")).strip()
        normal = _normal(gold, grader.arguments).strip()
    except CRASHES:
        bare = normal = gold
    yield from (bare, normal)
    for step in grader.steps:
        mapping = step.get("mapping_dict")
        if step.get("function") == "map" and isinstance(mapping, dict):
            yield from (str(key) for key, value in mapping.items() if str(value) == gold)
    yield from (gold.lower(), gold.upper(), bare.upper(), gold.replace(",", ""))


def _distinct(texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _pattern_steps(grader: Grader) -> list[Mapping[str, Any]]:
    return [step for step in grader.steps if step.get("function") in _PATTERN_FILTERS]


def _pattern(step: Mapping[str, Any]) -> str:
    return str(step.get("regex_pattern", DEFAULT_PATTERN))


def is_right(answer: str, gold: Any, grader: Grader) -> bool:
    """Whether the harness gives ``answer`` the full score of ``exact_match``; an answer that crashes it is not right.

    Raises:
        CannotTellError: a step is code, or one that is not followed here.
    """
    try:
        found = filtered(cut(answer, grader.until), grader.steps)
        if isinstance(gold, list):
            return any(_equal(found, one, grader.arguments) for one in gold)
        known = gold if isinstance(found, list) or type(gold) is type(found) else type(found)(gold)
        return _equal(found, known, grader.arguments)
    except CRASHES:
        return False


def cut(answer: str, until: Iterable[str]) -> str:
    """``answer`` up to the first of the stop sequences."""
    for stop in until:
        if stop:
            answer = answer.split(stop)[0]
    return answer


def filtered(answer: str, steps: Sequence[Mapping[str, Any]]) -> Any:
    """What one filter makes of one answer: a text where the filter ends well, else a list.

    A filter that wants several answers (``take_first_k``) gets the same one several times.

    Raises:
        CannotTellError: a step is code, or one that is not followed here.
    """
    wanted = [step["k"] for step in steps if isinstance(step.get("k"), int)]
    value: Any = [answer] * min(max([1, *wanted]), MAX_REPEATS)
    for step in steps:
        follow = _STEPS.get(str(step.get("function")))
        if follow is None:
            raise CannotTellError
        value = follow(value, step)
    return value


def _take_first(value: Any, _: Mapping[str, Any]) -> Any:
    return value[0]


def _take_first_k(value: Any, step: Mapping[str, Any]) -> Any:
    return value[: step["k"]]


def _majority_vote(value: Any, _: Mapping[str, Any]) -> Any:
    return [Counter(value).most_common(1)[0][0]]


def _each(change: Callable[[Any, Mapping[str, Any]], Any]) -> Callable[[Any, Mapping[str, Any]], Any]:
    return lambda value, step: [change(one, step) for one in value]


def _search(text: Any, step: Mapping[str, Any]) -> Any:
    matches = re.findall(_pattern(step), text if isinstance(text, str) else "")
    fallback = step.get("fallback", FALLBACK)
    if not matches:
        return fallback
    match = matches[step.get("group_select", 0)]
    if isinstance(match, tuple):
        match = next((one for one in match if one), fallback)
    return match.strip()


def _search_choice(text: Any, step: Mapping[str, Any]) -> Any:
    if not re.findall(_pattern(step), text if isinstance(text, str) else ""):
        # The harness goes on to look for the item's choices, which are not known here.
        raise CannotTellError
    return _search(text, step)


def _mapped(text: Any, step: Mapping[str, Any]) -> Any:
    return step["mapping_dict"].get(text, step.get("default_value"))


_STEPS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "take_first": _take_first,
    "take_first_k": _take_first_k,
    "majority_vote": _majority_vote,
    "regex": _each(_search),
    "multi_choice_regex": _each(_search_choice),
    "lowercase": _each(lambda text, _: text.lower()),
    "uppercase": _each(lambda text, _: text.upper()),
    "remove_whitespace": _each(lambda text, _: text.strip()),
    "map": _each(_mapped),
}


def _equal(found: Any, gold: Any, arguments: Mapping[str, Any]) -> bool:
    """Whether ``exact_match`` gives 1; of a list it scores each part, and a full score needs all."""
    parts: Sequence[Any] = found if isinstance(found, list) else [found]
    return bool(parts) and all(_normal(part, arguments) == _normal(gold, arguments) for part in parts)


def as_compared(text: str, arguments: Mapping[str, Any]) -> str:
    """What ``exact_match`` with these arguments compares of a text.

    Raises:
        re.error: a pattern of ``regexes_to_ignore`` is none.
    """
    return str(_normal(text, arguments))


def _normal(value: Any, arguments: Mapping[str, Any]) -> Any:
    value = _without(value, arguments.get("regexes_to_ignore"))
    if arguments.get("ignore_case"):
        value = value.lower()
    if arguments.get("ignore_punctuation"):
        value = value.translate(str.maketrans("", "", string.punctuation))
    if arguments.get("ignore_numbers"):
        value = value.translate(str.maketrans("", "", string.digits))
    return value


def _without(value: Any, patterns: Iterable[str] | None) -> Any:
    for pattern in patterns or ():
        value = re.sub(pattern, "", value)
    return value
