"""``commons explain``: what went into a key, and what differs, by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.harness.sandbox import fault
from tests.builders import QUESTION_ROWS, endpoint_entry, generate_task, write_pool, write_task
from tests.cli.running import Ran, commons
from tests.cli.test_run import echo
from tests.engines.fake_endpoint import FakeEndpoint

pytestmark = pytest.mark.model


def explain(pool: Path, *arguments: str) -> Ran:
    """Run ``commons explain``."""
    trusted = ("--trust",) if fault() is not None else ()
    return commons("explain", *arguments, *trusted, cwd=pool)


def test_an_explanation_follows_a_cell_from_nothing_to_stale(pool_folder: Path) -> None:
    """New, then up to date, then stale with metric and item named; only that item is to be sent."""
    with FakeEndpoint(echo) as server:
        write_pool(pool_folder, [generate_task()], endpoint_entry(server.base_url))
        new = explain(pool_folder, "say", "fake-endpoint")
        assert commons("run", "--model", "fake-endpoint", cwd=pool_folder).code == 0
        fresh = explain(pool_folder, "say", "fake-endpoint")
        rows = [{**QUESTION_ROWS[0], "q": "The capital of Italy is"}, *QUESTION_ROWS[1:]]
        changed = generate_task(rows=rows)
        changed.settings = changed.settings.replace("ignore_case: true", "ignore_case: false")
        write_task(pool_folder, changed)
        stale = explain(pool_folder, "say", "fake-endpoint")
        content = json.loads(explain(pool_folder, "say", "fake-endpoint", "--json").out)

    assert "to be run: new; 4 of 4 requests are to be sent" in new.out
    assert "up to date" in fresh.out
    assert "to be run: task changed; 1 of 4 requests are to be sent" in stale.out
    assert "task: metric exact_match (changed)" in stale.out
    assert "items changed: t0" in stale.out
    assert content["items"]["changed"] == ["t0"]
    assert content["differences"] == [{"of": "task", "part": "metric exact_match", "how": "changed"}]
    assert set(content["parts"]) == {"task", "model", "protocol"}


@pytest.mark.parametrize(("names", "words"), [(("none", "fake-endpoint"), "no task `none`"),
                                              (("say", "nobody"), "no model `nobody`")])
def test_a_wrong_name_is_a_sentence(pool_folder: Path, names: tuple[str, str], words: str) -> None:
    """It ends with exit code 2 and the names that are known."""
    write_pool(pool_folder, [generate_task()], endpoint_entry("http://127.0.0.1:9/v1"))

    ran = explain(pool_folder, *names)

    assert ran.code == 2
    assert words in ran.err
