"""Prompt and grader of clinic_note_json. Runs only in worker processes; model output is treated as hostile text."""

import json
import math

FIELDS = ("drug", "dose_mg", "times_per_day", "days")

INSTRUCTIONS = (
    "Extract the one medicine that is prescribed now from the clinic note. Answer with JSON only, with the keys drug "
    "(generic name, lower case), dose_mg (milligrams for one administration), times_per_day, and days (null if no "
    "duration is stated). n/7 means n days, n/52 means n weeks, od means once a day.\n\n"
    "Note: Sore throat 3/7, T 38.4. NKDA. Phenoxymethylpenicillin 500 mg qds for 10/7. Fluids, rest.\n"
    'JSON: {"drug": "phenoxymethylpenicillin", "dose_mg": 500, "times_per_day": 4, "days": 10}\n\n'
)


def prompt(doc):
    """The instructions, one worked example, and the note."""
    return f"{INSTRUCTIONS}Note: {doc['note']}\nJSON:"


def gold_text(doc):
    """The gold record as the JSON a model should give."""
    return json.dumps({field: _plain(doc["gold"][field]) for field in FIELDS})


def process_results(doc, results):
    """Grade one answer: the share of right fields, and whether all are right. Never raises on model output."""
    record = _first_object(results[0])
    right = [_same(record.get(field), doc["gold"][field]) if field in record else False for field in FIELDS]
    return {"field_accuracy": sum(right) / len(FIELDS), "exact_record": float(all(right))}


def _first_object(text):
    """The first JSON object in ``text``; generation stops before the closing brace, so one is added."""
    start = text.find("{")
    if start < 0:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:] + "}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _same(given, gold):
    if gold is None or given is None:
        return given is gold
    if isinstance(gold, str):
        return isinstance(given, str) and given.strip().lower() == gold
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return False
    return math.isfinite(given) and abs(float(given) - float(gold)) < 1e-6


def _plain(value):
    """Whole numbers without a decimal point: the data loader turns a column of numbers into floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
