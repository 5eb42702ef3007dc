"""Writing all that a snapshot gives: each task's pages and data where they changed, then those of the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from commons.pool.hashing import folder_digest, sha256_json
from commons.pool.program import code_digest, library_versions
from commons.publish.commits import Commit, Commits, read_commits
from commons.publish.cores import spread
from commons.publish.data.card import wanted
from commons.publish.earlier import Earlier
from commons.publish.environment import make_environment
from commons.publish.open_task import OpenTask
from commons.publish.pages import Joined, Page, TaskPages, all_pool_pages, all_task_data, all_task_pages
from commons.publish.snapshot import Snapshot, snapshot_of, task_names
from commons.publish.survey.many import Found, Surveyor
from commons.publish.survey.survey import Broken
from commons.publish.writing import Written, put, write

#: Hears what is being done, how much of it is done, and how much there is to do.
Progress = Callable[[str, int, int], None]
#: The commits that changed a task's files, by the task's name and the file's path.
CommitsByTask = Mapping[str, Mapping[str, tuple[Commit, ...]]]


@dataclass(frozen=True)
class _Scope:
    """Some of what a task gives: its kinds, and the digest of what they are made of beside the task."""

    name: str
    kinds: tuple[TaskPages, ...]
    base: str


@dataclass(frozen=True)
class _Unit:
    """What one scope of a task came to, and the key under which it was made."""

    name: str
    key: str
    written: Written
    old: bool


class Builder:
    """Writes all outputs of a pool into the folder ``fresh``; ``made`` says what was made under which key.

    ``earlier`` gives what an earlier build left for as long as it is open; None where nothing is to be taken over.
    """

    def __init__(
        self, surveyor: Surveyor, source: Path, fresh: Path, earlier: Callable[[], Earlier] | None, cores: int,
        tell: Progress,
    ) -> None:
        self._surveyor = surveyor
        self._frame = frame = surveyor.frame
        self._fresh = fresh
        self._earlier = earlier
        self._cores = cores
        self._tell = tell
        self._environment: Environment = make_environment(source / "templates")
        data = [
            code_digest("pool", "stats", "text", "analyse", "lint", "gates", "publish"),
            [frame.place.site, frame.place.repository],
            [suite.model_dump(mode="json") for suite in frame.suites],
            [list(one) for one in library_versions("pyarrow", "resvg-py")], wanted(frame),
        ]
        libraries = [list(one) for one in library_versions("Jinja2", "MarkupSafe", "markdown-it-py")]
        self._data = _Scope("data", all_task_data(), sha256_json(data))
        self._pages = _Scope("task", all_task_pages(), sha256_json([data, libraries, folder_digest(source)]))
        self._parts: dict[str, list[str]] = {}
        self.made: list[tuple[str, str, Written]] = []
        self.pages = 0
        self.reused = 0

    def tasks(self, broken: tuple[Broken, ...]) -> Snapshot:
        """Survey every task and write what it gives while its cells are at hand: its pages, and its data.

        The data are a scope of their own, because no change of a template makes them anew. ``broken`` is what of the
        whole pool is.
        """
        pool = self._surveyor.pool
        commits = _by_task(read_commits(pool.root))

        @contextmanager
        def visitor() -> Iterator[Callable[[Found], list[_Unit]]]:
            with self._opened() as earlier:
                yield lambda found: self._visit(found, commits, earlier)

        visited = self._surveyor.visited(task_names(pool), self._cores, visitor,
                                         lambda *counts: self._tell("Reading and writing tasks", *counts))
        for unit in (unit for _, units in visited for unit in units):
            self._count(unit.name, unit.key, unit.written)
            self.reused += len(unit.written.files) if unit.old else 0
            for path, text in unit.written.parts.items():
                self._parts.setdefault(path, []).append(text)
        return snapshot_of(self._surveyor, [surveyed for surveyed, _ in visited], broken)

    def _visit(self, found: Found, all_commits: CommitsByTask, earlier: Earlier | None) -> list[_Unit]:
        entry, survey = found.surveyed.entry, found.surveyed.survey
        if entry is None:
            return []
        commits = all_commits.get(entry.name, {})
        task = OpenTask(self._surveyor.pool, self._frame, entry, survey, found.items,
                        self._surveyor.named(entry.name), commits, found.cells)
        units = []
        for scope in (self._pages, self._data):
            name, key = f"{scope.name} {entry.name}", _key(scope, survey.digest, commits)
            old = earlier.take(name, key, self._fresh) if earlier and key else None
            outputs = (output for kind in scope.kinds for output in kind.of_task(task))
            units.append(_Unit(name, key, old or write(self._environment, self._frame, outputs, self._fresh),
                               old is not None))
        return units

    @contextmanager
    def _opened(self) -> Iterator[Earlier | None]:
        """What an earlier build left, opened for this process."""
        earlier = self._earlier() if self._earlier else None
        try:
            yield earlier
        finally:
            if earlier:
                earlier.close()

    def rest(self, snapshot: Snapshot) -> None:
        """Write the pages of the whole pool."""
        outputs = [output for kind in all_pool_pages() for output in kind.of_pool(snapshot)]
        for shared in (one for one in outputs if isinstance(one, Joined)):
            put(self._fresh, shared.path, self._joined(shared))
        rest = [output for output in outputs if not isinstance(output, Joined)]
        keys = [sha256_json([self._pages.base, output.key]) if isinstance(output, Page) and output.key else ""
                for output in rest]
        with self._opened() as earlier:
            done = {number: found for number, (output, key) in enumerate(zip(rest, keys, strict=True))
                    if earlier and key and (found := earlier.take(f"page {output.path}", key, self._fresh))}
        self.reused += sum(len(found.files) for found in done.values())
        new = [number for number in range(len(rest)) if number not in done]

        def some(numbers: Iterable[int]) -> Iterable[tuple[int, Written]]:
            for number in numbers:
                yield new[number], write(self._environment, self._frame, [rest[new[number]]], self._fresh)

        for count, (number, written) in enumerate(spread(len(new), self._cores, some), start=len(done) + 1):
            done[number] = written
            self._tell("Writing the rest", count, len(rest))
        for number, (output, key) in enumerate(zip(rest, keys, strict=True)):
            self._count(f"page {output.path}", key, done[number])

    def _joined(self, output: Joined) -> bytes:
        return (output.head + output.between.join(self._parts.get(output.path, [])) + output.tail).encode("utf-8")

    def _count(self, name: str, key: str, written: Written) -> None:
        self.pages += written.pages
        if key:
            self.made.append((name, key, written))


def _key(scope: _Scope, digest: str, commits: Mapping[str, tuple[Commit, ...]]) -> str:
    """The digest of all that a task's outputs are made of; empty where it cannot be known."""
    if not digest:
        return ""
    return sha256_json([scope.base, digest, sorted((path, repr(one)) for path, one in commits.items())])


def _by_task(commits: Commits) -> CommitsByTask:
    """What is known of each task's files."""
    found: dict[str, dict[str, tuple[Commit, ...]]] = {}
    for path, one in commits.by_path.items():
        parts = path.split("/")
        name = parts[2] if len(parts) == 4 and parts[1] == "cells" else parts[-1].removesuffix(".jsonl")
        found.setdefault(name, {})[path] = one
    return found
