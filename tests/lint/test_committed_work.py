"""The working folder belongs to each machine, and to no commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

from commons.lint.runner import lint_repository
from commons.pool.repository import Repository


def git(pool: Path, *arguments: str) -> None:
    """Run git in the pool."""
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], cwd=pool, check=True,
                   capture_output=True)


def test_a_working_folder_in_the_commit_is_a_finding(pool: Path) -> None:
    """Memos and answers that `git add -f` brings in are found; ignored ones are in order."""
    (pool / ".commons" / "renderings").mkdir(parents=True)
    (pool / ".commons" / "renderings" / "a.json").write_text("{}")
    (pool / ".gitignore").write_text(".commons/\n")
    git(pool, "init", "-q")
    git(pool, "add", ".")
    git(pool, "commit", "-qm", "all")
    assert lint_repository(Repository(pool)).findings == ()

    git(pool, "add", "-f", ".commons")
    git(pool, "commit", "-qm", "more")
    found = lint_repository(Repository(pool)).findings

    assert [(one.code, one.where.path.as_posix()) for one in found] == [("R009", ".commons")]
    assert "git rm -r --cached .commons" in found[0].mend
