"""``commons github merge``: the low-risk lane, decided again where the bot's token is, and merged."""

from __future__ import annotations

import time
from pathlib import Path

import click

from commons.cli.common import repository, root_option, safe
from commons.cli.github_options import TrialPlace, api_of, api_options, lane_option, trial_options
from commons.errors import CannotRun


@click.command("merge")
@click.option("--pull", "number", type=click.IntRange(min=1), required=True, help="The pull request by number.")
@click.option("--sha", required=True, metavar="SHA", help="Its head that was judged, in full; no other is merged.")
@click.option("--base", default="HEAD", show_default=True, metavar="REV", help="The main line, as it is today.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The main line's name on GitHub.")
@click.option("--checked-by", default="github-actions[bot]", show_default=True, metavar="LOGIN",
              help="The account that sets the required status.")
@click.option("--workflow-dispatch", "starts", default="evaluate.yml", show_default=True, metavar="FILE",
              help="The workflow to start after the merge; nothing is started where it is empty.")
@trial_options
@lane_option
@api_options
@root_option
def command(
    number: int, sha: str, base: str, branch: str, checked_by: str, starts: str, workflow: str, folder: Path | None,
    artifact: str, lane_open: str, name: str | None, token_env: str, author: str, execute: bool, root: Path | None,
) -> int:
    """Merge an owner's fix of their own data, where every condition of the low-risk lane holds.

    Everything is derived and decided again here; the required status must be a success on exactly this head. Ends
    with 0 where it was merged or is not to be merged (it says which and why), with 2 where that could not be done.
    """
    from commons.github.event import repository_name
    from commons.github.execute import Hand
    from commons.github.lane_merge import Order, is_commit, merge

    pool = repository(root)
    if not is_commit(sha):
        raise CannotRun("The commit is not named by its whole digest.", mend="Give --sha the head's digest in full.")
    trial = TrialPlace(folder, artifact, workflow)
    with api_of(repository_name(name), token_env, execute=execute) as api, trial.report(api, sha) as report:
        order = Order(number, sha, base, branch, report, checked_by, starts, lane_open == "open")
        ending = merge(Hand(api, author), pool.root, order, time.sleep)
    if ending.merged:
        click.echo(f"#{number} {'is' if execute else 'would be'} merged.")
        return 0
    click.echo(f"#{number} is not merged by the low-risk lane:")
    for reason in ending.reasons:
        click.echo(f"  {safe(reason)}")
    return 0
