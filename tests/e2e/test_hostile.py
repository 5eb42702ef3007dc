"""Hostile pull requests: a handful through the real workflow files, and proof that what looks at them can see.

All of them are played by ``benchmarks/hostile.py``, a part of ``make measure``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.builders import REPOSITORY_ROOT
from tests.e2e.act import Outcome, available
from tests.e2e.hostile import ATTACKS, FAMILIES, Attack
from tests.e2e.hostile.attack import AUTHOR, FOREIGN, NUMBER, OWNED, Place
from tests.e2e.hostile.check import Before, breaches
from tests.e2e.hostile.material import mischief
from tests.e2e.hostile.play import play
from tests.e2e.stage import Stage
from tests.github.fake_api import BOT, Asked, FakeGitHub

#: One of most families, chosen because each stands for the wall that its family leans on.
HANDFUL = ("code_in_a_grader", "data_that_is_a_link", "a_workflow_that_reports_by_itself", "a_loud_report",
           "a_forged_tombstone", "a_comment_that_passes_for_ours")
#: What attacks edit that is there before them.
EDITED = (".github", "site", "models.yaml", "MAINTAINERS", "Makefile", "pyproject.toml", "tasks/last_word",
          "ci/fetch-head.sh", "ci/offline.sh", "ci/install.sh", "ci/commons/__init__.py", "ci/commons/cli/__init__.py",
          "ci/commons/harness/worker.py")
HEAD, OTHER = "a" * 40, "b" * 40


@pytest.mark.model
@pytest.mark.skipif(bool(available()), reason=available())
@pytest.mark.parametrize("name", HANDFUL)
def test_an_attack_through_the_real_workflows_breaches_nothing(name: str) -> None:
    """It runs nowhere else, leaks and writes nothing, breaks no comment, and earns no green status it should not."""
    played = play(ATTACKS[name])
    assert played.breaches == [], played.judged.text[-3000:]


def test_there_are_many_attacks_of_every_family() -> None:
    """The promise is thirty; each says in a sentence what it tries."""
    assert len(ATTACKS) >= 30
    assert len(FAMILIES) == 8
    assert all(one.tries.endswith(".") for one in ATTACKS.values())
    assert all(one.state in {"", "success", "failure", "error", "pending"} for one in ATTACKS.values())


@pytest.mark.parametrize("name", sorted(name for name, one in ATTACKS.items() if not one.slow))
def test_every_attack_can_be_built(name: str, tmp_path: Path) -> None:
    """It finds what it wants to edit, and changes something."""
    clone = tmp_path / "clone"
    for part in EDITED:
        source, target = REPOSITORY_ROOT / part, clone / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    subprocess.run(["git", "init", "--quiet"], cwd=clone, check=True)
    attack = ATTACKS[name]
    if attack.ground is not None:
        attack.ground(clone)
    before = _contents(clone)
    attack.make(clone, Place(tmp_path, ("one", "two")))
    assert _contents(clone) != before


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file but git's own; a link as what it says."""
    return {str(path): str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            for path in folder.rglob("*") if path.is_symlink() or path.is_file() if ".git" not in path.parts}


@dataclass
class Scene:
    """A stage after an attack from which nothing came."""

    stage: Stage
    before: Before
    tried: Outcome
    judged: Outcome
    during: int = 0

    def found(self, attack: Attack | None = None) -> list[str]:
        """What the checker says of it."""
        some = attack or ATTACKS["loud_items"]
        return breaches(self.stage, self.before, some, self.tried, self.judged, self.during)


@contextmanager
def _scene() -> Iterator[Scene]:
    with TemporaryDirectory() as name:
        stage = Stage(Path(name), FakeGitHub(artifacts=Path(name) / "uploaded"))
        stage.git("init", "--quiet", "--bare", str(stage.origin), folder=stage.folder)
        place = Place(stage.folder, ("file-0123456789", "variable-0123456789"))
        place.marker.parent.mkdir()
        place.secret.write_text(place.secrets[0], encoding="utf-8")
        (stage.folder / "uploaded" / "trial").mkdir(parents=True)
        stage.github.comment(NUMBER, f"**Changes needed**: 1 thing to mend. Commit `{HEAD[:12]}`.\n\n"
                             "`<b>` in `@code`\n\n<!-- eval-commons: live comment -->\n")
        stage.github.statuses[HEAD] = [{"state": "failure", "context": "eval-commons/check", "creator": BOT}]
        said = json.dumps({"command": "set-output", "name": "tasks", "arg": "1"}) + "\n"
        done = Outcome(0, {}, [], ["**Nothing** to mend."], "All is well.", said)
        yield Scene(stage, Before(HEAD, OTHER, stage.git("for-each-ref"), place), done, done)


def _comment(scene: Scene, text: str) -> None:
    """Put a line into our comment."""
    mine = scene.stage.github.comments[NUMBER][0]
    mine["body"] = mine["body"].replace("\n\n<!--", f"\n\n{text}\n\n<!--")


