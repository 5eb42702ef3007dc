"""Worker sessions: one process for many jobs, probes graded by the harness itself, and nothing hidden by a failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from commons.errors import BrokenResult
from commons.harness.checks import check_trial
from commons.harness.rendering import TaskRendering
from commons.harness.requests import Answer
from commons.harness.scoring import ScoreJob
from commons.harness.session import WorkerSession
from commons.harness.trial import ProbeJob, ProbeResult, WorkerError
from commons.pool.task import Task, read_task
from tests.builders import (
    CHOICE_ROWS,
    GENERATE,
    MULTIPLE_CHOICE,
    QUESTION_ROWS,
    choice_task,
    four_tasks,
    generate_task,
    write_task,
)

pytestmark = pytest.mark.model

GRADED = GENERATE.split("filter_list")[0].replace('"{{q}}"', "!function hooks.ask") + (
    "process_results: !function hooks.grade\nmetric_list:\n"
    "  - {metric: exact_match, aggregation: mean, higher_is_better: true}\n"
)


def prefer(rendering: TaskRendering, name: str, choice: Callable[[str, int], int]) -> ProbeJob:
    """A probe that gives its highest log-likelihood to the choice that ``choice`` names for (item id, gold)."""
    answers = {}
    for item in rendering.items:
        assert isinstance(item.gold, int)
        best = choice(item.id, item.gold)
        answers[item.id] = tuple(Answer(loglikelihood=-1.0 if place == best else -9.0, is_greedy=place == best)
                                 for place in range(len(item.plain)))
    return ProbeJob(name=name, items=tuple(answers), answers=answers)


def say(rendering: TaskRendering, name: str, text: Callable[[str], Sequence[str]]) -> ProbeJob:
    """A probe that answers each item with the texts that ``text`` gives for its id."""
    answers = {item.id: tuple(Answer(text=one) for one in text(item.id)) for item in rendering.items}
    return ProbeJob(name=name, items=tuple(answers), answers=answers)


def scores(result: ProbeResult, column: str) -> dict[tuple[str, int], float]:
    """The column of each item and repeat."""
    assert result.error is None, result.error
    assert result.result is not None
    return {(item.item, item.repeat): float(item.statistics[column]) for item in result.result.items}  # type: ignore[arg-type]


def test_a_session_loads_a_task_once(tmp_path: Path) -> None:
    """What a hook notes when it is imported is the same in every job of a session."""
    code = "import time\nBEGUN = time.time_ns()\ndef ask(doc):\n    return f\"{doc['q']} {BEGUN}\"\n"
    settings = GENERATE.replace('"{{q}}"', "!function hooks.ask")
    task = read_task(write_task(tmp_path, generate_task(settings=settings, files={"hooks.py": code})))

    with WorkerSession(task) as session:
        first, second = session.render(), session.render()
    with WorkerSession(task) as other:
        third = other.render()

    assert first == second
    assert first.task_hash != third.task_hash


def test_equal_questions_get_the_answers_of_their_items(tmp_path: Path) -> None:
    """Two items that send the same request and differ in gold: the oracle is right on both, its opposite on neither."""
    rows = [*CHOICE_ROWS, {**CHOICE_ROWS[0], "a": 2}]
    task = read_task(write_task(tmp_path, choice_task(rows=rows)))
    with WorkerSession(task) as session:
        rendering = session.render()
        probes = [prefer(rendering, "oracle", lambda _, gold: gold),
                  prefer(rendering, "anti", lambda _, gold: (gold + 1) % 3),
                  prefer(rendering, "only t4", lambda item, gold: gold if item == "t4" else (gold + 1) % 3)]
        oracle, anti, one = session.trial(rendering, probes)

    assert rendering.items[0].plain == rendering.items[4].plain
    assert set(scores(oracle, "acc,none").values()) == {1.0}
    assert set(scores(anti, "acc,none").values()) == {0.0}
    assert [item for item, score in scores(one, "acc,none").items() if score] == [("t4", 0)]
    assert oracle.result is not None
    assert oracle.result.harness[0]["acc,none"] == 1.0


@pytest.mark.parametrize("spec", four_tasks(), ids=lambda spec: spec.name)
def test_a_probe_is_graded_as_a_model_is(tmp_path: Path, spec: object) -> None:
    """The same answers give the same grades by a trial run and by the score step, in every output type."""
    task = read_task(write_task(tmp_path, spec))  # type: ignore[arg-type]
    with WorkerSession(task) as session:
        rendering = session.render()
        by_request = {
            request.digest: Answer(text=f"{place} four") if request.kind == "generate_until"
            else Answer(loglikelihood=-1.0 - (place * 7 % 5), is_greedy=place % 2 == 0)
            for place, request in enumerate(rendering.requests)
        }
        ids = tuple(item.id for item in rendering.items)
        answers = {item.id: tuple(by_request[rendering.requests[place].digest] for place in item.plain)
                   for item in rendering.items}
        scored = session.score(rendering, ScoreJob(form="plain", answers=by_request, items=ids))
        (tried,) = session.trial(rendering, [ProbeJob(name="same", items=ids, answers=answers)])
        half = session.trial(rendering, [ProbeJob(name="half", items=ids[1::2], answers=answers)])[0]

    assert tried.result == scored
    assert half.result is not None
    assert [(one.item, one.statistics) for one in half.result.items] == [
        (one.item, one.statistics) for one in scored.items if one.item in ids[1::2]]


def test_a_grader_that_breaks_on_one_probe_hides_no_other(tmp_path: Path) -> None:
    """The broken one names file and line; those before and after it are graded."""
    code = (
        "def ask(doc):\n    return doc['q']\ndef grade(doc, results):\n"
        "    return {'exact_match': int(results[0]) if results[0] != 'right' else 1.0}\n"
    )
    task = read_task(write_task(tmp_path, generate_task(settings=GRADED, filter="none", files={"hooks.py": code})))
    with WorkerSession(task) as session:
        rendering = session.render()
        texts = {"good": "right", "words": "no number", "zero": "0"}
        good, words, zero = session.trial(
            rendering, [say(rendering, name, lambda _, text=text: (text,)) for name, text in texts.items()])

    assert set(scores(good, "exact_match,none").values()) == {1.0}
    assert set(scores(zero, "exact_match,none").values()) == {0.0}
    assert words.result is None
    assert words.error is not None
    assert "ValueError" in words.error.sentence
    assert (Path(words.error.path or "").name, words.error.line) == ("hooks.py", 4)


def test_sampled_answers_are_graded_one_by_one(tmp_path: Path) -> None:
    """Where a task draws three answers to each item, a probe gives three, and each is graded by itself."""
    settings = GENERATE.replace("do_sample: false", "do_sample: true, temperature: 0.7") + "repeats: 3\n"
    task = read_task(write_task(tmp_path, generate_task(settings=settings)))
    golds = dict(zip(("t0", "t1", "t2", "t3"), (row["a"] for row in QUESTION_ROWS), strict=True))
    with WorkerSession(task) as session:
        rendering = session.render()
        result, again = session.trial(
            rendering, [say(rendering, name, lambda item: ("no", golds[item], "no")) for name in ("a", "b")])

    assert {repeat: score for (_, repeat), score in scores(result, "exact_match,word").items()} == {
        0: 0.0, 1: 1.0, 2: 0.0}
    assert again.result == result.result


def test_a_probe_without_an_answer_is_an_error_of_that_probe(tmp_path: Path) -> None:
    """An item with too few answers is named."""
    task = read_task(write_task(tmp_path, choice_task()))
    with WorkerSession(task) as session:
        rendering = session.render()
        whole = prefer(rendering, "whole", lambda _, gold: gold)
        short = ProbeJob(name="short", items=whole.items, answers={**whole.answers, "t2": whole.answers["t2"][:1]})
        first, second = session.trial(rendering, [short, whole])

    assert first.error is not None
    assert "`t2`" in first.error.sentence
    assert second.error is None


FEWSHOT = MULTIPLE_CHOICE + "num_fewshot: 3\nfewshot_split: fewshot\n"


@pytest.mark.parametrize("sampler", ["", "fewshot_config: {sampler: first_n}\n"], ids=["drawn", "first"])
def test_few_shot_examples_come_in_another_order(tmp_path: Path, sampler: str) -> None:
    """Another order has the same examples in other places, the same each time; order 0 is the task as it is."""
    rows = [{"q": f"Example {number}", "c": ["x", "y"], "a": 0} for number in range(6)]
    task = read_task(write_task(tmp_path, choice_task(settings=FEWSHOT + sampler, splits={"fewshot": rows})))
    with WorkerSession(task) as session:
        usual, other, again, back = (session.render(order).requests[0].prompt_text for order in (0, 1, 1, 0))

    assert usual == back
    assert other == again != usual
    assert sorted(other.split("\n\n")) == sorted(usual.split("\n\n"))


def test_a_job_that_kills_its_worker_does_not_end_the_session(tmp_path: Path) -> None:
    """The next job gets a fresh process."""
    code = (
        "import os\ndef ask(doc):\n    return doc['q']\ndef grade(doc, results):\n"
        "    if results[0] == 'die':\n        os._exit(3)\n    return {'exact_match': 1.0}\n"
    )
    task = read_task(write_task(tmp_path, generate_task(settings=GRADED, filter="none", files={"hooks.py": code})))
    with WorkerSession(task) as session:
        rendering = session.render()
        with pytest.raises(BrokenResult, match="The trial step of `say` died with exit code 3"):
            session.trial(rendering, [say(rendering, "deadly", lambda _: ("die",))])
        (fine,) = session.trial(rendering, [say(rendering, "fine", lambda _: ("live",))])

    assert set(scores(fine, "exact_match,none").values()) == {1.0}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Task, TaskRendering, ProbeJob, ProbeResult]:
    """A probe and its honest result."""
    task = read_task(write_task(tmp_path_factory.mktemp("tried"), choice_task()))
    with WorkerSession(task) as session:
        rendering = session.render()
        probe = prefer(rendering, "oracle", lambda _, gold: gold)
        return task, rendering, probe, session.trial(rendering, [probe])[0]


@pytest.mark.parametrize("forged", [[], ["other"], ["oracle", "oracle"]], ids=["none", "another", "two"])
def test_results_of_other_probes_are_refused(
    tried: tuple[Task, TaskRendering, ProbeJob, ProbeResult], forged: list[str]
) -> None:
    """A trial run gives one result for each probe, in order."""
    _, rendering, probe, _ = tried

    with pytest.raises(BrokenResult, match="not of the probes"):
        check_trial([ProbeResult(name=name) for name in forged], [probe], rendering)


def test_grades_that_no_honest_worker_gives_become_the_probe_s_error(
    tried: tuple[Task, TaskRendering, ProbeJob, ProbeResult]
) -> None:
    """Missing items, an empty result and words that a terminal obeys: each ends as an error that can be printed."""
    _, rendering, probe, honest = tried
    assert honest.result is not None
    fewer = honest.result.model_copy(update={"items": honest.result.items[1:]})
    loud = WorkerError(sentence="\x1b[31mred", mend="\x1b[0m")

    (one,) = check_trial([ProbeResult(name="oracle", result=fewer)], [probe], rendering)
    (two,) = check_trial([ProbeResult(name="oracle")], [probe], rendering)
    (three,) = check_trial([ProbeResult(name="oracle", result=honest.result, error=loud)], [probe], rendering)
    (fine,) = check_trial([honest], [probe], rendering)

    assert one.error is not None
    assert "each item once" in one.error.sentence
    assert two.error is not None
    assert three.result is None
    assert three.error is not None
    assert "\x1b" not in three.error.sentence + three.error.mend
    assert fine == honest
