"""Rules about prompts: near misses that must stay silent, and situations that one replaced word cannot show."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from commons.lint.registry import all_rules
from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, ROLLING, Edit
from tests.lint.defects_prompts import FRENCH, RUSSIAN

MC, GEN, LL, ROLL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING
#: More characters than a model of the pool reads tokens, and no blank.
CHINESE = "这条河发源于城后的山丘流经很长的路后注入大海" * 250
PROMPTS = [rule for rule in all_rules() if rule.code[0] == "P" or rule.code == "C018"]


def codes(pool: Path, task: str, edits: Sequence[Edit] = ()) -> set[str]:
    """The codes of the rules about prompts after some edits."""
    for edit in edits:
        edit.apply(pool / "tasks" / task)
    return {finding.code for finding in lint_task(pool / "tasks" / task, rules=PROMPTS).findings}


def config(task: str, old: str, new: str) -> Edit:
    """An edit of the harness configuration."""
    return Edit(f"{task}.yaml", old, new)


def rewrite(pool: Path, task: str, change: Callable[[int, dict[str, object]], dict[str, object]]) -> None:
    """Put other content into the rows of the evaluated split."""
    path = pool / "tasks" / task / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps(row | change(number, row), ensure_ascii=False) for number, row in enumerate(rows)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize(("task", "old", "new"), [
    # What joins prompt and answer, where it is in order.
    (MC, 'Answer:"', 'Answer: "\ntarget_delimiter: ""'),
    (MC, 'Answer:"', 'Answer:\\n"\ntarget_delimiter: ""'),
    (MC, "metadata:", 'target_delimiter: "\\n"\nmetadata:'),
    (MC, "metadata:", 'description: "Add the doses.\\n\\n"\nmetadata:'),
    (GEN, 'Answer:"', 'Answer:\\n"'),
    (GEN, "metadata:", 'gen_prefix: "It is"\nmetadata:'),
    (LL, 'doc_to_text: question\ndoc_to_target: " {{answer}}"',
     'doc_to_text: "{{question}} "\ndoc_to_target: "{{answer}}"'),
    # What looks like a placeholder and is none.
    (MC, "{{question}}", "{{question}} Write it as \\\\boxed{answer}."),
    (MC, "{{question}}", "Reply in the form {answer}. {{question}}"),
    (MC, "{{question}}", "<question>{{question}}</question>"),
    (MC, "{{question}}", '{{question}} Reply as {\\"dose\\": {\\"mg\\": 5}}.'),
    (MC, "{{question}}", "{{question}} 5%, say"),
    (GEN, "{{question}}", "{{question}} $x \\\\neq y$, $\\\\nabla$"),
    # What uses the answer and does not give it away.
    (GEN, "{{question}}", "{{question.replace(answer, '___')}}"),
    (GEN, "{{question}}", "{{question}} ({{answer|length}} letters)"),
    (GEN, "{{question}}", "{{question}} It begins with {{answer[0]}}."),
    (GEN, "{{question}}", "{% if answer %}{{question}}{% endif %}"),
    (MC, "{{question}}", "{{question}} {{choices|join(', ')}}"),
    # Texts that are told apart by their choices alone.
    (MC, "{{question}}", "{{question}}{# TODO: nobody sees this #}"),
])  # fmt: skip
def test_near_misses_stay_silent(pool: Path, task: str, old: str, new: str) -> None:
    """What only resembles a defect gives no finding of the rules about prompts."""
    assert codes(pool, task, [config(task, old, new)]) == set()


def test_examples_double_the_blank_of_a_log_likelihood_target(pool: Path) -> None:
    """With few-shot examples the delimiter comes before a target that begins with a blank of its own."""
    edit = config(LL, "metadata:", "fewshot_split: dev\nnum_fewshot: 2\nmetadata:")
    assert codes(pool, LL, [edit]) == {"P002"}
    assert codes(pool, LL, [config(LL, "metadata:", 'target_delimiter: ""\nmetadata:')]) == set()


def test_scripts_without_blanks_need_no_delimiter(pool: Path) -> None:
    """Chinese puts no blank between prompt and answer."""
    rewrite(pool, LL, lambda number, _: {"question": f"这条河发源于城后{'一二三四五六'[number]}流进大", "answer": "海"})
    edits = [config(LL, '" {{answer}}"', '"{{answer}}"'), Edit("card.yaml", "[en]", "[zh]")]

    assert codes(pool, LL, edits) == set()


def test_programs_may_hold_braces(pool: Path) -> None:
    """In a task about computing, template braces in a row are its subject."""
    rewrite(pool, GEN, lambda number, _: {"question": f"What does {{{{name}}}} print in line {number}?"})
    assert codes(pool, GEN) == {"P003"}
    edits = [Edit("card.yaml", "domain: medicine", "domain: computing")]
    assert codes(pool, GEN, edits) == set()


def test_nested_braces_are_no_placeholder(pool: Path) -> None:
    """LaTeX and JSON put two braces side by side."""
    rewrite(pool, GEN, lambda number, _: {"question": f'{number}: \\frac{{{{a}}}}{{{{b}}}} or {{"a": {{"b": 1}}}}?'})

    assert codes(pool, GEN) == set()


def test_the_whole_in_another_language(pool: Path) -> None:
    """French items under English are named once, at the card; under French, or both, nothing is said."""
    rewrite(pool, LL, lambda number, _: {"question": f"{number} {FRENCH}"})
    assert codes(pool, LL) == {"P004"}
    assert codes(pool, LL, [Edit("card.yaml", "[en]", "[en, fr]")]) == set()
    assert codes(pool, LL, [Edit("card.yaml", "[en, fr]", "[fr-CA]")]) == set()


def test_rolling_texts_have_a_language_too(pool: Path) -> None:
    """Where a whole text is scored, it is the text that is looked at."""
    rewrite(pool, ROLL, lambda number, _: {"answer": f"{number} {RUSSIAN}"})

    assert codes(pool, ROLL) == {"P004"}


@pytest.mark.parametrize("change", [
    ("skills: [arithmetic]", "skills: [translation]"),
    ("[en]", "[ha]"),
    ("[en]", "[en, fr]"),
])  # fmt: skip
def test_languages_that_nobody_can_hold_against_it(pool: Path, change: tuple[str, str]) -> None:
    """Translation, a language that the model does not know, and several languages give no finding."""
    rewrite(pool, LL, lambda number, _: {"question": f"{number} {FRENCH}"})

    assert codes(pool, LL, [Edit("card.yaml", *change)]) == set()


def test_a_task_about_a_language_may_quote_others(pool: Path) -> None:
    """One Russian sentence in a task about languages is an example."""
    edits = [
        Edit("card.yaml", "domain: medicine", "domain: language"),
        Edit("data/test.jsonl", '"question": "2 mg and 3 mg?"', f'"question": "{RUSSIAN}"'),
    ]

    assert codes(pool, GEN, edits) == set()


def test_without_a_file_of_models_no_length_is_too_long(pool: Path) -> None:
    """Where the pool has no readable models.yaml the rules about length are silent."""
    edit = Edit("data/test.jsonl", '"question": "2 mg and 3 mg?"', '"question": "' + "on and " * 1_100 + '?"')
    assert codes(pool, GEN, [edit]) == {"P006"}
    (pool / "models.yaml").write_text("models: [", encoding="utf-8")
    assert codes(pool, GEN) == set()


def test_few_shot_examples_count_as_length(pool: Path) -> None:
    """Short items can be long prompts."""
    path = pool / "tasks" / MC / "data" / "dev.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("and 3 mg?", "and 3 mg?" + " so" * 1_000), "utf-8")
    assert codes(pool, MC) == set()
    assert codes(pool, MC, [config(MC, "num_fewshot: 2", "num_fewshot: 3")]) == {"P006"}


def test_a_script_without_blanks_is_counted_by_characters(pool: Path) -> None:
    """A long Chinese text is one word to a program that looks for blanks."""
    rewrite(pool, GEN, lambda number, _: {"question": f"{number}{CHINESE}"})

    assert codes(pool, GEN, [Edit("card.yaml", "[en]", "[zh]")]) == {"P006"}


CAPITALS = ["Santiago", "Nairobi", "Ottawa", "Hanoi", "Lisbon", "Ankara"]


def test_an_answer_behind_a_cue_is_given_away_whatever_the_skill(pool: Path) -> None:
    """A hint with the answer stands in the question of a reasoning task."""
    rewrite(pool, GEN, lambda number, _: {"question": f"Which is no. {number}? Hint: {CAPITALS[number]} or not?",
                                          "answer": CAPITALS[number]})

    assert codes(pool, GEN, [Edit("card.yaml", "skills: [arithmetic]", "skills: [reasoning]")]) == {"P008"}


@pytest.mark.parametrize(
    ("skill", "found"), [("knowledge", {"P008"}), ("extraction", set()), ("comprehension", set())]
)
def test_an_answer_in_the_text_is_right_where_it_is_to_be_found(pool: Path, skill: str, found: set[str]) -> None:
    """Extraction and comprehension show the answer among other words; knowledge must not."""
    rewrite(pool, GEN, lambda number, _: {"question": f"In {CAPITALS[number]} it rained. Where, on day {number}?",
                                          "answer": CAPITALS[number]})

    assert codes(pool, GEN, [Edit("card.yaml", "[arithmetic]", f"[{skill}]")]) == found


def test_a_list_of_all_answers_gives_nothing_away(pool: Path) -> None:
    """Labels that stand in every prompt are a choice, not a hint."""
    labels = ", ".join(CAPITALS)
    rewrite(pool, GEN, lambda number, _: {"question": f"{labels}: which is {number}?", "answer": CAPITALS[number]})

    assert codes(pool, GEN) == set()


def test_a_label_at_the_start_of_each_text_is_given_away(pool: Path) -> None:
    """In a classification task every text begins with its own label, though all labels stand at the end."""
    labels = ["calm", "angry", "calm", "angry", "calm", "angry"]
    edits = [Edit("card.yaml", "[arithmetic]", "[classification]"),
             config(GEN, "{{question}}", "Text: {{question}}\\nMood (calm or angry)")]
    rewrite(pool, GEN, lambda number, _: {"question": f"It is {number} o'clock.", "answer": labels[number]})
    assert codes(pool, GEN, edits) == set()
    rewrite(pool, GEN, lambda number, _: {"question": f"[{labels[number]}] It is {number} o'clock."})
    assert codes(pool, GEN) == {"P008"}


def test_choices_printed_in_the_prompt_give_nothing_away(pool: Path) -> None:
    """A prompt that lists every choice shows the right one among them."""
    edit = config(MC, "{{question}}", "{{question}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}")

    assert codes(pool, MC, [edit]) == set()


def test_items_told_apart_by_their_choices_need_no_question(pool: Path) -> None:
    """Which of these sentences is right? Every item asks the same."""
    rewrite(pool, MC, lambda *_: {"question": "Which dose is the middle one?"})

    assert codes(pool, MC) == set()


def test_choices_as_prompts_are_left_alone(pool: Path) -> None:
    """Where the prompt is the place of a choice (as in Winogrande) the rules about prompts have nothing to read."""
    edits = [config(MC, 'doc_to_text: "{{question}}\\nAnswer:"', "doc_to_text: answer"),
             config(MC, "doc_to_target: answer", "doc_to_target: note")]

    assert codes(pool, MC, edits) == set()


def test_the_named_question_must_be_asked(pool: Path) -> None:
    """Prompts that differ and do not hold the question's column do not ask it."""
    edits = [Edit("card.yaml", "shuffle_seed", "fields: {question: question}\nshuffle_seed"),
             config(GEN, "{{question}}", "Item {{id}}")]

    assert codes(pool, GEN, edits) == {"P010"}


def test_time_and_place_in_a_story_assume_nothing(pool: Path) -> None:
    """"Last summer" in a told scene is no framing; in a question it is."""
    rewrite(pool, GEN, lambda number, _: {"question": f"Last summer {number} boats sank. How many were left of nine?"})
    assert codes(pool, GEN) == set()
    rewrite(pool, GEN, lambda number, _: {"question": f"Which of the {number} boats sank last summer?"})
    assert codes(pool, GEN) == {"P011"}


def test_units_of_one_country_count_by_their_number(pool: Path) -> None:
    """Miles in one item are a detail, in every item they are a frame."""
    edit = Edit("data/test.jsonl", '"question": "2 mg and 3 mg?"', '"question": "2 miles and 3 miles?"')
    assert codes(pool, GEN, [edit]) == set()
    rewrite(pool, GEN, lambda number, _: {"question": f"{number} miles and 3 miles?"})
    assert codes(pool, GEN) == {"P011"}


def test_hooks_silence_what_they_decide(pool: Path) -> None:
    """A prompt written by a function is not known, and nothing is said about it."""
    edits = [config(GEN, 'doc_to_text: "{{question}}\\nAnswer:"', "doc_to_text: !function hooks.text")]

    assert codes(pool, GEN, edits) == set()
