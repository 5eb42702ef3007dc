"""More tasks for gates: JSON, code, labels, letters and rarer metrics; good ones, and spoiled ones with their gate."""

from __future__ import annotations

from tests.builders import TaskSpec
from tests.gates.tasks import (
    CHOICE,
    GRADERS,
    HONEST,
    NUMBERS,
    WRITE,
    Planted,
    at_first,
    choice_rows,
    choosing,
    counting,
    lengthened,
    own_grader,
    word_rows,
    writing,
)

_WORDS = [str(row["a"]) for row in word_rows()]
_JSON = """\
output_type: generate_until
doc_to_text: "Note: {{q}}\\nRecord:"
doc_to_target: "{{a}}"
process_results: !function hooks.grade
generation_kwargs: {until: ["\\n\\n"], max_gen_toks: 64, do_sample: false}
metric_list:
  - {metric: right, aggregation: mean, higher_is_better: true}
"""
_READS = """\
import json

def grade(doc, results):
    gold = json.loads(doc["a"])
    try:
        found = json.loads(results[0])
    except ValueError:
        return {"right": 0.0}
    return {"right": float(isinstance(found, dict) and %s)}
"""
_TOKENS = """\
def grade(doc, results):
    said, gold = set(results[0].lower().split()), set(doc["a"].split())
    return {"right": 2 * len(said & gold) / (len(said) + len(gold))}
"""
_LETTERS = CHOICE.replace("doc_to_choice: c", 'doc_to_choice: ["A", "B", "C"]').replace(
    "{{q}}", "{{q}} A. {{c[0]}} B. {{c[1]}} C. {{c[2]}}")
_AS_JSON = {"type: text": "type: json, accepts: [whitespace]"}
_AS_CODE = {"type: text": "type: code"}
_ONE_HALF = {"chance: null": "chance: 0.5"}

RECORDS: list[dict[str, object]] = [
    {"q": f"{word}, {index}", "a": f'{{"name": "{word}", "count": {index}}}'} for index, word in enumerate(_WORDS)
]
PROGRAMS: list[dict[str, object]] = [
    {"q": f"multiply by {index}", "a": f"def f{index}(x):\n    return x * {index} + {index + 3}\n"}
    for index in range(24)
]
LABELS: list[dict[str, object]] = [
    {"n": index, "q": f"is a {word} nice?", "a": "yes" if index % 2 else "no"} for index, word in enumerate(_WORDS)
]
UNBALANCED: list[dict[str, object]] = [{**row, "a": "yes" if index % 8 else "no"} for index, row in enumerate(LABELS)]
SENTENCES: list[dict[str, object]] = [
    {"n": index, "q": f"translate {word}", "a": f"the {word} stood near the old {_WORDS[-index - 1]} number {index}"}
    for index, word in enumerate(_WORDS)
]


def with_metric(name: str, aggregation: str, direction: str = "higher", **changes: object) -> TaskSpec:
    """The good multiple-choice task with another metric."""
    better = "true" if direction == "higher" else "false"
    settings = CHOICE.split("metric_list")[0] + (
        f"metric_list:\n  - {{metric: {name}, aggregation: {aggregation}, higher_is_better: {better}}}\n")
    return choosing(**{"settings": settings, "metric": name, "direction": direction, **changes})


def of_corpus(name: str, direction: str = "higher") -> TaskSpec:
    """Sentences graded by a metric of all items together."""
    better = "true" if direction == "higher" else "false"
    settings = WRITE.split("metric_list")[0] + (
        f"metric_list:\n  - {{metric: {name}, aggregation: {name}, higher_is_better: {better}}}\n")
    return writing(rows=SENTENCES, settings=settings, metric=name, unit=name, direction=direction)


def filtered(pattern: str, **changes: object) -> TaskSpec:
    """The task with words, read by a pattern."""
    step = f'{{function: regex, regex_pattern: "{pattern}"}}'
    return writing(settings=WRITE.replace("{function: remove_whitespace}", step), **changes)


_SAMPLED = WRITE.replace("do_sample: false", "do_sample: true, temperature: 0.7") + "repeats: 3\n"

#: Fractions in the frame in which mathematics is answered, and a grader that reads nothing beside it.
_FRACTIONS = [{"n": index, "q": f"divide {index + 1} by {index + 2}.",
               "a": f"\\boxed{{\\frac{{{index + 1}}}{{{index + 2}}}}}"} for index in range(24)]
_BOXED = (
    'import re\n\ndef boxed(text):\n    found = re.search(r"\\\\boxed[{](.*)[}]", text)\n'
    '    return found and found[1].strip()\n\ndef grade(doc, results):\n'
    '    return {"right": float(boxed(results[0]) == boxed(doc["a"]))}\n'
)

