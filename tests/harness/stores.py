"""Small response stores for tests: requests by number, and a store with the answers to some of them."""

from __future__ import annotations

from pathlib import Path

from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore, store_model
from commons.harness.store_schema import StoredModel

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
