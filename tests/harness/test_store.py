"""The response store."""

from pathlib import Path

import pytest

from commons.harness.requests import Answer, Request, instrument_fault
from commons.harness.store import ResponseStore, store_model

ASKED = Request(kind="generate_until", prompt="Hello", generation={"until": ["\n"]})


def test_an_answer_is_found_again_by_request_and_model(tmp_path: Path) -> None:
    """A stored answer comes back for the same request and model, and for no other of either."""
    with ResponseStore(tmp_path / "s.sqlite") as store:
        store.put("m", ASKED, Answer(text="hi é🙂"))

    with ResponseStore(tmp_path / "s.sqlite") as store:
        other = ASKED.model_copy(update={"prompt": "Hello!"})
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
    """A fault is asked again, so it is no answer."""
    with ResponseStore(tmp_path / "s.sqlite") as store, pytest.raises(ValueError, match="only answers"):
        store.put("m", ASKED, instrument_fault("connection refused"))


def test_libraries_are_part_of_the_models_key() -> None:
    """Another library version is another instrument; an endpoint has none and stays the same."""
    assert store_model("h", {"torch": "2.13.0"}) != store_model("h", {"torch": "2.14.0"})
    assert store_model("h", {}) == store_model("h", {})
