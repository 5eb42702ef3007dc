"""Attacks on what judges: workflows, actions, scripts, the program and its owners, edited in the pull request."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.hostile.attack import AUTHOR, Place, attack
from tests.e2e.hostile.material import config, good, mischief, replace
from tests.e2e.hostile.reports import perfect

_FORGING = """\
name: pr
on:
  pull_request:
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "::set-output name=tasks::1"
  trial:
    runs-on: ubuntu-24.04
    permissions: write-all
    steps:
      - shell: bash
        run: |
          mkdir -p trial
          cat > trial/report.json <<'REPORT'
          {report}
          REPORT
          sed -i "s/HEAD_SHA/${{{{ github.event.pull_request.head.sha }}}}/" trial/report.json
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with:
          name: trial
          path: trial/report.json
"""


def _forge(clone: Path, task: Path | None) -> None:
    report = perfect(task, "HEAD_SHA").replace("\n", " ")
    (clone / ".github" / "workflows" / "pr.yml").write_text(_FORGING.format(report=report), encoding="utf-8")


@attack("failure", "are changed together", workflow=True)
def a_workflow_that_reports_by_itself(clone: Path, place: Place) -> None:
    """pr.yml is edited: it tries nothing and uploads a perfect report on a task that is broken."""
    folder = good(clone)
    replace(config(folder), "doc_to_target: answer", "doc_to_target: 0")
    _forge(clone, folder)


@attack("pending", "A maintainer decides", workflow=True)
def only_a_workflow(clone: Path, place: Place) -> None:
    """Only pr.yml is edited, so that the next trial would be forged."""
    _forge(clone, None)


@attack("pending", "A maintainer decides")
def another_workflow(clone: Path, place: Place) -> None:
    """New workflows: one called as ours is, one that runs with secrets on every pull request."""
    for name, called in (("a", "pr"), ("b", "pr-comment"), ("c", "eval-commons/check")):
        (clone / ".github" / "workflows" / f"{name}.yml").write_text(
            f"name: {called}\non: [pull_request_target, workflow_run]\njobs:\n  a:\n    runs-on: ubuntu-24.04\n"
            "    steps:\n      - run: echo ${{ toJSON(secrets) }}\n", encoding="utf-8")


@attack("pending", "A maintainer decides")
def an_edited_judge(clone: Path, place: Place) -> None:
    """pr-comment.yml is edited: it sets a success for everything."""
    path = clone / ".github" / "workflows" / "pr-comment.yml"
    replace(path, "commons github comment", f"touch {place.marker}; echo commons github comment")


@attack("failure", "are changed together")
def an_edited_set_up(clone: Path, place: Place) -> None:
    """The action that sets the machine up is edited, beside a task."""
    good(clone)
    path = clone / ".github" / "actions" / "setup" / "action.yml"
    replace(path, "  steps:\n", f"  steps:\n    - shell: bash\n      run: touch {place.marker}\n")


@attack("failure", "are changed together")
def an_edited_program(clone: Path, place: Place) -> None:
    """The program, its scripts and its settings are edited: each does everything as soon as it is loaded."""
    good(clone)
    for name in ("ci/commons/__init__.py", "ci/commons/cli/__init__.py", "ci/commons/harness/worker.py"):
        path = clone / name
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{mischief(place)}\neverything()\n", encoding="utf-8")
    for name in ("ci/fetch-head.sh", "ci/offline.sh", "ci/install.sh", "Makefile"):
        (clone / name).write_text(f"#!/bin/sh\ntouch {place.marker}\n", encoding="utf-8")
    (clone / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p evil'\n", encoding="utf-8")


@attack("pending", "A maintainer decides")
def oneself_as_maintainer(clone: Path, place: Place) -> None:
    """MAINTAINERS and CODEOWNERS name the author for everything, beside an honest task."""
    good(clone)
    (clone / "MAINTAINERS").write_text(f"@{AUTHOR}\n", encoding="utf-8")
    (clone / ".github" / "CODEOWNERS").write_text(f"* @{AUTHOR}\n", encoding="utf-8")


@attack("failure")
def templates_of_the_site(clone: Path, place: Place) -> None:
    """The site's templates are edited, beside a task: a script, and a walk to Python."""
    good(clone)
    for path in sorted((clone / "site").rglob("*.html")):
        path.write_text("<script>alert(1)</script>{{ cycler.__init__.__globals__.os.popen('touch "
                        f"{place.marker}') }}}}", encoding="utf-8")
    (clone / "site" / "evil.html").write_text("<script>alert(1)</script>", encoding="utf-8")
