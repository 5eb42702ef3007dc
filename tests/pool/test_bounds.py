"""What pages repeat has a longest length, a list has a most, and a date is one of this century."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from commons.pool import cell, models
from commons.pool.card import MOST, Card
from commons.pool.validate import shows_something
from tests.publish.synthetic import card, model

_PROVENANCE = {"commit": None, "run_url": None, "versions": {"commons": "1"}, "weights": "w", "engine": "e",
               "host": "h", "started": "2026-11-23T12:00:00+00:00", "seconds": 1.0, "cost_usd": None}
_HEADLINE = {"metric": "acc", "direction": "higher"}
_METRIC = {"value": 0.5, "stderr": None, "interval": None, "method": "Wilson", "n": 2, "aggregation": "mean",
           "higher_is_better": True}
_SUBTAGS = [f"{a}{b}{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh"]


@pytest.mark.parametrize(("kind", "good", "change"), [
    (Card, card(), {"headline": {**_HEADLINE, "unit": "u" * 101}}),
    (Card, card(), {"headline": {**_HEADLINE, "metric": "m" * 101}}),
    (Card, card(), {"headline": {**_HEADLINE, "filter": "f" * 101}}),
    (Card, card(), {"licence": "LicenseRef-" + "W" * 200}),
    (Card, card(), {"known_biases": "b" * 10_001}),
    (Card, card(), {"citation": "c" * 10_001}),
    (Card, card(), {"languages": _SUBTAGS[: MOST + 1]}),
    (Card, card(), {"title": "t" * 81}),
    (Card, card(), {"summary": "s" * 401}),
    (Card, card(), {"title": "\u200b\u200b"}),
    (models.Model, model("alpha"), {"name": "n" * 101}),
    (models.Model, model("alpha"), {"name": "\u3164"}),
    (models.Model, model("alpha"), {"family": "f" * 101}),
    (cell.Provenance, _PROVENANCE, {"host": "h" * 1001}),
    (cell.Provenance, _PROVENANCE, {"engine": "e" * 1001}),
    (cell.Provenance, _PROVENANCE, {"weights": "w" * 1001}),
    (cell.Provenance, _PROVENANCE, {"run_url": "u" * 1001}),
    (cell.Provenance, _PROVENANCE, {"versions": {"v" * 1001: "1"}}),
    (cell.Metric, _METRIC, {"method": "m" * 1001}),
])
def test_a_value_beyond_its_bound_is_refused(
    kind: type[BaseModel], good: dict[str, Any], change: dict[str, Any]
) -> None:
    """What is as it should be is read; one value too long, too many or without a sign to see is named."""
    kind.model_validate(good)
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({**good, **change})
    assert {error["loc"][0] for error in caught.value.errors()} == set(change)


def test_the_most_languages_can_be_given() -> None:
    """The bound itself is within it."""
    assert len(Card.model_validate(card(languages=_SUBTAGS[:MOST])).languages) == MOST


@pytest.mark.parametrize("started", [
    "9999-12-31T00:00:00Z", "1970-01-01", "2026-02-30", "2026-11-23T12:00:00Z" + " " * 900_000, "last week", "",
    "2026-11-23\n",
])
def test_a_start_at_no_day_of_this_century_is_refused(started: str) -> None:
    """No page can say that the newest measurement is of the year 9999."""
    with pytest.raises(ValidationError, match="started"):
        cell.Provenance.model_validate({**_PROVENANCE, "started": started})


@pytest.mark.parametrize("started", [
    "2026-11-23", "2026-11-23T12:00:00", "2026-11-23T12:00:00Z", "2024-02-29T12:00:00.123456-08:00",
])
def test_a_start_is_a_day_or_a_time_of_it(started: str) -> None:
    """Imported cells know the day alone; others the second."""
    assert cell.Provenance.model_validate({**_PROVENANCE, "started": started}).started == started


@pytest.mark.parametrize(("text", "seen"), [
    ("a", True), ("日本語", True), ("\u0645\u0627", True), ("+", True), ("\u200b", False), ("\u2800\u3164", False),
    ("\U000e0041", False), (" \u00ad\u200d", False), ("\u0301", False),
])
def test_a_name_shows_something(text: str, seen: bool) -> None:
    """Marks that combine with nothing, spaces of any kind and letters that are blank make no name."""
    if seen:
        assert shows_something(text) == text
    else:
        with pytest.raises(ValueError, match="nothing in it can be seen"):
            shows_something(text)
