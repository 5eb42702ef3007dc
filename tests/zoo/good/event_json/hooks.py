"""Prompt and grader of event_json. Answers are hostile text: nothing in them is ever run."""

import json

FIELDS = ("event", "date", "time", "place")
EXAMPLE = (
    "Notice: Skittles on 12 June 2026 at 18:00 in the barn, bring flat shoes.\n"
    'JSON: {"event": "skittles", "date": "2026-06-12", "time": "18:00", "place": "barn"}\n\n'
)


def prompt(doc):
    """Instructions, one worked example, and the notice."""
    return (
        "Give the event as a JSON object and nothing else, with the keys event, date (YYYY-MM-DD), time (HH:MM) "
        "and place, in the words of the notice, in lower case and without a leading article.\n\n"
        + EXAMPLE
        + f"Notice: {doc['message']}\nJSON:"
    )


def process_results(doc, results):
    """The share of right fields, and whether all four are right; never raises on an answer."""
    given, gold = _object(results[0]), json.loads(doc["gold"])
    right = [_plain(given.get(field)) == _plain(gold[field]) for field in FIELDS]
    return {"fields_right": sum(right) / len(FIELDS), "all_right": float(all(right))}


def _object(text):
    """The answer as an object; words around it are not in the form that was asked for."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _plain(value):
    return " ".join(value.lower().split()) if isinstance(value, str) else None
