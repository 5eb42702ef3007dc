"""``commons store``: look after the answers that models gave."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from commons.harness.store import ResponseStore
    from commons.harness.store_care import StoreStats

Function = TypeVar("Function", bound="Callable[..., Any]")


@click.group("store", epilog="""\b
Examples:
  commons store stats
  commons store gc --keep-days 90 --delete
  commons store export answers.jsonl.gz --model smollm2-135m-instruct
  commons store import answers.jsonl.gz
""")
def command() -> None:
    """Look after the response store: every answer that a model gave, by model and request.

    It can always be filled again, by asking again; nothing in the ledger is read from it.
    """


def _store_option(function: Function) -> Function:
    return click.option(
        "--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
        help="The response store [default: .commons/responses.sqlite in the pool].",
    )(function)


def _open(store: Path | None, root: Path | None, *, must_exist: bool = True) -> ResponseStore:
    from commons.harness.store import ResponseStore

    path = store or repository(root).work / "responses.sqlite"
    if must_exist and not path.is_file():
        raise CannotRun(f"There is no response store {path}.",
                        mend="A first `commons run` makes it; or name one with --store.")
    return ResponseStore(path)


@command.command("stats", epilog="""\b
Examples:
  commons store stats
  commons store stats --json
""")
@_store_option
@root_option
@json_option
def stats(store: Path | None, root: Path | None, as_json: bool) -> int:
    """Say how many answers there are, of which models, and when they were last used."""
    from commons.harness.store_care import stats as look

    with _open(store, root) as opened:
        found = look(opened)
    if as_json:
        say_json(_stats_json(found))
        return 0
    for one in found.models:
        libraries = ", ".join(f"{name} {version}" for name, version in sorted((one.model.versions or {}).items()))
        click.echo(f"{safe(one.model.name or 'a model of an older program')} ({one.model.key[:12]}): {one.answers} "
                   f"answers, {_size(one.bytes)}, used {_day(one.oldest_use)} to {_day(one.newest_use)}"
                   + (f"; {safe(libraries)}" if libraries else ""))
    click.echo(f"{found.answers} answers of {len(found.models)} models, {_size(found.bytes)}; the file takes "
               f"{_size(found.file_bytes)}.")
    return 0


def _stats_json(found: StoreStats) -> dict[str, object]:
    return {
        "answers": found.answers, "bytes": found.bytes, "file_bytes": found.file_bytes,
        "models": [
            {"key": one.model.key, "model": one.model.name, "model_hash": one.model.model_hash,
             "versions": dict(one.model.versions) if one.model.versions is not None else None,
             "engine": one.facts, "answers": one.answers, "bytes": one.bytes,
             "oldest_use": _day(one.oldest_use), "newest_use": _day(one.newest_use)}
            for one in found.models
        ],
    }


@command.command("gc", epilog="""\b
Examples:
  commons store gc --keep-days 90                 what would go
  commons store gc --keep-days 90 --delete
  commons store gc --only-models-yaml --max-mb 500 --delete
""")
@click.option("--keep-days", type=click.IntRange(min=0), default=None, metavar="N",
              help="Drop answers that were not used for more than N days.")
@click.option("--only-models-yaml", is_flag=True, help="Drop answers of models that are not in models.yaml any more.")
@click.option("--max-mb", type=click.FloatRange(min=0), default=None, metavar="N",
              help="Then drop the longest unused until N megabytes are left.")
@click.option("--delete", is_flag=True, help="Do it; without this, say what would go.")
@_store_option
@root_option
@json_option
def gc(
    keep_days: int | None, only_models_yaml: bool, max_mb: float | None, delete: bool, store: Path | None,
    root: Path | None, as_json: bool,
) -> int:
    """Drop answers that nothing uses. Says what would go; with --delete it goes."""
    from commons.harness.store_care import gc as drop
    from commons.harness.store_care import stored_models
    from commons.harness.store_schema import this_day
    from commons.pool.hashing import model_hash

    if keep_days is None and max_mb is None and not only_models_yaml:
        raise CannotRun("Nothing says what may go.", mend="Give --keep-days, --only-models-yaml or --max-mb.")
    with _open(store, root) as opened:
        keep = None
        if only_models_yaml:
            hashes = {model_hash(model) for model in repository(root).models()}
            # What an older program stored does not say whose it is, so it stays.
            named = {model.key: model.model_hash for model, _ in stored_models(opened)}
            present = {row[0] for row in opened.connection.execute("select distinct model from responses")}
            keep = {key for key in present if named.get(key) is None or named[key] in hashes}
        dropped = drop(opened, this_day(), keep_days=keep_days, keep_models=keep,
                       max_bytes=None if max_mb is None else int(max_mb * 1e6), dry_run=not delete)
    if as_json:
        say_json({"answers": dropped.answers, "bytes": dropped.bytes, "by_model": dropped.by_model,
                  "kept": dropped.kept, "deleted": delete})
        return 0
    what = "dropped" if delete else "would go"
    click.echo(f"{dropped.answers} answers ({_size(dropped.bytes)}) {what}; {dropped.kept} stay.")
    if dropped.answers and not delete:
        click.echo("Nothing was changed. To drop them: the same with --delete.")
    return 0


@command.command("export", epilog="""\b
Examples:
  commons store export answers.jsonl.gz
  commons store export answers.jsonl.gz --model smollm2-135m-instruct
""")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--model", "models", multiple=True, metavar="ID", help="Only answers of this model; may be repeated.")
@_store_option
@root_option
@json_option
def export(path: Path, models: tuple[str, ...], store: Path | None, root: Path | None, as_json: bool) -> int:
    """Write answers to PATH (JSON lines under gzip). Equal answers give equal bytes.

    Answers are text, and a store does not know which tasks withhold theirs: do not publish an export of such tasks.
    """
    from commons.harness.store_care import stored_models
    from commons.harness.store_travel import export as write

    with _open(store, root) as opened:
        keys = None
        if models:
            names = {model.key: model.name for model, _ in stored_models(opened)}
            for one in models:
                if one not in names.values():
                    known = ", ".join(sorted({name for name in names.values() if name})) or "none"
                    raise CannotRun(f"The store knows no model `{one}`.", mend=f"Models in it: {known}.")
            keys = {key for key, name in names.items() if name in models}
        count = write(opened, path, models=keys)
    if as_json:
        say_json({"file": str(path), "answers": count, "bytes": path.stat().st_size})
    else:
        click.echo(f"{path}: {count} answers, {_size(path.stat().st_size)}.")
    return 0


@command.command("import", epilog="""\b
Examples:
  commons store import answers.jsonl.gz
""")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_store_option
@root_option
@json_option
def import_(path: Path, store: Path | None, root: Path | None, as_json: bool) -> int:
    """Take the answers of an export in. Answers that are here already stay; it can be run again."""
    from commons.harness.store_travel import import_ as take

    if not path.is_file():
        raise CannotRun(f"There is no file {path}.", mend="Name a file that `commons store export` wrote.")
    with _open(store, root, must_exist=False) as opened:
        taken = take(opened, path)
    if as_json:
        say_json({"added": taken.added, "known": taken.known, "conflicts": taken.conflicts})
        return 0
    click.echo(f"{taken.added} answers taken in, {taken.known} known already.")
    if taken.conflicts:
        click.echo(f"{taken.conflicts} greedy requests were answered otherwise before; the first answers stay.")
    return 0


def _day(day: int) -> str:
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
