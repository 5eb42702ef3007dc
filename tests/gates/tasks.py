"""Tasks for gates: good ones of every kind, large enough to judge, and one spoiled in each way that gates must see."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from tests.builders import TaskSpec, write_task

_NOUNS = ["lantern", "harbour", "meadow", "kettle", "violin", "compass", "orchard", "glacier", "saddle", "pepper",
          "anchor", "feather", "tunnel", "marble", "cradle", "thistle", "ladder", "walnut", "mirror", "canyon",
          "basket", "pigeon", "copper", "velvet", "hammer", "puddle", "window", "button", "garden", "rocket"]
_OTHERS = ["zebra", "quartz", "jacket", "napkin", "oyster", "parrot", "ribbon", "shovel", "turtle", "umbrella",
           "vessel", "wallet", "yogurt", "acorn", "bridge", "candle", "dragon", "engine", "forest", "guitar"]
_OF_SIX = [word for word in _NOUNS + _OTHERS if len(word) == 6]

CHOICE = """\
output_type: multiple_choice
doc_to_text: "Riddle {{n}}: {{q}}\\nAnswer:"
doc_to_choice: c
doc_to_target: a
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
"""

WRITE = """\
output_type: generate_until
doc_to_text: "Riddle {{n}}: {{q}}\\nAnswer:"
doc_to_target: "{{a}}"
generation_kwargs: {until: ["\\n"], max_gen_toks: 16, do_sample: false}
filter_list:
  - name: short
    filter: [{function: remove_whitespace}, {function: take_first}]
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true, ignore_case: true, ignore_punctuation: true}
"""

NUMBERS = """\
output_type: generate_until
doc_to_text: "{{q}}\\nEnd with: The answer is <number>."
doc_to_target: "{{a}}"
generation_kwargs: {until: ["\\n\\n"], max_gen_toks: 64, do_sample: false}
filter_list:
  - name: number
    filter:
      - {function: regex, regex_pattern: "The answer is (-?[0-9.,]*[0-9])"}
      - {function: take_first}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true, regexes_to_ignore: [","]}
"""

OWN = """\
output_type: generate_until
doc_to_text: "Riddle {{n}}: {{q}}\\nAnswer:"
doc_to_target: "{{a}}"
process_results: !function hooks.grade
generation_kwargs: {until: ["\\n"], max_gen_toks: 16, do_sample: false}
metric_list:
  - {metric: right, aggregation: mean, higher_is_better: true}
"""

HONEST = """\
def grade(doc, results):
    return {"right": float(results[0].strip().lower() == doc["a"].lower())}
"""


def choice_rows(count: int = 24) -> list[dict[str, object]]:
    """Riddles with three choices of equal length classes; the gold's place goes round."""
    rows = []
    for index in range(count):
        words = [_OF_SIX[(3 * index + place * 5) % len(_OF_SIX)] for place in range(3)]
        rows.append({"n": index, "q": f"which thing is number {index} of the list?", "c": words, "a": index % 3})
    return rows


def word_rows(count: int = 24) -> list[dict[str, object]]:
    """Riddles with one word as the answer, each another one."""
    return [{"n": index, "q": f"which thing is number {index} of the list?", "a": _NOUNS[index]}
            for index in range(count)]


def number_rows(count: int = 24) -> list[dict[str, object]]:
    """Sums with a number as the answer, some of them over a thousand."""
    return [{"q": f"What is {index} times 137 and 5 more?", "a": str(index * 137 + 5)} for index in range(1, count + 1)]


def choosing(name: str = "pick", **changes: object) -> TaskSpec:
    """A good multiple-choice task."""
    return TaskSpec(**{"name": name, "rows": choice_rows(), "settings": CHOICE, "metric": "acc", **changes})


def writing(name: str = "say", **changes: object) -> TaskSpec:
    """A good task that is answered with a word."""
    return TaskSpec(**{"name": name, "rows": word_rows(), "settings": WRITE, "metric": "exact_match",
                       "filter": "short", **changes})


def counting(name: str = "count", **changes: object) -> TaskSpec:
    """A good task that is answered with a number in a sentence."""
    return TaskSpec(**{"name": name, "rows": number_rows(), "settings": NUMBERS, "metric": "exact_match",
                       "filter": "number", **changes})


def own_grader(hooks: str = HONEST, name: str = "own", **changes: object) -> TaskSpec:
    """A task with a grader of its own."""
    return TaskSpec(**{"name": name, "rows": word_rows(), "settings": OWN, "metric": "right",
                       "files": {"hooks.py": hooks}, **changes})


