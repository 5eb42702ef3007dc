"""``commons demo``: the whole way, on the real model."""

import json
import shutil
from pathlib import Path

import pytest

from tests.builders import REPOSITORY_ROOT
from tests.cli.running import commons


@pytest.mark.model
def test_the_demo_goes_the_whole_way_and_a_second_one_reuses_it(tmp_path: Path) -> None:
    """From a clone: an example task is measured and stands on the site; the second time no answer is asked again."""
    for name in ("tasks", "results", "site"):
        shutil.copytree(REPOSITORY_ROOT / name, tmp_path / name)
    shutil.copyfile(REPOSITORY_ROOT / "models.yaml", tmp_path / "models.yaml")

    first = commons("demo", cwd=tmp_path)
    second = commons("demo", "--json", cwd=tmp_path)

    assert first.code == 0, first.err
    assert "household_tools on smollm2-135m-instruct: acc" in first.out
    assert first.out.count("gold:") == 3
    assert "items" in first.err
    site = tmp_path / ".commons" / "demo" / "_site"
    assert str(site / "index.html") in first.out
    assert "household_tools" in (site / "index.html").read_text(encoding="utf-8")
    assert "Everyday physics" in (site / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "tasks").iterdir()) == sorted(
        path.name for path in (REPOSITORY_ROOT / "tasks").iterdir()
    )
    found = json.loads(second.out)
    assert (second.code, found["requests_sent"], found["answers_reused"]) == (0, 0, 128)
