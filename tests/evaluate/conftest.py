"""What tests of this room share: a model that answers by rule, in the place of every engine."""

from __future__ import annotations

import pytest

from tests.running import RuleEngine, by_length, rule_kind


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> RuleEngine:
    """A model that answers by rule, in the place of every engine."""
    engine = RuleEngine(by_length)
    monkeypatch.setattr("commons.evaluate.measuring.engine_kind", lambda _: rule_kind(engine))
    monkeypatch.setattr("commons.evaluate.shard.engine_kind", lambda _: rule_kind(engine))
    return engine