@dataclass(frozen=True)
class Planted:
    """A spoiled task and the gate that must see it; ``also`` are gates that see it too."""

    name: str
    spec: TaskSpec
    gate: str
    also: frozenset[str] = frozenset()
    card: dict[str, str] = field(default_factory=dict)
    line: int | None = None


def write_planted(root: Path, planted: Planted) -> Path:
    """Write a spoiled task, with the card's words replaced where the defect lies there."""
    folder = write_task(root, planted.spec)
    card = folder / "card.yaml"
    text = card.read_text(encoding="utf-8")
    for old, new in planted.card.items():
        assert old in text, old
        text = text.replace(old, new)
    card.write_text(text, encoding="utf-8")
    return folder


def shifted(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Golds counted from one."""
    return [{**row, "a": int(str(row["a"])) + 1} for row in rows]


def at_first(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Every gold in the first place."""
    return [{**row, "a": 0} for row in rows]


def lengthened(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The right choice is always the longest."""
    found = json.loads(json.dumps(rows))
    for row in found:
        row["c"][row["a"]] += ", as every careful reader knows"
    return list(found)


def hedged(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Right choices hedge and wrong ones exaggerate, in words of equal length."""
    found = json.loads(json.dumps(rows))
    for row in found:
        row["c"] = [f"{'often' if place == row['a'] else 'never'} a {word}" for place, word in enumerate(row["c"])]
    return list(found)


def overlapping(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The right choice repeats the question's words."""
    found = json.loads(json.dumps(rows))
    for row in found:
        row["q"] += f" It has to do with a {row['c'][row['a']]}."
    return list(found)


GRADERS = {
    "yes": 'def grade(doc, results):\n    return {"right": 1.0}\n',
    "inside": 'def grade(doc, results):\n    return {"right": float(doc["a"].lower() in results[0].lower())}\n',
    "any_word": 'def grade(doc, results):\n    return {"right": float(len(results[0].split()) == 1)}\n',
    "believes": ('def grade(doc, results):\n    said = results[0].lower()\n'
                 '    return {"right": float("correct" in said or said == doc["a"].lower())}\n'),
    "silent": ('def grade(doc, results):\n    said = results[0].strip()\n'
               '    return {"right": float(not said or said.lower() == doc["a"].lower())}\n'),
    "raises": ('def grade(doc, results):\n    return {"right": float(results[0].split()[0].lower() == '
               'doc["a"].lower())}\n'),
    "dice": ('import random\n\ndef grade(doc, results):\n    right = results[0].strip().lower() == doc["a"].lower()\n'
             '    return {"right": 1.0 if right else random.random() / 50}\n'),
    "forgets": ('def grade(doc, results):\n    if doc["n"] == 5:\n        return {}\n'
                '    return {"right": float(results[0].strip().lower() == doc["a"].lower())}\n'),
    "upside_down": 'def grade(doc, results):\n    return {"right": float(results[0].strip() != doc["a"])}\n',
    "remembers": ('SEEN = []\n\ndef grade(doc, results):\n    SEEN.append(1)\n'
                  '    return {"right": float(results[0].strip() == doc["a"] and len(SEEN) != 3)}\n'),
    "fence": ('def grade(doc, results):\n    if "```" in results[0]:\n        raise ValueError("a fence")\n'
              '    return {"right": float(results[0].strip() == doc["a"])}\n'),
    "loose_numbers": ('import re\n\ndef grade(doc, results):\n    found = re.findall(r"[0-9]+", results[0])\n'
                      '    return {"right": float(bool(found) and len(found[0]) == len(doc["a"]))}\n'),
}
PROMPTS = """\
import random

def prompt(doc):
    return f"Riddle {random.random()}: {doc['q']}"
"""

PLANTED = [
    Planted("gold_from_one", choosing(rows=shifted(choice_rows())), "oracle", line=3),
    Planted("gold_as_letter", choosing(rows=[{**row, "a": "ABC"[int(str(row["a"]))]} for row in choice_rows()]),
            "oracle", line=1),
    Planted("gold_always_first", choosing(rows=at_first(choice_rows())), "position", frozenset({"null"})),
    Planted("gold_always_second", choosing(rows=[{**row, "a": 1} for row in choice_rows()]), "position"),
    Planted("gold_longest", choosing(rows=lengthened(choice_rows())), "length", frozenset({"wording"})),
    Planted("gold_hedges", choosing(rows=hedged(choice_rows())), "wording"),
    Planted("gold_in_question", choosing(rows=overlapping(choice_rows())), "copy"),
    Planted("gold_in_prompt",
            choosing(settings=CHOICE.replace("\\nAnswer:", "\\n(key: {{c[a]}})\\nAnswer:")), "copy"),
    Planted("gold_printed_to_copy", writing(settings=WRITE.replace('"Riddle {{n}}: {{q}}\\nAnswer:"', '"{{a}}"')),
            "copy"),
    Planted("two_choices_alike",
            choosing(rows=[{**row, "c": [row["c"][0]] * 3} for row in choice_rows()]),  # type: ignore[index]
            "anti_oracle",
            frozenset({"null", "position", "shuffled", "oracle", "length", "copy", "direction", "items"})),
    Planted("two_keys_for_one_item",
            choosing(rows=[*choice_rows(), {**choice_rows()[0], "a": 2}]), "oracle", frozenset({"items"}), line=1),
    Planted("an_item_twice", choosing(rows=[*choice_rows(), choice_rows()[0]]), "items"),
    Planted("an_empty_choice", choosing(rows=[
        {**row, "c": [*list(row["c"])[:-1], " "] if row["a"] != len(row["c"]) - 1 and place == 1 else row["c"]}  # type: ignore[arg-type, call-overload]
        for place, row in enumerate(choice_rows())]), "items"),
    Planted("pattern_never_matches",
            counting(settings=NUMBERS.replace("(-?[0-9.,]*[0-9])", "([A-D])")), "oracle", line=1),
    Planted("stop_inside_gold",
            writing(rows=[{**row, "a": f"{row['a']} stone"} for row in word_rows()],
                    settings=WRITE.replace('["\\n"]', '[" "]')), "oracle", line=1),
    Planted("empty_golds", writing(rows=[{**row, "a": "" if index % 2 else row["a"]}
                                         for index, row in enumerate(word_rows())]), "null",
            frozenset({"grader_survives"})),
    Planted("one_word_for_all", writing(rows=[{**row, "a": "yes"} for row in word_rows()]), "null"),
    Planted("says_yes", own_grader(GRADERS["yes"]), "null",
            frozenset({"anti_oracle", "copy", "shuffled", "grader_refuses", "grader_survives"})),
    Planted("looks_anywhere", own_grader(GRADERS["inside"]), "grader_refuses"),
    Planted("takes_any_word", own_grader(GRADERS["any_word"]), "shuffled",
            frozenset({"anti_oracle", "null", "grader_survives"})),
    Planted("remembers", own_grader(GRADERS["remembers"]), "same_twice"),
    Planted("stops_on_a_fence", own_grader(GRADERS["fence"]), "grader_survives"),
    Planted("believes_the_answer", own_grader(GRADERS["believes"]), "grader_refuses"),
    Planted("pays_for_silence", own_grader(GRADERS["silent"]), "null", frozenset({"grader_refuses"})),
    Planted("stops_on_silence", own_grader(GRADERS["raises"]), "null", frozenset({"grader_refuses"})),
    Planted("throws_dice", own_grader(GRADERS["dice"]), "same_twice"),
    Planted("forgets_an_item", own_grader(GRADERS["forgets"]), "metrics"),
    Planted("upside_down", own_grader(GRADERS["upside_down"]), "direction",
            frozenset({"oracle", "anti_oracle", "null", "copy", "shuffled", "grader_refuses", "grader_survives"})),
    Planted("direction_in_card", choosing(), "direction", card={"direction: higher": "direction: lower"}),
    Planted("loose_numbers", own_grader(GRADERS["loose_numbers"], rows=[{"n": 1, **row} for row in number_rows()]),
            "grader_refuses", frozenset({"anti_oracle", "shuffled", "null"}), card={"type: text": "type: number"}),
    Planted("prompts_by_dice",
            own_grader(PROMPTS + HONEST, settings=OWN.replace('"Riddle {{n}}: {{q}}\\nAnswer:"',
                                                              "!function hooks.prompt")), "same_twice"),
    Planted("case_not_accepted", writing(settings=WRITE.replace("ignore_case: true, ", "")), "grader_accepts",
            card={"type: text": "type: text, accepts: [case]"}),
    Planted("bleu_of_one_word",
            writing(settings=WRITE.split("metric_list")[0]
                    + "metric_list:\n  - {metric: bleu, aggregation: bleu, higher_is_better: true}\n",
                    metric="bleu", unit="BLEU"), "oracle"),
    Planted("hook_cannot_load", own_grader("import nothing_of_this_name\n" + HONEST), "loads"),
]
