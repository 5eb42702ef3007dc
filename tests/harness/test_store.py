"""The response store: answers found again, kept by many processes, and looked after."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.harness.requests import Answer, Request, instrument_fault
from commons.harness.store import BATCH, ResponseStore, store_model
from commons.harness.store_care import gc, stats, stored_models
from commons.harness.store_schema import APPLICATION
from tests.harness.stores import ASKED, asked, filled, key_of


def test_an_answer_is_found_again_by_request_and_model(tmp_path: Path) -> None:
    """A stored answer comes back for the same request and model, and for no other of either."""
    with ResponseStore(tmp_path / "s.sqlite") as store:
        store.put("m", ASKED, Answer(text="hi é🙂"))

    with ResponseStore(tmp_path / "s.sqlite") as store:
        other = Request(kind="generate_until", prompt="Hello!", generation={"until": ["\n"]})
        assert store.find("m", [ASKED, other]) == {ASKED.digest: Answer(text="hi é🙂")}
        assert store.find("n", [ASKED]) == {}


def test_the_first_answer_stays(tmp_path: Path) -> None:
    """Two runs at once agree: the second answer to a request does not replace the first."""
    with ResponseStore(tmp_path / "s.sqlite") as one, ResponseStore(tmp_path / "s.sqlite") as two:
        one.put("m", ASKED, Answer(text="first"))
        two.put("m", ASKED, Answer(text="second"))

        assert two.find("m", [ASKED])[ASKED.digest].text == "first"
        assert len(one) == 1


def test_a_fault_of_the_instrument_is_never_stored(tmp_path: Path) -> None:
    """A fault is asked again, so it is no answer; among many it keeps none of them."""
    with ResponseStore(tmp_path / "s.sqlite") as store:
        with pytest.raises(ValueError, match="only answers"):
            store.put("m", ASKED, instrument_fault("connection refused"))
        with pytest.raises(ValueError, match="only answers"):
            store.put_many("m", [(asked(1), Answer(text="hi")), (asked(2), instrument_fault("no"))])

        assert len(store) == 0


def test_libraries_are_part_of_the_models_key() -> None:
    """Another library version is another instrument; an endpoint has none and stays the same."""
    assert store_model("h", {"torch": "2.13.0"}) != store_model("h", {"torch": "2.14.0"})
    assert store_model("h", {}) == store_model("h", {})


def test_two_samples_of_one_question_never_share_an_answer(tmp_path: Path) -> None:
    """The number of a sample is a part of its request, and so of the key."""
    with ResponseStore(tmp_path / "s.sqlite") as store:
        store.put("m", asked(1, sample=0), Answer(text="one"))

        assert store.find("m", [asked(1, sample=1), asked(1)]) == {}
        store.put("m", asked(1, sample=1), Answer(text="two"))
        texts = {answer.text for answer in store.find("m", [asked(1, 0), asked(1, 1)]).values()}
    assert texts == {"one", "two"}


def test_many_requests_are_found_in_few_queries(tmp_path: Path) -> None:
    """A query asks for hundreds of requests; what is known is known without reading an answer."""
    numbers = range(2 * BATCH + 7)
    with filled(tmp_path / "s.sqlite", numbers) as store:
        queries: list[str] = []
        store.connection.set_trace_callback(queries.append)
        found = store.find(key_of().key, [asked(number) for number in numbers])
        store.connection.set_trace_callback(None)

        assert len(found) == len(numbers)
        assert len(queries) == 3
        assert store.known(key_of().key) == {asked(number).digest for number in numbers}
        assert store.known("another") == set()


def test_a_store_of_an_older_program_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its answers and facts are found again, and count as used on the day of the change."""
    path = tmp_path / "s.sqlite"
    with sqlite3.connect(path) as old:
        old.execute("create table responses (model text not null, request text not null, answer text not null, "
                    "primary key (model, request)) without rowid")
        old.execute("create table engines (model text primary key, facts text not null) without rowid")
        old.execute("insert into responses values ('m', ?, ?)", (ASKED.digest, Answer(text="old").model_dump_json()))
        old.execute("insert into engines values ('m', '{}')")
    old.close()

    with ResponseStore(path, lambda: 20_000) as store:
        assert store.find("m", [ASKED])[ASKED.digest].text == "old"
        assert store.facts("m") == "{}"
        assert stats(store).models[0].oldest_use == 20_000
    with ResponseStore(path) as store:
        assert len(store) == 1


def test_a_store_of_a_newer_program_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    """Neither is written to; the error says what to do."""
    newer, other = tmp_path / "newer.sqlite", tmp_path / "other.sqlite"
    with sqlite3.connect(newer) as connection:
        connection.execute(f"pragma application_id = {APPLICATION}")
        connection.execute("pragma user_version = 99")
    connection.close()
    other.write_text("something else that is no database at all\n" * 100)

    for path, words in ((newer, "newer program"), (other, "not a database")):
        before = path.read_bytes()
        with pytest.raises(CannotRun, match=words):
            ResponseStore(path)
        assert path is newer or path.read_bytes() == before


@pytest.mark.parametrize(
    "statements",
    [
        ["create table folders (folder text primary key)", "pragma user_version = 1"],
        ["create table responses (id integer primary key, body text)"],
        ["create table responses (model text, request text, answer text)",
         "create table engines (model text, facts text)", "create table customers (name text)"],
        ["pragma application_id = 7"],
        ["pragma user_version = 1"],
    ],
)
def test_a_database_of_another_program_is_not_taken_over(tmp_path: Path, statements: list[str]) -> None:
    """A memo, a table of the same name, one table more, another mark: refused with the mend, and left as it was."""
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    before = path.read_bytes()

    with pytest.raises(CannotRun, match="another program") as caught:
        ResponseStore(path)

    assert "--store" in caught.value.mend
    assert path.read_bytes() == before


