"""Landing results on a real git remote: who comes at once, what conflicts, what is refused, what survives a kill."""

from __future__ import annotations

import dataclasses
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.progress import Silent
from commons.evaluate.verify import verify_cells
from commons.github import land as module
from commons.github.land import Around, Landed, Order, land
from commons.github.land_git import Checkout
from commons.github.land_places import Extra
from commons.github.land_remote import Answer, Push, Remote
from commons.plan.cells import Reason
from commons.pool.repository import Repository
from tests.builders import generate_task, write_task
from tests.evaluate.sharding import edited, identity
from tests.github.landing import Scene, answering_by_rule, git, landed, plan_sha256, stage, started
from tests.running import NOON

pytestmark = pytest.mark.model

LANDERS = 20


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The pool of twenty models, each with a shard of two cells that was run."""
    with answering_by_rule():
        return stage(tmp_path_factory.mktemp("crowd"), LANDERS)


@pytest.fixture
def scene(crowd: Scene, tmp_path: Path) -> Scene:
    """The same with a remote of this test's own."""
    return crowd.copy(tmp_path / "remote.git")


@pytest.fixture
def pool(scene: Scene, tmp_path: Path) -> Repository:
    """A checkout of it."""
    return scene.clone(tmp_path / "checkout")


def test_results_land_as_one_commit_that_says_what_moved(scene: Scene, pool: Repository) -> None:
    """The remote has the cells and the items, byte for byte; the checkout stands on the commit and is clean."""
    ended = landed(pool, scene.plans[0], scene.shards[0], run_url="https://example.org/run/1")

    assert (ended.state, ended.whole, ended.tries) == ("landed", True, 0)
    assert scene.log() == ["Results: 2 cells (2 new) [skip ci]", "The pool"]
    assert scene.files() == {"results/cells/say/m0.json", "results/cells/tell/m0.json", "results/rendered/say.jsonl"}
    assert git(scene.remote, "rev-parse", "main") == git(pool.root, "rev-parse", "HEAD") == ended.commit
    assert git(pool.root, "status", "--porcelain") == ""
    assert git(scene.remote, "show", "-s", "--format=%an %cn", "main") == "eval-commons[bot] eval-commons[bot]"
    text = git(scene.remote, "show", "-s", "--format=%B", "main")
    assert text == ended.message.strip()
    assert text.endswith(f"Plan-commit: {scene.plans[0].commit}\nRun: https://example.org/run/1")
    assert verify_cells(pool.ledger.cell_paths(), {"say": pool.ledger.rendered("say")}).problems == []


def test_twenty_that_land_at_once_all_land(scene: Scene, tmp_path: Path) -> None:
    """Twenty checkouts push at the same time: twenty commits, one after the other, and no cell is lost."""
    pools = [scene.clone(tmp_path / f"clone-{number}") for number in range(LANDERS)]

    def one(number: int) -> Landed:
        chance = random.Random(number)  # noqa: S311  (chance, not secrecy)
        # More tries than usual, for the pauses are shorter than usual and a busy machine is slower.
        order = Order(scene.plans[number], plan_sha256(scene.plans[number]), (scene.shards[number],), tries=30)
        return land(pools[number], order, Around(Silent(), lambda: NOON, lambda seconds: time.sleep(seconds / 8),
                                                 chance.random))

    with ThreadPoolExecutor(LANDERS) as threads:
        ended = list(threads.map(one, range(LANDERS)))

    assert [one.state for one in ended] == ["landed"] * LANDERS
    assert len(scene.log()) == LANDERS + 1
    assert all(len(parents.split()) <= 1 for parents in scene.log("%P"))
    assert scene.files() == {"results/rendered/say.jsonl"} | {
        f"results/cells/{task}/m{number}.json" for task in ("say", "tell") for number in range(LANDERS)}
    fresh = scene.clone(tmp_path / "fresh")
    assert verify_cells(fresh.ledger.cell_paths(), {"say": fresh.ledger.rendered("say")}).problems == []


