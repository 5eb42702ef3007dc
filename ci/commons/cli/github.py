"""``commons github``: what a workflow tells on pull requests: the trial's report, the live comment, first results."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commons.cli.common import repository, root_option, safe, say_trust, trust_option
from commons.errors import CannotRun
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.gates.check import CheckReport
    from commons.github.api import Api
    from commons.github.execute import Hand, Pull
    from commons.github.situation import Situation
    from commons.plan.plan import Plan

#: An owner of whom nothing was seen for so long is not waited for.
ABSENT_DAYS = 365

EXAMPLES = """\b
Examples:
  commons github report --base origin/main --output trial/report.json
  commons github comment --report trial                what would be done, from GITHUB_EVENT_PATH
  commons github comment --report trial --execute
  commons github comment --pull 7 --report trial --vouched-by mia --vouched-sha 4f1c...
  commons github published --plan plan.json --commit 4f1c... --site https://org.github.io/pool --execute

\b
Exit codes: 0 done, 1 something in the pool is wrong, 2 could not run.
"""

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group("github", epilog=EXAMPLES)
def command() -> None:
    """Talk to a pull request: make the trial's report, keep its comment, tell of its first results.

    Without --execute nothing is written on GitHub: what would be done is printed.
    """


def api_options(function: Function) -> Function:
    """What every verb needs that talks to GitHub."""
    for option in (
        click.option("--repository", "name", metavar="OWNER/NAME", default=None,
                     help="The repository on GitHub [default: GITHUB_REPOSITORY]."),
        click.option("--token-env", default="GITHUB_TOKEN", show_default=True, metavar="NAME",
                     help="The environment variable that holds the token."),
        click.option("--author", default="github-actions[bot]", show_default=True, metavar="LOGIN",
                     help="The account that the token belongs to; only its comments are ours."),
        click.option("--execute", is_flag=True, help="Do it, and not only say it."),
    ):
        function = option(function)
    return function


@command.command("report")
@click.option("--base", required=True, metavar="REV", help="The main line that the changes are held against.")
@click.option("--head", default=None, metavar="SHA",
              help="The pull request's head commit, where the checkout is a merge of it [default: HEAD].")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the report goes; the comment looks for report.json.")
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add the checks in Markdown to this file, as for a job's summary.")
@trust_option
@root_option
def report(
    base: str, head: str | None, output: Path, summary: Path | None, trust: bool, root: Path | None
) -> int:
    """Try the changed tasks of this checkout, and write what was found for the comment.

    This runs contributed code, in the sandbox. It needs no token and no network. It ends as commons check does: 1
    where a task is not ready, 2 where nothing can be said of one; the report is written in any case.
    """
    from commons.gates.check import Settings, check
    from commons.gates.redundancy import overlaps
    from commons.gates.render import FORMATS
    from commons.github.report_make import changed_folders, make_report
    from commons.harness.renderings import rendering_of
    from commons.harness.sandbox import Confinement
    from commons.pool.git import commit_of
    from commons.pool.whole import write_whole

    pool = repository(root)
    if trust:
        say_trust()
    confinement = Confinement.TRUST if trust else Confinement.SANDBOX
    settings = Settings(confinement=confinement,
                        redundancy=lambda task, count: overlaps(pool, task.folder, count))
    start, folders = changed_folders(pool, base)
    sha = commit_of(pool.root, head or "HEAD")
    checks: list[CheckReport] = []

    def checked(folder: Path) -> CheckReport:
        checks.append(check(folder, pool, settings))
        return checks[-1]

    made = make_report(
        pool, sha, start, folders, check=checked,
        render=lambda task: rendering_of(task, pool.work, confinement),
        plan=lambda ready: _plan(pool, ready, trust=trust),
    )
    write_whole(output, made.model_dump_json(indent=1) + "\n")
    for one in made.tasks:
        said = one.check.sentence if one.check else one.problem or "It could not be tried."
        click.echo(f"{safe(one.task)}: {safe(said)}")
    click.echo(f"{len(made.tasks):,} changed tasks tried; the report is in {safe(str(output))}")
    if summary is not None and checks:
        with summary.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(FORMATS["markdown"](checks))
    verdicts = {one.check.verdict if one.check else "cannot say" for one in made.tasks}
    return 1 if "not ready" in verdicts else 2 if "cannot say" in verdicts else 0


def _plan(pool: Repository, folders: Sequence[Path], *, trust: bool) -> Plan:
    from commons.cli.choosing import models_to_plan
    from commons.cli.plan import make
    from commons.plan.make import PlanRequest

    known = pool.models()
    chosen, _ = models_to_plan(known, (), endpoints=False)
    return make(pool, PlanRequest(folders=folders, models=chosen, known=known), None, trust=trust).plan


@command.command("comment")
@click.option("--event", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The workflow_run event [default: GITHUB_EVENT_PATH].")
@click.option("--workflow", default="", metavar="PATH",
              help="The workflow file whose runs are believed, for example .github/workflows/pr.yml.")
@click.option("--pull", "number", type=click.IntRange(min=1), default=None,
              help="A pull request by number, where a maintainer starts this by hand.")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="The folder of the trial's artifact; only report.json in it is read.")
@click.option("--base", default="HEAD", show_default=True, metavar="REV", help="The main line, as it is today.")
@click.option("--vouched-by", default="", metavar="LOGIN", help="The maintainer who confirms the gates by hand.")
@click.option("--vouched-sha", default="", metavar="SHA", help="The head commit that is confirmed, in full.")
@click.option("--body", "body_file", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Write the comment here as well.")
@api_options
@root_option
def comment(
    event: Path | None, workflow: str, number: int | None, folder: Path | None, base: str, vouched_by: str,
    vouched_sha: str, body_file: Path | None, name: str | None, token_env: str, author: str, execute: bool,
    root: Path | None,
) -> int:
    """Judge a pull request and keep its one comment, its labels and the status eval-commons/check.

    The head's commits must be in this repository (git fetch origin SHA); its files are read as data, and never
    checked out. Which pull request it is follows from GitHub's event.
    """
    from commons.github.derive import Given, derive
    from commons.github.derive_people import with_absent
    from commons.github.event import EVENT, read_event, repository_name
    from commons.github.execute import Hand, pull, pulls_of

    pool = repository(root)
    if bool(vouched_by) != bool(vouched_sha):
        raise CannotRun("A confirmation names a person and a commit.",
                        mend="Give --vouched-by and --vouched-sha together.")
    with _api(repository_name(name), token_env, execute=execute) as api:
        pending = False
        if number is not None:
            found: list[Pull] = [pull(api, number)]
        else:
            head = read_event(event or Path(os.environ.get(EVENT, "event.json")), workflow)
            pending = not head.ended
            found = pulls_of(api, head)
        if vouched_by and number is None:
            raise CannotRun("Only a pull request that is named can be confirmed.", mend="Give --pull.")
        for one in found:
            facts = one.facts()
            confirmed = vouched_by if vouched_sha == facts.head_sha else ""
            if vouched_by and not confirmed:
                click.echo("The head is not the commit that is confirmed: the confirmation does not count.", err=True)
            situation = derive(pool.root, Given(facts, base, folder, pending, vouched=confirmed))
            situation = with_absent(situation, _lately(api))
            _keep(Hand(api, author), situation, body_file)
    if not found:
        click.echo("No open pull request has this head: it was closed, or a later push has its own run.")
    return 0


def _keep(hand: Hand, situation: Situation, body_file: Path | None) -> None:
    from commons.github.compute import compute
    from commons.github.execute import bring_about

    wanted = compute(situation)
    if body_file is not None:
        body_file.write_text(wanted.body, encoding="utf-8", newline="\n")
    click.echo(f"#{situation.pull.number}: {wanted.status.description}")
    bring_about(hand, situation.pull.number, situation.pull.head_sha, wanted)


def _lately(api: Api) -> Callable[[str], bool]:
    from commons.github.execute import active_since

    day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ABSENT_DAYS)
    return lambda login: active_since(api, login, day.strftime("%Y-%m-%dT00:00:00Z"))


@command.command("published")
@click.option("--plan", "plan_file", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="The plan that was run.")
@click.option("--commit", "commit_sha", required=True, metavar="SHA", help="The commit of the main line that was run.")
@click.option("--site", default="", metavar="URL", help="Where the site stands, for links.")
@api_options
@root_option
def published(
    plan_file: Path, commit_sha: str, site: str, name: str | None, token_env: str, author: str, execute: bool,
    root: Path | None,
) -> int:
    """Tell the authors of merged pull requests that the first results of their tasks are published.

    The results are read from this checkout's ledger. One comment stands on each pull request, and is edited when more
    results come in.
    """
    from commons.github.afterwards_tell import checked_site, tell
    from commons.github.event import repository_name
    from commons.github.execute import Hand
    from commons.plan.plan import read_plan

    pool = repository(root)
    with _api(repository_name(name), token_env, execute=execute) as api:
        told = tell(pool, read_plan(plan_file), commit_sha, checked_site(site), Hand(api, author))
    click.echo(f"{told:,} merged pull requests are told." if told != 1 else "One merged pull request is told.")
    return 0


def _api(name: str, token_env: str, *, execute: bool) -> Api:
    from commons.github.api import Api
    from commons.github.event import API

    token = os.environ.get(token_env, "")
    if execute and not token:
        raise CannotRun(f"There is no token in {token_env}.", mend="Give the step the token in its environment.")
    return Api(name, os.environ.get(API, "https://api.github.com"), token, execute=execute,
               say=lambda text: click.echo(safe(text)), sleep=time.sleep)
