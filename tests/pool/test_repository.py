"""The pool as one value: what cannot be read is named, and stops nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.publish.synthetic import Pool, model


def pool_of(root: Path) -> Pool:
    """A pool with one good task."""
    pool = Pool(root)
    pool.models(model("alpha"))
    pool.task("sums")
    return pool


def test_a_task_folder_that_is_a_link_is_named_and_never_followed(tmp_path: Path) -> None:
    """The link is broken with its own place, though a whole task stands behind it."""
    elsewhere = pool_of(tmp_path / "elsewhere")
    pool = pool_of(tmp_path / "pool")
    link = pool.root / "tasks" / "stolen"
    link.symlink_to(elsewhere.root / "tasks" / "sums", target_is_directory=True)
    good, broken = pool.repository.tasks()
    assert [task.name for task in good] == ["sums"]
    (only,) = broken
    assert only.folder == link
    assert [(one.kind, one.where.path) for one in only.error.problems] == [("link", link)]
    # Lint sees it among the folders, and blocks it.
    assert link in pool.repository.task_folders()


def test_a_number_too_long_to_be_written_breaks_one_task(tmp_path: Path) -> None:
    """A card whose number has thousands of digits is named; the other task is read."""
    pool = pool_of(tmp_path / "pool")
    pool.task("wild")
    card = pool.root / "tasks" / "wild" / "card.yaml"
    card.write_text(card.read_text() + f"comparability_version: -0x{'f' * 9000}\n")
    good, broken = pool.repository.tasks()
    assert [task.name for task in good] == ["sums"]
    assert [one.folder.name for one in broken] == ["wild"]


def test_a_model_with_a_wild_number_is_a_fault_of_its_entry(tmp_path: Path) -> None:
    """No number of ``models.yaml`` makes reading it fail with anything but its own error."""
    pool = pool_of(tmp_path / "pool")
    path = pool.root / "models.yaml"
    good = path.read_text()
    for key in ("parameters", "context_length"):
        for value in ("1" + "0" * 16, "0x" + "f" * 9000, "-0x" + "f" * 9000, ".inf", "9" * 5000):
            lines = [line for line in good.splitlines() if key not in line]
            path.write_text("\n".join(lines) + f"\n  {key}: {value}\n")
            assert fault_of(pool).startswith("models.yaml"), (key, value[:20])


def fault_of(pool: Pool) -> str:
    """Where the models' first fault stands."""
    from commons.errors import BadFile

    try:
        pool.repository.models()
    except BadFile as error:
        return str(error.problems[0].where.relative_to(pool.root))
    return ""
