"""``commons run --variant`` and ``commons plan --variant``: listed, run in the sandbox, shown, planned, collected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.harness.sandbox import fault
from tests.builders import GENERATE, endpoint_entry, generate_task, write_pool
from tests.cli.running import commons
from tests.cli.test_run import MANY, echo
from tests.engines.fake_endpoint import FakeEndpoint


def test_variants_are_listed_by_name_and_title(tmp_path: Path) -> None:
    """Without a pool: every variant, its title, and where it means anything."""
    listed = commons("run", "--variant", "list", cwd=tmp_path)

    assert listed.code == 0, listed.err
    assert "format (9 variants)\n  format-1 to format-9: The prompt in other formats" in listed.out
    assert "robustness (5 variants)\n" in listed.out
    assert "  robustness-lowercase: The question in lower case.\n" in listed.out
    assert "callings of the question (English tasks only).\n" in " ".join(listed.out.split(" ")).replace(
        "English\n    tasks", "English tasks")
    assert len(json.loads(commons("run", "--variant", "list", "--json", cwd=tmp_path).out)) == 17


def test_variants_of_a_task_say_what_they_change(pool_folder: Path) -> None:
    """With a task named, each variant says what it does there, or why it cannot be."""
    write_pool(pool_folder, [generate_task()], endpoint_entry("http://127.0.0.1:9/v1"))
    listed = commons("run", "say", "--variant", "list", cwd=pool_folder)

    assert listed.code == 0, listed.err
    assert listed.out.startswith("say\n  format-1: ")
    assert "  fairness-names: " in listed.out


def test_unknown_variants_and_plans_are_refused(pool_folder: Path) -> None:
    """A plan says itself how tasks are put, and a name that is none is named; one cell is explained at a time."""
    write_pool(pool_folder, [generate_task()], endpoint_entry("http://127.0.0.1:9/v1"))
    planned = commons("run", "--plan", "plan.json", "--variant", "format", cwd=pool_folder)
    unknown = commons("run", "--model", "fake-endpoint", "--variant", "formats", cwd=pool_folder)

    missing = commons("plan", "--variant", "formats", cwd=pool_folder)
    several = commons("explain", "say", "fake-endpoint", "--variant", "format", cwd=pool_folder)

    assert (planned.code, "how the tasks are put" in planned.err) == (2, True)
    for ran in (unknown, missing):
        assert (ran.code, "There is no variant 'formats'." in ran.err) == (2, True)
    assert (several.code, "a kind of 9 variants" in several.err) == (2, True)


@pytest.mark.model
def test_a_hook_reads_the_varied_row_in_its_sandbox(pool_folder: Path) -> None:
    """The varied folder is rendered and graded by the same confined worker; the cell is shown by its variant."""
    hook = "def ask(doc):\n    return doc['q']\n"
    settings = GENERATE.replace('"{{q}}"', "!function hooks.ask")
    with FakeEndpoint(echo) as server:
        pool = write_pool(pool_folder, [generate_task(rows=MANY[:4], settings=settings, files={"hooks.py": hook})],
                          endpoint_entry(server.base_url))
        ran = commons("run", "--model", "fake-endpoint", "--variant", "robustness-spaces", "--variant", "format-1",
                      "--json", cwd=pool_folder)
        asked = [str(one.body["messages"][-1]["content"]) for one in server.asked]
    cells = {one["variant"]: one for one in json.loads(ran.out)["cells"]}
    shown = commons("show", "say", "fake-endpoint@robustness-spaces", cwd=pool_folder)

    assert ran.code == 0, ran.err
    assert any("  " in one for one in asked)
    assert {" ".join(one.split()) for one in asked} == {row["q"] for row in MANY[:4]}
    assert cells["robustness-spaces"]["metrics"]["exact_match,word"]["value"] == 1.0
    assert cells["format-1"]["reason"] == "Its prompt is made by a hook and not by a template."
    assert shown.out.startswith("say on fake-endpoint@robustness-spaces: exact_match,word 100")
    assert pool.ledger.rendered("say") is None


@pytest.mark.model
def test_a_variant_goes_from_a_plan_to_the_ledger(pool_folder: Path) -> None:
    """Planned, run as a shard, collected, explained: a hook's code runs in the sandbox alone, and the rest is named."""
    hook = "def ask(doc):\n    return doc['q']\n"
    settings = GENERATE.replace('"{{q}}"', "!function hooks.ask")
    names = ("--variant", "robustness-spaces", "--variant", "format-1")
    trust = ("--trust",) if fault() else ()
    with FakeEndpoint(echo) as server:
        pool = write_pool(pool_folder, [generate_task(rows=MANY[:4], settings=settings, files={"hooks.py": hook})],
                          endpoint_entry(server.base_url))
        planned = commons("plan", "--endpoints", *names, "--output", "plan.json", "--summary", "summary.md", *trust,
                          cwd=pool_folder)
        ran = commons("run", "--plan", "plan.json", "--shard", "1", "--output", "shards", *trust, cwd=pool_folder)
    early = commons("explain", "say", "fake-endpoint", "--variant", "robustness-spaces", *trust, cwd=pool_folder)
    collected = commons("collect", "--plan", "plan.json", "shards", "--json", cwd=pool_folder)
    again = commons("plan", "--endpoints", *names, *trust, cwd=pool_folder)
    explained = commons("explain", "say", "fake-endpoint", "--variant", "robustness-spaces", *trust, cwd=pool_folder)
    cannot = commons("explain", "say", "fake-endpoint", "--variant", "format-1", *trust, cwd=pool_folder)

    assert (planned.code, ran.code, collected.code) == (0, 0, 0), planned.err + ran.err + collected.err
    summary = (pool_folder / "summary.md").read_text()
    assert "- robustness-spaces: 1 cell\n" in summary
    assert "Its prompt is made by a hook and not by a template. (fake-endpoint@format-1)" in summary
    assert [(one["variant"], one["state"]) for one in json.loads(collected.out)["cells"]] == [
        ("robustness-spaces", "written")]
    assert [path.name for path in pool.ledger.cell_paths()] == ["fake-endpoint@robustness-spaces.json"]
    assert "0 cells to run, 1 up to date, 1 inapplicable." in again.out
    assert early.out.startswith("say on fake-endpoint@robustness-spaces (chat form)\nstored: nothing\nto be run: new;")
    assert "up to date: it holds today's key" in explained.out
    assert (cannot.code, "The task `say` cannot be put as format-1. Its prompt" in cannot.err) == (2, True)
