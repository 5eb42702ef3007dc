"""A real paired comparison: one published model with and without chain of thought, item by item, on six tasks.

The outputs (MIT) are read from a folder beside the repository and never copied into it; without them this is skipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from scipy.stats import binomtest

from tests.builders import REPOSITORY_ROOT, write_pool
from tests.cli.running import commons

OUTPUTS = Path(os.environ.get("COMMONS_TEST_DATA", REPOSITORY_ROOT.parent / "shared" / "data")) / "bbh_outputs"
#: The accuracies in percent that the authors published, with and without chain of thought.
PUBLISHED = {
    "boolean_expressions": (92.8, 88.4), "penguins_in_a_table": (79.45, 66.44), "object_counting": (93.2, 45.2),
    "logical_deduction_three_objects": (87.6, 52.8), "web_of_lies": (95.2, 51.6), "sports_understanding": (97.6, 72.8),
}
MODEL = "code-davinci-002"

pytestmark = pytest.mark.skipif(not OUTPUTS.is_dir(), reason="the published outputs are not beside the repository")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool into which the outputs of all six tasks were imported, both ways."""
    root = tmp_path_factory.mktemp("bbh")
    write_pool(root, [])
    for task in PUBLISHED:
        for how in ("cot", "direct"):
            done = commons(
                "import", str(OUTPUTS / f"{task}.jsonl"), "--task", f"bbh_{task}", "--model", MODEL, "--as", how,
                "--item", "item", "--score", f"{how}.correct", "--answer", f"{how}.answer", "--gold", "gold",
                "--measured", "2022-10-01", "--source", "https://github.com/suzgunmirac/BIG-Bench-Hard", cwd=root,
            )
            assert done.code == 0, done.err
    return root


def discordant(task: str) -> tuple[int, int]:
    """On how many items only one way is right: with chain of thought, and without."""
    lines = [json.loads(line) for line in (OUTPUTS / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [(line["cot"]["correct"], line["direct"]["correct"]) for line in lines]
    return pairs.count((True, False)), pairs.count((False, True))


def test_the_imported_accuracies_are_the_published_ones(pool: Path) -> None:
    """Recomputed from the rows, every accuracy equals the one that the authors printed."""
    for task, (cot, direct) in PUBLISHED.items():
        for how, accuracy in (("cot", cot), ("direct", direct)):
            file = pool / "results" / "cells" / f"bbh_{task}" / f"{MODEL}@external-{how}.json"
            metric = json.loads(file.read_text(encoding="utf-8"))["metrics"]["acc,none"]
            assert 100 * metric["value"] == pytest.approx(accuracy, abs=0.005), (task, how)


def test_the_comparison_says_for_which_tasks_the_difference_is_real(pool: Path) -> None:
    """Each p-value is McNemar's exact one; five differences stand after Holm's correction, one does not."""
    said = commons("compare", f"{MODEL}@external-cot", f"{MODEL}@external-direct", "--json", cwd=pool)

    assert said.code == 0, said.err
    found = {one["task"].removeprefix("bbh_"): one for one in json.loads(said.out)["tasks"]}
    assert set(found) == set(PUBLISHED)
    for task, one in found.items():
        more, fewer = discordant(task)
        difference = one["difference"]
        assert difference["p"] == pytest.approx(binomtest(more, more + fewer).pvalue, rel=1e-6), task
        assert 100 * difference["value"] == pytest.approx(PUBLISHED[task][0] - PUBLISHED[task][1], abs=0.01), task
    assert [task for task, one in sorted(found.items()) if one["p_adjusted"] > 0.05] == ["boolean_expressions"]


def test_imported_results_stay_out_of_what_nobody_asked_for(pool: Path) -> None:
    """Without the variant's name, or --external, there is nothing of our own to compare."""
    said = commons("compare", MODEL, f"{MODEL}-other", cwd=pool)

    assert said.code == 2
