"""One report in five formats, each of which quotes contributed text without obeying it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commons.errors import Where
from commons.lint.findings import Checked, Finding, Fix, Level, Report, join, plain
from commons.lint.render import FORMATS
from commons.lint.render.console import to_console
from commons.lint.render.github import to_github
from commons.lint.render.json import to_json
from commons.lint.render.markdown import MAX_CHARACTERS, to_markdown

X = Path("tasks/x")
ROW = Finding("D007", "lint", "The gold 3 is too large.", Where(X / "data/test.jsonl", 7), "Write 1.")
KEY = Finding("T002", "lint", "`ouput` is not a known key.", Where(X / "x.yaml", 3, 5), "Did you mean `output`?")
HOOK = Finding("S002", "hint", "This code needs review.", Where(X / "hooks.py"), "Nothing.")

FOUND = Report((HOOK, KEY, ROW), (Checked("task", X, "72 items"),)).sorted()
CLEAN = Report((), (Checked("task", X, "72 items"),))

#: One finding that a program can mend, a hint that is not sure, and two that the card explains.
LIKELY = replace(HOOK, code="D020", sure="likely", fix=Fix(HOOK.where, "a", "b"))
AWAY = tuple(replace(ROW, where=Where(ROW.where.path, line), suppressed="As in the source.") for line in (8, 9))
RICH = Report((LIKELY, KEY), (Checked("task", X, "72 items"),), AWAY).sorted()


def many(level: Level, files: int, each: int) -> tuple[Finding, ...]:
    """Findings of one rule in several files, ``each`` in every file."""
    return tuple(
        Finding("D007", level, f"Fault {line}.", Where(X / f"{file:03}.jsonl", line), "Mend it.")
        for file in range(files) for line in range(1, each + 1)
    )


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
        "line": 7, "column": None, "item": None, "mend": "Write 1.", "sure": "certain", "fixable": False,
    }  # fmt: skip


def test_console_says_how_sure_what_is_explained_and_what_can_be_mended() -> None:
    """A hint says how sure it is; explained findings are counted with their reason; so are mends by program."""
    text = to_console(RICH)

    assert "D020 (hint, likely) This code needs review." in text
    assert "2 findings are explained in the card.\n  tasks/x: D007 (2): As in the source.\n" in text
    assert "\n1 lint, 1 hint in 1 task\n1 of these can be mended by: commons lint --fix\n" in text
    assert text.endswith("--explain T002\n")


def test_explained_findings_are_said_of_a_clean_task_too() -> None:
    """A task whose only findings are explained is in order, and the explanation stands beside it."""
    text = to_console(replace(CLEAN, suppressed=AWAY[:1]))

    assert text == (
        "tasks/x: in order (72 items).\n\n1 finding is explained in the card.\n  tasks/x: D007 (1): As in the source.\n"
    )


def test_json_holds_what_is_explained_and_what_can_be_mended() -> None:
    """Explained findings stand apart with their reason, and each finding says whether a program can mend it."""
    document = json.loads(to_json(RICH))

    assert document["fixable"] == 1
    assert [(one["code"], one["sure"], one["fixable"]) for one in document["findings"]] == [
        ("D020", "likely", True), ("T002", "certain", False)]
    assert [(one["line"], one["reason"]) for one in document["suppressed"]] == [
        (8, "As in the source."), (9, "As in the source.")]


@pytest.mark.parametrize("style", ["console", "github", "markdown"])
def test_many_reasons_are_cut(style: str) -> None:
    """A card with hundreds of explanations does not fill the report."""
    away = tuple(replace(ROW, suppressed=f"Reason {number:03}.") for number in range(300))

    text = FORMATS[style](replace(CLEAN, suppressed=away))

    assert "300 findings are explained" in text
    assert "Reason 019." in text
    assert "Reason 020." not in text
    assert "and 280 reasons more." in text


def test_github_shows_ten_of_each_level_spread_over_the_files() -> None:
    """Every file speaks before one speaks twice; the rest stand in a folded group, and a sentence says how many."""
    report = Report((*many("lint", 4, 5), *many("hint", 12, 1)), (Checked("task", X),)).sorted()

    lines = to_github(report).splitlines()

    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == len([line for line in lines if line.startswith("::warning ")]) == 10
    assert [line.split(",")[0][-9:] for line in errors[:5]] == [f"{n:03}.jsonl"[-9:] for n in (0, 1, 2, 3, 0)]
    start = lines.index("::group::10 lints, 2 hints more")
    assert lines[start - 1] == (
        "GitHub shows 10 annotations of each level; these stand in the log only: 10 lints, 2 hints.")
    assert lines.index("::endgroup::") == start + 13
    assert not any(line.startswith("::") for line in lines[start + 1 : start + 13])
    assert lines[start + 1].startswith("tasks/x/000.jsonl:4: D007 (lint) Fault 4.")


def test_github_says_how_sure_a_hint_is() -> None:
    """The title of an annotation names the code, and for a hint how sure it is."""
    assert "title=D020 (hint%2C likely)::" in to_github(RICH)


def test_ten_findings_need_no_group() -> None:
    """Where GitHub shows them all, nothing is folded away."""
    assert "::group::" not in to_github(Report(many("lint", 1, 10), ()))


def test_log_lines_start_no_command() -> None:
    """What stands in the log and quotes a contributor is no workflow command, in any format for a log."""
    bad = Finding("D007", "lint", "##[error]x", Where(Path("::error::x"), 1), "##[warning]y")
    report = Report((bad,) * 11, (Checked("task", Path("::set-env::z"), "1 item"),), (replace(bad, suppressed="##[a"),))

    for text in (to_console(report), to_github(report)):
        for line in text.splitlines():
            assert not line.lstrip().startswith(("::set-env", "::error::"))
            assert "##[" not in line or line.startswith("::error ")
    assert "##[" not in to_json(report) + FORMATS["sarif"](report)


def test_markdown_is_a_table() -> None:
    """The Markdown begins with the verdict, and has a table for each task with a row for each finding."""
    text = to_markdown(FOUND)

    assert "| lint | T002 | <code>tasks/x/x.yaml:3</code> | <code>ouput</code> is not a known key. |" in text
    assert text.startswith("**To mend before a merge:** 2 lints, 1 hint in 1 task.\n\n### tasks/x\n\n| | Code |")
    assert to_markdown(CLEAN) == "**Nothing to mend in 1 task.**\n\n- tasks/x: in order (72 items).\n"
    hints = to_markdown(replace(RICH, findings=(LIKELY,)))
    assert hints.startswith("**Nothing blocks a merge:** 1 hint in 1 task.")
    assert "| hint, likely | D020 |" in hints
    assert "2 findings are explained in the card.\n\n- tasks/x: D007 (2): As in the source.\n" in hints
    assert "1 of these can be mended by: commons lint --fix\n" in hints


def test_markdown_puts_what_blocks_first() -> None:
    """Of two tasks the one with a lint comes first, and in it the lint."""
    other = replace(KEY, where=Where(Path("tasks/y/y.yaml"), 1))
    checked = (Checked("task", X), Checked("task", Path("tasks/y")))

    text = to_markdown(Report((HOOK, other), checked))

    assert text.index("### tasks/y") < text.index("### tasks/x")


def test_long_markdown_is_cut_with_a_count() -> None:
    """A report longer than GitHub takes is cut between rows, and says how many findings are left out."""
    report = Report(many("lint", 30, 60), (Checked("task", X),)).sorted()

    text = to_markdown(report)
    rows = sum(line.startswith("| lint |") for line in text.splitlines())

    assert MAX_CHARACTERS * 0.9 < len(text) <= MAX_CHARACTERS
    assert f"\n{1800 - rows:,} findings more: the whole report is in the log.\n" in text


def test_a_long_list_of_what_is_in_order_is_cut() -> None:
    """A thousand tasks in order do not make the text too long."""
    checked = tuple(Checked("task", Path(f"tasks/{'long_name_' * 6}{number}"), "100 items") for number in range(1500))

    text = to_markdown(Report((), checked))

    assert len(text) <= MAX_CHARACTERS
    assert text.endswith("more in order\n")


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
    hostile = "`a` @someone ![x](https://evil.example/x.png) <img src=x> | b | [c](d) *e* WWW.evil.example `unclosed"
    text = to_markdown(Report((Finding("T002", "lint", hostile, Where(X, 1), "m"),), ()))

    row = text.splitlines()[6]
    for active in ("@someone", "](", "<img", "| b |", "*e*", "https://", "WWW.", "`"):
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
