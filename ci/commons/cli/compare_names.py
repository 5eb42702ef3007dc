"""What ``commons compare`` was told to compare: names that exist, or one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from commons.analyse.finding import EXTERNAL, Side, imported_names, side_of, task_names
from commons.cli.saying import meant
from commons.errors import CannotRun
from commons.pool.cell import CANONICAL
from commons.pool.repository import Repository


def sides_of(pool: Repository, names: Sequence[str]) -> tuple[Side, ...]:
    """The one or two results that are named.

    Raises:
        CannotRun: a task stands among them, there are more than two, or there is no such model or result.
        BadFile: ``models.yaml`` cannot be read.
    """
    tasks = [name for name in names if name in {folder.name for folder in pool.task_folders()}]
    if tasks:
        models = " ".join(name for name in names if name not in tasks) or "MODEL MODEL"
        given = " ".join(f"--task {name}" for name in tasks)
        raise CannotRun(f"`{tasks[0]}` is a task, and tasks go behind --task.",
                        mend=f"commons compare {models} {given}")
    if len(names) > 2:
        raise CannotRun("More than two models were named, and two are compared at a time.",
                        mend="For the places of all models: commons ranks TASK. Or compare them pair by pair.")
    sides = tuple(map(side_of, names))
    for side in sides:
        _check_known(pool, side)
    if len(sides) == 2 and sides[0] == sides[1]:
        raise CannotRun("Both names are the same result.", mend="Name another, or an earlier version: --before REV")
    return sides


def _check_known(pool: Repository, side: Side) -> None:
    stems = {path.stem for path in pool.ledger.cell_paths()}
    models = {model.id for model in pool.models()} | {stem.partition("@")[0] for stem in stems}
    if side.model not in models:
        raise CannotRun(f"There is no model `{side.model}`.{meant(side.model, sorted(models))}",
                        mend="The ids stand in models.yaml.")
    if side.variant != CANONICAL and side.label not in stems:
        own = sorted(stem for stem in stems if stem.partition("@")[0] == side.model)
        raise CannotRun(f"There is no result `{side.label}`.{meant(side.label, own)}",
                        mend=f"The results of {side.model}: {', '.join(own) or 'none'}.")


def tasks_of(
    pool: Repository, named: Sequence[str], suite: str | None, sides: Sequence[Side], *, external: bool
) -> list[str]:
    """The tasks that are meant: those named and those of the suite, else all on which either has a result.

    Raises:
        CannotRun: there is no such task or suite, or no result at all.
    """
    known = {folder.name for folder in pool.task_folders()} | {path.parent.name for path in pool.ledger.cell_paths()}
    for name in named:
        if name not in known:
            raise CannotRun(f"There is no task and no result called `{name}`.{meant(name, sorted(known))}",
                            mend="See what a model was measured on: commons show MODEL")
    chosen = list(dict.fromkeys([*named, *(_of_suite(pool, suite) if suite is not None else ())]))
    if chosen:
        return chosen
    found = task_names(pool, sides[0], sides[1], external)
    if not found:
        hint = imported_hint(pool, sides, external=external)
        raise CannotRun(f"Neither {sides[0].label} nor {sides[1].label} has a result here.",
                        mend=hint or f"Measure them: commons run TASK --model {sides[0].model}")
    return found


def _of_suite(pool: Repository, suite: str) -> tuple[str, ...]:
    suites = {found.group: found for found in pool.suites()}
    if suite not in suites:
        names = ", ".join(sorted(suites)) or "none"
        raise CannotRun(f"There is no suite `{suite}`.{meant(suite, sorted(suites))}", mend=f"The pool has: {names}")
    if not suites[suite].pool_tasks:
        raise CannotRun(f"No task of the suite `{suite}` is one of this pool.", mend="Name tasks with --task.")
    return suites[suite].pool_tasks


def imported_hint(pool: Repository, sides: Sequence[Side], *, external: bool) -> str:
    """Which imported results of the models were left aside, and how to take them; empty where there are none."""
    plain = [] if external else [side for side in sides if side.variant == CANONICAL]
    left = {name: tasks for side in plain for name, tasks in imported_names(pool, side.model).items()}
    if not left:
        return ""
    said = "; ".join(f"{name} on {', '.join(sorted(tasks)[:3])}{' and others' * (len(tasks) > 3)}"
                     for name, tasks in sorted(left.items()))
    how = "--external takes them" if all(name.endswith(f"@{EXTERNAL}") for name in left) else "name them in full"
    return f"Imported results are left aside ({said}): {how}."
