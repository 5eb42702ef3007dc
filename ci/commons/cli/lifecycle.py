"""``commons lifecycle``: what policy asks for by itself, as pull requests or issues."""

from __future__ import annotations

import datetime
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.errors import CannotRun

if TYPE_CHECKING:
    from commons.github.api import Api
    from commons.github.lifecycle.compute import Step

EXAMPLES = """\b
Examples:
  commons lifecycle --repository ORG/REPO          what would be proposed, and why
  commons lifecycle --execute --author pool-bot[bot] --token-env BOT_TOKEN
  commons lifecycle --as issues --execute          without a bot
  commons lifecycle --only draft-to-active --json

\b
Exit codes: 0 done or nothing to do, 1 something could not be done, 2 could not run.
"""


@click.command("lifecycle", epilog=EXAMPLES)
@click.option("--execute", is_flag=True, help="Do it, and not only say it.")
@click.option("--as", "form", type=click.Choice(["pulls", "issues"]), default="pulls", show_default=True,
              help="What changes of files become; issues need no bot.")
@click.option("--only", "names", multiple=True, metavar="NAME", help="Ask this proposer only; may be repeated.")
@click.option("--remote", default="origin", show_default=True, metavar="NAME", help="Where branches are pushed to.")
@click.option("--repository", "name", metavar="OWNER/NAME", help="On GitHub [default: GITHUB_REPOSITORY].")
@click.option("--token-env", default="GITHUB_TOKEN", show_default=True, metavar="NAME",
              help="The environment variable that holds the token.")
@click.option("--author", default="github-actions[bot]", show_default=True, metavar="LOGIN",
              help="The account that the token belongs to; only what it opened is ours.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to count from [default: today].")
@root_option
@json_option
def command(
    execute: bool, form: str, names: tuple[str, ...], remote: str, name: str | None, token_env: str, author: str,
    today: datetime.datetime | None, root: Path | None, as_json: bool,
) -> int:
    """Propose what policy asks for: open, update and close our pull requests and issues.

    Without --execute nothing is written: what would be proposed is printed, with why and the change in short. Nothing
    of a task is run. docs/proposals.md lists what is proposed, when, and what a person does with it.
    """
    from commons.github.event import repository_name
    from commons.github.execute import Hand
    from commons.github.lifecycle.compute import compute
    from commons.github.lifecycle.execute import Doer
    from commons.github.lifecycle.look import Wish, look

    pool, full_name = repository(root), repository_name(name)
    day = (today or datetime.datetime.now(datetime.timezone.utc)).date()
    with _api(full_name, token_env, execute=execute, quiet=as_json) as api:
        hand = Hand(api, author)
        found = look(pool, hand, Wish(day, names, form == "pulls", remote))
        steps = compute(found.proposed.proposals, found.desk)
        if not as_json:
            _say_steps(steps)
        failed = Doer(hand, found.branches, full_name.partition("/")[0], day).do(steps) if execute else ()
    broken = found.proposed.failed
    if as_json:
        say_json({"steps": [_as_json(one) for one in steps], "broken": dict(broken),
                  "failed": [{"slug": one.step.slug, "why": one.sentence} for one in failed]})
    for kind, why in broken.items():
        click.echo(f"{kind} could not look: {safe(why)}", err=True)
    for one in failed:
        click.echo(f"{one.step.slug}: {safe(one.sentence)} {safe(one.mend)}", err=True)
    return 1 if failed or broken else 0


def _say_steps(steps: tuple[Step, ...]) -> None:
    from commons.github.lifecycle.compute import Action
    from commons.github.lifecycle.texts import SHORT, diff_of

    for one in steps:
        number = f" #{one.standing.number}" if one.standing is not None else ""
        click.echo(f"{one.action.value} {one.form.value}{number}: {one.slug}")
        if one.proposal is not None and one.proposal.why != one.why:
            click.echo(f"    {safe(one.proposal.why)}")
        click.echo(f"    {safe(one.why)}")
        if one.proposal is not None and one.action in {Action.OPEN, Action.UPDATE}:
            for line in diff_of(one.proposal.files, SHORT):
                click.echo(f"    {line}")
    if not steps:
        click.echo("Nothing is to be proposed.")


def _as_json(one: Step) -> dict[str, object]:
    return {"action": one.action.value, "slug": one.slug, "form": one.form.value, "why": one.why,
            "number": one.standing.number if one.standing else None,
            "title": one.proposal.title if one.proposal else None,
            "files": [change.path for change in one.proposal.files] if one.proposal else []}


def _api(name: str, token_env: str, *, execute: bool, quiet: bool) -> Api:
    from commons.github.api import Api
    from commons.github.event import API, take_token

    token = take_token(token_env)
    if execute and not token:
        raise CannotRun(f"There is no token in {token_env}.", mend="Give the step the token in its environment.")
    return Api(name, os.environ.get(API, "https://api.github.com"), token, execute=execute,
               say=lambda text: click.echo(safe(text), err=quiet), sleep=time.sleep)
