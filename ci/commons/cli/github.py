"""``commons github``: what a workflow does about pull requests. Each verb is a module of its own beside this one."""

from __future__ import annotations

import click

from commons.cli.github_comment import command as comment
from commons.cli.github_guard import command as guard
from commons.cli.github_labels import command as labels
from commons.cli.github_merge import command as merge
from commons.cli.github_published import command as published
from commons.cli.github_report import command as report

EXAMPLES = """\b
Examples:
  commons github guard --base origin/main --head 4f1c... --format github
  commons github report --base origin/main --output trial/report.json
  commons github comment --report trial                what would be done, from GITHUB_EVENT_PATH
  commons github comment --report trial --execute
  commons github comment --pull 7 --report trial --vouched-by mia --vouched-sha 4f1c...
  commons github merge --pull 7 --sha 4f1c... --report trial --lane-open open --outputs decided
  commons github merge --decided --pull 7 --sha 4f1c... --base-sha 90ab... --execute
  commons github labels --repository ORG/REPO --execute
  commons github published --plan plan.json --commit 4f1c... --site https://org.github.io/pool --execute

\b
Exit codes: 0 done, 1 something in the pool is wrong, 2 could not run.
"""


@click.group("github", epilog=EXAMPLES)
def command() -> None:
    """Talk to a pull request: guard it, report its trial, keep its comment, merge it, tell of its first results.

    Without --execute nothing is written on GitHub: what would be done is printed.
    """


for verb in (guard, report, comment, merge, published, labels):
    command.add_command(verb)
