"""A task put otherwise: its varied folder, rendered, where that asks about the same items in another way."""

from __future__ import annotations

from pathlib import Path

from commons.harness.rendering import TaskRendering
from commons.harness.renderings import rendering_of
from commons.harness.sandbox import Confinement
from commons.pool.task import Task
from commons.variants.folder import materialise
from commons.variants.registry import CannotVary, Variant

#: Where the varied folders of a pool stand, in its working folder.
FOLDER = "variants"


def put_otherwise(
    task: Task, variant: Variant, canonical: TaskRendering, work: Path, confinement: Confinement
) -> tuple[Task, TaskRendering]:
    """The varied task, which keeps its name, and its rendering; ``canonical`` is that of the task itself.

    Both are kept under ``work``. Whoever asks gets the same again from the same folder, on any machine.

    Raises:
        CannotVary: the variant means nothing for the task, changes nothing that is sent, or asks about other items.
        CommonsError: the varied task cannot be read or rendered.
    """
    varied = materialise(task, variant, work / FOLDER)
    rendering = rendering_of(varied, work, confinement)
    if rendering.task_hash == canonical.task_hash:
        raise CannotVary("It changes nothing that is sent.")
    if {item.id for item in rendering.items} != {item.id for item in canonical.items}:
        raise CannotVary("The task's own code makes other items of it.")
    return varied, rendering
