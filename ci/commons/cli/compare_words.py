"""What ``commons compare`` says, as words for people and as values for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from commons.analyse.compare import ALPHA, Comparison, TaskComparison
from commons.analyse.versions import Versions
from commons.pool.cell import Metric
from commons.publish.numbers import MINUS, PROPORTION, show, unit_sign
from commons.stats.differences import Difference
from commons.stats.flips import Flips

_HEAD = ("task", "n", "", "", "difference", "95% interval", "p", "p, Holm", "shows from")


def comparison_rows(found: Comparison) -> list[tuple[str, ...]]:
    """The table: a head, and a line for each task."""
    head = (*_HEAD[:2], found.first, found.second, *_HEAD[4:])
    return [head, *(_row(one) for one in found.tasks)]


def _row(one: TaskComparison) -> tuple[str, ...]:
    apart = one.difference
    n = f"{apart.n}" if apart.units == apart.n else f"{apart.n} in {apart.units} clusters"
    return (
        one.task, n, _value(one.first, one.unit), _value(one.second, one.unit), _apart(apart.value, one.unit),
        _interval(apart.interval, one.unit), p_value(apart.p), p_value(one.adjusted),
        "not known" if one.detectable is None else size(one.detectable, one.unit),
    )


def comparison_lines(found: Comparison) -> Iterator[str]:
    """The words below the table: a verdict for each task, the mean, what was left out, and how to read it."""
    everywhere = _common_notes(found.tasks)
    for one in found.tasks:
        yield f"{one.task}: {verdict(found, one)}"
        yield from (f"  note: {note}" for note in one.notes if note not in everywhere)
    yield from (f"note, on every task: {note}" for note in everywhere)
    for left in found.not_compared:
        yield f"{left.task}: not compared. {left.reason}"
    if not found.tasks:
        yield f"{found.first} and {found.second} could be compared on no task."
        return
    yield ""
    if found.macro is not None:
        mean = found.macro
        yield (f"Mean of {mean.tasks} tasks, each counting once: {_apart(mean.difference, mean.unit)} "
               f"(95% interval {_interval(mean.interval, mean.unit)}, p {_p_said(mean.p)}). "
               "It is about these tasks, and its p-value is not adjusted.")
    else:
        yield f"No mean over tasks: {found.why_no_macro}"
    count = len(found.tasks)
    yield (f"Differences are {found.first} less {found.second}, on the items that both answered. "
           f"{count} {'test' if count == 1 else 'tests'}; clear means p at most {ALPHA:g} after Holm's correction "
           f"for {'it' if count == 1 else f'all {count}'}. \"Shows from\": the smallest true difference that such a "
           "comparison finds four times in five.")


def _common_notes(tasks: Sequence[TaskComparison]) -> tuple[str, ...]:
    """The notes that stand on every task of several, which are said once."""
    if len(tasks) < 2:
        return ()
    return tuple(note for note in tasks[0].notes if all(note in one.notes for one in tasks))


def verdict(found: Comparison, one: TaskComparison) -> str:
    """One task in words.

    Every clause names what it rests on: the test, the items that only one of the two got right, and the items that
    would be needed.
    """
    apart = one.difference
    by = f"{size(abs(apart.value), one.unit)} ({apart.test}, p {_p_said(one.adjusted)} adjusted)"
    if one.verdict == "alike":
        return f"the two answer alike: no score differs on any of {apart.n} items."
    if one.verdict != "no clear difference":
        ahead = found.first if one.verdict == "first ahead" else found.second
        return f"{ahead} is ahead by {by}.{_alone(apart)}"
    if apart.stderr is None and apart.units < 2:
        return "nothing can be said: all items share one source."
    return f"no clear difference: {_needed(one)}{_alone(apart)}{_at_odds(apart)}"


def _needed(one: TaskComparison) -> str:
    unit = "items" if one.difference.units == one.difference.n else "clusters of items"
    if one.difference.value == 0:
        return "the two score the same, and no number of items shows a difference of 0."
    seen = f"a difference of this size ({size(abs(one.difference.value), one.unit)})"
    if one.more is None:
        return f"to show {seen} would take more items than anybody writes."
    if one.more == 0:
        return (f"there are enough {unit} to show {seen} four times in five; this time they did not, or not after the "
                "correction for all tasks shown.")
    return f"about {one.more:,} more {unit} would be needed to show {seen}."


def _at_odds(apart: Difference) -> str:
    """Where interval and test disagree, which of them decides."""
    if apart.interval is None or apart.interval[0] <= 0 <= apart.interval[1] or apart.p <= ALPHA:
        return ""
    return f" The interval, which is approximate, leaves out 0; the test ({apart.test}) decides, and it does not."


def _alone(apart: Difference) -> str:
    if apart.first_only is None or apart.second_only is None:
        return ""
    items = "1 item" if apart.first_only == 1 else f"{apart.first_only} items"
    return f" Only the first is right on {items}, only the second on {apart.second_only}."


def versions_lines(found: Versions) -> Iterator[str]:
    """Two versions of one cell in words."""
    unit, apart = found.column.unit, found.difference
    yield f"{found.task} on {found.label}: now, against {found.commit[:12]}"
    if found.unchanged:
        yield "The two hold the same rows under the same cell key: nothing changed."
        return
    yield (f"  then {_value(found.before, unit)}, now {_value(found.after, unit)}; now less then "
           f"{_apart(apart.value, unit)}, 95% interval {_interval(apart.interval, unit)}, on {apart.n} shared items")
    yield f"  differing hashes: {', '.join(found.changed) or 'none, so the two were to be the same'}"
    for what, items in (("put otherwise now", found.other_input), ("new", found.added), ("gone", found.removed)):
        if items:
            yield f"  {len(items)} items are {what}: {_some(items)}"
    if found.flips is None:
        yield f"  {found.column.name} is no mean over items, so no item flips; p {_p_said(apart.p)} ({apart.test})"
        return
    yield f"  {noise(found.flips)}"
    for one in found.flipped:
        yield ""
        yield f"{one.item}: {one.score_before:g} -> {one.score_after:g}, {'better' if one.better else 'worse'}"
        if one.before is not None and one.after is not None:
            yield f"  then | {one.before}"
            yield f"  now  | {one.after}"
    if found.flipped and found.flipped[0].before is None:
        yield "The answers are not published."


def noise(found: Flips) -> str:
    """Whether more items came out otherwise than noise does."""
    moved = len(found.higher) + len(found.lower)
    said = (f"{moved} of {found.n} items came out otherwise: {len(found.higher)} with a higher score, "
            f"{len(found.lower)} with a lower one.")
    if found.deterministic:
        return f"{said} Decoding is deterministic, so there is no noise" + (
            ": each of them is a change." if moved else ".")
    if found.p is None or found.expected is None:
        return (f"{said} Whether that is more than noise could not be measured: each item was answered once, and the "
                "answers may vary by themselves. Repeats in the task measure it.")
    verdict = "more than" if found.p <= ALPHA else "not more than"
    return (f"{said} The scores moved by {found.moved:.3g} items' worth in all; noise alone gives "
            f"{found.expected:.3g}. This is {verdict} noise predicts (p {_p_said(found.p)}, {found.test}).")


def comparison_json(found: Comparison) -> JsonValue:
    """The comparison as one document."""
    macro = found.macro
    return {
        "first": found.first, "second": found.second, "alpha": ALPHA, "tests": len(found.tasks),
        "correction": "Holm over the tasks shown",
        "tasks": [_task_json(one) for one in found.tasks],
        "not_compared": [{"task": one.task, "reason": one.reason} for one in found.not_compared],
        "macro": None if macro is None else {
            "difference": macro.difference, "stderr": macro.stderr, "interval": list(macro.interval), "p": macro.p,
            "tasks": macro.tasks, "unit": macro.unit,
        },
        "why_no_macro": found.why_no_macro or None,
    }


def _task_json(one: TaskComparison) -> JsonValue:
    return {
        "task": one.task, "metric": one.metric, "unit": one.unit, "higher_is_better": one.higher_is_better,
        "first": one.first.model_dump(mode="json"), "second": one.second.model_dump(mode="json"),
        "difference": _difference_json(one.difference), "p_adjusted": one.adjusted, "verdict": one.verdict,
        "smallest_detectable": one.detectable, "more_needed": one.more,
        "more_needed_of": "items" if one.difference.units == one.difference.n else "clusters",
        "notes": list(one.notes),
    }


def _difference_json(one: Difference) -> JsonValue:
    return {
        "value": one.value, "stderr": one.stderr, "interval": None if one.interval is None else list(one.interval),
        "p": one.p, "test": one.test, "items": one.n, "clusters": one.units, "first_only": one.first_only,
        "second_only": one.second_only,
    }


def versions_json(found: Versions) -> JsonValue:
    """Two versions of one cell as one document."""
    noise_of = found.flips
    return {
        "task": found.task, "cell": found.label, "before_commit": found.commit, "metric": found.column.name,
        "unit": found.column.unit, "higher_is_better": found.column.higher_is_better,
        "before": found.before.model_dump(mode="json"), "after": found.after.model_dump(mode="json"),
        "difference": _difference_json(found.difference), "changed": list(found.changed), "unchanged": found.unchanged,
        "other_input": list(found.other_input), "added": list(found.added), "removed": list(found.removed),
        "flips": None if noise_of is None else {
            "items": noise_of.n, "higher": list(noise_of.higher), "lower": list(noise_of.lower),
            "moved": noise_of.moved, "expected": noise_of.expected, "p": noise_of.p,
            "deterministic": noise_of.deterministic, "test": noise_of.test,
        },
        "flipped": [{"item": one.item, "better": one.better, "score_before": one.score_before,
                     "score_after": one.score_after, "before": one.before, "after": one.after}
                    for one in found.flipped],
    }


def p_value(p: float) -> str:
    """A p-value with two digits; what is below a thousandth says so."""
    return "<.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def _p_said(p: float) -> str:
    return "below .001" if p < 0.001 else f"= {p_value(p)}"


def size(value: float, unit: str) -> str:
    """How large a difference is: points for proportions."""
    if unit == PROPORTION:
        return f"{100 * value:.1f} points"
    return f"{value:.3g} {unit}".rstrip()


def _apart(value: float, unit: str) -> str:
    sign = MINUS if value < 0 else "+" if value > 0 else ""
    return sign + size(abs(value), unit)


def _interval(ends: tuple[float, float] | None, unit: str) -> str:
    if ends is None:
        return "none"
    shown = [f"{100 * end:.1f}" if unit == PROPORTION else f"{end:.3g}" for end in ends]
    return " to ".join(shown).replace("-", MINUS)


def _value(metric: Metric, unit: str) -> str:
    shown = show(metric, unit)
    sign = f" {unit_sign(unit)}".rstrip() if unit != PROPORTION else "%"
    return f"{shown.value}{sign} ({shown.interval or 'no interval'})"


def _some(items: tuple[str, ...], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
