"""Reading the harness's ``samples_<task>_<time>.jsonl``: one line for each item and filter.

In the file numbers may stand as text, log-likelihoods always do (lm_eval 0.4.13, ``sanitize_list``). Statistics that
are no single number (the counts behind BLEU or F1) are not what our rows hold, and are left out by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commons.errors import BadFile, Problem, Where
from commons.evaluate.importing.outside import LONGEST_ITEM, Imported, ImportedRow, number_of, raise_first
from commons.pool.items import read_rows

_MARKS = {"doc_id", "doc_hash", "filtered_resps", "metrics"}


def is_samples_file(path: Path) -> bool:
    """Whether the first line of a .jsonl file is one of the harness's samples."""
    if path.suffix != ".jsonl":
        return False
    rows, _ = read_rows(path)
    return bool(rows) and set(rows[0].values) >= _MARKS


def read_samples(path: Path, item: str | None = None) -> Imported:
    """The rows of a samples file. Items are called by ``item``, a field of the document, else by the document's hash.

    Raises:
        BadFile: the first lines that do not fit, or the file cannot be read.
    """
    lines, problems = read_rows(path)
    found: dict[str, tuple[Where, dict[str, Any]]] = {}
    skipped: set[str] = set()
    for line in lines:
        try:
            name = _item(line.values, item, line.where)
            _, known = found.setdefault(name, (line.where, {"scores": {}}))
            _add(known, line.values, line.where, skipped)
        except BadFile as error:
            problems += error.problems
    raise_first(problems)
    rows = tuple((where, ImportedRow(item=name, **known)) for name, (where, known) in found.items() if known["scores"])
    left_out = tuple(f"The metric `{name}` is not one number for each item." for name in sorted(skipped))
    return Imported(rows, left_out)


def _item(values: Mapping[str, Any], field: str | None, where: Where) -> str:
    if field is None:
        return str(values["doc_hash"])[:16] if "doc_hash" in values else _missing("doc_hash", where)
    document = values.get("doc")
    if not isinstance(document, dict) or document.get(field) is None:
        return _missing(f"doc.{field}", where)
    name = str(document[field])
    if not 0 < len(name) <= LONGEST_ITEM:
        raise _bad(where, f"`doc.{field}` has {len(name)} characters; an item's id has 1 to {LONGEST_ITEM}.",
                   "Name another field of ids with --item.")
    return name


def _add(known: dict[str, Any], values: Mapping[str, Any], where: Where, skipped: set[str]) -> None:
    chain = str(values.get("filter", "none"))
    names = values.get("metrics")
    if not isinstance(names, list):
        _missing("metrics", where)
        return
    for name in map(str, names):
        given = values.get(name)
        number = number_of(given)
        if number is None and _is_single(given):
            raise _bad(where, f"The item has `{str(given)[:40]}` for `{name}`, which is no finite number.",
                       "Score it again, or leave the item out.")
        if number is None:
            skipped.add(name)
        elif f"{name},{chain}" in known["scores"]:
            raise _bad(where, f"The item has two scores for `{name}` after the filter `{chain}`.",
                       "Give the field of the document that holds the item's id: --item.")
        else:
            known["scores"][f"{name},{chain}"] = number
    answers = values.get("filtered_resps")
    if isinstance(answers, list):
        known |= _choices(answers) or _answer(answers)
    known["gold"] = str(values.get("target"))


def _is_single(value: object) -> bool:
    """Whether a score stands here that was to be one number: also as text, as the harness writes what it cannot."""
    if isinstance(value, str):
        return value.strip().casefold().lstrip("+-") in {"nan", "inf", "infinity"}
    return isinstance(value, (int, float))


def _choices(answers: list[Any]) -> dict[str, Any]:
    """Log-likelihoods and the chosen option, where the answers are pairs of a number and whether it is greedy."""
    numbers = [number_of(one[0]) if isinstance(one, list) and len(one) == 2 else None for one in answers]
    whole = [one for one in numbers if one is not None]
    if len(whole) < 2 or len(whole) != len(numbers):
        return {}
    return {"loglikelihoods": tuple(whole), "chosen": whole.index(max(whole))}


def _answer(answers: list[Any]) -> dict[str, Any]:
    return {"answer": answers[0]} if answers and isinstance(answers[0], str) else {}


def _missing(field: str, where: Where) -> str:
    raise _bad(where, f"The line has no `{field}`.", "Give a file that the harness wrote with --log_samples.")


def _bad(where: Where, sentence: str, mend: str) -> BadFile:
    return BadFile([Problem("import", sentence, where, mend)])
