"""Items, titles and canaries that two tasks of a pool share."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commons.lint import facts_store
from commons.lint.facts import TaskFacts
from commons.lint.facts_store import FactsStore
from commons.lint.runner import lint_paths, lint_repository
from commons.pool.cache import cache_folder
from commons.pool.repository import Repository
from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, Edit, line_of

ROWS = "data/test.jsonl"
LONG = "A nurse on the night shift finds two bags of saline on the trolley and hangs the second one at half past four"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept between runs is this test's own."""
    monkeypatch.setenv("COMMONS_CACHE", str(tmp_path_factory.mktemp("cache")))


def ask(pool: Path, task: str, text: str, item: int = 2) -> Path:
    """Let an item of a task ask ``text``."""
    folder = pool / "tasks" / task
    Edit(ROWS, f'"question": "{item} mg and 3 mg?"', f'"question": {json.dumps(text)}').apply(folder)
    return folder


def codes(pool: Path, *tasks: str) -> list[tuple[str, str, int]]:
    """The code, file and line of every finding about the pool."""
    report = lint_paths(Repository(pool), [pool / "tasks" / task for task in tasks])
    return [(one.code, one.file, one.where.line) for one in report.findings if one.code in {"D012", "D013", "R003"}]


def test_an_item_copied_from_another_task_is_named_with_its_place(pool: Path) -> None:
    """The later of two equal items is a finding that names the earlier, whatever the case and the punctuation."""
    ask(pool, GENERATE, LONG + "?")
    ask(pool, LOGLIKELIHOOD, LONG.upper(), item=3)

    findings = [one for one in lint_repository(Repository(pool)).findings if one.code == "D012"]

    assert [(one.file, one.where.line) for one in findings] == [(f"tasks/{LOGLIKELIHOOD}/{ROWS}", 2)]
    assert "stands in `dose_words` already (data/test.jsonl:1), word for word" in findings[0].sentence
    assert findings[0].item == "test-3"


def test_only_a_chosen_task_is_blamed(pool: Path) -> None:
    """Where one task is checked alone, its copy of an unchecked task's item is found, and not the other way round."""
    ask(pool, GENERATE, LONG)
    ask(pool, LOGLIKELIHOOD, LONG)

    assert codes(pool, GENERATE) == [("D012", f"tasks/{GENERATE}/{ROWS}", 1)]
    assert codes(pool, MULTIPLE_CHOICE) == []


def test_an_item_that_is_half_another_is_a_hint(pool: Path) -> None:
    """Between half and four fifths alike is a hint that says how alike."""
    words = LONG.split()
    ask(pool, GENERATE, LONG)
    ask(pool, LOGLIKELIHOOD, " ".join([*words[:-3], "rests", "for", "once"]))

    assert codes(pool, LOGLIKELIHOOD) == [("D013", f"tasks/{LOGLIKELIHOOD}/{ROWS}", 1)]


def test_a_copied_item_can_be_explained_in_the_card(pool: Path) -> None:
    """A finding about the pool is suppressed by the card of the task in which it stands."""
    ask(pool, GENERATE, LONG)
    folder = ask(pool, LOGLIKELIHOOD, LONG)
    entry = 'suppress: [{code: D012, reason: "asked on purpose", items: [test-2]}]'
    Edit("card.yaml", "ai_use: none", f"ai_use: none\n{entry}").apply(folder)

    assert codes(pool, LOGLIKELIHOOD) == []


def test_short_items_and_ordinary_texts_are_no_copies(pool: Path) -> None:
    """Items below eight words, and long ones with other words, give nothing."""
    random.seed(4)
    words = LONG.split()
    ask(pool, GENERATE, "How many doses a day?")
    ask(pool, LOGLIKELIHOOD, "How many doses a day?")
    ask(pool, GENERATE, " ".join(random.sample(words, len(words))), item=3)
    ask(pool, LOGLIKELIHOOD, " ".join(random.sample(words, len(words))), item=3)

    assert [one for one in lint_repository(Repository(pool)).findings if one.code in {"D012", "D013"}] == []


