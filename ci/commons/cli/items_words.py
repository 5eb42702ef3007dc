"""What ``commons items`` says of a task's items, as lines for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from commons.analyse.items import ItemReport, TaskItems
from commons.publish.numbers import percent
from commons.stats.items.irt import IrtFit
from commons.stats.items.policy import FEWEST_DIVERSE, FEWEST_FOR_WORDS, Trust, power_at

#: So many items of the list are shown with what was chosen; more are counted, unless all are asked for.
MOST_SHOWN = 25
_MOST_TEXT = 70
_MOST_GROUPS = 12
_HARD, _EASY = 0.2, 0.8


def lines_of(found: TaskItems, *, every: bool, fit: IrtFit | None, why_not: str) -> Iterator[str]:
    """Everything: who answered and what that allows, the list, every item where asked, the summary, and the IRT."""
    yield from _standing(found)
    yield ""
    yield from _worth(found, every)
    yield ""
    yield from _summary(found)
    if every:
        yield ""
        yield from _table(found.reports, found, fit)
    if fit is not None:
        yield ""
        yield from _abilities(found, fit)
    elif why_not:
        yield ""
        yield f"No item response theory: {why_not}."


def _standing(found: TaskItems) -> Iterator[str]:
    models, diverse = len(found.matrix.models), found.diversity.count
    yield (f"{found.matrix.task}: {len(found.reports)} items, {_count(models, 'model')}, of which {diverse} "
           f"{'counts' if diverse == 1 else 'count'} as diverse (models of one family or base count once).")
    several = [group for group in found.groups if len(group) > 1]
    for group in several[:_MOST_GROUPS]:
        yield f"  one model in several forms: {', '.join(group)}"
    if len(several) > _MOST_GROUPS:
        yield f"  and {len(several) - _MOST_GROUPS} more such groups"
    for one, other in found.diversity.by_agreement:
        names = found.matrix.models
        yield f"  {names[one]} and {names[other]} are not registered as kin; their answers agree as if they were."
    if found.left_out:
        yield f"  {_count(len(found.left_out), 'cell')} left out; `commons ranks {found.matrix.task}` says why."
    yield from _allowed(found)


def _allowed(found: TaskItems) -> Iterator[str]:
    power = power_at(found.diversity.count)
    if found.trust is Trust.REFUSED:
        yield (f"Keys are not judged: {Trust.REFUSED.value}. It takes {FEWEST_DIVERSE} diverse models until a wrong "
               f"key shows beside a hard item, and {FEWEST_FOR_WORDS} until most of what is found is one.")
    elif found.silent:
        yield f"Keys are not judged: {found.silent}."
    elif power is not None:
        strength = ("Read the items below; with so few models many of their keys are right."
                    if found.trust is Trust.QUEUE else "The items below are probably wrong or broken; read them first.")
        yield (f"{strength} In simulations with {power.models} diverse models and 5% of 500 keys wrong, "
               f"{_percent(power.precision)} of the 25 most suspicious items had a wrong key.")


def _worth(found: TaskItems, every: bool) -> Iterator[str]:
    worth = found.worth_a_look
    broken = [one for one in found.reports if one.known_broken is not None]
    if found.silent:
        yield "Items worth a look: not judged."
    elif not worth:
        yield "Items worth a look: none."
    else:
        yield f"Items worth a look ({len(worth)} of {len(found.reports)}), the most suspicious first:"
        for one in worth if every else worth[:MOST_SHOWN]:
            yield from _one(one)
        if len(worth) > MOST_SHOWN and not every:
            yield f"  and {len(worth) - MOST_SHOWN} more: see --all."
        yield "Whoever finds one wrong names it under `known_broken` in the card, with the reason, until it is mended."
    for one in broken:
        yield f"  known broken: {one.item} ({one.known_broken})"


def _one(one: ItemReport) -> Iterator[str]:
    yield f"  {one.item}: {_score(one)}, {_correlation(one)}"
    yield from (f"    - {flag}" for flag in one.flags)
    for option in one.options:
        mark = "gold" if option.gold else "    "
        yield (f"    {mark} {_short(option.text or '')}: chosen by {option.top} of the best quarter, "
               f"{option.middle} of the middle, {option.bottom} of the worst quarter")


def _summary(found: TaskItems) -> Iterator[str]:
    difficulties = sorted(one.difficulty for one in found.reports)
    if found.reports[0].interval is not None:
        hard, easy = sum(one < _HARD for one in difficulties), sum(one > _EASY for one in difficulties)
        quarter, half, three = (difficulties[int(share * (len(difficulties) - 1))] for share in (0.25, 0.5, 0.75))
        yield (f"Difficulty (mean score): median {_percent(half)}, middle half {_percent(quarter)} to "
               f"{_percent(three)}; {_count(hard, 'item')} below {_percent(_HARD)}, {easy} above {_percent(_EASY)}.")
    yield from _dead(found)
    if found.alpha is None:
        yield "Reliability (Cronbach's alpha): not defined; it takes two diverse models with different means."
    else:
        yield f"Reliability (Cronbach's alpha): {found.alpha:.2f} over {found.diversity.count} diverse models."


def _dead(found: TaskItems) -> Iterator[str]:
    dead, models = found.dead, len(found.matrix.models)
    if models == 1:
        yield "Dead items, on which all models have the same score: it takes two models to tell."
        return
    ends = ""
    if dead:
        low, top = (end(one.difficulty for one in found.reports) for end in (min, max))
        ends = (f": {sum(one.difficulty == low for one in dead)} at the lowest score of all, "
                f"{sum(one.difficulty == top for one in dead)} at the highest")
    yield f"Dead items, on which all {models} models have the same score: {len(dead)} of {len(found.reports)}{ends}."
    if found.trust is Trust.REFUSED and dead:
        yield "  With so few models an item is easily dead; that says little about it."


def _table(reports: Sequence[ItemReport], found: TaskItems, fit: IrtFit | None) -> Iterator[str]:
    rows = [("item", "score", "95% interval", "item-rest r", *(("slope", "difficulty") if fit else ()), "")]
    for place, one in enumerate(reports):
        notes = ["dead"] * one.dead + ["worth a look"] * one.worth_a_look + ["known broken"] * bool(one.known_broken)
        ends = " to ".join(map(_percent, one.interval)) if one.interval else "none"
        score = _percent(one.difficulty) if one.interval else f"{one.difficulty:.4g}"
        told = (_number(float(fit.slope[place])), _number(float(fit.difficulty[place]), bool(fit.at_bound[place]))
                ) if fit else ()
        correlation = "none" if one.rest_correlation is None else f"{one.rest_correlation:.2f}"
        rows.append((one.item, score, ends, correlation, *told, ", ".join(notes)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield (f"Scores are means in which kin count once; intervals are over {found.diversity.count} diverse "
           f"{'model' if found.diversity.count == 1 else 'models'}.")


def _abilities(found: TaskItems, fit: IrtFit) -> Iterator[str]:
    """The fit's models, the most able first."""
    if fit.shared_slope:
        shared = next(float(one) for one in fit.slope if not math.isnan(one))
        yield (f"1PL (one slope of {shared:.2f} for all of {fit.items} items; slopes of their own take 50 diverse "
               f"models): log-likelihood {fit.log_likelihood:.1f}")
    else:
        against = [item for item, flag in zip(found.matrix.items, fit.against, strict=True) if flag]
        yield f"2PL of {fit.items} items: log-likelihood {fit.log_likelihood:.1f}"
        if against:
            yield f"  Against the others (a negative slope: look at the key): {', '.join(against)}"
    bound = int(fit.at_bound.sum())
    if bound:
        yield f"  {_count(bound, 'item')} at the edge of what is fitted (marked >): a limit and no estimate."
    for place in sorted(range(len(fit.ability)), key=lambda one: -float(fit.ability[one])):
        name = found.matrix.models[found.diversity.chosen[place]]
        yield f"  {name}: ability {fit.ability[place]:+.2f}, sd {fit.ability_sd[place]:.2f}"


def _score(one: ItemReport) -> str:
    if one.interval is None:
        return f"mean score {one.difficulty:.4g}"
    return f"score {_percent(one.difficulty)} [{_percent(one.interval[0])}, {_percent(one.interval[1])}]"


def _correlation(one: ItemReport) -> str:
    return "no item-rest correlation" if one.rest_correlation is None else f"item-rest r {one.rest_correlation:.2f}"


def _number(value: float, at_bound: bool = False) -> str:
    return "none" if math.isnan(value) else f"{'>' if at_bound else ''}{value:.2f}"


def _percent(share: float) -> str:
    return f"{percent(share)}%"


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "..."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
