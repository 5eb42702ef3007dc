"""Active tasks that no longer tell the best models apart."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from commons.errors import CannotRun
from commons.github.lifecycle.card_text import with_lifecycle
from commons.github.lifecycle.proposal import Change, Proposal
from commons.github.lifecycle.registry import Facts, proposer
from commons.github.words import inline, named
from commons.pool.card import CARD_FILE, PROPORTION, LifecycleState
from commons.pool.repository import TASKS_FOLDER
from commons.pool.task import Task
from commons.pool.yamlfile import read_text
from commons.publish.numbers import quantity
from commons.stats.saturation.policy import FAMILIES, REFRESH_DAYS, REFRESHES, TELLING

if TYPE_CHECKING:
    from commons.analyse.refreshes import Refresh, Verdict


@proposer("saturated-task", refreshes=REFRESHES, days=REFRESH_DAYS, families=FAMILIES)
def saturated_task(facts: Facts) -> Iterator[Proposal]:
    """The best models have solved a task and cannot be told apart on it.

    ## What it looks for

    A task whose card says `active` and whose newest {refreshes} refreshes, at least {days} days apart, both show
    saturation on the best models of {families} families: [LIFECYCLE.md](../LIFECYCLE.md) has the numbers, and
    `commons diagnose TASK --history` shows them. Earlier refreshes are read from git; nothing of the task is run.

    ## What it proposes

    The card with the state `saturated`, the date of the proposal and the numbers as the reason; every other byte of it
    stays. The task keeps its page and its results, and no longer weighs in any aggregate. The owners decide by merging
    or closing it, and may name a successor.

    ## Without a bot

    An issue with the change of the card, for an owner to make. The same where the card is written in a way that no
    program should edit.
    """
    active = [task for task in facts.tasks if task.card.lifecycle.state is LifecycleState.ACTIVE]
    if not active:
        return
    try:
        from commons.analyse.entering import Rules
        from commons.analyse.refreshes import verdict
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "commons":
            raise
        raise CannotRun(f"Saturation is computed with the package `{error.name}`, which is missing.",
                        mend="Install it: pip install -c constraints.txt numpy scipy") from None
    rules = Rules.of(facts.pool)
    for task in active:
        found = verdict(facts.pool, task, rules)
        if found.saturated:
            yield _proposed(task, facts, found)


def _proposed(task: Task, facts: Facts, found: Verdict) -> Proposal:
    slug = f"saturated-task--{task.name}"
    path = f"{TASKS_FOLDER}/{task.name}/{CARD_FILE}"
    text = read_text(task.folder / CARD_FILE)
    numbers = "; before, ".join(map(_sentence, found.refreshes))
    reason = f"On the best models of {FAMILIES} families: {numbers}."
    new = with_lifecycle(text, LifecycleState.SATURATED, facts.day_of(slug), reason)
    by_hand = "" if new is not None else (
        f"\n\nA program cannot edit this card safely. By hand: the state `saturated`, its day and why: {reason}")
    return Proposal(
        slug, f"Set {task.name} saturated",
        f"On the task `{task.name}` the best models stand at the ceiling, and {REFRESHES} refreshes in a row show that "
        "their order would not repeat.",
        f"*{inline(task.card.title)}*, measured on the best models of {FAMILIES} families:\n\n{_table(found)}\n\n"
        f"The index is near 1 where the way to the ceiling is nearly used up and the order of the best models is luck; "
        f"`commons diagnose {task.name} --history` gives these numbers again.\n\nMerged, the task keeps its page and "
        "its results and weighs nothing in aggregates. An owner may name a `successor` in the card first, and who "
        f"knows better closes this.{by_hand}",
        _day(found.refreshes[0]), () if new is None else (Change(path, text, new),), asks=tuple(task.card.owners),
    )


def _sentence(one: Refresh) -> str:
    told = one.diagnosis.evidence
    return (f"saturation index {told.index or 0.0:.2f} ({_range(told.index_interval)}) with "
            f"{quantity(told.headroom or 0.0, PROPORTION)}% headroom on {_day(one).isoformat()}")


def _table(found: Verdict) -> str:
    """Both refreshes as a table: every number with its interval."""
    lines = ["| refresh | best score | saturation index | headroom | reliability | pairs told apart | frontier |",
             "|---|---|---|---|---|---|---|"]
    for one in found.refreshes:
        best = one.diagnosis.frontier
        if best is None or best.index is None or best.separability is None:
            continue
        lines.append(
            f"| {best.day.isoformat()} | {_score(one)} | {best.index.value:.2f} ({_range(best.index.interval)}) | "
            f"{quantity(best.index.headroom, PROPORTION)}% | {best.reliability:.2f} | "
            f"{best.separability.separated} of {best.separability.pairs} | {named(best.models, FAMILIES)} |")
    few = f"The index has no interval where fewer than {TELLING} items tell any two of the models apart."
    return "\n".join([*lines, "", f"Ranges are 95% intervals. {few}"])


def _range(ends: tuple[float, float] | None) -> str:
    return "no interval" if ends is None else f"95% interval {ends[0]:.2f} to {ends[1]:.2f}"


def _score(one: Refresh) -> str:
    best = one.diagnosis.frontier
    if best is None or best.top.interval is None:
        return "unknown"
    unit = one.diagnosis.headline.unit
    value, low, high = (quantity(end, unit) for end in (best.top.value, *best.top.interval))
    return f"{value}{'%' if unit == PROPORTION else f' {unit}'} ({low} to {high}), n={best.top.n}"


def _day(one: Refresh) -> datetime.date:
    return one.diagnosis.frontier.day if one.diagnosis.frontier is not None else one.diagnosis.lifecycle.since
