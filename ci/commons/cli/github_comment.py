"""``commons github comment``: judge a pull request and keep its one comment, its labels and its status."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import repository, root_option
from commons.cli.github_options import TrialPlace, add_outputs, api_of, api_options, lane_option, trial_options
from commons.errors import CannotRun

if TYPE_CHECKING:
    from commons.github.api import Api
    from commons.github.execute import Hand, Pull
    from commons.github.situation import Situation

#: An owner of whom nothing was seen for so long is not waited for.
ABSENT_DAYS = 365


@click.command("comment")
@click.option("--event", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The workflow_run event [default: GITHUB_EVENT_PATH].")
@click.option("--pull", "number", type=click.IntRange(min=1), default=None,
              help="A pull request by number, where a maintainer starts this by hand.")
@click.option("--base", default="HEAD", show_default=True, metavar="REV", help="The main line, as it is today.")
@click.option("--vouched-by", default="", metavar="LOGIN", help="The maintainer who confirms the gates by hand.")
@click.option("--vouched-sha", default="", metavar="SHA", help="The head commit that is confirmed, in full.")
@click.option("--body", "body_file", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Write the comment here as well.")
@click.option("--outputs", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add lane=, pull= and sha= to this file, for the job that merges.")
@trial_options
@lane_option
@api_options
@root_option
def command(
    event: Path | None, number: int | None, base: str, vouched_by: str, vouched_sha: str, body_file: Path | None,
    outputs: Path | None, workflow: str, folder: Path | None, artifact: str, lane_open: str, name: str | None,
    token_env: str, author: str, execute: bool, root: Path | None,
) -> int:
    """Judge a pull request and keep its one comment, its labels and the status eval-commons/check.

    The head's commits must be in this repository (git fetch origin SHA); its files are read as data, and never
    checked out. Which pull request it is follows from GitHub's event.
    """
    from commons.github.confirmed import require_maintainer
    from commons.github.event import EVENT, read_event, repository_name
    from commons.github.execute import Hand, pull, pulls_of

    pool = repository(root)
    if bool(vouched_by) != bool(vouched_sha):
        raise CannotRun("A confirmation names a person and a commit.",
                        mend="Give --vouched-by and --vouched-sha together.")
    if vouched_by and number is None:
        raise CannotRun("Only a pull request that is named can be confirmed.", mend="Give --pull.")
    trial = TrialPlace(folder, artifact, workflow)
    with api_of(repository_name(name), token_env, execute=execute) as api:
        head, hand = None, Hand(api, author)
        if vouched_by:
            require_maintainer(api, pool.root, vouched_by)
        if number is not None:
            found: list[Pull] = [pull(api, number)]
        else:
            head = read_event(event or Path(os.environ.get(EVENT, "event.json")), workflow)
            found = pulls_of(api, head)
        judged = []
        for one in found:
            with trial.report(api, one.head.sha, head.run if head else None) as report:
                asked = _Asked(pool.root, base, report, head is not None and not head.ended, vouched_by, vouched_sha,
                               lane_open == "open")
                judged.append(_judge(hand, one, asked))
            _keep(hand, judged[-1], body_file)
    add_outputs(outputs, _outputs(judged))
    if not found:
        click.echo("No open pull request has this head: it was closed, or a later push has its own run.")
    return 0


@dataclass(frozen=True)
class _Asked:
    """What was asked on the command line about each pull request."""

    root: Path
    base: str
    report: Path | None
    pending: bool
    vouched_by: str
    vouched_sha: str
    lane_open: bool


def _judge(hand: Hand, one: Pull, asked: _Asked) -> Situation:
    """Everything that is known of a pull request."""
    from commons.github.confirmed import kept_confirmation
    from commons.github.derive import Given, derive
    from commons.github.derive_people import with_absent, with_limit
    from commons.github.execute import merged_count, open_numbers
    from commons.github.lane_api import with_lane

    api, facts = hand.api, one.facts()
    confirmed = asked.vouched_by if asked.vouched_sha == facts.head_sha else ""
    if asked.vouched_by and not confirmed:
        click.echo("The head is not the commit that is confirmed: the confirmation does not count.", err=True)
    situation = derive(asked.root, Given(facts, asked.base, asked.report, asked.pending))
    situation = with_absent(situation, _lately(api))
    situation = with_limit(situation, lambda: merged_count(api, one), lambda: open_numbers(api, one.author))
    # Read after lint, which takes its time: a maintainer may have confirmed this head in the meantime.
    confirmed = confirmed or kept_confirmation(hand, asked.root, one.number, facts.head_sha)
    situation = replace(situation, vouched=confirmed)
    return with_lane(situation, api, asked.root, asked.base, lane_open=asked.lane_open, sleep=time.sleep)


def _keep(hand: Hand, situation: Situation, body_file: Path | None) -> None:
    from commons.github.compute import compute
    from commons.github.execute import bring_about

    wanted = compute(situation)
    if body_file is not None:
        body_file.write_text(wanted.body, encoding="utf-8", newline="\n")
    click.echo(f"#{situation.pull.number}: {wanted.status.description}")
    bring_about(hand, situation.pull.number, situation.pull.head_sha, wanted)


def _outputs(judged: Sequence[Situation]) -> list[str]:
    """The first pull request that the lane takes; each value is a number, a digest or a word of ours."""
    from commons.github.judgement import takes_lane

    taken = next((one for one in judged if takes_lane(one)), None)
    return ["lane=false"] if taken is None else [
        "lane=true", f"pull={taken.pull.number}", f"sha={taken.pull.head_sha}"]


def _lately(api: Api) -> Callable[[str], bool]:
    from commons.github.execute import active_since

    day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ABSENT_DAYS)
    return lambda login: active_since(api, login, day.strftime("%Y-%m-%dT00:00:00Z"))
