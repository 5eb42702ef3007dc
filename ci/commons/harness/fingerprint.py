"""What went into a task hash, part by part and short: so that a stale cell can say what changed and not only that."""

from __future__ import annotations

from commons.harness.rendering import ItemRendering, TaskRendering

#: Hex digits of a part's digest: enough to tell two versions of one part from each other.
DIGITS = 12


def task_parts(rendering: TaskRendering) -> dict[str, str]:
    """The parts that all items share, by name."""
    return {name: digest[:DIGITS] for name, digest in rendering.parts.items()}


def item_input(item: ItemRendering, rendering: TaskRendering) -> str:
    """What is sent for an item and what it is graded against."""
    return rendering.input_of(item)[:DIGITS]
