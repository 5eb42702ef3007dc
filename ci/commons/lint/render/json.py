"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from commons.lint.findings import Finding, Report, plain

SCHEMA_VERSION = 1


def to_json(report: Report) -> str:
    """The report as one JSON document; a line, column or item that is not known is null.

    ``suppressed`` are the findings that a card explains away, each with its reason; they count nowhere else.
    """
    return document_text({
        "schema_version": SCHEMA_VERSION,
        "blocking": report.blocking,
        "counts": {"lint": report.count("lint"), "hint": report.count("hint")},
        "fixable": sum(one.fix is not None for one in report.findings),
        "checked": [{"kind": one.kind, "path": one.name, "size": one.size} for one in report.checked],
        "findings": [_finding(one) for one in report.findings],
        "suppressed": [{**_finding(one), "reason": plain(one.suppressed or "")} for one in report.suppressed],
    })


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "level": one.level,
        "sure": one.sure,
        "sentence": one.sentence,
        "path": one.file,
        "line": one.where.line or None,
        "column": one.where.column or None,
        "item": None if one.item is None else plain(one.item),
        "mend": one.mend,
        "fixable": one.fix is not None,
    }


def document_text(document: dict[str, Any]) -> str:
    """A JSON document as text with sorted keys; what a workflow's log would obey stands as its JSON escape."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return text.replace("##[", "##\\u005b") + "\n"
