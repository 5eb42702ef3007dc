"""What can go wrong, said so that a person can mend it.

::

    CommonsError            a sentence, a place and a mend; the door turns it into an exit code
    +-- BadFile             a contributed file is wrong (exit 1); carries one Problem for each fault
    +-- CannotRun           this machine or setting cannot do what was asked (exit 2)
    +-- BrokenResult        a number could not be measured or does not hold (exit 1)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Where:
    """A place in a file. Lines and columns count from 1; 0 means the whole file."""

    path: Path
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give the place in the form that editors and terminals link: ``path:line:column``."""
        parts = [str(self.path)]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)

    def relative_to(self, root: Path) -> Where:
        """The same place with its path relative to ``root``, where it lies inside it."""
        try:
            return Where(self.path.resolve().relative_to(root.resolve()), self.line, self.column)
        except ValueError:
            return self


@dataclass(frozen=True)
class Problem:
    """One fault in one place, with the sentence that tells its author what to do.

    ``kind`` is a short machine word (``missing``, ``unknown_key``, ``type`` ...) from which lint picks a rule code.
    ``instead`` is a misspelt word and the one word that can be meant, where there is only one.
    """

    kind: str
    sentence: str
    where: Where
    mend: str
    instead: tuple[str, str] | None = None

    def __str__(self) -> str:
        """Give one line: place, sentence, mend."""
        return f"{self.where}: {self.sentence} {self.mend}"


class CommonsError(Exception):
    """The base of every error that this program raises on purpose."""

    exit_code = 2

    def __init__(self, sentence: str, *, where: Where | None = None, mend: str = "") -> None:
        """Keep the sentence, the place and the mend apart, so that each renderer can lay them out."""
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
        self.mend = mend

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes whole, whatever a subclass is made from."""
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        """Give one line: place, sentence, mend."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.sentence}{' ' + self.mend if self.mend else ''}"


def _again(kind: type[CommonsError], arguments: tuple[object, ...], state: dict[str, object]) -> CommonsError:
    """The error as it was before it travelled."""
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class BadFile(CommonsError):
    """A file does not hold what its format asks for; ``problems`` lists every fault found in it."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take at least one problem; the first speaks for all in ``str()``."""
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.sentence, where=first.where, mend=first.mend)


class CannotRun(CommonsError):
    """What was asked cannot be done here: a package, a model, a network or a permission is missing."""

    exit_code = 2


class BrokenResult(CommonsError):
    """A result is incomplete, not finite, or does not follow from its own rows."""

    exit_code = 1
