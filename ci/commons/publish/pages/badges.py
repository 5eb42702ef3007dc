"""Badges of tasks and of models."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.addresses import badge_path
from commons.publish.data import claims
from commons.publish.data.badge import svg_of
from commons.publish.data.legal import of_pool, of_task
from commons.publish.open_task import OpenTask
from commons.publish.pages import Data, pool_pages, task_data
from commons.publish.snapshot import Snapshot, newest


@task_data
class TaskBadge:
    """One badge for each task."""

    name = "task-badge"

    def of_task(self, task: OpenTask) -> Iterable[Data]:
        """How many models it was put to, what that says of it, and what is known of the top."""
        said = [claims.of_task(task.survey), claims.best_of(task.entry, task.survey)]
        legal = of_task(task.entry, task.frame.place, task.as_of)
        text = svg_of(task.entry.card.title, "; ".join(filter(None, said)), legal)
        yield Data(badge_path("t", task.entry.name), text)


@pool_pages
class ModelBadges:
    """One badge for each model."""

    name = "model-badges"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """How many tasks each was measured on."""
        for model in snapshot.models:
            states = snapshot.of_model(model)
            legal = of_pool(snapshot.frame.place, newest(states))
            yield Data(badge_path("m", model.id), svg_of(model.name, claims.of_model(states), legal))
