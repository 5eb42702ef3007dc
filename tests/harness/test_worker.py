"""Workers run contributed code: what hostile or careless code there cannot do, and what its results cannot claim."""

from __future__ import annotations

import importlib.util
import py_compile
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from commons.errors import BrokenResult, CommonsError
from commons.harness.checks import check_rendering, check_scores
from commons.harness.rendering import FilterFacts, ItemRendering, MetricFacts, TaskRendering
from commons.harness.requests import Answer, Request
from commons.harness.sandbox import Confinement
from commons.harness.scoring import ScoredItem, ScoreJob, ScoreResult
from commons.harness.session import WorkerSession, render_task, score_task
from commons.harness.trial import ProbeJob
from commons.harness.worker import _never_run_bytecode_below
from commons.pool.task import Task, read_task
from tests.builders import GENERATE, QUESTION_ROWS, choice_task, generate_task, write_task

pytestmark = pytest.mark.model

ASK = GENERATE.replace('"{{q}}"', "!function hooks.ask")


def hooked(root: Path, code: str) -> Task:
    """A generation task whose prompt is made by ``code``."""
    return read_task(write_task(root, generate_task(settings=ASK, files={"hooks.py": code})))


def test_planted_bytecode_is_not_run_in_the_place_of_the_hook(tmp_path: Path) -> None:
    """What a person reads in hooks.py is what runs, and no bytecode is written into the folder."""
    task = hooked(tmp_path, "def ask(doc):\n    return 'honest ' + doc['q']\n")
    evil = tmp_path / "evil.py"
    evil.write_text("def ask(doc):\n    return 'EVIL'\n")
    cached = Path(importlib.util.cache_from_source(str(task.folder / "hooks.py")))
    cached.parent.mkdir()
    py_compile.compile(str(evil), cfile=str(cached), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)

    rendering = render_task(task)

    assert rendering.requests[0].prompt_text.startswith("honest")
    assert [path.name for path in cached.parent.iterdir()] == [cached.name]


def test_one_process_can_take_in_more_tasks_than_python_allows_calls_within_calls(tmp_path: Path) -> None:
    """Each task adds a folder to one rule; it does not wrap the loader once more."""
    for number in range(sys.getrecursionlimit() + 100):
        _never_run_bytecode_below(tmp_path / str(number))
    module = tmp_path / "0" / "plain.py"
    module.parent.mkdir()
    module.write_text("answer = 42\n")

    assert SourceFileLoader("plain", str(module)).get_code("plain") is not None


def test_a_process_that_a_hook_leaves_behind_is_ended(tmp_path: Path) -> None:
    """A child of a trusted worker neither outlives it nor holds up the run; for the sandbox see test_sandbox."""
    note = tmp_path / "pid"
    code = (
        "import subprocess\n"
        f"child = subprocess.Popen(['sleep', '300'])\nopen({str(note)!r}, 'w').write(str(child.pid))\n"
        "def ask(doc):\n    return doc['q']\n"
    )
    render_task(hooked(tmp_path, code), Confinement.TRUST)

    pid = int(note.read_text())
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except FileNotFoundError:
            break
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child still runs")


def test_templates_are_rendered_in_a_sandbox(tmp_path: Path) -> None:
    """A template that joins the names of Python's inner objects at run time reaches none of them."""
    text = "{% set u = '_' ~ '_' %}{{ ''[u ~ 'class' ~ u][u ~ 'mro' ~ u][1][u ~ 'subclasses' ~ u]() }}"
    settings = GENERATE.replace('"{{q}}"', f'"{text}"')

    with pytest.raises(CommonsError, match="SecurityError"):
        render_task(read_task(write_task(tmp_path, generate_task(settings=settings))))


def test_items_that_change_between_two_readings_are_refused(tmp_path: Path) -> None:
    """A process_docs that shuffles by a state of its own would pair prompts with other items' golds."""
    code = "import random\nR = random.Random(7)\ndef mix(docs):\n    return docs.shuffle(seed=R.randrange(10**6))\n"
    settings = choice_task().settings + "process_docs: !function hooks.mix\n"

    with pytest.raises(CommonsError, match="not the same when they are read twice"):
        render_task(read_task(write_task(tmp_path, choice_task(settings=settings, files={"hooks.py": code}))))


def test_chance_and_hashes_are_the_same_in_every_worker(tmp_path: Path) -> None:
    """Drawing at random and joining a set give the same prompts each time."""
    code = (
        "import random\ndef ask(doc):\n"
        "    return doc['q'] + ' '.join({'red', 'green', 'blue', 'white'}) + str(random.random())\n"
    )
    task = hooked(tmp_path, code)

    assert render_task(task).task_hash == render_task(task).task_hash


