"""The outlines of a pool's tasks: from the memo where a folder is as it was, else by rendering it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, CommonsError, Problem
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import Form
from commons.harness.renderings import program_digest, rendering_of
from commons.harness.sandbox import Confinement
from commons.lint.runner import lint_task
from commons.plan.memo import Memo
from commons.plan.outline import RequestSize, TaskOutline, outline_of, pack, unpack
from commons.plan.signatures import folder_signature
from commons.plan.varying import put_otherwise
from commons.plan.watching import Watcher
from commons.pool.cell import CANONICAL
from commons.pool.hashing import PROTOCOL_VERSION, folder_digest, sha256_file, sha256_json
from commons.pool.program import code_digest
from commons.pool.repository import Repository
from commons.pool.task import read_task
from commons.variants.registry import CannotVary, Variant
from commons.variants.varied import put_name

#: The key of a memo's row that says why there is no outline.
_REFUSAL = "cannot be varied"


@dataclass(frozen=True)
class Unplannable:
    """A task that cannot be read or rendered as it is put, with why; it stops no other."""

    task: str
    error: CommonsError
    variant: str = CANONICAL

    @property
    def put(self) -> str:
        """The task as it is put."""
        return put_name(self.task, self.variant)


#: Makes the outline of a task folder and the packed sizes of its requests, as the memo keeps both. Where the task
#: cannot be varied it raises CannotVary, which the memo keeps as well.
Maker = Callable[[Path], tuple[TaskOutline, bytes]]


class Outlines:
    """Loads outlines of tasks put in one way. ``clock`` gives nanoseconds; ``rendered`` counts what was rendered.

    A varied folder follows from the task's own and from the program, so the outline of a variant is filed under these
    too, and nothing is varied again to find it.
    """

    def __init__(
        self, memo: Memo, make: Maker, confinement: Confinement, clock: Callable[[], int], variant: str = CANONICAL
    ) -> None:
        self._memo = memo
        self._make = make
        self._variant = variant
        # What lint lets through is part of an outline: a stricter lint looks at every task once, and renders none.
        self._program = [HARNESS_VERSION, PROTOCOL_VERSION, program_digest(), _own_digest(),
                         code_digest("lint", "text"), confinement.value]
        if variant != CANONICAL:
            self._program += [variant, code_digest("variants")]
        self._clock = clock
        self._keys: dict[str, str] = {}
        self._folders: dict[str, Path] = {}
        self._fresh: dict[str, bytes] = {}
        self.rendered = 0

    def load(self, folders: Sequence[Path], watcher: Watcher) -> tuple[list[TaskOutline], list[Unplannable]]:
        """The outlines of ``folders`` in their order, and the tasks that have none."""
        found: dict[Path, TaskOutline] = {}
        missing: list[tuple[Path, str]] = []
        broken: list[Unplannable] = []
        with self._memo.together():
            for folder in folders:
                self._folders[folder.name] = folder
                try:
                    key = self._key(folder)
                    outline = self._known(folder, key)
                except Exception as error:  # noqa: BLE001  (one folder never stops the others)
                    broken.append(self._unplannable(folder, error))
                    continue
                if outline is None:
                    missing.append((folder, key))
                else:
                    found[folder] = outline
        if missing:
            how = "" if self._variant == CANONICAL else f" as {self._variant}"
            watcher.begin(f"rendering changed tasks{how}", len(missing))
        for folder, key in missing:
            try:
                found[folder] = self._made(folder, key)
            except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
                broken.append(self._unplannable(folder, error))
            watcher.advance(1)
        if missing:
            watcher.end()
        return [found[folder] for folder in folders if folder in found], broken

    def requests(self, task: str, form: Form) -> list[RequestSize]:
        """The requests of a task that was loaded, each by itself."""
        packed = self._fresh.get(task)
        if packed is None:
            packed = self._memo.requests(self._keys[task])
        if packed is None:
            # The memo lost them since, or what stood there was not its own.
            packed = self._fresh[task] = self._make(self._folders[task])[1]
        return unpack(packed, form)

    def _key(self, folder: Path) -> str:
        return self.key_for(folder, self.digest_of(folder))

    def key_for(self, folder: Path, digest: str) -> str:
        """What an outline is filed under: the folder's name and digest, and the program that renders it."""
        return sha256_json([folder.name, digest, *self._program])

    def digest_of(self, folder: Path) -> str:
        """The folder's digest, read again only where a file of it looks different."""
        seen = folder_signature(folder, self._clock())
        stored = self._memo.folder(str(folder))
        if stored is not None and seen.settled and stored[0] == seen.files:
            return stored[1]
        digest = folder_digest(folder)
        if seen.settled:
            self._memo.put_folder(str(folder), seen.files, digest)
        return digest

    def _known(self, folder: Path, key: str) -> TaskOutline | None:
        text = self._memo.outline(key)
        if text is None:
            return None
        try:
            outline = TaskOutline.from_json(text)
        except ValueError:
            if (why := _refusal(text)) is not None:
                raise CannotVary(why) from None
            return None
        self._keys[folder.name] = key
        return outline

    def _made(self, folder: Path, key: str) -> TaskOutline:
        try:
            outline, packed = self._make(folder)
        except CannotVary as error:
            if self._key(folder) == key:
                self._memo.put_outline(key, self._put(folder), json.dumps({_REFUSAL: error.sentence}), b"")
            raise
        self.rendered += 1
        self._keys[folder.name] = key
        self._fresh[folder.name] = packed
        # What was edited while it was rendered is not filed under what it was before.
        if self._key(folder) == key:
            self.keep(folder, key, outline, packed)
        return outline

    def keep(self, folder: Path, key: str, outline: TaskOutline, packed: bytes) -> None:
        """File an outline under its key."""
        self._memo.put_outline(key, self._put(folder), outline.to_json(), packed)

    def _put(self, folder: Path) -> str:
        return put_name(folder.name, self._variant)

    def _unplannable(self, folder: Path, error: Exception) -> Unplannable:
        return Unplannable(folder.name, _named(error, folder), self._variant)


