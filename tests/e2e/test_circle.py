"""The full circle: a stranger's pull request becomes published numbers, by the real workflow files, without a network.

The set-up of the machine (``.github/actions/setup``) is the one part that is replaced here, because it downloads;
GitHub's own actions have stand-ins that copy files, and its API is a fake on the loopback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.act import available
from tests.e2e.stage import Stage, build, put_task
from tests.github.fake_api import FakeGitHub, serving

pytestmark = [pytest.mark.model, pytest.mark.skipif(bool(available()), reason=available())]

MODELS = ("smollm2-135m-instruct", "smollm2-135m-instruct-chat")
TASK = "turkish_vowel_harmony"
NUMBER = 7
#: Shards as small as can be, and no more than two.
TWO_SHARDS = {"EVAL_SHARD_MINUTES": "0.1", "EVAL_SHARDS": "2"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A pool of one task that nobody has measured; the tests of this file go on from each other's state."""
    with serving(FakeGitHub()) as github:
        made = build(tmp_path_factory.mktemp("circle"), ("last_word",), MODELS, github)
        yield made


def _cells(stage: Stage) -> list[str]:
    """The cell files on main."""
    listed = stage.git("ls-tree", "-r", "--name-only", "main", "results/cells/")
    return listed.splitlines()


def test_a_strangers_good_task_is_tried_and_judged(stage: Stage) -> None:
    """Lint and trial pass, one comment says so with the evidence, and the required status is set."""
    clone = stage.clone()
    put_task(clone, TASK, rows=36, owner="ana-perez")
    sha = stage.open_pull(NUMBER, clone, author_association="FIRST_TIME_CONTRIBUTOR")

    tried = stage.try_pull(NUMBER)
    assert tried.code == 0, tried.text[-5000:]
    assert tried.job("lint").ok
    assert tried.job("trial").ok
    assert any("Ready for review" in one for one in tried.summaries)
    assert tried.job("preview").ok
    assert any("`site-preview`" in one for one in tried.summaries)
    preview = stage.artifacts / "site-preview"
    assert TASK in (preview / "tasks.html").read_text(encoding="utf-8")
    assert (preview / "t" / f"{TASK}.html").is_file()

    judged = stage.judge_pull(NUMBER)
    assert judged.code == 0, judged.text[-5000:]
    (comment,) = stage.github.comments[NUMBER]
    first = comment["body"].splitlines()[0]
    assert "Ready for review" in first
    assert "Welcome" in comment["body"]
    assert f"commons check tasks/{TASK}" in comment["body"]
    (status,) = stage.github.statuses[sha]
    assert (status["context"], status["state"]) == ("eval-commons/check", "success")


def test_judging_again_changes_nothing(stage: Stage) -> None:
    """The same head judged twice has one comment, and no call that writes."""
    before = len(stage.github.written())
    judged = stage.judge_pull(NUMBER)
    assert judged.code == 0, judged.text[-5000:]
    assert len(stage.github.comments[NUMBER]) == 1
    assert len(stage.github.written()) == before


def test_after_the_merge_a_shard_fails_and_the_rest_is_published(stage: Stage) -> None:
    """Of two shards one is killed after its first cell: three of four cells are committed, and the site shows them."""
    stage.merge_pull(NUMBER)
    before = stage.head()
    done = stage.evaluate(environment={"ACT_KILL_SHARD": "2"}, variables=TWO_SHARDS)

    assert done.code != 0
    assert done.job("run 1").ok
    assert not done.job("run 2").ok
    assert done.job("land").steps["Collect, verify, commit, push"] == "failure"
    assert done.job("deploy").ok
    assert len(_cells(stage)) == 3
    assert stage.git("rev-list", "--count", f"{before}..main") == "1"
    message = stage.git("log", "-1", "--format=%B", "main")
    assert message.startswith("Results: 3 cells (3 new)")
    changed = stage.git("diff", "--name-only", f"{before}..main").splitlines()
    assert all(path.startswith("results/") for path in changed)
    assert (stage.pages / "index.html").is_file()


def test_the_author_is_told_what_is_published_and_what_failed(stage: Stage) -> None:
    """On the merged pull request stands a second comment with the numbers and the link."""
    bodies = [one["body"] for one in stage.github.comments[NUMBER]]
    assert len(bodies) == 2
    assert "https://pool.github.io/commons/" in bodies[1]


def test_the_second_run_measures_only_what_is_missing(stage: Stage) -> None:
    """Nothing else is planned than the cell that the killed shard did not finish; then all of them stand."""
    done = stage.evaluate(variables=TWO_SHARDS)
    assert done.code == 0, done.text[-5000:]
    plan = json.loads((stage.artifacts / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert len(plan["cells"]) == 1
    assert len(_cells(stage)) == 4
    assert len([one["body"] for one in stage.github.comments[NUMBER]]) == 2


def test_variants_are_measured_where_a_person_names_them(stage: Stage) -> None:
    """A run started by hand lands the variant's cell beside the others, and writes nothing else but it."""
    before = stage.head()
    done = stage.evaluate(inputs={"variants": "robustness-lowercase", "tasks": "last_word", "models": MODELS[0]})
    assert done.code == 0, done.text[-5000:]
    changed = stage.git("diff", "--name-only", f"{before}..main").splitlines()
    assert changed == [f"results/cells/last_word/{MODELS[0]}@robustness-lowercase.json"]
    assert done.job("deploy").ok


def test_the_third_run_has_nothing_to_do(stage: Stage) -> None:
    """No shard runs and nothing is committed; the site is still built."""
    before = stage.head()
    done = stage.evaluate()
    assert done.code == 0, done.text[-5000:]
    assert not any(name.startswith("run") for name in done.jobs if done.jobs[name].steps)
    assert stage.head() == before
    assert done.job("deploy").ok


def test_the_weekly_run_looks_at_endpoints_too(stage: Stage) -> None:
    """By the clock the sentinels' job runs first; where no endpoint is unpinned it has nothing to land."""
    before = stage.head()
    done = stage.weekly("evaluate.yml")
    assert done.code == 0, done.text[-5000:]
    assert "nothing can drift" in done.job("sentinels").text
    assert "Nothing to land" in done.job("land").text
    assert stage.head() == before
    assert done.job("deploy").ok


def test_every_number_on_main_can_be_recomputed(stage: Stage) -> None:
    """``commons verify`` on what was pushed finds nothing wrong."""
    from click.testing import CliRunner

    from commons.cli.verify import command

    done = CliRunner().invoke(command, ["--root", str(stage.clone())], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert Path(stage.pages / "index.html").is_file()