def test_somebody_was_faster_with_other_cells(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """The commit is put on the fetched tip at once, and the checkout follows it."""
    landed(scene.clone(tmp_path / "other"), scene.plans[1], scene.shards[1])
    pauses: list[float] = []

    ended = landed(pool, scene.plans[0], scene.shards[0], pauses=pauses)

    assert (ended.state, pauses) == ("landed", [])
    assert len(scene.log()) == 3
    assert len([name for name in scene.files() if "/cells/" in name]) == 4
    assert git(pool.root, "rev-parse", "HEAD") == git(scene.remote, "rev-parse", "main")
    assert git(pool.root, "status", "--porcelain") == ""
    assert pool.ledger.cell("say", "m1") is not None


def test_somebody_is_faster_while_we_push(
    scene: Scene, pool: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The push is rejected, and after a pause it is fetched and pushed again; each pause is longer."""
    others = iter(range(1, 4))
    push = Remote.push

    def late(remote: Remote, commit: str) -> Push:
        if remote._root == pool.root and (number := next(others, None)):
            landed(scene.clone(tmp_path / f"other-{number}"), scene.plans[number], scene.shards[number])
        return push(remote, commit)

    monkeypatch.setattr(Remote, "push", late)
    pauses: list[float] = []
    ended = landed(pool, scene.plans[0], scene.shards[0], pauses=pauses)

    assert (ended.state, ended.tries, pauses) == ("landed", 3, [0.75, 1.5, 3.0])
    assert len(scene.log()) == 5


def test_two_that_measured_the_same_cell_leave_one(scene: Scene, tmp_path: Path) -> None:
    """The second collects again on the first's commit; equal cells stay as they are, and nothing is left to land."""
    again = _rerun(scene, tmp_path, "2026-11-23T13:00:00+00:00")
    first, second = (scene.clone(tmp_path / name) for name in ("first", "second"))

    one = landed(first, scene.plans[0], scene.shards[0])
    two = landed(second, scene.plans[0], again)

    assert (one.state, two.state, two.whole) == ("landed", "nothing", True)
    assert len(scene.log()) == 2
    assert git(second.root, "rev-parse", "HEAD") == one.commit
    assert git(second.root, "status", "--porcelain") == ""


def test_a_conflict_leaves_what_only_we_have(scene: Scene, tmp_path: Path) -> None:
    """Of two cells one landed before: the other still lands, by the rules of collecting and not by a merge of texts."""
    again = _rerun(scene, tmp_path, "2026-11-23T13:00:00+00:00")
    part = shutil.copytree(scene.shards[0], tmp_path / "part")
    (part / "shard-1" / "cells" / "tell" / "m0.json").unlink()
    first, second = (scene.clone(tmp_path / name) for name in ("first", "second"))

    one = landed(first, scene.plans[0], part)
    two = landed(second, scene.plans[0], again)

    assert (one.state, one.whole, two.state, two.whole) == ("landed", False, "landed", True)
    assert [where.why for where in one.account.absent] == ["No shard left it."]
    assert scene.log()[0] == "Results: 1 cell (1 new) [skip ci]"
    assert (first.ledger.cell_path("say", "m0").read_bytes() == second.ledger.cell_path("say", "m0").read_bytes())


def test_a_task_that_changed_on_the_branch_and_was_measured_there_is_refused(
    scene: Scene, pool: Repository, tmp_path: Path
) -> None:
    """Its fresh cell stays, ours is refused with its reason, and the cells of other tasks land."""
    other = scene.clone(tmp_path / "other")
    write_task(other.root, generate_task(rows=[{"q": "The capital of Spain is", "a": "Madrid"}]))
    cell = other.ledger.cell_path("say", "m0")
    cell.parent.mkdir(parents=True)
    cell.write_bytes((scene.shards[0] / "shard-1" / "cells" / "say" / "m0.json").read_bytes())
    edited(cell, identity(task_hash="1" * 64, cell_key="1" * 64))
    git(other.root, "add", ".")
    git(other.root, "commit", "--quiet", "-m", "Another capital, measured")
    git(other.root, "push", "--quiet")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, ended.whole) == ("landed", False)
    assert scene.log()[:2] == ["Results: 1 cell (1 new) [skip ci]", "Another capital, measured"]
    assert [(one.name, one.stale) for one in ended.account.absent] == [("say on m0", True)]
    assert "was edited since the plan was made" in ended.account.absent[0].why
    assert "say on m0, of which an older result stands and is stale: The folder of the task" in ended.message
    assert pool.ledger.cell("say", "m0").identity.task_hash == "1" * 64


def test_a_task_that_changed_and_was_not_measured_is_said_to_be_stale(
    scene: Scene, pool: Repository, tmp_path: Path
) -> None:
    """What was measured lands as what it is, and the message says that the task is another now."""
    scene.edit(tmp_path / "other", "tasks/say/README.md", "# Say it\n")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, ended.whole, ended.account.changed_since) == ("landed", True, ("say",))
    assert "results of it may be stale:\n  say\n" in ended.message


