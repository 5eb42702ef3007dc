"""The diagnosis of a task, as data: rules in their order, each with its condition in words. No numpy is needed here.

The first rule that holds gives the diagnosis. ``saturated`` is no diagnosis: it is what owners declare, and
:func:`is_saturated` is what the proposal of it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from commons.stats.saturation.policy import (
    ABOVE_CHANCE,
    ALPHA,
    FAMILIES,
    REFRESHES,
    RELIABLE,
    SATURATED_HEADROOM,
    SATURATED_HEADROOM_MOST,
    SATURATED_INDEX,
    TELLING,
)


class Name(str, Enum):
    """The diagnoses."""

    HEALTHY = "healthy"
    UNDERPOWERED = "underpowered"
    FLOOR = "floor"
    SATURATING = "saturating"
    INSUFFICIENT = "insufficient data"


@dataclass(frozen=True)
class Evidence:
    """What is known of a task's frontier. None says that a number cannot be computed; ``missing`` says why.

    ``above`` are the ends of the best model's 95% interval above guessing: as a share where the headline is a
    proportion, else as a share of the way from guessing to the ceiling, and ``of_the_way`` says which.
    ``headroom_most`` is the headroom that the lower end of that interval leaves. ``telling`` counts the sources of
    items (clusters) on which any two models differ. ``over_ceiling`` says that the whole interval lies above the
    ceiling, which then is none.
    """

    families: int
    reliability: float | None = None
    omnibus: float | None = None
    headroom: float | None = None
    index: float | None = None
    index_interval: tuple[float, float] | None = None
    above: tuple[float, float] | None = None
    headroom_most: float | None = None
    missing: tuple[str, ...] = ()
    telling: int | None = None
    of_the_way: bool = False
    over_ceiling: bool = False


@dataclass(frozen=True)
class Rule:
    """One line of the table: a name for it, a diagnosis, when it holds in words and as a function, and what is said."""

    short: str
    name: Name
    when: str
    holds: Callable[[Evidence], bool]
    says: Callable[[Evidence], str]


@dataclass(frozen=True)
class Diagnosis:
    """A diagnosis with its reason. ``rule`` is the condition that held, ``numbers`` what it was held against.

    ``numbers`` is empty where there are none; ``missing`` says what could not be computed, and what does not fit.
    """

    name: Name
    rule: str
    reason: str
    numbers: str = ""
    missing: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything in one list: the reason, the numbers, what is missing."""
        return tuple(filter(None, (self.reason, self.numbers, *self.missing)))


def diagnose(evidence: Evidence) -> Diagnosis:
    """The diagnosis: the first of :data:`RULES` that holds, with its reason and every number that it was held against.

    >>> found = diagnose(Evidence(families=2))
    >>> found.name.value, found.reasons[0]
    ('insufficient data', '2 of 5 families of models are measured.')
    """
    rule = next(one for one in RULES if one.holds(evidence))
    numbers = "" if rule is RULES[0] else _numbers(evidence)
    return Diagnosis(rule.name, rule.when, rule.says(evidence), numbers, evidence.missing)


def meets_saturation(evidence: Evidence) -> bool:
    """Whether one refresh shows saturation: next to no headroom, surely not much, and no order that would repeat."""
    told = (evidence.index, evidence.headroom, evidence.headroom_most)
    if evidence.families < FAMILIES or evidence.over_ceiling or None in told:
        return False
    index, room, most = (one or 0.0 for one in told)
    return index >= SATURATED_INDEX and room <= SATURATED_HEADROOM and most <= SATURATED_HEADROOM_MOST


def is_saturated(refreshes: Sequence[Evidence]) -> bool:
    """Whether the newest refreshes in a row all show saturation; ``refreshes`` has the newest first.

    >>> shown = Evidence(5, 0.1, 0.5, 0.01, 0.9, (0.3, 1.0), (0.7, 0.75), 0.07)
    >>> is_saturated([shown]), is_saturated([shown, shown])
    (False, True)
    """
    return len(refreshes) >= REFRESHES and all(map(meets_saturation, refreshes[:REFRESHES]))


def _numbers(evidence: Evidence) -> str:
    """Every number that the rules look at, in a sentence."""
    parts = []
    if evidence.index is not None:
        ends = evidence.index_interval
        known = f"95% interval {ends[0]:.2f} to {ends[1]:.2f}" if ends else "no interval"
        parts.append(f"saturation index {evidence.index:.2f} ({known})")
    if evidence.headroom is not None:
        most = "" if evidence.headroom_most is None else f" (at most {_percent(evidence.headroom_most)})"
        parts.append(f"headroom {_percent(evidence.headroom)}{most}")
    if evidence.reliability is not None:
        parts.append(f"reliability {evidence.reliability:.2f}")
    if evidence.omnibus is not None:
        parts.append(f"test that all are equally good p = {evidence.omnibus:.2g}")
    return f"{'; '.join(parts).capitalize()}." if parts else ""


def _percent(share: float) -> str:
    return f"{_hundredths(share)}%"


