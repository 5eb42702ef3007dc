"""Task folders as typed values."""

from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.pool.items import item_ids
from commons.pool.task import read_task
from tests.builders import choice_task, four_tasks, write_pool, write_task


def test_a_folder_of_each_type_is_read(pool_folder: Path) -> None:
    """All four output types parse, and the pool lists them by name."""
    pool = write_pool(pool_folder, four_tasks())

    tasks, broken = pool.tasks()

    assert [task.name for task in tasks] == ["finish", "pick", "read_on", "say"]
    assert broken == []


def test_all_faults_of_a_folder_come_at_once(pool_folder: Path) -> None:
    """Faults of the configuration and of the card are reported together, each in its file and line."""
    folder = write_task(pool_folder, choice_task())
    config, card = folder / "pick.yaml", folder / "card.yaml"
    config.write_text(config.read_text().replace("doc_to_text", "doc_to_txt"))
    card.write_text(card.read_text().replace("domain: general", "domain: cookery").replace("owners: [someone]\n", ""))

    with pytest.raises(BadFile) as caught:
        read_task(folder)

    found = {(problem.where.path.name, problem.kind, problem.where.line > 0) for problem in caught.value.problems}
    assert found == {("pick.yaml", "unknown_key", True), ("card.yaml", "value", True), ("card.yaml", "missing", True)}
    assert any("Did you mean `doc_to_text`?" in problem.mend for problem in caught.value.problems)


def test_one_broken_task_does_not_hide_the_others(pool_folder: Path) -> None:
    """A folder that cannot be read is listed as broken, and the rest is read."""
    pool = write_pool(pool_folder, four_tasks())
    (pool_folder / "tasks" / "say" / "card.yaml").write_text("title: [\n")

    tasks, broken = pool.tasks()

    assert len(tasks) == 3
    assert [one.folder.name for one in broken] == ["say"]


@pytest.mark.parametrize(
    "path", ["../other/data.jsonl", "/etc/passwd", "C:\\data.jsonl", "data\\test.jsonl", "nothing.jsonl"]
)
def test_data_files_stay_inside_the_folder(pool_folder: Path, path: str) -> None:
    """A path that leaves the folder, or names nothing, is refused at its own line."""
    folder = write_task(pool_folder, choice_task())
    config = folder / "pick.yaml"
    config.write_text(config.read_text().replace("data/test.jsonl", f"'{path}'"))

    with pytest.raises(BadFile) as caught:
        _ = read_task(folder).data_files

    assert caught.value.problems[0].where.line == 4


def test_a_data_file_behind_a_link_is_refused(pool_folder: Path) -> None:
    """A linked data folder could lead anywhere, so it is not followed."""
    folder = write_task(pool_folder, choice_task())
    (folder / "data").rename(pool_folder / "elsewhere")
    (folder / "data").symlink_to(pool_folder / "elsewhere")

    with pytest.raises(BadFile, match="symbolic link"):
        _ = read_task(folder).data_files


def test_includes_are_merged_and_keep_their_places(pool_folder: Path) -> None:
    """A value from an included file is known with that file's line; local keys win."""
    folder = write_task(pool_folder, choice_task())
    config = folder / "pick.yaml"
    (folder / "base.yaml").write_text("description: from the base\nnum_fewshot: 3\n")
    config.write_text("include: base.yaml\n" + config.read_text())

    task = read_task(folder)

    assert task.config.description == "from the base"
    assert task.config.num_fewshot == 0
    assert task.config_document.where(("description",)).path.name == "base.yaml"


def test_ids_survive_reordering_and_tell_equals_apart(pool_folder: Path) -> None:
    """Without an id column, ids come from the content, whatever the order; equal rows get suffixes."""
    fields = read_task(write_task(pool_folder, choice_task())).card.fields
    rows = [{"q": "a", "canary": "x"}, {"q": "b", "canary": "x"}, {"q": "a", "canary": "y"}]

    first = item_ids(rows, fields)
    second = item_ids(list(reversed(rows)), fields)

    assert first[0] + "-2" == first[2]
    assert sorted(first) == sorted(second)
    assert first[1] == second[1]


def test_no_two_items_share_an_id_whatever_their_names(pool_folder: Path) -> None:
    """A suffix that another item already carries as its name is not used twice."""
    fields = read_task(write_task(pool_folder, choice_task())).card.fields

    assert item_ids([{"id": "a"}, {"id": "a"}, {"id": "a-2"}], fields) == ["a", "a-2", "a-2-2"]
