"""Taking checks into the ledger: what a job left is believed only where it follows, and adds one check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commons.errors import BadFile
from commons.evaluate.sentinel_taking import take_sentinels
from commons.pool.sentinels import sentinel_path
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate.watching import DAY, Mood, World, asking, unpinned
from tests.running import NOON

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


@pytest.fixture(scope="module")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A pool with one check that landed and one that is to be taken on day 8, of an endpoint that drifted."""
    mood = Mood()
    with FakeEndpoint(mood) as server:
        tasks = [asking(), asking("hide", publish="none")]
        world = World.measured(tmp_path_factory.mktemp("world"), server.base_url, tasks)
        world.check(1)
        mood.now = "drifted"
        world.check(8, land=False)
        yield world


@pytest.fixture
def world(pool_folder: Path, first_world: World) -> World:
    """The same for a test of its own."""
    return first_world.copied(pool_folder)


def take(world: World, day: int = 8) -> list[Path]:
    """Take the checks on a day."""
    return take_sentinels(world.pool, world.output, world.pool.models(), NOON + day * DAY)


def refusal(world: World, day: int = 8) -> str:
    """Why they are not taken; nothing is written."""
    path = sentinel_path(world.pool.ledger.root, "served")
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(BadFile) as caught:
        take(world, day)
    assert (path.read_bytes() if path.exists() else None) == before
    return " ".join(one.sentence for one in caught.value.problems)


def edit(world: World, change: Callable[[Any], None]) -> None:
    """Edit the delivered file."""
    path = world.output / "served.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_a_check_that_follows_is_taken_and_taken_once(world: World) -> None:
    """The file stands with both checks, byte for byte as it was delivered; taking it again changes nothing."""
    taken = take(world)

    assert taken == [sentinel_path(world.pool.ledger.root, "served")]
    assert taken[0].read_bytes() == (world.output / "served.json").read_bytes()
    assert [one.drifted for one in world.checks.checks] == [None, True]
    assert take(world) == []


def set_(*path: str | int, value: object) -> Callable[[Any], None]:
    """A change of one value."""

    def change(content: Any) -> None:
        for part in path[:-1]:
            content = content[part]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_("checks", 1, "drifted", value=False), "do not follow from its answers"),
        (set_("checks", 1, "p", value=0.5), "do not follow from its answers"),
        (set_("checks", 1, "changed", value=0), "do not follow from its answers"),
        (set_("checks", 1, "faults", value=3), "do not follow from its answers"),
        (set_("checks", 1, "baseline", value="2026-11-01T00:00:00Z"), "baseline that does not stand"),
        (set_("checks", 1, "baseline", value=None), "do not follow from its answers"),
        (set_("checks", 1, "when", value="2026-12-24T00:00:00Z"), "not yet"),
        (set_("checks", 1, "model_hash", value="9" * 64), "another entry of the model"),
        (set_("checks", 0, "dollars", value=0.5), "not one check more"),
        (lambda content: content["checks"].pop(0), "not one check more"),
        (lambda content: content["checks"][1]["items"].append(content["checks"][1]["items"][0]), "twice"),
        (lambda content: content["checks"][1]["items"][0].update(task="made_up"), "`made_up`, of which the model has"),
        (lambda content: content["checks"][1]["items"][0].update(first="Paris"), "should match pattern"),
        (set_("model", value="other"), "is about `other`"),
    ],
)
def test_a_check_that_does_not_follow_is_refused_with_the_reason(
    world: World, change: Callable[[Any], None], words: str
) -> None:
    """A changed verdict, an edited past, a date to come, made-up items: nothing of it is written."""
    edit(world, change)

    assert words in refusal(world)


@pytest.mark.parametrize("task", ["say", "hide"])
def test_no_text_comes_in_as_the_name_of_an_item(world: World, task: str) -> None:
    """Names are those of stored rows, or salted: a withheld question cannot be brought in as one."""

    def change(content: Any) -> None:
        next(one for one in content["checks"][1]["items"] if one["task"] == task)["item"] = "What is the capital?"

    edit(world, change)

    assert f"`{task}`" in refusal(world)


def test_a_check_that_others_were_faster_with_is_refused(world: World) -> None:
    """Two checks of one baseline: the second is told to check again."""
    take(world)
    world.check(9, land=False)
    landed = (world.output / "served.json").read_text()
    world.check(10, land=False)
    late = (world.output / "served.json").read_text()
    (world.output / "served.json").write_text(landed)
    take(world, 11)
    (world.output / "served.json").write_text(late)

    assert "another check landed first" in refusal(world, 11)


def test_strange_files_are_refused_by_name(world: World, tmp_path: Path) -> None:
    """A link, a folder within, a model that is not there and one that is pinned: each is named, none is followed."""
    (tmp_path / "secret.json").write_text((world.output / "served.json").read_text())
    (world.output / "served.json").unlink()
    (world.output / "served.json").symlink_to(tmp_path / "secret.json")
    assert "symbolic link" in refusal(world)

    (world.output / "served.json").unlink()
    (world.output / "nobody.json").write_text("{}")
    assert "`nobody.json` is the file of no endpoint" in refusal(world)

    (world.output / "nobody.json").unlink()
    (world.output / "served.json").write_text("{" + " " * 3_000_000 + "}")
    assert "the limit is" in refusal(world)
    text = world.pool.models_file.read_text()
    world.pool.models_file.write_text(text.replace("pinned: false", "pinned: true"))
    assert "not pinned" in refusal(world)


def test_what_is_no_folder_is_a_sentence(world: World) -> None:
    """An artifact that never came is said to be missing."""
    with pytest.raises(BadFile, match="no folder of checks"):
        take_sentinels(world.pool, world.output / "nothing", world.pool.models(), NOON)


def test_all_or_none_are_taken(world: World) -> None:
    """One that is refused keeps the other out, so that a landing is whole or not at all."""
    with world.pool.models_file.open("a") as file:
        file.write(unpinned("http://127.0.0.1:9/v1", "second"))
    (world.output / "second.json").write_text("{}")

    assert "schema" in refusal(world) or "model" in refusal(world)
