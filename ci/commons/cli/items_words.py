"""What ``commons items`` says of a task's items, as lines for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from commons.analyse.items import ItemReport, TaskItems
from commons.cli.saying import measured, width, wrapped
from commons.pool.card import PROPORTION
from commons.publish.numbers import percent
from commons.stats.items.irt import FEWEST_FOR_SLOPES, IrtFit
from commons.stats.items.policy import FEWEST_DIVERSE, FEWEST_FOR_WORDS, HALF, Trust, power_at

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
    yield from _summary(found)
    if every:
        yield ""
        yield from _table(found.reports, found, fit)
    if fit is not None:
        yield ""
        yield from _abilities(found, fit, every)
    elif why_not:
        yield ""
        yield from wrapped(f"No item response theory: {why_not}.")


def _standing(found: TaskItems) -> Iterator[str]:
    models, diverse = len(found.matrix.models), found.diversity.count
    yield from wrapped(
        f"{found.matrix.task}: {_count(len(found.reports), 'item')}, {_count(models, 'model')}, of which {diverse} "
        f"{'counts' if diverse == 1 else 'count'} as diverse (models of one family or base count once).")
    several = [group for group in found.groups if len(group) > 1]
    for group in several[:_MOST_GROUPS]:
        yield from wrapped(f"one model in several forms: {', '.join(group)}", "  ")
    if len(several) > _MOST_GROUPS:
        yield f"  and {len(several) - _MOST_GROUPS} more such groups"
    for one, other in found.diversity.by_agreement:
        names = found.matrix.models
        yield from wrapped(f"{names[one]} and {names[other]} are not registered as kin; their answers agree as if they "
                           "were.", "  ")
    if found.left_out:
        yield f"  {_count(len(found.left_out), 'cell')} left out; `commons ranks {found.matrix.task}` says why."


def _worth(found: TaskItems, every: bool) -> Iterator[str]:
    worth = found.worth_a_look
    if found.silent:
        yield from _not_judged(found)
    elif not worth:
        yield "No item looks as if its gold were wrong."
    else:
        yield from _strength(found, len(worth))
        for one in worth if every else worth[:MOST_SHOWN]:
            yield from _one(one)
        if len(worth) > MOST_SHOWN and not every:
            yield f"  and {len(worth) - MOST_SHOWN} more: see --all."
        best = found.matrix.models[found.diversity.chosen[0]]
        yield from wrapped(f"`commons show {found.matrix.task} {best} --items {len(found.reports)}` shows every row of "
                           "a model. Whoever finds an item wrong names it under `known_broken` in the card, with the "
                           "reason, until it is mended.")
    for one in found.reports:
        if one.known_broken is not None:
            yield from wrapped(f"known broken: {one.item} ({one.known_broken})", "  ")
    yield ""


def _not_judged(found: TaskItems) -> Iterator[str]:
    """Why no gold is judged, and what would help."""
    task = found.matrix.task
    if found.trust is Trust.REFUSED:
        yield from wrapped(
            f"Golds are not judged: {Trust.REFUSED.value}. From {FEWEST_DIVERSE} diverse models on a wrong gold shows "
            f"beside a hard item, and from {FEWEST_FOR_WORDS} on most of what is found is one.")
        yield from wrapped(f"Next: measure models of other families (`commons run {task} --model ID`; `commons doctor` "
                           f"says which run here), and read rows: `commons show {task} {found.matrix.models[0]}`.")
        return
    yield from wrapped(f"Golds are not judged: {found.silent}.")


def _strength(found: TaskItems, listed: int) -> Iterator[str]:
    """How much the list may be trusted, with how long it would be if every gold were right."""
    luck, power = found.luck, power_at(found.diversity.count)
    if luck is None:
        return
    by_luck = (f"If every gold were right, about {luck.expected:.1f} would be listed all the same".replace(".0 ", " "))
    yield f"Items to read ({listed} of {len(found.reports)}), the most suspicious first:"
    if not luck.beyond:
        yield from wrapped(f"Nothing to act on: {by_luck[0].lower()}{by_luck[1:]}, so that most of these golds are "
                           "right, or all.", "  ", "")
        return
    mostly = found.trust is Trust.LIKELY and luck.expected <= HALF * luck.listed
    strength = "most of these have a wrong gold or are broken" if mostly else "some of these have a wrong gold"
    yield from wrapped(f"Probably {strength}. {by_luck}.", "  ", "")
    if power is not None:
        yield from wrapped(f"Of the most suspicious items of such a pool about {10 * power.precision:.0f} in 10 turn "
                           "out wrong where 5% of the golds are wrong.", "  ", "")


def _one(one: ItemReport) -> Iterator[str]:
    yield from wrapped(f"{one.item}: {_score(one)}, {_correlation(one)}", "  ")
    if one.prompt is not None:
        yield f"    {_short(' '.join(one.prompt.split()))}"
    for flag in one.flags:
        yield from wrapped(f"- {flag}", "    ")
    for option in one.options:
        mark = "gold" if option.gold else "    "
        yield (f"    {mark} {_short(option.text or '')}: chosen by {option.top} of the best quarter, "
               f"{option.middle} of the middle, {option.bottom} of the worst quarter")


def _summary(found: TaskItems) -> Iterator[str]:
    difficulties = sorted(one.difficulty for one in found.reports)
    if found.reports[0].interval is not None:
        hard, easy = sum(one < _HARD for one in difficulties), sum(one > _EASY for one in difficulties)
        quarter, half, three = (difficulties[int(share * (len(difficulties) - 1))] for share in (0.25, 0.5, 0.75))
        yield from wrapped(
            f"{_what(found)} (higher is easier): median {_percent(half)}, middle half {_percent(quarter)} to "
            f"{_percent(three)}; {_count(hard, 'item')} below {_percent(_HARD)}, {easy} above {_percent(_EASY)}.")
    yield from _dead(found)
    if found.alpha is None:
        yield "Reliability: not defined; it takes two diverse models with different means."
    else:
        yield from wrapped(
            f"Reliability {found.alpha:.2f} over {found.diversity.count} diverse models (Cronbach's alpha: how far "
            "their order would repeat on items like these, 1 is exactly).")


def _what(found: TaskItems) -> str:
    right = bool(((found.matrix.scores == 0.0) | (found.matrix.scores == 1.0)).all())
    return "Share of models that are right" if right else "Mean score"


def _dead(found: TaskItems) -> Iterator[str]:
    dead, models = found.dead, len(found.matrix.models)
    if models == 1:
        yield "Dead items, on which all models have the same score: it takes two models to tell."
        return
    ends = ""
    if dead and found.reports[0].interval is not None:
        none, full = (sum(one.difficulty == end for one in dead) for end in (0.0, 1.0))
        ends = f": {none} at 0%, {full} at 100%"
    yield from wrapped(f"Dead items, on which all {models} models have the same score: {len(dead)} of "
                       f"{len(found.reports)}{ends}.")
    if found.trust is Trust.REFUSED and dead:
        yield "  With so few models an item is easily dead; that says little about it."


def _table(reports: Sequence[ItemReport], found: TaskItems, fit: IrtFit | None) -> Iterator[str]:
    rows = [("item", "score (95% interval)", "item-rest r", *(("slope", "IRT difficulty") if fit else ()), "")]
    for place, one in enumerate(reports):
        notes = ["dead"] * one.dead + ["to read"] * one.worth_a_look + ["known broken"] * bool(one.known_broken)
        score = f"{one.difficulty:.4g}" if one.interval is None else measured(one.difficulty, one.interval, PROPORTION)
        told = (_number(float(fit.slope[place])), _number(float(fit.difficulty[place]), bool(fit.at_bound[place]))
                ) if fit else ()
        correlation = "none" if one.rest_correlation is None else f"{one.rest_correlation:.2f}"
        rows.append((one.item, score, correlation, *told, ", ".join(notes)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(space) for cell, space in zip(row, widths, strict=True)).rstrip()
    count = found.diversity.count
    yield from wrapped(f"Scores are means in which models of one family or base count once, over {count} diverse "
                       f"{'model' if count == 1 else 'models'}; a high one is an easy item. Item-rest r says whether "
                       "models that are right here are right on the other items: 1 always, 0 as luck has it, below 0 "
                       "the other way round."
                       + (" IRT difficulty runs the other way: a high one is a hard item." if fit else ""))


def _abilities(found: TaskItems, fit: IrtFit, every: bool) -> Iterator[str]:
    """The fit's models, the most able first."""
    said = "Item response theory puts models and items on one scale, on which the average model is 0"
    known = f"log-likelihood {fit.log_likelihood:.1f}, {fit.items} items"
    if fit.shared_slope:
        shared = next(float(one) for one in fit.slope if not math.isnan(one))
        yield from wrapped(f"{said}. 1PL ({known}): all items share one slope, {shared:.2f}, for slopes of their own "
                           f"take {FEWEST_FOR_SLOPES} diverse models.")
    else:
        against = [item for item, flag in zip(found.matrix.items, fit.against, strict=True) if flag]
        yield from wrapped(f"{said}. 2PL ({known}): each item has a slope, high where it tells models apart.")
        if against:
            yield from wrapped(f"Against the others (a negative slope: look at the gold): {', '.join(against)}", "  ")
    bound = int(fit.at_bound.sum())
    if bound:
        yield f"  {_count(bound, 'item')} at the edge of what is fitted (marked >): a limit and no estimate."
    for place in sorted(range(len(fit.ability)), key=lambda one: -float(fit.ability[one])):
        name = found.matrix.models[found.diversity.chosen[place]]
        yield f"  {name}: ability {fit.ability[place]:+.2f}, sd {fit.ability_sd[place]:.2f}"
    if not every:
        yield "  Slope and difficulty of each item: add --all."


def _score(one: ItemReport) -> str:
    if one.interval is None:
        return f"mean score {one.difficulty:.4g}"
    return f"score {measured(one.difficulty, one.interval, PROPORTION)}"


def _correlation(one: ItemReport) -> str:
    return "no item-rest correlation" if one.rest_correlation is None else f"item-rest r {one.rest_correlation:.2f}"


def _number(value: float, at_bound: bool = False) -> str:
    return "none" if math.isnan(value) else f"{'>' if at_bound else ''}{value:.2f}"


def _percent(share: float) -> str:
    return f"{percent(share)}%"


def _short(text: str) -> str:
    most = min(_MOST_TEXT, width() - len("    "))
    return text if len(text) <= most else text[: most - 3] + "..."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
