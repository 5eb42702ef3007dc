"""Git is asked so that nothing which a repository names is started, and every failure has one form."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from commons.pool import git as module
from commons.pool.git import (
    GitFailed,
    Stored,
    commit_of,
    contents,
    git,
    is_stored,
    looks_like_a_repository,
    stored_below,
)

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def run(folder: Path, *arguments: str) -> None:
    """Run git as a person would."""
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a file, a link and a file in a folder."""
    folder = tmp_path / "checkout"
    (folder / "tasks").mkdir(parents=True)
    (folder / "models.yaml").write_bytes(b"models:\n")
    (folder / "tasks" / "a b.txt").write_bytes(b"one\ntwo\n")
    (folder / "tasks" / "link").symlink_to("a b.txt")
    run(folder, "init", "-q", "-b", "main")
    run(folder, "add", ".")
    run(folder, "commit", "-q", "-m", "x")
    return folder


@pytest.mark.parametrize("objects", ["sha1", "sha256"])
def test_files_are_compared_by_their_own_bytes(tmp_path: Path, objects: str) -> None:
    """A file is the stored one by content, also with other ends of lines, whichever digest the repository uses."""
    run(tmp_path, "init", "-q", f"--object-format={objects}")
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"one\ntwo\n")
    link.symlink_to("file")
    run(tmp_path, "add", ".")
    run(tmp_path, "commit", "-q", "-m", "x")

    stored = stored_below(tmp_path, commit_of(tmp_path, "HEAD"), ["file", "link"])

    assert is_stored(file, stored["file"])
    assert is_stored(link, stored["link"])
    assert not is_stored(file, stored["link"])
    assert not is_stored(file, None)
    assert dict(contents(tmp_path, [stored["file"].digest])) == {stored["file"].digest: b"one\ntwo\n"}
    file.write_bytes(b"one\r\ntwo\r\n")
    assert is_stored(file, stored["file"])
    file.write_bytes(b"one\nTwo\n")
    assert not is_stored(file, stored["file"])
    file.unlink()
    assert not is_stored(file, stored["file"])


def test_names_are_as_seen_from_the_folder(checkout: Path) -> None:
    """In a folder of a repository, names begin at that folder; odd ones stand as they are."""
    head = commit_of(checkout, "HEAD")

    assert set(stored_below(checkout, head, ["tasks", "models.yaml", "none"])) == {
        "tasks/a b.txt", "tasks/link", "models.yaml",
    }
    assert set(stored_below(checkout / "tasks", head, ["a b.txt"])) == {"a b.txt"}


def test_a_failure_says_what_failed(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository, no such commit, a missing object, no git and no answer are all one kind of error."""
    with pytest.raises(GitFailed, match="not a git repository"):
        commit_of(tmp_path, "HEAD")
    with pytest.raises(GitFailed, match="There is no commit `--output=x` here"):
        commit_of(checkout, "--output=x")
    with pytest.raises(GitFailed, match="is not in this copy"):
        list(contents(checkout, ["0" * 40]))
    monkeypatch.setattr(module, "_SECONDS", 0)
    with pytest.raises(GitFailed, match="no answer"):
        commit_of(checkout, "HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitFailed, match="cannot be started"):
        commit_of(checkout, "HEAD")


def test_a_folder_that_looks_like_a_repository_is_none(tmp_path: Path) -> None:
    """What came with files named like git's own is refused, so its `config` is not obeyed; so does an older git."""
    trace = tmp_path / "trace"
    run(tmp_path, "init", "-q", "--bare", "pool")
    pool = tmp_path / "pool"
    run(pool, "config", "core.fsmonitor", f"touch {trace}")

    assert looks_like_a_repository(pool)
    for folder in (pool, pool / "refs"):
        with pytest.raises(GitFailed, match="looks like git's own store"):
            git(folder, "ls-files")
    assert not trace.exists()


def test_a_missing_object_is_not_fetched(checkout: Path, tmp_path: Path) -> None:
    """In a partial clone the remote's command is not run for an object that is missing."""
    trace = tmp_path / "trace"
    for key, value in {
        "core.repositoryformatversion": "1", "extensions.partialClone": "evil", "remote.evil.promisor": "true",
        "remote.evil.url": f"ext::sh -c touch% {trace}", "protocol.ext.allow": "always",
        "remote.evil.partialclonefilter": "blob:none",
    }.items():
        run(checkout, "config", key, value)

    with pytest.raises(GitFailed):
        list(contents(checkout, ["1" * 40]))
    assert not trace.exists()


def test_the_environment_names_no_other_repository(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a hook of git, which names its own repository to all it starts, the folder's own is read."""
    monkeypatch.setenv("GIT_DIR", os.devnull)
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)

    assert len(commit_of(checkout, "HEAD")) == 40


def test_a_pointer_to_another_repository_is_no_file(checkout: Path) -> None:
    """A submodule is stored as a pointer, which is neither a file nor a link."""
    digest = commit_of(checkout, "HEAD")
    run(checkout, "update-index", "--add", "--cacheinfo", f"160000,{digest},tasks/sub")
    run(checkout, "commit", "-q", "-m", "y")

    stored = stored_below(checkout, commit_of(checkout, "HEAD"), ["tasks/sub"])

    assert stored == {"tasks/sub": Stored(digest, is_file=False, is_link=False)}