def test_a_store_of_version_1_keeps_its_answers_and_gets_its_mark(tmp_path: Path) -> None:
    """What stores were before they could be told from other files; it can be opened again."""
    path = tmp_path / "s.sqlite"
    with sqlite3.connect(path) as old:
        old.execute("create table responses (model text not null, request text not null, answer text not null, used "
                    "integer not null default 0, sampled integer, primary key (model, request)) without rowid")
        old.execute("create table engines (model text primary key, facts text, name text, model_hash text, versions "
                    "text) without rowid")
        old.execute("insert into responses values ('m', ?, ?, 5, 0)",
                    (ASKED.digest, Answer(text="old").model_dump_json()))
        old.execute("insert into engines values ('m', '{}', 'small', 'h', '{}')")
        old.execute("pragma user_version = 1")
    old.close()

    for _ in range(2):
        with ResponseStore(path) as store:
            assert store.find("m", [ASKED])[ASKED.digest].text == "old"
            assert [(model.name, facts) for model, facts in stored_models(store)] == [("small", "{}")]
            assert store.connection.execute("pragma application_id").fetchone()[0] == APPLICATION


def test_an_answer_that_its_request_cannot_have_is_dropped_and_asked_again(tmp_path: Path) -> None:
    """A log-likelihood without a number, a text that is none, a line of nonsense: the next answer takes its place."""
    number = Request(kind="loglikelihood", prompt="Hello", continuation=" you")
    with ResponseStore(tmp_path / "s.sqlite") as store:
        store.put("m", number, Answer(text="planted"))
        store.put("m", ASKED, Answer(loglikelihood=-1.0))
        store.put("m", asked(1), Answer(text="good"))
        store.put("m", asked(2), Answer(text="nonsense"))
        store.connection.execute("update responses set answer = '{}}' where request = ?", (asked(2).digest,))

        assert set(store.find("m", [number, ASKED, asked(1), asked(2)])) == {asked(1).digest}
        store.put("m", number, Answer(loglikelihood=-2.0))
        assert store.find("m", [number])[number.digest].loglikelihood == -2.0
        assert len(store) == 2


def write_many(path: Path, start: int) -> None:
    """Keep answers, in a process of its own."""
    with ResponseStore(path) as store:
        for number in range(start, start + 60):
            store.put("m", asked(number), Answer(text=f"{start}"))
        store.put_many("m", [(asked(number), Answer(text=f"{start}")) for number in range(start + 60, start + 80)])


def test_processes_that_open_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes make the file and fill it together, with overlapping requests: each is there once."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(tmp_path / "s.sqlite", 40 * number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * 4
    with ResponseStore(tmp_path / "s.sqlite") as store:
        assert store.known("m") == {asked(number).digest for number in range(200)}


def test_use_is_noted_once_a_day_and_decides_what_goes(tmp_path: Path) -> None:
    """What was found lately stays, the rest goes; a dry run changes nothing."""
    filled(tmp_path / "s.sqlite", range(10), today=20_000).close()
    with ResponseStore(tmp_path / "s.sqlite", lambda: 20_050) as store:
        store.find(key_of().key, [asked(number) for number in range(4)])
        would = gc(store, 20_050, keep_days=30)
        assert (would.answers, would.kept, len(store)) == (6, 4, 10)

        dropped = gc(store, 20_050, keep_days=30, dry_run=False)

        assert (dropped.answers, dropped.by_model) == (6, {key_of().key: 6})
        assert store.known(key_of().key) == {asked(number).digest for number in range(4)}
        assert gc(store, 20_050, keep_days=50).answers == 0


def test_models_that_are_gone_and_the_longest_unused_can_go(tmp_path: Path) -> None:
    """Other models go first; then the longest unused, until the rest fits."""
    with filled(tmp_path / "s.sqlite", range(10)) as store:
        store.put("another", ASKED, Answer(text="hi"))
        assert gc(store, 20_000, keep_models={key_of().key}).by_model == {"another": 1}
        used_later = ResponseStore(tmp_path / "s.sqlite", lambda: 20_001)
        used_later.find(key_of().key, [asked(7), asked(8)])
        used_later.close()
        size = stats(store).bytes
        dropped = gc(store, 20_001, keep_models={key_of().key}, max_bytes=size // 4, dry_run=False)

        assert dropped.answers == 11 - len(store)
        assert {asked(7).digest, asked(8).digest} <= store.known(key_of().key)
        assert stats(store).bytes <= size // 4
        assert [model.name for model, _ in stored_models(store)] == ["small"]


def test_a_model_of_a_run_that_goes_on_keeps_its_description(tmp_path: Path) -> None:
    """It was described today and has no answer yet; one that nobody answers for goes after a week."""
    with filled(tmp_path / "s.sqlite", range(3), today=20_000) as store:
        store.put("another", ASKED, Answer(text="hi"))
        gc(store, 20_000, keep_models={"another"}, dry_run=False)
        assert [model.name for model, _ in stored_models(store)] == ["small"]

        store.put("a third", ASKED, Answer(text="hi"))
        gc(store, 20_008, keep_models={"another"}, dry_run=False)
        assert stored_models(store) == []
