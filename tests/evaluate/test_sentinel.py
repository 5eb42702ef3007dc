"""Sentinels: an endpoint that drifts is told from one that is noisy, one that fails, and one that stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.harness.store import ResponseStore
from commons.pool.hashing import sha256_text
from commons.pool.sentinels import sentinel_path
from tests.builders import choice_task, write_task
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate.watching import DAY, WORDS, Mood, World, asking
from tests.running import NOON

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Mood, FakeEndpoint]]:
    """The endpoint, and how it answers."""
    mood = Mood()
    with FakeEndpoint(mood) as server:
        yield mood, server


@pytest.fixture
def server(served: tuple[Mood, FakeEndpoint]) -> FakeEndpoint:
    """The endpoint."""
    return served[1]


@pytest.fixture
def mood(served: tuple[Mood, FakeEndpoint]) -> Iterator[Mood]:
    """How the endpoint answers; steady again after each test."""
    yield served[0]
    served[0].now = "steady"


@pytest.fixture(scope="module")
def first_world(tmp_path_factory: pytest.TempPathFactory, served: tuple[Mood, FakeEndpoint]) -> World:
    """A pool that was measured on it."""
    return World.measured(tmp_path_factory.mktemp("world"), served[1].base_url)


@pytest.fixture
def world(pool_folder: Path, first_world: World) -> World:
    """The same for a test of its own."""
    return first_world.copied(pool_folder)


def test_an_endpoint_that_answers_as_before_has_not_drifted(world: World, mood: Mood) -> None:
    """The first check is a baseline and says nothing; the second holds the same twenty items against it."""
    asked = mood.asked
    first, second = world.check(1).check, world.check(8).check

    assert first is not None
    assert second is not None
    assert (first.drifted, first.p, first.baseline, first.answered) == (None, None, None, 20)
    assert (second.drifted, second.n, second.changed, second.noisy) == (False, 20, 0, 0)
    assert second.baseline == first.when == NOON + DAY
    assert [one.request for one in first.items] == [one.request for one in second.items]
    assert mood.asked - asked == 80
    assert [one.drifted for one in world.checks.checks] == [None, False]


def test_a_store_full_of_old_answers_hides_no_drift(world: World, mood: Mood) -> None:
    """All old answers are stored; the check asks all the same, finds the drift, and leaves the store as it was."""
    world.check(1)
    path = world.pool.work / "responses.sqlite"
    with ResponseStore(path) as store:
        before = sorted(store.connection.execute("select model, request, answer from responses"))
    mood.now = "drifted"

    check = world.check(8).check

    assert check is not None
    assert (check.drifted, check.changed, check.noisy) == (True, 20, 0)
    assert check.p == 0.5**20
    with ResponseStore(path) as store:
        assert sorted(store.connection.execute("select model, request, answer from responses")) == before
    assert len(before) == len(WORDS)


def test_an_endpoint_that_was_always_noisy_raises_no_alarm(pool_folder: Path, server: FakeEndpoint, mood: Mood) -> None:
    """Half of its answers are by chance, now as then: they differ from the baseline, and as often from each other."""
    mood.now = "noisy"
    world = World.measured(pool_folder, server.base_url)
    world.check(1)

    check = world.check(8).check

    assert check is not None
    assert check.changed >= 7
    assert check.noisy >= 7
    assert check.drifted is False


def test_an_endpoint_that_fails_is_never_said_to_have_drifted_or_not(world: World, mood: Mood) -> None:
    """Faults are counted and no change; with fewer than ten answers nothing is said; the next check goes on."""
    world.check(1)
    mood.now = "down"
    down = world.check(8).check
    mood.now = "steady"
    back = world.check(15).check

    assert down is not None
    assert (down.drifted, down.p, down.n, down.changed, down.faults) == (None, None, 0, 0, 20)
    assert back is not None
    assert (back.drifted, back.n, back.baseline) == (False, 20, NOON + DAY)


def test_a_check_that_failed_is_no_baseline(world: World, mood: Mood) -> None:
    """Where the first check was of an endpoint that was down, the second is the baseline."""
    mood.now = "down"
    world.check(1)
    mood.now = "drifted"

    check = world.check(8).check

    assert check is not None
    assert (check.baseline, check.drifted) == (None, None)


def test_after_a_drift_the_check_that_found_it_is_the_baseline(world: World, mood: Mood) -> None:
    """The endpoint stays as it became: no second alarm, though no cell stands; it goes back: an alarm."""
    world.check(1)
    mood.now = "drifted"
    world.check(8)
    same = world.check(15).check
    mood.now = "steady"
    back = world.check(22).check

    assert same is not None
    assert back is not None
    assert (same.drifted, same.baseline) == (False, NOON + 8 * DAY)
    assert (back.drifted, back.baseline) == (True, NOON + 15 * DAY)


def test_a_full_measurement_starts_a_new_baseline(world: World, mood: Mood) -> None:
    """Cells that were measured after two checks are held against the second: the first is about older cells."""
    world.check(1)
    world.check(8)
    (world.pool.ledger.cell_path("say", "served")).unlink()
    world.measure(9)

    check = world.check(15).check

    assert check is not None
    assert (check.baseline, check.drifted) == (NOON + 8 * DAY, False)


def test_items_stay_and_come_from_all_tasks_by_turns(pool_folder: Path, server: FakeEndpoint) -> None:
    """Ten of each of two tasks; after an edit the others are asked again, and one of the same task takes its place."""
    world = World.measured(pool_folder, server.base_url, [asking("say"), asking("tell"), choice_task()])
    first = world.check(1).check
    assert first is not None
    edited = next(one for one in first.items if one.task == "say")
    words = ["other" if f"t{number}" == edited.item else word for number, word in enumerate(WORDS)]
    write_task(pool_folder, asking("say", words))
    world.measure(2)

    second = world.check(8).check

    assert second is not None
    assert [sum(one.task == task for one in first.items) for task in ("say", "tell")] == [10, 10]
    kept = {one.request for one in first.items} & {one.request for one in second.items}
    assert (len(kept), len(second.items), second.n) == (19, 20, 19)
    assert edited.request not in kept
    assert sum(one.task == "say" for one in second.items) == 10


def test_only_whole_cells_of_todays_key_are_watched(pool_folder: Path, world: World, mood: Mood) -> None:
    """A task that changed since has nothing that a drift could make stale, so nothing is asked."""
    write_task(pool_folder, asking(settings=asking().settings.replace("max_gen_toks: 8", "max_gen_toks: 9")))
    asked = mood.asked

    done = world.check(1)

    assert (done.check, mood.asked) == (None, asked)
    assert "no whole cell of today's key" in done.why


def test_a_check_holds_no_text_at_any_publish_level(pool_folder: Path, server: FakeEndpoint) -> None:
    """Samples: digests. Aggregate: digests that cannot be guessed. None: no id either."""
    world = World.measured(pool_folder, server.base_url, [asking("say"), asking("tell", publish="aggregate"),
                                                 asking("hide", publish="none")])
    done = world.check(1)
    assert done.check is not None
    text = sentinel_path(world.pool.ledger.root, "served").read_text()

    assert not any(word in text for word in WORDS)
    items = {task: [one for one in done.check.items if one.task == task] for task in ("say", "tell", "hide")}
    assert all(items.values())
    assert {one.item for one in items["tell"]} <= {f"t{number}" for number in range(24)}
    assert all(len(one.item) == 16 for one in items["hide"])
    asked = {one.request.digest: one for one in done.items}
    assert {one.request for one in items["say"]} <= set(asked)
    assert not {one.request for one in (*items["tell"], *items["hide"])} & set(asked)
    assert not any(sha256_text(word) in text for word in WORDS)


def test_another_salt_is_no_drift(pool_folder: Path, server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with another salt cannot compare withheld answers: it says so, and finds no change."""
    world = World.measured(pool_folder, server.base_url, [asking("hide", publish="none")])
    world.check(1)
    monkeypatch.setattr("commons.evaluate.sentinel_choosing.Sentinel._shown", lambda _, digest: sha256_text(digest))

    check = world.check(8).check

    assert check is not None
    assert (check.n, check.changed, check.drifted, check.baseline) == (0, 0, None, None)


