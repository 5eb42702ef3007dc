"""R009: the working folder, which is each machine's own, stands in the commit."""

from __future__ import annotations

from collections.abc import Iterator

from commons.errors import Where
from commons.lint.pool_subjects import RepositorySubject
from commons.lint.registry import Fault, rule
from commons.pool.repository import TASKS_FOLDER, Repository
from commons.pool.secret import committed_work


@rule(code="R009", level="lint", subject="repository")
def work_is_committed(subject: RepositorySubject) -> Iterator[Fault]:
    """The commit holds the folder `.commons/`.

    ## What it finds
    Anything called `.commons`, in capitals or not, at the top of the commit that is checked out.

    ## Why it matters
    In this folder each machine keeps what it worked out and what models answered, so that nothing is done twice. Git
    ignores it, and `git add -f` does not. What a commit brings there could say of a task that it is another one, and
    of a model that it answered what it did not.

    ## How to mend it
    Take it out of the commit with `git rm -r --cached .commons`, and commit. The next run makes its own.

    ## Example
    ```text
    .commons/responses.sqlite   # R009: git rm -r --cached .commons
    ```
    """
    # A task that is checked by itself may stand in any folder, of which nothing is known.
    if subject.folder.name != TASKS_FOLDER:
        return
    root = subject.folder.parent
    work = Repository(root).work
    found = committed_work(root, work.name)
    if found is not None:
        sentence = f"The commit holds `{found}`, where each machine keeps what it worked out and what models answered."
        yield Fault(sentence, Where(root / found), f"Run `git rm -r --cached {found}`, and commit.")
