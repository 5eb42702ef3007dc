"""What the grader gave for each probe, and the tests over all probes of a task at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from commons.errors import Where
from commons.gates.base import Evidence
from commons.gates.material import Material
from commons.gates.policy import ALPHA, CERTAIN_ITEMS, HALF_OF_FULL, MARGIN, WRONG_PASSES
from commons.gates.probes import Probe
from commons.gates.scale import shares_of
from commons.harness.scoring import Statistic
from commons.stats.adjusted import holm_adjusted
from commons.stats.exact import binomial_tail, hoeffding_tail
from commons.stats.intervals import wilson

#: What probes ask that are held against a limit.
HELD = {"near_chance", "seldom_full"}


@dataclass(frozen=True)
class Stopped:
    """Why a probe was not graded, in words for the task's author."""

    sentence: str
    where: Where | None = None
    mend: str = ""


@dataclass(frozen=True)
class ProbeOutcome:
    """One probe's grades: for each item its statistics of the headline, one for each repeat; or why there are none.

    ``everything`` holds all columns of all items, for the gates that look beyond the headline.
    """

    probe: Probe
    statistics: Mapping[str, tuple[Statistic, ...]]
    everything: Mapping[str, Mapping[str, tuple[Statistic, ...]]]
    stopped: Stopped | None = None


@dataclass(frozen=True)
class Test:
    """A one-sided test of whether a probe scores above its limit.

    ``detectable`` is the least score that would have failed at this sample size, None where none would have.
    """

    score: float
    n: int
    limit: float
    interval: tuple[float, float] | None
    p: float
    adjusted: float
    alarm: bool
    detectable: float | None


@dataclass(frozen=True)
class Clock:
    """How long the trial took: seconds for loading and rendering, for grading, and how many probes were graded."""

    rendering: float
    grading: float
    probes: int


