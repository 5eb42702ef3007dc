"""Whether an endpoint drifted: its answers of today against those of an earlier check, beyond its own noise."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.sentinels import Check, SentinelItem
from commons.stats.paired import more_often

#: How likely one check is to call an endpoint drifted that did not drift, at most. Of 20 items 7 must change where
#: there is no noise (p = 0.0078; with 6 it is 0.016). A change of half of all answers is then seen with a probability
#: of 0.94, of three in ten with 0.39, of one in ten with 0.002: small drifts are not seen.
ALPHA = 0.01

#: Fewer items than this, answered then and now, say nothing either way.
ENOUGH = 10


@dataclass(frozen=True)
class Verdict:
    """What a check found; ``drifted`` and ``p`` are None where it could not be said."""

    n: int
    changed: int
    noisy: int
    p: float | None
    drifted: bool | None


def judge(items: Sequence[SentinelItem], baseline: Sequence[SentinelItem]) -> Verdict:
    """Hold the answers of a check against those of its baseline, by requests that are the same.

    An endpoint that did not drift gave three answers to an item that differ by chance alone: the baseline's, today's
    first, today's second. Then an item whose first answer today differs from the baseline's alone is as likely as one
    whose first answer differs from today's second alone, whatever the item's noise; McNemar's exact test asks whether
    the former are more. Items where the endpoint failed do not count.
    """
    then = {item.request: item.first for item in baseline if item.first is not None}
    pairs = [(item.first != then[item.request], item.second != item.first)
             for item in items if item.answered and item.request in then]
    changed, noisy = sum(one for one, _ in pairs), sum(one for _, one in pairs)
    if len(pairs) < ENOUGH:
        return Verdict(len(pairs), changed, noisy, None, None)
    p = more_often(sum(one and not other for one, other in pairs), sum(other and not one for one, other in pairs))
    return Verdict(len(pairs), changed, noisy, p, p <= ALPHA)


def follows(check: Check, baseline: Check | None) -> bool:
    """Whether what a check says follows from its answers and its baseline's."""
    verdict = judge(check.items, baseline.items if baseline else ())
    told = Verdict(check.n, check.changed, check.noisy, check.p, check.drifted)
    return verdict == told and check.faults == sum(not item.answered for item in check.items)


def baseline_of(
    checks: Sequence[Check], model_hash: str, oldest: datetime.datetime | None, requests: Sequence[str]
) -> Check | None:
    """The check to hold the next one against: the last before the oldest cell that still stands, else the first.

    So a new baseline starts when all cells were measured anew, and after a drift, with the check that found it.
    ``oldest`` is when that cell was started; where none stands (None) the last check is the baseline. Checks of
    another entry of the model do not count, nor do those that share too few of ``requests`` to say anything.
    """
    drift = max((check.when for check in checks if check.drifted), default=None)
    asked = set(requests)
    usable = [check for check in checks if check.model_hash == model_hash and (drift is None or check.when >= drift)
              and sum(item.first is not None and item.request in asked for item in check.items) >= ENOUGH]
    before = [check for check in usable if oldest is None or check.when <= oldest]
    return before[-1] if before else usable[0] if usable else None
