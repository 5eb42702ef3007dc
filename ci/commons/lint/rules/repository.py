"""R000 to R002 and N001: the pool around the tasks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from commons.errors import Where
from commons.lint.builtin_names import NAMES_OF, builtin_names
from commons.lint.pool_subjects import ModelsSubject, RepositorySubject, SuiteSubject
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.suites import SuiteExtras

# Names that Windows keeps for devices: a folder called so cannot be checked out there.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_NAME = re.compile(r"[a-z][a-z0-9_]{2,63}")


@rule(code="R000", level="lint", subject="task")
def rule_failed(_: TaskSubject) -> Iterator[Fault]:
    """A rule failed on this input.

    ## What it finds
    Nothing in your files, most often: it stands where another rule stopped with an error of its own. It stands too
    where checking the task took longer than 4 s (and 4 s more for each megabyte that is read, up to ten), or more
    memory than it may have, and was stopped.

    ## Why it matters
    What that rule would have found is not known, so the task cannot be called in order.

    ## How to mend it
    Report it with the sentence of the finding and, if you may, the file. The fault is ours. Where the time or the
    memory ran out, make the templates and the data smaller or simpler.

    ## Example
    ```text
    R000 the rule D007 failed on this task (KeyError: 'x'): report this
    ```
    """
    # The runner makes this finding; the rule is here for its page.
    yield from ()


@rule(code="R001", level="lint", subject="repository")
def bad_folder(subject: RepositorySubject) -> Iterator[Fault]:
    """A task folder's name is not allowed.

    ## What it finds
    A folder under `tasks/` whose name is not 3 to 64 lower-case letters, digits and underscores beginning with a
    letter, that Windows keeps for a device (`con`, `nul`, `com1` ...), that differs from another only by capitals, or
    that is a link.

    ## Why it matters
    The name becomes part of file names and web addresses. On some machines `Dose` and `dose` are one folder, and one
    of the two tasks would vanish in a clone.

    ## How to mend it
    Rename the folder, the file `<name>.yaml` in it, and the `task:` in that file.

    ## Example
    ```text
    tasks/Dose-Arithmetic/   # R001: write dose_arithmetic
    ```
    """
    names: dict[str, list[str]] = {}
    for folder in subject.folders:
        names.setdefault(folder.name.casefold(), []).append(folder.name)
    for folder in subject.chosen:
        others = [name for name in names.get(folder.name.casefold(), []) if name != folder.name]
        if folder.is_symlink():
            yield Fault("The task folder is a link.", Where(folder), "Commit the folder itself.")
        elif not _NAME.fullmatch(folder.name):
            beside = f" and collides with `{others[0]}`" if others else ""
            sentence = f"The folder name `{folder.name}` is not in lower snake case{beside}."
            yield Fault(sentence, Where(folder), f"Rename it, for example to `{_proposed(folder.name)}`.")
        elif _DEVICES.fullmatch(folder.name):
            sentence = f"Windows keeps the name `{folder.name}` for a device."
            yield Fault(sentence, Where(folder), f"Rename it, for example to `{folder.name}_task`.")


def _proposed(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()
    proposed = re.sub(r"[^a-z0-9_]", "", words).lstrip("0123456789_")[:64]
    return proposed if len(proposed) >= 3 else "my_task"


@rule(code="R002", level="lint", subject="suite")
def bad_suite(subject: SuiteSubject) -> Iterator[Fault]:
    """A suite is faulty, or names a task that does not exist.

    ## What it finds
    A file in `tasks/_suites/` that does not fit its format, lists a task without a folder or one task twice, or whose
    `group` is the name of a task or of something that the harness has built in. Also a member under `built_in:` that
    the pinned harness does not have, that is a task of the pool too, or a `harness:` that is not the pinned version.

    ## Why it matters
    A suite's number is a mean over its tasks. With one task missing or counted twice it is the mean of something else
    under the same name.

    ## How to mend it
    Correct the task's name, or take it off the list. A member that the harness has built in is described in the file,
    under `metadata:`, `commons:`, `built_in:`; `tasks/_suites/open_llm_leaderboard_v2.yaml` shows how.

    ## Example
    ```yaml
    group: ward_round
    task: [dose_arithmetic, dose_arithmetics]   # R002: did you mean dose_arithmetic?
    ```
    """
    yield from (Fault.of(problem) for problem in subject.problems)
    group = subject.suite.group if subject.suite else ""
    if group in subject.task_names or group in builtin_names():
        owner = "a task of the pool has" if group in subject.task_names else "the harness has built in"
        mend = f"Rename the file and `group:`, for example to `{group}_suite`."
        yield Fault(f"The suite's name `{group}` is one that {owner}.", subject.where("group"), mend)
    yield from _bad_members(subject)
    yield from _bad_built_in(subject)


def _bad_members(subject: SuiteSubject) -> Iterator[Fault]:
    names = subject.suite.names if subject.suite else ()
    own = subject.suite.built_in if subject.suite else {}
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault(f"The task `{name}` is listed twice.", subject.where("task", index), "Remove one of the two.")
        elif name not in subject.task_names and name not in own:
            close = difflib.get_close_matches(name, sorted(subject.task_names), n=1)
            mend = f"Did you mean `{close[0]}`?" if close else f"Add tasks/{name}/, or take it off the list."
            if name in builtin_names():
                mend = "The harness has it built in: describe it under `metadata:`, `commons:`, `built_in:`."
            yield Fault(f"There is no task `{name}`.", subject.where("task", index), mend)


def _bad_built_in(subject: SuiteSubject) -> Iterator[Fault]:
    extras = subject.suite.extras if subject.suite else SuiteExtras()
    if extras.harness not in {None, NAMES_OF}:
        sentence = f"The suite is of the harness {extras.harness}; the one pinned here is {NAMES_OF}."
        mend = f"Check its members against that version, and write `harness: {NAMES_OF}`."
        yield Fault(sentence, subject.where("metadata", "commons", "harness"), mend)
    for place, group in enumerate(extras.built_in):
        for name in group.tasks:
            where = subject.where("metadata", "commons", "built_in", place, "tasks", name)
            if name in subject.task_names:
                yield Fault(f"`{name}` is a task of the pool.", where, "Remove it here; its card describes it.")
            elif name not in builtin_names():
                close = difflib.get_close_matches(name, sorted(builtin_names()), n=1)
                mend = f"Did you mean `{close[0]}`?" if close else "Correct the name, or take it off the list."
                yield Fault(f"The harness {NAMES_OF} has no task `{name}` built in.", where, mend)


@rule(code="N001", level="lint", subject="models")
def bad_models(subject: ModelsSubject) -> Iterator[Fault]:
    """The file of models has a fault.

    ## What it finds
    In `models.yaml`: YAML that cannot be read, an unknown or missing key, a wrong value, an id used twice, weights
    without a pinned commit or digest.

    ## Why it matters
    An entry says exactly which weights answered. Without that, no result can be repeated.

    ## How to mend it
    The finding names the line and what belongs there. `commons schema` prints every key with its meaning.

    ## Example
    ```yaml
    weights: {repository: someone/some-model, revision: main}   # N001: a branch; write the commit
    ```
    """
    yield from (Fault.of(problem) for problem in subject.problems)
