"""``commons github labels``: make the labels that the repository needs."""

from __future__ import annotations

import click

from commons.cli.github_options import api_of, api_options


@click.command("labels")
@api_options
def command(name: str | None, token_env: str, author: str, execute: bool) -> int:
    """Make the labels of docs/labels.md that the repository does not have; the others stay as they are."""
    from commons.github.event import repository_name
    from commons.github.execute import Hand
    from commons.github.labels_put import put_labels

    with api_of(repository_name(name), token_env, execute=execute) as api:
        made = put_labels(Hand(api, author))
    click.echo("Every label is there." if not made else f"{made} labels {'made' if execute else 'are missing'}.")
    return 0
