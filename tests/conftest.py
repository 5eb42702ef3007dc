"""Settings and fixtures that every test shares. Nothing here reaches a network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="commons-tests-hf-")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest

from commons.evaluate.run import RunReport
from commons.pool.repository import Repository
from commons.pool.task import Task
from tests.builders import four_tasks, write_pool


@pytest.fixture(scope="session")
def measured_pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, RunReport]:
    """A pool with a task of each output type, measured once on both entries of the embedded model.

    Beside them stands the plain one once more in the harness's own backend, with ``-hf`` at the end of its id.
    """
    from tests.running import in_the_harness, measure

    pool = write_pool(tmp_path_factory.mktemp("pool"), four_tasks())
    models = [model for model in pool.models() if model.id.startswith("smollm2-135m-instruct")]
    return pool, measure(pool, [*models, in_the_harness(models[0])])


@pytest.fixture(autouse=True, scope="session")
def trust_where_there_is_no_sandbox() -> Iterator[None]:
    """On a machine that can have no sandbox, let the other tests run theirs unconfined; tests of the sandbox skip."""
    from commons.harness import process, session
    from commons.harness.sandbox import Confinement, fault

    if fault() is None:
        yield
        return
    usual = process.WorkerProcess.__init__

    def trusting(self: process.WorkerProcess, task: Task, _: Confinement, seconds: float) -> None:
        usual(self, task, Confinement.TRUST, seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process.WorkerProcess, "__init__", trusting)
        patch.setattr(session, "probe", lambda: None)
        yield


@pytest.fixture
def workers_in_process(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Run the harness steps in this process, where the harness is loaded once: for tests of what comes after them.

    Jobs and results still go through files. That workers are processes of their own, with an empty environment and a
    sandbox, is what tests/harness shows.
    """
    from commons.harness.jobs import WorkerJob
    from commons.harness.process import WorkerProcess
    from commons.harness.worker import Worker

    files = tmp_path_factory.mktemp("worker")

    def do(_: WorkerProcess, job: WorkerJob, __: float | None = None) -> str:
        (files / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
        Worker().answer(files / "job.json", files / "result.json")
        return (files / "result.json").read_text(encoding="utf-8")

    monkeypatch.setattr(WorkerProcess, "start", lambda _: None)
    monkeypatch.setattr(WorkerProcess, "do", do)
    monkeypatch.setattr("commons.harness.session.probe", lambda: None)


@pytest.fixture
def pool_folder(tmp_path: Path) -> Path:
    """An empty folder for a pool of this test's own."""
    folder = tmp_path / "pool"
    folder.mkdir()
    return folder
