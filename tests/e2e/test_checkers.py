"""The workflows pass the checkers, and the checkers find what is planted: a check that cannot fail proves nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders import REPOSITORY_ROOT
from tests.e2e.act import ACTIONS

WORKFLOWS = REPOSITORY_ROOT / ".github" / "workflows"
PLANTED = Path(__file__).parent / "planted"
BIN = Path(sys.executable).parent
_USES = re.compile(r"(?m)^ *(?:- )?uses: (?P<action>\S+)(?P<rest>.*)$")

needs_checkers = pytest.mark.skipif(
    not (BIN / "zizmor").exists() or not (BIN / "actionlint").exists(), reason="zizmor or actionlint is not installed",
)


def _zizmor(folder: Path) -> set[str]:
    """The names of what zizmor finds in a repository."""
    done = subprocess.run([BIN / "zizmor", "--offline", "--persona=pedantic", "--format=json", "--quiet", "."],
                          cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return {str(one["ident"]) for one in json.loads(done.stdout)}


def _actionlint(folder: Path) -> list[str]:
    """What actionlint, with shellcheck, finds in a repository, each in a line."""
    done = subprocess.run([BIN / "actionlint", "-oneline", "-no-color", "-shellcheck", str(BIN / "shellcheck")],
                          cwd=folder, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()


def _repository(folder: Path, workflow: Path) -> Path:
    """A repository of which one workflow is all there is."""
    target = folder / ".github" / "workflows"
    target.mkdir(parents=True)
    shutil.copy2(workflow, target / "workflow.yml")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


@needs_checkers
def test_zizmor_finds_nothing() -> None:
    """No finding of any severity stands, with the strictest persona."""
    assert _zizmor(REPOSITORY_ROOT) == set()


@needs_checkers
def test_actionlint_finds_nothing() -> None:
    """Syntax, expressions, labels, needs and the shell in the workflows are in order."""
    assert _actionlint(REPOSITORY_ROOT) == []


@needs_checkers
def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    """The scripts that workflows and the Makefile call are in order too."""
    scripts = sorted((REPOSITORY_ROOT / "ci").glob("*.sh"))
    done = subprocess.run([BIN / "shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert scripts
    assert done.stdout == ""


@needs_checkers
@pytest.mark.parametrize("path", sorted(PLANTED.glob("*.yml")), ids=lambda path: path.stem)
def test_what_is_planted_is_found(path: Path, tmp_path: Path) -> None:
    """Each planted workflow names in its first line what must be found in it, and by which checker."""
    checker, expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(": ", 1)
    folder = _repository(tmp_path, path)
    if checker == "zizmor":
        assert expected in _zizmor(folder)
    else:
        assert any(expected in line for line in _actionlint(folder)), _actionlint(folder)


def test_every_ignore_says_why() -> None:
    """A finding is set aside in the file where it stands, with a reason, or in the configuration with a comment."""
    ignores = [line.strip() for path in _written()
               for line in path.read_text(encoding="utf-8").splitlines() if "zizmor: ignore" in line]
    assert ignores
    for line in ignores:
        assert re.search(r"zizmor: ignore\[[a-z-]+\] \w+( \S+){4,}", line), line
    text = (REPOSITORY_ROOT / ".github" / "zizmor.yml").read_text(encoding="utf-8")
    for rule in yaml.safe_load(text)["rules"]:
        assert re.search(rf"  {rule}:\n    # .{{20}}", text), rule


@needs_checkers
def test_no_ignore_is_stale(tmp_path: Path) -> None:
    """Without its ignores the repository has exactly the findings that they set aside."""
    shutil.copytree(REPOSITORY_ROOT / ".github", tmp_path / ".github")
    shutil.copytree(ACTIONS, tmp_path / "actions")
    (tmp_path / ".github" / "zizmor.yml").unlink()
    named = set()
    for path in tmp_path.rglob("*.yml"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"zizmor: ignore\[([a-z-]+)\]", text))
        path.write_text(text.replace("zizmor: ignore", "not ignored"), encoding="utf-8")
    assert _zizmor(tmp_path) == named | {"self-repository"}


def _written() -> list[Path]:
    """The workflows, the actions, and their stand-ins."""
    return sorted([*(REPOSITORY_ROOT / ".github").rglob("*.yml"), *ACTIONS.rglob("*.yml")])


def _workflows() -> dict[str, dict[str, object]]:
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(WORKFLOWS.glob("*.yml"))}


def test_actions_are_pinned_and_say_their_version() -> None:
    """Every action of somebody else is named by its commit, with the version behind it."""
    for path in sorted((REPOSITORY_ROOT / ".github").rglob("*.yml")):
        for found in _USES.finditer(path.read_text(encoding="utf-8")):
            if not found["action"].startswith("./"):
                assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", found["action"]), found[0]
                assert re.fullmatch(r" # v\d+\.\d+\.\d+", found["rest"]), found[0]


def test_every_action_has_a_stand_in_or_is_part_of_the_set_up() -> None:
    """What no test runs is the set-up of the machine, and nothing else."""
    for path in sorted(WORKFLOWS.glob("*.yml")):
        if path.name == "ci.yml":
            continue
        for found in _USES.finditer(path.read_text(encoding="utf-8")):
            name = found["action"].partition("@")[0].rpartition("/")[2]
            assert (ACTIONS / name / "action.yml").is_file(), found["action"]


def test_permissions_are_taken_away_first_and_every_job_has_an_end() -> None:
    """No workflow has a permission of its own; each job names its few, and how long it may take."""
    for name, workflow in _workflows().items():
        assert workflow["permissions"] == {}, name
        for job in workflow["jobs"].values():
            assert "permissions" in job, name
            assert job["timeout-minutes"] <= 360, name


def test_no_workflow_is_started_by_a_stranger_with_rights() -> None:
    """``pull_request_target`` stands nowhere, nor does the key that lets checkout take a fork under rights."""
    for path in sorted(WORKFLOWS.glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text
        assert "allow-unsafe-pr-checkout" not in text


def test_no_checkout_keeps_credentials() -> None:
    """Whoever pushes brings a token in the step that pushes; no other step and no file has one."""
    for name, workflow in _workflows().items():
        for title, job in workflow["jobs"].items():
            for step in job["steps"]:
                if str(step.get("uses", "")).startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False, f"{name}: {title}"


def test_a_bots_token_is_made_after_everything_is_installed() -> None:
    """Nothing that is downloaded or installed runs in a job once it holds a token that may write."""
    for name, workflow in _workflows().items():
        for title, job in workflow["jobs"].items():
            uses = [str(step.get("uses", "")) for step in job["steps"]]
            made = [place for place, one in enumerate(uses) if "create-github-app-token" in one]
            assert not any("setup" in one or "artifact" in one for place in made for one in uses[place + 1:]), \
                f"{name}: {title}"


def test_secrets_stand_in_protected_environments_only() -> None:
    """A job that names a secret has an environment of the zones Z3 or Z5; pull requests' own workflow names none."""
    for name, workflow in _workflows().items():
        for title, job in workflow["jobs"].items():
            if "secrets." in json.dumps(job):
                assert job.get("environment") in {"evaluation", "bot"}, f"{name}: {title}"
    assert "secrets" not in (WORKFLOWS / "pr.yml").read_text(encoding="utf-8")


