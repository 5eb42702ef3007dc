"""The verbs as a workflow calls them: a real repository, GitHub's event, and a fake GitHub on the loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.cli.asking import reading
from commons.cli.github_options import api_of
from commons.github.derive_people import with_absent
from commons.github.judgement import CONTEXT
from commons.lint.isolation import each
from commons.plan.cells import Reason
from commons.plan.plan import Inapplicable, Plan, PlannedCell, Shard
from commons.plan.planfile import write_plan
from commons.pool.cell import Outcome, Row
from commons.pool.hashing import CellKey, model_hash
from commons.pool.repository import Repository
from tests.builders import choice_task, write_task
from tests.evaluate.planning import FACTS
from tests.github.fake_api import BOT, REPOSITORY, FakeGitHub, make_pull, serving, workflow_run
from tests.github.test_derive import Repo
from tests.publish.synthetic import Pool
from tests.publish.synthetic import rows as rows_of

HASH = "5" * 64


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """A fake that serves."""
    with serving(FakeGitHub()) as one:
        yield one


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A pool with a branch for work."""
    return Repo(tmp_path / "pool")


def github(fake: FakeGitHub, repo: Repo, *arguments: str, **environment: str) -> Result:
    """Run ``commons github`` as a workflow does."""
    known = {"GITHUB_API_URL": fake.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": "a-token", **environment}
    return CliRunner().invoke(cli, ["github", *arguments, "--root", str(repo.root)], env=known)


def opened(fake: FakeGitHub, repo: Repo, tmp_path: Path, **changes: object) -> Path:
    """Open pull request 7 of what stands in the work tree; the file of the event of its trial."""
    given = repo.pull()
    fake.pulls.append(make_pull(7, given.pull.head_sha, owner="someone", **changes))
    path = tmp_path / "event.json"
    path.write_text(json.dumps(workflow_run(given.pull.head_sha, owner="someone")), encoding="utf-8")
    return path


def test_the_comment_of_a_pull_request_is_kept(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """From the event alone: the pull request is found, judged and told; no number is given."""
    write_task(repo.root, choice_task("fresh"))
    event = opened(fake, repo, tmp_path, author_association="FIRST_TIME_CONTRIBUTOR")

    done = github(fake, repo, "comment", "--base", "main", "--execute", GITHUB_EVENT_PATH=str(event))

    assert done.exit_code == 0, done.output
    body = fake.comments[7][0]["body"]
    assert body.startswith("**Changes needed**")
    assert "Welcome" in body
    assert "commons check tasks/fresh" in body
    assert "first contribution" in fake.labels[7]
    sha = fake.pulls[0]["head"]["sha"]
    assert [(one["context"], one["state"]) for one in fake.statuses[sha]] == [(CONTEXT, "failure")]


def test_nothing_is_written_unless_it_is_asked_for(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """Without --execute the comment can be read in a file, and GitHub is only asked."""
    write_task(repo.root, choice_task("fresh"))
    event = opened(fake, repo, tmp_path)

    done = github(fake, repo, "comment", "--base", "main", "--event", str(event), "--body", str(tmp_path / "body.md"))

    assert done.exit_code == 0, done.output
    assert fake.written() == []
    assert "would comment on #7" in done.output
    assert (tmp_path / "body.md").read_text(encoding="utf-8").startswith("**")


def test_a_later_push_is_left_to_its_own_run(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """Where the branch moved on since the run, nothing is said about the old commit."""
    write_task(repo.root, choice_task("fresh"))
    event = opened(fake, repo, tmp_path)
    fake.pulls[0]["head"]["sha"] = "9" * 40

    done = github(fake, repo, "comment", "--base", "main", "--execute", GITHUB_EVENT_PATH=str(event))

    assert done.exit_code == 0
    assert fake.written() == []


def test_a_confirmation_is_of_one_commit(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """A maintainer's word counts for the commit that was named, and not for what was pushed meanwhile."""
    (repo.root / "ci").mkdir()
    (repo.root / "ci" / "program.py").write_text("pass\n", encoding="utf-8")
    opened(fake, repo, tmp_path)
    fake.roles["mia"] = "maintain"
    sha = fake.pulls[0]["head"]["sha"]
    for vouched in ("9" * 40, sha):
        done = github(fake, repo, "comment", "--pull", "7", "--base", "main", "--vouched-by", "mia", "--vouched-sha",
                      vouched, "--execute")
        assert done.exit_code == 0, done.output

    assert [one["state"] for one in fake.statuses[sha]] == ["pending", "success"]
    assert "confirmed by `mia`" in fake.comments[7][0]["body"]


def _surroundings(_: int) -> str:
    return " ".join(f"{key}={value}" for key, value in os.environ.items())


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "ANOTHER_TOKEN"])
def test_a_lint_worker_is_not_told_the_token(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read from the environment is taken out, so processes that read contributed files do not inherit it."""
    monkeypatch.setenv(name, "a-secret-token")
    assert [one for _, one in each([1], _surroundings, lambda _: 30.0) if "a-secret-token" in str(one)]

    for made in (lambda: api_of(REPOSITORY, name, execute=True), lambda: reading(REPOSITORY, name)):
        monkeypatch.setenv(name, "a-secret-token")
        with made():
            ((_, seen),) = each([1], _surroundings, lambda _: 30.0)
        assert "PATH=" in str(seen)
        assert "a-secret-token" not in str(seen)


def test_an_owner_who_is_gone_is_not_waited_for(repo: Repo) -> None:
    """Somebody else's change waits for the owner only while anything was seen of them lately."""
    (repo.root / "tasks" / "pick" / "README.md").write_text("# Other words\n", encoding="utf-8")
    given = repo.pull(author="mallory")
    situation = repo.derive(given)

    asked: list[str] = []
    assert with_absent(situation, lambda login: bool(asked.append(login))).tasks[0].absent == ("someone",)
    assert with_absent(situation, lambda _: True).tasks[0].absent == ()
    assert asked == ["someone"]


class Standing(Pool):
    """A pool that stands already, to which cells are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = Repository(root)


def measured(repo: Repo, *, scores: tuple[float, ...] = (1.0, 0.0, 1.0, 1.0), broken: bool = False) -> str:
    """Let the main line hold a task, its merge commit (returned), and one cell of it."""
    write_task(repo.root, choice_task("fresh"))
    merged = repo.commit("merge the pull request")
    several: list[Row] = rows_of(list(scores))
    if broken:
        several[0] = Row(item="s0", repeat=0, outcome=Outcome.INSTRUMENT_FAULT, scores=(None,), detail="timed out")
    pool = Standing(repo.root)
    digest = model_hash(pool.model("fake-endpoint"))
    pool.cell("fresh", "fake-endpoint", several, task_hash=HASH, protocol_hash=HASH,
              cell_key=CellKey(HASH, digest, HASH).key)
    repo.commit("results")
    return merged


def planned(repo: Repo, path: Path, *models: str) -> Path:
    """A plan of the task on models."""
    digests = {one.id: model_hash(one) for one in Repository(repo.root).models()}
    cells = tuple(PlannedCell("fresh", name, Reason.NEW, 4, 40, 0, 1.0, 0.0) for name in models)
    write_plan(Plan(HASH, None, {"fresh": HASH}, {name: digests.get(name, HASH) for name in models}, cells,
                    (Shard(1, tuple(range(len(cells))), 1, 1.0, 0.0),),
                    inapplicable=(Inapplicable("fresh", "no-such-model", "it has no words"),), facts={"fresh": FACTS}),
               path)
    return path


def merged_pull(fake: FakeGitHub, commit: str) -> None:
    """Say that pull request 7 was merged with this commit."""
    fake.by_commit[commit] = [make_pull(7, "3" * 40, state="closed", merged_at="2026-11-20T00:00:00Z",
                                        merge_commit_sha=commit)]


def test_first_results_are_told_where_the_task_was_merged(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """The merged pull request gets one comment with link, number and interval as the cell has them; once."""
    merged_pull(fake, measured(repo))
    plan = planned(repo, tmp_path / "plan.json", "fake-endpoint")
    arguments = ("published", "--plan", str(plan), "--commit", "HEAD", "--site", "https://pool.example/p", "--execute")

    for _ in range(2):
        done = github(fake, repo, *arguments)
        assert done.exit_code == 0, (done.output, done.exception)

    (comment,) = fake.comments[7]
    assert comment["body"].startswith("**Published**: 1 result of 1 task.")
    assert "[its page](https://pool.example/p/t/fresh.html)" in comment["body"]
    assert "- `fake-endpoint`: **75 %** (95% interval 30 to 95 %, n = 4)" in comment["body"]
    assert [path for _, path in fake.written()] == ["/issues/7/comments"]


def test_what_failed_is_told_too(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """A partial cell has no number, and says why."""
    merged_pull(fake, measured(repo, broken=True))
    plan = planned(repo, tmp_path / "plan.json", "fake-endpoint")

    done = github(fake, repo, "published", "--plan", str(plan), "--commit", "HEAD", "--execute")

    assert done.exit_code == 0, (done.output, done.exception)
    body = fake.comments[7][0]["body"]
    assert "1 cell could not be measured" in body
    assert "1 of 4 rows has no score: 1 instrument fault" in body


def test_later_results_edit_the_comment_and_post_none(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """Results of a task that had some already are no news; a comment that stands is brought up to date."""
    merged = measured(repo)
    merged_pull(fake, merged)
    plan = planned(repo, tmp_path / "plan.json", "another")
    github(fake, repo, "published", "--plan", str(plan), "--commit", "HEAD", "--execute")
    assert fake.written() == []
    fake.comment(7, "old\n<!-- eval-commons: published -->", BOT)

    github(fake, repo, "published", "--plan", str(plan), "--commit", "HEAD", "--execute")

    assert fake.comments[7][0]["body"].startswith("**Published**: 1 result")


def test_a_site_that_is_no_address_is_refused(fake: FakeGitHub, repo: Repo, tmp_path: Path) -> None:
    """What goes into a link is an https address and nothing else."""
    plan = planned(repo, tmp_path / "plan.json", "fake-endpoint")

    done = github(fake, repo, "published", "--plan", str(plan), "--commit", "HEAD", "--site", "javascript:x")

    assert "no address" in repr(done.exception)
