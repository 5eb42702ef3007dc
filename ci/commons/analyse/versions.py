"""Two versions of one cell: which items came out otherwise, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.analyse.answers import Answers, Column, answers_of, card_of, column_of
from commons.analyse.compare import ALPHA, clusters_of, difference_of
from commons.analyse.finding import Side, shared_items
from commons.errors import CannotRun
from commons.evaluate.amending import cells_at
from commons.evaluate.sentinel_verdict import ENOUGH
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Metric, Row
from commons.pool.git import commit_of
from commons.pool.repository import Repository
from commons.pool.sentinels import read_sentinels, sentinel_path
from commons.stats.aggregate import ITEM_MEANS
from commons.stats.differences import Difference
from commons.stats.flips import Flips, flips

#: Our own version moves with every release and turns no answer by itself; what scores is in the protocol hash.
_OURS = {"commons"}


@dataclass(frozen=True)
class Flipped:
    """An item whose score moved; ``better`` says which way. The answers are None where they are not published."""

    item: str
    better: bool
    score_before: float
    score_after: float
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Versions:
    """One cell then and now. ``difference`` is now less then; ``flips`` is None for a metric that is no item mean.

    ``changed`` says which hashes differ (task, model, protocol), ``other_input`` names shared items that were put
    otherwise (another prompt or gold), ``added`` and ``removed`` those of one version alone. ``greedy`` says that
    nothing was sampled and our own engine answered; ``surroundings`` are the parts of host, engine and libraries in
    which the two differ, each as ``torch 2.3 then, 2.4 now``: where there are any, rounding alone may flip items.
    """

    task: str
    label: str
    commit: str
    column: Column
    before: Metric
    after: Metric
    difference: Difference
    flips: Flips | None
    flipped: tuple[Flipped, ...]
    changed: tuple[str, ...]
    other_input: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: bool
    greedy: bool
    surroundings: tuple[str, ...]

    @property
    def shifted(self) -> bool:
        """Whether the paired test says that one way is likelier than the other, whatever the noise."""
        return self.difference.value != 0 and self.difference.p <= ALPHA


def compare_versions(pool: Repository, side: Side, task: str, revision: str) -> Versions:
    """Hold the cell as it stands against what ``revision`` holds.

    Raises:
        CannotRun: there is no such commit, no cell in one of the two, or nothing that both can be compared on.
        BadFile: the cell or ``models.yaml`` cannot be read.
    """
    now = pool.ledger.cell(task, side.model, side.variant)
    if now is None:
        raise CannotRun(f"There is no cell of {task} on {side.label}.", mend="See which there are: commons show TASK")
    commit = commit_of(pool.root, revision)
    then = cells_at(pool, task, commit).get((side.model, side.variant))
    if then is None:
        raise CannotRun(f"{commit[:12]} holds no cell of {task} on {side.label} that can be read.",
                        mend=f"See where it changed: git log -- results/cells/{task}")
    return versions_of(pool, side.label, then, now, commit)


def versions_of(pool: Repository, label: str, then: Cell, now: Cell, commit: str) -> Versions:
    """Compare two cells of one task, model and variant; raises as :func:`compare_versions`."""
    task = now.identity.task
    for name, cell in (("then", then), ("now", now)):
        if cell.partial:
            raise CannotRun(f"The cell of {task} on {label} is partial {name}: some items have no score.",
                            mend="Compare with a whole one.")
    column = column_of(card_of(pool, task), then, now)
    if isinstance(column, str):
        raise CannotRun(f"The two versions of {task} on {label} cannot be compared: {column}.",
                        mend="Compare with a later one.")
    old, new = answers_of(then, column.name), answers_of(now, column.name)
    items = shared_items(old.statistics, new.statistics)
    if not items:
        raise CannotRun(f"The two versions of {task} on {label} share no item.", mend="Compare with a later one.")
    greedy, surroundings = all(is_deterministic(pool, cell) for cell in (then, now)), surroundings_apart(then, now)
    found = None
    if column.aggregation in ITEM_MEANS:
        found = flips(old.by_item(), new.by_item(), asked_twice=_asked_twice(pool, now),
                      deterministic=greedy and not surroundings)
    inputs = [{row.item: row.input for row in cell.rows} for cell in (then, now)]
    return Versions(
        task=task, label=label, commit=commit, column=column, before=then.metrics[column.name],
        after=now.metrics[column.name], flips=found,
        difference=difference_of(new, old, items, clusters_of(new, old, items)[0], column.aggregation),
        flipped=_flipped(pool, found, column, (then, old), (now, new)), changed=_changed(then, now),
        other_input=tuple(item for item in items if inputs[0][item] != inputs[1][item]),
        added=tuple(sorted(set(new.statistics) - set(old.statistics))),
        removed=tuple(sorted(set(old.statistics) - set(new.statistics))),
        unchanged=then.rows == now.rows and then.identity == now.identity, greedy=greedy, surroundings=surroundings,
    )


def is_deterministic(pool: Repository, cell: Cell) -> bool:
    """Whether the same run again must give the same answers: our own engine, and nothing sampled.

    A served model may answer otherwise under the same name, and of an imported cell nobody knows; both count as noisy.
    """
    model = next((one for one in pool.models() if one.id == cell.identity.model), None)
    if cell.identity.origin != "own" or model is None or model.endpoint is not None:
        return False
    given = cell.protocol.generation or {}
    return not given.get("do_sample") and len({row.repeat for row in cell.rows}) == 1


def surroundings_apart(then: Cell, now: Cell) -> tuple[str, ...]:
    """In what the two were measured differently beside what their hashes hold: host, engine, library versions."""
    one, other = then.provenance, now.provenance
    pairs = [("host", one.host, other.host), ("engine", one.engine, other.engine)]
    pairs += [(name, one.versions.get(name, "none"), other.versions.get(name, "none"))
              for name in sorted({*one.versions, *other.versions} - _OURS)]
    return tuple(f"{name} {before} then, {after} now" for name, before, after in pairs if before != after)


def _asked_twice(pool: Repository, cell: Cell) -> tuple[int, int] | None:
    """How many answers changed, of how many items that the last check of a served model put to it twice in a row.

    Only for items answered by one greedy generation, as the checks' are; None where no check says enough.
    """
    path = sentinel_path(pool.ledger.root, cell.identity.model)
    if not path.exists() or (cell.protocol.generation or {}).get("do_sample"):
        return None
    checks = [check for check in read_sentinels(path).checks
              if check.model_hash == cell.identity.model_hash and check.answered >= ENOUGH]
    if not checks:
        return None
    answered = [item for item in checks[-1].items if item.answered]
    return sum(item.first != item.second for item in answered), len(answered)


def _changed(then: Cell, now: Cell) -> tuple[str, ...]:
    pairs = (("task", then.identity.task_hash, now.identity.task_hash),
             ("model", then.identity.model_hash, now.identity.model_hash),
             ("protocol", then.identity.protocol_hash, now.identity.protocol_hash))
    return tuple(name for name, one, other in pairs if one != other)


def _flipped(
    pool: Repository, found: Flips | None, column: Column, then: tuple[Cell, Answers], now: tuple[Cell, Answers]
) -> tuple[Flipped, ...]:
    if found is None:
        return ()
    shown = all(cell.publish is PublishLevel.SAMPLES for cell, _ in (then, now))
    choices = [_choices(pool, cell) if shown else {} for cell, _ in (then, now)]
    rows = [_first_rows(cell) for cell, _ in (then, now)]
    made = []
    for item in (*found.higher, *found.lower):
        old, new = (float(side.scores([item])[0]) for _, side in (then, now))
        before, after = (_answer(one[item], known.get(item, ())) if shown else None
                         for one, known in zip(rows, choices, strict=True))
        made.append(Flipped(item, (new > old) == column.higher_is_better, old, new, before, after))
    return tuple(sorted(made, key=lambda one: (not one.better, one.item)))


def _first_rows(cell: Cell) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in cell.rows:
        found.setdefault(row.item, []).append(row)
    return found


def _choices(pool: Repository, cell: Cell) -> dict[str, tuple[str, ...]]:
    """The options of each item as this version put them; nothing where only another version's are known."""
    rendered = pool.ledger.rendered(cell.identity.task)
    if rendered is None or rendered.header.task_hash != cell.identity.task_hash:
        return {}
    return {item.item: item.choices for item in rendered.items if item.choices}


def _answer(rows: Sequence[Row], choices: Sequence[str]) -> str:
    """What the model answered, each repeat's answer; the chosen option's text where it is known."""
    return " | ".join(_one_answer(row, choices) for row in rows)


def _one_answer(row: Row, choices: Sequence[str]) -> str:
    if row.answer is not None:
        return row.answer
    if row.chosen is None:
        return f"({row.outcome.value}, without an answer)"
    return choices[row.chosen] if 0 <= row.chosen < len(choices) else f"option {row.chosen + 1}"
