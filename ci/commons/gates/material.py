"""What gates work on: a task as the harness rendered it, the items drawn for the trial, and the rows they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from commons.errors import Where
from commons.gates.golds import gold_texts
from commons.gates.scale import Scale
from commons.harness.rendering import ItemRendering, TaskRendering
from commons.pool.items import DataRow
from commons.pool.task import Task

#: From a right text to the words in which the task's filters find it; None where they never would.
Frame = Callable[[ItemRendering, str], str]


@dataclass(frozen=True)
class Material:
    """One task under trial. ``frame`` puts a right text into the words that the headline's filters look for."""

    task: Task
    rendering: TaskRendering
    items: tuple[ItemRendering, ...]
    rows: Mapping[str, DataRow]
    scale: Scale
    frame: Frame

    @property
    def chooses(self) -> bool:
        """Whether the task is answered by choosing."""
        return self.rendering.output_type == "multiple_choice"

    @property
    def writes(self) -> bool:
        """Whether the task is answered in words."""
        return self.rendering.output_type == "generate_until"

    @property
    def answered(self) -> str:
        """How the task is answered, for sentences."""
        return {
            "multiple_choice": "by choosing", "generate_until": "in words",
            "loglikelihood": "by how likely a text is", "loglikelihood_rolling": "by how likely a text is",
        }[self.rendering.output_type]  # fmt: skip

    @cached_property
    def known_broken(self) -> frozenset[str]:
        """The items that the card says are wrong."""
        return frozenset(one.item for one in self.task.card.known_broken)

    def where(self, item: str) -> Where:
        """The line on which an item stands; the configuration where no line of the folder holds it."""
        row = self.rows.get(item)
        return row.where if row else Where(self.task.config_document.path)

    def setting(self, *key: str | int) -> Where:
        """The place of a setting of the configuration."""
        return self.task.config_document.where(key)

    def prompt(self, item: ItemRendering) -> str:
        """The item's prompt."""
        return self.rendering.requests[item.plain[0]].prompt_text

    def question(self, item: ItemRendering) -> str:
        """The question alone, where the card names its column and the row holds a text; else the whole prompt."""
        column, row = self.task.card.fields.question, self.rows.get(item.id)
        text = row.values.get(column) if column and row else None
        return text if is_text(text) else self.prompt(item)

    def option_texts(self, item: ItemRendering) -> tuple[str, ...]:
        """The texts of the choices: where only letters are compared, the row's own list of texts."""
        choices = item.choices or ()
        column, row = self.task.card.fields.choices, self.rows.get(item.id)
        own = row.values.get(column) if column and row else None
        if choices and max(map(len, choices)) <= 3 and isinstance(own, list) and len(own) == len(choices):
            return tuple(str(one) for one in own)
        return choices

    def stops(self, item: ItemRendering) -> tuple[str, ...]:
        """The stop sequences of an item that is answered in words."""
        until = (self.rendering.requests[item.plain[0]].generation or {}).get("until")
        several = until if isinstance(until, list) else [until]
        return tuple(one for one in several if isinstance(one, str))

    @cached_property
    def golds(self) -> dict[str, str]:
        """The first right text of each item that has one."""
        return {item.id: texts[0] for item in self.items if (texts := gold_texts(item))}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The golds where they are few and repeat, so that the task sorts into labels; else nothing."""
        different = tuple(sorted(set(self.golds.values())))
        return different if 1 < len(different) <= 20 and 2 * len(different) <= len(self.golds) else ()


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value of a row is a text that can be sent: one that is not empty and holds no half characters."""
    return isinstance(value, str) and bool(value) and value.encode("utf-8", "ignore").decode() == value
