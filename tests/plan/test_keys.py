"""Cell keys: an edit that changes nothing a model sees changes no key; any other changes exactly the keys it must.

Everything here goes the whole way: folders on disk, the real renderer, the memo, the plan.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from commons.pool.repository import Repository
from tests.builders import (
    CHOICE_ROWS,
    GENERATE,
    MULTIPLE_CHOICE,
    QUESTION_ROWS,
    TaskSpec,
    choice_task,
    generate_task,
    write_pool,
)
from tests.plan.making import plan_of

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODELS = """\
  - id: own
    name: Own
    family: Tests
    released: 2026-01-01
    context_length: 4096
    licence: MIT
    backend: hf
    weights: {repository: made/own, revision: "1111111111111111111111111111111111111111"}
    arguments: {dtype: float32, batch_size: 1}
    chat_template: false
    runs_on: [cpu]
  - id: served
    name: Served
    family: Tests
    released: 2026-01-01
    context_length: 4096
    licence: proprietary
    backend: local-chat-completions
    endpoint: {base_url: "http://127.0.0.1:9/v1", snapshot: served-1, pinned: true, secret: SERVED_KEY, retries: 2}
    chat_template: true
    runs_on: [endpoint]
    price: {input_per_million: 1.0, output_per_million: 2.0}
"""
HOOK = """\
def ask(doc):
    return doc['q'].strip()

def asked(docs):
    return docs.filter(lambda doc: doc['q'] != 'never asked')

def strict(doc, results):
    return {'exact_match': float(results[0] == doc['a']), 'bleu': (doc['a'], results[0])}

def lenient(doc, results):
    return {'exact_match': 1.0, 'bleu': (doc['a'], results[0])}
"""
FEWSHOT = MULTIPLE_CHOICE + "num_fewshot: 2\nfewshot_split: train\nfewshot_config: {sampler: default}\n"
EXAMPLES = [{"q": f"The letter after {one} is", "c": [two, "z", "q"], "a": 0} for one, two in ("ab", "cd", "ef", "gh")]

Cells = set[tuple[str, str]]
ALL: Cells = {("hooked", "own"), ("hooked", "served"), ("pick", "own"), ("say", "own"), ("say", "served"),
              ("shown", "own")}


def specs() -> list[TaskSpec]:
    """A task that scores, one that writes, one with drawn examples, one with a hook."""
    return [
        choice_task(rows=CHOICE_ROWS),
        generate_task(rows=QUESTION_ROWS),
        choice_task("shown", settings=FEWSHOT, splits={"train": EXAMPLES}),
        generate_task("hooked", rows=[*QUESTION_ROWS, {"q": "never asked", "a": "here"}],
                      settings=GENERATE.replace('"{{q}}"', "!function hooks.ask")
                      + "process_docs: !function hooks.asked\nprocess_results: !function hooks.strict\n",
                      files={"hooks.py": HOOK}),
    ]


def keys(pool: Repository) -> dict[tuple[str, str], str]:
    """The key of every cell, as the plan of a pool without results gives them."""
    planning = plan_of(pool)
    assert planning.broken_tasks == (), planning.broken_tasks[0].error
    return {(cell.task, cell.model): planning.plan.key(cell).key for cell in planning.plan.cells}


@pytest.fixture(scope="module")
def planned_once() -> dict[str, Path]:
    """Where the pool lies whose tasks were rendered by the first test that needed it."""
    return {}


@pytest.fixture
def pool(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, planned_once: dict[str, Path],
    workers_in_process: None,
) -> Repository:
    """The pool before any edit, a copy of its own; the memo beside it is filed under contents, so it holds here too."""
    if not planned_once:
        root = tmp_path_factory.mktemp("keys")
        keys(write_pool(root, specs(), MODELS))
        planned_once["root"] = root
    return Repository(Path(shutil.copytree(planned_once["root"], tmp_path / "pool")))


def replaced(path: str, old: str, new: str) -> Callable[[Path], None]:
    """An edit of one text in one file."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text, f"{old} is not in {path}"
        (root / path).write_text(text.replace(old, new))

    return edit


def appended(path: str, text: str) -> Callable[[Path], None]:
    """An edit at the end of a file."""
    return lambda root: (root / path).write_text((root / path).read_text() + text) and None


def renamed_data(root: Path) -> None:
    """The data file gets another name, and the configuration says so."""
    folder = root / "tasks" / "pick"
    (folder / "data" / "test.jsonl").rename(folder / "data" / "items.jsonl")
    replaced("tasks/pick/pick.yaml", "data/test.jsonl", "data/items.jsonl")(root)


def other_key_order(root: Path) -> None:
    """The lines of the configuration stand the other way round, each with what is indented under it."""
    path = root / "tasks" / "say" / "say.yaml"
    blocks: list[str] = []
    for line in path.read_text().splitlines(keepends=True):
        if line.startswith((" ", "-")):
            blocks[-1] += line
        else:
            blocks.append(line)
    path.write_text("".join(reversed(blocks)))


def shuffled(seed: int) -> Callable[[Path], None]:
    """The items of every task, the examples too, in another order."""

    def edit(root: Path) -> None:
        for path in sorted(root.glob("tasks/*/data/*.jsonl")):
            lines = path.read_text().splitlines(keepends=True)
            random.Random(seed).shuffle(lines)  # noqa: S311
            path.write_text("".join(lines))

    return edit


