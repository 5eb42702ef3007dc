"""The report for programs."""

from __future__ import annotations

import json

from commons.lint.findings import Report

SCHEMA_VERSION = 1


def to_json(report: Report) -> str:
    """The report as one JSON document; a line or column that is not known is null."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "blocking": report.blocking,
        "counts": {"lint": report.count("lint"), "hint": report.count("hint")},
        "checked": [{"kind": one.kind, "path": one.name, "size": one.size} for one in report.checked],
        "findings": [
            {
                "code": one.code,
                "level": one.level,
                "sentence": one.sentence,
                "path": one.file,
                "line": one.where.line or None,
                "column": one.where.column or None,
                "mend": one.mend,
            }
            for one in report.findings
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