def test_a_task_that_was_taken_down_meanwhile_stays_down(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """Neither its cell nor its items: whoever took it down wanted them gone. The cells of other tasks land."""
    other = scene.clone(tmp_path / "other")
    git(other.root, "rm", "-r", "--quiet", "tasks/say")
    git(other.root, "commit", "--quiet", "-m", "Take it down")
    git(other.root, "push", "--quiet")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, scene.files()) == ("landed", {"results/cells/tell/m0.json"})
    assert [one.name for one in ended.account.absent] == ["say on m0"]


def test_items_that_are_withheld_meanwhile_do_not_land(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """The plan knew the card as it was; what it withholds by now is published by nobody."""
    card = (pool.root / "tasks" / "say" / "card.yaml").read_text()
    scene.edit(tmp_path / "other", "tasks/say/card.yaml", card.replace("publish: samples", "publish: aggregate"))

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, scene.files()) == ("landed", {"results/cells/tell/m0.json"})
    assert [one.name for one in ended.account.absent] == ["say on m0"]


def test_a_protected_branch_says_why_at_once(scene: Scene, pool: Repository) -> None:
    """Nothing is tried again; the commit stays, and lands by the same command when the branch lets it in."""
    scene.forbid("Changes must be made through a pull request.")
    pauses: list[float] = []
    with pytest.raises(CannotRun, match=r"refused the results: pre-receive hook declined: Changes must be made") as no:
        landed(pool, scene.plans[0], scene.shards[0], pauses=pauses)
    left = git(pool.root, "log", "--format=%s", "-1")
    (scene.remote / "hooks" / "pre-receive").unlink()
    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert "stays in this checkout" in no.value.sentence
    assert (pauses, left) == ([], "Results: 2 cells (2 new) [skip ci]")
    assert (ended.state, len(scene.log())) == ("landed", 2)


