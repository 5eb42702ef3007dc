"""T007 and T008: files of the folder that are none of the task's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import CARD_FILE
from commons.pool.yamlfile import read_text

_MAKES_A_TASK = re.compile(r"^(task|group)[ \t]*:", re.MULTILINE)
_LITTER = frozenset({
    ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".idea", ".vscode", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", ".git", ".svn", ".hg", ".env", ".venv", "node_modules", ".coverage", ".python_history", "__macosx",
    ".spyderproject", ".rhistory", ".directory", ".localized", "nohup.out",
})  # fmt: skip
_LITTER_ENDS = ("~", ".bak", ".swp", ".swo", ".orig", ".rej", ".tmp", ".old", ".log", ".part", ".crdownload")
_LITTER_BEGINS = ("._", "~$", ".~lock.", ".#")
#: What other rules read, and find broken by a mark of git.
_READ_ELSEWHERE = frozenset({".yaml", ".yml", ".jsonl", ".py"})
_TEXTS = frozenset({".md", ".txt", ".rst", ".csv", ".tsv", ".cff", ".bib", ".json", ".toml", ".html", ""})
_BEGIN, _END = "<<<<<<< ", ">>>>>>> "


@rule(code="T007", level="lint", subject="task")
def second_configuration(subject: TaskSubject) -> Iterator[Fault]:
    """A second configuration in the folder makes another task.

    ## What it finds
    A YAML file besides `<name>.yaml` and `card.yaml` with a `task:` or a `group:`, which the configuration does not
    include.

    ## Why it matters
    The harness reads every YAML file that it finds. The second task appears in it under a name that no card, no owner
    and no rule speaks for.

    ## How to mend it
    Give the second task a folder of its own, with a card and a README. Delete a file that was only a trial.

    ## Example
    ```text
    tasks/dose_arithmetic/hard.yaml   # T007: it says `task: dose_arithmetic_hard`
    ```
    """
    if subject.document is None:
        return
    included = {place.path for place in subject.document.places.values()} | {subject.config_path, subject.card_path}
    for path in (one for one in subject.paths if one.suffix.lower() in {".yaml", ".yml"}):
        # A folder inside with a card is R006's, or a task put into a task.
        if path in included or path.name == CARD_FILE:
            continue
        text, _ = attempt(lambda path=path: read_text(path), path)  # type: ignore[misc]
        found = _MAKES_A_TASK.search(text or "")
        if found and text is not None:
            sentence = f"This file makes another {found[1]}, for which no card speaks."
            mend = "Give it a folder of its own with a card, or delete it."
            yield Fault(sentence, Where(path, text.count("\n", 0, found.start()) + 1), mend)


@rule(code="T008", level="lint", subject="task")
def left_behind(subject: TaskSubject) -> Iterator[Fault]:
    """Something was left behind by a program.

    ## What it finds
    Files and folders that a desktop, an editor or a tool makes for itself (`.DS_Store`, `Thumbs.db`, `notes.md~`,
    `.ipynb_checkpoints`, `.idea`, `.env`, `old.bak`), and texts with the marks that git puts around two versions which
    it could not join.

    ## Why it matters
    Such files tell of the author's machine, and sometimes hold an earlier version of the answers. A text with marks of
    git says two things at once.

    ## How to mend it
    Delete the file, and name it in your own global gitignore. In a text with marks choose one of the two versions,
    and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`.

    ## Example
    ```text
    <<<<<<< HEAD
    24 items      # T008: one of the two is right
    =======
    30 items
    >>>>>>> main
    ```
    """
    for path in subject.paths:
        inside = path.relative_to(subject.folder).parts
        if any(_is_litter(part) for part in inside[:-1]):
            continue
        if path.name.casefold() == ".git":
            continue  # R008 speaks of it
        if _is_litter(path.name):
            sentence = f"`{'/'.join(inside)}` was left behind by a program."
            yield Fault(sentence, Where(path), "Delete it.")
        elif path.suffix.lower() in _TEXTS - _READ_ELSEWHERE and path.is_file() and not path.is_symlink():
            yield from _marks(path)


def _is_litter(name: str) -> bool:
    lower = name.lower()
    return lower in _LITTER or lower.endswith(_LITTER_ENDS) or name.startswith(_LITTER_BEGINS)


def _marks(path: Path) -> Iterator[Fault]:
    """The first mark of git in a text; both kinds must stand there."""
    text, _ = attempt(lambda: read_text(path), path)
    if text is None or _BEGIN not in text or _END not in text:
        return
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines, start=1) if line.startswith(_BEGIN)), None)
    if first and any(line.startswith(_END) for line in lines[first:]):
        mend = "Choose one of the two versions, and delete the marks."
        yield Fault("Git could not join two versions here, and both still stand.", Where(path, first), mend)
