"""``commons github merge``: the low-risk lane, decided again with a token that reads, and merged with the bot's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import repository, root_option, safe
from commons.cli.github_options import TrialPlace, add_outputs, api_of, api_options, lane_option, trial_options
from commons.errors import CannotRun

if TYPE_CHECKING:
    from commons.github.api import Api
    from commons.github.lane_decide import Decided
    from commons.github.lane_merge import Pin


@click.command("merge")
@click.option("--pull", "number", type=click.IntRange(min=1), required=True, help="The pull request by number.")
@click.option("--sha", required=True, metavar="SHA", help="Its head that was judged, in full; no other is merged.")
@click.option("--base", default="HEAD", show_default=True, metavar="REV", help="The main line, as it is today.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The main line's name on GitHub.")
@click.option("--checked-by", default="github-actions[bot]", show_default=True, metavar="LOGIN",
              help="The account that sets the required status.")
@click.option("--workflow-dispatch", "starts", default="evaluate.yml", show_default=True, metavar="FILE",
              help="The workflow to start after the merge; nothing is started where it is empty.")
@click.option("--outputs", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add merge= and base= to this file, for the step that has the bot's token.")
@click.option("--decided", is_flag=True, help="It was decided: only ask GitHub whether it still holds, and merge.")
@click.option("--base-sha", default="", metavar="SHA", help="With --decided: the base= that was decided on.")
@trial_options
@lane_option
@api_options
@root_option
def command(
    number: int, sha: str, base: str, branch: str, checked_by: str, starts: str, outputs: Path | None, decided: bool,
    base_sha: str, workflow: str, folder: Path | None, artifact: str, lane_open: str, name: str | None, token_env: str,
    author: str, execute: bool, root: Path | None,
) -> int:
    """Merge an owner's fix of their own data, where every condition of the low-risk lane holds.

    Two steps, so that what reads contributed files holds no token that may write. Without --decided everything is
    derived and decided again, and nothing is written. With --decided no file is read: GitHub is asked whether it is
    still that head, on that main line, with a success as its required status and nobody against it.

    Ends with 0 where it was merged or is not to be merged (it says which and why), with 2 where that could not be done.
    """
    from commons.github.event import repository_name
    from commons.github.execute import Hand
    from commons.github.lane_merge import Pin, is_commit, merge

    if not all(map(is_commit, [sha, base_sha] if decided else [sha])):
        raise CannotRun("A commit is not named by its whole digest.",
                        mend="Give --sha, and --base-sha with --decided, in full.")
    if execute and not decided:
        raise CannotRun("Deciding writes nothing on GitHub.", mend="Give --execute in the second step, with --decided.")
    pin = Pin(number, sha, branch, checked_by)
    with api_of(repository_name(name), token_env, execute=execute) as api:
        if decided:
            reasons = merge(Hand(api, author), pin, base_sha, starts, time.sleep).reasons
        else:
            found = _decide(api, pin, root, base, TrialPlace(folder, artifact, workflow), lane_open=lane_open == "open")
            reasons = found.reasons
            add_outputs(outputs, ["merge=false"] if reasons else ["merge=true", f"base={found.base}"])
    click.echo(f"#{number} is not merged by the low-risk lane:" if reasons else
               f"#{number} {'is' if execute else 'would be'} merged.")
    for reason in reasons:
        click.echo(f"  {safe(reason)}")
    return 0


def _decide(api: Api, pin: Pin, root: Path | None, base: str, trial: TrialPlace, *, lane_open: bool) -> Decided:
    from commons.github.lane_decide import Order, decide_again

    with trial.report(api, pin.sha) as report:
        return decide_again(api, repository(root).root, Order(pin, base, report, lane_open), time.sleep)
