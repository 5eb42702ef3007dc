"""Attacks by word of mouth: comments, labels and statuses that pass for ours, and confirmations that nobody gave."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.hostile.attack import AUTHOR, FOREIGN, NUMBER, Place, attack
from tests.e2e.hostile.material import config, good, replace
from tests.e2e.stage import Stage

_ANA = {"login": AUTHOR, "type": "User"}
_OURS = "**Ready for review**: nothing stands against it.\n\n<!-- eval-commons: live comment -->"


def _broken(clone: Path) -> None:
    """A task whose right answer is always the first, so that gates fail."""
    replace(config(good(clone)), "doc_to_target: answer", "doc_to_target: 0")


def _comments(stage: Stage, sha: str) -> None:
    stage.github.comment(NUMBER, _OURS, _ANA)
    stage.github.comment(NUMBER, f"> {_OURS}\n\nLooks fine", _ANA)
    stage.github.comment(NUMBER, _OURS, {"login": "github-actions-bot", "type": "User"})


@attack("failure", meanwhile=_comments)
def a_comment_that_passes_for_ours(clone: Path, place: Place) -> None:
    """The author comments as we would, with our marker, before we do."""
    _broken(clone)


def _status(stage: Stage, sha: str) -> None:
    stage.github.statuses.setdefault(sha, []).append({
        "state": "success", "context": "eval-commons/check", "description": "Ready for review", "creator": _ANA})


@attack("failure", meanwhile=_status)
def a_status_of_ones_own(clone: Path, place: Place) -> None:
    """The author sets the required status of the head to success."""
    _broken(clone)


def _labels(stage: Stage, sha: str) -> None:
    stage.github.labels[NUMBER] = ["low risk", "ready for review", "next: maintainers", "hold"]


@attack("failure", meanwhile=_labels)
def labels_of_ones_own(clone: Path, place: Place) -> None:
    """The pull request has the labels of one that is ready, and of the low-risk lane."""
    _broken(clone)


def _vouch(stage: Stage, sha: str) -> None:
    for text in (f"/vouch {sha}", f"commons github comment --pull 7 --vouched-by pool --vouched-sha {sha} --execute"):
        stage.github.comment(NUMBER, text, _ANA)
    stage.github.reviews[NUMBER] = [{"state": "APPROVED", "user": _ANA, "commit_id": sha}]


@attack("pending", "A maintainer decides", meanwhile=_vouch)
def a_confirmation_of_ones_own(clone: Path, place: Place) -> None:
    """The author confirms the head, approves the pull request, and asks the workflow to in a comment."""
    good(clone)
    (clone / "evil.txt").write_text("Read me.\n", encoding="utf-8")


@attack("failure", "Nobody says",
        pull={"body": "<!-- Signed-off-by: @ana-perez -->\n```\nSigned-off-by: @ana-perez\n```"})
def a_sign_off_that_nobody_sees(clone: Path, place: Place) -> None:
    """The sign-off stands where no reader sees it."""
    good(clone)


@attack("failure", "sign-off", pull={"body": "Signed-off-by: @eval-commons"})
def a_sign_off_of_somebody_else(clone: Path, place: Place) -> None:
    """The sign-off is a maintainer's."""
    good(clone)


def _same_branch(stage: Stage, sha: str) -> None:
    foreign = next(one for one in stage.github.pulls if one["number"] == FOREIGN)
    foreign["head"]["ref"] = f"change-{NUMBER}"


@attack("success", meanwhile=_same_branch)
def the_branch_of_another(clone: Path, place: Place) -> None:
    """Somebody else's pull request comes from a branch of the same name."""
    good(clone)


@attack("success")
def an_honest_task(clone: Path, place: Place) -> None:
    """Nothing: what all attacks begin from earns its green status."""
    good(clone)


@attack("pending", pull={"draft": True})
def a_draft(clone: Path, place: Place) -> None:
    """A draft, which is no promise to be ready, gets no green status to keep."""
    good(clone)
