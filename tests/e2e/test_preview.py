"""The preview of a pull request: the default branch's program and templates, and a stranger's files as data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import REPOSITORY_ROOT
from tests.e2e.act import available
from tests.publish.synthetic import SITE, Pool, model, rows

HOSTILE = "<script>alert(1)</script>"


def _job() -> dict[str, Any]:
    workflow = yaml.safe_load((REPOSITORY_ROOT / ".github" / "workflows" / "pr.yml").read_text(encoding="utf-8"))
    job: dict[str, Any] = workflow["jobs"]["preview"]
    return job


def _step(name: str) -> str:
    return next(str(step["run"]) for step in _job()["steps"] if step.get("name") == name)


def _run(line: str, folder: Path, **more: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", line], cwd=folder, capture_output=True, text=True,
                          check=False, env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", **more})
    assert done.returncode == 0, done.stderr


def test_the_preview_has_no_rights_and_the_default_branchs_program() -> None:
    """It may read and nothing else, is given no word of the pull request to run, and runs what it runs offline."""
    job = _job()
    program, change = (step["with"] for step in job["steps"] if "checkout" in step.get("uses", ""))
    assert job["permissions"] == {"contents": "read"}
    assert "github.token" not in str(job)
    assert (program["ref"], "path" in program) == ("${{ github.event.repository.default_branch }}", False)
    assert change["path"] == "change"
    lines = [line.strip() for step in job["steps"] for line in str(step.get("run", "")).splitlines()]
    assert not any("${{" in line for line in lines)
    ran = [line.split()[:4] for line in lines if " commons " in line]
    assert ran == [["ci/offline.sh", "commons", "site", "build"]]


@pytest.mark.skipif(bool(available()), reason=available())
def test_a_strangers_templates_and_store_do_not_reach_the_preview(tmp_path: Path) -> None:
    """Of the pull request the tasks count: its templates, its styles and what it says was kept are left aside."""
    shutil.copytree(REPOSITORY_ROOT / "ci", tmp_path / "ci", ignore=shutil.ignore_patterns("commons", "*.egg-info"))
    pool = Pool(tmp_path / "change")
    pool.models(model("alpha"))
    pool.task("sums", title=f"Sums {HOSTILE}")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    shutil.copytree(SITE, pool.root / "site")
    layout = pool.root / "site" / "templates" / "layout.html"
    layout.write_text(layout.read_text(encoding="utf-8").replace("Eval Commons", "FORGED"), encoding="utf-8")
    (pool.root / "site" / "static" / "site.js").write_text("FORGED", encoding="utf-8")
    (pool.root / ".commons" / "site").mkdir(parents=True)
    (pool.root / ".commons" / "secret").write_text("FORGED", encoding="utf-8")
    _run(_step("Build it, without a network"), tmp_path)

    preview = tmp_path / "preview"
    assert (preview / "static" / "site.js").read_bytes() == (SITE / "static" / "site.js").read_bytes()
    page = (preview / "t" / "sums.html").read_text(encoding="utf-8")
    assert "FORGED" not in page
    assert "Sums &lt;script&gt;" in page
    assert HOSTILE not in page
    assert (pool.root / ".commons" / "secret").read_bytes() != b"FORGED"


def test_the_summary_says_where_the_preview_is(tmp_path: Path) -> None:
    """It names the artifact, and which file to open."""
    _run(_step("Say where it is"), tmp_path, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    said = (tmp_path / "summary").read_text(encoding="utf-8")
    assert "`site-preview` from the artifacts of this run" in said
    assert "`index.html`" in said
    (kept,) = (step["with"] for step in _job()["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (kept["name"], kept["path"]) == ("site-preview", "preview")
