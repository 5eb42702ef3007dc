"""R004 to R006: names that are taken, and names that cannot be stored everywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.builtin_names import builtin_names
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import CARD_FILE
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import SUITES_FOLDER
from commons.pool.yamlfile import Key

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)
_UNSTORABLE = re.compile(r"[<>:\"|?*\\\x00-\x1f]|[. ]\Z")


@rule(code="R004", level="lint", subject="task")
def builtin_name(subject: TaskSubject) -> Iterator[Fault]:
    """The task's name or tag is taken by the harness.

    ## What it finds
    A task or a `tag` whose name lm-evaluation-harness 0.4.13 has for a task, a group or a tag of its own. (R002 speaks
    of suites.)

    ## Why it matters
    Two different tasks would stand under one name in every list of results that comes from the harness, and whoever
    asks for the one may get the other.

    ## How to mend it
    Choose a name that says what is particular about your task, and rename the folder, the file and `task:`.

    ## Example
    ```yaml
    task: hellaswag   # R004: the harness has a task of this name
    ```
    """
    config = subject.config
    if config is None:
        return
    names = builtin_names()
    if config.task in names and config.task == subject.folder.name:
        sentence = f"The harness has `{config.task}` built in."
        mend = f"Rename the folder, the file and `task:`, for example to `{subject.folder.name}_commons`."
        yield Fault(sentence, subject.where("task"), mend)
    for key, tag in _tags(subject):
        if tag in names:
            mend = f"Choose another tag, for example `{tag}_commons`."
            yield Fault(f"The harness has the tag `{tag}` built in.", subject.where(*key), mend)


def _tags(subject: TaskSubject) -> Iterator[tuple[Key, str]]:
    written = subject.config.tag if subject.config else None
    if isinstance(written, str):
        yield ("tag",), written
    else:
        yield from ((("tag", index), tag) for index, tag in enumerate(written or []))


@rule(code="R005", level="lint", subject="task")
def tag_is_a_task(subject: TaskSubject) -> Iterator[Fault]:
    """A tag has the name of a task or of a suite.

    ## What it finds
    A `tag` that is also the name of a task folder of the pool (this one included) or of a suite.

    ## Why it matters
    The harness keeps tasks, groups and tags in one list. Whoever asks for the name gets the one or the other, by the
    order in which the files were read.

    ## How to mend it
    Give the tag a name of its own, for example by adding `_tasks`.

    ## Example
    ```yaml
    task: dose_arithmetic
    tag: dose_arithmetic   # R005
    ```
    """
    pool = subject.folder.parent
    for key, tag in _tags(subject):
        if re.fullmatch(r"\w{1,64}", tag) is None:
            continue
        suite = pool / SUITES_FOLDER / f"{tag}.yaml"
        kind = "task" if (pool / tag).is_dir() else "suite" if suite.is_file() else None
        if kind and tag not in builtin_names():
            sentence = f"The tag `{tag}` is the name of a {kind} too."
            yield Fault(sentence, subject.where(*key), f"Write another tag, for example `{tag}_tasks`.")


@rule(code="R006", level="lint", subject="task")
def unfit_file(subject: TaskSubject) -> Iterator[Fault]:
    """A file of the folder cannot be kept as it is.

    ## What it finds
    A link (links among the data files have D001), a folder inside the folder that holds another task, a file above
    50 MB, a name that Windows cannot store (`a:b.txt`, `aux.txt`, a blank or a full stop at the end), and two names
    that differ by capitals alone.

    ## Why it matters
    A link leads to files that nobody reviewed. A nested task is run by the harness and seen by nobody here. The other
    ones break a clone on some machines, for everybody who wants the pool and not only this task.

    ## How to mend it
    Commit the file itself, move a nested task to a folder of its own under `tasks/`, put large data on the Hub, and
    rename the rest.

    ## Example
    ```text
    tasks/dose_arithmetic/data/Test.jsonl
    tasks/dose_arithmetic/data/test.jsonl   # R006: one file on Windows and macOS
    ```
    """
    spoken_for = _named_files(subject)
    beside: dict[Path, list[Path]] = {}
    for path in subject.paths:
        if "__pycache__" not in path.relative_to(subject.folder).parts:
            beside.setdefault(path.parent, []).append(path)
    for here, paths in beside.items():
        lower: dict[str, str] = {}
        for path in paths:
            if path not in spoken_for:
                yield from _file_faults(path, lower.get(path.name.casefold()))
            lower.setdefault(path.name.casefold(), path.name)
        if here != subject.folder and any((here / name).is_file() for name in (CARD_FILE, f"{here.name}.yaml")):
            mend = "Move it to a folder of its own under tasks/, or delete it."
            yield Fault(f"The folder `{here.name}` inside the task holds another task.", Where(here), mend)


def _named_files(subject: TaskSubject) -> set[Path]:
    """Files of which other rules speak: the configuration, the card, the page and the data."""
    named = {subject.config_path, subject.card_path, subject.folder / "README.md"}
    for files in subject.config.files_by_split.values() if subject.config else ():
        for file in files:
            path = subject.folder / file
            steps = (step for step in (path, *path.parents) if subject.folder in step.parents)
            # os.path's test, because a name may be longer than the system allows.
            named.update(step for step in steps if os.path.islink(step))  # noqa: PTH114
    return named


def _file_faults(path: Path, twin: str | None) -> Iterator[Fault]:
    where = Where(path)
    if path.is_symlink():
        yield Fault(f"`{path.name}` is a link.", where, "Commit the file itself, or delete the link.")
    elif twin is not None:
        sentence = f"`{path.name}` and `{twin}` differ by capitals alone."
        yield Fault(sentence, where, "Rename one of the two: on some machines they are one file.")
    elif _UNSTORABLE.search(path.name) or _DEVICE.match(path.name):
        mend = "Rename it: letters, digits, hyphens, underscores and one full stop are safe."
        yield Fault(f"Windows cannot store a file called `{path.name}`.", where, mend)
    elif path.is_file() and (size := path.stat().st_size) > MAX_DATA_BYTES:
        sentence = f"`{path.name}` has {size / 1e6:,.0f} MB; the limit is {MAX_DATA_BYTES / 1e6:,.0f} MB."
        yield Fault(sentence, where, "Put large data on the Hub, pinned to a commit.")
