"""One report in four formats, each of which quotes contributed text without obeying it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.errors import Where
from commons.lint.findings import Checked, Finding, Report, join, plain
from commons.lint.render import FORMATS
from commons.lint.render.console import to_console
from commons.lint.render.github import to_github
from commons.lint.render.json import to_json
from commons.lint.render.markdown import to_markdown

X = Path("tasks/x")
ROW = Finding("D007", "lint", "The gold 3 is too large.", Where(X / "data/test.jsonl", 7), "Write 1.")
KEY = Finding("T002", "lint", "`ouput` is not a known key.", Where(X / "x.yaml", 3, 5), "Did you mean `output`?")
HOOK = Finding("S002", "hint", "This code needs review.", Where(X / "hooks.py"), "Nothing.")

FOUND = Report((HOOK, KEY, ROW), (Checked("task", X, "72 items"),)).sorted()
CLEAN = Report((), (Checked("task", X, "72 items"),))


def test_console_groups_by_file() -> None:
    """The terminal shows each file once, then place, code, sentence and mend, then the closing sentence."""
    assert to_console(FOUND) == (
        "tasks/x/data/test.jsonl\n"
        "  7       D007 The gold 3 is too large.\n"
        "          mend: Write 1.\n"
        "\n"
        "tasks/x/hooks.py\n"
        "  -       S002 (hint) This code needs review.\n"
        "          mend: Nothing.\n"
        "\n"
        "tasks/x/x.yaml\n"
        "  3:5     T002 `ouput` is not a known key.\n"
        "          mend: Did you mean `output`?\n"
        "\n"
        "2 lints, 1 hint in 1 task\n"
        "More about a code: commons lint --explain D007\n"
    )


def test_console_says_what_is_in_order() -> None:
    """A clean task is one line that says how much was looked at."""
    assert to_console(CLEAN) == "tasks/x: in order (72 items).\n"


def test_the_closing_sentence_counts_everything_checked() -> None:
    """With several things checked, the closing sentence names them all."""
    models = Report((), (Checked("models", Path("models.yaml"), "2 models"),))
    suite = Report((), (Checked("suite", Path("tasks/_suites/s.yaml"), "2 tasks"),))

    lines = to_console(join([CLEAN, models, suite])).splitlines()

    assert lines[-1] == "Nothing to mend in 1 task, models.yaml and 1 suite."
    assert to_console(Report((), ())) == "Nothing to mend in no task.\n"


def test_github_puts_lints_first() -> None:
    """GitHub shows ten annotations of a level, so lints come before hints, with file, line and column."""
    row, key, hook, closing = to_github(FOUND).splitlines()

    assert row == (
        "::error file=tasks/x/data/test.jsonl,line=7,title=D007::"
        "The gold 3 is too large. Write 1. (D007, tasks/x/data/test.jsonl:7)"
    )
    assert key.startswith("::error file=tasks/x/x.yaml,line=3,col=5,title=T002::`ouput`")
    assert hook.startswith("::warning file=tasks/x/hooks.py,title=S002::")
    assert closing == "2 lints, 1 hint in 1 task"


def test_json_holds_every_field() -> None:
    """The JSON document has counts, what was checked, and each finding with its place."""
    document = json.loads(to_json(FOUND))

    assert document["blocking"] is True
    assert document["counts"] == {"lint": 2, "hint": 1}
    assert document["checked"] == [{"kind": "task", "path": "tasks/x", "size": "72 items"}]
    assert document["findings"][0] == {
        "code": "D007", "level": "lint", "sentence": "The gold 3 is too large.", "path": "tasks/x/data/test.jsonl",
        "line": 7, "column": None, "mend": "Write 1.",
    }  # fmt: skip


def test_markdown_is_a_table() -> None:
    """The Markdown has a row for each finding and the closing sentence."""
    text = to_markdown(FOUND)

    assert "| lint | T002 | <code>tasks/x/x.yaml:3</code> | <code>ouput</code> is not a known key. |" in text
    assert text.endswith("2 lints, 1 hint in 1 task\n")
    assert to_markdown(CLEAN) == "- tasks/x: in order (72 items).\n\nNothing to mend in 1 task.\n"


@pytest.mark.parametrize("style", FORMATS)
def test_formats_are_pure(style: str) -> None:
    """Each format gives the same text for the same report, and ends with one line break."""
    text = FORMATS[style](FOUND)

    assert FORMATS[style](FOUND) == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_workflow_commands_cannot_be_forged() -> None:
    """A file name or a quoted key with line breaks starts no workflow command of its own."""
    name = Path("tasks/x/a\n::set-output name=x::y,line=1.py")
    finding = Finding("S002", "lint", plain("A key `a\r\n::error::b%0A`."), Where(name, 1), "Mend: it, now.")

    text = to_github(Report((finding,), ()))

    assert len(text.splitlines()) == 2
    assert "%250A" in text
    assert "name=x%3A%3Ay%2Cline=1.py" in text.split("::")[1] + text
    assert "\r" not in text


def test_markdown_cannot_be_formatted_by_a_contributor() -> None:
    """Quoted text makes no link, no image, no mention, no HTML and no second row."""
    hostile = "`a` @someone ![x](https://evil.example/x.png) <img src=x> | b | [c](d) *e* `unclosed"
    text = to_markdown(Report((Finding("T002", "lint", hostile, Where(X, 1), "m"),), ()))

    row = text.splitlines()[2]
    for active in ("@someone", "](", "<img", "| b |", "*e*", "https://", "`"):
        assert active not in row
    assert "<code>a</code>" in row


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\x00", "\u2028", "\u202e", "\ud800", "\x9b"])
def test_characters_that_act_are_shown(character: str) -> None:
    """Characters that move a cursor, break a line or turn the direction of text are shown by their code."""
    assert character not in plain(f"a{character}b")
    assert "\\" in plain(f"a{character}b")


def test_ordinary_text_of_any_script_stays() -> None:
    """Letters, accents and signs of any script are printed as they are."""
    assert plain("naïve Ünal 数学 שלום ε≤½ 👍") == "naïve Ünal 数学 שלום ε≤½ 👍"


def test_very_long_text_is_cut() -> None:
    """A quotation without end is cut."""
    assert len(plain("x" * 100_000)) == 600
