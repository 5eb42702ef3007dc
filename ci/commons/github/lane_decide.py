"""Whether the low-risk lane merges a pull request, derived again from its files: done with a token that only reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from commons.github.api import Api
from commons.github.derive import Given, Lint, derive
from commons.github.derive_lint import lint_here
from commons.github.derive_people import limit_of
from commons.github.execute import merged_count, open_numbers, pull
from commons.github.lane import decision
from commons.github.lane_api import beside
from commons.github.lane_merge import Pin, not_meant, require_same_main_line
from commons.pool.git import commit_of


@dataclass(frozen=True)
class Order:
    """Which pull request is meant, and how the pool here is set up; ``report`` is the trial's artifact."""

    pin: Pin
    base: str = "HEAD"
    report: Path | None = None
    lane_open: bool = False


@dataclass(frozen=True)
class Decided:
    """The commit of the main line that it was decided on, and why it is not to be merged, each in one line."""

    base: str
    reasons: tuple[str, ...] = ()


def decide_again(
    api: Api, root: Path, order: Order, sleep: Callable[[float], None], lint: Lint = lint_here
) -> Decided:
    """Decide everything again, for exactly this head and for the main line as it is.

    Raises:
        CannotRun: GitHub gives no answer, a commit is not here, or the main line moved on since it was fetched.
    """
    pin, base = order.pin, commit_of(root, order.base)
    one = pull(api, pin.number)
    if reasons := not_meant(api, one, pin):
        return Decided(base, reasons)
    situation = derive(root, Given(one.facts(), base, order.report), lint)
    if situation.problem:
        return Decided(base, (situation.problem,))
    parked = limit_of(situation.pull, lambda: merged_count(api, one), lambda: open_numbers(api, one.author))
    # Asked last: lint takes its time, and a label, a review or an edit in the meantime counts.
    now, asked = beside(api, pin.number, lane_open=order.lane_open, sleep=sleep)
    if reasons := not_meant(api, now, pin):
        return Decided(base, reasons)
    decided = decision(root, base, replace(situation, pull=now.facts(), parked=parked), asked)
    if not decided.may_merge_itself:
        return Decided(base, tuple(f"{failing.name}: {failing.words}" for failing in decided.failing))
    require_same_main_line(api, pin.branch, base)
    return Decided(base)
