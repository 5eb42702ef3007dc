"""What a wrong value of a card is called, for people who know neither Python nor patterns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, StringConstraints

from commons.errors import BadFile, Problem
from commons.pool.card import Card
from commons.pool.items import read_rows
from commons.pool.validate import Strict, parse
from commons.pool.yamlfile import YamlDocument, parse_yaml


def of_card(text: str, field: str) -> Problem:
    """The problem of a card with one line, at ``field``."""
    with pytest.raises(BadFile) as caught:
        parse(Card, parse_yaml(text, Path("card.yaml")))
    return next(one for one in caught.value.problems if one.sentence.startswith(f"`{field}`") and one.kind != "missing")


@pytest.mark.parametrize(
    ("text", "field", "sentence", "mend"),
    [
        ('owners: ["@dr-house"]', "owners.0", "does not have the right form", "without @"),
        ("languages: [no]", "languages.0", "is false", "put it in quotes"),
        ("languages: [english]", "languages.0", "right form", "pt-BR"),
        ("licence: CC BY 4.0", "licence", "right form", "CC-BY-4.0"),
        ("canary: todo", "canary", "right form", "UUID"),
        ("title:", "title", "is empty", "Write a value"),
        ("domain: medicin", "domain", "not in the vocabulary", "Did you mean `medicine`?"),
        ("skills: [arithmetics]", "skills", "not in the vocabulary", "Did you mean `arithmetic`?"),
        ("first_published: spring", "first_published", "no date", "YYYY-MM-DD"),
    ],
)
def test_a_wrong_value_is_said_in_plain_words(text: str, field: str, sentence: str, mend: str) -> None:
    """The sentence holds no pattern, the mend says what belongs there, and the vocabulary is printed once."""
    found = of_card(text, field)

    assert sentence in found.sentence
    assert mend in found.mend
    assert "^" not in str(found)
    assert str(found).count("geography") <= 1


def test_an_integer_too_long_to_print_is_said() -> None:
    """An integer that Python refuses to write out is a problem and no error of ours."""

    class Small(Strict):
        size: Annotated[str, StringConstraints(min_length=1)] = Field(description="Text.")

    with pytest.raises(BadFile, match="too many digits"):
        parse(Small, YamlDocument(Path("x.yaml"), {"size": 10**5000}, {}))


def test_a_json_list_is_one_problem(tmp_path: Path) -> None:
    """A JSON list in place of JSON Lines is one problem, and a faulty line names its column."""
    path = tmp_path / "x.jsonl"
    path.write_text('[\n{"a": 1},\n{"a": 2}\n]\n')
    rows, problems = read_rows(path)
    assert (rows, len(problems)) == ([], 1)
    assert "one object a line" in problems[0].sentence

    path.write_text('{"a": 1}\n{"a" 2}\n')
    assert read_rows(path)[1][0].where.column == 6