HARMLESS = {
    "a typo in a README": appended("tasks/pick/README.md", "It measures capitals.\n"),
    "a typo in the README of a task with hooks": appended("tasks/hooked/README.md", "It measures capitals.\n"),
    "a comment in the configuration of a task with hooks": appended("tasks/hooked/hooked.yaml", "# strictly\n"),
    "prose of a card": replaced("tasks/pick/card.yaml", "summary: A task for tests.", "summary: A better sentence."),
    "a comment in a card": appended("tasks/say/card.yaml", "# checked twice\n"),
    "a comment in a configuration": appended("tasks/pick/pick.yaml", "# four items\n"),
    "the order of a configuration's keys": other_key_order,
    "the name of a data file": renamed_data,
    "the order of items": shuffled(1),
    "the order of items, otherwise": shuffled(2),
    "the name of a model": replaced("models.yaml", "name: Own", "name: Our own"),
    "a price": replaced("models.yaml", "input_per_million: 1.0", "input_per_million: 3.0"),
    "where a key is kept": replaced("models.yaml", "secret: SERVED_KEY", "secret: OTHER_KEY"),
    "how often a request is tried": replaced("models.yaml", "retries: 2", "retries: 5"),
    "a comment in models.yaml": appended("models.yaml", "# the end\n"),
    "a publish level": replaced("tasks/pick/card.yaml", "publish: samples", "publish: aggregate"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_an_edit_that_no_model_sees_changes_no_key(pool: Repository, name: str) -> None:
    """Every cell keeps its key."""
    before = keys(pool)
    HARMLESS[name](pool.root)

    assert set(before) == ALL
    assert keys(pool) == before


def of_task(task: str) -> Cells:
    """The cells of a task."""
    return {cell for cell in ALL if cell[0] == task}


def of_model(name: str) -> Cells:
    """The cells of a model."""
    return {cell for cell in ALL if cell[1] == name}


PICK, SAY = "tasks/pick/pick.yaml", "tasks/say/say.yaml"
EDITS: dict[str, tuple[Callable[[Path], None], Cells]] = {
    "a prompt": (replaced("tasks/pick/data/test.jsonl", "Two plus two", "Three plus one"), of_task("pick")),
    "the template of a prompt": (replaced(PICK, '"{{q}}"', '"{{q}} really"'), of_task("pick")),
    "a choice": (replaced("tasks/pick/data/test.jsonl", "Berlin", "Bern"), of_task("pick")),
    "a target": (replaced("tasks/pick/data/test.jsonl", '"a": 1', '"a": 2'), of_task("pick")),
    "the text of a target": (replaced("tasks/say/data/test.jsonl", "lamb", "sheep"), of_task("say")),
    "a metric": (replaced(PICK, "acc_norm", "acc_bytes"), of_task("pick")),
    "an argument of a metric": (replaced(SAY, "ignore_case: true", "ignore_case: false"), of_task("say")),
    "a filter": (replaced(SAY, "(\\\\w+)", "(\\\\w\\\\w+)"), of_task("say")),
    "a few-shot item": (replaced("tasks/shown/data/train.jsonl", "The letter after", "The sign after"),
                        of_task("shown")),
    "the number of examples": (replaced("tasks/shown/shown.yaml", "num_fewshot: 2", "num_fewshot: 1"),
                               of_task("shown")),
    "a generation argument": (replaced(SAY, "max_gen_toks: 8", "max_gen_toks: 9"), of_task("say")),
    "where an answer ends": (replaced(SAY, 'until: ["\\n"]', 'until: ["\\n", "."]'), of_task("say")),
    "the source of a hook": (replaced("tasks/hooked/hooks.py", ".strip()", ".strip(' ')"), of_task("hooked")),
    "which hook grades": (replaced("tasks/hooked/hooked.yaml", "hooks.strict", "hooks.lenient"), of_task("hooked")),
    "a row that a hook drops": (replaced("tasks/hooked/data/test.jsonl", '"here"', '"there"'), of_task("hooked")),
    "an item more": (appended("tasks/say/data/test.jsonl", json.dumps(
        {"id": "t9", "q": "The sun is a", "a": "star", "canary": "eval-commons:5d2c9f1e-7a43-4b86-9e0f-3c61d8a2b754"}
    ) + "\n"), of_task("say")),
    "an argument of a model": (replaced("models.yaml", "dtype: float32", "dtype: bfloat16"), of_model("own")),
    "a revision": (replaced("models.yaml", "1" * 40, "2" * 40), of_model("own")),
    "a chat template": (replaced("models.yaml", "chat_template: false", "chat_template: true"), of_model("own")),
    "a snapshot": (replaced("models.yaml", "served-1", "served-2"), of_model("served")),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_counts_changes_exactly_the_keys_it_must(pool: Repository, name: str) -> None:
    """The cells of the edited task or model get another key, and no other cell does."""
    edit, expected = EDITS[name]
    before = keys(pool)
    edit(pool.root)
    after = keys(pool)

    assert {cell for cell in before if before[cell] != after[cell]} == expected


@pytest.mark.parametrize("what", ["commons.plan.make.HARNESS_VERSION", "commons.pool.hashing.PROTOCOL_VERSION"])
def test_another_protocol_changes_every_key(pool: Repository, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """The harness's version and our own protocol version enter all of them."""
    before = keys(pool)
    monkeypatch.setattr(what, "0.0.0" if "HARNESS" in what else 99)
    after = keys(pool)

    assert {cell for cell in before if before[cell] != after[cell]} == ALL