def test_tries_come_to_an_end(scene: Scene, pool: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote that never answers is given up, and what was committed stays."""
    monkeypatch.setattr(Remote, "push", lambda *_: Push(Answer.UNREACHABLE, "the remote end hung up"))
    pauses: list[float] = []

    with pytest.raises(CannotRun, match=r"did not land in 8 tries: the remote cannot be reached \(the remote end"):
        landed(pool, scene.plans[0], scene.shards[0], pauses=pauses)

    assert pauses == [0.75, 1.5, 3.0, 6.0, 12.0, 24.0, 45.0]
    assert git(pool.root, "rev-list", "--count", "origin/main..HEAD") == "1"


def test_a_push_whose_answer_was_lost_is_not_made_twice(
    scene: Scene, pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke after the remote took the commit: the next look finds it there."""
    push = Remote.push
    monkeypatch.setattr(Remote, "push", lambda *it: (push(*it), Push(Answer.UNREACHABLE, "hung up"))[1])

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, ended.tries, len(scene.log())) == ("landed", 1, 2)


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("moment", ["commit", "take", "push", "pushed", "move"])
def test_killed_at_any_step_the_same_command_completes_it(
    scene: Scene, pool: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, moved: bool
) -> None:
    """Before and after the commit, the push and the moving of the checkout: one commit lands, and the rest is clean."""
    if moved:
        scene.edit(tmp_path / "other", "docs/page.md", "Another page.\n")
    where, name = {"push": (Remote, "push"), "pushed": (Remote, "push")}.get(moment, (Checkout, moment))
    usual = getattr(where, name)

    def die(*given: object, **more: object) -> None:
        if moment == "pushed":
            usual(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, name, die)
        if moment != "move" or moved:
            with pytest.raises(KeyboardInterrupt):
                landed(pool, scene.plans[0], scene.shards[0])
    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert ended.whole
    assert [line for line in scene.log() if line.startswith("Results")] == ["Results: 2 cells (2 new) [skip ci]"]
    assert git(pool.root, "status", "--porcelain") == ""
    assert git(pool.root, "rev-parse", "HEAD^{tree}") == git(scene.remote, "rev-parse", "main^{tree}")


def test_killed_while_the_checkout_moves_it_moves_on(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """Files of the tip that lie here already are nobody's edits."""
    scene.edit(tmp_path / "other", "docs/page.md", "Another page.\n")
    (pool.root / "docs" / "page.md").write_text("Another page.\n")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, git(pool.root, "status", "--porcelain")) == ("landed", "")


def test_a_killed_collecting_is_collected_again(scene: Scene, pool: Repository) -> None:
    """A cell that lies here and was not committed is kept aside, whatever it says, and the shard's lands."""
    path = pool.ledger.cell_path("say", "m0")
    path.parent.mkdir(parents=True)
    path.write_text("half a ce")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, ended.whole) == ("landed", True)
    assert "kept in .commons/aside" in ended.said[0]
    assert (pool.work / "aside" / "results" / "cells" / "say" / "m0.json").read_text() == "half a ce"


def test_there_may_be_nothing_to_do(scene: Scene, pool: Repository) -> None:
    """A second landing of the same plan makes no commit and says so."""
    landed(pool, scene.plans[0], scene.shards[0])

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, ended.commit, ended.message, ended.whole) == ("nothing", "", "", True)
    assert len(scene.log()) == 2


