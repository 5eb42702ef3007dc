"""What ``commons compare --json`` prints: one document for a comparison, one for two versions of a cell."""

from __future__ import annotations

from pydantic import JsonValue

from commons.analyse.compare import ALPHA, Comparison, TaskComparison
from commons.analyse.versions import Versions
from commons.stats.differences import Difference


def comparison_json(found: Comparison) -> JsonValue:
    """The comparison as one document."""
    macro = found.macro
    return {
        "first": found.first, "second": found.second, "alpha": ALPHA, "tests": len(found.tasks),
        "correction": "Holm over the tasks shown",
        "tasks": [_task_json(one) for one in found.tasks],
        "not_compared": [{"task": one.task, "reason": one.reason} for one in found.not_compared],
        "macro": None if macro is None else {
            "difference": macro.difference, "stderr": macro.stderr, "interval": list(macro.interval), "p": macro.p,
            "tasks": macro.tasks, "unit": macro.unit,
        },
        "why_no_macro": found.why_no_macro or None,
    }


def _task_json(one: TaskComparison) -> JsonValue:
    return {
        "task": one.task, "metric": one.metric, "unit": one.unit, "higher_is_better": one.higher_is_better,
        "first": one.first.model_dump(mode="json"), "second": one.second.model_dump(mode="json"),
        "difference": _difference_json(one.difference), "p_adjusted": one.adjusted, "verdict": one.verdict,
        "detectable_at_80_percent_power": one.detectable, "more_needed": one.more, "same_scores": one.same,
        "more_needed_of": "items" if one.difference.units == one.difference.n else "clusters",
        "notes": list(one.notes),
    }


def _difference_json(one: Difference) -> JsonValue:
    return {
        "value": one.value, "stderr": one.stderr, "interval": None if one.interval is None else list(one.interval),
        "p": one.p, "test": one.test, "promise": one.promise,
        "interval_method": one.method or None, "items": one.n, "clusters": one.units, "first_only": one.first_only,
        "second_only": one.second_only,
    }


def versions_json(found: Versions) -> JsonValue:
    """Two versions of one cell as one document."""
    noise_of = found.flips
    return {
        "task": found.task, "cell": found.label, "before_commit": found.commit, "metric": found.column.name,
        "unit": found.column.unit, "higher_is_better": found.column.higher_is_better,
        "before": found.before.model_dump(mode="json"), "after": found.after.model_dump(mode="json"),
        "difference": _difference_json(found.difference), "changed": list(found.changed), "unchanged": found.unchanged,
        "surroundings": list(found.surroundings), "shifted": found.shifted,
        "other_input": list(found.other_input), "added": list(found.added), "removed": list(found.removed),
        "flips": None if noise_of is None else {
            "items": noise_of.n, "higher": list(noise_of.higher), "lower": list(noise_of.lower),
            "moved": noise_of.moved, "expected": noise_of.expected, "p": noise_of.p,
            "deterministic": noise_of.deterministic, "test": noise_of.test,
            "noise_borrowed_from": None if noise_of.borrowed is None else {
                "changed": noise_of.borrowed[0], "items_asked_twice": noise_of.borrowed[1]},
        },
        "flipped": [{"item": one.item, "better": one.better, "score_before": one.score_before,
                     "score_after": one.score_after, "before": one.before, "after": one.after}
                    for one in found.flipped],
    }