def test_a_file_that_a_hook_reads_is_part_of_the_hash(tmp_path: Path) -> None:
    """Whatever lies beside a hook may decide what it does."""
    code = "def ask(doc):\n    return doc['q']\n"
    first = render_task(hooked(tmp_path / "a", code))
    task = hooked(tmp_path / "b", code)
    (task.folder / "key.json").write_text("{}")

    assert render_task(task).task_hash != first.task_hash


#: A hook that puts itself in the place of the worker's own ``json.dumps`` and changes what the worker says.
LIAR = """
import json, sys
main = sys.modules["__main__"]
class Liar:
    loads = json.loads
    def dumps(self, outcome, **how):
        found = outcome.get("result") or {{}}
        if "requests" in found:
            found["hooks_sha256"] = "0" * 64
            found["own_grader"] = False
            for item in found["items"]:
                item["content_sha256"] = "0" * 64
        for probe in found.get("probes", []):
            for item in probe["result"]["items"]:
                item["statistics"] = dict.fromkeys(item["statistics"], float("oracle" in probe["name"]))
        return json.dumps(outcome, **how)
main.json = Liar()
def ask(doc):
    return doc["q"]
def grade(doc, results):
    return {{"exact_match": 1.0}}
# {note}
"""
OWN = ASK.split("filter_list")[0] + (
    "process_results: !function hooks.grade\nmetric_list:\n"
    "  - {metric: exact_match, aggregation: mean, higher_is_better: true}\n"
)


def lying(root: Path, note: str, **changes: object) -> Task:
    """A task whose hook lies about itself, with a note that changes its source."""
    files = {"hooks.py": LIAR.format(note=note)}
    return read_task(write_task(root, generate_task(settings=OWN, filter="none", files=files, **changes)))


def test_a_hook_cannot_say_that_it_is_another_one(tmp_path: Path) -> None:
    """Source and rows are read outside of the worker: an edit of either changes the hash, whatever the worker says."""
    first = render_task(lying(tmp_path / "a", "one"))
    edited = render_task(lying(tmp_path / "b", "two"))
    noted = render_task(lying(tmp_path / "c", "one", rows=[{**row, "note": "new"} for row in QUESTION_ROWS]))
    again = render_task(lying(tmp_path / "d", "one"))

    assert first.hooks_sha256 not in {None, "0" * 64}
    assert len({first.task_hash, edited.task_hash, noted.task_hash}) == 3
    assert again.task_hash == first.task_hash
    assert first.own_grader


def test_only_the_row_that_changed_changes_its_item(tmp_path: Path) -> None:
    """Each item has the digest of its own row, and rows in another order have the same hash."""
    rows = [{"id": str(number), **row} for number, row in enumerate(QUESTION_ROWS)]
    first = render_task(lying(tmp_path / "a", "", rows=rows))
    second = render_task(lying(tmp_path / "b", "", rows=[*rows[:-1], {**rows[-1], "id": "9", "note": "new"}]))
    turned = render_task(lying(tmp_path / "c", "", rows=rows[::-1]))

    same = [one.content_sha256 == two.content_sha256 for one, two in zip(first.items, second.items, strict=True)]
    assert same == [True] * (len(rows) - 1) + [False]
    assert turned.task_hash == first.task_hash


def test_a_grader_cannot_tell_the_right_answers_by_the_name_of_their_probe(tmp_path: Path) -> None:
    """The worker is given names that say nothing, and the results come back under the probes' own."""
    with WorkerSession(lying(tmp_path, "")) as session:
        rendering = session.render()
        answers = {item.id: (Answer(text="x"),) for item in rendering.items}
        probes = [ProbeJob(name=name, items=tuple(answers), answers=answers) for name in ("oracle", "empty")]
        found = session.trial(rendering, probes)

    assert [one.name for one in found] == ["oracle", "empty"]
    assert {item.statistics["exact_match,none"] for one in found if one.result for item in one.result.items} == {0.0}


def test_a_forged_result_without_the_harness_numbers_is_refused(tmp_path: Path) -> None:
    """A hook that writes the result file, says that it is done and leaves cannot switch the parity check off."""
    forged = '{"result": {"items": [], "harness": []}}'
    code = (
        "import contextlib, os, sys\ndef ask(doc):\n    return doc['q']\n"
        f"def grade(doc, results):\n    open(sys.argv[-1], 'w').write({forged!r})\n"
        "    for channel in range(3, 20):\n        with contextlib.suppress(OSError):\n"
        "            os.write(channel, b'job 1\\n')\n    os._exit(0)\n"
    )
    settings = ASK + "process_results: !function hooks.grade\n"
    task = read_task(write_task(tmp_path, generate_task(settings=settings, files={"hooks.py": code})))
    rendering = render_task(task)
    answers = {request.digest: Answer(text="x") for request in rendering.requests}
    job = ScoreJob(form="plain", answers=answers, items=tuple(item.id for item in rendering.items))

    with pytest.raises(BrokenResult, match="does not grade each item once"):
        score_task(task, rendering, job)


