"""How far two models are apart, in words and places: what their comparison says, and no more than it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.analyse.compare import ALPHA, Comparison, TaskComparison, together
from commons.pool.card import PROPORTION
from commons.publish.facts import Number
from commons.publish.numbers import MINUS, Scale, count, quantity, scale_for, show, unit_sign
from commons.stats.separating import fewest_units


@dataclass(frozen=True)
class Names:
    """The two models as readers call them."""

    first: str
    second: str


@dataclass(frozen=True)
class Apart:
    """A task's difference: the number, its interval, and its whisker on a scale with 0 in the middle.

    ``low``, ``high`` and ``at`` are hundredths of the scale's length; ``low`` is empty without an interval.
    """

    value: str
    interval: str
    p: str
    verdict: str
    clear: bool
    items: str
    able: str
    low: str
    high: str
    at: str


def scales(tasks: Iterable[TaskComparison]) -> dict[str, Scale]:
    """For each unit the scale that its tasks share: symmetrical, and round at both ends."""
    reach: dict[str, float] = {}
    for one in tasks:
        ends = one.difference.interval or ()
        far = max(abs(value) for value in (one.difference.value, *ends))
        reach[one.unit] = max(reach.get(one.unit, 0.0), far)
    made = {}
    for unit, far in reach.items():
        end = scale_for("", [far]).high
        end = min(end, 1.0) if unit == PROPORTION else end
        made[unit] = Scale(-end, end, unit)
    return made


def apart(one: TaskComparison, names: Names, tests: int, scale: Scale) -> Apart:
    """One task."""
    found = one.difference
    ends = found.interval
    clear = one.verdict in {"first ahead", "second ahead"}
    return Apart(
        value=signed(found.value, ends, one.unit), interval="none" if ends is None else between(ends, one.unit),
        p=p_value(one.adjusted), verdict=_verdict(one, names), clear=clear,
        items=count(found.n) if found.units == found.n else f"{count(found.n)} from {count(found.units)} sources",
        able=_able(one, tests), low="" if ends is None else scale.place(ends[0]),
        high="" if ends is None else scale.place(ends[1]), at=scale.place(found.value),
    )


def sentence(found: Comparison, names: Names) -> str:
    """All tasks in one or two sentences."""
    tasks = found.tasks
    if not tasks:
        return f"{names.first} and {names.second} could be compared on no task."
    ahead = {"first ahead": 0, "second ahead": 0}
    for one in tasks:
        if one.verdict in ahead:
            ahead[one.verdict] += 1
    first, second = ahead["first ahead"], ahead["second ahead"]
    return f"{_counts(first, second, len(tasks), names)}{_mean(found, names)}"


def _counts(first: int, second: int, tasks: int, names: Names) -> str:
    if tasks == 1:
        who = names.first if first else names.second if second else ""
        return f"{who} is clearly ahead on the only task." if who else "On the only task there is no clear difference."
    if not first and not second:
        return f"On none of {count(tasks)} tasks is either clearly ahead."
    parts = [f"{name} is clearly ahead on {count(number)}" for name, number in
             ((names.first, first), (names.second, second)) if number]
    rest = tasks - first - second
    said = " and ".join(parts) + f" of {count(tasks)} tasks"
    return f"{said}." if not rest else f"{said}; on the other {count(rest)} there is no clear difference."


def _mean(found: Comparison, names: Names) -> str:
    """The mean over tasks, or over those of the commonest unit where units differ."""
    if len(found.tasks) < 2:
        return ""
    group, mean = found.tasks, found.macro
    if mean is None and len({_kind(one) for one in group}) > 1:
        commonest = Counter(map(_kind, group)).most_common(1)[0][0]
        group = tuple(one for one in group if _kind(one) == commonest)
        mean = together(found.first, found.second, group, ()).macro
        if mean is None:
            return " There is no mean over tasks, because they are in different units."
    if mean is None:
        return f" No mean over tasks: {_lower(found.why_no_macro)}"
    sign, held = _sign(mean.unit), between(mean.interval, mean.unit)
    size = size_of(mean.difference, mean.interval, mean.unit)
    kin = "" if len(group) == len(found.tasks) else f" in {unit_sign(mean.unit)}"
    over = f" Over {'the ' if kin else ''}{count(mean.tasks)} tasks{kin}, each counting once,"
    ignored = _ignored(len(found.tasks) - len(group), mean.unit)
    if mean.p > ALPHA or not mean.difference:
        return f"{over} the mean difference is not clear: {size} {sign} (95% interval {held}). {ignored}"
    who = names.first if (mean.difference > 0) == group[0].higher_is_better else names.second
    return f"{over} {who} is ahead by {size} {sign} on average (95% interval {held}, p {p_value(mean.p)}). {ignored}"


def _ignored(left: int, unit: str) -> str:
    """What the mean does not look at: it is one over tasks that differ."""
    rest = f" It leaves out {count(left)} task{'' if left == 1 else 's'} in another unit or direction." if left else ""
    alike = "a point" if unit == PROPORTION else "a difference"
    return f"This mean takes {alike} to be worth the same on every task, whatever guessing scores there.{rest}"


def _kind(one: TaskComparison) -> tuple[str, bool]:
    return one.unit, one.higher_is_better


def _verdict(one: TaskComparison, names: Names) -> str:
    ahead = {"first ahead": names.first, "second ahead": names.second}.get(one.verdict)
    if one.verdict == "alike":
        return "same on the only item" if one.difference.n == 1 else f"same on all {count(one.difference.n)} items"
    return f"{ahead} ahead" if ahead else one.verdict


def _able(one: TaskComparison, tests: int) -> str:
    """What so many items can show, and how many more would show what was seen."""
    found = one.difference
    kind = "items" if found.units == found.n else "sources"
    if one.verdict == "alike":
        far = max(map(abs, found.interval)) if found.interval else 0.0
        if not far:
            return f"every item has the same score in both; that does not prove that other {kind} would have"
        return f"a difference up to {size_of(far, found.interval, one.unit)} {_sign(one.unit)} would fit"
    if one.detectable is not None:
        able = f"these {kind} show a difference of {size_of(one.detectable, None, one.unit)} {_sign(one.unit)} or more"
    elif found.units < fewest_units(ALPHA / tests):
        able = f"so few {kind} can show no difference"
    else:
        able = f"what these {kind} can show is not known"
    if one.verdict != "no clear difference" or not one.more:
        return able
    return f"{able}; about {count(one.more)} more would show the one seen"


def signed(value: float, ends: tuple[float, float] | None, unit: str) -> str:
    """A difference with its sign, at the digits that its interval allows."""
    if not value:
        return "0"
    return f"{MINUS if value < 0 else '+'}{size_of(value, ends, unit)}"


def size_of(value: float, ends: tuple[float, float] | None, unit: str) -> str:
    """How large a difference is; of proportions in points."""
    if ends is None:
        return quantity(abs(value), unit)
    return show(_number(value, ends), unit).value.removeprefix(MINUS)


def between(ends: tuple[float, float], unit: str) -> str:
    """The two ends of a difference's interval."""
    return show(_number(sum(ends) / 2, ends), unit).interval


def p_value(p: float) -> str:
    """A p-value with two digits; what is below a thousandth says so."""
    return "< .001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def axis(scale: Scale) -> str:
    """The two ends of a whisker's scale."""
    return f"{scale.label} {_sign(scale.unit)}"


def _number(value: float, ends: tuple[float, float]) -> Number:
    return Number(value, ends, 0.95, "", 0, None, True)


def _sign(unit: str) -> str:
    return "points" if unit == PROPORTION else unit


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def tally(found: Comparison) -> Sequence[int]:
    """On how many tasks the first is clearly ahead, the second is, and neither."""
    verdicts = [one.verdict for one in found.tasks]
    first, second = verdicts.count("first ahead"), verdicts.count("second ahead")
    return first, second, len(verdicts) - first - second