@dataclass(frozen=True)
class Trial:
    """Everything that the gates judge by. ``same_rendering`` says whether the task came out alike twice."""

    material: Material
    outcomes: Mapping[str, ProbeOutcome]
    clock: Clock
    same_rendering: bool = True

    def outcome(self, name: str) -> ProbeOutcome | None:
        """What became of a probe; None where it was not planned."""
        return self.outcomes.get(name)

    def graded(self, name: str) -> ProbeOutcome | None:
        """A probe that was graded."""
        found = self.outcomes.get(name)
        return found if found is not None and found.stopped is None else None

    @property
    def stopped(self) -> Stopped | None:
        """Why nothing could be graded: even the right answers stopped the grader."""
        found = self.outcomes.get("oracle")
        return found.stopped if found else None

    def value(self, name: str) -> float | None:
        """The headline of a probe; None where it was not graded or is not finite."""
        found = self.graded(name)
        if found is None or not found.statistics:
            return None
        try:
            return self.material.scale.value([one for several in found.statistics.values() for one in several])
        except (ValueError, TypeError, ArithmeticError):
            return None

    def full_items(self, name: str) -> tuple[str, ...]:
        """The items on which a probe has full marks in every repeat.

        Where nobody says what full marks are, they are what the right answer of the same item gets.
        """
        found = self.graded(name)
        if found is None:
            return ()
        if self.material.scale.kind == "open":
            right = self.graded("oracle")
            golds = right.statistics if right else {}
            return tuple(item for item, several in found.statistics.items() if several == golds.get(item))
        is_full = self.material.scale.is_full
        return tuple(item for item, several in found.statistics.items() if all(map(is_full, several)))

    @cached_property
    def tests(self) -> Mapping[str, Test]:
        """The test of every probe that is held against a limit, with Holm's correction over all of them."""
        raw = {name: found for name, one in self.outcomes.items() if (found := self._raw(one)) is not None}
        adjusted = dict(zip(raw, holm_adjusted([one.p for one in raw.values()]), strict=True))
        return {
            name: Test(one.score, one.n, one.limit, one.interval, one.p, adjusted[name],
                       adjusted[name] <= ALPHA.value or one.certain,
                       _detectable(one.n, one.limit, len(raw) * self.outcomes[name].probe.looks))
            for name, one in raw.items()
        }

    def _raw(self, outcome: ProbeOutcome) -> _Raw | None:
        probe, scale = outcome.probe, self.material.scale
        if outcome.stopped is not None or probe.asks not in HELD or not outcome.statistics:
            return None
        if probe.asks == "seldom_full":
            right = len(self.full_items(probe.name))
            return _of_counts(right, len(outcome.statistics), min(1.0, probe.limit + WRONG_PASSES.value), probe.looks)
        shares = list(shares_of(scale, outcome.statistics).values())
        if not shares or scale.kind == "corpus":
            return None
        limit = min(1.0, probe.limit + MARGIN.value)
        if set(shares) <= {0.0, 1.0}:
            return _of_counts(int(sum(shares)), len(shares), limit, probe.looks)
        return _of_shares(shares, limit, probe.looks)

    def far_from_chance(self, name: str) -> bool:
        """Whether a probe of a headline without a test comes more than half of the way to what right answers get.

        For a corpus score the way begins at chance. Where nobody says what full marks are, it goes from what the wrong
        answers get to what the right ones get.
        """
        value, scale = self.value(name), self.material.scale
        if value is None or self.outcomes[name].probe.asks not in HELD:
            return False
        progress = scale.progress(value) if scale.kind == "corpus" else None
        right, wrong = self.value("oracle"), self.value("anti_oracle")
        if scale.kind == "open" and right is not None and wrong is not None and right != wrong:
            progress = (value - wrong) / (right - wrong)
        return progress is not None and progress > HALF_OF_FULL.value

    def alarm(self, name: str) -> bool:
        """Whether a probe scores what it must not."""
        test = self.tests.get(name)
        return test.alarm if test else self.far_from_chance(name)

    def evidence(self, name: str, source: str) -> Evidence:
        """A probe's number beside its limit."""
        probe, test = self.outcomes[name].probe, self.tests.get(name)
        if test is None:
            note = "" if self.graded(name) else "the grader stopped"
            n = len(self.outcomes[name].statistics) or len(probe.items)
            return Evidence(probe.label, self.value(name), n=n, alarm=self.alarm(name), note=note)
        note = ""
        if not test.alarm and (test.detectable is None or test.n < CERTAIN_ITEMS.value * 2):
            can = "no score" if test.detectable is None else f"only a score of {test.detectable:.0%} or more"
            note = f"with {test.n} items {can} would have failed"
        return Evidence(probe.label, test.score, test.interval, test.n, test.limit, source, test.adjusted, test.alarm,
                        note)


@dataclass(frozen=True)
class _Raw:
    score: float
    n: int
    limit: float
    interval: tuple[float, float] | None
    p: float
    certain: bool


def _of_counts(right: int, n: int, limit: float, looks: int) -> _Raw:
    p = min(1.0, looks * binomial_tail(right, n, limit))
    certain = right == n and n >= CERTAIN_ITEMS.value and limit < 1
    return _Raw(right / n, n, limit, wilson(right, n), p, certain)


def _of_shares(shares: Sequence[float], limit: float, looks: int) -> _Raw:
    """A mean of scores with parts: the test and its interval hold for scores of any shape (Hoeffding)."""
    n, mean = len(shares), sum(shares) / len(shares)
    half = (3.6888794541139363 / (2 * n)) ** 0.5  # ln(2 / .05): two-sided 95 %
    interval = max(0.0, mean - half), min(1.0, mean + half)
    return _Raw(mean, n, limit, interval, min(1.0, looks * hoeffding_tail(min(1.0, mean), n, limit)), False)


def _detectable(n: int, limit: float, tests: int) -> float | None:
    """The least share of ``n`` items that would have failed, were this the first of ``tests`` in Holm's order."""
    if n >= CERTAIN_ITEMS.value * 20:
        return limit
    for right in range(n + 1):
        if tests * binomial_tail(right, n, limit) <= ALPHA.value:
            return right / n
    return 1.0 if n >= CERTAIN_ITEMS.value and limit < 1 else None
