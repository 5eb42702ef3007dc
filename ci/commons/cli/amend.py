"""``commons amend``: record that a result was corrected or withdrawn, for ever."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import cast

import click

from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.errors import BadFile, CannotRun
from commons.evaluate.amending import (
    Cells,
    Decision,
    amendment_for,
    append_amendment,
    cells_at,
    cells_of,
    known_results,
    still_standing,
)
from commons.github.owners import is_handle
from commons.pool.amendments import AMENDMENTS_FILE, Amendment, Effect, Kind, Place
from commons.pool.card import Card
from commons.pool.git import GitFailed, commit_of
from commons.pool.repository import Repository
from commons.pool.task import read_card


@click.command("amend", epilog="""\b
Examples:
  commons amend last_word --kind corrected --reason "Item 12 had a wrong gold." --by ana-perez
  commons amend last_word smollm2-135m-instruct --kind withdrawn --reason "Cut prompts." --by ana-perez --dry-run

\b
Exit codes: 0 recorded, 1 a file is broken, 2 could not run.
""")
@click.argument("task")
@click.argument("model", required=False)
@click.option("--kind", required=True, type=click.Choice(["corrected", "withdrawn"]), help="What was done.")
@click.option("--reason", required=True, help="Why, in a sentence; it stands on the site for ever.")
@click.option("--by", required=True, metavar="HANDLE", help="The GitHub handle of who decided it, without @.")
@click.option("--variant", help="The variant [default: all].")
@click.option("--before", "revision", metavar="REV", default="HEAD", show_default=True,
              help="The commit that holds the results before the correction.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day [default: today].")
@click.option("--dry-run", is_flag=True, help="Show the line and write nothing.")
@root_option
@json_option
def command(
    task: str, model: str | None, kind: str, reason: str, by: str, variant: str | None, revision: str,
    day: datetime.datetime | None, dry_run: bool, root: Path | None, as_json: bool,
) -> int:
    """Add one line to results/amendments.jsonl: what was corrected or withdrawn, why, and what that changes.

    A withdrawn result is shown without its number, with the reason, until it is measured again on a later day. For a
    correction, the cells of --before are held against those that stand here now: run the task again first. Lines are
    never edited or taken away; a mistaken one is answered by another.
    """
    from commons.analyse.placing import placed

    pool = repository(root)
    if not is_handle(by):
        raise CannotRun(f"`{by}` is no GitHub handle.", mend="Give it as on GitHub, without @: --by ana-perez")
    if not reason.strip():
        raise CannotRun("The reason is empty.", mend="Say why in one sentence: --reason \"...\"")
    date = day.date() if day else datetime.datetime.now(datetime.timezone.utc).date()
    decision = Decision(cast("Kind", kind), task, model, variant, reason, by, date)
    now = cells_of(pool, task)
    before = now if kind == "withdrawn" else _before(pool, task, revision, now)
    if not any(decision.means(key) for key in {**before, **now}):
        known = known_results({**before, **now})
        mend = f"Results of `{task}`: {known}." if known else "See what there is: commons show TASK"
        raise CannotRun(f"There is no result of `{task}`{f' on `{model}`' if model else ''} to amend.", mend=mend)
    earlier = pool.ledger.amendments()
    standing = (still_standing(before, earlier), still_standing(now, earlier))
    amendment = amendment_for(decision, *standing, _card(pool, task), placed)
    if not dry_run:
        append_amendment(pool, amendment)
    if as_json:
        say_json({"written": not dry_run, "amendment": amendment.model_dump(mode="json")})
        return 0
    for line in lines(amendment):
        click.echo(safe_whole(line))
    click.echo("\nNothing was written (--dry-run)." if dry_run else f"\nAdded to results/{AMENDMENTS_FILE}.")
    return 0


def _before(pool: Repository, task: str, revision: str, now: Cells) -> Cells:
    """The results before a correction; where there is no history, those of today, so that nothing is invented."""
    try:
        return cells_at(pool, task, commit_of(pool.root, revision))
    except GitFailed:
        if revision != "HEAD":
            raise
        return now


def _card(pool: Repository, task: str) -> Card | None:
    try:
        return read_card(pool.tasks_folder / task)[0]
    except BadFile:
        return None


def lines(amendment: Amendment) -> list[str]:
    """The amendment in words."""
    whom = amendment.task + (f" on {amendment.model}" if amendment.model else "")
    found = [f"{amendment.kind}: {whom}, {amendment.date.isoformat()}, by @{amendment.by}", f"  {amendment.reason}"]
    found += [f"  {_effect(one)}" for one in amendment.effects]
    found += [f"  {one.first} and {one.second}: {one.before} before, {one.after} after" for one in amendment.pairs]
    return found


def _effect(one: Effect) -> str:
    name = one.model if one.variant == "canonical" else f"{one.model}@{one.variant}"
    return f"{name}: {_number(one.before)}{_place(one.place_before)} -> {_number(one.after)}{_place(one.place_after)}"


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.5g}"


def _place(place: Place | None) -> str:
    if place is None:
        return ""
    return f" (place {place.best})" if place.best == place.worst else f" (place {place.best} to {place.worst})"