def test_a_title_and_a_canary_belong_to_one_task(pool: Path) -> None:
    """The second card with a title or a canary is a finding at its line."""
    card = pool / "tasks" / GENERATE / "card.yaml"
    other = (pool / "tasks" / LOGLIKELIHOOD / "card.yaml").read_text(encoding="utf-8")
    canary = next(line for line in other.splitlines() if line.startswith("canary:"))
    Edit("card.yaml", 'title: "Doses: dose_words"', 'title: "DOSES: next_word"').apply(card.parent)
    own = next(line for line in card.read_text(encoding="utf-8").splitlines() if line.startswith("canary:"))
    Edit("card.yaml", own, canary).apply(card.parent)

    found = [one for one in lint_paths(Repository(pool), [card]).findings if one.code == "R003"]

    assert [(one.where.line, "title" in one.sentence, "canary" in one.sentence) for one in found] == [
        (line_of(card, "title:"), True, False), (line_of(card, "canary:"), False, True),
    ]  # fmt: skip


def test_facts_are_kept_until_a_file_changes(pool: Path) -> None:
    """What is known of a task is read back as it was written, and forgotten when any of its files changes."""
    ask(pool, GENERATE, LONG)
    folder = pool / "tasks" / GENERATE
    lint_repository(Repository(pool))

    with FactsStore(pool) as store:
        known = store.get([folder])[folder]
    assert known.name == GENERATE
    assert [place.item for place in known.places] == ["test-2"]

    (folder / "README.md").write_text("Changed.\n", encoding="utf-8")
    with FactsStore(pool) as store:
        assert store.get([folder]) == {}


def test_without_a_place_to_keep_facts_lint_still_compares(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, the other tasks are read again, and a copy is still found."""
    monkeypatch.setenv("COMMONS_CACHE", str(pool / "models.yaml" / "no"))
    ask(pool, GENERATE, LONG)
    ask(pool, LOGLIKELIHOOD, LONG)

    assert codes(pool, GENERATE) == [("D012", f"tasks/{GENERATE}/{ROWS}", 1)]


def test_a_broken_store_is_no_reason_to_stop(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts that cannot be read back are made again."""
    monkeypatch.setattr(facts_store, "_packed", lambda facts: ("[1, 2", facts.bands))
    ask(pool, GENERATE, LONG)
    ask(pool, LOGLIKELIHOOD, LONG)
    lint_repository(Repository(pool))

    assert codes(pool, GENERATE) == [("D012", f"tasks/{GENERATE}/{ROWS}", 1)]


def test_another_process_that_writes_costs_one_short_wait(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many facts there are to keep, a locked store is tried once, at the end, and then left."""
    lint_repository(Repository(pool))
    folder = pool / "tasks" / GENERATE
    with FactsStore(pool) as store:
        facts = store.get([folder])[folder]
    path, = (cache_folder() / "lint").glob("*.sqlite")
    waits: list[float] = []
    connect = sqlite3.connect

    def impatient(name: Path, timeout: float) -> sqlite3.Connection:
        waits.append(timeout)
        return connect(name, timeout=0.01)

    monkeypatch.setattr(facts_store.sqlite3, "connect", impatient)
    with closing(connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with FactsStore(pool) as store:
            for number in range(500):
                store.put(pool / "tasks" / f"task_{number}", "state", facts)

    assert waits == [2]
    with FactsStore(pool) as store:
        assert store.get([folder])[folder] == facts


def test_a_change_while_a_task_is_read_keeps_no_old_facts(pool: Path) -> None:
    """Facts are kept for the files as they were before they were read: what changed meanwhile is read again."""
    folder = pool / "tasks" / GENERATE
    lint_repository(Repository(pool))
    with FactsStore(pool) as store:
        facts = store.get([folder])[folder]
        before = facts_store.state_of(folder)
        (folder / "README.md").write_text("Changed meanwhile.\n", encoding="utf-8")
        store.put(folder, before, facts)

    with FactsStore(pool) as store:
        assert store.get([folder]) == {}


def test_facts_of_nothing_have_no_keys() -> None:
    """A task without comparable items is held against the others without a fault."""
    assert list(TaskFacts("x", "", "", (), (), b"").keys(3)) == []
