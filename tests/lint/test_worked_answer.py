"""A right answer is found where one exists, and its absence is noticed; steps and comparison are the harness's."""

from __future__ import annotations

from typing import Any

import pytest

from commons.lint.pattern_frames import frames
from commons.lint.worked_answer import CannotTellError, Grader, filtered, is_right, worked_answer

TAKE = {"function": "take_first"}


def regex(pattern: str, **more: Any) -> dict[str, Any]:
    """A step that looks for a pattern."""
    return {"function": "regex", "regex_pattern": pattern, **more}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"The answer is (\d+)", (("The answer is ", ""),)),
        (r"(\d+)", (("", ""),)),
        (r"#### (\-?[0-9\.\,]+)", (("#### ", ""),)),
        (r"(?<=the answer is )(.*)(?=.)", (("the answer is ", "."),)),
        (r"(?<=ans: )\d+(?=;)", (("ans: ", ";"),)),
        (r"[Aa]nswer:\s*\(?([A-D])\)?", (("Answer:", ""),)),
        (r"(?:Answer|Result)[:=]\s+(\w+)[^\w]", (("Answer: ", " "),)),
        (r"x{3}(y)?z", (("xxx", "z"),)),
        (r"A(\d)|B(\w)", (("A", ""), ("B", ""))),
        (r"(?i)final (?P<a>\w+)!", (("final ", "!"),)),
        (r"(a)\1", None),
        (r"(?!x)(\d+)", None),
        (r"a{500}(b)", None),
        ("(?:" * 9 + "a" + "{100})" * 9 + "(b)", None),
        ("(?:" * 9 + "(?:)" + "{100})" * 9 + "(b)", (("", ""),)),
        ("(" * 400 + "a" + ")" * 400, (("", ""),) * 6),
        ("(a", None),
    ],
)
def test_frames(pattern: str, expected: tuple[tuple[str, str], ...] | None) -> None:
    """The literal words around what is captured are read off the pattern; what cannot be read is unknown."""
    assert frames(pattern) == expected


@pytest.mark.parametrize(
    ("gold", "grader", "answer"),
    [
        ("42", Grader(), "42"),
        (42, Grader((regex(r"(\d+)"), TAKE)), "42"),
        ("42", Grader((regex(r"The answer is (\d+)\."), TAKE)), "The answer is 42."),
        ("so 6*7\n#### 42", Grader((regex(r"#### (\d+)"), TAKE), {"regexes_to_ignore": ["(?s).*#### "]}),
         "so 6*7\n#### 42"),
        ("#### 42", Grader((regex(r"is (\d+)"), TAKE), {"regexes_to_ignore": ["#### "]}), "is 42"),
        ("(B)", Grader((regex(r"(?<=the answer is )(.*)(?=.)"), TAKE)), "the answer is (B)."),
        ("yes", Grader(({"function": "map", "mapping_dict": {"y": "yes", "n": "no"}}, TAKE)), "y"),
        ("Paris", Grader(({"function": "lowercase"}, TAKE), {"ignore_case": True}), "Paris"),
        (["rot", "red"], Grader((regex(r"\b(red|blue)\b"), TAKE)), "red"),
        ("7", Grader((regex(r"<a>(.*)</a>"), regex(r"x=(\d)"), TAKE)), "<a>x=7</a>"),
        ("5", Grader(({"function": "take_first_k", "k": 3}, {"function": "majority_vote"}, TAKE)), "5"),
    ],
)  # fmt: skip
def test_a_right_answer_is_worked_out(gold: Any, grader: Grader, answer: str) -> None:
    """The first form that the filter and the comparison take for right is given."""
    assert worked_answer(gold, grader) == answer
    assert is_right(answer, gold, grader)


@pytest.mark.parametrize(
    ("gold", "grader"),
    [
        ("5 mg", Grader((regex(r"(\d+)"), TAKE))),
        ("42", Grader((regex(r"The answer.*(\d+)"), TAKE))),
        ("(B)", Grader((regex(r"([A-D])"), TAKE))),
        ("1,200", Grader((regex(r"(\d+)"), TAKE))),
        ("Paris", Grader(({"function": "lowercase"}, TAKE))),
        ("42", Grader((TAKE, regex(r"(\d+)")))),
        ("5", Grader((regex(r"(\d)", group_select=1), TAKE))),
        ("42", Grader((regex(r"Answer:\n(\d+)"), TAKE), {}, ("\n",))),
        ("maybe", Grader(({"function": "map", "mapping_dict": {"y": "yes"}}, TAKE))),
    ],
)
def test_where_no_answer_is_right_there_is_none(gold: str, grader: Grader) -> None:
    """A filter that cannot give the gold is noticed, whatever the answer says."""
    assert worked_answer(gold, grader) is None


@pytest.mark.parametrize(
    "grader",
    [
        Grader(({"function": "custom", "filter_fn": "x"},)),
        Grader(({"function": "format_span"}, TAKE)),
        Grader((regex(r"(?!0)x(\d)"), TAKE)),
    ],
)
def test_what_cannot_be_followed_is_said(grader: Grader) -> None:
    """Code, and patterns beyond frames, are neither right nor wrong."""
    with pytest.raises(CannotTellError):
        worked_answer("yes", grader)


@pytest.mark.parametrize(
    "steps",
    [
        (regex(r"(\d+)"), TAKE),
        (regex(r"(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select=-1), TAKE),
        (regex(r"is (\w+)", fallback="none"), {"function": "uppercase"}, TAKE),
        ({"function": "remove_whitespace"}, {"function": "lowercase"}, TAKE),
        ({"function": "map", "mapping_dict": {"a": "b"}, "default_value": "c"}, TAKE),
        (TAKE, {"function": "uppercase"}),
        ({"function": "majority_vote"},),
    ],
)
@pytest.mark.parametrize("answer", ["a", "", " it is 7, then 1,234.5 ", "No number", "is x\nis y"])
def test_steps_are_those_of_the_harness(steps: tuple[dict[str, Any], ...], answer: str) -> None:
    """Each followed filter gives what the harness's own gives."""
    ensemble = pytest.importorskip("lm_eval.filters").build_filter_ensemble(
        "x", [(step["function"], {key: step[key] for key in step if key != "function"}) for step in steps]
    )
    instance = type("One", (), {"resps": [answer], "doc": {}, "filtered_resps": {}})()
    ensemble.apply([instance])

    assert filtered(answer, steps) == instance.filtered_resps["x"]


@pytest.mark.parametrize("arguments", [
    {}, {"ignore_case": True}, {"ignore_punctuation": True}, {"ignore_numbers": True},
    {"regexes_to_ignore": ["x", "Y"]},
])  # fmt: skip
@pytest.mark.parametrize(("answer", "gold"), [("Ab", "aB"), ("a.b!", "ab"), ("a1", "a2"), ("axY", "a"), ("a", "b")])
def test_the_comparison_is_that_of_the_harness(arguments: dict[str, Any], answer: str, gold: str) -> None:
    """Exact match with each argument agrees with the harness."""
    exact_match = pytest.importorskip("lm_eval.api.metrics").exact_match_hf_evaluate
    score = exact_match(predictions=[answer], references=[gold], **arguments)["exact_match"]

    assert is_right(answer, gold, Grader(arguments=arguments)) == bool(score)