#: Good tasks with what to replace in their cards.
GOOD: dict[str, tuple[TaskSpec, dict[str, str]]] = {
    "json": (own_grader(_READS % "found == gold", settings=_JSON, rows=RECORDS), _AS_JSON),
    "code": (own_grader(HONEST.replace(".lower()", ".strip()"), settings=_JSON, rows=PROGRAMS), _AS_CODE),
    "token_f1": (own_grader(_TOKENS, rows=SENTENCES), {}),
    "acc_norm": (with_metric("acc_norm", "mean"), {}),
    "mutual_information": (with_metric("acc_mutual_info", "mean"), {}),
    "brier": (with_metric("brier_score", "brier_score", "lower"), {}),
    "letters": (choosing(settings=_LETTERS), {}),
    "labels": (writing(rows=LABELS), _ONE_HALF),
    "labels_without_chance": (writing(rows=LABELS), {}),
    "labels_by_pattern": (filtered("(yes|no)", rows=LABELS), _ONE_HALF),
    "first_word": (filtered("([A-Za-z]+)"), {}),
    "sampled": (writing(settings=_SAMPLED), {}),
    "voted": (writing(settings=_SAMPLED.replace("{function: take_first}",
                                                "{function: majority_vote}, {function: take_first}")), {}),
    "last_number": (counting(settings=NUMBERS.replace("The answer is (", "(").replace("regex, ",
                                                                                      "regex, group_select: -1, ")),
                    {"type: text": "type: number, accepts: [thousands, punctuation]"}),
    "bleu": (of_corpus("bleu"), {}),
    "chrf": (of_corpus("chrf"), {}),
    "ter": (of_corpus("ter", "lower"), {}),
    "boxed": (own_grader(_BOXED, rows=_FRACTIONS), {}),
    "percent": (own_grader(HONEST.replace("float(", "100 * float("), unit="percent"), {}),
    "points": (own_grader(HONEST.replace("float(", "7 * float("), unit="points"), {}),
}

MORE_PLANTED = [
    Planted("json_same_keys", own_grader(_READS % "set(found) == set(gold)", settings=_JSON, rows=RECORDS),
            "grader_refuses", frozenset({"anti_oracle", "null", "shuffled"}), _AS_JSON),
    Planted("points_for_case",
            own_grader(HONEST.replace("float(", "7 * float(").replace(".lower()", ""), unit="points"),
            "grader_accepts", frozenset(), {"type: text": "type: text, accepts: [case]"}),
    Planted("json_part_of_it", own_grader(_READS % "all(gold.get(one) == found[one] for one in found)",
                                          settings=_JSON, rows=RECORDS), "grader_refuses", frozenset(), _AS_JSON),
    Planted("code_by_its_name",
            own_grader('def grade(doc, results):\n    return {"right": float(doc["a"].split("(")[0] in results[0])}\n',
                       settings=_JSON, rows=PROGRAMS), "grader_refuses", frozenset(), _AS_CODE),
    Planted("decimals_cut_off",
            counting(rows=[{"q": f"half of {index}?", "a": f"{index}.5"} for index in range(24)],
                     settings=NUMBERS.replace("(-?[0-9.,]*[0-9])", "([0-9]+)")), "oracle", line=1),
    Planted("letters_longest", choosing(settings=_LETTERS, rows=lengthened(choice_rows())), "length",
            frozenset({"wording"})),
    Planted("labels_unbalanced", writing(rows=UNBALANCED * 2), "null", frozenset({"oracle", "items"}), _ONE_HALF),
    Planted("boxed_anywhere", own_grader(_BOXED.replace("float(boxed(results[0]) == boxed(doc[\"a\"]))",
                                                        "float(boxed(doc[\"a\"]) in results[0])"), rows=_FRACTIONS),
            "grader_refuses"),
    Planted("labels_of_other_lengths", choosing(rows=[
        {**row, "c": ["entailed", "no"], "a": int(index % 10 == 0)}
        for index, row in enumerate([*choice_rows(), *[{**row, "n": 100 + place} for place, row in
                                                       enumerate(choice_rows())]])]),
            "position", frozenset({"null", "shuffled", "items"})),
    Planted("two_of_one", own_grader(HONEST.replace("float(", "2 * float(")), "oracle"),
    Planted("points_for_silence", own_grader(GRADERS["silent"].replace("float(", "7 * float("), unit="points"), "null",
            frozenset({"grader_refuses"})),
    Planted("points_for_all", own_grader(GRADERS["yes"], unit="points"), "anti_oracle",
            frozenset({"direction", "grader_refuses", "grader_survives", "shuffled", "copy", "null"})),
    Planted("first_by_brier", with_metric("brier_score", "brier_score", "lower", rows=at_first(choice_rows())),
            "position"),
    Planted("ten_items_first",
            choosing(rows=[{**row, "c": list(row["c"])[:2], "a": 0} for row in choice_rows(10)]),  # type: ignore[call-overload]
            "position", frozenset({"null"})),
]
