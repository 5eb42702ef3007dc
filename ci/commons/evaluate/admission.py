"""What of a shard's folder is taken: only what is planned, and what can be proved again here.

A shard ran elsewhere, perhaps beside contributed code. Nothing is taken for what its name says: a cell's place
follows from its own identity, its key must be the planned one, its rows must be those of all the task's items, and
its numbers must follow from its rows by the rules that the plan names.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.metrics import MetricRule
from commons.evaluate.transcripts import TRANSCRIPTS
from commons.evaluate.verify import content_problems
from commons.plan.facts import TaskFacts, digest_of_ids, digest_of_inputs, digest_of_shown
from commons.plan.plan import Plan, PlannedCell
from commons.pool import cellfile
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import CANONICAL, Cell, Row
from commons.pool.models import Model
from commons.pool.rendered import RenderedItems, read_rendered
from commons.pool.yamlfile import read_text
from commons.variants.varied import VARIANT, put_name

_MEND = "Run the shard again, with the checkout that made the plan."
#: How far ahead of this one another machine's clock may be.
_AHEAD = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Admission:
    """Who decides what is taken. ``outdated`` says of a planned task, as it is put, why its results are not today's."""

    plan: Plan
    cards: Mapping[str, Card]
    models: Mapping[str, Model]
    outdated: Mapping[str, tuple[str, str]]
    now: datetime.datetime

    def items(self, path: Path) -> RenderedItems:
        """The rendered items of a planned task that publishes its samples.

        Raises:
            BadFile: they are not what the plan and the card ask for.
        """
        items = read_rendered(path)
        header, card = items.header, self.cards.get(items.header.task)
        if header.task not in self.plan.tasks or card is None:
            raise _bad("rendered", path, "These rendered items are of a task that is not planned.")
        facts = self._facts(header.task, path)
        faults = {
            "are not of the planned task hash": self.plan.tasks[header.task] != header.task_hash,
            "are withheld by the task's card": card.publish is not PublishLevel.SAMPLES,
            "have another canary than the task's card": card.canary != header.canary,
            "name an item twice": len(items.by_id()) != len(items.items),
            "are not the task's: a prompt, a choice or a gold is another": digest_of_shown(items) != facts.shown,
        }
        for what, found in faults.items():
            if found:
                raise _bad("rendered", path, f"These rendered items {what}.")
        return items

    def cell(self, path: Path, planned: Mapping[tuple[str, str, str], PlannedCell],
             items: Mapping[str, RenderedItems]) -> Cell:
        """The cell of a file, where it is planned, whole in its items, and every number follows from its rows.

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
        facts = self._facts(identity.task, path, identity.variant)
        self._check_key(cell, what, path)
        for sentence in (*_card_faults(cell, self.cards[identity.task]), *_item_faults(cell, facts),
                         *self._other_faults(cell, facts)):
            raise _bad("cell", path, sentence)
        rules = {one.name: MetricRule(one.aggregation, one.higher_is_better) for one in facts.columns}
        if problems := content_problems(cell, text, path, items.get(identity.task), rules):
            raise BadFile(problems)
        # What readers see is the canonical form, beside which a variant's rows cannot be held.
        shown = cell.publish is PublishLevel.SAMPLES and identity.variant == CANONICAL
        if shown and identity.task not in items:
            raise BadFile([Problem("rendered", "The shard does not deliver the rendered items of this cell's task, so "
                                   "its rows cannot be held against them.", Where(path), "Run the shard again.")])
        return cell

    def why_outdated(self, task: str, variant: str) -> tuple[str, str] | None:
        """Why results of a task that is put so are of another version; None where they are today's."""
        return self.outdated.get(task) or self.outdated.get(put_name(task, variant))

    def _facts(self, task: str, path: Path, variant: str = CANONICAL) -> TaskFacts:
        if (why := self.why_outdated(task, variant)) is not None:
            sentence, mend = why
            raise BadFile([Problem("outdated", sentence, Where(path), mend)])
        return self.plan.facts[put_name(task, variant)]

    def _check_key(self, cell: Cell, what: PlannedCell, path: Path) -> None:
        identity, key = cell.identity, self.plan.key(what)
        given = (identity.task_hash, identity.model_hash, identity.protocol_hash)
        names = [name for name, one, other in zip(("task", "model", "protocol"), given,
                                                  (key.task_hash, key.model_hash, key.protocol_hash), strict=True)
                 if one != other]
        if names or identity.cell_key != key.key:
            differs = f"the {' and the '.join(names)} hash" if names else "the key"
            raise _bad("key", path, f"The cell has not the planned key: {differs} of it is another.")
        if identity.origin != "own":
            raise _bad("origin", path, "The cell says that it was measured by others; a plan's cells are our own.")

    def _other_faults(self, cell: Cell, facts: TaskFacts) -> Iterator[str]:
        """What a cell says beside its rows and cannot be."""
        identity, transcript, started = cell.identity, cell.transcript, started_at(cell)
        form, varied = self.models[identity.model].form, self.plan.varied_of(identity.task, identity.variant)
        if cell.protocol.form != form:
            yield f"The cell was measured in {cell.protocol.form} form; the model's is {form}."
        if cell.inputs.get(VARIANT) != (None if varied is None else varied.inputs):
            yield "The cell does not stand beside the planned canonical form of its task."
        if started is None:
            yield f"The cell was started at `{cell.provenance.started[:40]}`, which is no date with a time zone."
        elif started > self.now + _AHEAD:
            yield f"The cell was started at {started.isoformat()}, which is not yet."
        if transcript is not None and (transcript.place != f"{TRANSCRIPTS}/{transcript.sha256}.jsonl"
                                       or transcript.rows != facts.items):
            yield "The cell names a transcript that is not one of its items at its usual place."


def started_at(cell: Cell) -> datetime.datetime | None:
    """When a cell was started; None where it does not say so in a way that can be compared."""
    try:
        # Python before 3.11 does not read the Z of UTC.
        found = datetime.datetime.fromisoformat(cell.provenance.started.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.utcoffset() is not None else None


def _item_faults(cell: Cell, facts: TaskFacts) -> Iterator[str]:
    """What of a cell's rows and columns is not the task's.

    Withheld ids are salted by the machine that measured, so of such a cell the items can only be counted.
    """
    if cell.metric_names != tuple(one.name for one in facts.columns):
        yield f"The cell has other metrics than the task: {', '.join(cell.metric_names)}."
    repeats: dict[str, set[int]] = {}
    for row in cell.rows:
        repeats.setdefault(row.item, set()).add(row.repeat)
    if len(repeats) != facts.items:
        yield f"The cell has rows of {len(repeats)} items; the task has {facts.items}."
    # Where nothing was graded at all, each item has one row, however often it was to be answered.
    counts = {facts.rows} if not cell.partial else {1, facts.rows}
    if any(found != set(range(len(found))) or len(found) not in counts for found in repeats.values()):
        yield f"The cell has not the {facts.rows} rows that each item of the task has."
    if cell.publish is not PublishLevel.NONE and digest_of_ids(repeats) != facts.ids:
        yield "The cell has rows of items that are not the task's: an item is missing, or not among the rendered items."
    if cell.publish is PublishLevel.SAMPLES and digest_of_inputs(cell.rows) != facts.inputs:
        yield "The cell's rows are not about what the task asks: an input or a cluster is another."


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
