"""What is kept of a task is believed only while it is what would be made anew."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commons.analyse.cache import FILE, FOLDER, Cache
from commons.analyse.entering import entering
from commons.analyse.many import ranks_of_tasks
from commons.analyse.matrix import matrix_of
from commons.analyse.ranks import TaskRanks, ranks_of
from commons.analyse.slim import pack, unpack
from commons.errors import BadFile
from tests.publish.synthetic import Pool, model, rows

#: Far enough ahead of every file's time for its look to be trusted.
LATER = 60 * 10**9


def later() -> int:
    """A clock at which no file changed only just now."""
    return time.time_ns() + LATER


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Three models on two tasks."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"))
    for task in ("sums", "words"):
        pool.task(task)
        for name, right in (("alpha", 90), ("beta", 60), ("gamma", 61)):
            pool.cell(task, name, rows([1.0] * right + [0.0] * (100 - right)))
    return pool


def fresh(pool: Pool, task: str = "sums") -> TaskRanks:
    """The ranks without the cache."""
    return ranks_of(entering(pool.repository, pool.repository.tasks({task})[0][0]))


def ask(pool: Pool, *tasks: str) -> tuple[list[TaskRanks], int, int]:
    """The ranks through the cache, the files that were read for them, and the ranks that were made."""
    with Cache(pool.repository, later) as cache:
        found = [cache.ranks(task) for task in tasks or ("sums",)]
        return found, cache.files_read, cache.ranks_made


def database(pool: Pool) -> Path:
    """The cache's file."""
    return pool.repository.work / FOLDER / FILE


def test_the_second_time_nothing_is_read_or_made(pool: Pool) -> None:
    """Equal ranks, no cell file opened, no draw."""
    first = ask(pool, "sums", "words")
    again = ask(pool, "sums", "words")

    assert first == ([fresh(pool), fresh(pool, "words")], 6, 2)
    assert again == (first[0], 0, 0)


def test_one_changed_cell_reads_one_file_and_makes_its_task_again(pool: Pool) -> None:
    """The other files and the other task stand as they were."""
    ask(pool, "sums", "words")
    pool.cell("sums", "gamma", rows([1.0] * 99 + [0.0]))

    (sums, _), read, made = ask(pool, "sums", "words")

    assert (read, made) == (1, 1)
    assert sums == fresh(pool)
    assert sums.lines[0].model == "gamma"


