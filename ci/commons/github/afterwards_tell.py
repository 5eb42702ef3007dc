"""Finding the merged pull requests whose tasks have their first results, and telling them."""

from __future__ import annotations

import re

from commons.errors import CannotRun
from commons.github.afterwards import Announcement, TaskResults, results_of
from commons.github.execute import Hand, merged_pulls, put_comment
from commons.github.marker import PUBLISHED
from commons.plan.plan import Plan
from commons.pool.git import commit_of, git
from commons.pool.repository import TASKS_FOLDER, Repository

_SITE = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~-]+)*/?")


def checked_site(site: str) -> str:
    """The address of the site as it may stand in a link.

    Raises:
        CannotRun: it is none.
    """
    if site and not _SITE.fullmatch(site):
        raise CannotRun("--site is no address that a link can carry.", mend="For example: https://org.github.io/pool")
    return site


def tell(pool: Repository, plan: Plan, commit: str, site: str, hand: Hand) -> int:
    """Post or edit the comment on each merged pull request; how many there are.

    A task belongs to the pull request whose merge was the last on the main line to touch its folder. Where results of
    the task stood before, the comment is edited if there is one, and none is posted.
    """
    sha = commit_of(pool.root, commit)
    by_commit: dict[str, list[TaskResults]] = {}
    for one in results_of(pool, plan):
        if last := _last_touch(pool, sha, one.task):
            by_commit.setdefault(last, []).append(one)
    pulls: dict[int, list[TaskResults]] = {}
    for last, tasks in by_commit.items():
        # One commit belongs to one pull request; where GitHub names several, the latest was merged with it.
        for pull in sorted(merged_pulls(hand.api, last), key=lambda one: one.number)[-1:]:
            pulls.setdefault(pull.number, []).extend(tasks)
    for number, tasks in sorted(pulls.items()):
        news = Announcement(tuple(sorted(tasks, key=lambda one: one.task)), sha, site)
        put_comment(hand, number, news.body(), PUBLISHED, create=news.first)
    return len(pulls)


def _last_touch(pool: Repository, commit: str, task: str) -> str:
    found = git(pool.root, "rev-list", "--first-parent", "--max-count=1", commit, "--",
                f":(top,literal){TASKS_FOLDER}/{task}")
    return found.decode("ascii", "replace").strip()

