"""The repository settings that files cannot express: what each must be, why, and where to click.

Those that the API gives are checked (:func:`examine`) from what was read; those that it does not give are listed, so
that nobody takes silence for a yes. ``docs/settings.md`` is made from the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from commons.github.judgement import CONTEXT
from commons.github.settings_facts import Readings

Kind = TypeVar("Kind")

SETTINGS_PAGE = "docs/settings.md"
#: The environments of the trust zones: model keys (Z3), the bot (Z5), and GitHub's own for Pages (Z4).
MODEL_KEYS, BOT, PAGES = "evaluation", "bot", "github-pages"


class Answer(str, Enum):
    """How a setting stands."""

    GOOD = "ok"
    BAD = "wrong"
    UNREAD = "not readable"


@dataclass(frozen=True)
class Setting:
    """One setting: what is expected, why, where it is set, and how it is read; ``check`` None cannot be read.

    ``check`` says what is wrong, or gives an empty text; None says that the facts for it could not be read.
    """

    name: str
    expected: str
    why: str
    where: str
    check: Callable[[Readings], str | None] | None = None


@dataclass(frozen=True)
class Finding:
    """A setting, how it stands, and what was found."""

    setting: Setting
    answer: Answer
    found: str


def examine(readings: Readings) -> tuple[Finding, ...]:
    """Hold each setting against what was read."""
    return tuple(_finding(one, readings) for one in SETTINGS)


def _finding(setting: Setting, readings: Readings) -> Finding:
    if setting.check is None:
        return Finding(setting, Answer.UNREAD, "GitHub's API does not give it: look yourself")
    wrong = setting.check(readings)
    if wrong is None:
        return Finding(setting, Answer.UNREAD, "the token may not read it (an administrator's may), or no answer came")
    return Finding(setting, Answer.BAD if wrong else Answer.GOOD, wrong or setting.expected)


def _approval(read: Readings) -> str | None:
    return _of(read.approval, lambda one: one.approval_policy == "all_external_contributors",
               lambda one: f"it is `{one.approval_policy}`")


def _token(read: Readings) -> str | None:
    return _of(read.token, lambda one: one.default_workflow_permissions == "read",
               lambda one: f"it is `{one.default_workflow_permissions}`")


def _no_approving(read: Readings) -> str | None:
    return _of(read.token, lambda one: not one.can_approve_pull_request_reviews, lambda _: "workflows may approve")


def _pinning(read: Readings) -> str | None:
    return _of(read.actions, lambda one: one.sha_pinning_required, lambda _: "tags and branches are accepted")


def _rule(read: Readings, kind: str, otherwise: str) -> str | None:
    return _of(read.rules, lambda one: kind in one.kinds, lambda _: otherwise)


def _code_owners(read: Readings) -> str | None:
    return _of(read.rules, lambda one: one.code_owners, lambda _: "a review from code owners is not required")


def _stale_reviews(read: Readings) -> str | None:
    return _of(read.rules, lambda one: one.stale_reviews_dismissed, lambda _: "an approval outlives a new push")


def _status(read: Readings) -> str | None:
    return _of(read.rules, lambda one: CONTEXT in one.statuses,
               lambda one: f"required are: {', '.join(sorted(one.statuses)) or 'none'}")


def _environment(read: Readings, name: str) -> str | None:
    if read.environments is None:
        return None
    found = next((one for one in read.environments.environments if one.name == name), None)
    if found is None:
        return f"there is no environment `{name}`"
    return "" if found.limited else f"every branch may use `{name}`"


def _pages(read: Readings) -> str | None:
    return _of(read.pages, lambda one: one.build_type == "workflow", lambda one: f"it is `{one.build_type or 'off'}`")


def _https(read: Readings) -> str | None:
    return _of(read.pages, lambda one: one.https_enforced, lambda _: "pages are also given without TLS")


def _reports(read: Readings) -> str | None:
    return _of(read.reports, lambda one: one.enabled, lambda _: "weaknesses can only be reported in public")


def _scanning(read: Readings) -> str | None:
    return _of(read.repository if read.repository and read.repository.security_and_analysis else None,
               lambda one: one.push_protection, lambda _: "a pushed secret is not stopped")


def _of(fact: Kind | None, good: Callable[[Kind], bool], wrong: Callable[[Kind], str]) -> str | None:
    if fact is None:
        return None
    return "" if good(fact) else wrong(fact)


_ACTIONS, _RULES, _ENVIRONMENTS = "Settings > Actions > General", "Settings > Rules", "Settings > Environments"
_CODE_SECURITY = "Settings > Advanced Security"

SETTINGS = (
    Setting(
        "approval for outside contributors", "Require approval for all external contributors",
        "A stranger's pull request starts no job, not even one without secrets, before somebody has looked at it.",
        f"{_ACTIONS} > Approval for running fork pull request workflows", _approval,
    ),
    Setting(
        "default token", "Read repository contents and packages permissions",
        "A workflow that forgets to name its permissions can then write nothing.",
        f"{_ACTIONS} > Workflow permissions", _token,
    ),
    Setting(
        "workflows approve nothing", "Allow GitHub Actions to create and approve pull requests: off",
        "An approval is a person's. The bot of Z5 is an app of its own and does not need this.",
        f"{_ACTIONS} > Workflow permissions", _no_approving,
    ),
    Setting(
        "actions pinned", "Require actions to be pinned to a full-length commit SHA",
        "A tag can be moved to other code after it was reviewed.",
        f"{_ACTIONS} > Actions permissions", _pinning,
    ),
    Setting(
        "pull requests only", "A ruleset on the default branch: Require a pull request before merging",
        "Nobody writes to the default branch past the checks; only the bot of Z5 is on the bypass list, for results.",
        f"{_RULES} > Rulesets", lambda read: _rule(read, "pull_request", "anybody who may write may push to it"),
    ),
    Setting(
        "code owners review", "In the same rule: Require review from Code Owners",
        "Owners review their tasks, and maintainers the program, workflows, models and results (CODEOWNERS).",
        f"{_RULES} > Rulesets", _code_owners,
    ),
    Setting(
        "approvals end with a push",
        "In the same rule: Dismiss stale pull request approvals when new commits are pushed",
        "What was approved is what is merged.",
        f"{_RULES} > Rulesets", _stale_reviews,
    ),
    Setting(
        "required status", f"In the same ruleset: Require status checks to pass, with `{CONTEXT}`",
        "It is set by the default branch's own code, so a pull request that edits its workflow cannot earn it. Choose "
        "*GitHub Actions* (or the bot's app) as its source: then no other app can set it.",
        f"{_RULES} > Rulesets", _status,
    ),
    Setting(
        "no force push", "In the same ruleset: Block force pushes",
        "Results and amendments cannot be rewritten.",
        f"{_RULES} > Rulesets", lambda read: _rule(read, "non_fast_forward", "the history can be rewritten"),
    ),
    Setting(
        "no deletion", "In the same ruleset: Restrict deletions",
        "The branch that every number names cannot be deleted.",
        f"{_RULES} > Rulesets", lambda read: _rule(read, "deletion", "the branch can be deleted"),
    ),
    Setting(
        "environment of model keys", f"An environment `{MODEL_KEYS}`, deployment branches: the default branch only",
        "Keys of endpoints are given to the generate job of merged commits, and to nothing else (Z3).",
        _ENVIRONMENTS, lambda read: _environment(read, MODEL_KEYS),
    ),
    Setting(
        "environment of the bot", f"An environment `{BOT}`, deployment branches: the default branch only",
        "The key that may push past the rules is given to default-branch code only (Z5). Not needed without a bot.",
        _ENVIRONMENTS, lambda read: _environment(read, BOT),
    ),
    Setting(
        "environment of Pages", f"The environment `{PAGES}`, deployment branches: the default branch only",
        "No other branch can replace the site.", _ENVIRONMENTS, lambda read: _environment(read, PAGES),
    ),
    Setting(
        "Pages from a workflow", "Source: GitHub Actions",
        "The site is built from the ledger in the run that wrote it; no branch of pages can be edited by hand.",
        "Settings > Pages > Build and deployment", _pages,
    ),
    Setting("HTTPS", "Enforce HTTPS", "Numbers cannot be changed on their way.", "Settings > Pages", _https),
    Setting(
        "private reports", "Private vulnerability reporting: on", "A weakness is told to maintainers first.",
        _CODE_SECURITY, _reports,
    ),
    Setting(
        "push protection", "Secret scanning and push protection: on", "A key never lands in the history.",
        _CODE_SECURITY, _scanning,
    ),
    Setting(
        "who bypasses", "On the ruleset's bypass list stands the bot's app or deploy key, and nobody else",
        "A person who may bypass can write a score by hand.", f"{_RULES} > Rulesets > Bypass list",
    ),
    Setting(
        "where secrets lie", "Repository and organisation secrets: none; environment secrets only",
        "A secret of the repository is given to every workflow of every branch of it.",
        "Settings > Secrets and variables > Actions",
    ),
    Setting(
        "the bot's app",
        "Contents, pull requests, issues and actions: write; commit statuses: read; nothing else; installed on this "
        "repository only",
        "What is stolen with its key is then no more than that.", "Settings > GitHub Apps",
    ),
    Setting(
        "two factors", "Required for the organisation", "Maintainers' accounts can merge.",
        "Organisation settings > Authentication security",
    ),
    Setting(
        "spending limit", "A budget of Actions and of each endpoint's provider that you can afford to lose",
        "The caps of the workflow are ours; the provider's own holds even where ours fails.",
        "Organisation settings > Billing, and each provider's console",
    ),
    Setting(
        "self-hosted runners", "None that a pull request can reach; ephemeral ones otherwise",
        "A job of a pull request on a machine that lives on can leave something behind.",
        f"{_ACTIONS} > Runners",
    ),
)


def settings_page() -> str:
    """The text of docs/settings.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Repository settings"
    yield ""
    yield "<!-- Made by `commons docs` from ci/commons/github/settings.py: edit that. -->"
    yield ""
    yield "Files of the repository cannot express these. An administrator sets them once;"
    yield "`commons doctor --github` reads those that GitHub's API gives and says which differ."
    groups = (("Checked by `commons doctor --github`", True), ("To be looked at by a person", False))
    for title, checked in groups:
        yield from ("", f"## {title}")
        for one in SETTINGS:
            if (one.check is not None) is checked:
                yield from ("", f"**{one.name[:1].upper()}{one.name[1:]}.** {one.expected}. {one.why}", "",
                            f"*{one.where}*")
