"""A pool of any size for measurements: task folders, models, and a ledger of real cell files with small rows.

A handful of tasks is rendered by the harness; the outlines of all the others are copies of those under their own
names, filed in the memo through its own functions, because a thousand real renderings would take an hour. What is
measured on such a pool therefore includes no rendering but where it says so.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from commons.harness import HARNESS_VERSION
from commons.harness.sandbox import Confinement
from commons.plan.cells import inapplicable
from commons.plan.memo import Memo
from commons.plan.outline import TaskOutline
from commons.plan.outlines import Outlines, rendering_maker
from commons.plan.watching import Nobody
from commons.pool.cell import Cell, Identity, Metric, Outcome, Protocol, Provenance, Row
from commons.pool.cellfile import to_text
from commons.pool.hashing import CellKey, model_hash, model_parts, protocol_hash, protocol_parts, sha256_text
from commons.pool.models import Model
from commons.pool.repository import Repository
from tests.builders import choice_task, generate_task, write_task

ITEMS = 20
#: File systems need this long until a change counts as old (the memo's racy rule), and a little more.
SETTLED_SECONDS = 2.5
PRICED = "{input_per_million: 0.5, output_per_million: 1.5}"


@dataclass(frozen=True)
class Made:
    """A pool that was made: its outlines, how many were really rendered, and in how many seconds."""

    pool: Repository
    outlines: list[TaskOutline]
    rendered: int
    render_seconds: float
    cells: int


def task_name(number: int) -> str:
    """The name of a task by its number."""
    return f"task_{number:04d}"


def write_folder(root: Path, number: int, edit: str = "") -> Path:
    """Write one task's folder; every third generates. ``edit`` is put into its first item."""
    draw = random.Random(number)
    words = ["stone", "river", "seven", "green", "winter", "copper", "letter", "window"]
    rows = []
    for item in range(ITEMS):
        question = " ".join(draw.choices(words, k=18)) + f" {number} {item}{edit if not item else ''} is"
        rows.append({"q": question, "c": draw.sample(words, 4), "a": draw.randrange(4)})
    if number % 3 == 2:
        return write_task(root, generate_task(task_name(number), rows=[{"q": one["q"], "a": one["c"][0]}
                                                                       for one in rows]))
    return write_task(root, choice_task(task_name(number), rows=rows))


def models_text(count: int) -> str:
    """``models.yaml``: of ten models six run on any processor, two need a GPU, two are behind a priced endpoint."""
    parts = ["models:"]
    for number in range(count):
        kind = number % 10
        parts.append(f"""\
  - id: model-{number:03d}
    name: Model {number}
    family: Family {number % 17}
    released: 2026-01-01
    parameters: {100_000_000 * (1 + number % 40)}
    context_length: {2048 * (1 + number % 4)}
    licence: Apache-2.0
    chat_template: {"true" if number % 2 or kind >= 8 else "false"}""")
        if kind >= 8:
            parts.append(f"""\
    backend: local-chat-completions
    endpoint: {{base_url: "https://served.example/v1", snapshot: model-{number}, pinned: true}}
    runs_on: [endpoint]
    price: {PRICED}""")
        else:
            parts.append(f"""\
    backend: hf
    weights: {{repository: made/model-{number}, revision: "{number:040x}"}}
    arguments: {{dtype: float32, batch_size: 1}}
    runs_on: [{"cuda" if kind >= 6 else "cpu, cuda"}]""")
    return "\n".join(parts) + "\n"


def fill_memo(pool: Repository, folders: Sequence[Path], rendered: int, confinement: Confinement) -> tuple[
        list[TaskOutline], float]:
    """Render the first folders, and file copies of their outlines for the others; also how long rendering took."""
    make = rendering_maker(pool, confinement)
    with Memo(pool.work / "plan.sqlite") as memo:
        outlines = Outlines(memo, make, confinement, time.time_ns)
        before = time.perf_counter()
        found, broken = outlines.load(folders[:rendered], Nobody())
        seconds = time.perf_counter() - before
        assert not broken, broken[0].error
        packed = [make(folder)[1] for folder in folders[:rendered]]
        for number, folder in enumerate(folders[rendered:], rendered):
            like = number % 3
            outline = dataclasses.replace(found[like], task=folder.name, task_hash=sha256_text(folder.name))
            outlines.keep(folder, outlines.key_for(folder, outlines.digest_of(folder)), outline, packed[like])
            found.append(outline)
    return found, seconds


