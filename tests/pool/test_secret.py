"""A checkout's own secrets, and working folders that came with a commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.pool.secret import Seal, kept_secret, refuse_committed_work


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """It stays the same, and others cannot read it."""
    path = tmp_path / "work" / "secret"

    assert kept_secret(path) == kept_secret(path)
    assert len(kept_secret(path)) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_seal_fits_what_it_was_put_on_and_nothing_else(tmp_path: Path) -> None:
    """Another content, another name or another checkout has another seal; a later process knows it again."""
    seal = Seal.of(tmp_path / "a").on("name", b"content")

    assert Seal.of(tmp_path / "a").is_on(seal, "name", b"content")
    assert not Seal.of(tmp_path / "a").is_on(seal, "name", b"other")
    assert not Seal.of(tmp_path / "a").is_on(seal, "other", b"content")
    assert not Seal.of(tmp_path / "b").is_on(seal, "name", b"content")
    assert not Seal.of(tmp_path / "a").is_on("é", "name", b"content")


@pytest.mark.parametrize("how", ["as git writes", "a link", "empty"])
def test_a_secret_that_was_not_made_here_is_not_used(tmp_path: Path, how: str) -> None:
    """Who brings a secret into the checkout knows it, and could seal what they like."""
    path = tmp_path / "secret"
    if how == "a link":
        (tmp_path / "known").write_text("known")
        (tmp_path / "known").chmod(0o600)
        path.symlink_to("known")
    else:
        path.write_text("" if how == "empty" else "known")
        path.chmod(0o600 if how == "empty" else 0o644)

    known = "" if how == "empty" else "known"
    assert not Seal.of(tmp_path).is_on(Seal(known).on("name", b""), "name", b"")


def test_where_no_secret_can_be_kept_seals_last_as_long_as_the_process(tmp_path: Path) -> None:
    """A working folder that cannot be made is no reason to stop."""
    (tmp_path / "work").write_text("a file")
    seal = Seal.of(tmp_path / "work")

    assert seal.is_on(seal.on("name", b""), "name", b"")


def checkout(root: Path, *files: str) -> Path:
    """A repository whose one commit holds ``files``."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", *who, *command], cwd=root, check=True, capture_output=True)
    return root


@pytest.mark.parametrize("file", [".commons/renderings/a.json", ".Commons/secret", ".commons"])
def test_a_checkout_that_brings_a_working_folder_is_refused(tmp_path: Path, file: str) -> None:
    """What this machine keeps for itself cannot come from a commit; the error says how to be rid of it."""
    root = checkout(tmp_path, "models.yaml", file)

    with pytest.raises(CannotRun, match="where only this machine keeps") as caught:
        refuse_committed_work(root, root / ".commons")

    assert "git rm -r --cached" in caught.value.mend


def test_a_working_folder_that_is_in_no_commit_is_in_order(tmp_path: Path) -> None:
    """Ignored, as it should be; also where the pool is no repository, lies inside one, or has no commit yet."""
    refuse_committed_work(tmp_path, tmp_path / ".commons")
    root = checkout(tmp_path, "models.yaml", "inner/models.yaml", "other/.commons/secret")
    (root / ".commons").mkdir()

    refuse_committed_work(root, root / ".commons")
    refuse_committed_work(root / "inner", root / "inner" / ".commons")
    with pytest.raises(CannotRun):
        refuse_committed_work(root / "other", root / "other" / ".commons")
