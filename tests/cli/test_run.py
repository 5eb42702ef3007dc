"""``commons run`` against a server on the loopback: what a person sees, and what survives a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from commons.evaluate.verify import verify_cells
from commons.harness.sandbox import fault
from commons.pool.cell import Outcome
from tests.builders import GENERATE, QUESTION_ROWS, choice_task, endpoint_entry, generate_task, write_pool
from tests.cli.running import commons, environment
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat, failure

pytestmark = pytest.mark.model

MANY = [{"q": f"The number before {number + 1}", "a": str(number)} for number in range(24)]


def echo(asked: Asked) -> Reply:
    """Answer with the number before the question's last word, or with that word where it is no number."""
    word = str(asked.body["messages"][-1]["content"]).split()[-1]
    return chat(str(int(word) - 1) if word.isdigit() else word)


def test_a_run_over_an_endpoint_writes_a_cell_that_verifies(pool_folder: Path) -> None:
    """The report names the score with its interval; the next run finds the cell fresh and sends nothing."""
    with FakeEndpoint(echo) as server:
        pool = write_pool(pool_folder, [generate_task(rows=MANY), choice_task()], endpoint_entry(server.base_url))
        first = commons("run", "--model", "fake-endpoint", "--json", cwd=pool_folder)
        asked = len(server.asked)
        second = commons("run", "--model", "fake-endpoint", cwd=pool_folder)

    assert first.code == 0
    cells = {cell["task"]: cell for cell in json.loads(first.out)["cells"]}
    assert cells["say"]["metrics"]["exact_match,word"]["value"] == 1.0
    assert cells["pick"]["state"] == "inapplicable"
    assert asked == len(server.asked) == 24
    assert "fresh" in second.out
    assert "0 requests sent" in second.out
    assert verify_cells(pool.ledger.cell_paths(), {}).problems == []


@pytest.mark.skipif(fault() is not None, reason="no sandbox here")
def test_without_a_sandbox_nothing_is_run_unless_trusted(pool_folder: Path) -> None:
    """A machine without bubblewrap gets exit code 2 and the mend, and a hook no chance; --trust says what it does."""
    trace = pool_folder / "trace"
    # Lint refuses a path out of the folder that stands in the code, so this one is put together.
    place = f"chr(47).join({str(trace).split('/')!r})"
    hook = f"def ask(doc):\n    open({place}, 'w').close()\n    return doc['q']\n"
    settings = GENERATE.replace('"{{q}}"', "!function hooks.ask")
    with FakeEndpoint(echo) as server:
        write_pool(pool_folder, [generate_task(settings=settings, files={"hooks.py": hook})],
                   endpoint_entry(server.base_url))
        refused = commons("run", "--model", "fake-endpoint", cwd=pool_folder, PATH=str(pool_folder))
        ran_before = trace.exists()
        trusted = commons("run", "--model", "fake-endpoint", "--trust", cwd=pool_folder, PATH=str(pool_folder))

    assert refused.code == 2
    assert "apt-get install bubblewrap" in refused.err
    assert not ran_before
    assert trusted.code == 0, trusted.err
    assert "without a sandbox" in trusted.err
    assert trace.exists()


def test_a_failing_endpoint_gives_a_partial_cell_and_exit_1(pool_folder: Path) -> None:
    """One question that always fails is one instrument fault, named with its cause; the rest is answered."""

    def moody(asked: Asked) -> Reply:
        broken = "Mary" in str(asked.body["messages"])
        return failure(500, "overloaded") if broken else echo(asked)

    with FakeEndpoint(moody) as server:
        pool = write_pool(pool_folder, [generate_task()], endpoint_entry(server.base_url, retries=0))
        ran = commons("run", "--model", "fake-endpoint", cwd=pool_folder)

    cell = pool.ledger.cell("say", "fake-endpoint")
    assert ran.code == 1
    assert "partial, 3 of 4 rows have a score, so there is no headline" in ran.out
    assert "500" in ran.out
    assert cell.outcomes == {Outcome.SCORED: 3, Outcome.INSTRUMENT_FAULT: 1}
    assert cell.metrics == {}


