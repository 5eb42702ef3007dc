"""Parity on whole tasks: our metrics, before rounding, beside ``lm_eval.simple_evaluate`` on the same weights file.

Both sides run here, one after the other, on the first items of every committed task (all of them with ``--all``).
Prints each pair of numbers, their difference, and the two times with their ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TQDM_DISABLE", "1")

from commons.engines.base import engine_kind
from commons.engines.weights import gguf_file
from commons.evaluate.rows import complete_items
from commons.harness.renderings import rendering_of
from commons.harness.scoring import ScoreJob
from commons.harness.session import score_task
from commons.pool.models import Model, PackageWeights
from commons.pool.repository import Repository
from commons.pool.task import Task

ROOT = Path(__file__).resolve().parents[1]
MODELS = ("smollm2-135m-instruct", "smollm2-135m-instruct-chat")


def shortened(items: int | None) -> Repository:
    """A copy of the pool whose tasks hold their first ``items`` items."""
    root = Path(tempfile.mkdtemp(prefix="commons-parity-"))
    shutil.copytree(ROOT / "tasks", root / "tasks")
    shutil.copyfile(ROOT / "models.yaml", root / "models.yaml")
    for path in root.glob("tasks/*/data/test.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:items]), encoding="utf-8")
    return Repository(root)


def ours(pool: Repository, task: Task, model: Model, engine: Any) -> tuple[dict[str, float], float]:
    """Our numbers and the seconds that answering took."""
    rendering, form = rendering_of(task, pool.work), model.form
    begun = time.perf_counter()
    answers = {request.digest: answer for request, answer in engine.answer(rendering.needed(form))}
    seconds = time.perf_counter() - begun
    job = ScoreJob(form=form, answers=answers, items=complete_items(rendering, form, answers))
    return score_task(task, rendering, job).harness[0], seconds


def theirs(task: Task, reference: Any, *, chat: bool) -> tuple[dict[str, float], float]:
    """The harness's numbers and the seconds that its call took. Few-shot examples are drawn by our sampler for both."""
    from lm_eval import evaluator
    from lm_eval.tasks import TaskManager

    from commons.harness.loading import load

    evaluator.add_env_info = lambda _: None
    loaded = load(task).harness
    begun = time.perf_counter()
    result = evaluator.simple_evaluate(
        model=reference, tasks=[loaded], task_manager=TaskManager(include_defaults=False), bootstrap_iters=0,
        apply_chat_template=chat,
    )
    seconds = time.perf_counter() - begun
    numbers = result["results"][task.name]
    return {key: value for key, value in numbers.items() if "," in key and "_stderr" not in key}, seconds


def main() -> int:
    """Compare; the exit code says whether every difference is zero."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="whole tasks; the first 12 items otherwise")
    options.add_argument("--items", type=int, default=12)
    given = options.parse_args()
    from lm_eval.models.huggingface import HFLM

    pool = shortened(None if given.all else given.items)
    models = {model.id: model for model in pool.models()}
    weights = models[MODELS[0]].weights
    assert isinstance(weights, PackageWeights)
    source = gguf_file(models[MODELS[0]], weights)
    reference = HFLM(pretrained=str(source.parent), gguf_file=source.name, device="cpu", dtype="float32", batch_size=1)
    worst, total_ours, total_theirs = 0.0, 0.0, 0.0
    print(f"{'task':<24}{'form':<7}{'metric':<24}{'ours':>22}{'lm_eval':>22}{'difference':>12}")
    for name in MODELS:
        engine = engine_kind(models[name]).open(models[name])
        for task in pool.tasks()[0]:
            mine, seconds = ours(pool, task, models[name], engine)
            known, other = theirs(task, reference, chat=models[name].chat_template)
            total_ours, total_theirs = total_ours + seconds, total_theirs + other
            for column, value in mine.items():
                difference = abs(value - float(known[column]))
                worst = max(worst, difference)
                print(f"{task.name:<24}{models[name].form:<7}{column:<24}{value:>22.15g}"
                      f"{float(known[column]):>22.15g}{difference:>12.1e}")
    print(f"\nlargest difference: {worst:.1e}")
    print(f"answering: ours {total_ours:.0f} s, simple_evaluate {total_theirs:.0f} s (with building and grading), "
          f"ratio {total_ours / total_theirs:.2f}")
    return 0 if worst == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
