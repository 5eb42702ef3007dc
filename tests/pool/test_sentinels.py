"""The file of an endpoint's checks: strict, bounded, and without a word of text."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from commons.errors import BadFile
from commons.pool.models import Model
from commons.pool.sentinels import (
    KEPT,
    SentinelFile,
    appended,
    is_before,
    read_drifts,
    read_sentinels,
    sentinel_path,
    to_text,
)
from tests.plan.making import endpoint, model
from tests.pool.checks import check

DAY = datetime.timedelta(days=1)


def write(results: Path, content: SentinelFile) -> Path:
    """Put a file where it belongs."""
    path = sentinel_path(results, content.model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_text(content))
    return path


def two() -> SentinelFile:
    """Two checks, the second of which found a drift."""
    first = check(day=1)
    return appended(appended(None, "served", first), "served",
                    check(day=8, baseline=first.when, n=20, changed=20, p=1e-6, drifted=True))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """The same values and the same bytes; each item on a line of its own."""
    path = write(tmp_path, two())

    assert read_sentinels(path) == two()
    assert to_text(read_sentinels(path)) == path.read_text()
    assert sum('"request"' in line for line in path.read_text().splitlines()) == 40


def put(*path: str | int, value: object) -> Any:
    """A change of one value of the file."""

    def change(content: Any) -> None:
        for part in path[:-1]:
            content = content[part]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize("change", [
    put("schema_version", value=2), put("model", value="other"), put("model", value="../x"), put("note", value="hi"),
    put("checks", value=[]), put("checks", 0, "items", value=[]), put("checks", 0, "items", 0, "text", value="Paris"),
    put("checks", 0, "items", 0, "first", value="Paris"), put("checks", 0, "when", value="2026-11-01T04:00:00"),
    put("checks", 0, "when", value="2026-11-09T04:00:00Z"), put("checks", 1, "p", value=2.0),
    put("checks", 1, "faults", value=-1), put("checks", 0, "items", 0, "item", value="x" * 501),
])
def test_a_file_that_does_not_hold_is_refused(tmp_path: Path, change: Any) -> None:
    """Unknown keys, text in a digest's place, times without a zone or out of order: one clear error with the file."""
    path = write(tmp_path, two())
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))

    with pytest.raises(BadFile) as caught:
        read_sentinels(path)

    assert caught.value.where is not None
    assert caught.value.where.path == path


def test_old_checks_go_but_not_those_that_still_decide() -> None:
    """Sixty are kept, beside the last drift, which makes cells stale, and the baseline of the newest."""
    drift = check(day=1, drifted=True)
    content = appended(None, "served", drift)
    base = drift.when + DAY
    for number in range(1, 100):
        more = check(day=1, when=drift.when + number * DAY, baseline=base if number > 1 else None)
        content = appended(content, "served", more)

    assert len(content.checks) == KEPT + 2
    assert [one.when for one in content.checks[:2]] == [drift.when, base]
    assert content.last_drift == drift.when


def test_drifts_are_those_of_endpoints_that_are_not_pinned(tmp_path: Path) -> None:
    """A pinned model and one that runs here cannot drift, whatever a file says; a broken file is named."""
    served = endpoint("pinned")
    assert served.endpoint is not None
    pinned = served.model_copy(update={"endpoint": served.endpoint.model_copy(update={"pinned": True})})
    models: list[Model] = [endpoint(), pinned, model("here"), endpoint("broken"), endpoint("unchecked")]
    for name in ("served", "pinned", "here"):
        write(tmp_path, SentinelFile(model=name, checks=two().checks))
    sentinel_path(tmp_path, "broken").write_text("{")

    drifts = read_drifts(tmp_path, models)

    assert drifts.since == {"served": two().checks[1].when}
    assert [one.path.stem for one in drifts.broken] == ["broken"]


@pytest.mark.parametrize(
    ("started", "before"),
    [("2026-11-01T03:59:59+00:00", True), ("2026-11-01T04:00:00Z", False), ("2026-11-01T05:59:59+02:00", True),
     ("2026-11-02T00:00:00+00:00", False), ("yesterday", True), ("2026-11-02T00:00:00", True), (None, True)],
)
def test_a_start_is_compared_as_a_moment(started: str | None, before: bool) -> None:
    """Zones are heeded; what is no moment is taken for older, and without a drift nothing is."""
    assert is_before(started, check(day=1).when) is before
    assert not is_before(started, None)
