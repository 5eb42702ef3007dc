"""What ``commons compare`` says of two models, as words for people: what was found first, how it was found last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from commons.analyse.compare import ALPHA, Comparison, TaskComparison
from commons.cli.saying import difference_said, measured
from commons.pool.card import PROPORTION
from commons.pool.cell import Metric
from commons.publish.numbers import MINUS, quantity
from commons.stats.differences import EXACT, Difference
from commons.stats.separating import fewest_units


def verdict_lines(found: Comparison) -> Iterator[str]:
    """Who A and B are, and a verdict for each task."""
    yield f"A: {found.first}"
    yield f"B: {found.second}"
    yield ""
    for one in found.tasks:
        yield f"{one.task}: {verdict(one, len(found.tasks))}"


def comparison_rows(found: Comparison) -> list[tuple[str, ...]]:
    """The table: a head, and a line for each task. A and B are named above it, the unit beside their values."""
    head = ("task", "n", "A", "B", "A less B", "p")
    return [head, *(_row(one) for one in found.tasks)]


def _row(one: TaskComparison) -> tuple[str, ...]:
    apart = one.difference
    n = f"{apart.n}" if apart.units == apart.n else f"{apart.n} in {apart.units}"
    return (one.task, n, value(one.first, one.unit), value(one.second, one.unit),
            f"{difference(apart.value, one.unit).split()[0]} ({interval(apart.interval, one.unit)})",
            p_value(one.adjusted))


def comparison_lines(found: Comparison) -> Iterator[str]:
    """What stands below the table: the mean over tasks, notes, what was left out, and how to read it."""
    count = len(found.tasks)
    if found.macro is not None:
        mean = found.macro
        yield (f"Mean of {mean.tasks} tasks, each counting once: {difference(mean.difference, mean.unit)} "
               f"(95% interval {interval(mean.interval, mean.unit)}; p {p_said(mean.p)}, not corrected).")
    elif count > 1:
        yield f"No mean over tasks: {found.why_no_macro}"
    noted = _grouped((note, one.task) for one in found.tasks for note in (*one.notes, *_approximate(one)))
    for note, tasks in noted.items():
        where = "" if count == 1 else " on every task" if len(tasks) == count else f" on {_some(tasks)}"
        yield f"Note{where}: {note}"
    for reason, tasks in _grouped((left.reason, left.task) for left in found.not_compared).items():
        yield f"Not compared on {_some(tasks)}: {reason}"
    if not found.tasks:
        yield f"{found.first} and {found.second} could be compared on no task."
        return
    if any(one.difference.units < one.difference.n for one in found.tasks):
        yield "n in clusters: `60 in 10` are 60 items from 10 sources, and the test counts the sources."
    held = "" if count == 1 else f" after Holm's correction for the {count} tasks shown"
    counted = "" if count == 1 else f" What items can show is reckoned for p = {ALPHA:g}/{count}."
    yield (f"A less B, with its 95% interval, is over the items that both answered, of percentages in points. Ahead: p "
           f"at most {ALPHA:g}{held}.{counted}")


def _approximate(one: TaskComparison) -> Iterator[str]:
    """What a p-value promises that made somebody ahead; an exact one needs no note."""
    if one.verdict in {"first ahead", "second ahead"} and one.difference.promise != EXACT:
        yield one.difference.promise


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The tasks of each sentence, which is then said once."""
    found: dict[str, list[str]] = {}
    for sentence, task in pairs:
        found.setdefault(sentence, []).append(task)
    return found


def verdict(one: TaskComparison, tests: int) -> str:
    """One task in words.

    Every clause names what it rests on: the test, the items that only one of the two got right, and the items that
    would be needed.
    """
    apart = one.difference
    if one.verdict == "alike":
        single = "the only item has" if apart.n == 1 else f"all {apart.n} items have"
        digits = "" if apart.first_only is not None else ", as far as its five digits go"
        return f"the two score alike: {single} the same score in both{digits}."
    if one.verdict != "no clear difference":
        ahead = "A" if one.verdict == "first ahead" else "B"
        corrected = "" if tests == 1 else f", corrected for {tests} tasks"
        by = f"{size(abs(apart.value), one.unit)} ({apart.test}, p {p_said(one.adjusted)}{corrected})"
        return f"{ahead} is ahead by {by}.{_alone(apart)}{_at_odds(one)}"
    if apart.stderr is None and apart.units < 2:
        return f"nothing can be said{' from one item' if apart.n == 1 else ': all items share one source'}."
    return f"no clear difference: {_shows(one, tests)}{_alone(apart)}{_at_odds(one)}"


def _shows(one: TaskComparison, tests: int) -> str:
    """What the items that there are can show at all, and how many more would show what was seen."""
    apart, there = one.difference, _units(one, one.difference.units)
    seen = f"a difference of {size(abs(apart.value), one.unit)}" if apart.value else ""
    if one.detectable is not None:
        able = f"{there} show a true difference of {size(one.detectable, one.unit)} or more (80% power)"
    elif apart.units < fewest_units(ALPHA / tests):
        able = f"{there} can show no difference"
    else:
        able = f"what {there} can show is not known"
        if one.more is None and seen:
            return f"{able}."
    if not seen:
        return f"{able}; the two have the same mean, though not the same scores."
    if one.more is None:
        return f"{able}; to show {seen} would take more items than anybody writes."
    more = _units(one, one.more).replace(" ", " more ", 1)
    return f"{able}; about {more} would be needed to show {seen}."


def _units(one: TaskComparison, count: int) -> str:
    kind = "item" if one.difference.units == one.difference.n else "cluster"
    return f"{count:,} {kind}{'' if count == 1 else 's'}"


def _at_odds(one: TaskComparison) -> str:
    """Where interval and test disagree, which of them decides, and why."""
    apart, ends = one.difference, one.difference.interval
    if ends is None:
        return ""
    holds_none, clear = ends[0] <= 0 <= ends[1], one.verdict != "no clear difference"
    if holds_none == clear and clear:
        return f" The interval, which is approximate, holds 0; the test ({apart.test}) decides, and it is clear."
    if holds_none or clear:
        return ""
    if apart.p > ALPHA:
        return f" The interval, which is approximate, leaves out 0; the test ({apart.test}) decides, and it does not."
    return f" Its interval leaves out 0 and its own p is {p_value(apart.p)}: among several tasks that is not enough."


def _alone(apart: Difference) -> str:
    if not apart.first_only and not apart.second_only:
        return ""
    items = "1 item" if apart.first_only == 1 else f"{apart.first_only} items"
    return f" Only A is right on {items}, only B on {apart.second_only}."


def p_value(p: float) -> str:
    """A p-value with two digits; what is below a thousandth says so."""
    return "<.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def p_said(p: float) -> str:
    """A p-value inside a sentence."""
    return "below .001" if p < 0.001 else f"= {p_value(p)}"


def size(of: float, unit: str) -> str:
    """How large a difference is: points for proportions."""
    return difference_said(of, unit)[1:].rstrip()


def difference(of: float, unit: str) -> str:
    """A difference with its sign; none where it is 0."""
    return size(0.0, unit) if of == 0 else difference_said(of, unit).rstrip()


def interval(ends: tuple[float, float] | None, unit: str) -> str:
    """The two ends of a difference's interval; of proportions in points."""
    return "no interval" if ends is None else " to ".join(quantity(end, unit) for end in ends).replace("-", MINUS)


def value(metric: Metric, unit: str) -> str:
    """A cell's own metric with its interval."""
    said = measured(metric.value, metric.interval, unit)
    return said if unit == PROPORTION else " ".join(said.split())


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
