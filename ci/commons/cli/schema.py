"""``commons schema``: print the JSON Schema of a file format, or write those that editors read."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import repository, root_option
from commons.pool.schema import SCHEMA_FILE, SCHEMA_NAMES, schema_text

_HELP = """Print the JSON Schema of card.yaml or models.yaml.

With --write, write docs/schemas/card.schema.json and docs/schemas/models.schema.json instead, which the editor
settings in .vscode/ point to.
"""


@click.command(name="schema", help=_HELP, epilog="""\b
Examples:
  commons schema card > card.schema.json
  commons schema --write
""")
@click.argument("name", type=click.Choice(SCHEMA_NAMES), required=False)
@click.option("--write", is_flag=True, help="Write the schemas into docs/schemas/ of the pool (of NAME, or both).")
@root_option
def command(name: str | None, write: bool, root: Path | None) -> None:
    """Print or write JSON Schemas."""
    names = [known for known in SCHEMA_NAMES if name in (None, known)]
    if not write:
        if name is None:
            raise click.UsageError(f"Name one of {', '.join(SCHEMA_NAMES)}, or pass --write to write all.")
        click.echo(schema_text(names[0]), nl=False)
        return
    pool = repository(root)
    for known in names:
        path = pool.root / SCHEMA_FILE.format(name=known)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(known), encoding="utf-8", newline="\n")
        click.echo(f"Wrote {path.relative_to(pool.root).as_posix()}")
