"""A plan in words: for a terminal, and as Markdown for a job's summary. Both say the same and hide nothing by count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.plan.cells import Reason
from commons.plan.plan import LeftOut, Plan
from commons.pool.cell import CANONICAL
from commons.variants.varied import put_name

#: Names given in full before "and 12 more".
_NAMED = 3
#: Lines of a list before the rest is counted.
_LINES = 8
#: A job on a hosted GitHub runner is stopped after six hours.
JOB_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Summary:
    """What a plan adds up to."""

    cells: int
    reasons: tuple[tuple[str, int], ...]
    requests: int
    tokens_in: int
    tokens_out: int
    seconds: float
    dollars: float
    loads: int
    longest: float
    most_dollars: float


def summary(plan: Plan) -> Summary:
    """Add it up. Reasons stand in the order in which they are told apart."""
    counted = Counter(cell.reason for cell in plan.cells)
    return Summary(
        cells=len(plan.cells),
        reasons=tuple((reason.value, counted[reason]) for reason in Reason if counted[reason]),
        requests=sum(cell.requests for cell in plan.cells), tokens_in=sum(cell.tokens_in for cell in plan.cells),
        tokens_out=sum(cell.tokens_out for cell in plan.cells), seconds=sum(one.seconds for one in plan.shards),
        dollars=sum(cell.dollars for cell in plan.cells), loads=sum(one.loads for one in plan.shards),
        longest=max((one.seconds for one in plan.shards), default=0.0),
        most_dollars=sum(cell.most_dollars for cell in plan.cells),
    )


def to_console(plan: Plan) -> str:
    """The plan as a page of text."""
    total = summary(plan)
    lines = [_headline(plan, total)]
    if total.cells:
        lines += ["", *_aligned((reason, f"{count:,}") for reason, count in total.reasons)]
        lines += ["", *_aligned(_costs(plan, total))]
    for title, entries in _lists(plan):
        lines += ["", title, *(f"  {one}" for one in entries)]
    return "\n".join(lines) + "\n"


def to_markdown(plan: Plan) -> str:
    """The plan for a job's summary."""
    total = summary(plan)
    lines = ["## Plan", "", _headline(plan, total)]
    if total.cells:
        lines += ["", "| reason | cells |", "|---|---:|", *(f"| {name} | {count:,} |" for name, count in total.reasons)]
        lines += ["", "| cost | estimate |", "|---|---|"]
        lines += [f"| {name} | {what} |" for name, what in _costs(plan, total)]
    for title, entries in _lists(plan):
        lines += ["", f"**{title}**", "", *(f"- {one}" for one in entries)]
    return "\n".join(lines) + "\n"


def duration(seconds: float) -> str:
    """A time for people: ``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours:,} h {rest} min" if rest and hours < 100 else f"{hours:,} h"


def money(dollars: float) -> str:
    """A price for people: as many digits as it needs to be more than nothing."""
    if dollars == 0:
        return "$0"
    return f"${dollars:,.2f}" if dollars >= 0.01 else f"${dollars:.2g}"


def _headline(plan: Plan, total: Summary) -> str:
    parts = [f"{_count(total.cells, 'cell')} to run", f"{plan.kept:,} up to date"]
    if plan.inapplicable:
        parts.append(f"{len(plan.inapplicable):,} inapplicable")
    if plan.left_out:
        limits = {one.why for one in plan.left_out}
        parts.append(f"{len(plan.left_out):,} left out" + (f" by {limits.pop()}" if len(limits) == 1 else ""))
    return ", ".join(parts) + "."


def _costs(plan: Plan, total: Summary) -> list[tuple[str, str]]:
    written = f", {total.tokens_out:,} out" if total.tokens_out else ""
    long = " (over the six hours that a hosted runner gives a job)" if total.longest > JOB_SECONDS else ""
    return [
        ("to send", f"{_count(total.requests, 'request')}, {total.tokens_in:,} tokens in{written}"),
        ("time", f"about {duration(total.seconds)} in all, models loaded {total.loads:,} times" if total.loads != 1
         else f"about {duration(total.seconds)} in all, one model loaded once"),
        ("money", f"about {money(total.dollars)}, at most {money(total.most_dollars)}" if total.most_dollars
         else money(total.dollars)),
        ("shards", f"{len(plan.shards):,}, the longest about {duration(total.longest)}{long}"),
    ]


def _lists(plan: Plan) -> Iterable[tuple[str, list[str]]]:
    varied = Counter(cell.variant for cell in plan.cells if cell.variant != CANONICAL)
    if varied:
        yield "Variants", [f"{variant}: {_count(cells, 'cell')}" for variant, cells in sorted(varied.items())]
    if plan.inapplicable:
        models: dict[str, Counter[str]] = defaultdict(Counter)
        for one in plan.inapplicable:
            models[one.why][put_name(one.model, one.variant)] += 1
        grouped = sorted(models.items(), key=lambda one: (-one[1].total(), one[0]))
        yield "Inapplicable", _some([f"{found.total():,} x {why} ({_named(sorted(found))})" for why, found in grouped])
    if plan.left_out:
        by_limit: dict[str, list[LeftOut]] = defaultdict(list)
        for left in plan.left_out:
            by_limit[left.why].append(left)
        for why, left_by in by_limit.items():
            seconds, dollars = sum(one.seconds for one in left_by), sum(one.dollars for one in left_by)
            yield (f"Left out by {why}: {duration(seconds)} and {money(dollars)}", _some([
                f"{one.task} on {put_name(one.model, one.variant)} ({one.reason.value}): {duration(one.seconds)}, "
                f"{money(one.dollars)}" for one in left_by]))
    if plan.basis:
        by_basis: dict[str, list[str]] = defaultdict(list)
        for model, sentence in sorted(plan.basis.items()):
            by_basis[sentence].append(model)
        yield "Where the estimates come from", _some([f"{_named(names)}: {sentence}"
                                                      for sentence, names in by_basis.items()])


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(pairs)
    width = max((len(name) for name, _ in rows), default=0)
    return [f"  {name:<{width}}  {what}" for name, what in rows]


def _some(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"and {len(lines) - _LINES + 1:,} more"]


def _named(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
