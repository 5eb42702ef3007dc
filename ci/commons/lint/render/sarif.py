"""The report as SARIF 2.1.0, the format of code scanners (OASIS standard, 27 March 2020).

The rules travel with the report, each with its page, so that a viewer needs nothing from us. A finding keeps its
fingerprint when its line moves: the digest is over its rule, file and sentence, and over which of several equal ones
it is.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from commons import __version__
from commons.lint.findings import Finding, Report, plain
from commons.lint.registry import Rule, all_rules, section
from commons.lint.render.json import document_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
ROOT = "%SRCROOT%"

_LEVEL = {"lint": "error", "hint": "note"}
#: Sentences name other lines, which move with the text.
_LINE = re.compile(r"\bline \d+")


def to_sarif(report: Report) -> str:
    """The report as one SARIF document; what a card explains away is there too, as suppressed."""
    rules = all_rules()
    places = {rule.code: place for place, rule in enumerate(rules)}
    fingerprints = _Fingerprints()
    results = [_result(one, places, fingerprints.of(one)) for one in (*report.findings, *report.suppressed)]
    return document_text({
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [{
            "tool": {"driver": {
                "name": "Eval Commons lint", "version": __version__, "rules": [_rule(rule) for rule in rules],
            }},
            "automationDetails": {"id": "commons-lint/"},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the pool."}}},
            "invocations": [{"executionSuccessful": True}],
            "results": results,
        }],
    })


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": section(rule.page, "What it finds")},
        "help": {"text": section(rule.page, "How to mend it"), "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVEL[rule.level]},
        "properties": {"tags": [rule.subject, rule.level]},
    }


def _result(one: Finding, places: Mapping[str, int], fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "level": _LEVEL[one.level],
        "message": {"text": f"{one.sentence} {one.mend}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(one), "region": _region(one)}}],
        "partialFingerprints": {"commonsLint/v1": fingerprint, "primaryLocationLineHash": fingerprint},
        "properties": {"sure": one.sure, "fixable": one.fix is not None},
    }
    if one.code in places:
        result["ruleIndex"] = places[one.code]
    if one.suppressed is not None:
        justification = plain(one.suppressed)
        result["suppressions"] = [{"kind": "external", "justification": justification}]
    return result


def _artifact(one: Finding) -> dict[str, str]:
    # A file's name is bytes to the system, and need not be text.
    uri = quote(os.fsencode(one.where.path.as_posix()))
    return {"uri": f"file://{uri}"} if one.where.path.is_absolute() else {"uri": uri, "uriBaseId": ROOT}


def _region(one: Finding) -> dict[str, int]:
    """The place; a finding about a whole file stands at its first line, because GitHub shows none without one."""
    column = {"startColumn": one.where.column} if one.where.column else {}
    return {"startLine": max(1, one.where.line), **column}


class _Fingerprints:
    """A digest for each finding that does not depend on its line; equal findings are counted."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, one: Finding) -> str:
        what = "\0".join([one.code, one.file, one.item or "", _LINE.sub("line", one.sentence)])
        digest = hashlib.sha256(what.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"
