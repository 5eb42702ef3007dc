"""Parity: on the same items our numbers, before rounding, are ``lm_eval.simple_evaluate``'s.

In the harness's own backend they are equal to the last digit; in the fast engine within what sums in another order
differ by.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commons.engines.base import engine_kind
from commons.engines.weights import gguf_file
from commons.evaluate.rows import complete_items
from commons.evaluate.run import RunReport
from commons.harness.renderings import rendering_of
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.session import score_task
from commons.harness.store import ResponseStore, store_model
from commons.pool.hashing import model_hash
from commons.pool.models import PackageWeights
from commons.pool.repository import Repository
from commons.pool.task import config_path
from commons.stats.aggregate import aggregate
from tests.builders import write_pool
from tests.running import in_the_harness, measure

pytestmark = pytest.mark.model

TASKS = ["finish", "pick", "read_on", "say"]
PLAIN = "smollm2-135m-instruct-hf"
MODELS = [PLAIN, "smollm2-135m-instruct", "smollm2-135m-instruct-chat"]

#: The largest difference of a log-likelihood between the fast engine and the harness, in nats.
TOLERANCE = 1e-3


@cache
def reference_model(root: Path) -> Any:
    """The harness's own ``hf`` model on the same GGUF file, loaded the harness's way."""
    from lm_eval.models.huggingface import HFLM

    model = next(one for one in Repository(root).models() if one.id == MODELS[1])
    assert isinstance(model.weights, PackageWeights)
    path = gguf_file(model, model.weights)
    return HFLM(pretrained=str(path.parent), gguf_file=path.name, device="cpu", dtype="float32", batch_size=1)


def by_the_harness(pool: Repository, name: str, *, chat: bool, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What ``simple_evaluate`` says of one task."""
    from lm_eval import evaluator
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._yaml_loader import load_yaml

    monkeypatch.setattr(evaluator, "add_env_info", lambda _: None)
    folder = pool.tasks_folder / name
    config = load_yaml(config_path(folder))
    config["dataset_kwargs"]["data_files"] = {"test": str(folder / "data" / "test.jsonl")}
    result = evaluator.simple_evaluate(
        model=reference_model(pool.root), tasks=[config], task_manager=TaskManager(include_defaults=False),
        bootstrap_iters=0, apply_chat_template=chat,
    )
    return dict(result)


def by_us(pool: Repository, name: str, model_id: str) -> tuple[ScoreResult, dict[str, str]]:
    """Our grading of the stored answers, before any rounding, and each column's aggregation."""
    task = pool.tasks({name})[0][0]
    model = next(one for one in pool.models() if one.id == model_id.removesuffix("-hf"))
    if model_id == PLAIN:
        model = in_the_harness(model)
    rendering = rendering_of(task, pool.work)
    form = model.form
    with ResponseStore(pool.work / "responses.sqlite") as store:
        answers = store.find(store_model(model_hash(model), engine_kind(model).versions()), rendering.needed(form))
    items = complete_items(rendering, form, answers)
    aggregations = {column: rendering.metric(column).aggregation for column in rendering.metric_names}
    return score_task(task, rendering, ScoreJob(form=form, answers=answers, items=items)), aggregations


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("name", TASKS)
def test_our_numbers_are_the_harness_s_own(
    measured_pool: tuple[Repository, RunReport], name: str, model_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every metric of every output type, plain and as a chat, equals simple_evaluate on the GGUF file."""
    pool, _ = measured_pool

    theirs = by_the_harness(pool, name, chat=model_id.endswith("-chat"), monkeypatch=monkeypatch)
    ours, aggregations = by_us(pool, name, model_id)

    assert len(ours.items) == theirs["n-samples"][name]["effective"]
    for column, aggregation in aggregations.items():
        known = float(theirs["results"][name][column])
        if model_id == PLAIN:
            assert ours.harness[0][column] == known
        assert ours.harness[0][column] == pytest.approx(known, rel=TOLERANCE)
        statistics = [item.statistics[column] for item in ours.items]
        assert aggregate(aggregation, statistics) == pytest.approx(ours.harness[0][column], rel=1e-14)


def test_log_likelihoods_are_equal_choice_by_choice(
    measured_pool: tuple[Repository, RunReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows' log-likelihoods are the harness's, rounded to five digits, in the order of the choices."""
    pool, _ = measured_pool

    theirs = by_the_harness(pool, "pick", chat=False, monkeypatch=monkeypatch)
    exact, fast = pool.ledger.cell("pick", PLAIN), pool.ledger.cell("pick", MODELS[1])

    assert exact is not None
    assert fast is not None
    known = {
        sample["doc"]["id"]: tuple(float(f"{response[0][0]:.5g}") for response in sample["resps"])
        for sample in theirs["samples"]["pick"]
    }
    assert {row.item: row.loglikelihoods for row in exact.rows} == known
    for row in fast.rows:
        assert row.loglikelihoods == pytest.approx(known[row.item], abs=TOLERANCE)


def test_the_embedded_model_gives_the_same_bytes_twice(
    measured_pool: tuple[Repository, RunReport], tmp_path: Path
) -> None:
    """Measured again from nothing, in another folder, every cell of the real model has the same bytes."""
    pool, _ = measured_pool
    from tests.builders import four_tasks

    again = write_pool(tmp_path, four_tasks())
    measure(again, [model for model in again.models() if model.id == MODELS[1]])

    for name in TASKS:
        path = pool.ledger.cell_path(name, MODELS[1])
        assert again.ledger.cell_path(name, MODELS[1]).read_bytes() == path.read_bytes()
