"""``commons run --variant``: listed, run in the sandbox, shown, and kept out of plans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import GENERATE, endpoint_entry, generate_task, write_pool
from tests.cli.running import commons
from tests.cli.test_run import MANY, echo
from tests.engines.fake_endpoint import FakeEndpoint


def test_variants_are_listed_by_name_and_title(tmp_path: Path) -> None:
    """Without a pool: every variant, its title, and where it means anything."""
    listed = commons("run", "--variant", "list", cwd=tmp_path)

    assert listed.code == 0, listed.err
    assert "format-9: The prompt in another format, number 9 of 9 that the seed draws for the task\n" in listed.out
    assert "fairness-gender: Women in the place of men: pronouns, kin and callings of the question (en only)\n" in (
        listed.out)
    assert len(json.loads(commons("run", "--variant", "list", "--json", cwd=tmp_path).out)) == 17


def test_unknown_variants_and_plans_are_refused(pool_folder: Path) -> None:
    """A plan holds canonical cells, and a name that is none is named."""
    write_pool(pool_folder, [generate_task()], endpoint_entry("http://127.0.0.1:9/v1"))
    planned = commons("run", "--plan", "plan.json", "--variant", "format", cwd=pool_folder)
    unknown = commons("run", "--model", "fake-endpoint", "--variant", "formats", cwd=pool_folder)

    assert (planned.code, "canonical cells only" in planned.err) == (2, True)
    assert (unknown.code, "There is no variant 'formats'." in unknown.err) == (2, True)


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
