"""D001 to D003 and D008: where the items are, and whether they can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT
from commons.lint.subject import LOCAL_DATA, TaskSubject

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
#: Readers of local files that the datasets library offers under a name; no data set on the Hub is meant by them.
_READERS = frozenset({"arrow", "audiofolder", "csv", "imagefolder", "pandas", "parquet", "sql", "text", "xml"})
_OF_LINES = frozenset({"json", "duplicate_key", "encoding"})
_OF_FOLDERS = frozenset({"pointer"})
_SPLIT_KEYS = ("test_split", "validation_split", "training_split", "fewshot_split")


@rule(code="D001", level="lint", subject="task")
def missing_data(subject: TaskSubject) -> Iterator[Fault]:
    """A data file is missing, or lies outside the task folder.

    ## What it finds
    A file named in `data_files` that does not exist, leads out of the task folder, is a link, or is too large for
    git; and a split that the task uses but for which no file is named.

    ## Why it matters
    A task must be whole in its folder: whoever has the folder has the items, and nobody can change them unseen.

    ## How to mend it
    Put the file into `data/` and write its path as seen from the task folder. Data above 50 MB belong on the Hub,
    pinned to a commit.

    ## Example
    ```yaml
    test_split: test
    dataset_kwargs:
      data_files:
        test: ../shared/items.jsonl   # D001: outside the task folder
    ```
    """
    elsewhere = _OF_LINES | _OF_FOLDERS
    yield from (Fault.of(problem) for problem in subject.data_problems if problem.kind not in elsewhere)
    config = subject.config
    if config is None or not subject.local_data or not config.files_by_split:
        return
    used: dict[tuple[str, ...], Any] = {(key,): getattr(config, key) for key in _SPLIT_KEYS}
    used[FEWSHOT, "split"] = (config.fewshot_config or {}).get("split")
    for key, split in used.items():
        if split and not config.files_by_split.get(split):
            known = ", ".join(f"`{name}`" for name in config.files_by_split)
            mend = f"Add `{split}:` to data_files, or name one of its splits here: {known}."
            yield Fault(f"The split `{split}` has no data file.", subject.where(*key), mend)


@rule(code="D002", level="lint", subject="task")
def bad_line(subject: TaskSubject) -> Iterator[Fault]:
    """A line of a data file is not a JSON object.

    ## What it finds
    A line that is not valid JSON, is JSON but no object, or gives one key twice; a file that is not UTF-8 text.

    ## Why it matters
    The harness stops at such a line, or reads only the last of two equal keys.

    ## How to mend it
    Write each item as one object on one line, with double quotes and without a comma at the end. A line break inside
    a text is written as two characters, backslash and n.

    ## Example
    ```json
    {'question': 'How many?'}
    ```
    D002: JSON takes double quotes only.
    """
    for problem in subject.data_problems:
        if problem.kind in _OF_LINES:
            marked = "BOM" in problem.sentence
            mend = "Save the file as UTF-8 without a byte order mark." if marked else problem.mend
            yield Fault(problem.sentence, problem.where, mend)


@rule(code="D003", level="lint", subject="task")
def no_rows(subject: TaskSubject) -> Iterator[Fault]:
    """A data file holds no items.

    ## What it finds
    A split whose files are there but hold no line with an item.

    ## Why it matters
    There is nothing to ask. The harness stops with an error that does not name the file.

    ## How to mend it
    Write the items into the file, one JSON object a line, or name the file that has them.

    ## Example
    ```text
    data/test.jsonl   0 bytes   # D003
    ```
    """
    faulty = {problem.where.path for problem in subject.data_problems}
    for name, split in subject.splits.items():
        if split.files and not split.rows and not faulty.intersection(split.files):
            where = subject.where("dataset_kwargs", "data_files", name)
            yield Fault(f"The split `{name}` holds no items.", where, "Write one JSON object a line into its file.")


@rule(code="D008", level="lint", subject="task")
def unpinned_data(subject: TaskSubject) -> Iterator[Fault]:
    """The items are neither files of the folder nor a pinned data set.

    ## What it finds
    A `dataset_path` that is neither `json` with `data_files`, nor a data set on the Hugging Face Hub with the 40
    characters of a commit as `revision`.

    ## Why it matters
    A data set without a commit can change from one day to the next. Two models would then answer different questions
    under the same name, and nobody could tell.

    ## How to mend it
    Commit small data to `data/`. For a data set on the Hub, open its page, choose *Files*, then *History*, and copy
    the full commit.

    ## Example
    ```yaml
    dataset_path: someone/some_data
    dataset_kwargs:
      revision: main   # D008: a branch; write the commit it stands for
    ```
    """
    data = subject.document.data if subject.document else {}
    path, given = data.get("dataset_path"), data.get("dataset_kwargs")
    arguments = given if isinstance(given, dict) else {}
    revision = arguments.get("revision")
    mend = "Write the 40 hexadecimal characters of the commit."
    if "revision" in arguments and not (isinstance(revision, str) and _COMMIT.fullmatch(revision)):
        yield Fault("The revision is not a commit.", subject.where("dataset_kwargs", "revision"), mend)
    elif not isinstance(path, str):
        return
    elif path == LOCAL_DATA:
        if not arguments.get("data_files"):
            example = "Add under dataset_kwargs: `data_files: {test: data/test.jsonl}`."
            yield Fault("`dataset_path: json` names no data files.", subject.where("dataset_path"), example)
    elif path in _READERS or not _HUB_NAME.fullmatch(path):
        other = "Write `dataset_path: json` with `data_files`, or the name of a data set on the Hub."
        if path in _READERS:
            other = (
                "Save the rows as JSON lines, for example with `commons new --from FILE`, "
                "and write `dataset_path: json` with `data_files`."
            )
        yield Fault(f"`{path}` is no data set that can be pinned.", subject.where("dataset_path"), other)
    elif "revision" not in arguments:
        sentence = f"The data set `{path}` is not pinned to a commit."
        yield Fault(sentence, subject.where("dataset_path"), f"Add `revision:` under dataset_kwargs. {mend}")
