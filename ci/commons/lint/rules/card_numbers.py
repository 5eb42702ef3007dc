"""C009 to C011, C014 and C020: numbers of the card against what the items can give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from commons.lint.prompt_parts import kept, takes_choices_as_prompts
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import PROPORTION
from commons.stats.power import best_case_difference, smallest_difference

_ACCURACIES = frozenset({"acc", "acc_norm", "acc_bytes", "acc_mutual_info"})
#: Metrics whose headline is the mean of one score from 0 to 1 for each item.
_ITEM_MEANS = _ACCURACIES | {"exact_match"}
_TOLERANCE = 0.01
_CLAIM_TOLERANCE = 0.97


@rule(code="C009", level="lint", subject="task")
def wrong_chance(subject: TaskSubject) -> Iterator[Fault]:
    """The chance level is not what guessing scores.

    ## What it finds
    For the accuracy of a multiple choice task, a `headline.chance` that differs by more than .01 from the mean over
    the items of (right choices / choices).

    ## Why it matters
    Scores are drawn, and gates are judged, from chance upwards. With a chance of 0.5 under four choices, a good model
    looks like a guess.

    ## How to mend it
    Write the number that the finding gives.

    ## Example
    ```yaml
    headline: {metric: acc, direction: higher, chance: 0.5}   # C009: with four choices each, 0.25
    ```
    """
    card = subject.card
    chance = _guessing(subject)
    if card is None or chance is None or card.headline.chance is None:
        return
    written = card.headline.chance
    if math.isfinite(written) and 0 <= written <= 1 and abs(written - chance) > _TOLERANCE:
        sentence = f"The headline's chance is {written:g}, and guessing scores {chance:.3g}."
        yield Fault(sentence, subject.card_where("headline", "chance"), f"Write `chance: {chance:.3g}`.")


@rule(code="C020", level="hint", subject="task")
def untold_chance(subject: TaskSubject) -> Iterator[Fault]:
    """The chance level of a multiple choice task is left open.

    ## What it finds
    A headline that is the accuracy of a multiple choice task, with a `chance` of null.

    ## Why it matters
    Guessing scores something here, and a reader who is not told takes a guess for knowledge.

    ## How to mend it
    Write the number that the finding gives: the mean over the items of (right choices / choices).

    ## Example
    ```yaml
    headline: {metric: acc, direction: higher, chance: null}   # C020: with four choices each, 0.25
    ```
    """
    chance = _guessing(subject)
    if subject.card is not None and chance is not None and subject.card.headline.chance is None:
        sentence = f"The headline names no chance, and guessing scores {chance:.3g}."
        yield Fault(sentence, subject.card_where("headline"), f"Write `chance: {chance:.3g}` under `headline`.")


@kept
def _guessing(subject: TaskSubject) -> float | None:
    """What guessing scores in a multiple choice task's accuracy; nothing where it is not known."""
    card, config = subject.card, subject.config
    if card is None or config is None or subject.output_type != "multiple_choice" or config.process_results:
        return None
    rows = subject.rendered_items
    if card.headline.metric not in _ACCURACIES or card.headline.unit != PROPORTION or not rows:
        return None
    prompted = takes_choices_as_prompts(config, subject)
    total = Fraction(0)
    for row in rows:
        choices = row.choices.value if row.choices else None
        if not isinstance(choices, list) or row.target is None or len(set(map(str, choices))) < max(len(choices), 2):
            return None
        golds: Any = row.target.value if isinstance(row.target.value, list) and not prompted else [0]
        if not golds or not all(isinstance(gold, int) and 0 <= gold < len(choices) for gold in golds):
            return None
        if len(set(golds)) < len(golds) or len(golds) == len(choices):
            return None
        total += Fraction(len(golds), len(choices))
    return float(total / len(rows))


@rule(code="C010", level="lint", subject="task")
def impossible_claim(subject: TaskSubject) -> Iterator[Fault]:
    """The card claims to show a smaller difference than its items ever can.

    ## What it finds
    A `claims.smallest_difference` below c / (n + c), with c = 7.849 and n the number of items (of clusters, where the
    card names a cluster column), for a headline that is a mean of right and wrong.

    ## Why it matters
    For two models that differ by d, the difference of one item is -1, 0 or 1 with mean d, so its variance is at least
    d - d squared: that is where every item on which the models differ favours the better one. A paired comparison with
    80 % power at the 5 % level needs (1.96 + 0.84) standard errors (Miller 2024, arXiv 2411.00640), and so d can never
    be smaller than 7.849 / (n + 7.849). A claim below it promises what no luck can keep.

    ## How to mend it
    Claim what the finding says, or write more items: for a difference of 3 points at least 254 of them, and about 970
    to 4,400 where the models do not fail on the same items.

    ## Example
    ```yaml
    claims: {smallest_difference: 0.02}   # C010: 100 items show 0.073 at the very best
    ```
    """
    n, claim = _claim(subject)
    if n and claim < best_case_difference(n) * _CLAIM_TOLERANCE:
        sentence = f"The card claims to show {_points(claim)}, and {n} {_units(subject)} cannot: {_can_show(n)}."
        mend = f"Write `smallest_difference: {_rounded_up(smallest_difference(n)):g}`, or write more items."
        yield Fault(sentence, subject.card_where("claims", "smallest_difference"), mend)


