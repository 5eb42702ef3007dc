"""``commons diagnose``: whether tasks still measure, beside what their cards declare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, safe_whole, say_json, say_problems

if TYPE_CHECKING:
    from commons.analyse.entering import Rules
    from commons.pool.repository import Repository
    from commons.pool.task import Task

_LONGEST_AUDIT = 20

EXAMPLES = """\b
Examples:
  commons diagnose                          a line for each task
  commons diagnose everyday_physics         one task in full: every number, and what would mend it
  commons diagnose everyday_physics --history    its results as they were, and how headroom moved
  commons diagnose everyday_physics --audit 6/100    judge it with the ceiling that 6 wrong golds in 100 leave
  commons diagnose --hard                   the hard suite, and why the other tasks are not in it
  commons diagnose --json

\b
Exit codes: 0 done, whatever the diagnosis; 2 could not run. LIFECYCLE.md says what each diagnosis means.
"""


@click.command("diagnose", epilog=EXAMPLES)
@click.argument("tasks", nargs=-1, metavar="[TASK]...")
@click.option("--history", is_flag=True, help="Read earlier states of the results from git.")
@click.option("--hard", is_flag=True, help="Show the hard suite: the tasks on which no model reaches people.")
@click.option("--audit", metavar="WRONG/LOOKED-AT", help="Of so many random items, so many had a wrong gold.")
@root_option
@json_option
def command(
    tasks: tuple[str, ...], history: bool, hard: bool, audit: str | None, root: Path | None, as_json: bool
) -> int:
    """Say whether tasks still measure: how much room is left, whether the order of the best models would repeat.

    Only canonical cells of our own enter, and of each family of models the best one. Nothing of a task is run.
    """
    from commons.analyse.entering import Rules
    from commons.cli.choosing import choose_folders

    pool = repository(root)
    if hard and (tasks or history or audit):
        raise click.UsageError("--hard is about the whole pool: name no task beside it, and no other option.")
    if audit and (len(tasks) != 1 or history):
        raise click.UsageError("--audit is about one task as it is now: name it, without --history.")
    if hard:
        return _say_hard(pool, as_json=as_json)
    wanted = {folder.name for folder in choose_folders(pool, tasks, ())}
    good, broken = pool.tasks(wanted)
    for one in broken:
        say_problems(one.error.problems)
    rules = Rules.of(pool)
    if audit:
        good = [_audited(task, audit, as_json=as_json) for task in good]
    if history:
        _say_history(pool, good, rules, as_json=as_json)
    else:
        _say_diagnoses(pool, good, rules, full=len(tasks) == 1, as_json=as_json)
    return 2 if broken else 0


def _audited(task: Task, audit: str, *, as_json: bool) -> Task:
    """The task with the ceiling of the audit, which is said."""
    from commons.analyse.diagnosis import after_audit
    from commons.cli.diagnose_words import audit_line

    wrong, _, looked_at = audit.partition("/")
    if not (wrong.isdecimal() and looked_at.isdecimal() and len(audit) <= _LONGEST_AUDIT):
        raise click.UsageError("--audit takes two numbers, for example 6/100.")
    found, said = after_audit(task, int(wrong), int(looked_at))
    for text in audit_line(said):
        click.echo(text, err=as_json)
    return found


def _say_diagnoses(pool: Repository, tasks: list[Task], rules: Rules, *, full: bool, as_json: bool) -> None:
    from commons.analyse.diagnosis import diagnose_task
    from commons.cli.diagnose_words import as_data, closing, in_full, line

    found = [diagnose_task(pool, task, rules) for task in tasks]
    if as_json:
        say_json([as_data(one) for one in found])
    elif full:
        for one in found:
            for text in in_full(one):
                click.echo(safe_whole(text))
    else:
        for text in (text for one in found for text in line(one)):
            click.echo(safe(text))
        for text in closing(found, rules.models):
            click.echo(safe(text))


def _say_history(pool: Repository, tasks: list[Task], rules: Rules, *, as_json: bool) -> None:
    from commons.analyse.refreshes import movement_of, refreshes
    from commons.cli.diagnose_words import as_data, history_lines, movement_data

    documents = []
    for task in tasks:
        held = tuple(refreshes(pool, task, rules))
        moved = movement_of(held)
        if as_json:
            rows = [{"commit": one.commit, **as_data(one.diagnosis)} for one in held]
            documents.append({"task": task.name, "refreshes": rows, "movement": movement_data(moved)})
            continue
        for text in history_lines(task.name, held, moved):
            click.echo(safe(text))
    if as_json:
        say_json(documents)


def _say_hard(pool: Repository, *, as_json: bool) -> int:
    from commons.analyse.hard import hard_suite
    from commons.cli.diagnose_words import hard_data, hard_lines

    suite = hard_suite(pool)
    if as_json:
        say_json(hard_data(suite))
        return 0
    for text in hard_lines(suite):
        click.echo(safe(text))
    return 0