def rendering_maker(pool: Repository, confinement: Confinement) -> Maker:
    """Makes outlines by the book: read, lint, render."""

    def make(folder: Path) -> tuple[TaskOutline, bytes]:
        tasks, broken = pool.tasks({folder.name})
        if broken:
            raise broken[0].error
        blocking = [one for one in lint_task(folder, root=pool.root).findings if one.level == "lint"]
        if blocking:
            raise BadFile([Problem(one.code, one.sentence, one.where, one.mend) for one in blocking])
        rendering = rendering_of(tasks[0], pool.work, confinement)
        return outline_of(rendering, tasks[0].card), pack(rendering)

    return make


def varying_maker(pool: Repository, confinement: Confinement, variant: Variant) -> Maker:
    """Makes outlines of tasks that were read, linted and rendered in their canonical form, put in another way."""

    def make(folder: Path) -> tuple[TaskOutline, bytes]:
        task = read_task(folder)
        varied, rendering = put_otherwise(task, variant, rendering_of(task, pool.work, confinement), pool.work,
                                          confinement)
        return outline_of(rendering, varied.card), pack(rendering)

    return make


@functools.cache
def _own_digest() -> str:
    """A digest of the code that makes outlines, so that no outline outlives a change to it."""
    return sha256_file(Path(__file__).with_name("outline.py"))


def _refusal(text: str) -> str | None:
    """The reason that a memo keeps in the place of an outline, where a task cannot be varied."""
    try:
        content = json.loads(text)
    except ValueError:
        return None
    why = content.get(_REFUSAL) if isinstance(content, dict) else None
    return why if isinstance(why, str) else None


def _named(error: Exception, folder: Path) -> CommonsError:
    if isinstance(error, CommonsError):
        return error
    sentence = f"Something unexpected happened to the task: {type(error).__name__}: {error}"[:500]
    return CommonsError(sentence, mend=f"Look closer: commons check {folder.name}")
