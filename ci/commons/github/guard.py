"""The guard: what stops a pull request before anything of it is run, from git's objects and by our own lint alone.

It runs beside contributed files without a token, as the default branch's program. The live comment finds the same
again where a token is; here the author sees it within a minute, beside the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import CannotRun, Where
from commons.github.compute_files import Fault, file_faults
from commons.github.derive import Given, derive
from commons.github.derive_lint import lint_report
from commons.github.situation import LintHere, PullRequest
from commons.github.words import amount
from commons.lint.findings import Finding, Report, join
from commons.pool.git import commit_of

#: The code under which the guard's findings stand beside lint's.
GUARD = "guard"
#: So many files of one fault are marked.
MOST_PATHS = 10


@dataclass(frozen=True)
class Guarded:
    """What the guard found, what lint found in what changed, and how many changed tasks there are to try."""

    guard: Report
    lint: Report
    tasks: int

    @property
    def whole(self) -> Report:
        """Both as one report."""
        return join([self.guard, self.lint])

    @property
    def sentence(self) -> str:
        """What the guard itself says."""
        if number := len(self.guard.findings):
            return f"The guard stops {amount(number, 'file')}."
        return "The guard has nothing against these changes."


@dataclass
class _Look:
    """Lint as derive calls it; the report is kept whole, with the line of each finding."""

    report: Report = field(default_factory=lambda: Report((), ()))

    def __call__(self, root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
        found = lint_report(root, scratch, paths, start)
        self.report = found or self.report
        return LintHere(ran=found is not None)


def guard(root: Path, base: str, head: str) -> Guarded:
    """Hold the commit ``head`` against the main line ``base``, both in the repository at ``root``.

    Raises:
        CannotRun: a commit is not here, or the changes hold something that cannot be read.
    """
    look = _Look()
    pull = PullRequest(0, "", "", commit_of(root, head))
    situation = derive(root, Given(pull, commit_of(root, base)), look)
    if situation.problem:
        raise CannotRun(f"The changes could not be looked at: {situation.problem}",
                        mend="Fetch the head and the whole history of the main line, and try again.")
    found = tuple(one for fault in file_faults(situation) for one in _findings(fault))
    return Guarded(Report(found, ()).sorted(), look.report, len(situation.tried))


def _findings(fault: Fault) -> list[Finding]:
    """A fault as findings, one for each file; of more than :data:`MOST_PATHS` only the number is said."""
    more = len(fault.paths) - MOST_PATHS
    note = f" And {more:,} more files." if more > 0 else ""
    return [Finding(GUARD, "lint", fault.sentence + note, Where(Path(path)), fault.mend)
            for path in fault.paths[:MOST_PATHS]]
