"""Reports of a trial, as somebody forges them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commons.pool.hashing import folder_digest
from tests.e2e.hostile.material import LINES


def perfect(folder: Path | None, head: str) -> str:
    """A report in which everything is well, on the folder as it is."""
    gate = {"name": "loads", "title": "Loads", "state": "passed", "sentence": "All is well.", "mend": "",
            "evidence": [], "places": []}
    check = {"verdict": "ready", "sentence": "All is well.", "items": 72, "tried": 72, "sandboxed": True, "lints": 0,
             "gates": [gate], "worth": None}
    tasks = [] if folder is None else [{"task": folder.name, "folder": folder_digest(folder), "check": check,
                                        "before": None, "after": None, "problem": ""}]
    return json.dumps({"schema_version": 1, "head_sha": head, "tasks": tasks, "plan": None, "problem": ""})


def loud(report: dict[str, Any], *, size: int = 1) -> dict[str, Any]:
    """A true report with hostile words wherever it has words, and ``size`` failed gates with places."""
    text = LINES[:2_000]
    evidence = {"label": text, "number": 1e308, "interval": [-1e308, 1e308], "n": 10**12, "threshold": -1e308,
                "threshold_source": text, "p": 1.0, "alarm": True, "note": text}
    where = {"item": text, "path": text, "line": 1, "column": 1, "note": text}
    gate = {"name": "loads", "title": text, "state": "failed", "sentence": text, "mend": text,
            "evidence": [evidence] * size, "places": [where] * size}
    report["problem"] = text
    for task in report["tasks"]:
        task["problem"] = text
        task["check"].update(sentence=text, gates=[gate] * min(size, 100), worth=None)
    report["plan"] = {"reasons": [], "kept": 1, "inapplicable": [{"cells": 1, "why": text}] * min(size, 50),
                      "requests": 10**12, "tokens_in": 10**12, "tokens_out": 10**12, "seconds": 1e12, "dollars": 1e12,
                      "models": [], "hashes": {}}
    return report
