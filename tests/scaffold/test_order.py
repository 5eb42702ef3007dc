"""Ids and the seeded order."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import Where
from commons.scaffold import order
from commons.scaffold.items import Item
from commons.scaffold.order import data_rows, item_names
from tests.scaffold.making import SHEETS, items_of, write_sheet


def item(asked: str, own_id: str | None = None) -> Item:
    """An item that asks something."""
    return Item(Where(Path("items.csv"), 2), own_id, asked, {"text": asked}, {})


def test_ids_depend_on_content_alone() -> None:
    """An item keeps its id whatever stands before or after it."""
    items = [item(f"text {n}") for n in range(50)]
    assert item_names(items) == item_names(items[::-1])[::-1]
    assert item_names(items[3:4]) == item_names(items)[3:4]


def test_colliding_ids_grow_until_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items whose hashes begin alike get longer ids, the others stay short."""
    digests = {"a": "aaaaaa11", "b": "aaaaaa22", "c": "bbbbbb11"}
    monkeypatch.setattr(order, "sha256_json", lambda asked: digests[asked] + "0" * 56)
    assert item_names([item("a"), item("b"), item("c")]) == ["q-aaaaaa11", "q-aaaaaa22", "q-bbbbbb"]


def test_a_made_id_never_equals_an_own_one() -> None:
    """An own id that looks like a made one pushes the made one aside, not the other way round."""
    made = item_names([item("a")])[0]
    names = item_names([item("a"), item("b", own_id=made)])
    assert names[1] == made
    assert len(set(names)) == 2


def test_the_order_does_not_depend_on_the_files_order(tmp_path: Path) -> None:
    """The same rows in another order give the same data file."""
    sheet = list(SHEETS["multiple_choice"])
    turned = [{**row, "A": row["C"], "C": row["A"], "Answer": "C"} for row in sheet[::-1]]
    first = items_of(write_sheet(tmp_path / "a.csv", sheet), "multiple_choice")
    other = items_of(write_sheet(tmp_path / "b.csv", turned), "multiple_choice")
    assert data_rows(first, 3, "canary") == data_rows(other, 3, "canary")
