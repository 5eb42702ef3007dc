"""T001 to T004 and T006: the task folder's files, and the form of the harness configuration."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Problem, Where
from commons.lint.harness_names import FEWSHOT_KEYS, SAMPLERS
from commons.lint.mending import Lines, fault_of, renamed_key, replaced_value
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT
from commons.lint.subject import TaskSubject
from commons.pool.validate import only_meant

#: A larger file is no empty one, and is not read to find out.
_BLANK_BYTES = 1_000
_UNREADABLE = frozenset({"yaml", "duplicate_key", "encoding", "size", "link", "include", "path", "unreadable"})


def _is_absent(problem: Problem, path: Path) -> bool:
    """Whether the file itself is not there (an `include` that names no file is a fault on a line of it)."""
    return problem.kind == "missing_file" and problem.where == Where(path)


@rule(code="T001", level="lint", subject="task")
def unreadable(subject: TaskSubject) -> Iterator[Fault]:
    """The configuration cannot be read as YAML.

    ## What it finds
    A `<name>.yaml` that is not valid YAML, gives one key twice, is not UTF-8 text, is a link, is far larger than any
    real configuration, or includes a file that does not exist or lies outside the task folder.

    ## Why it matters
    The harness skips a file that it cannot parse without saying so. Of two equal keys it keeps the last one, again
    without saying so: the setting you see may not be the one that is used.

    ## How to mend it
    Go to the line that is named. Most often a colon lacks its space, a text with a colon lacks its quotes, or the
    indentation mixes tabs and spaces. Where a key stands twice, delete one.

    ## Example
    ```yaml
    test_split: test
    test_split: validation   # T001: the key is given twice
    ```
    """
    for problem in subject.config_problems:
        absent = _is_absent(problem, subject.config_path)
        if problem.kind in _UNREADABLE or (problem.kind == "missing_file" and not absent):
            yield Fault.of(problem)


@rule(code="T002", level="lint", subject="task")
def unknown_key(subject: TaskSubject) -> Iterator[Fault]:
    """The configuration has a key that nobody knows.

    ## What it finds
    A key in `<name>.yaml` that the harness does not know, at the top or inside `dataset_kwargs`, `filter_list` or
    `fewshot_config`.

    ## Why it matters
    Nearly always it is a misspelt key. The setting that was meant then keeps its default, or the harness stops.

    ## How to mend it
    Take the spelling that the finding proposes. What is not for the harness (a title, a licence, an author) belongs
    into `card.yaml`.

    ## Example
    ```yaml
    ouput_type: multiple_choice   # T002: did you mean `output_type`?
    ```
    """
    lines = Lines()
    yield from (fault_of(problem, lines) for problem in subject.config_problems if problem.kind == "unknown_key")
    given = subject.document.data.get(FEWSHOT) if subject.document else None
    for key in given if isinstance(given, dict) else ():
        if key not in FEWSHOT_KEYS:
            close = difflib.get_close_matches(key, FEWSHOT_KEYS, n=1)
            mend = f"Did you mean `{close[0]}`?" if close else f"Remove it; known here: {', '.join(FEWSHOT_KEYS)}."
            where, meant = subject.where(FEWSHOT, key), only_meant(key, FEWSHOT_KEYS, given or ())
            fix = renamed_key(lines, where, *meant) if meant else None
            yield Fault(f"`{FEWSHOT}.{key}` is not a known key.", where, mend, fix=fix)


@rule(code="T003", level="lint", subject="task")
def wrong_value(subject: TaskSubject) -> Iterator[Fault]:
    """A setting of the configuration has a wrong type or value.

    ## What it finds
    A number where text belongs, a word outside the list of possible words, a single value where a list belongs.

    ## Why it matters
    The harness checks hardly any value. A wrong one shows late, as a crash after hours, or never, as a wrong score.

    ## How to mend it
    The finding says what may stand there. Text with special signs needs quotes; `true` and `false` have none.

    ## Example
    ```yaml
    output_type: multiple-choice   # T003: it is written multiple_choice
    num_fewshot: two               # T003: it is a whole number
    ```
    """
    spoken_for = _UNREADABLE | {"unknown_key", "missing", "missing_file"}
    revision, lines = subject.where("dataset_kwargs", "revision"), Lines()
    for problem in subject.config_problems:
        if problem.kind not in spoken_for and not (_has_revision(subject) and problem.where == revision):
            yield fault_of(problem, lines)
    sampler = (subject.config.fewshot_config or {}).get("sampler") if subject.config else None
    if sampler is not None and sampler not in SAMPLERS:
        sentence = f"There is no few-shot sampler called `{str(sampler)[:60]}`."
        yield Fault(sentence, subject.where(FEWSHOT, "sampler"), f"Write {' or '.join(SAMPLERS)}.")


def _has_revision(subject: TaskSubject) -> bool:
    """Whether D008 speaks of the revision."""
    given = subject.document.data.get("dataset_kwargs") if subject.document else None
    return isinstance(given, dict) and "revision" in given


@rule(code="T004", level="lint", subject="task")
def name_differs(subject: TaskSubject) -> Iterator[Fault]:
    """The task's name is not its folder's name.

    ## What it finds
    A `task:` in the configuration that differs from the name of the folder.

    ## Why it matters
    Results are filed under the folder's name and the harness reports under the task's. If the two differ, a reader
    cannot tell which task a number belongs to, and one task can pass for another.

    ## How to mend it
    Write the folder's name behind `task:`, or rename the folder and the file in it.

    ## Example
    ```yaml
    # in tasks/dose_arithmetic/dose_arithmetic.yaml
    task: drug_doses   # T004: the folder is called dose_arithmetic
    ```
    """
    if subject.config is not None and subject.config.task != subject.folder.name:
        sentence = f"The task is called `{subject.config.task}` but its folder `{subject.folder.name}`."
        where = subject.where("task")
        fix = replaced_value(Lines(), where, subject.config.task, subject.folder.name)
        yield Fault(sentence, where, f"Write `task: {subject.folder.name}`, or rename the folder.", fix=fix)


@rule(code="T006", level="lint", subject="task")
def missing_file(subject: TaskSubject) -> Iterator[Fault]:
    """A file that every task has is missing.

    ## What it finds
    A task folder without `<name>.yaml`, `card.yaml`, `README.md` (or with an empty one), or, where no configuration
    says otherwise, without data in `data/`.

    ## Why it matters
    The configuration says what is asked, the card who answers for it and under which licence, the README what it
    measures and where it stops. Without one of them nobody can use the number responsibly.

    ## How to mend it
    Add the file. `commons new` writes a whole folder with every file in its place.

    ## Example
    ```text
    tasks/dose_arithmetic/
      dose_arithmetic.yaml
      card.yaml
      data/test.jsonl        # T006: README.md is missing
    ```
    """
    folder = subject.folder
    if any(_is_absent(problem, subject.config_path) for problem in subject.config_problems):
        yield Fault("The harness configuration is missing.", Where(subject.config_path), _config_mend(folder))
    if any(problem.kind == "missing_file" for problem in subject.card_problems):
        mend = "Add it; `commons new` writes one to fill in."
        yield Fault("The task's card is missing.", Where(subject.card_path), mend)
    readme = folder / "README.md"
    if readme.is_symlink() or not readme.is_file() or _is_blank(readme):
        state = "a link" if readme.is_symlink() else "empty" if readme.is_file() else "missing"
        mend = "Write a page for people: what the task measures, how it was made, where it stops."
        yield Fault(f"The task's README.md is {state}.", Where(readme), mend)
    if subject.document is None and not any((folder / "data").glob("*.jsonl")):
        mend = "Add data/test.jsonl with one JSON object a line, one for each item."
        yield Fault("The folder holds no data.", Where(folder / "data"), mend)


def _is_blank(path: Path) -> bool:
    """Whether a file holds nothing, or only blank lines."""
    return path.stat().st_size < _BLANK_BYTES and not path.read_bytes().strip()


def _config_mend(folder: Path) -> str:
    others = sorted(path.name for path in folder.glob("*.y*ml") if path.name != "card.yaml")
    if others:
        return f"If it is {others[0]}, rename that to {folder.name}.yaml."
    return f"Add {folder.name}.yaml; `commons new` writes one."