def test_a_change_that_keeps_size_and_time_is_seen(pool: Pool) -> None:
    """The entry's own time of change cannot be set back, so the file is read again."""
    path = pool.root / "results/cells/sums/beta.json"
    ask(pool)
    before = path.stat()
    text = path.read_text()
    path.write_text(text.replace('["s99", 0, "scored", 0.0', '["s99", 0, "scored", 1.0'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    _, read, made = ask(pool)

    assert path.stat().st_size == before.st_size
    assert (read, made) == (1, 1)


def test_a_file_that_changed_only_just_now_is_not_trusted(pool: Pool) -> None:
    """It could change once more and look the same, so it is read until its time lies behind."""
    for _ in range(2):
        with Cache(pool.repository, time.time_ns) as cache:
            cache.ranks("sums")
            assert cache.files_read == 3


def test_cells_that_come_and_go_are_seen(pool: Pool) -> None:
    """A deleted cell leaves the ranks, and one that came back is read."""
    path = pool.root / "results/cells/sums/alpha.json"
    ask(pool)
    text = path.read_bytes()
    path.unlink()
    gone = ask(pool)[0][0]
    path.write_bytes(text)

    assert [line.model for line in gone.lines] == ["gamma", "beta"]
    assert ask(pool)[0][0] == fresh(pool)


@pytest.mark.parametrize("change", ["card", "models", "amendments"])
def test_what_decides_beside_the_cells_makes_the_ranks_again(pool: Pool, change: str) -> None:
    """The card's version, a model's entry and a withdrawal each take cells out, and no cell file is read for it."""
    ask(pool)
    if change == "card":
        path = pool.root / "tasks/sums/card.yaml"
        path.write_text(path.read_text() + "comparability_version: 2\n")
    elif change == "models":
        pool.models(model("alpha"), model("beta"), model("gamma", chat_template=True))
    else:
        (pool.root / "results/amendments.jsonl").write_text(
            '{"date":"2026-11-23","kind":"withdrawn","task":"sums","model":"gamma","reason":"Wrong.","by":"ada"}\n')

    (found,), read, made = ask(pool)

    assert (read, made) == (0, 1)
    assert found == fresh(pool)
    assert found.left_out


def test_a_broken_file_is_named_each_time_and_read_once(pool: Pool) -> None:
    """Its fault is kept like a cell."""
    (pool.root / "results/cells/sums/alpha.json").write_text("{}")
    first, again = ask(pool), ask(pool)

    assert again[0] == first[0]
    assert again[1] == 0
    assert "Its file is broken" in again[0][0].left_out[0].reason


def test_a_broken_card_is_an_error_and_not_an_old_answer(pool: Pool) -> None:
    """What was kept under the good card is not shown."""
    ask(pool)
    (pool.root / "tasks/sums/card.yaml").write_text("title: 1\n")

    with pytest.raises(BadFile):
        ask(pool)


@pytest.mark.parametrize("kind", ["ranks", "cells", "looks"])
def test_a_tampered_cache_is_not_believed(pool: Pool, kind: str) -> None:
    """A changed content without this checkout's seal counts for nothing, whichever part it is."""
    honest = ask(pool)[0]
    with sqlite3.connect(database(pool)) as file:
        file.execute("update kept set content = cast(replace(content, 'alpha', 'omega') as blob) where kind = 'ranks'")
        if kind != "ranks":
            file.execute("update kept set content = x'00' where kind = ?", (kind,))
    file.close()

    assert ask(pool)[0] == honest


def test_the_parts_of_one_task_are_not_believed_of_another(pool: Pool) -> None:
    """The seal holds the task's name."""
    pool.cell("words", "alpha", rows([0.0] * 100))
    honest = ask(pool, "sums", "words")[0]
    with sqlite3.connect(database(pool)) as file:
        for kind, key, content, seal in file.execute(
                "select kind, key, content, seal from kept where task = 'words'").fetchall():
            file.execute("update kept set key = ?, content = ?, seal = ? where kind = ? and task = 'sums'",
                         (key, content, seal, kind))
    file.close()

    assert ask(pool, "sums", "words")[0] == honest


def test_a_cache_of_another_checkout_is_not_believed(pool: Pool, tmp_path: Path) -> None:
    """The same files elsewhere have another secret, so everything is read anew."""
    ask(pool)
    other = Pool(tmp_path / "other")
    shutil.copytree(pool.root, other.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("secret"))

    assert ask(other)[1] == 3


def test_a_damaged_cache_is_made_again(pool: Pool) -> None:
    """Noise in the place of the file is thrown away."""
    honest = ask(pool)[0]
    for suffix in ("-wal", "-shm"):
        database(pool).with_name(FILE + suffix).unlink(missing_ok=True)
    database(pool).write_bytes(os.urandom(5000))

    assert ask(pool)[0] == honest
    assert ask(pool)[1] == 0


def test_a_cache_that_cannot_be_written_costs_time_only(pool: Pool) -> None:
    """A file in the place of its folder: the answer is the same."""
    pool.repository.work.mkdir(exist_ok=True)
    (pool.repository.work / FOLDER).write_text("in the way")

    assert ask(pool)[0] == [fresh(pool)]


def test_a_kill_at_any_moment_leaves_no_wrong_answer(pool: Pool) -> None:
    """Killed while it reads, draws or writes, the next one answers as if nothing had been."""
    honest = [fresh(pool), fresh(pool, "words")]
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom commons.analyse.cache import Cache\n"
        "from commons.pool.repository import Repository\nprint('ready', flush=True)\nwhile True:\n"
        "    with Cache(Repository(Path(sys.argv[1])), lambda: time.time_ns() + 60 * 10**9) as cache:\n"
        "        for task in ('sums', 'words'):\n            cache.ranks(task)\n"
        "            cache._file.do('delete from kept where kind = ?', 'looks')\n"
    )
    for seconds in (0.01, 0.05, 0.09, 0.14):
        process = subprocess.Popen([sys.executable, "-c", script, str(pool.root)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert ask(pool, "sums", "words")[0] == honest


def test_slim_cells_give_the_same_matrix(pool: Pool) -> None:
    """What comparisons of scores need is all there; answers are not."""
    with Cache(pool.repository, later) as cache:
        cache.ranks("sums")
    with Cache(pool.repository, later) as cache:
        slim = cache.entering("sums")
        assert cache.files_read == 0
    whole = entering(pool.repository, pool.repository.tasks({"sums"})[0][0])
    one, other = matrix_of(slim), matrix_of(whole)

    assert one is not None
    assert other is not None
    assert (one.models, one.items, one.clusters) == (other.models, other.items, other.clusters)
    assert (one.scores == other.scores).all()
    assert slim.cells[0].metrics == whole.cells[0].metrics
    assert slim.cells[0].identity == whole.cells[0].identity
    assert (slim.cells[0].rows[0].answer, whole.cells[0].rows[0].answer) == (None, "answer 0")


def test_a_pack_of_nothing_reads_back() -> None:
    """A task without cells."""
    assert unpack(pack({})) == {}


def test_several_processes_give_what_one_gives(pool: Pool) -> None:
    """Forty tasks on two cores: the same ranks in the same order, and the broken one named."""
    names = [f"task_{number:02d}" for number in range(40)]
    for number, name in enumerate(names):
        pool.task(name)
        pool.cell(name, "alpha", rows([1.0] * number + [0.0] * (40 - number)))
        pool.cell(name, "beta", rows([1.0] * 20 + [0.0] * 20))
    (pool.root / "tasks/task_07/card.yaml").write_text("title: 1\n")

    found, broken = ranks_of_tasks(pool.repository, names, time.time_ns, cores=2)

    assert [one.task for one in found] == [name for name in names if name != "task_07"]
    assert ["card.yaml" in str(one[0].where.path) for one in broken if one[0].where] == [True]
    assert found[3] == fresh(pool, "task_03")
    assert (found, broken) == ranks_of_tasks(pool.repository, names, time.time_ns, cores=1)
