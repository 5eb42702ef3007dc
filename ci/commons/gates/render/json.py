"""Checks for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from commons.gates.base import Evidence, GateReport, Place
from commons.gates.check import CheckReport
from commons.gates.policy import CRITERIA
from commons.gates.worth import Worth
from commons.lint.findings import plain
from commons.lint.render.json import to_json as lint_to_json

SCHEMA_VERSION = 1


def to_json(reports: Sequence[CheckReport]) -> str:
    """The checks as one JSON document; a line or column that is not known is null."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "criteria": {one.name: {"value": one.value, "source": one.source} for one in CRITERIA},
        "tasks": [_report(report) for report in reports],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _report(report: CheckReport) -> dict[str, Any]:
    return {
        "task": report.name,
        "verdict": report.verdict.value,
        "sentence": plain(report.sentence),
        "items": report.items,
        "tried": report.tried,
        "seconds": round(report.seconds, 2),
        "sandboxed": not report.trusted,
        "lint": json.loads(lint_to_json(report.lint)),
        "gates": [_gate(gate) for gate in report.gates],
        "worth": None if report.worth is None else _worth(report.worth),
    }


def _gate(gate: GateReport) -> dict[str, Any]:
    return {
        "name": gate.name, "title": gate.title, "state": gate.state.value, "sentence": plain(gate.sentence),
        "mend": plain(gate.mend), "evidence": [_evidence(one) for one in gate.evidence],
        "places": [_place(place) for place in gate.places],
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "label": plain(one.label), "number": _finite(one.number), "interval": one.interval, "n": one.n,
        "threshold": _finite(one.threshold), "threshold_source": one.threshold_source, "p": one.p, "alarm": one.alarm,
        "note": plain(one.note),
    }


def _finite(value: float | None) -> float | None:
    """A number that JSON has; a card may state a chance or a ceiling that is none."""
    return value if value is not None and math.isfinite(value) else None


def _place(place: Place) -> dict[str, Any]:
    return {
        "item": plain(place.item), "path": plain(place.where.path.as_posix()), "line": place.where.line or None,
        "column": place.where.column or None, "note": plain(place.note),
    }


def _worth(worth: Worth) -> dict[str, Any]:
    difficulty, artefact, power = worth.difficulty, worth.artefact, worth.power
    return {
        "difficulty": None if difficulty is None else vars(difficulty),
        "artefact": None if artefact is None else {"excess": artefact.excess, "probe": plain(artefact.probe)},
        "power": None if power is None else vars(power),
        "overlaps": None if worth.overlaps is None else [
            {"task": plain(one.task), "share": one.share, "examples": [plain(text) for text in one.examples]}
            for one in worth.overlaps
        ],
        "costs": [vars(one) for one in worth.costs],
        "dollars": worth.dollars, "tokens": worth.tokens, "requests": worth.requests,
    }
