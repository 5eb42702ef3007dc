"""Taking checks into the ledger: what a job with keys left behind is outside data, and only ever adds one check."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.sentinel_verdict import follows
from commons.pool.card import PublishLevel
from commons.pool.hashing import model_hash
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import Check, SentinelFile, appended, is_watched, read_sentinels, sentinel_path, to_text
from commons.pool.walk import files_below
from commons.pool.whole import write_whole

#: How far ahead of this one another machine's clock may be: a check of tomorrow would make today's cells stale.
AHEAD = datetime.timedelta(minutes=10)

_MEND = "Check again with this checkout: commons sentinel"
_MOST_FILES = 10_000


def take_sentinels(
    pool: Repository, folder: Path, models: Sequence[Model], now: datetime.datetime
) -> list[Path]:
    """Take the files that ``commons sentinel`` left in ``folder`` into the ledger; those that are new, by path.

    All of them or none. A file that stands there already is left as it is, so this can be run again.

    Raises:
        BadFile: every reason for which a file is refused. Nothing is written then.
    """
    watched = {model.id: model for model in models if is_watched(model)}
    problems: list[Problem] = []
    taken: list[tuple[Path, str]] = []
    if folder.is_symlink() or not folder.is_dir():
        raise BadFile([Problem("missing", "This is no folder of checks.", Where(folder), _MEND)])
    for path in files_below(folder, max_depth=1, max_files=_MOST_FILES):
        try:
            content = _content(path, folder, watched)
            standing = _standing(pool, content.model)
            if standing == content:
                continue
            if faults := list(_faults(pool, content, standing, watched[content.model], now)):
                raise BadFile([Problem("sentinels", fault, Where(path), _MEND) for fault in faults])
            taken.append((sentinel_path(pool.ledger.root, content.model), to_text(content)))
        except BadFile as error:
            problems += error.problems
    if problems:
        raise BadFile(problems)
    for path, text in taken:
        write_whole(path, text)
    return [path for path, _ in taken]


def _content(path: Path, folder: Path, watched: dict[str, Model]) -> SentinelFile:
    if path.suffix != ".json" or path.stem not in watched:
        sentence = f"`{path.relative_to(folder)}` is the file of no endpoint of models.yaml that is not pinned."
        raise BadFile([Problem("sentinels", sentence, Where(path), _MEND)])
    return read_sentinels(path)


def _standing(pool: Repository, model: str) -> SentinelFile | None:
    path = sentinel_path(pool.ledger.root, model)
    return read_sentinels(path) if path.exists() else None


def _faults(
    pool: Repository, content: SentinelFile, standing: SentinelFile | None, model: Model, now: datetime.datetime
) -> Iterator[str]:
    """Why the last check of a file cannot be added to those that stand."""
    check = content.checks[-1]
    if appended(standing, model.id, check) != content:
        yield "It is not one check more than those that stand: another check landed first, or one of them was edited."
        return
    if check.model_hash != model_hash(model):
        yield "The check is of another entry of the model than the one in models.yaml."
    if check.when > now + AHEAD:
        yield f"The check was made at {check.when.isoformat()}, which is not yet."
    if standing is not None and check.when <= standing.checks[-1].when:
        yield "The check is not later than the last one that stands."
    if len({item.request for item in check.items}) < len(check.items):
        yield "The check counts a request twice."
    earlier = {one.when: one for one in (standing.checks if standing else ())}
    if check.baseline is not None and check.baseline not in earlier:
        yield "The check names a baseline that does not stand."
    elif not follows(check, earlier[check.baseline] if check.baseline else None):
        yield "Its counts, its p-value or its verdict do not follow from its answers."
    yield from _item_faults(pool, check, model.id)


def _item_faults(pool: Repository, check: Check, model: str) -> Iterator[str]:
    """Names that are no item of a stored cell could be text of a task that withholds it, or of anybody."""
    cards = {task.name: task.card for task in pool.tasks({item.task for item in check.items})[0]}
    for task in sorted({item.task for item in check.items}):
        names = {item.item for item in check.items if item.task == task}
        cell = pool.ledger.cell(task, model) if task in cards else None
        if cell is None:
            yield f"The check has items of `{task}`, of which the model has no cell."
        elif cards[task].publish is PublishLevel.NONE:
            if any(len(name) != 16 or not set(name) <= set("0123456789abcdef") for name in names):
                yield f"The check names items of `{task}`, which publishes none."
        elif not names <= {row.item for row in cell.rows}:
            yield f"The check names items that the model's cell of `{task}` does not have."
