"""``commons github published``: tell the authors of merged pull requests of their first results."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import repository, root_option
from commons.cli.github_options import api_of, api_options


@click.command("published")
@click.option("--plan", "plan_file", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="The plan that was run.")
@click.option("--commit", "commit_sha", required=True, metavar="SHA", help="The commit of the main line that was run.")
@click.option("--site", default="", metavar="URL", help="Where the site stands, for links.")
@api_options
@root_option
def command(
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
    from commons.plan.planfile import read_plan

    pool = repository(root)
    with api_of(repository_name(name), token_env, execute=execute) as api:
        told = tell(pool, read_plan(plan_file), commit_sha, checked_site(site), Hand(api, author))
    click.echo(f"{told:,} merged pull requests are told." if told != 1 else "One merged pull request is told.")
    return 0
