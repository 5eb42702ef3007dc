"""Writing all that a snapshot gives: each task's pages and data where they changed, then those of the pool."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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
from commons.publish.snapshot import Snapshot, surveyor_of
from commons.publish.survey.kept import Kept
from commons.publish.survey.many import Surveyor
from commons.publish.writing import Written, put, write

#: Hears what is being done, how much of it is done, and how much there is to do.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Scope:
    """Some of what a task gives: its kinds, and the digest of what they are made of beside the task."""

    name: str
    kinds: tuple[TaskPages, ...]
    base: str


class Builder:
    """Writes all outputs of a snapshot into a folder; ``made`` says what was made under which key."""

    def __init__(
        self, snapshot: Snapshot, source: Path, fresh: Path, earlier: Earlier | None, cores: int, tell: Progress
    ) -> None:
        self._snapshot = snapshot
        self._fresh = fresh
        self._earlier = earlier
        self._cores = cores
        self._tell = tell
        self._environment: Environment = make_environment(source / "templates")
        data = [
            code_digest("pool", "stats", "text", "analyse", "lint", "gates", "publish"),
            [snapshot.frame.place.site, snapshot.frame.place.repository],
            [suite.model_dump(mode="json") for suite in snapshot.frame.suites],
            [list(one) for one in library_versions("pyarrow", "resvg-py")], wanted(snapshot.frame),
        ]
        libraries = [list(one) for one in library_versions("Jinja2", "MarkupSafe", "markdown-it-py")]
        self._data = _Scope("data", all_task_data(), sha256_json(data))
        self._pages = _Scope("task", all_task_pages(), sha256_json([data, libraries, folder_digest(source)]))
        self._parts: dict[str, list[str]] = {}
        self.made: list[tuple[str, str, Written]] = []
        self.pages = 0
        self.reused = 0

    def tasks(self) -> None:
        """Write what every task gives: its pages, and its data, which no change of a template makes anew."""
        snapshot = self._snapshot
        surveyor, _ = surveyor_of(snapshot.pool, snapshot.frame.place)
        commits = _by_task(read_commits(snapshot.pool.root))
        units = [(task.name, scope) for task in snapshot.tasks for scope in (self._pages, self._data)]
        keys = [self._key(name, scope, commits.get(name, {})) for name, scope in units]
        old = {number: found for number, (name, scope) in enumerate(units)
               if (found := self._old(f"{scope.name} {name}", keys[number]))}
        new = [number for number in range(len(units)) if number not in old]

        def some(numbers: Iterable[int]) -> Iterable[tuple[int, Written]]:
            with Kept(snapshot.pool, surveyor.rules(), time.time_ns) as kept:
                for number in numbers:
                    name, scope = units[new[number]]
                    task = _opened(snapshot, surveyor, kept, name, commits.get(name, {}))
                    outputs = (output for kind in scope.kinds for output in kind.of_task(task))
                    yield new[number], write(self._environment, snapshot.frame, outputs, self._fresh)

        done = dict(old)
        for count, (number, written) in enumerate(spread(len(new), self._cores, some), start=len(old) + 1):
            done[number] = written
            self._tell("Writing tasks", count, len(units))
        for number, (name, scope) in enumerate(units):
            self._count(f"{scope.name} {name}", keys[number], done[number])
            for path, text in done[number].parts.items():
                self._parts.setdefault(path, []).append(text)

    def pool(self) -> None:
        """Write the pages of the whole pool."""
        outputs = [output for kind in all_pool_pages() for output in kind.of_pool(self._snapshot)]
        for shared in (one for one in outputs if isinstance(one, Joined)):
            put(self._fresh, shared.path, self._joined(shared))
        rest = [output for output in outputs if not isinstance(output, Joined)]
        old = {}
        for number, output in enumerate(rest):
            if isinstance(output, Page) and output.key and (
                    found := self._old(f"page {output.path}", sha256_json([self._pages.base, output.key]))):
                old[number] = found
        new = [number for number in range(len(rest)) if number not in old]

        def some(numbers: Iterable[int]) -> Iterable[tuple[int, Written]]:
            for number in numbers:
                yield new[number], write(self._environment, self._snapshot.frame, [rest[new[number]]], self._fresh)

        done = dict(old)
        for count, (number, written) in enumerate(spread(len(new), self._cores, some), start=len(old) + 1):
            done[number] = written
            self._tell("Writing the rest", count, len(rest))
        for number, output in enumerate(rest):
            key = sha256_json([self._pages.base, output.key]) if isinstance(output, Page) and output.key else ""
            self._count(f"page {output.path}", key, done[number])

    def _joined(self, output: Joined) -> bytes:
        return (output.head + output.between.join(self._parts.get(output.path, [])) + output.tail).encode("utf-8")

    def _old(self, name: str, key: str) -> Written | None:
        found = self._earlier.take(name, key, self._fresh) if self._earlier and key else None
        self.reused += len(found.files) if found else 0
        return found

    def _count(self, name: str, key: str, written: Written) -> None:
        self.pages += written.pages
        if key:
            self.made.append((name, key, written))

    def _key(self, task: str, scope: _Scope, commits: Mapping[str, tuple[Commit, ...]]) -> str:
        """The digest of all that a task's outputs are made of; empty where it cannot be known."""
        digest = self._snapshot.surveys[task].digest
        if not digest:
            return ""
        return sha256_json([scope.base, digest, sorted((path, repr(one)) for path, one in commits.items())])


def _opened(
    snapshot: Snapshot, surveyor: Surveyor, kept: Kept, name: str, commits: Mapping[str, tuple[Commit, ...]]
) -> OpenTask:
    return OpenTask(snapshot.pool, snapshot.frame, snapshot.task(name), snapshot.surveys[name],
                    surveyor.items_of(kept, name), surveyor.named(name), commits)


def _by_task(commits: Commits) -> Mapping[str, Mapping[str, tuple[Commit, ...]]]:
    """What is known of each task's files."""
    found: dict[str, dict[str, tuple[Commit, ...]]] = {}
    for path, one in commits.by_path.items():
        parts = path.split("/")
        name = parts[2] if len(parts) == 4 and parts[1] == "cells" else parts[-1].removesuffix(".jsonl")
        found.setdefault(name, {})[path] = one
    return found
