"""A trial with a model: the same items, put in the canonical way and in others, answered by a small model."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from commons.gates.material import Material
from commons.gates.policy import MODEL_ITEMS
from commons.gates.probes import rng
from commons.gates.scale import shares_of
from commons.gates.with_model.asking import Asker, Spent
from commons.gates.with_model.copies import Change, copied
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreJob, ScoreResult, Statistic
from commons.pool.task import Task, read_task


class ModelSession(Protocol):
    """What these gates need of a harness session."""

    def render(self, fewshot_order: int = 0) -> TaskRendering:
        """Render the task."""

    def score(self, rendering: TaskRendering, job: ScoreJob, fewshot_order: int = 0) -> ScoreResult:
        """Grade a model's answers."""


@dataclass(frozen=True)
class Measured:
    """What a model scored: the headline, each item's share of full marks, and what it took."""

    value: float
    shares: dict[str, float]
    spent: Spent

    @property
    def score(self) -> float:
        """The mean share where items have one, else the headline."""
        return sum(self.shares.values()) / len(self.shares) if self.shares else self.value


@dataclass(frozen=True)
class ModelTrial:
    """What the gates with a model judge by. ``open_session`` starts a session for a changed copy of the task."""

    material: Material
    session: ModelSession
    asker: Asker
    open_session: Callable[[Task], AbstractContextManager[ModelSession]]
    say: Callable[[str], None]

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The items that are asked, drawn by the seed."""
        ids = [item.id for item in self.material.items]
        most = int(MODEL_ITEMS.value)
        kept = set(rng("model items").sample(ids, most)) if len(ids) > most else set(ids)
        return tuple(one for one in ids if one in kept)

    @cached_property
    def canonical(self) -> Measured:
        """The task as it is.

        Raises:
            CommonsError: the model cannot run, or grading failed.
        """
        self.say(f"asking {self.asker.model.id} the task as it is ({len(self.items)} items)")
        return self.measure(self.session, self.material.rendering)

    def measure(self, session: ModelSession, rendering: TaskRendering, fewshot_order: int = 0) -> Measured:
        """Ask the drawn items of a rendering and grade the answers; raises as :attr:`canonical`.

        ``fewshot_order`` is the order of examples that the rendering was made with.
        """
        spent = Spent()
        form = self.asker.form
        answers = self.asker.answers(rendering.needed(form, set(self.items)), spent)
        whole = tuple(
            item.id for item in rendering.items if item.id in set(self.items)
            and all(rendering.requests[index].digest in answers for index in item.request_indices(form))
        )
        result = session.score(rendering, ScoreJob(form=form, answers=dict(answers), items=whole), fewshot_order)
        statistics: dict[str, list[Statistic]] = {}
        for one in result.items:
            statistics.setdefault(one.item, []).append(one.statistics[self.material.scale.column])
        scale = self.material.scale
        value = scale.value([one for several in statistics.values() for one in several])
        return Measured(value, shares_of(scale, statistics), spent)

    def changed(self, change: Change, what: str) -> Measured:
        """The score on a changed copy of the task, made in a scratch folder; raises as :attr:`canonical`."""
        self.say(f"asking {what}")
        with self._session_of(change) as session:
            return self.measure(session, session.render())

    @contextlib.contextmanager
    def _session_of(self, change: Change) -> Iterator[ModelSession]:
        with copied(self.material.task, change) as folder, self.open_session(read_task(folder)) as session:
            yield session


def columns_of(material: Material) -> Sequence[str]:
    """The columns of the first row that can be emptied: those that hold a text or a list."""
    row = next(iter(material.rows.values()), None)
    return tuple(name for name, value in row.values.items() if isinstance(value, (str, list))) if row else ()
