"""Share cards of tasks and of models, where they can be drawn and the site's address is known."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.addresses import card_path
from commons.publish.data import claims
from commons.publish.data.card import png_of, svg_of, wanted
from commons.publish.data.legal import of_pool, of_task
from commons.publish.open_task import OpenTask
from commons.publish.pages import Data, pool_pages, task_data
from commons.publish.snapshot import Snapshot, newest


@task_data
class TaskCard:
    """One card for each task."""

    name = "task-card"

    def of_task(self, task: OpenTask) -> Iterable[Data]:
        """The title, how many models it was put to, and what is known of the top."""
        if wanted(task.frame):
            facts = [claims.of_task(task.survey), claims.best_of(task.entry, task.survey)]
            legal = of_task(task.entry, task.frame.place, task.as_of)
            svg = svg_of("A task for language models", task.entry.card.title, [one for one in facts if one], legal)
            yield Data(card_path("t", task.entry.name), png_of(svg))


@pool_pages
class ModelCards:
    """One card for each model."""

    name = "model-cards"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """The name, and how many tasks it was measured on."""
        if wanted(snapshot.frame):
            for model in snapshot.models:
                states = snapshot.of_model(model)
                svg = svg_of("A language model", model.name, [claims.of_model(states)],
                             of_pool(snapshot.frame.place, newest(states)))
                yield Data(card_path("m", model.id), png_of(svg))
