"""Compute: from a situation to what is wanted of GitHub. Pure: the same situation gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass

from commons.github.comment import body
from commons.github.judgement import MOST_DESCRIPTION, STATES, Judgement, Status, judge, labels
from commons.github.situation import Situation


@dataclass(frozen=True)
class Wanted:
    """All that execute is to bring about."""

    body: str
    labels: frozenset[str]
    status: Status
    judgement: Judgement


def compute(situation: Situation) -> Wanted:
    """What is wanted for a situation."""
    judgement = judge(situation)
    description = f"{judgement.verdict.value}: {judgement.why}"[:MOST_DESCRIPTION]
    return Wanted(body(situation, judgement), labels(situation, judgement),
                  Status(STATES[judgement.verdict], description), judgement)