def test_what_succeeded_lands_and_what_failed_is_said(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """A link and a file that is too large are refused, each cell without a file is named, and the rest lands."""
    shutil.copytree(scene.shards[0], tmp_path / "shards")
    cells = tmp_path / "shards" / "shard-1" / "cells"
    (cells / "say" / "m0.json").unlink()
    (cells / "say" / "m0.json").symlink_to(scene.remote / "config")
    (cells / "say" / "big.json").write_bytes(b" " * 20_000_001)

    ended = landed(pool, scene.plans[0], tmp_path / "shards")

    assert (ended.state, ended.whole) == ("landed", False)
    assert "results/cells/say/m0.json" not in scene.files()
    assert "results/cells/tell/m0.json" in scene.files()
    assert "  say on m0: This is a link or no ordinary file.\n" in ended.message
    assert "  shard-1/cells/say/big.json: The file has 20,000,001 bytes; the limit is 20,000,000.\n" in ended.message


@pytest.mark.parametrize(
    ("name", "text"),
    [("docs/page.md", "Edited.\n"), ("tasks/say/note.txt", "New.\n"), ("results/cells/say/m7.json", "{}\n")],
)
def test_a_checkout_that_was_edited_is_refused(scene: Scene, pool: Repository, name: str, text: str) -> None:
    """Whatever would be read or committed must be as it was committed; nothing is made, and the file is named."""
    (pool.root / name).parent.mkdir(parents=True, exist_ok=True)
    (pool.root / name).write_text(text)

    with pytest.raises(CannotRun, match=f"not as it was committed: {name}"):
        landed(pool, scene.plans[0], scene.shards[0])

    assert len(scene.log()) == 1
    assert (pool.root / name).read_text() == text


def test_what_was_staged_goes_into_no_commit(scene: Scene, pool: Repository) -> None:
    """Only named files are committed; what lies in the checkout's index is not asked."""
    (pool.root / "note.txt").write_text("mine\n")
    git(pool.root, "add", "note.txt")

    landed(pool, scene.plans[0], scene.shards[0])

    assert all(name.startswith("results/")
               for name in git(scene.remote, "diff", "--name-only", "main~1", "main").splitlines())
    assert (pool.root / "note.txt").read_text() == "mine\n"


def test_a_link_in_the_ledger_is_not_written_through(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """Where the folder of cells leads elsewhere, nothing is collected into it."""
    (tmp_path / "elsewhere").mkdir()
    (pool.root / "results").symlink_to(tmp_path / "elsewhere")
    git(pool.root, "add", ".")
    git(pool.root, "commit", "--quiet", "-m", "A link")
    git(pool.root, "push", "--quiet")

    with pytest.raises(CannotRun, match="lies behind a link"):
        landed(pool, scene.plans[0], scene.shards[0])

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_commits_that_are_not_on_the_branch_stay_here(scene: Scene, pool: Repository) -> None:
    """Whoever lands from a checkout with work of their own pushes nothing of it."""
    (pool.root / "docs" / "page.md").write_text("Mine.\n")
    git(pool.root, "commit", "--quiet", "-am", "Mine")
    with pytest.raises(CannotRun, match="holds commits that are not on `main` of `origin`"):
        landed(pool, scene.plans[0], scene.shards[0])
    git(pool.root, "switch", "--quiet", "-c", "topic")
    with pytest.raises(CannotRun, match="on the branch `topic`; results land on `main`"):
        landed(pool, scene.plans[0], scene.shards[0])

    assert len(scene.log()) == 1


def test_a_landing_of_another_plan_goes_first(scene: Scene, pool: Repository) -> None:
    """What waits in the checkout is neither dropped nor mixed with other results."""
    committed = landed(pool, scene.plans[0], scene.shards[0], push=False)
    with pytest.raises(CannotRun, match="holds a landing of another plan"):
        landed(pool, scene.plans[1], scene.shards[1])
    first = landed(pool, scene.plans[0], scene.shards[0])
    second = landed(pool, scene.plans[1], scene.shards[1])

    assert (committed.state, first.state, second.state) == ("committed", "landed", "landed")
    assert len(scene.log()) == 3


def test_a_shallow_and_detached_checkout_will_do(scene: Scene, tmp_path: Path) -> None:
    """As a workflow makes it: one commit deep, at the plan's commit, while the branch has moved on."""
    pool = scene.clone(tmp_path / "shallow", "--depth", "1")
    git(pool.root, "checkout", "--quiet", "--detach")
    scene.edit(tmp_path / "other", "docs/page.md", "Another page.\n")
    scene.edit(tmp_path / "third", "docs/page.md", "A third page.\n")

    ended = landed(pool, scene.plans[0], scene.shards[0])

    assert (ended.state, len(scene.log())) == ("landed", 4)
    assert git(pool.root, "rev-parse", "HEAD") == ended.commit


def test_hooks_and_filters_of_the_checkout_have_no_say(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """Files land byte for byte, and no program that the checkout names is started by committing or pushing."""
    trace = tmp_path / "trace"
    for name in ("pre-commit", "commit-msg", "post-commit", "pre-push", "reference-transaction", "post-checkout"):
        hook = pool.root / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {trace}\n")
        hook.chmod(0o755)
    git(pool.root, "config", "filter.spoil.clean", "tr a-z A-Z")
    (pool.root / ".git" / "info" / "attributes").write_text("results/** filter=spoil\n")

    landed(pool, scene.plans[0], scene.shards[0])

    assert not trace.exists()
    assert git(scene.remote, "show", "main:results/cells/say/m0.json") == \
        (scene.shards[0] / "shard-1" / "cells" / "say" / "m0.json").read_text().strip()


def test_a_cell_that_does_not_recompute_is_not_committed(
    scene: Scene, pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever got past collecting, an edited digit stops the landing and is named."""
    collect = module.collect

    def spoilt(*given: object) -> object:
        result = collect(*given)
        path = pool.ledger.cell_path("say", "m0")
        path.write_text(path.read_text().replace('"n": 4', '"n": 5', 1))
        return result

    monkeypatch.setattr(module, "collect", spoilt)
    with pytest.raises(CannotRun, match="A collected cell does not recompute, so nothing was committed"):
        landed(pool, scene.plans[0], scene.shards[0])

    assert git(pool.root, "rev-list", "--count", "HEAD") == "1"


def test_other_records_land_with_the_cells(scene: Scene, pool: Repository, tmp_path: Path) -> None:
    """A writer is called after collecting, again where it was collected again, and may write to its own folder only."""
    first = scene.clone(tmp_path / "first")
    landed(first, scene.plans[0], scene.shards[0])
    calls = []

    def write(where: Repository) -> list[Path]:
        calls.append(where.ledger.cell("say", "m0") is not None)
        path = where.ledger.root / "spending" / "run-1.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
        return [path]

    again = _rerun(scene, tmp_path, "2026-11-23T13:00:00+00:00")
    ended = landed(pool, scene.plans[0], again, extra=[Extra("spending", write)])
    with pytest.raises(CannotRun, match="is no place of a planned result"):
        landed(pool, scene.plans[0], again, extra=[Extra("sentinels", write)])

    assert calls == [True, True, True]
    assert (ended.state, scene.log()[0]) == ("landed", "Results: no cell, 1 other file [skip ci]")
    assert "results/spending/run-1.json" in scene.files()


def test_items_that_a_card_withholds_are_taken_away(scene: Scene, tmp_path: Path) -> None:
    """What the branch still shows of a task that publishes scores only goes with the next landing."""
    scene.edit(tmp_path / "other", "results/rendered/tell.jsonl", "{}\n")

    ended = landed(scene.clone(tmp_path / "checkout"), scene.plans[0], scene.shards[0])

    assert ended.state == "landed"
    assert "results/rendered/tell.jsonl" not in scene.files()


def test_a_cell_that_was_measured_again_shows_its_change(scene: Scene, pool: Repository) -> None:
    """The message gives the headline before and after; what a killed landing left here is not taken for the former."""
    landed(pool, scene.plans[0], scene.shards[0])
    plan = dataclasses.replace(scene.plans[0], cells=tuple(
        dataclasses.replace(cell, reason=Reason.FORCED) for cell in scene.plans[0].cells))
    landed(pool, plan, scene.otherwise, push=False)
    git(pool.root, "reset", "--quiet", "--mixed", "HEAD~1")

    ended = landed(pool, plan, scene.otherwise)

    assert (ended.state, ended.whole) == ("landed", True)
    assert scene.log()[0] == "Results: 2 cells (2 forced) [skip ci]"
    assert "  say on m0   0 % (0 to 49)  ->  25 % (5 to 70)  +25 points\n" in ended.message


def _rerun(scene: Scene, folder: Path, when: str) -> Path:
    """The first model's shard as another run at another time would have left it."""
    shutil.copytree(scene.shards[0], folder / "again")
    for path in (folder / "again").rglob("cells/*/*.json"):
        started(when, path)
    return folder / "again"
