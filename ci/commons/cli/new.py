"""``commons new``: make a task folder, from nothing or from a file of items. It asks nothing."""

from __future__ import annotations

import datetime
import difflib
import secrets
import shutil
import subprocess
import uuid
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.errors import CannotRun
from commons.pool.vocabulary import DOMAINS
from commons.scaffold.card import Particulars
from commons.scaffold.columns import ALIASES, KINDS, Kind, columns_help, guess_kind
from commons.scaffold.folder import DATA_FILE, HOOKS_FILE, checked, files_of, handle_of, refuse_name, write_folder
from commons.scaffold.items import ItemSet, Reading, read_items
from commons.scaffold.tables import read_table
from commons.scaffold.yamltext import template_path

DEFAULT_KIND: Kind = "multiple_choice"
EXAMPLE_MODEL = "smollm2-135m-instruct"

_ABOUT = {
    "card.yaml": "who made the task, what it measures, how its number is read",
    "README.md": "the same for people, in prose",
    DATA_FILE: "the items",
    HOOKS_FILE: "grades the answers",
}

_HELP = f"""Make tasks/NAME/: the harness configuration, the card, the README and the data.

Without --from, it holds eight example items to be replaced. With --from, it holds the rows of a .csv, .tsv, .xlsx
(first sheet), .jsonl or .json file. Cells are trimmed; items and choices are shuffled by the seed.

\b
Types:
  multiple_choice        each choice is scored by its likelihood
  generate_until         the model writes a line (also: generation)
  loglikelihood          one given continuation is scored
  loglikelihood_rolling  a whole text is scored
  structured             the model writes a JSON record, graded by hooks.py

Columns, in small letters or capitals:

{columns_help()}

A `cluster` or `source` column says which items belong together, an `id` column names them; other columns are kept.
"""


_EXAMPLES = """\b
Examples:
  commons new organ_basics --from organ_basics.xlsx --domain medicine
  commons new my_task --type generate_until --language pt-BR
"""


@click.command(name="new", help=_HELP, epilog=_EXAMPLES)
@click.argument("name")
@click.option("--type", "kind", metavar="TYPE", help=f"The type [default: {DEFAULT_KIND}, or told from the columns].")
@click.option("--from", "source", type=click.Path(path_type=Path), metavar="FILE", help="The file of items.")
@click.option("--answers-from", type=click.IntRange(0, 1), help="From what numbered answers count: 0 or 1.")
@click.option("--multiple-answers", is_flag=True, help="`|` parts accepted answers (generate_until).")
@click.option("--title", help="The title for people [default: the name].")
@click.option("--domain", default="general", show_default=True, help=f"One of {', '.join(DOMAINS)}.")
@click.option("--language", default="en", show_default=True, help="The items' language, as a BCP 47 tag.")
@click.option("--owner", help="Your GitHub handle [default: what git knows].")
@click.option("--licence", default="CC-BY-4.0", show_default=True, help="The data's licence, as an SPDX id.")
@click.option("--seed", type=click.IntRange(min=0), help="The seed of the order [default: drawn; kept in the card].")
@root_option
@json_option
def command(
    name: str, kind: str | None, source: Path | None, answers_from: int | None, multiple_answers: bool,
    title: str | None, domain: str, language: str, owner: str | None, licence: str, seed: int | None,
    root: Path | None, as_json: bool,
) -> None:
    """Make a task folder."""
    pool = repository(root)
    refuse_name(pool.tasks_folder, name)
    who = checked(Particulars(
        name=name,
        title=name.replace("_", " ").capitalize() if title is None else title,
        domain=domain,
        language=language,
        owner=handle_of(_git("github.user"), _git("user.name")) if owner is None else owner.removeprefix("@"),
        licence=licence,
    ))
    items, guessed = _items(source, _known_kind(kind), Reading(answers_from, multiple_answers))
    seed = secrets.randbelow(2**31) if seed is None else seed
    files = files_of(who, items, today=datetime.date.today(), unique=str(uuid.uuid4()), seed=seed,
                     examples=source is None)
    folder = write_folder(pool.tasks_folder, name, files)
    place = folder.relative_to(pool.root).as_posix()
    following = [
        f"edit {place}/card.yaml {place}/README.md" + (f" {place}/{DATA_FILE}" if source is None else ""),
        f"commons lint {place}",
        f"commons run {name} --model {EXAMPLE_MODEL}",
    ]
    if as_json:
        say_json({
            "task": name, "folder": place, "files": list(files), "type": items.kind, "type_guessed": guessed,
            "items": len(items.items), "examples": source is None, "owner": who.owner, "shuffle_seed": seed,
            "extra_columns": list(items.extras), "next": following,
        })
    else:
        _say(place, list(files), items, guessed=guessed, examples=source is None, following=following)


def _known_kind(given: str | None) -> Kind | None:
    if given is None:
        return None
    named = given.strip().lower().replace("-", "_")
    for kind in KINDS:
        if named == kind:
            return kind
    if named in ALIASES:
        return ALIASES[named]
    close = difflib.get_close_matches(named, [*KINDS, *ALIASES], n=1)
    hint = f"Did you mean `{close[0]}`? " if close else ""
    raise CannotRun(f"`{given}` is not a type of task.", mend=f"{hint}Give --type one of {', '.join(KINDS)}.")


def _items(source: Path | None, kind: Kind | None, reading: Reading) -> tuple[ItemSet, bool]:
    """The items, and whether their type was told from the columns."""
    if source is None:
        kind = kind or DEFAULT_KIND
        return read_items(read_table(template_path(f"{kind}.jsonl")), kind, reading), False
    table = read_table(source)
    return read_items(table, kind or guess_kind(table), reading), kind is None


def _git(key: str) -> str:
    """A setting of git; empty where it has none, or where there is no git."""
    program = shutil.which("git")
    if program is None:
        return ""
    found = subprocess.run([program, "config", "--get", key], capture_output=True, check=False)
    return found.stdout.decode("utf-8", "replace").strip()


def _say(
    place: str, files: list[str], items: ItemSet, *, guessed: bool, examples: bool, following: list[str]
) -> None:
    what = "example items" if examples else "items"
    click.echo(f"Made {place}/ ({items.kind}, {len(items.items)} {what}):")
    for file in files:
        click.echo(f"  {file:<28} {_ABOUT.get(file, 'how the harness puts and grades the items')}")
    if guessed:
        click.echo(f"The type {items.kind} was told from the columns; --type says otherwise.")
    if items.extras and not examples:
        click.echo(f"Kept, but not shown to models: {', '.join(items.extras)}.")
    if items.cluster:
        click.echo(f"The column `{items.cluster}` says which items belong together.")
    click.echo("Next:")
    for line in following:
        click.echo(f"  {line}")
