"""Settings and fixtures that every test shares. Nothing here reaches a network."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="commons-tests-hf-")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest

from commons.evaluate.run import RunReport
from commons.pool.repository import Repository
from tests.builders import four_tasks, write_pool


@pytest.fixture(scope="session")
def measured_pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, RunReport]:
    """A pool with a task of each output type, measured once on both entries of the embedded model."""
    from tests.running import measure

    pool = write_pool(tmp_path_factory.mktemp("pool"), four_tasks())
    models = [model for model in pool.models() if model.id.startswith("smollm2-135m-instruct")]
    return pool, measure(pool, models)


@pytest.fixture
def workers_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the harness steps in this process, where the harness is loaded once: for tests of what comes after them.

    Jobs and results still go through their files. That workers are processes of their own, with an empty
    environment, is what tests/harness shows.
    """
    from commons.harness import worker

    def run(command: list[str], *_: object) -> tuple[int, str]:
        worker.main(*command[-2:])
        return 0, ""

    monkeypatch.setattr("commons.harness.process._run_to_the_end", run)


@pytest.fixture
def pool_folder(tmp_path: Path) -> Path:
    """An empty folder for a pool of this test's own."""
    folder = tmp_path / "pool"
    folder.mkdir()
    return folder
