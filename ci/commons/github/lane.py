"""The low-risk lane of one pull request: the cards and rows it asks about, from git's objects, and its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from commons.errors import BadFile
from commons.github.derive_tasks import ROW_FILES
from commons.github.derive_tree import text_of
from commons.github.policy import LaneDecision, decide
from commons.github.policy_facts import Beside, CardPair, lane_facts
from commons.github.situation import Arrival, Kind, Situation
from commons.pool.card import CARD_FILE, Card
from commons.pool.git import Stored, commit_of, stored_below
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import TASKS_FOLDER
from commons.pool.validate import parse
from commons.pool.yamlfile import MAX_BYTES, parse_yaml

Tree = Mapping[str, Stored]


def decision(root: Path, base: str, situation: Situation, beside: Beside) -> LaneDecision:
    """What the lane decides; the cards of ``beside`` are read here.

    Raises:
        CannotRun: a commit is not in the repository at ``root``.
    """
    cards = card_pairs(root, base, situation)
    return decide(lane_facts(situation, replace(beside, cards=cards, above_limit=situation.parked is not None)))


def card_pairs(root: Path, base: str, situation: Situation) -> dict[str, CardPair]:
    """The cards of the changed tasks on the main line and at the head; a task of which one cannot be read is left out.

    Raises:
        CannotRun: a commit is not here.
    """
    today, head = (stored_below(root, commit_of(root, one), [TASKS_FOLDER])
                   for one in (base, situation.pull.head_sha))
    found = {}
    for task in situation.tasks:
        if task.kind is Kind.CHANGED:
            before, after = card_in(root, today, task.name), card_in(root, head, task.name)
            if before is not None and after is not None:
                found[task.name] = CardPair(before, after, _splits(root, today, situation, task.name),
                                            _meaning_changed(situation, task.name))
    return found


def card_in(root: Path, tree: Tree, name: str) -> Card | None:
    """A task's card as a commit holds it; None where there is none that can be read."""
    path = f"{TASKS_FOLDER}/{name}/{CARD_FILE}"
    text = text_of(root, tree, path, MAX_BYTES)
    if text is None:
        return None
    try:
        return parse(Card, parse_yaml(text, Path(path)))
    except (BadFile, ValueError, ArithmeticError, RecursionError):
        return None


def _splits(root: Path, tree: Tree, situation: Situation, name: str) -> tuple[int, ...]:
    """How many rows each data file of the task that changed has in ``tree``; a new one has none."""
    start = f"{TASKS_FOLDER}/{name}/data/"
    texts = [text_of(root, tree, one.path, MAX_DATA_BYTES) or "" for one in situation.files
             if one.path.startswith(start) and one.path.endswith(ROW_FILES)]
    return tuple(sum(bool(line.strip()) for line in text.split("\n")) for text in texts)


def _meaning_changed(situation: Situation, name: str) -> bool:
    """Whether the task renders otherwise; only a trial that is believed can say that it does not."""
    trial = situation.trial
    told = trial.report.of(name) if trial.report and trial.arrival is Arrival.PRESENT else None
    if told is None or told.before is None or told.after is None or trial.doubts:
        return True
    return told.before.task_hash != told.after.task_hash
