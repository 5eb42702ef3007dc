"""Tasks for variants: a template with labels, one with lettered options, and their folders."""

from __future__ import annotations

from pathlib import Path

from commons.pool.task import Task, read_task
from tests.builders import MULTIPLE_CHOICE, TaskSpec, choice_task, generate_task, write_task

QUESTIONS = [
    {"q": "Is it true that people receive letters because he is here?", "c": ["yes", "no", "maybe"], "a": 0},
    {"q": "What is a friend?", "c": ["a", "b", "c"], "a": 2},
    {"q": "12 + 12", "c": ["both of them", "24", "25"], "a": 1},
]
LABELLED = MULTIPLE_CHOICE.replace('"{{q}}"', '"Question: {{q}}\\nAnswer:"')
LETTERED = MULTIPLE_CHOICE.replace(
    '"{{q}}"', '"{{q}}\\nA. {{c[0]}}\\nB. {{c[1]}}\\nC. {{c[2]}}\\nAnswer:"').replace(
    "doc_to_choice: c", 'doc_to_choice: ["A", "B", "C"]')


def labelled(name: str = "pick", **changes: object) -> TaskSpec:
    """A multiple-choice task with two labels, whose prompt does not show the options."""
    return choice_task(name, **{"rows": QUESTIONS, "settings": LABELLED, **changes})


def lettered(name: str = "pick", **changes: object) -> TaskSpec:
    """A multiple-choice task whose prompt shows its options by letters."""
    return choice_task(name, **{"rows": QUESTIONS, "settings": LETTERED, **changes})


def made(folder: Path, spec: TaskSpec, *, card: tuple[str, str] | None = None) -> Task:
    """The task of ``spec``, written below ``folder``; ``card`` is a piece of its card and what stands there instead."""
    place = write_task(folder, spec)
    if card is not None:
        path = place / "card.yaml"
        path.write_text(path.read_text().replace(*card))
    return read_task(place)


def asking(settings: str = "", **changes: object) -> TaskSpec:
    """A generation task."""
    return generate_task(**({"settings": settings} if settings else {}), **changes)
