"""``commons land``: put the results of a run on the default branch."""

from __future__ import annotations

import datetime
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json, say_problems
from commons.cli.plan_file import open_plan
from commons.errors import CannotRun
from commons.pool.hashing import sha256_file
from commons.pool.whole import write_whole

if TYPE_CHECKING:
    from commons.github.land import Landed


@click.command("land", epilog="""\b
Examples:
  commons land --plan plan.json shards
  commons land --plan plan.json shards --no-push        commit only, and look at it
  commons land --plan plan.json shards --message "$GITHUB_STEP_SUMMARY" --run-url "$RUN_URL"

\b
Exit codes: 0 all that was planned is there and landed, 1 it landed but something planned is missing, partial or
refused, 2 it could not land; what was committed stays in the checkout, and the same command goes on from there.
""")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--plan", "plan_file", required=True, type=click.Path(path_type=Path), metavar="FILE",
              help="The plan that the shards were run for.")
@click.option("--remote", default="origin", show_default=True, metavar="NAME", help="The remote to push to.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The branch to land on.")
@click.option("--sentinels", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="Land the checks too that commons sentinel left there, where there is such a folder.")
@click.option("--run", "run", default="", metavar="ID",
              help="The run's number, under which its spending is kept; without it no spending is.")
@click.option("--run-url", default="", metavar="URL", help="The workflow's run, for the message.")
@click.option("--tries", default=8, show_default=True, type=click.IntRange(1, 100), help="How often to try to push.")
@click.option("--message", "message_file", type=click.Path(dir_okay=False, path_type=Path), default=None,
              metavar="FILE", help="Write the commit's message there too, for a job's summary.")
@click.option("--push/--no-push", default=True, help="Push what was committed [default: yes].")
@root_option
@json_option
def command(
    folders: tuple[Path, ...], plan_file: Path, remote: str, branch: str, sentinels: Path | None, run: str,
    run_url: str, tries: int, message_file: Path | None, push: bool, root: Path | None, as_json: bool,
) -> int:
    """Collect the shards of a plan, verify every number, commit the results and push them.

    FOLDERS are those of `commons collect`, whose rules decide what is taken; no answers are. Where the branch moved,
    the commit is put on its tip and pushed again, with growing pauses. Only results of this plan are committed, the
    checkout must be as it was committed, and what failed never stops what succeeded.
    """
    from commons.cli.progress import LiveProgress
    from commons.github.land import Around, Order, land
    from commons.github.land_beside import Beside
    from commons.github.land_message import is_address

    if run_url and not is_address(run_url):
        raise CannotRun("The address of --run-url is none.", mend="Give one that begins with https://")
    plan = open_plan(plan_file)
    beside = Beside(plan, folders, run, sentinels)
    order = Order(plan, sha256_file(plan_file), folders, remote, branch, run_url, tries, push, beside.extras())
    around = Around(LiveProgress(unit="shards"), lambda: datetime.datetime.now(datetime.timezone.utc), time.sleep,
                    random.SystemRandom().random)
    landed = land(repository(root), order, around)
    if message_file is not None:
        write_whole(message_file, landed.message or "Nothing to land: the branch holds what was collected.\n")
    if as_json:
        say_json(_as_json(landed))
    else:
        _say(landed)
    say_problems(beside.problems)
    return 0 if landed.whole and not beside.problems else 1


def _say(landed: Landed) -> None:
    for line in (*landed.collection.said, *landed.said):
        click.echo(safe(line))
    say_problems(landed.collection.refused)
    if landed.state == "nothing":
        for one in landed.account.absent:
            click.echo(safe(f"{one.name}: missing. {one.why}"))
        for name, why in landed.account.partial:
            click.echo(safe(f"{name}: partial. {why}"))
        click.echo("Nothing to land: the branch holds what was collected.")
        return
    click.echo("".join(f"{safe(line)}\n" for line in landed.message.splitlines()), nl=False)
    after = "" if not landed.tries else f", after {landed.tries} pushes that came too late or did not arrive"
    click.echo(f"Landed as {landed.commit[:12]}{after}." if landed.state == "landed" else
               f"Committed as {landed.commit[:12]}, and not pushed. Push it: the same command without --no-push")


def _as_json(landed: Landed) -> dict[str, object]:
    account = landed.account
    return {
        "state": landed.state, "commit": landed.commit or None, "waits": landed.tries, "message": landed.message,
        "whole": landed.whole, "planned": account.planned,
        "moved": [{"cell": one.name, "reason": one.reason.value} for one in account.moved],
        "partial": [{"cell": name, "why": why} for name, why in account.partial],
        "missing": [{"cell": one.name, "why": one.why, "stale": one.stale} for one in account.absent],
        "refused": [{"file": str(one.where.path), "line": one.where.line, "sentence": one.sentence, "mend": one.mend}
                    for one in landed.collection.refused],
        "said": [*landed.collection.said, *landed.said],
    }
