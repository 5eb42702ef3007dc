"""D022: files of the data folder that are not what they seem."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import read_text

_PROSE = frozenset({".md", ".txt", ".rst", ".cff", ".bib"})
#: What can be named as rows.
_ROWS = frozenset({".jsonl", ".json"})
_PROSE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "README", "CITATION")


@rule(code="D022", level="lint", subject="task")
def stray_data(subject: TaskSubject) -> Iterator[Fault]:
    """A file of the data folder is used by nothing, or is only a pointer to data.

    ## What it finds
    A file under `data/` that no split of `data_files` names, but for texts for people (`README.md`, `LICENSE`) and
    files that the task's Python names; and a data file that holds the few lines which Git LFS or git-annex put in
    place of the data.

    ## Why it matters
    A file that nothing uses is often the one that should be used: the items were mended in one and the other is
    evaluated. A pointer is no data: who has the folder does not have the items.

    ## How to mend it
    Name the file in `data_files`, or delete it. For a pointer, commit the data itself: `git lfs migrate export`, or
    `git annex unannex`.

    ## Example
    ```text
    data/test.jsonl
    data/test_fixed.jsonl   # D022: no split names it
    ```
    """
    pointers = [problem for problem in subject.data_problems if problem.kind == "pointer"]
    yield from map(Fault.of, pointers)
    config = subject.config
    if config is None or not subject.local_data or not config.files_by_split or _wiring_is_wrong(subject):
        return
    named = {path for split in subject.splits.values() for path in split.files}
    named |= {problem.where.path for problem in pointers}
    programs = "\n".join(_source(path) for path in subject.python_files)
    for path in (one for one in subject.paths if subject.folder / "data" in one.parents):
        hidden = any(part.startswith(".") for part in path.relative_to(subject.folder).parts)
        if path in named or hidden or path.is_symlink() or not path.is_file() or _is_prose(path):
            continue
        if path.suffix != ".py" and path.name not in programs:
            beside = path.relative_to(subject.folder).as_posix()
            rows = path.suffix.lower() in _ROWS
            mend = f"Name it in data_files, for example `dev: {beside}`, or delete it." if rows else "Delete it."
            yield Fault(f"No split names the file `{beside}`.", Where(path), mend)


def _wiring_is_wrong(subject: TaskSubject) -> bool:
    """Whether a file is missing, or two splits share one: D001 and T005 speak of these, and the stray is the cure."""
    written = [name for names in subject.config.files_by_split.values() for name in names] if subject.config else []
    missing = any(problem.kind in {"missing_file", "path", "link"} for problem in subject.data_problems)
    return missing or len(set(written)) < len(written)


def _is_prose(path: Path) -> bool:
    return path.suffix.lower() in _PROSE or path.name.upper().startswith(_PROSE_NAMES)


def _source(path: Path) -> str:
    text, _ = attempt(lambda: read_text(path), path)
    return text or ""