@rule(code="C011", level="hint", subject="task")
def bold_claim(subject: TaskSubject) -> Iterator[Fault]:
    """The card claims a smaller difference than its items show between models that err independently.

    ## What it finds
    A `claims.smallest_difference` below 2.8 * sqrt(0.5 / n), n being the number of items (of clusters, where the card
    names a cluster column), and not so small that C010 speaks. The finding gives the number for models that err
    independently, and the one for the best case.

    ## Why it matters
    Models that fail on the same items are told apart by fewer of them, so the claim may hold. Whether they do is known
    only once models have been run.

    ## How to mend it
    Claim the larger number until results show that models fail on the same items, or write more items.

    ## Example
    ```yaml
    claims: {smallest_difference: 0.1}   # C011: 100 items show 0.2 between models that err independently
    ```
    """
    n, claim = _claim(subject)
    if not n:
        return
    independent = min(smallest_difference(n), 1.0)
    if best_case_difference(n) * _CLAIM_TOLERANCE <= claim < independent * _CLAIM_TOLERANCE:
        sentence = f"The card claims to show {_points(claim)} with {n} {_units(subject)}: {_can_show(n)}."
        mend = f"Write `smallest_difference: {_rounded_up(independent):g}`, or write more items."
        yield Fault(sentence, subject.card_where("claims", "smallest_difference"), mend)


def _claim(subject: TaskSubject) -> tuple[int, float]:
    """How many independent items or clusters there are, and the difference claimed; 0 where the rules do not apply."""
    card, config = subject.card, subject.config
    if card is None or config is None or card.headline.unit != PROPORTION or not subject.items:
        return 0, 0.0
    if card.headline.metric not in _ITEM_MEANS or config.process_results or config.process_docs:
        return 0, 0.0
    if any(entry.metric == card.headline.metric and entry.aggregation != "mean" for entry in config.metric_list or []):
        return 0, 0.0
    return _independent(subject), card.claims.smallest_difference


def _independent(subject: TaskSubject) -> int:
    column = subject.fields.cluster
    if column is None or column not in subject.columns:
        return len(subject.items)
    return len({str(row.values.get(column)) for row in subject.items})


def _units(subject: TaskSubject) -> str:
    return "clusters of items" if subject.fields.cluster else "items"


def _can_show(n: int) -> str:
    return (
        f"they show {_points(min(smallest_difference(n), 1.0))} between models that err independently, "
        f"and {_points(best_case_difference(n))} at the very best"
    )


def _points(difference: float) -> str:
    return f"{100 * difference:.3g} points"


def _rounded_up(difference: float) -> float:
    return min(math.ceil(difference * 100) / 100, 1.0)


@rule(code="C014", level="lint", subject="task")
def out_of_order(subject: TaskSubject) -> Iterator[Fault]:
    """The human baseline, the ceiling and the chance level contradict each other.

    ## What it finds
    A `human_baseline.score` that is no finite number, or outside 0 to 1 under the unit `proportion`; a score or a
    ceiling on the wrong side of chance; a score beyond the ceiling.

    ## Why it matters
    They are drawn as lines on one scale. People who score 87 on a scale that ends at 1 make every model look hopeless.

    ## How to mend it
    Write all of them in the headline's unit: 87 % is 0.87.

    ## Example
    ```yaml
    human_baseline: {score: 87, n: 12, source: "..."}   # C014: write 0.87
    ```
    """
    card = subject.card
    if card is None:
        return
    headline, people = card.headline, card.human_baseline
    sign = 1 if headline.direction == "higher" else -1
    chance, ceiling = _finite(headline.chance), _finite(headline.ceiling)
    if chance is not None and ceiling is not None and sign * ceiling < sign * chance:
        sentence = f"The ceiling {ceiling:g} is worse than chance, {chance:g}."
        yield Fault(sentence, subject.card_where("headline", "ceiling"), "Correct the wrong one.")
        return
    if people is None:
        return
    where = subject.card_where("human_baseline", "score")
    if not math.isfinite(people.score):
        yield Fault("The people's score is not a finite number.", where, "Write a number.")
    elif headline.unit == PROPORTION and not 0 <= people.score <= 1:
        mend = "Write a number from 0 to 1, for example 0.87 for 87 %."
        yield Fault(f"The people's score is {people.score:g}, which is no proportion.", where, mend)
    elif chance is not None and sign * people.score < sign * chance:
        mend = "Correct the score or the chance; were they measured in one unit?"
        yield Fault(f"The people's score {people.score:g} is worse than chance, {chance:g}.", where, mend)
    elif ceiling is not None and sign * people.score > sign * ceiling:
        mend = "Correct the score or the ceiling; a ceiling is the best that can be attained."
        yield Fault(f"The people's score {people.score:g} is better than the ceiling, {ceiling:g}.", where, mend)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