def test_what_a_check_costs_is_bounded_before_and_counted_after(world: World, mood: Mood) -> None:
    """Under a cap that could not hold it nothing is asked; else its dollars are those of its answers."""
    asked = mood.asked
    refused = world.check(1, dollars=0.0)
    done = world.check(1, dollars=1.0)

    assert "caps on money" in refused.why
    assert done.check is not None
    assert done.check.dollars == pytest.approx(40 * (11 * 1.0 + 3 * 2.0) / 1e6)
    assert done.most_dollars > done.check.dollars
    assert mood.asked == asked + 40


def test_a_clock_that_went_back_is_a_sentence(world: World) -> None:
    """A check that is not later than the last one could be held against what came after it."""
    world.check(8)
    done = world.check(1)

    assert isinstance(done.error, CannotRun)
    assert "clock" in done.error.mend


def test_an_endpoint_without_its_key_is_not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which variable is missing; the other endpoints are checked."""
    text = world.pool.models_file.read_text()
    world.pool.models_file.write_text(text.replace("pinned: false", "pinned: false\n      secret: NOBODYS_KEY"))
    monkeypatch.delenv("NOBODYS_KEY", raising=False)

    done = world.check(1)

    assert done.error is not None
    assert "NOBODYS_KEY" in str(done.error)
