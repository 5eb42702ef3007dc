"""What a run says about where it happened: the commit, and whether the files are still those of the commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commons.evaluate.surroundings import surroundings


def git(pool: Path, *arguments: str) -> str:
    """Run git in the pool, with nothing of this machine's settings."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=pool, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A committed pool of one task."""
    root = tmp_path / "pool"
    for name in ("models.yaml", "README.md", "tasks/a/a.yaml", "ci/program.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x: 1\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    return root


def is_dirty(root: Path) -> bool:
    """Whether the commit is given with the mark."""
    commit = surroundings(root, root / ".commons").commit
    assert commit is not None
    assert commit.removesuffix("-dirty") == git(root, "rev-parse", "HEAD")
    return commit.endswith("-dirty")


@pytest.mark.parametrize("name", ["models.yaml", "tasks/a/a.yaml", "tasks/a/hooks.py", "ci/program.py", "ci/new.py"])
def test_a_changed_or_new_file_marks_the_commit(checkout: Path, name: str) -> None:
    """An edit or a new file of what decides a number is said, and so is a deleted one."""
    assert not is_dirty(checkout)

    (checkout / name).write_text("x: 2\n")
    assert is_dirty(checkout)

    (checkout / name).unlink()
    assert is_dirty(checkout) == (name not in {"tasks/a/hooks.py", "ci/new.py"})


@pytest.mark.parametrize("name", ["README.md", "ci/__pycache__/program.pyc", "ci/x.egg-info/PKG-INFO", "results/a"])
def test_what_decides_no_number_does_not(checkout: Path, name: str) -> None:
    """Pages, results and what programs write for themselves change no number."""
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("other")

    assert not is_dirty(checkout)


def test_a_contributed_ignore_file_hides_nothing(checkout: Path) -> None:
    """A file that a task's own settings tell git to ignore is a new file all the same."""
    (checkout / "tasks" / "a" / ".gitignore").write_text("*\n")
    git(checkout, "add", "-f", ".")
    git(checkout, "commit", "-q", "-m", "y")
    assert not is_dirty(checkout)

    (checkout / "tasks" / "a" / "hooks.py").write_text("x = 1\n")
    assert is_dirty(checkout)


def test_no_program_of_the_settings_is_started(checkout: Path, tmp_path: Path) -> None:
    """Filters and monitors that settings and attributes name between them are never run."""
    trace = tmp_path / "trace"
    for key in ("filter.x.clean", "filter.x.process", "core.fsmonitor", "diff.x.textconv"):
        git(checkout, "config", key, f"touch {trace}; false")
    (checkout / "tasks" / "a" / ".gitattributes").write_text("* filter=x diff=x\n")
    (checkout / "tasks" / "a" / "a.yaml").touch()

    assert is_dirty(checkout)
    assert not trace.exists()


def test_a_pool_inside_another_checkout_is_compared_too(checkout: Path) -> None:
    """The pool may lie in a folder of a larger repository."""
    inner = checkout / "inner"
    (inner / "tasks").mkdir(parents=True)
    (inner / "ci").mkdir()
    (inner / "models.yaml").write_text("x\n")
    (inner / "tasks" / "a").write_text("x\n")
    assert is_dirty(inner)

    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "y")
    assert not is_dirty(inner)


def test_without_git_there_is_no_commit(tmp_path: Path) -> None:
    """Outside a repository no commit is given, and a folder that only looks like one is none."""
    assert surroundings(tmp_path, tmp_path).commit is None
    git(tmp_path, "init", "-q", "--bare", "pool")
    git(tmp_path / "pool", "config", "core.fsmonitor", f"touch {tmp_path / 'trace'}")

    assert surroundings(tmp_path / "pool", tmp_path).commit is None
    assert not (tmp_path / "trace").exists()
