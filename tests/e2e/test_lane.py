"""The low-risk lane through the real workflow: an owner's small fix merges itself, and is evaluated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.act import available
from tests.e2e.stage import Stage, build
from tests.github.fake_api import FakeGitHub, serving

pytestmark = [pytest.mark.model, pytest.mark.skipif(bool(available()), reason=available())]

TASK, OWNER, NUMBER = "last_word", "eval-commons", 9
BOT = {"BOT_APP_ID": "12", "LOW_RISK_LANE": "open"}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An owner mends one word of one item, raises the version, and the trial finds nothing against it."""
    with serving(FakeGitHub()) as github:
        stage = build(tmp_path_factory.mktemp("lane"), (TASK,), ("smollm2-135m-instruct",), github)
        clone = stage.clone()
        data = clone / "tasks" / TASK / "data" / "test.jsonl"
        first, *others = data.read_text(encoding="utf-8").splitlines(keepends=True)
        row = json.loads(first)
        row["context"] = row["context"].replace(" a metre deep", " two metres deep")
        data.write_text(json.dumps(row, ensure_ascii=False) + "\n" + "".join(others), encoding="utf-8")
        card = clone / "tasks" / TASK / "card.yaml"
        text = card.read_text(encoding="utf-8")
        assert "comparability_version: 1\n" in text
        card.write_text(text.replace("comparability_version: 1\n", "comparability_version: 2\n"), encoding="utf-8")
        stage.open_pull(NUMBER, clone, "Correct an item", owner=OWNER, mergeable=True)
        github.tip = stage.head()
        outcome = stage.try_pull(NUMBER)
        assert outcome.code == 0, outcome.text[-5000:]
        yield stage


def test_while_the_lane_is_closed_a_person_merges(tried: Stage) -> None:
    """Without the maintainers' switch the bot's job does not start, and the comment says what a person may do."""
    done = tried.judge_pull(NUMBER, variables={"BOT_APP_ID": "12"})
    assert done.code == 0, done.text[-5000:]
    assert not {"decide", "merge"} & set(done.jobs)
    assert _pull(tried)["state"] == "open"


def test_an_open_lane_merges_exactly_the_judged_head_and_starts_the_evaluation(tried: Stage) -> None:
    """The decision is made without the bot's token, the merge with it; the evaluation is started by name."""
    head = _pull(tried)["head"]["sha"]
    done = tried.judge_pull(NUMBER, variables=BOT)
    assert done.code == 0, done.text[-5000:]
    assert done.job("merge").steps["Merge"] == "success", done.text[-5000:]
    by_bot = {(one.method, one.path): one.body for one in tried.github.asked if one.authorization == "Bearer bot-token"}
    assert by_bot["PUT", f"/pulls/{NUMBER}/merge"]["sha"] == head
    assert by_bot["POST", "/actions/workflows/evaluate.yml/dispatches"] == {"ref": "main"}
    assert not [one for one in tried.github.asked if one.method == "PUT" and one.authorization != "Bearer bot-token"]
    assert _pull(tried)["state"] == "closed"


def _pull(stage: Stage) -> dict[str, Any]:
    return next(one for one in stage.github.pulls if one["number"] == NUMBER)
