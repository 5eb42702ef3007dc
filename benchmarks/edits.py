"""Requests sent after an edit: what the plan says beforehand, and what the run then sends.

A pool of a multiple-choice task of 100 items and a generation task, a model in this process that answers by rule, and
an endpoint on the loopback. Rendering and grading are the real ones; no weights are needed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import commons.engines.base as engines
from commons.evaluate.progress import Silent
from commons.evaluate.run import Run, RunRequest
from commons.harness.sandbox import Confinement, fault
from commons.harness.store import ResponseStore
from commons.plan.index import Index
from commons.plan.make import Planner, PlanRequest
from commons.plan.memo import Memo
from commons.plan.outlines import Outlines, rendering_maker
from commons.plan.plan import Plan
from commons.plan.stored import StoredAnswers
from commons.plan.watching import Nobody
from commons.pool.models import Model
from commons.pool.repository import Repository
from tests.builders import choice_task, endpoint_entry, generate_task, write_pool, write_task
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat
from tests.running import RuleEngine, by_length, still

ITEMS, WRITTEN = 100, 20
OWN = """\
  - id: {name}
    name: By rule
    family: Tests
    released: 2026-01-01
    context_length: 4096
    licence: MIT
    backend: hf
    weights: {{repository: made/{name}, revision: "1111111111111111111111111111111111111111"}}
    chat_template: false
    runs_on: [cpu]
"""
CHOICES = [{"q": f"The number after {n} is", "c": [str(n + 1 + (place - n) % 3) for place in range(3)], "a": n % 3}
           for n in range(ITEMS)]
QUESTIONS = [{"q": f"The number before {n + 1}", "a": str(n)} for n in range(WRITTEN)]
CONFINEMENT = Confinement.SANDBOX if fault() is None else Confinement.TRUST


class Bench:
    """The pool, its two kinds of model, and what reaches them."""

    def __init__(self, root: Path, base_url: str) -> None:
        self.served = endpoint_entry(base_url)
        self.pool = write_pool(root, [choice_task(rows=CHOICES), generate_task(rows=QUESTIONS)],
                               self.served + OWN.format(name="own"))
        self.engine = RuleEngine(by_length)
        self.versions = {"lm_eval": "0"}

    def kind(self, model: Model) -> engines.EngineKind:
        """The endpoint's own engine; the rule for whatever would run in this process."""
        if model.endpoint is not None:
            return engines.engine_kind(model)
        return engines.EngineKind("rule", None, lambda _: engines.Readiness(True), lambda: dict(self.versions),
                                  lambda _: self.engine)

    def plan(self) -> Plan:
        """Plan everything."""
        with mock.patch("commons.plan.stored.engine_kind", self.kind), Memo(self.pool.work / "plan.sqlite") as memo:
            outlines = Outlines(memo, rendering_maker(self.pool, CONFINEMENT), CONFINEMENT, time.time_ns)
            answers = StoredAnswers(self.pool.work / "responses.sqlite")
            known = self.pool.models()
            planner = Planner(outlines, Index(self.pool.ledger, memo, time.time_ns), answers, Nobody())
            planning = planner.plan(PlanRequest(self.pool.task_folders(), known, known))
            answers.close()
        assert not planning.broken_tasks, planning.broken_tasks[0].error
        return planning.plan

    def run(self) -> None:
        """Run everything."""
        tasks, _ = self.pool.tasks()
        with mock.patch("commons.evaluate.measuring.engine_kind", self.kind), \
                ResponseStore(self.pool.work / "responses.sqlite") as store:
            report = Run(self.pool, store, Silent(), still()).run(
                RunRequest(tasks, list(self.pool.models()), trust=CONFINEMENT is Confinement.TRUST))
        assert not report.errors, report.errors[0]


def another_harness(bench: Bench) -> None:
    """As if another version of the harness were installed: everywhere it is named, in this process."""
    bench.versions["lm_eval"] = "1"
    for name, module in list(sys.modules.items()):
        if name.startswith("commons.") and hasattr(module, "HARNESS_VERSION"):
            module.HARNESS_VERSION = "9.9.9"  # type: ignore[attr-defined]


def edits(pool: Repository, bench: Bench) -> list[tuple[str, object, tuple[int, int], str]]:
    """Each edit: its name, how to make it, what it must send (to this process, to the endpoint), and the reason."""
    root = pool.root
    one = [{**CHOICES[0], "q": "The number right after 0 is"}, *CHOICES[1:]]
    metric = choice_task(rows=one)
    metric.settings = metric.settings.replace("acc_norm", "acc_bytes")
    everything = 3 * ITEMS + WRITTEN
    models = root / "models.yaml"
    return [
        ("a README typo", lambda: (root / "tasks/pick/README.md").write_text("# Pick, mended\n"), (0, 0), ""),
        ("one item of 100", lambda: write_task(root, choice_task(rows=one)), (3, 0), "task changed"),
        ("a metric", lambda: write_task(root, metric), (0, 0), "task changed"),
        ("a new model", lambda: models.write_text(models.read_text() + OWN.format(name="newcomer")),
         (everything, 0), "new"),
        ("the harness's version", lambda: another_harness(bench), (2 * everything, 0), "protocol changed"),
    ]


def main() -> int:
    """Make each edit in turn; the exit code says whether each sent what it must."""
    asked: list[Asked] = []

    def reply(question: Asked) -> Reply:
        asked.append(question)
        return chat(str(question.body["messages"][-1]["content"]).split()[-1])

    wrong = 0
    with tempfile.TemporaryDirectory() as scratch, FakeEndpoint(reply) as server:
        bench = Bench(Path(scratch), server.base_url)
        bench.run()
        print(f"at first: {len(bench.engine.asked)} requests to the model in this process, "
              f"{len(asked)} to the endpoint")
        print(f"{'edit':<24}{'planned cells and reason':<34}{'planned':>9}{'sent here':>11}{'to endpoint':>13}"
              "  expected")
        for name, edit, expected, reason in edits(bench.pool, bench):
            edit()  # type: ignore[operator]
            bench.engine.asked.clear()
            asked.clear()
            plan = bench.plan()
            bench.run()
            sent = (len(bench.engine.asked), len(asked))
            reasons = sorted({cell.reason.value for cell in plan.cells})
            planned = sum(cell.requests for cell in plan.cells)
            good = sent == expected and planned == sum(sent) and reasons == ([reason] if reason else [])
            wrong += not good
            print(f"{name:<24}{f'{len(plan.cells)} cells, ' + (', '.join(reasons) or 'none'):<34}{planned:>9}"
                  f"{sent[0]:>11}{sent[1]:>13}  {expected[0]} and {expected[1]}: {'yes' if good else 'NO'}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
