"""``commons queue``: the table and the JSON, from a file or from GitHub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import choice_task, write_pool
from tests.cli.running import commons
from tests.github.fake_api import REPOSITORY, FakeGitHub, make_pull, serving

FACTS = {
    "pulls": [
        {"number": 12, "title": "Two\nlines \u001b[31mred ::error::x", "author": "ana",
         "opened": "2026-11-20T08:00:00Z", "labels": ["changes needed", "next: author"], "merged_before": 3},
        {"number": 11, "title": "New", "author": "bo", "opened": "2026-11-10T08:00:00Z",
         "labels": ["ready for review", "next: maintainers"]},
        {"number": 9, "title": "Old", "author": "cy", "opened": "2026-11-01T08:00:00Z",
         "labels": ["ready for review", "next: maintainers"], "merged_before": 9},
    ],
    "last_seen": {"someone": "2025-01-01"},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A pool with one task and a file of facts."""
    write_pool(tmp_path, [choice_task("sums")])
    card = tmp_path / "tasks/sums/card.yaml"
    card.write_text(card.read_text().replace("since: 2026-11-01", "since: 2024-01-01"))
    (tmp_path / "MAINTAINERS").write_text("mia\n")
    (tmp_path / "queue.json").write_text(json.dumps(FACTS))
    return tmp_path


def test_the_table_shows_who_acts_next_oldest_first(root: Path) -> None:
    """Groups in order, ages in days, first contributions marked, titles harmless, owners who are gone below."""
    ran = commons("queue", "--from", "queue.json", "--today", "2026-11-23", cwd=root)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("2 for the maintainer, 1 for the author.\n")
    assert ran.out.index("#9 ") < ran.out.index("#11 ") < ran.out.index("#12 ")
    assert "22 d  @cy: Old" in ran.out
    assert "@bo (first contribution): New" in ran.out
    assert "\u001b" not in ran.out
    assert "sums: @someone, last seen 2025-01-01" in ran.out


def test_the_json_gives_the_facts_back_so_that_they_can_be_read_again(root: Path) -> None:
    """What --json prints under facts is what --from reads."""
    first = json.loads(commons("queue", "--from", "queue.json", "--json", "--today", "2026-11-23", cwd=root).out)
    (root / "again.json").write_text(json.dumps(first["facts"]))
    second = json.loads(commons("queue", "--from", "again.json", "--json", "--today", "2026-11-23", cwd=root).out)

    assert first == second
    assert [(one["number"], one["next"]) for one in first["queue"]] == [
        (9, "maintainer"), (11, "maintainer"), (12, "author")]
    assert first["gone"] == [{"owners": ["someone"], "since": "2025-01-01", "task": "sums"}]


def test_a_file_that_is_no_queue_says_where(root: Path) -> None:
    """The message names the key; no repository is a message too."""
    (root / "bad.json").write_text('{"pulls": [{"number": 0}]}')

    bad = commons("queue", "--from", "bad.json", cwd=root)
    nowhere = commons("queue", cwd=root, GITHUB_REPOSITORY="")

    assert (bad.code, nowhere.code) == (2, 2)
    assert "pulls.0.number" in bad.err
    assert "--repository" in nowhere.err


def test_github_is_only_read(root: Path) -> None:
    """Asked over HTTP, the queue writes nothing; what GitHub does not answer is an error and no empty queue."""
    with serving(FakeGitHub()) as fake:
        ran = commons("queue", "--repository", REPOSITORY, cwd=root, GITHUB_API_URL=fake.url)
        written = fake.written()
    with serving(FakeGitHub(pulls=[make_pull(7, "a" * 40)])) as fake:
        broken = commons("queue", "--repository", REPOSITORY, cwd=root, GITHUB_API_URL=fake.url)

    assert (ran.code, ran.out) == (0, "No pull request is open.\n")
    assert written == []
    assert broken.code == 2
