"""Drafts that have proved themselves."""

from __future__ import annotations

from collections.abc import Iterator

from commons.github.lifecycle.card_text import with_lifecycle
from commons.github.lifecycle.measured import measured_on, merged_on
from commons.github.lifecycle.proposal import Change, Proposal
from commons.github.lifecycle.registry import Facts, proposer
from commons.github.words import inline, named
from commons.pool.card import CARD_FILE, LifecycleState
from commons.pool.repository import TASKS_FOLDER
from commons.pool.task import Task
from commons.pool.yamlfile import read_text

#: What a draft needs to be called active.
MODELS, DAYS = 3, 30


@proposer("draft-to-active", models=MODELS, days=DAYS)
def draft_to_active(facts: Facts) -> Iterator[Proposal]:
    """A draft has been measured and nobody objected.

    ## What it looks for

    A task whose card says `draft`, which has been merged for at least {days} days and has been a draft as long, and of
    which at least {models} models have a whole canonical cell of our own that would get the same key today: neither the
    task (its card and README apart), nor the model, nor the protocol changed since it was measured. This is read from
    git and the ledger; nothing of the task is run. A cell that was measured on what is not committed does not count.

    ## What it proposes

    The card with the state `active`, the date of the proposal and this reason; every other byte of it stays. The task's
    owners decide by merging or closing it.

    ## Without a bot

    An issue with the change of the card, for an owner to make. The same where the card is written in a way that no
    program should edit.
    """
    for task in facts.tasks:
        lifecycle = task.card.lifecycle
        if lifecycle.state is LifecycleState.DRAFT and (facts.today - lifecycle.since).days >= DAYS:
            merged = merged_on(facts.pool, task.name)
            if merged is not None and (facts.today - merged).days >= DAYS:
                models = measured_on(facts.pool, task)
                if len(models) >= MODELS:
                    yield _activation(task, facts, models)


def _activation(task: Task, facts: Facts, models: tuple[str, ...]) -> Proposal:
    slug = f"draft-to-active--{task.name}"
    path = f"{TASKS_FOLDER}/{task.name}/{CARD_FILE}"
    reason = f"Merged for {DAYS} days and measured on {MODELS} models without an objection."
    text = read_text(task.folder / CARD_FILE)
    new = with_lifecycle(text, LifecycleState.ACTIVE, facts.day_of(slug), reason)
    return _told(slug, task, models, () if new is None else (Change(path, text, new),))


def _told(slug: str, task: Task, models: tuple[str, ...], files: tuple[Change, ...]) -> Proposal:
    since = task.card.lifecycle.since
    by_hand = "" if files else " A program cannot edit this card safely: set the state and its day by hand."
    return Proposal(
        slug, f"Set {task.name} active",
        f"The task `{task.name}` is a draft since {since.isoformat()} and is measured on at least {MODELS} models.",
        f"*{inline(task.card.title)}* has whole results of today's key on {named(models, 10)}, and has been merged for "
        f"at least {DAYS} days.{by_hand}\n\nAn owner who thinks that it is not ready closes this.",
        since, files, asks=tuple(task.card.owners),
    )