def rendering(**changes: object) -> TaskRendering:
    """A rendering of two items."""
    items = tuple(ItemRendering(id=name, cluster=None, choices=None, gold="g", plain=(place,),
                                chat=(place,)) for place, name in enumerate(("a", "b")))
    requests = tuple(Request(kind="generate_until", prompt=name) for name in ("a", "b"))
    values: dict[str, object] = {
        "task": "say", "output_type": "generate_until", "num_fewshot": 0, "repeats": 1, "generation": {},
        "metrics": (MetricFacts(name="m", aggregation="mean", higher_is_better=True, arguments={}),),
        "filters": (FilterFacts(name="none", steps=[], per_answer=True),), "hooks_sha256": None,
        "requests": requests, "items": items, **changes,
    }
    return TaskRendering.model_validate(values)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"task": "other"}, "another task's"), ({"items": ()}, "no items"), ({"requests": ()}, "what is not there"),
        ({"items": rendering().items * 2}, "used twice"), ({"metrics": ()}, "no metric"),
        ({"metrics": (MetricFacts(name="m", aggregation="magic", higher_is_better=True, arguments={}),)}, "unknown"),
        ({"items": (rendering().items[0].model_copy(update={"plain": ()}),)}, "asks nothing"),
        ({"items": (rendering().items[0],)}, "nobody asks a request"),
        ({"items": [rendering().items[0].model_copy(update={"id": str(n)}) for n in range(9)]}, "more items than"),
        ({"items": (rendering().items[0].model_copy(update={"plain": (0,) * 3000}),)}, "asks too often"),
        ({"items": (rendering().items[0].model_copy(update={"id": "x" * 1000}),)}, "name is too long"),
        ({"metrics": rendering().metrics * 100}, "more metrics or filters"), ({"repeats": 10**9}, "other repeats"),
    ],
)
def test_a_rendering_that_no_honest_worker_gives_is_refused(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    """Each fault is named; the rendering they are made from passes."""
    task = read_task(write_task(tmp_path, generate_task()))
    check_rendering(rendering(), task)

    with pytest.raises(BrokenResult, match=words):
        check_rendering(rendering(**changes), task)


GOOD = (ScoredItem(item="a", repeat=0, statistics={"m,none": 1.0}),
        ScoredItem(item="b", repeat=0, statistics={"m,none": 0.0}))


@pytest.mark.parametrize(
    ("items", "harness", "words"),
    [
        (GOOD[:1], ({"m,none": 1.0},), "each item once"),
        ((*GOOD, GOOD[0]), ({"m,none": 0.7},), "each item once"),
        ((GOOD[0], GOOD[1].model_copy(update={"item": "c"})), ({"m,none": 0.5},), "each item once"),
        ((GOOD[0], GOOD[1].model_copy(update={"statistics": {"x,none": 1.0}})), ({"m,none": 0.5},), "other metrics"),
        ((GOOD[0], GOOD[1].model_copy(update={"statistics": {"m,none": float("inf")}})), ({"m,none": 1.0},), "finite"),
        ((GOOD[0], GOOD[1].model_copy(update={"statistics": {"m,none": 1e308}})), ({"m,none": 1.0},), "all measure"),
        (GOOD, (), "own numbers are missing"), (GOOD, ({"x,none": 0.5},), "own numbers are missing"),
    ],
)
def test_grades_that_no_honest_worker_gives_are_refused(
    items: tuple[ScoredItem, ...], harness: tuple[dict[str, float], ...], words: str
) -> None:
    """Items that are missing, doubled or invented, other columns, and missing parity numbers are each named."""
    job = ScoreJob(form="plain", answers={}, items=("a", "b"))
    check_scores(ScoreResult(items=GOOD, harness=({"m,none": 0.5},)), job, rendering())

    with pytest.raises(BrokenResult, match=words):
        check_scores(ScoreResult(items=items, harness=harness), job, rendering())


def test_workers_leave_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scratch home of a worker is gone when it ends."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    render_task(read_task(write_task(tmp_path, choice_task())))

    assert list((tmp_path / "scratch").iterdir()) == []