def _said(scene: Scene, **entry: str) -> None:
    """Let act carry out a command in the judgement."""
    scene.judged = replace(scene.judged, raw=scene.judged.raw + json.dumps(entry) + "\n")


def _asked(scene: Scene, method: str, path: str, *, during: bool = False) -> None:
    scene.stage.github.asked.append(Asked(method, path, {}, None, ""))
    scene.during += during


def _push(scene: Scene) -> None:
    git = scene.stage.git
    tree = git("hash-object", "-t", "tree", "-w", "/dev/null")
    git("update-ref", "refs/heads/main", git("commit-tree", tree, "-m", "Evil"))


def _run_unsandboxed(scene: Scene) -> None:
    """What every attack by code carries, on the machine itself."""
    subprocess.run([sys.executable, "-c", f"{mischief(replace(scene.before.place, port=9))}\neverything()"],
                   cwd=scene.stage.folder, env={"PATH": "/nowhere"}, capture_output=True, check=True)


def _leak(scene: Scene) -> None:
    (scene.stage.folder / "uploaded" / "trial" / "report.json").write_text("file-0123456789", encoding="utf-8")


def _own(scene: Scene) -> None:
    (scene.stage.folder / OWNED).touch()


PLANTED: dict[str, Callable[[Scene], object]] = {
    "code ran outside": _run_unsandboxed,
    "a shell made OWNED": _own,
    "a secret (file) is in the artifact's report.json": _leak,
    "a secret (variable) is in the log of the trial": lambda scene: setattr(
        scene, "tried", replace(scene.tried, raw="variable-0123456789")),
    "a secret (file) is in what GitHub was told": lambda scene: _comment(scene, "`file-0123456789`"),
    "refs of the repository changed": _push,
    "GitHub was asked while the trial ran": lambda scene: _asked(scene, "GET", "/pulls", during=True),
    "the judgement wrote elsewhere": lambda scene: _asked(scene, "POST", f"/statuses/{OTHER}"),
    "somebody else's pull request": lambda scene: scene.stage.github.comment(FOREIGN, "Hello"),
    "there are 2 comments of ours": lambda scene: scene.stage.github.comment(NUMBER, "Hello"),
    "the comment begins with something else": lambda scene: scene.stage.github.comments[NUMBER][0].update(body="Hello"),
    "the comment does not end with our marker": lambda scene: scene.stage.github.comments[NUMBER][0].update(body="Hi"),
    "the comment is too long": lambda scene: _comment(scene, "x" * 65_000),
    "the comment holds a tag": lambda scene: _comment(scene, "see <img src=x>"),
    "the comment holds a call": lambda scene: _comment(scene, "thanks @pool"),
    "the comment holds a link or picture": lambda scene: _comment(scene, "![a](https://evil.example)"),
    "the comment holds a reference": lambda scene: _comment(scene, "as in #1"),
    "the comment holds an expression": lambda scene: _comment(scene, "${{ github.token }}"),
    "the comment holds what nobody sees": lambda scene: _comment(scene, "a\u202eb"),
    "another commit got a status": lambda scene: scene.stage.github.statuses.update({"c" * 40: []}),
    "another status than the required one": lambda scene: scene.stage.github.statuses[HEAD][0].update(context="a"),
    "the status is success, and failure is right": lambda scene: scene.stage.github.statuses[HEAD][0].update(
        state="success"),
    "the status is failure, and": lambda scene: scene.stage.github.statuses[HEAD].append(
        {"state": "success", "context": "eval-commons/check", "creator": {"login": AUTHOR, "type": "User"}}),
    "the judgement: set-env": lambda scene: _said(scene, command="set-env", name="A", arg="1"),
    "the judgement: set-output": lambda scene: _said(scene, command="set-output", name="lane", arg="true"),
    "the judgement: add-path": lambda scene: _said(scene, command="add-path", arg="/evil/bin-a"),
    "the judgement: error": lambda scene: _said(scene, command="error", arg="", raw=f"::error::{OWNED}"),
    "the judgement: add-mask": lambda scene: _said(scene, command="add-mask", arg="a"),
    "the trial crashed": lambda scene: setattr(
        scene, "tried", replace(scene.tried, text="Traceback (most recent call last):")),
    "the summary of the trial holds a tag": lambda scene: setattr(
        scene, "tried", replace(scene.tried, summaries=["<script>"])),
    "the judgement ended with 1": lambda scene: setattr(scene, "judged", replace(scene.judged, code=1)),
}


def test_where_nothing_happened_nothing_is_found() -> None:
    """Our own comment, status and commands are no breach; quoted code is none either."""
    with _scene() as scene:
        assert scene.found() == []


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_planted_breach_is_found(sentence: str) -> None:
    """Each kind of breach alone is enough."""
    with _scene() as scene:
        PLANTED[sentence](scene)
        assert any(sentence in one for one in scene.found()), scene.found()


def test_a_sentence_that_is_missing_is_found() -> None:
    """An attack may ask for a sentence of the comment."""
    with _scene() as scene:
        assert scene.found(replace(ATTACKS["loud_items"], says="a link")) == ["the comment does not say: a link"]
