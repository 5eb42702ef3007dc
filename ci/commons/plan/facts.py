"""What a plan says of a task so that whoever collects can hold results against it without rendering or running it.

A task hash names a task and cannot be compared with a part of it: that a cell has all the items, that the items shown
are the task's own, that an answer is to a question of the task. Each of these is a digest here, made where the task
was rendered; all but the folder's follow from the task hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from commons.errors import BadFile, CannotRun
from commons.harness.fingerprint import item_input
from commons.harness.rendering import Form, TaskRendering
from commons.harness.renderings import program_digest, rendering_of
from commons.harness.sandbox import Confinement
from commons.plan.outline import TaskOutline
from commons.plan.varying import put_otherwise
from commons.pool.cell import Count, Row, Sha256
from commons.pool.hashing import sha256_file, sha256_json
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.pool.validate import Strict
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text
from commons.variants.registry import Variant

_MAX_BYTES = 1_000_000


class Column(Strict):
    """One column of a cell's rows, and how it becomes a number."""

    name: str
    aggregation: str
    higher_is_better: bool


class TaskFacts(Strict):
    """One task. ``folder`` is its folder's digest; ``rows`` how many rows a graded item has.

    The other digests are over the items: their ids, the rows' account of what was sent (``inputs``), what readers see
    (``shown``), and the requests of either form.
    """

    folder: Sha256
    items: Annotated[Count, Field(ge=1)]
    rows: Annotated[Count, Field(ge=1)]
    columns: tuple[Column, ...]
    ids: Sha256
    inputs: Sha256
    shown: Sha256
    plain: Sha256
    chat: Sha256

    def requests(self, form: Form) -> str:
        """The digest over the requests of ``form``."""
        return self.plain if form == "plain" else self.chat


#: Gives the facts of a task whose folder has the digest that is given too.
FactsMaker = Callable[[TaskOutline, str], TaskFacts]


def facts_of(rendering: TaskRendering, folder: str) -> TaskFacts:
    """The facts of a rendered task whose folder has the digest ``folder``."""
    sampled = any(request.sample is not None for request in rendering.requests)
    each_by_itself = sampled and all(chain.per_answer for chain in rendering.filters)
    shown = {
        item.id: [rendering.requests[item.plain[0]].prompt_text, item.choices,
                  [str(one) for one in item.gold] if isinstance(item.gold, tuple) else item.gold]
        for item in rendering.items
    }
    return TaskFacts(
        folder=folder, items=len(rendering.items), rows=rendering.repeats if each_by_itself else 1,
        columns=tuple(Column(name=name, aggregation=one.aggregation, higher_is_better=one.higher_is_better)
                      for name in rendering.metric_names for one in [rendering.metric(name)]),
        ids=digest_of_ids(item.id for item in rendering.items),
        inputs=sha256_json(sorted([item.id, item_input(item, rendering), item.cluster or ""]
                                  for item in rendering.items)),
        shown=sha256_json([rendering.output_type, rendering.own_grader, shown]),
        plain=digest_of_requests(one.digest for one in rendering.needed("plain")),
        chat=digest_of_requests(one.digest for one in rendering.needed("chat")),
    )


def digest_of_ids(ids: Iterable[str]) -> str:
    """The digest of the items' ids, in whatever order."""
    return sha256_json(sorted(set(ids)))


def digest_of_inputs(rows: Iterable[Row]) -> str:
    """The digest of what rows say was sent for their items."""
    return sha256_json(sorted([*one] for one in {(row.item, row.input or "", row.cluster or "") for row in rows}))


def digest_of_shown(items: RenderedItems) -> str:
    """The digest of what readers see: the whole prompts, however they are cut into header and rest."""
    header = items.header
    shown = {item.item: [header.header + item.prompt, item.choices, item.gold] for item in items.items}
    return sha256_json([header.output_type, header.own_grader, shown])


def digest_of_requests(digests: Iterable[str]) -> str:
    """The digest over the digests of requests, in whatever order."""
    return sha256_json(sorted(set(digests)))


def facts_maker(pool: Repository, confinement: Confinement, variant: Variant | None = None) -> FactsMaker:
    """Makes facts from renderings, and keeps them under the pool's working folder by task hash and program.

    With ``variant``, of tasks that are put so; the folder is then still the task's own.
    """
    program = [program_digest(), sha256_file(Path(__file__)), confinement.value]

    def make(outline: TaskOutline, folder: str) -> TaskFacts:
        path = pool.work / "facts" / f"{sha256_json([outline.task_hash, *program])}.json"
        known = _kept(path)
        if known is None:
            known = facts_of(_rendering(pool, outline, confinement, variant), folder)
            write_whole(path, known.model_dump_json() + "\n")
        return known.model_copy(update={"folder": folder})

    return make


def _kept(path: Path) -> TaskFacts | None:
    if not path.is_file():
        return None
    try:
        return TaskFacts.model_validate_json(read_text(path, _MAX_BYTES))
    except (ValidationError, BadFile):
        return None


def _rendering(
    pool: Repository, outline: TaskOutline, confinement: Confinement, variant: Variant | None
) -> TaskRendering:
    tasks, broken = pool.tasks({outline.task})
    if broken:
        raise broken[0].error
    rendering = rendering_of(tasks[0], pool.work, confinement)
    if variant is not None:
        rendering = put_otherwise(tasks[0], variant, rendering, pool.work, confinement)[1]
    if rendering.task_hash != outline.task_hash:
        raise CannotRun(f"The task `{outline.task}` was changed while the plan was made.",
                        mend="Make the plan again: commons plan")
    return rendering
