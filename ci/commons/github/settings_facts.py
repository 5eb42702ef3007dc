"""The settings as GitHub's API gives them: only what is held against something, typed where it comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import Field

from commons.errors import CommonsError
from commons.github.event import Outside

Found = TypeVar("Found")


class Getter(Protocol):
    """What can be asked of a repository on GitHub."""

    def get(self, path: str, kind: type[Found], **query: str | int) -> Found:
        """What stands at a path."""
        ...


class _Switch(Outside):
    status: str = "disabled"


class _Security(Outside):
    secret_scanning_push_protection: _Switch = _Switch()


class Repository(Outside):
    """The repository itself."""

    default_branch: str = "main"
    security_and_analysis: _Security | None = None

    @property
    def push_protection(self) -> bool:
        """Whether a secret is stopped before it lands."""
        return (self.security_and_analysis is not None
                and self.security_and_analysis.secret_scanning_push_protection.status == "enabled")


class ActionsPolicy(Outside):
    """Which actions may be used."""

    sha_pinning_required: bool = False


class TokenPolicy(Outside):
    """What a workflow's token may do where the workflow does not say."""

    default_workflow_permissions: str
    can_approve_pull_request_reviews: bool = True


class Approval(Outside):
    """Whose pull requests need a nod before a workflow runs."""

    approval_policy: str


class _Check(Outside):
    context: str


class _Parameters(Outside):
    require_code_owner_review: bool = False
    dismiss_stale_reviews_on_push: bool = False
    required_status_checks: list[_Check] = Field(default_factory=list)


class Rule(Outside):
    """One rule that is in force on the default branch, whichever ruleset it comes from."""

    type: str
    parameters: _Parameters = _Parameters()


@dataclass(frozen=True)
class Rules:
    """All rules in force on the default branch."""

    every: tuple[Rule, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The rules' types."""
        return frozenset(one.type for one in self.every)

    @property
    def code_owners(self) -> bool:
        """Whether code owners must review."""
        return any(one.parameters.require_code_owner_review for one in self.every)

    @property
    def stale_reviews_dismissed(self) -> bool:
        """Whether a push takes approvals back."""
        return any(one.parameters.dismiss_stale_reviews_on_push for one in self.every)

    @property
    def statuses(self) -> frozenset[str]:
        """The required statuses."""
        return frozenset(check.context for one in self.every for check in one.parameters.required_status_checks)


class _Branches(Outside):
    protected_branches: bool = False
    custom_branch_policies: bool = False


class Environment(Outside):
    """One environment."""

    name: str
    deployment_branch_policy: _Branches | None = None

    @property
    def limited(self) -> bool:
        """Whether only some branches may use it."""
        policy = self.deployment_branch_policy
        return policy is not None and (policy.protected_branches or policy.custom_branch_policies)


class Environments(Outside):
    """All environments."""

    environments: list[Environment] = Field(default_factory=list)


class Pages(Outside):
    """The site's settings; ``build_type`` is empty where there is no site."""

    build_type: str | None = None
    https_enforced: bool = False


class VulnerabilityReports(Outside):
    """Whether weaknesses can be reported in private."""

    enabled: bool = False


@dataclass(frozen=True)
class Readings:
    """What could be read; None is what could not."""

    repository: Repository | None = None
    actions: ActionsPolicy | None = None
    token: TokenPolicy | None = None
    approval: Approval | None = None
    rules: Rules | None = None
    environments: Environments | None = None
    pages: Pages | None = None
    reports: VulnerabilityReports | None = None


def read_settings(getter: Getter) -> Readings:
    """Ask for each group of settings; one that may not be read stops no other.

    Raises:
        CannotRun: not even the repository can be read: a wrong name, or no network.
    """
    repository = getter.get("", Repository)
    policy = "/actions/permissions"
    return Readings(
        repository=repository,
        actions=_or_none(lambda: getter.get(policy, ActionsPolicy)),
        token=_or_none(lambda: getter.get(f"{policy}/workflow", TokenPolicy)),
        approval=_or_none(lambda: getter.get(f"{policy}/fork-pr-contributor-approval", Approval)),
        rules=_or_none(lambda: Rules(tuple(
            getter.get(f"/rules/branches/{repository.default_branch}", list[Rule], per_page=100)))),
        environments=_or_none(lambda: getter.get("/environments", Environments, per_page=100)),
        pages=_pages(getter),
        reports=_or_none(lambda: getter.get("/private-vulnerability-reporting", VulnerabilityReports)),
    )


def _pages(getter: Getter) -> Pages | None:
    """The site's settings. GitHub answers 404 where there is no site, which is itself an answer."""
    try:
        return getter.get("/pages", Pages)
    except CommonsError as error:
        return Pages() if getattr(error, "status", 0) == 404 else None


def _or_none(ask: Callable[[], Found]) -> Found | None:
    try:
        return ask()
    except CommonsError:
        return None
