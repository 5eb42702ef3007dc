"""Gates with a model, answered by models that follow a rule: what they ask, what they change, what they say."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commons.gates.base import GateReport
from commons.gates.model_trials import run_with
from commons.gates.running import run_gates
from commons.gates.with_model import asking
from commons.gates.with_model.copies import Change, copied, emptied
from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore
from commons.pool.task import Task, read_task
from commons.variants.drawing import formats_of
from tests.builders import TaskSpec, write_pool
from tests.gates.sessions import NearSession
from tests.gates.tasks import CHOICE, choice_rows, choosing, lengthened
from tests.running import RuleEngine, rule_kind

OPTIONS = "{% for one in c %} ({{one}}){% endfor %}"
SHOWN = CHOICE.replace("Riddle {{n}}: {{q}}", f"Question: {{{{q}}}}{OPTIONS}")
LETTERS = SHOWN.replace("doc_to_choice: c", 'doc_to_choice: ["A", "B", "C"]')
SHOTS = CHOICE + "fewshot_split: train\nnum_fewshot: 2\n"


@contextlib.contextmanager
def near(task: Task) -> Iterator[NearSession]:
    """A session of this process as a context."""
    yield NearSession(task)


def by_longest(request: Request) -> Answer:
    """Prefer the longest continuation."""
    return Answer(loglikelihood=-100.0 + len(request.continuation or ""), is_greedy=False, tokens_in=7, tokens_out=0)


def by_nothing(request: Request) -> Answer:
    """Prefer no continuation: the likelihood is drawn from the request itself, without any skill."""
    return Answer(loglikelihood=-1.0 - int(request.digest[:6], 16) / 2**24, is_greedy=False, text="x", tokens_in=7,
                  tokens_out=1)


def reports(
    root: Path, spec: TaskSpec, rule: Callable[[Request], Answer], monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, GateReport], RuleEngine]:
    """What the gates with a model say, and the model that answered them."""
    pool = write_pool(root, [spec])
    task = read_task(pool.tasks_folder / spec.name)
    engine = RuleEngine(rule)
    monkeypatch.setattr(asking, "engine_kind", lambda _: rule_kind(engine))
    session = NearSession(task)
    trials = run_gates(task, session)
    model = next(one for one in pool.models() if one.id == "smollm2-135m-instruct")
    with ResponseStore(root / "store.sqlite") as store:
        found = run_with(model, store, session, trials, lambda _: None, near)
    return {one.name: one for one in found}, engine


def test_choices_that_give_the_answer_away_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that prefers long choices needs no question where the gold is the longest."""
    found, engine = reports(tmp_path, choosing(rows=lengthened(choice_rows())), by_longest, monkeypatch)

    assert found["choices_only"].state.value == "failed"
    assert "unfit" in found["choices_only"].sentence
    assert any("Riddle 3: \nAnswer:" in request.prompt_text for request in engine.asked)


def test_a_good_task_passes_without_its_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model without skill stays near chance; what does not apply says why; time and tokens are measured."""
    found, _ = reports(tmp_path, choosing(), by_nothing, monkeypatch)

    assert found["choices_only"].state.value == "passed"
    assert found["fewshot_order"].state.value == "not applicable"
    assert "0 examples" in found["fewshot_order"].sentence
    assert found["format_spread"].state.value == "passed"
    assert found["model_time"].evidence[1].number == pytest.approx(21.0)


def test_a_second_check_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is kept, so the same trial sends no request again."""
    first, _ = reports(tmp_path, choosing(), by_nothing, monkeypatch)
    second, engine = reports(tmp_path, choosing(), by_nothing, monkeypatch)

    assert engine.asked == []
    assert second["choices_only"] == first["choices_only"]
    assert second["model_time"].state.value == "not applicable"


def test_the_question_alone_is_asked_where_the_options_can_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With letters as choices the options are taken from the prompt; without, there is nothing to take."""
    found, engine = reports(tmp_path / "1", choosing(settings=LETTERS), by_nothing, monkeypatch)
    other, _ = reports(tmp_path / "2", choosing(settings=SHOWN), by_nothing, monkeypatch)

    assert found["question_only"].state.value == "passed"
    assert any("() () ()" in request.prompt_text for request in engine.asked)
    assert other["question_only"].state.value == "not applicable"


def test_the_order_of_examples_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three other orders of two examples, and what they did to the score."""
    spec = choosing(settings=SHOTS, splits={"train": choice_rows()[:6]})
    found, _ = reports(tmp_path, spec, by_nothing, monkeypatch)

    assert found["fewshot_order"].state.value == "passed"
    assert "4 orders" in found["fewshot_order"].sentence


