"""Memoised renderings: believed only where this checkout made them, from this folder, by this program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import commons
from commons.errors import BrokenResult
from commons.harness import renderings
from commons.harness.rendering import TaskRendering
from commons.harness.renderings import forget, program_digest, rendering_of
from commons.harness.sandbox import Confinement
from commons.harness.session import render_task
from commons.pool.program import code_digest
from commons.pool.task import Task, read_task
from tests.builders import choice_task, write_task

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A multiple-choice task."""
    return read_task(write_task(tmp_path, choice_task()))


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were rendered and not taken from the memo."""
    found: list[str] = []

    def render(task: Task, confinement: Confinement) -> TaskRendering:
        found.append(task.name)
        return render_task(task, confinement)

    monkeypatch.setattr(renderings, "render_task", render)
    return found


def memos(work: Path) -> list[Path]:
    """The files of the memo."""
    return sorted((work / "renderings").glob("*.json"))


def test_a_task_is_rendered_once(tmp_path: Path, task: Task, rendered: list[str]) -> None:
    """The second time it comes from the memo, and says which folder it is from."""
    first, second = (rendering_of(task, tmp_path / "work") for _ in range(2))

    assert (first, rendered) == (second, ["pick"])
    assert first.folder_sha256 is not None


def test_what_was_edited_while_it_was_rendered_is_not_kept(
    tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that is taken back after the rendering finds the folder as it was, and no memo of the edit."""
    config = task.folder / "pick.yaml"
    text = config.read_text()

    def render(task: Task, confinement: Confinement) -> TaskRendering:
        config.write_text(text.replace('"{{q}}"', '"{{q}} really"'))
        return render_task(task, confinement)

    with monkeypatch.context() as patch:
        patch.setattr(renderings, "render_task", render)
        edited = rendering_of(task, tmp_path / "work")
    config.write_text(text)

    assert memos(tmp_path / "work") == []
    assert rendering_of(task, tmp_path / "work").task_hash != edited.task_hash


def test_a_task_that_was_edited_after_it_was_read_is_not_rendered(tmp_path: Path, task: Task) -> None:
    """What is known of it is from the old files, what would be rendered from the new ones."""
    config = task.folder / "pick.yaml"
    config.write_text(config.read_text() + "description: Think.\n")

    with pytest.raises(BrokenResult, match="changed during the run") as caught:
        rendering_of(task, tmp_path / "work")

    assert "Run again" in caught.value.mend


@pytest.mark.parametrize("how", ["edited", "no seal", "another name", "another secret", "a secret that git wrote"])
def test_a_memo_that_this_checkout_did_not_make_is_dropped(
    tmp_path: Path, task: Task, rendered: list[str], how: str
) -> None:
    """Whoever can put a file there can say what the task is, so only a seal makes it believed."""
    work = tmp_path / "work"
    first = rendering_of(task, work)
    memo = memos(work)[0]
    if how == "edited":
        memo.write_text(memo.read_text().replace('"gold":0', '"gold":1'))
    elif how == "no seal":
        memo.write_text(memo.read_text().partition("\n")[2])
    elif how == "another name":
        data = task.folder / "data" / "test.jsonl"
        data.write_text(data.read_text().replace("Berlin", "Bern"))
        renamed = rendering_of(task, work)
        shutil.copy(memo, next(one for one in memos(work) if one != memo))
        assert rendering_of(task, work) == renamed
        assert rendered == ["pick", "pick", "pick"]
        return
    elif how == "another secret":
        (work / "secret").write_text("0" * 32)
    else:
        (work / "secret").chmod(0o644)

    assert rendering_of(task, work) == first
    assert rendering_of(task, work) == first
    assert rendered == ["pick", "pick"]


def test_a_rendering_that_scoring_does_not_fit_can_be_forgotten(
    tmp_path: Path, task: Task, rendered: list[str]
) -> None:
    """The next one is made from the task itself."""
    work = tmp_path / "work"
    first = rendering_of(task, work)
    forget(first, work, Confinement.SANDBOX)

    assert rendering_of(task, work) == first
    assert rendered == ["pick", "pick"]


@pytest.mark.parametrize("file", ["pool/task.py", "pool/yamlfile.py", "harness/render.py", "stats/aggregate.py"])
def test_a_memo_does_not_outlive_the_program_that_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Every file of the rooms that read and render a task counts."""
    package = Path(commons.__file__).parent
    for room in ("pool", "harness", "stats"):
        shutil.copytree(package / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(commons, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(renderings, "code_digest", code_digest.__wrapped__)
    before = program_digest.__wrapped__()
    (tmp_path / file).write_text((tmp_path / file).read_text() + "# another\n")

    assert program_digest.__wrapped__() != before


@pytest.mark.parametrize("library", ["lm_eval", "jinja2", "datasets", "PyYAML"])
def test_a_memo_does_not_outlive_the_libraries_it_was_made_with(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """Another version of what loads data or fills templates may render otherwise."""
    before = program_digest.__wrapped__()
    monkeypatch.setattr(renderings, "library_versions", lambda *names: [(one, "0" * (one == library)) for one in names])
    other = program_digest.__wrapped__()
    monkeypatch.setattr(renderings, "library_versions", lambda *names: [(one, "1" * (one == library)) for one in names])

    assert len({before, other, program_digest.__wrapped__()}) == 3
