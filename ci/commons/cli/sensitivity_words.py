"""What a task's results owe to the format of the prompt, in words: per model, what is missing once, then the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from commons.analyse.sensitivity import (
    NOT_RUN,
    FormatScore,
    ModelSensitivity,
    NamedOrder,
    TaskSensitivity,
)
from commons.cli.dimensions_missing import asking_said, command_lines
from commons.cli.saying import difference_said, measured, value_said, wrapped
from commons.pool.card import PROPORTION
from commons.pool.cell import CANONICAL
from commons.publish.numbers import count, quantity
from commons.stats.prompt import Apart, PromptSpread

#: More pairs than this of one kind are not named one by one.
_PAIRS = 12


def sensitivity_lines(found: TaskSensitivity) -> Iterator[str]:
    """The lines, none wider than a terminal takes but for names and commands."""
    if found.why_none:
        yield from wrapped(f"{found.task}: no other formats. {found.why_none}")
    else:
        yield f"{found.task}: the canonical format and {found.possible} other{'s' * (found.possible > 1)}."
    for one in found.models:
        yield ""
        yield one.model
        for line in _model_lines(found, one):
            yield from wrapped(line, "  ")
    yield from _missing_lines(found)
    yield from _order_lines(found)


def _model_lines(found: TaskSensitivity, one: ModelSensitivity) -> Iterator[str]:
    headline = measured(one.headline.value, one.headline.interval, found.unit)
    yield f"headline: {headline}, {count(one.headline.n)} items; over one format, and for that one alone"
    if one.spread is not None:
        yield from _spread_lines(found, one, one.spread)
        return
    yield f"over formats: not said. {one.why_not}"
    if one.prompts > 1:
        yield from (_format(found, each) for each in one.formats)


def _spread_lines(found: TaskSensitivity, one: ModelSensitivity, spread: PromptSpread) -> Iterator[str]:
    yield (f"mean over {one.prompts} formats: {measured(spread.mean, spread.interval, found.unit)}, "
           f"{count(one.items)} items; the interval counts formats and items")
    if spread.apart is not None:
        yield _apart(found, one, spread.apart)
    if spread.spread:
        yield f"highest: {_format(found, max(one.formats, key=_value))}"
        yield f"lowest: {_format(found, min(one.formats, key=_value))}"
    yield f"spread, highest less lowest: {_distance(found, spread.spread, spread.spread_interval)}"
    share = spread.components.share_of_score
    yield "Nothing varies, over items or over formats." if share is None else (
        f"If you ran one format on {count(one.items)} items, {100 * share:.0f}% of the uncertainty of the score would "
        "come from the choice of the format.")


def _apart(found: TaskSensitivity, one: ModelSensitivity, apart: Apart) -> str:
    """Whether the headline's format stands out among all."""
    others = one.prompts - 1
    sign = 1.0 if found.higher_is_better else -1.0
    best = all(sign * one.formats[0].value > sign * each.value for each in one.formats[1:])
    ends = "no interval" if apart.interval is None else " to ".join(quantity(end, found.unit) for end in apart.interval)
    by = f"{difference_said(apart.value, found.unit)} ({ends})"
    if apart.interval is None or apart.interval[0] <= 0 <= apart.interval[1]:
        though = f"; it is the best of the {one.prompts}" if best else ""
        return (f"The headline's format is not told apart from the {others} others: {by} beside their mean{though}.")
    does = "worse" if sign * apart.value > 0 else "better"
    place = f"the best of the {one.prompts}, " if best else ""
    return (f"The headline's format is {place}{by} beside the mean of the {others} others, which do {does}: the "
            "headline owes that to its format.")


def _missing_lines(found: TaskSensitivity) -> Iterator[str]:
    """The formats that do not count, with why and with what running them takes; once for all models alike."""
    held: dict[tuple[str, str], list[ModelSensitivity]] = {}
    for one in found.models:
        reasons: dict[str, list[str]] = {}
        for each in one.missing:
            reasons.setdefault(each.reason, []).append(each.variant)
        for reason, names in reasons.items():
            held.setdefault((reason, _named(names)), []).append(one)
    if held:
        yield ""
    for (reason, missing), of in held.items():
        whose = "" if len(of) == len(found.models) else f" ({', '.join(one.model for one in of)})"
        said = f"not run{whose}: {missing}." if reason == NOT_RUN else f"left out{whose}: {missing}. {reason}"
        yield from wrapped(said)
    asked = [(one.model, one.asking) for one in found.models if one.asking is not None]
    if asked:
        yield "Run them:"
        yield from command_lines(found.task, [model for model, _ in asked], "format", "  ")
        yield from wrapped(f"{asking_said([asking for _, asking in asked])}.", "  ")


def _named(names: Sequence[str]) -> str:
    """Formats by name; a row of them by its ends.

    >>> _named(["format-1", "format-2", "format-3", "format-7"])
    'format-1 to format-3, format-7'
    """
    runs: list[list[int]] = []
    for number in sorted(int(name.rpartition("-")[2]) for name in names):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [[f"format-{run[0]}"] if len(run) == 1 else [f"format-{run[0]} to format-{run[-1]}"] if len(run) > 2
            else [f"format-{one}" for one in run] for run in runs]
    return ", ".join(one for run in said for one in run)


def _order_lines(found: TaskSensitivity) -> Iterator[str]:
    if not found.orders:
        return
    kept = [one for one in found.orders if one.order.kept]
    turned = [one for one in found.orders if not one.order.kept]
    yield ""
    yield from wrapped(f"Order of models over {len(found.shared_formats)} formats, by their scores without intervals: "
                       f"{len(kept)} of {len(found.orders)} pairs never change places.")
    for one in islice(kept, _PAIRS):
        yield from wrapped(f"never: {_kept(one)}", "  ")
    yield from _more(kept)
    for one in islice(turned, _PAIRS):
        yield from wrapped(f"changes: {one.first} is above {one.second} in {one.order.above}, below in "
                           f"{one.order.below}, level in {one.order.level}", "  ")
    yield from _more(turned)


def _kept(one: NamedOrder) -> str:
    if not one.order.above and not one.order.below:
        return f"{one.first} is level with {one.second} in all"
    high, low = (one.first, one.second) if one.order.above else (one.second, one.first)
    level = f", level in {one.order.level}" if one.order.level else ""
    return f"{high} is above {low} in {max(one.order.above, one.order.below)}{level}"


def _more(pairs: Sequence[NamedOrder]) -> Iterator[str]:
    if len(pairs) > _PAIRS:
        yield f"  and {count(len(pairs) - _PAIRS)} more such pairs: --json"


def _format(found: TaskSensitivity, one: FormatScore) -> str:
    words = "" if one.variant == CANONICAL else f": {one.words}"
    return f"{value_said(one.value, found.unit)} {one.variant}{words}"


def _value(one: FormatScore) -> float:
    return one.value


def _distance(found: TaskSensitivity, value: float, interval: tuple[float, float] | None) -> str:
    """A distance, which has no sign: of proportions in points."""
    what = "points" if found.unit == PROPORTION else found.unit
    ends = "no interval" if interval is None else " to ".join(quantity(end, found.unit) for end in interval)
    return f"{quantity(value, found.unit)} {what} ({ends})"
