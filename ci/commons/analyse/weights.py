"""What a task weighs in an aggregate. Imports nothing heavy."""

from __future__ import annotations

from commons.pool.card import Card, LifecycleState

#: By the declared state: what is computed about a task never changes a weight by itself.
WEIGHTS = {
    LifecycleState.DRAFT: 0.0,
    LifecycleState.ACTIVE: 1.0,
    LifecycleState.SATURATED: 0.0,
    LifecycleState.RETIRED: 0.0,
}


def weight_of(card: Card) -> float:
    """The weight of the task in every aggregate: 1 where it is active, else 0. Its page and results stay."""
    return WEIGHTS[card.lifecycle.state]


def why_weightless(card: Card) -> str | None:
    """Why a task weighs nothing, in a sentence; None where it weighs."""
    state = card.lifecycle.state
    if weight_of(card) > 0:
        return None
    return f"The card says {state.value} since {card.lifecycle.since.isoformat()}; only active tasks weigh."