def _hundredths(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")


def _few_families(evidence: Evidence) -> str:
    return f"{evidence.families} of {FAMILIES} families of models {'is' if evidence.families == 1 else 'are'} measured."


def _at_floor(evidence: Evidence) -> bool:
    return evidence.above is not None and evidence.above[1] < ABOVE_CHANCE


_WAY = "of the way from guessing to the ceiling"


def _says_floor(evidence: Evidence) -> str:
    most = evidence.above[1] if evidence.above else 0.0
    far = _hundredths(abs(most))
    if most < 0:
        by = f"{far}% of the way to the ceiling" if evidence.of_the_way else f"{far} points"
        return (f"The best model's whole interval lies below guessing, by {by} or more: the gold or the prompt is "
                "broken, or guessing scores less than the card says.")
    stands = f"has come at most {far}% {_WAY}" if evidence.of_the_way else f"stands at most {far} points above guessing"
    return f"The best model {stands}: too hard, or broken."


def _ordered(evidence: Evidence) -> bool:
    """Whether the order would repeat: reliable as it stands, no luck of equal models, and not the work of few items."""
    told = (evidence.reliability, evidence.omnibus, evidence.telling)
    if None in told:
        return False
    reliability, omnibus, telling = (one or 0.0 for one in told)
    return reliability >= RELIABLE and omnibus <= ALPHA and telling >= TELLING


def _near_ceiling(evidence: Evidence) -> bool:
    return evidence.headroom is not None and evidence.headroom <= SATURATED_HEADROOM


def _surely_near(evidence: Evidence) -> bool:
    return (_near_ceiling(evidence) and evidence.headroom_most is not None
            and evidence.headroom_most <= SATURATED_HEADROOM_MOST)


def _says_perhaps_near(evidence: Evidence) -> str:
    most = _percent(evidence.headroom_most or 0.0)
    return f"The best model may have solved the task or have {most} of headroom: the items are too few to say."


def _maybe_floor(evidence: Evidence) -> bool:
    return evidence.above is not None and evidence.above[0] <= ABOVE_CHANCE


def _says_maybe_floor(evidence: Evidence) -> str:
    low, high = evidence.above or (0.0, 0.0)
    least, bound = ("-" if low < 0 else "") + _hundredths(abs(low)), _hundredths(ABOVE_CHANCE)
    if evidence.of_the_way:
        ends = f"the best model's interval goes from {least}% to {_hundredths(high)}% {_WAY}"
        near = f"The best model may have come no more than {bound}% {_WAY}"
    else:
        far = f"{_hundredths(abs(low))} points below guessing" if low < 0 else f"{least}"
        above = f"{_hundredths(high)} points above {'it' if low < 0 else 'guessing'}"
        ends = f"the best model's interval goes from {far} to {above}"
        near = f"The best model may be no more than {bound} points above guessing"
    return f"{'No model is shown to beat guessing' if low <= 0 else near}: {ends}."


_SURELY = f"at most {_percent(SATURATED_HEADROOM_MOST)} at the lower end of the best model's interval"
_NEAR = f"headroom is at most {_percent(SATURATED_HEADROOM)}"

#: In this order; the last always holds.
RULES: tuple[Rule, ...] = (
    Rule("too few families", Name.INSUFFICIENT, f"fewer than {FAMILIES} families of models are measured",
         lambda one: one.families < FAMILIES, _few_families),
    Rule("nothing to compute with", Name.INSUFFICIENT,
         "the headline is no mean over items, or all items share one source",
         lambda one: one.reliability is None, lambda _: "What the diagnosis is made of cannot be computed."),
    Rule("at guessing", Name.FLOOR,
         f"the best model's interval ends less than {_hundredths(ABOVE_CHANCE)} points above guessing",
         _at_floor, _says_floor),
    Rule("solved", Name.SATURATING, f"the index is at least {SATURATED_INDEX}, {_NEAR}, and {_SURELY}",
         meets_saturation, lambda _: "The best models stand at the ceiling, and their order would not repeat."),
    Rule("ordered", Name.HEALTHY, f"reliability is at least {RELIABLE}, equal models would hardly differ so (p at most "
         f"{ALPHA}), and at least {TELLING} items (or sources of items) tell any two models apart", _ordered,
         lambda _: "The order of the best models would repeat on items like these."),
    Rule("near the ceiling", Name.SATURATING,
         f"{_NEAR}, and {_SURELY}; the order may not repeat, or the index is not so high", _surely_near,
         lambda _: "The best models stand at the ceiling or close to it, and their order may not repeat."),
    Rule("perhaps near the ceiling", Name.UNDERPOWERED, f"{_NEAR}, and may be more than "
         f"{_percent(SATURATED_HEADROOM_MOST)} by the best model's interval", _near_ceiling, _says_perhaps_near),
    Rule("no scale", Name.INSUFFICIENT, "headroom cannot be computed: the card names no chance level or no ceiling",
         lambda one: one.headroom is None,
         lambda _: "Nothing shows that the order of the best models would repeat, and whether there is room above them "
                   "is unknown."),
    Rule("perhaps guessing", Name.UNDERPOWERED, "there is headroom, and the best model's interval begins at most "
         f"{_hundredths(ABOVE_CHANCE)} points above guessing", _maybe_floor, _says_maybe_floor),
    Rule("tied", Name.UNDERPOWERED, f"there is headroom, and the best models may all be equally good (p above {ALPHA})",
         lambda one: one.omnibus is not None and one.omnibus > ALPHA,
         lambda _: "There is room, and these items do not tell the best models apart."),
    Rule("not ordered yet", Name.UNDERPOWERED,
         f"there is headroom, the best models differ, and reliability is below {RELIABLE} or rests on fewer than "
         f"{TELLING} items (or sources of items)", lambda _: True,
         lambda _: "The best models differ, and these items are too few to say in which order."),
)
