"""`commons check`: lint and gates in one report, with nothing run of a task that lint refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.cli import _run
from commons.errors import Where
from commons.gates.base import Evidence, GateReport, GateState, Place
from commons.gates.check import CheckReport, Settings, Verdict, check
from commons.gates.render import FORMATS
from commons.gates.render.lines import worth_lines
from commons.gates.worth import Overlap, Power, Worth, cost_of
from commons.harness.sandbox import Confinement
from commons.lint.findings import Checked, Finding, Report
from commons.pool.repository import Repository
from commons.stats.power import best_case_difference, smallest_difference
from tests.builders import choice_task, write_pool
from tests.gates.tasks import at_first, choice_rows, choosing, own_grader

HOSTILE = "a|b @someone <b>x</b> [l](http://x.org) \u202e ::error::x \x1b[31m ##[error]y"


def report_of(*gates: GateReport, findings: tuple[Finding, ...] = ()) -> CheckReport:
    """A report by hand."""
    lint = Report(findings, (Checked("task", Path("tasks/one"), "4 items"),))
    return CheckReport("one", lint, gates, None, 4, 4, 1.0, trusted=False)


def gate(name: str, state: GateState, sentence: str = "It is so.", places: tuple[Place, ...] = ()) -> GateReport:
    """A gate's report by hand."""
    return GateReport(name, name, state, sentence, (Evidence("a number", 0.5, (0.4, 0.6), 10, 0.3, "x", 0.001, True),),
                      "Mend it.", places)


def finding(level: str) -> Finding:
    """A finding by hand."""
    return Finding("D001", level, "Wrong.", Where(Path("tasks/one/x")), "Mend.")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A pool with a good task."""
    return write_pool(tmp_path_factory.mktemp("pool"), [choosing()])


@pytest.fixture(scope="module")
def checked(pool: Repository) -> CheckReport:
    """The good task checked for real."""
    return check(pool.tasks_folder / "pick", pool)


def test_the_verdict_needs_lint_and_gates() -> None:
    """A lint or a failed gate is not ready, a gate that could not run says nothing, hints are no alarms."""
    good, bad = gate("oracle", GateState.PASSED), gate("null", GateState.FAILED)
    unknown = gate("copy", GateState.COULD_NOT_RUN)

    assert report_of(good, findings=(finding("hint"),)).verdict is Verdict.READY
    assert report_of(good, bad, unknown).sentence == "Not ready: the gate `null` failed."
    assert report_of(good, findings=(finding("lint"),)).sentence == "Not ready: 1 lint."
    assert report_of(good, bad, findings=(finding("lint"),)).sentence == "Not ready: 1 lint and the gate `null` failed."
    assert report_of(good, unknown).verdict is Verdict.CANNOT_SAY
    assert report_of(good, unknown).sentence.startswith("Cannot say: the gate `copy` could not run.")


def test_a_good_task_is_worth_something(checked: CheckReport) -> None:
    """Every gate ran, and the report says what the task can show and what it costs."""
    assert {one.state for one in checked.gates} == {GateState.PASSED, GateState.NOT_APPLICABLE}
    assert checked.worth is not None
    assert checked.worth.power is not None
    assert checked.worth.power.n == checked.items == checked.tried == 24
    assert checked.worth.difficulty is None
    assert checked.worth.artefact is not None
    assert any(one.why_not for one in checked.worth.costs)
    assert any(one.requests == 72 for one in checked.worth.costs)


@pytest.mark.parametrize(("items", "words"), [(3, "no difference smaller than the whole scale"), (100, "19.8 points")])
def test_no_difference_is_larger_than_the_scale(items: int, words: str) -> None:
    """Where the items are too few to show any difference, the report says so and names no share above one."""
    power = Power(items, smallest_difference(items), best_case_difference(items), 0.2)
    lines = dict(worth_lines(Worth(None, None, power, None, ())))

    assert words in lines["can show"]


def test_the_index_of_the_pool_is_passed_in(pool: Repository) -> None:
    """What shares items with the task is shown as whoever holds the index says."""
    settings = Settings(Confinement.TRUST, most=5, redundancy=lambda task, _: (Overlap(f"not_{task.name}", 0.25),))
    report = check(pool.tasks_folder / "pick", pool, settings)

    assert report.tried == 5
    assert "not_pick (25 % of the items)" in FORMATS["console"]([report])


def test_nothing_runs_of_a_task_that_lint_refuses(tmp_path: Path) -> None:
    """A hook that would leave a trace leaves none, and every gate says why it was not reached."""
    trace = tmp_path / "trace"
    hooks = f"open({str(trace)!r}, 'w').close()\n\ndef grade(doc, results):\n    return {{'right': 1.0}}\n"
    spec = own_grader(hooks)
    spec.settings += "no_such_key: 1\n"
    pool = write_pool(tmp_path / "pool", [spec])
    report = check(pool.tasks_folder / "own", pool, Settings(Confinement.TRUST))

    assert not trace.exists()
    assert {one.state for one in report.gates} == {GateState.COULD_NOT_RUN}
    assert all("Nothing of the task was run" in one.sentence for one in report.gates)
    assert report.verdict is Verdict.NOT_READY


@pytest.mark.parametrize("style", ["console", "markdown"])
def test_contributed_text_is_harmless(style: str) -> None:
    """Nothing in an item's id, a sentence or a path can format, call, colour or command."""
    place = Place(HOSTILE, Where(Path(f"tasks/one/{HOSTILE.replace('/', '')}"), 3), HOSTILE)
    shown = FORMATS[style]([report_of(gate("oracle", GateState.FAILED, HOSTILE, (place,)))])

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "##[error]" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
    if style == "markdown":
        assert "@someone" not in shown
        assert "<b>" not in shown
        assert "](http" not in shown