def killed_runs(pool_folder: Path, kills: list[int], number: signal.Signals) -> tuple[Counter[str], list[int]]:
    """Run, and kill the process when the server was asked the given number of times; then run to the end.

    Returns how often each question reached the server, and the exit codes.
    """
    reached = {count: threading.Event() for count in kills}
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    def counting(asked: Asked) -> Reply:
        with lock:
            counts[str(asked.body["messages"][-1]["content"])] += 1
            total = sum(counts.values())
        if total in reached:
            reached[total].set()
        return echo(asked)

    codes = []
    with FakeEndpoint(counting) as server:
        write_pool(pool_folder, [generate_task(rows=MANY)], endpoint_entry(server.base_url, parallel=1))
        command = [sys.executable, "-m", "commons", "run", "--model", "fake-endpoint"]
        for count in kills:
            with subprocess.Popen(command, cwd=pool_folder, env=environment(), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as running:
                assert reached[count].wait(60)
                running.send_signal(number)
                running.communicate(timeout=60)
                codes.append(running.returncode)
        codes.append(commons("run", "--model", "fake-endpoint", cwd=pool_folder).code)
    return counts, codes


def test_a_killed_run_goes_on_and_no_row_is_lost_or_doubled(pool_folder: Path) -> None:
    """After three kills that cannot be caught, one run finishes the cell; only a question in flight is repeated."""
    counts, codes = killed_runs(pool_folder, [3, 9, 17], signal.SIGKILL)

    pool = write_pool(pool_folder, [], None)
    cell = pool.ledger.cell("say", "fake-endpoint")
    assert codes == [-9, -9, -9, 0]
    assert len(counts) == 24
    assert sum(counts.values()) <= 24 + 2 * 3
    assert [row.item for row in cell.rows] == sorted(f"t{number}" for number in range(24))
    assert cell.metrics["exact_match,word"].value == 1.0
    assert verify_cells(pool.ledger.cell_paths(), {}).problems == []


def test_ctrl_c_ends_cleanly_and_keeps_what_was_done(pool_folder: Path) -> None:
    """An interrupted run says how to go on, and the next one does not ask again what was answered."""
    counts, codes = killed_runs(pool_folder, [5], signal.SIGINT)

    assert codes == [130, 0]
    assert sum(counts.values()) <= 24 + 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("run", "nothing"), "no task `nothing`"), (("run", "--model", "nobody"), "no model `nobody`"),
     (("run", "--suite", "none"), "no suite `none`"), (("show", "nothing"), "nothing"),
     (("verify", "nowhere"), "nowhere"), (("run", "--limit", "0"), "--limit")],
)
def test_what_cannot_be_done_says_so_and_ends_with_2(
    pool_folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    """A wrong name is a sentence and exit code 2, and never a traceback."""
    write_pool(pool_folder, [generate_task(rows=QUESTION_ROWS)])

    ran = commons(*arguments, cwd=pool_folder)

    assert ran.code == 2
    assert words in ran.err


def test_outside_a_pool_the_mend_is_named(tmp_path: Path) -> None:
    """Run in a folder that is no pool, a verb says how to name one."""
    ran = commons("verify", cwd=tmp_path)

    assert ran.code == 2
    assert "--root" in ran.err


def test_a_broken_task_is_one_clear_sentence_and_the_others_run(pool_folder: Path) -> None:
    """A task that does not pass lint is named by file and line with its mend, exit code 1; the rest is measured."""
    with FakeEndpoint(echo) as server:
        write_pool(pool_folder, [generate_task(rows=MANY[:4]), generate_task("broken")],
                   endpoint_entry(server.base_url))
        config = pool_folder / "tasks" / "broken" / "broken.yaml"
        config.write_text(config.read_text().replace("doc_to_text", "doc_to_txt"))
        ran = commons("run", "--model", "fake-endpoint", cwd=pool_folder)

    assert ran.code == 1
    assert "broken.yaml" in ran.err
    assert "Did you mean `doc_to_text`?" in ran.err
    assert "say on fake-endpoint: exact_match" in ran.out