def cell(outline: TaskOutline, model: Model, protocol: str) -> Cell:
    """A whole cell of four rows that says what a real one says."""
    generates = not outline.needs_loglikelihoods
    key = CellKey(outline.task_hash, model_hash(model), protocol)
    draw = random.Random(f"{outline.task}{model.id}")
    scores = [float(draw.random() < 0.6) for _ in range(4)]
    rows = tuple(
        Row(item=f"t{number}", repeat=0, outcome=Outcome.SCORED, scores=(score,), chosen=0,
            loglikelihoods=None if generates else (-1.25, -2.5, -3.5, -4.0), answer="stone" if generates else None,
            tokens_in=30, tokens_out=3 if generates else 0, input=sha256_text(str(number))[:12])
        for number, score in enumerate(scores)
    )
    value = sum(scores) / len(scores)
    return Cell(
        identity=Identity(task=outline.task, model=model.id, comparability_version=outline.comparability_version,
                          cell_key=key.key, task_hash=key.task_hash, model_hash=key.model_hash,
                          protocol_hash=key.protocol_hash),
        protocol=Protocol(form=model.form, num_fewshot=0, seeds={"fewshot": 1234}, chat_template_sha256=None,
                          system_prompt_sha256=None, generation=None, context_length=model.context_length),
        publish=outline.publish, metric_names=(outline.column,),
        metrics={outline.column: Metric(value=value, stderr=0.2, interval=(0.1, 0.9), method="Wilson", n=4,
                                        aggregation="mean", higher_is_better=True)},
        rows=rows, transcript=None,
        provenance=Provenance(commit="0" * 40, run_url=None, versions={"lm_eval": HARNESS_VERSION}, weights="made",
                              engine="lm_eval hf", host="made", started="2026-11-23T12:00:00+00:00",
                              seconds=round(draw.uniform(5, 50), 1), load_seconds=None if model.endpoint else 9.5,
                              tokens_in=outline.form(model.form).characters // 4,
                              tokens_out=3 * ITEMS if generates else 0, cost_usd=None),
        inputs={"task": {"metric": "0" * 12, "filter none": "1" * 12}, "model": model_parts(model),
                "protocol": {name: str(one) for name, one in protocol_parts(HARNESS_VERSION).items()}},
    )


def _write_cells(root: Path, outlines: Sequence[TaskOutline]) -> int:
    pool = Repository(root)
    protocol = protocol_hash(HARNESS_VERSION)
    models = pool.models()
    written = 0
    for outline in outlines:
        folder = pool.ledger.cell_path(outline.task, "any").parent
        folder.mkdir(parents=True, exist_ok=True)
        for model in models:
            if inapplicable(outline, model) is None:
                (folder / f"{model.id}.json").write_text(to_text(cell(outline, model, protocol)), encoding="utf-8")
                written += 1
    return written


def make_pool(root: Path, tasks: int, models: int, rendered: int, confinement: Confinement) -> Made:
    """Write all of it."""
    pool = Repository(root)
    folders = [write_folder(root, number) for number in range(tasks)]
    (root / "models.yaml").write_text(models_text(models), encoding="utf-8")
    time.sleep(SETTLED_SECONDS)
    outlines, seconds = fill_memo(pool, folders, rendered, confinement)
    pieces = [outlines[start::16] for start in range(16)]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        cells = sum(workers.map(_write_cells, [root] * len(pieces), pieces))
    return Made(pool, outlines, rendered, seconds, cells)


def main() -> None:
    """Write a pool, to look at."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument("--tasks", type=int, default=9)
    options.add_argument("--models", type=int, default=10)
    options.add_argument("--trust", action="store_true")
    given = options.parse_args()
    if given.folder is None:
        print("Names a folder to write a synthetic pool into; plan_scale.py makes its own.")
        return
    made = make_pool(given.folder, given.tasks, given.models, 3,
                     Confinement.TRUST if given.trust else Confinement.SANDBOX)
    print(f"{len(made.outlines)} tasks, {given.models} models, {made.cells:,} cells in {given.folder}")


if __name__ == "__main__":
    main()
