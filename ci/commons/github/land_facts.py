"""What a landing did, gathered for its message: each cell before and after, and why a planned one is not here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem
from commons.evaluate.collect import Collection
from commons.github.land_message import Absent, Moved, name_of
from commons.github.lane import card_in
from commons.plan.plan import Plan, PlannedCell
from commons.pool import cellfile
from commons.pool.amendments import Amendment
from commons.pool.card import Card
from commons.pool.cell import Cell
from commons.pool.git import Stored, contents, stored_below
from commons.pool.models import Model
from commons.pool.repository import TASKS_FOLDER, Repository
from commons.publish.facts import Number
from commons.publish.states import cell_state, unscored
from commons.variants.varied import put_name


@dataclass(frozen=True)
class Known:
    """What the cells of a pool are read with."""

    cards: Mapping[str, Card]
    models: Mapping[str, Model]
    amendments: tuple[Amendment, ...]

    def headline(self, planned: PlannedCell, cell: Cell | None) -> Number | None:
        """The headline that is shown of a planned cell; none of a partial or withdrawn one."""
        if cell is None:
            return None
        return cell_state(cell, self.cards[planned.task], self.models[planned.model], self.amendments).headline


def known_of(pool: Repository, cards: Mapping[str, Card]) -> Known:
    """What the pool says now."""
    return Known(cards, {model.id: model for model in pool.models()}, pool.ledger.amendments())


def still_published(root: Path, tasks: Iterable[str], base: str, tip: str) -> bool:
    """Whether each task stands at ``tip`` too, and publishes there what it published at ``base``."""
    then, now = (stored_below(root, one, [TASKS_FOLDER]) for one in (base, tip))
    pairs = [(card_in(root, then, one), card_in(root, now, one)) for one in tasks]
    return all(before is not None and after is not None and before.publish is after.publish for before, after in pairs)


def cells_before(root: Path, paths: Iterable[str], stored: Mapping[str, Stored]) -> dict[str, Cell]:
    """The cells as they were stored; one that cannot be read is as good as none."""
    wanted = {path: stored[path].digest for path in paths if path in stored and stored[path].is_file}
    texts = dict(contents(root, sorted(set(wanted.values()))))
    found = {}
    for path, digest in wanted.items():
        try:
            found[path] = cellfile.from_text(texts[digest].decode("utf-8", "surrogatepass"), root / path)
        except (BadFile, UnicodeDecodeError):
            continue
    return found


def moved_of(planned: PlannedCell, old: Cell | None, new: Cell, known: Known) -> Moved:
    """What became of one cell."""
    broke, beside = ([], []) if old is None else _differs(old, new)
    return Moved(name_of(planned.task, planned.model, planned.variant), planned.reason,
                 known.cards[planned.task].headline.unit, known.headline(planned, old), known.headline(planned, new),
                 tuple(broke), tuple(beside))


def partial_of(collection: Collection) -> tuple[tuple[str, str], ...]:
    """The planned cells that stand without a headline, each with what is lacking."""
    return tuple((name_of(one.task, one.model, one.variant), unscored(cellfile.read_cell(one.path)))
                 for one in collection.cells if one.partial and one.path is not None)


def absent_of(pool: Repository, plan: Plan, collection: Collection) -> tuple[Absent, ...]:
    """The planned cells that are not here, each with the reason that is known."""
    found = []
    for cell, one in zip(plan.cells, collection.cells, strict=True):
        if one.state == "missing":
            stands = pool.ledger.cell_path(cell.task, cell.model, cell.variant).exists()
            found.append(Absent(name_of(cell.task, cell.model, cell.variant), _why(cell, collection), stands))
    return tuple(found)


def refused_of(refused: Sequence[Problem]) -> tuple[tuple[str, str], ...]:
    """The refused files by the end of their paths, which says which shard they are of."""
    return tuple(("/".join(one.where.path.parts[-4:]), one.sentence) for one in refused)


def _differs(old: Cell, new: Cell) -> tuple[list[str], list[str]]:
    """What makes two cells incomparable, and what else is another about them."""
    one, other = old.identity, new.identity
    broke = {"task": one.task_hash != other.task_hash, "protocol": one.protocol_hash != other.protocol_hash,
             "comparability version": one.comparability_version != other.comparability_version}
    beside = {"model": one.model_hash != other.model_hash}
    return [name for name, is_so in broke.items() if is_so], [name for name, is_so in beside.items() if is_so]


def _why(cell: PlannedCell, collection: Collection) -> str:
    """The first reason that names the cell: its file was refused, or its shard said what went wrong with it."""
    column = put_name(cell.model, cell.variant)
    for problem in collection.refused:
        if problem.where.path.parts[-3:] == ("cells", cell.task, f"{column}.json"):
            return problem.sentence
    for what in (f"{cell.task} on {column}", cell.put, cell.task, cell.model):
        for line in collection.said:
            shard, _, rest = line.partition(": ")
            if shard and rest.startswith(f"{what}: "):
                return rest.removeprefix(f"{what}: ")
    return "No shard left it."
