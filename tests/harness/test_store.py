"""The response store: answers found again, kept by many processes, looked after, and carried elsewhere."""

import gzip
import json
import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest

from commons.errors import BadFile, CannotRun
from commons.harness import store_travel
from commons.harness.requests import Answer, Request, instrument_fault
from commons.harness.store import BATCH, ResponseStore, store_model
from commons.harness.store_care import gc, stats, stored_models
from commons.harness.store_schema import StoredModel
from commons.harness.store_travel import Imported, export, import_

ASKED = Request(kind="generate_until", prompt="Hello", generation={"until": ["\n"]})


def asked(number: int, sample: int | None = None) -> Request:
    """One of many requests."""
    return Request(kind="generate_until", prompt=f"Hello {number}", generation={"until": ["\n"]}, sample=sample)


def key_of(model_hash: str = "a" * 64) -> StoredModel:
    """A model with its key."""
    return StoredModel(store_model(model_hash, {"torch": "2"}), "small", model_hash, {"torch": "2"})


def filled(path: Path, numbers: range, text: str = "hi", today: int = 20_000) -> ResponseStore:
    """A store with the answers to some requests of one model."""
    store = ResponseStore(path, lambda: today)
    model = key_of()
    store.describe(model)
    store.put_many(model.key, [(asked(number), Answer(text=f"{text} {number}")) for number in numbers])
    return store


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
        connection.execute("pragma user_version = 99")
    connection.close()
    other.write_text("something else that is no database at all\n" * 100)

    for path, words in ((newer, "newer program"), (other, "not a database")):
        before = path.read_bytes()
        with pytest.raises(CannotRun, match=words):
            ResponseStore(path)
        assert path is newer or path.read_bytes() == before


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


def test_answers_travel_and_can_arrive_twice(tmp_path: Path) -> None:
    """An export taken in gives the same answers, its second time nothing; equal stores export equal bytes."""
    with filled(tmp_path / "a.sqlite", range(30)) as one, ResponseStore(tmp_path / "b.sqlite") as other:
        one.put_facts(key_of().key, '{"name": "rule"}')
        assert export(one, tmp_path / "a.gz") == 30
        first = import_(other, tmp_path / "a.gz")
        second = import_(other, tmp_path / "a.gz")
        export(other, tmp_path / "b.gz")

        assert (first, second) == (Imported(added=30), Imported(known=30))
        assert other.facts(key_of().key) == '{"name": "rule"}'
        assert one.find(key_of().key, [asked(3)]) == other.find(key_of().key, [asked(3)])
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_part_can_be_exported(tmp_path: Path) -> None:
    """Answers of some models to some requests, and nothing else."""
    with filled(tmp_path / "a.sqlite", range(30)) as store:
        store.put("another", asked(3), Answer(text="no"))
        assert export(store, tmp_path / "a.gz", models={key_of().key}, requests={asked(3).digest}) == 1

        lines = gzip.decompress((tmp_path / "a.gz").read_bytes()).decode().splitlines()
    assert [json.loads(line).get("request") for line in lines] == [None, None, asked(3).digest]


def test_the_first_answer_stays_and_contradictions_are_counted(tmp_path: Path) -> None:
    """A greedy request answered otherwise elsewhere is reported; samples may differ."""
    with filled(tmp_path / "a.sqlite", range(3)) as one, filled(tmp_path / "b.sqlite", range(3), text="bye") as other:
        for store, text in ((one, "x"), (other, "y")):
            store.put(key_of().key, asked(9, sample=0), Answer(text=text))
        export(other, tmp_path / "b.gz")

        assert import_(one, tmp_path / "b.gz") == Imported(known=4, conflicts=3)
        assert one.find(key_of().key, [asked(0)])[asked(0).digest].text == "hi 0"


def test_only_answers_of_the_models_asked_for_are_taken_in(tmp_path: Path) -> None:
    """Answers of other models are left out and counted; a key that is not that of its parts is refused."""
    with filled(tmp_path / "a.sqlite", range(3)) as one, ResponseStore(tmp_path / "b.sqlite") as other:
        export(one, tmp_path / "a.gz")

        assert import_(other, tmp_path / "a.gz", model_hashes={"b" * 64}) == Imported(left_out=3)
        assert import_(other, tmp_path / "a.gz", model_hashes={"a" * 64}) == Imported(added=3)
        text = gzip.decompress((tmp_path / "a.gz").read_bytes()).replace(b"a" * 64, b"b" * 64)
        (tmp_path / "c.gz").write_bytes(gzip.compress(text))
        with pytest.raises(BadFile, match="model's key"):
            import_(other, tmp_path / "c.gz", model_hashes={"b" * 64})


HEAD = b'{"format":"eval-commons answers 1"}\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no gzip", "no whole gzip file"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(b'{"format": "another"}\n'), "does not begin"),
        (gzip.compress(HEAD + b'{"model": "x"}\n'), "neither a model nor an answer"),
        (gzip.compress(HEAD + b"[" * 5000 + b"\n"), "neither a model nor an answer"),
        (gzip.compress(HEAD + b"a" * 5_000_000), "longer than"),
        (gzip.compress(HEAD + (b" " * 3_000_000 + b"{}\n") * 40), "neither|far more"),
        (gzip.compress(HEAD + os.urandom(5000).hex().encode())[:-300], "no whole gzip file"),
        (gzip.compress(HEAD + json.dumps({"model": "a" * 64, "request": "b" * 64, "sampled": False, "answer": {
            "outcome": "instrument_fault", "detail": "no"}}).encode()), "fault of the instrument"),
        (gzip.compress(HEAD + json.dumps({"model": "a" * 64, "request": "b" * 64, "sampled": False, "answer": {
            "text": "hi", "more": 1}}).encode()), "neither"),
    ],
)
def test_a_file_that_is_no_export_is_refused_by_line(tmp_path: Path, content: bytes, words: str) -> None:
    """Whatever the file holds, the error names it, and the store stays as it was."""
    (tmp_path / "a.gz").write_bytes(content)
    with ResponseStore(tmp_path / "s.sqlite") as store:
        with pytest.raises(BadFile, match=words):
            import_(store, tmp_path / "a.gz")

        assert len(store) == 0


def test_a_small_file_that_unpacks_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same good answer a hundred thousand times shrinks as no honest export does."""
    monkeypatch.setattr(store_travel, "_FREE_BYTES", 100_000)
    line = json.dumps({"model": "a" * 64, "request": "b" * 64, "sampled": False, "answer": {"text": "x" * 900}})
    (tmp_path / "a.gz").write_bytes(gzip.compress(HEAD + (line + "\n").encode() * 20_000))

    with ResponseStore(tmp_path / "s.sqlite") as store, pytest.raises(BadFile, match="far more"):
        import_(store, tmp_path / "a.gz")


def test_what_stood_before_a_bad_line_is_kept_and_the_next_import_goes_on(tmp_path: Path) -> None:
    """A file that was cut off gives what it has; the whole one adds the rest."""
    with filled(tmp_path / "a.sqlite", range(5000)) as one, ResponseStore(tmp_path / "b.sqlite") as other:
        export(one, tmp_path / "a.gz")
        whole = (tmp_path / "a.gz").read_bytes()
        (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BadFile):
            import_(other, tmp_path / "cut.gz")
        before = len(other)
        taken = import_(other, tmp_path / "a.gz")

        assert 1000 <= before < 5000
        assert taken == Imported(added=5000 - before, known=before)
