"""Whether a plan is one of this checkout: results of another one are true, and not those that this one would show."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from commons.errors import CannotRun, CommonsError
from commons.harness import HARNESS_VERSION
from commons.harness.sandbox import Confinement
from commons.plan.memo import Memo
from commons.plan.outline import TaskOutline
from commons.plan.outlines import Outlines
from commons.plan.plan import Plan
from commons.plan.watching import Nobody
from commons.pool.cell import CANONICAL
from commons.pool.hashing import folder_digest, model_hash, protocol_hash
from commons.pool.models import Model
from commons.pool.repository import Repository

_MEND = "Make the plan again: commons plan --output plan.json"


def refuse_another_checkouts(plan: Plan, models: Mapping[str, Model]) -> None:
    """Refuse a plan of another harness, another scoring protocol or other models.

    Raises:
        CannotRun: it is one.
    """
    here = protocol_hash(HARNESS_VERSION)
    if plan.cells and plan.protocol_hash != here:
        raise CannotRun(f"The plan was made with another harness or scoring protocol ({plan.protocol_hash[:12]}); here "
                        f"it is lm_eval {HARNESS_VERSION} ({here[:12]}).", mend=_MEND)
    for name, planned in plan.models.items():
        model = models.get(name)
        if model is None:
            raise CannotRun(f"The plan is for the model `{name}`, which is not in models.yaml.", mend=_MEND)
        if model_hash(model) != planned:
            raise CannotRun(f"The plan is for another version of the model `{name}`: its hash is "
                            f"{model_hash(model)[:12]}, planned is {planned[:12]}.", mend=_MEND)


def outdated_tasks(repository: Repository, plan: Plan) -> dict[str, tuple[str, str]]:
    """The planned tasks that are not the planned ones any more, each as it is put, with a sentence and the mend.

    Where a folder's digest is another, the hash may still be the same (a README was mended): the memo of planning
    says so where the task was planned since. A variant follows from the folder, and the same holds of it. Nothing is
    rendered here, for whoever collects runs no task's code.
    """
    folders = {folder.name: folder for folder in repository.task_folders()}
    found = {}
    for name, planned in plan.tasks.items():
        task, _, variant = name.partition("@")
        if name not in plan.facts:
            found[name] = ("The plan does not say what results of this task are held against.", _MEND)
            continue
        folder = folders.get(task)
        if folder is None:
            found[name] = (f"The task `{task}` is not here any more.", _MEND)
            continue
        try:
            if folder_digest(folder) == plan.facts[name].folder:
                continue
            now = _task_hash(repository, folder, variant or CANONICAL)
        except CommonsError as error:
            found[name] = (error.sentence, error.mend)
            continue
        if now is None:
            sentence = (f"The folder of the task `{task}` was edited since the plan was made, and nobody has worked "
                        f"out since whether {f'its variant `{variant}`' if variant else 'the task'} is still the "
                        "planned one.")
            found[name] = (sentence, _MEND)
        elif now != planned:
            sentence = (f"This was planned for another version of the task: `{name}` has the hash {now[:12]}, planned "
                        f"is {planned[:12]}.")
            found[name] = (sentence, _MEND)
    return found


def _task_hash(repository: Repository, folder: Path, variant: str) -> str | None:
    """The hash of a task, put so, as its folder stands, where planning has worked it out before."""

    def refuse(_: Path) -> tuple[TaskOutline, bytes]:
        raise CannotRun("It is not rendered here.")

    with Memo(repository.work / "plan.sqlite") as memo:
        for confinement in Confinement:
            outlines, _ = Outlines(memo, refuse, confinement, time.time_ns, variant).load([folder], Nobody())
            if outlines:
                return outlines[0].task_hash
    return None
