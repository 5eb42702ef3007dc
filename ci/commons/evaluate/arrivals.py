"""What a shard's folder holds, read as outside data: every file is plain, small enough, planned, and proved again.

A shard ran elsewhere, perhaps beside contributed code. Nothing is taken for what its name says: a cell's place
follows from its own identity, its key must be the planned one, and its numbers must follow from its rows.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.shard import ANSWERS_FILE
from commons.evaluate.shard_report import MAX_REPORT_BYTES, REPORT_FILE
from commons.evaluate.verify import content_problems
from commons.plan.plan import Plan, PlannedCell
from commons.pool import cellfile
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import Cell, Row
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.rendered import RenderedItems, read_rendered
from commons.pool.walk import entries_below
from commons.pool.yamlfile import read_text

MAX_ANSWERS_BYTES = 2_000_000_000
_MAX_TRANSCRIPT_BYTES = 2_000_000_000
_MAX_FILES = 200_000
_MEND = "Run the shard again, with the checkout that made the plan."

#: What a shard's folder may hold: the parts of a path -> the most bytes of the file.
_KINDS = {
    ("cells", "*", "*.json"): cellfile.MAX_CELL_BYTES,
    ("rendered", "*.jsonl"): MAX_DATA_BYTES,
    ("transcripts", "*.jsonl"): _MAX_TRANSCRIPT_BYTES,
    (ANSWERS_FILE,): MAX_ANSWERS_BYTES,
    (REPORT_FILE,): MAX_REPORT_BYTES,
}
#: What a job, its executor or a killed process leaves beside them; it is not looked at.
_IGNORED = {".lock", ".lock-journal", "progress.json", "log.txt"}


@dataclass(frozen=True)
class Arrival:
    """A shard's folder: the files of each kind, and what may not be in it."""

    folder: Path
    cells: tuple[Path, ...]
    rendered: tuple[Path, ...]
    answers: Path | None
    report: Path | None
    refused: tuple[Problem, ...]


def find_folders(folder: Path) -> list[Path]:
    """``folder`` itself, or the shards' folders in it, as an artifact's download leaves them.

    Raises:
        BadFile: there is none, or it is a link.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise BadFile([Problem("missing", "This is no folder.", Where(folder), "Name a shard's folder, or the folder "
                               "that holds them.")])
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.startswith("shard-"))
    if inside and not any((folder / name).exists() for name in ("cells", REPORT_FILE)):
        return [path for path in inside if not path.is_symlink()]
    return [folder]


def look(folder: Path) -> Arrival:
    """What ``folder`` holds."""
    found: dict[str, list[Path]] = {}
    refused = []
    try:
        for entry in entries_below(folder, max_depth=4, max_files=_MAX_FILES):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False) or path.name in _IGNORED or path.name.endswith(".part"):
                continue
            if (fault := _fault(path, folder)) is None:
                found.setdefault(path.relative_to(folder).parts[0], []).append(path)
            else:
                refused.append(Problem("file", fault, Where(path), "Leave it out of the shard's folder."))
    except BadFile as error:
        refused += error.problems
    one = {name: next(iter(found.get(name, ())), None) for name in (ANSWERS_FILE, REPORT_FILE)}
    return Arrival(folder, tuple(found.get("cells", ())), tuple(found.get("rendered", ())), one[ANSWERS_FILE],
                   one[REPORT_FILE], tuple(refused))


def _fault(path: Path, folder: Path) -> str | None:
    """Why a file is not one that a shard leaves; None where it is."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        return "This is a link or no ordinary file."
    inside = path.relative_to(folder)
    limit = next((size for parts, size in _KINDS.items()
                  if len(parts) == len(inside.parts)
                  and all(Path(name).match(part) for name, part in zip(inside.parts, parts, strict=True))), None)
    if limit is None:
        return "No shard leaves such a file."
    if about.st_size > limit:
        return f"The file has {about.st_size:,} bytes; the limit is {limit:,}."
    return None


def read_items(path: Path, plan: Plan, cards: Mapping[str, Card]) -> RenderedItems:
    """The rendered items of a planned task that publishes its samples.

    Raises:
        BadFile: they are not what the plan and the card ask for.
    """
    items = read_rendered(path)
    header, card = items.header, cards.get(items.header.task)
    faults = {
        "are of a task that is not planned": header.task not in plan.tasks or card is None,
        "are not of the planned task hash": plan.tasks.get(header.task) != header.task_hash,
        "are withheld by the task's card": card is not None and card.publish is not PublishLevel.SAMPLES,
        "have another canary than the task's card": card is not None and card.canary != header.canary,
        "name an item twice": len(items.by_id()) != len(items.items),
    }
    for what, found in faults.items():
        if found:
            raise _bad("rendered", path, f"These rendered items {what}.")
    return items


def admit(
    path: Path, plan: Plan, planned: Mapping[tuple[str, str, str], PlannedCell], cards: Mapping[str, Card],
    items: Mapping[str, RenderedItems],
) -> Cell:
    """The cell of a file, where it is planned, has the planned key, and every number of it follows from its rows.

    Raises:
        BadFile: why it is refused.
    """
    text = read_text(path, cellfile.MAX_CELL_BYTES)
    cell = cellfile.from_text(text, path)
    identity = cell.identity
    what = planned.get((identity.task, identity.model, identity.variant))
    if what is None:
        name = f"{identity.task} on {identity.model} ({identity.variant})"
        raise _bad("plan", path, f"The cell of {name} is not planned.")
    key = plan.key(what)
    given = (identity.task_hash, identity.model_hash, identity.protocol_hash)
    names = [name for name, one, other in zip(("task", "model", "protocol"), given,
                                              (key.task_hash, key.model_hash, key.protocol_hash), strict=True)
             if one != other]
    if names or identity.cell_key != key.key:
        differs = f"the {' and the '.join(names)} hash" if names else "the key"
        raise _bad("key", path, f"The cell has not the planned key: {differs} of it is another.")
    if identity.origin != "own":
        raise _bad("origin", path, "The cell says that it was measured by others; a plan's cells are our own.")
    for sentence in _card_faults(cell, cards[identity.task]):
        raise _bad("card", path, sentence)
    if problems := content_problems(cell, text, path, items.get(identity.task)):
        raise BadFile(problems)
    return cell


def _card_faults(cell: Cell, card: Card) -> Iterator[str]:
    """What the task's card does not allow."""
    if cell.publish is not card.publish:
        yield f"The cell is published as `{cell.publish.value}`; the card says `{card.publish.value}`."
    if cell.identity.comparability_version != card.comparability_version:
        yield (f"The cell has comparability version {cell.identity.comparability_version}; the card says "
               f"{card.comparability_version}.")
    if card.publish is not PublishLevel.SAMPLES and any(not _is_bare(row, card.publish) for row in cell.rows):
        yield f"The cell holds text that the card withholds (publish level `{card.publish.value}`)."


def _is_bare(row: Row, level: PublishLevel) -> bool:
    """Whether a row holds nothing that its publish level withholds."""
    salted = row.cluster is None or _is_salted(row.cluster)
    bare = row.answer is None and row.detail is None and row.input is None and salted
    if level is PublishLevel.AGGREGATE:
        return bare
    return bare and _is_salted(row.item) and row.chosen is None and row.loglikelihoods is None


def _is_salted(name: str) -> bool:
    return len(name) == 16 and set(name) <= set("0123456789abcdef")


def _bad(kind: str, path: Path, sentence: str) -> BadFile:
    return BadFile([Problem(kind, sentence, Where(path), _MEND)])
