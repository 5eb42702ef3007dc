"""``commons plan`` as a person and as a workflow use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from commons.harness.sandbox import fault
from commons.plan.planfile import read_plan
from tests.builders import choice_task, endpoint_entry, generate_task, write_pool
from tests.cli.running import Ran, commons, environment

pytestmark = pytest.mark.model

MODELS = endpoint_entry("http://127.0.0.1:9/v1") + """\
  - id: own
    name: Own
    family: Tests
    released: 2026-01-01
    context_length: 4096
    parameters: 100000000
    licence: MIT
    backend: hf
    weights: {repository: made/own, revision: "1111111111111111111111111111111111111111"}
    chat_template: false
    runs_on: [cpu]
  - id: large
    name: Large
    family: Tests
    released: 2026-01-01
    context_length: 4096
    licence: MIT
    backend: hf
    weights: {repository: made/large, revision: "2222222222222222222222222222222222222222"}
    chat_template: false
    runs_on: [cuda]
"""


def plan(pool: Path, *arguments: str) -> Ran:
    """Run ``commons plan``."""
    return commons("plan", *arguments, *trusted(), cwd=pool)


def trusted() -> tuple[str, ...]:
    """The option for a machine that can have no sandbox."""
    return ("--trust",) if fault() is not None else ()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of two tasks and three models that nothing was measured on."""
    folder = tmp_path_factory.mktemp("pool")
    write_pool(folder, [choice_task(), generate_task()], MODELS)
    plan(folder)
    return folder


def test_a_plan_counts_costs_and_says_how_to_go_on(pool: Path) -> None:
    """Reasons, requests, time, shards, what is inapplicable and why, and the next command; money waits to be asked."""
    ran = plan(pool)

    assert ran.code == 0, ran.err
    for words in ("2 cells to run, 0 up to date, 2 inapplicable.", "new  2", "requests", "shards",
                  "2 x the model runs on cuda, and this plan is for cpu and endpoint (large)",
                  "Not asked for, because they cost money: fake-endpoint", "Next: commons plan --output plan.json"):
        assert words in ran.out


def test_money_is_planned_only_when_asked_for(pool: Path) -> None:
    """An endpoint is planned with --endpoints or by name; what it cannot do is named."""
    for options in (("--endpoints", "--json"), ("--model", "fake-endpoint", "--json")):
        content = json.loads(plan(pool, *options).out)
        assert ["say", "fake-endpoint"] in [cell[:2] for cell in content["cells"]]
        assert ["pick", "fake-endpoint"] in [one[:2] for one in content["inapplicable"]]


def test_the_plan_file_is_the_json_and_the_matrix_names_its_shards(pool: Path, tmp_path: Path) -> None:
    """--output writes what --json prints, another machine can read it, and --matrix is one line of JSON."""
    path = tmp_path / "plan.json"

    printed = plan(pool, "--json", "--output", str(path))
    matrix = plan(pool, "--matrix")

    assert path.read_text() == printed.out
    assert len(read_plan(path).cells) == 2
    assert matrix.out == '{"shard": [1]}\n'


@pytest.mark.parametrize(("output", "words"), [("--markdown", "2 cells to run"), ("--json", '["pick", "own"')])
def test_a_plan_from_memos_loads_neither_the_harness_nor_torch(pool: Path, output: str, words: str) -> None:
    """They take seconds to import, and a plan of what did not change needs neither."""
    plan(pool, output)
    code = (
        "import sys\nfrom commons.cli import cli\n"
        "assert cli.main(['plan', *sys.argv[1:]], standalone_mode=False) == 0\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'lm_eval', 'torch', 'transformers', 'datasets', 'numpy', 'scipy'}))"
    )

    done = subprocess.run([sys.executable, "-c", code, output, *trusted()], cwd=pool, env=environment(),
                          capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert words in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_plan_for_gpus_plans_what_needs_them(pool: Path) -> None:
    """--on cuda leaves processors out, and says so."""
    content = json.loads(plan(pool, "--on", "cuda", "--json").out)

    assert {cell[1] for cell in content["cells"]} == {"large"}
    assert {one[1] for one in content["inapplicable"]} == {"own"}


def test_a_budget_lists_what_it_leaves_out(pool: Path) -> None:
    """Nothing fits into no time, and every cell is named as left out."""
    ran = plan(pool, "--budget", "0h", "--markdown")

    assert ran.code == 0
    assert ran.out.startswith("## Plan\n")
    assert "0 cells to run" in ran.out
    assert "2 left out by the budget" in ran.out
    assert "- pick on own (new)" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("nothing",), "no task `nothing`"), (("--model", "nobody"), "no model `nobody`"),
     (("--suite", "none"), "no suite `none`"), (("--budget", "much"), "`much` is no budget"),
     (("--shards", "257"), "--shards"), (("--json", "--matrix"), "--matrix")],
)
def test_what_cannot_be_planned_ends_with_2(pool: Path, arguments: tuple[str, ...], words: str) -> None:
    """A wrong name or amount is a sentence and exit code 2."""
    ran = plan(pool, *arguments)

    assert ran.code == 2
    assert words in ran.err


def test_a_broken_task_is_named_and_the_others_are_planned(pool_folder: Path) -> None:
    """Its file, line and mend on standard error, exit code 1, and a plan of the rest."""
    write_pool(pool_folder, [generate_task(), generate_task("broken")], MODELS)
    config = pool_folder / "tasks" / "broken" / "broken.yaml"
    config.write_text(config.read_text().replace("doc_to_text", "doc_to_txt"))

    ran = plan(pool_folder, "--json")

    assert ran.code == 1
    assert "broken is not planned" in ran.err
    assert "broken.yaml" in ran.err
    assert {cell[0] for cell in json.loads(ran.out)["cells"]} == {"say"}
