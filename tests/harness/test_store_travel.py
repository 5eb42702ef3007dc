"""Answers that travel: what an export holds, what is taken in of one, and what is refused."""

import gzip
import json
import os
from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.harness import store_travel
from commons.harness.requests import Answer
from commons.harness.store import ResponseStore
from commons.harness.store_travel import Asked, Imported, export, import_
from tests.harness.stores import asked, filled, key_of


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


def test_only_answers_to_the_requests_asked_for_are_taken_in(tmp_path: Path) -> None:
    """Answers of other models and requests are left out and counted; a key that is not that of its parts is refused."""
    with filled(tmp_path / "a.sqlite", range(3)) as one, ResponseStore(tmp_path / "b.sqlite") as other:
        export(one, tmp_path / "a.gz")

        known = {asked(number).digest: Asked(generates=True, sampled=False) for number in range(2)}
        assert import_(other, tmp_path / "a.gz", allowed={"b" * 64: known}) == Imported(left_out=3)
        assert import_(other, tmp_path / "a.gz", allowed={"a" * 64: known}) == Imported(added=2, left_out=1)
        text = gzip.decompress((tmp_path / "a.gz").read_bytes()).replace(b"a" * 64, b"b" * 64)
        (tmp_path / "c.gz").write_bytes(gzip.compress(text))
        with pytest.raises(BadFile, match="model's key"):
            import_(other, tmp_path / "c.gz", allowed={"b" * 64: known})


def test_what_a_file_says_of_sampling_is_not_believed(tmp_path: Path) -> None:
    """A greedy answer that calls itself sampled is a contradiction all the same; a number is no text."""
    with filled(tmp_path / "a.sqlite", range(2)) as one, filled(tmp_path / "b.sqlite", range(2), text="bye") as other:
        export(other, tmp_path / "b.gz")
        text = gzip.decompress((tmp_path / "b.gz").read_bytes()).replace(b'"request":', b'"sampled":true,"request":')
        (tmp_path / "b.gz").write_bytes(gzip.compress(text))
        assert import_(one, tmp_path / "b.gz") == Imported(known=2, conflicts=2)

        wanted = {"a" * 64: {asked(0).digest: Asked(generates=False, sampled=False)}}
        with ResponseStore(tmp_path / "c.sqlite") as empty, pytest.raises(BadFile, match="not of the kind"):
            import_(empty, tmp_path / "b.gz", allowed=wanted)


HEAD = b'{"format":"eval-commons answers 1"}\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no gzip", "no export of answers"),
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
        (gzip.compress(HEAD + json.dumps({"model": "a" * 64, "request": "b" * 64, "sampled": False, "answer": {
            "outcome": "scored"}}).encode()), "not of the kind"),
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
