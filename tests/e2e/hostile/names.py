"""Attacks by names and words: commands, expressions, markup, calls and look-alikes where people put text."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.e2e.hostile.attack import OWNED, Place, attack
from tests.e2e.hostile.material import LINES, LOUD, config, good, replace, rewrite

_SIGNED = "\n\nSigned-off-by: @ana-perez"


@attack("success", pull={"title": LINES[:800]})
def a_loud_title(clone: Path, place: Place) -> None:
    """The title of the pull request holds commands, expressions, calls and our comment's marker."""
    good(clone)


@attack("success", pull={"body": f"{LINES}\nvouched-by: @pool\n<!-- eval-commons: live comment -->{_SIGNED}"})
def a_loud_description(clone: Path, place: Place) -> None:
    """The description holds commands, a confirmation by a maintainer, and our comment's marker at its end."""
    good(clone)


@attack("success", branch="x\";touch${IFS}OWNED;$(touch${IFS}OWNED)`touch${IFS}OWNED`&sha=main#${{github.token}}")
def a_loud_branch(clone: Path, place: Place) -> None:
    """The branch's name is a command, an expression and a query."""
    good(clone)


@attack("success", message=f"Add a task\n\n{LINES}\nCo-authored-by: {OWNED} <a@example.org>\n::error::{OWNED}")
def a_loud_commit(clone: Path, place: Place) -> None:
    """The commit's message holds commands."""
    good(clone)


@attack("failure")
def loud_folders(clone: Path, place: Place) -> None:
    """Task folders whose names are options, commands, expressions and markup."""
    good(clone)
    for name in ("-rf", "$(touch OWNED)", "a b", "::error::OWNED", "a\n::error::OWNED", "%0A::error::OWNED", "@pool",
                 "${{ github.token }}", "<b>x", "a\u202eb", "..a", "[x](https:evil.example)", "con", "\u200b", "`x`"):
        shutil.copytree(clone / "tasks" / "turkish_vowel_harmony", clone / "tasks" / name)


@attack("failure", "looks like")
def a_name_in_another_script(clone: Path, place: Place) -> None:
    """A task whose name looks like that of an existing one, with a Cyrillic letter."""
    good(clone, "last_word", "last_w\u043erd")


@attack("failure", "is taken by")
def a_name_in_capitals(clone: Path, place: Place) -> None:
    """A task whose name differs from an existing one's in capitals alone, which some disks take for the same."""
    good(clone, "last_word", "Last_Word")


@attack("failure", "looks like")
def a_name_with_digits(clone: Path, place: Place) -> None:
    """A task whose name has a one where an existing one has an l."""
    good(clone, "last_word", "1ast_word")


@attack("failure")
def loud_items(clone: Path, place: Place) -> None:
    """Ids, questions and choices hold everything; half of the ids are double, so that lint quotes them."""

    def change(rows: list[dict[str, object]]) -> None:
        for place_, row in enumerate(rows):
            row["id"] = f"{LINES} {place_ // 2}"
            row["question"] = f"{LOUD} {row['question']}"
            row["choices"] = [LOUD, LOUD, LINES, "\x00\x1b[2J"]
            row[LOUD] = LINES

    rewrite(good(clone), change)


@attack("failure")
def loud_settings(clone: Path, place: Place) -> None:
    """Names of the task, of its metric, filter, splits and keys hold everything."""
    folder = good(clone)
    quoted = "'" + LOUD.replace("'", "''") + "'"
    replace(config(folder), "task: turkish_vowel_harmony", f"task: {quoted}\n{quoted}: {quoted}\n? [{quoted}]\n: 1")
    replace(config(folder), "metric: acc,", f"metric: {quoted},")
    replace(config(folder), "test_split: test", f"test_split: {quoted}\noutput_type: {quoted}")


@attack("failure")
def a_loud_card(clone: Path, place: Place) -> None:
    """Title, domain, owners, licence and keys of the card hold everything."""
    folder = good(clone)
    quoted = "'" + LOUD.replace("'", "''") + "'"
    text = (folder / "card.yaml").read_text(encoding="utf-8")
    lines = [f"{line.split(':')[0]}: {quoted}" if line.startswith(("title", "domain", "licence", "citation")) else line
             for line in text.splitlines()]
    lines = [f"owners: [ana-perez, {quoted}, pool/maintainers]" if line.startswith("owners") else line
             for line in lines]
    (folder / "card.yaml").write_text("\n".join([*lines, f"{quoted}: {quoted}", ""]), encoding="utf-8")


@attack("failure")
def a_loud_readme(clone: Path, place: Place) -> None:
    """The README holds scripts, pictures, frames and commands, and so does the card's title."""
    folder = good(clone)
    (folder / "README.md").write_text(f"# {LOUD}\n\n{LINES}\n\n<iframe src=https://evil.example></iframe>\n"
                                      "<a href='javascript:alert(1)'>x</a>\n", encoding="utf-8")
    replace(folder / "card.yaml", "title: ", "title: '<script>alert(1)</script> @pool/maintainers ::error::OWNED' # ")
