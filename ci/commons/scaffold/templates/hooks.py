"""Grades an answer that should hold one JSON object, field by field."""

import json
import re

LONGEST_ANSWER = 20_000  # characters; what stands after them is not read
MOST_ATTEMPTS = 100  # opening braces tried as the start of the object
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def process_results(doc: dict[str, str], results: list[object]) -> dict[str, float]:
    """Grade one answer against the item's record.

    `exact_record` is 1 where the answer has the record's fields, all right, and no others; `field_accuracy` is the
    share of the record's fields that are right. An answer without a JSON object scores 0 on both.
    """
    record = json.loads(doc["answer"])
    answer = results[0] if results and isinstance(results[0], str) else ""
    try:
        given = first_object(answer[:LONGEST_ANSWER] + "}")  # generation may stop before the closing brace
        right = sum(name in given and same(value, given[name]) for name, value in record.items())
    except RecursionError:  # an answer nested thousands of levels deep
        given, right = {}, 0
    exact = right == len(record) and given.keys() == record.keys()
    return {"exact_record": float(exact), "field_accuracy": right / len(record)}


def first_object(text: str) -> dict[str, object]:
    """The first JSON object that stands in `text`; an empty one where there is none."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    for _ in range(MOST_ATTEMPTS):
        if start < 0:
            break
        try:
            found: dict[str, object] = decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
        else:
            return found
    return {}


def same(wanted: object, given: object) -> bool:
    """Whether two values are equal but for letter case, spacing, and 12 against "12" or 12.0."""
    return plain(wanted) == plain(given)


def plain(value: object) -> object:
    """A form of `value` in which equal answers are equal."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    text = " ".join(str(value).split()).casefold()
    if NUMBER.fullmatch(text) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text
