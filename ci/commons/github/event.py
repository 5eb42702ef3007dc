"""The event that started a workflow: the only word about which pull request is meant that can be believed.

GitHub writes it, and an artifact that names a number is a stranger's. A pull request of a fork has no number in a
``workflow_run`` event, so it is found by its head: the account, the branch and the commit.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commons.errors import CannotRun

#: GitHub's own payloads are below 25 MB.
MAX_EVENT_BYTES = 25_000_000
#: What a workflow's environment names.
EVENT, REPOSITORY, API, TOKEN = "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_TOKEN"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


class Outside(BaseModel):
    """The base of what GitHub sends: keys that nobody here reads are left out, and what is read has its type."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Sent = TypeVar("Sent", bound=Outside)


class Account(Outside):
    """A person, an organisation or an app."""

    login: str = Field(max_length=100)
    type: str = Field("User", max_length=30)


class HeadRepository(Outside):
    """The repository that a branch lies in."""

    full_name: str = Field(max_length=200)
    owner: Account


class WorkflowRun(Outside):
    """The run that has ended."""

    id: int
    event: str = Field(max_length=50)
    path: str = Field("", max_length=500)
    head_branch: str | None = Field(max_length=500)
    head_sha: str = Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")
    conclusion: Literal[
        "success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale",
        "startup_failure",
    ] | None
    head_repository: HeadRepository | None


class _Event(Outside):
    workflow_run: WorkflowRun


@dataclass(frozen=True)
class Head:
    """Where a pull request's work lies: the account, the branch, the commit; whether its run has ended by itself.

    ``run`` is the number of the workflow run, whose artifacts speak of this head.
    """

    owner: str
    branch: str
    sha: str
    ended: bool
    run: int

    @property
    def label(self) -> str:
        """As the API asks for it."""
        return f"{self.owner}:{self.branch}"


def read_event(path: Path, workflow: str = "") -> Head:
    """The head that a ``workflow_run`` event speaks of; ``workflow`` is the path of the only file that is believed.

    Raises:
        CannotRun: it is no such event, or of another workflow.
    """
    try:
        if path.stat().st_size > MAX_EVENT_BYTES:
            raise CannotRun("The event is larger than any that GitHub sends.", mend=f"Look at the file in {EVENT}.")
        run = _Event.model_validate_json(path.read_bytes()).workflow_run
    except (ValidationError, OSError) as error:
        raise CannotRun("This is no `workflow_run` event that can be read.",
                        mend=f"Run this in a workflow that `workflow_run` starts, or name the event's file ({EVENT}), "
                        "or name a pull request with --pull.") from error
    if run.event != "pull_request" or run.head_repository is None or not run.head_branch:
        raise CannotRun("The run that ended was not one of a pull request.", mend="Nothing is to be done.")
    if workflow and run.path.partition("@")[0] != workflow:
        raise CannotRun("The run that ended was not of the workflow that tries pull requests.",
                        mend="Another workflow has its name: rename that one.")
    return Head(run.head_repository.owner.login, run.head_branch, run.head_sha,
                run.conclusion not in {None, "cancelled", "action_required", "stale", "skipped"}, run.id)


def take_token(variable: str) -> str:
    """The token in an environment variable, or nothing; it is taken out, so that no process started later has it."""
    return os.environ.pop(variable, "")


def repository_name(given: str | None) -> str:
    """``owner/name`` of the pool on GitHub, as given or from the environment.

    Raises:
        CannotRun: there is none, or it is none.
    """
    name = given or os.environ.get(REPOSITORY, "")
    if not _REPOSITORY.fullmatch(name):
        raise CannotRun("It is not known which repository on GitHub is meant.",
                        mend=f"Give --repository owner/name, or set {REPOSITORY}.")
    return name