def test_jobs_that_write_run_no_contributed_code() -> None:
    """Whoever may write or sign does not start the sandbox: render, grade and trial are other jobs."""
    for name, workflow in _workflows().items():
        for title, job in workflow["jobs"].items():
            rights = job["permissions"]
            writes = {right for right, level in rights.items() if level == "write"}
            runs = any(step.get("with", {}).get("sandbox") == "true" for step in job["steps"])
            assert not (writes and runs), f"{name}: {title}"


def test_the_bots_token_is_made_late_and_reads_nothing_of_a_pull_request() -> None:
    """What decides about a merge runs where no secret is; the bot's token is made in a job that reads nothing of it."""
    jobs = _workflows()["pr-comment.yml"]["jobs"]
    decide, merge = jobs["decide"], jobs["merge"]
    assert "environment" not in decide
    assert set(decide["permissions"].values()) == {"read"}
    assert merge["if"] == "needs.decide.outputs.merge == 'true'"
    assert not any("fetch-head" in step.get("run", "") for step in merge["steps"])
    line = merge["steps"][-1]["run"]
    assert re.fullmatch(r"commons github merge --decided( --(pull|sha|base-sha) \"\$\w+\")+ --execute", line)


def test_every_key_that_a_model_names_reaches_the_job_that_asks() -> None:
    """A secret of models.yaml that the workflow does not pass on would be missed on the first paid run."""
    text = (REPOSITORY_ROOT / "models.yaml").read_text(encoding="utf-8")
    named = {one["endpoint"]["secret"] for one in yaml.safe_load(text)["models"] if one.get("endpoint")}
    jobs = _workflows()["evaluate.yml"]["jobs"]
    for job in ("run", "sentinels"):
        passed = {key for step in jobs[job]["steps"] for key in step.get("env", {})}
        assert named <= passed, job


def test_what_a_schedule_starts_needs_no_word_about_the_repository() -> None:
    """GitHub's event of a schedule says nothing about the repository; there the branch is the run's own."""
    for path in sorted(WORKFLOWS.glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if "schedule:" in text:
            asked = re.findall(r"\$\{\{ github\.event\.repository[^}]*\}\}", text)
            assert asked
            assert set(asked) == {"${{ github.event.repository.default_branch || github.ref_name }}"}