def test_the_formats_are_those_that_every_model_is_put_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate asks in the formats of the variants, and says why there are none where a prompt has nothing to vary."""
    shown, engine = reports(tmp_path / "1", choosing(settings=SHOWN), by_nothing, monkeypatch)
    own = next(line for line in CHOICE.splitlines() if "doc_to_text" in line)
    without = CHOICE.replace(own, 'doc_to_text: "{{q}}"')
    bare, _ = reports(tmp_path / "2", choosing(settings=without), by_nothing, monkeypatch)
    templates = {one.template for one in formats_of(read_task(tmp_path / "1" / "tasks" / "pick"))}

    assert "10 formats" in shown["format_spread"].sentence
    assert len(templates) > 1
    assert any(request.prompt_text.startswith("QUESTION") for request in engine.asked) == any(
        one.startswith("QUESTION") for one in templates)
    assert bare["format_spread"].state.value == "not applicable"


def test_a_model_that_cannot_run_is_no_failure(tmp_path: Path) -> None:
    """Each gate says that it could not run, and why."""
    pool = write_pool(tmp_path, [choosing()])
    task = read_task(pool.tasks_folder / "pick")
    session = NearSession(task)
    trials = run_gates(task, session)
    model = next(one for one in pool.models() if one.id == "gpt-4.1-mini-2025-04-14")
    with ResponseStore(tmp_path / "store.sqlite") as store:
        found = run_with(model, store, session, trials, lambda _: None, near)

    assert {one.state.value for one in found} == {"could not run"}


def test_a_copy_changes_only_what_it_should(tmp_path: Path) -> None:
    """The question is empty in the copy, everything else and the task itself stay; the copy goes away."""
    task = read_task(write_pool(tmp_path, [choosing()]).tasks_folder / "pick")
    before = (task.folder / "data" / "test.jsonl").read_text(encoding="utf-8")
    with copied(task, Change({"doc_to_text": "X: {{q}}\n"}, emptied(frozenset({"q"})))) as folder:
        rows = [json.loads(line) for line in (folder / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()]
        again = read_task(folder)
    original = [json.loads(line) for line in before.splitlines()]

    assert not folder.exists()
    assert (task.folder / "data" / "test.jsonl").read_text(encoding="utf-8") == before
    assert [{**row, "q": ""} for row in original] == rows
    assert (again.name, again.config.doc_to_text, again.config.output_type) == ("pick", "X: {{q}}\n", "multiple_choice")


@pytest.mark.parametrize("text", [
    "\U0001f600 {{q}} \U0001f468\u200d\U0001f52c", "a\u0085b\u2028c\u2029d\x80\ufeff {{q}}",
    'say "{{q}}": \\n # no\ttab\n',
    "漢字 é {{q}}",
])
def test_any_template_can_be_put_into_a_copy(tmp_path: Path, text: str) -> None:
    """Emoji and characters that end a line in YAML come out as they went in."""
    task = read_task(write_pool(tmp_path, [choosing()]).tasks_folder / "pick")

    with copied(task, Change({"doc_to_text": text})) as folder:
        assert read_task(folder).config.doc_to_text == text


def test_a_copy_keeps_what_the_task_has_beside_its_configuration(tmp_path: Path) -> None:
    """Folders, also empty ones, files of any name and the task's own file of the copy's name; no pipe is waited for."""
    task = read_task(write_pool(tmp_path, [choosing()]).tasks_folder / "pick")
    (task.folder / "canonical_format.yaml").write_text("own: 1\n")
    (task.folder / "more" / "empty").mkdir(parents=True)
    (task.folder / "more" / "words.txt").write_text("words")
    os.mkfifo(task.folder / "pipe")

    with copied(task, Change({"doc_to_text": "X: {{q}}"})) as folder:
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
        assert (folder / "canonical_format.yaml").read_text() == "own: 1\n"
        assert read_task(folder).config.doc_to_text == "X: {{q}}"

    assert {"more/empty", "more/words.txt", "canonical_format_.yaml"} <= found
    assert "pipe" not in found