def test_the_formats_hold_the_evidence(checked: CheckReport) -> None:
    """JSON and Markdown give every number with its interval, limit and source; the console ends in the verdict."""
    document = json.loads(FORMATS["json"]([checked]))
    position = next(one for one in document["tasks"][0]["gates"] if one["name"] == "position")
    first = position["evidence"][0]

    assert document["tasks"][0]["verdict"] == "ready" or checked.lint.blocking
    assert first["n"] == 24
    assert first["interval"][0] < first["number"] < first["interval"][1]
    assert "Eval Commons ACCEPTANCE" in first["threshold_source"]
    assert first["threshold"] == pytest.approx(1 / 3 + 0.05)
    assert "always the first choice" in FORMATS["markdown"]([checked])
    assert FORMATS["console"]([checked]).rstrip().splitlines()[-1].startswith("  Verdict: ")


def test_the_command_says_not_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1 for a task that fails a gate, and the gate is named with what failed it."""
    bad = write_pool(tmp_path, [choosing("always", rows=at_first(choice_rows()))])
    code = _run(["check", "always", "--root", str(bad.root), "--trust"])
    shown = capsys.readouterr().out

    assert code == 1
    assert "FAILED   position" in shown
    assert "always the first choice" in shown


def test_the_command_needs_tasks_that_exist(pool: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a task, or with one that is not there, nothing is run."""
    assert _run(["check", "--root", str(pool.root)]) == 2
    assert _run(["check", "nothing", "--root", str(pool.root)]) == 2
    assert "Known tasks: pick" in capsys.readouterr().err


def test_a_gate_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The page of a gate is printed by its name."""
    assert _run(["check", "--explain", "oracle"]) == 0
    assert "## How to mend a failure" in capsys.readouterr().out


def test_a_model_costs_what_its_prompts_hold(tmp_path: Path) -> None:
    """Four characters for a token, the model's own price, and a reason where it cannot be asked."""
    from tests.gates.sessions import NearSession

    pool = write_pool(tmp_path, [choice_task()])
    tasks, _ = pool.tasks()
    rendering = NearSession(tasks[0]).render()
    models = {one.id: one for one in pool.models()}
    own = cost_of(rendering, models["smollm2-135m-instruct"])
    priced = cost_of(rendering, models["gpt-4.1-mini-2025-04-14"])

    assert (own.requests, own.tokens_out, own.dollars) == (12, 0, None)
    assert own.tokens_in == sum(-(-(len(one.prompt_text) + len(one.continuation or "")) // 4)
                                for one in rendering.needed("plain"))
    assert priced.why_not == "it gives no log-likelihoods"
