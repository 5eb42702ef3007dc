"""The queue: who acts next, why, and in which order; and what is read of GitHub for it."""

from __future__ import annotations

import datetime
from typing import Any

import httpx
import pytest

from commons.github.api import Api
from commons.github.judgement import CONTEXT, VERDICT_LABELS, WHO_LABELS, Verdict, Who
from commons.github.queue import Actor, OpenPull, queue, turn
from commons.github.queue_api import last_seen, open_pulls

READY = (VERDICT_LABELS[Verdict.READY],)


def pull(number: int = 1, **changes: Any) -> OpenPull:
    """An open pull request that nothing was said of."""
    opened = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=number)
    return OpenPull(**{"number": number, "title": "Ten items", "author": "ana", "opened": opened,
                       "merged_before": 9, **changes})


def labelled(verdict: Verdict, who: Who, *more: str, **changes: Any) -> OpenPull:
    """An open pull request as the comment's labels say it stands."""
    return pull(labels=(VERDICT_LABELS[verdict], WHO_LABELS[who], *more), **changes)


CASES = [
    (pull(), Actor.BOT, "not judged"),
    (labelled(Verdict.READY, Who.MAINTAINERS, judged=False), Actor.BOT, "not judged"),
    (labelled(Verdict.CHANGES, Who.AUTHOR), Actor.AUTHOR, "mended"),
    (labelled(Verdict.UNCHECKED, Who.MAINTAINERS), Actor.MAINTAINER, "could not run"),
    (labelled(Verdict.WAITING, Who.MAINTAINERS), Actor.MAINTAINER, "confirm"),
    (labelled(Verdict.WAITING, Who.AUTHOR), Actor.AUTHOR, "go on"),
    (labelled(Verdict.READY, Who.OWNERS), Actor.OWNER, "owner reviews"),
    (labelled(Verdict.READY, Who.MAINTAINERS), Actor.MAINTAINER, "maintainer reviews"),
    (labelled(Verdict.READY, Who.OWNERS, approved_by=("bo",)), Actor.MAINTAINER, "@bo approved it"),
    (labelled(Verdict.READY, Who.MAINTAINERS, approved_by=("bo",)), Actor.MAINTAINER, "maintainer reviews"),
    (labelled(Verdict.READY, Who.MAINTAINERS, approved_by=("Mia",)), Actor.MAINTAINER, "merge it"),
    (labelled(Verdict.READY, Who.MAINTAINERS, "low risk"), Actor.BOT, "merge itself"),
    (labelled(Verdict.READY, Who.MAINTAINERS, "low risk", "hold"), Actor.MAINTAINER, "held"),
    (labelled(Verdict.READY, Who.MAINTAINERS, draft=True), Actor.AUTHOR, "draft"),
    (labelled(Verdict.READY, Who.MAINTAINERS, conflicts=True), Actor.AUTHOR, "conflicts"),
    (labelled(Verdict.READY, Who.OWNERS, changes_asked_by=("bo",)), Actor.AUTHOR, "@bo asked for changes"),
    (pull(labels=(*READY, VERDICT_LABELS[Verdict.CHANGES])), Actor.BOT, "not judged"),
]


@pytest.mark.parametrize(("one", "actor", "why"), CASES)
def test_who_acts_next_and_why(one: OpenPull, actor: Actor, why: str) -> None:
    """Each situation has one person who acts next, and the reason is said."""
    found, reason = turn(one, ["mia"])

    assert found is actor
    assert why in reason


def test_the_oldest_of_each_actor_comes_first() -> None:
    """Maintainers see theirs first, and in each group the one that has waited longest."""
    mine = [labelled(Verdict.READY, Who.MAINTAINERS, number=number) for number in (9, 4)]
    waiting = queue([pull(3), *mine, labelled(Verdict.CHANGES, Who.AUTHOR, number=1)], ["mia"])

    assert [one.pull.number for one in waiting] == [4, 9, 1, 3]


def test_a_newcomers_third_pull_request_waits_for_the_others() -> None:
    """The newest waits, with its reason; drafts do not count, and case does not make another author."""
    three = [labelled(Verdict.READY, Who.MAINTAINERS, number=number, merged_before=0, author=author)
             for number, author in ((1, "new"), (2, "New"), (3, "new"))]
    waiting = {one.pull.number: one for one in queue(three, [])}

    assert waiting[3].actor is Actor.AUTHOR
    assert "2 may be open" in waiting[3].why
    assert waiting[2].actor is Actor.MAINTAINER
    drafts = queue([three[0].model_copy(update={"draft": True}), *three[1:]], [])
    assert sum("may be open" in one.why for one in drafts) == 0


def github(answers: dict[str, Any]) -> Api:
    """A client whose answers are given by path; everything else is not there."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/repos/pool/commons")
        given = answers.get(f"{path}?author={request.url.params.get('author')}", answers.get(path))
        return httpx.Response(404, json={}) if given is None else httpx.Response(200, json=given)

    return Api("pool/commons", "https://api.test", "", execute=False, say=lambda _: None, sleep=lambda _: None,
               transport=httpx.MockTransport(answer))


def test_what_is_read_of_github() -> None:
    """Labels, drafts, conflicts, the status of the newest commit, and only reviews of that commit count."""
    head, older = "a" * 40, "b" * 40

    def review(login: str, state: str, commit: str = head) -> dict[str, Any]:
        return {"user": {"login": login}, "state": state, "commit_id": commit}

    one = {"number": 7, "title": "Ten items", "created_at": "2026-11-02T00:00:00Z", "user": {"login": "ana"},
           "author_association": "CONTRIBUTOR", "draft": False, "head": {"sha": head}, "labels": [{"name": "hold"}]}
    two = {**one, "number": 8, "user": {"login": "dependabot[bot]", "type": "Bot"}, "author_association": "NONE",
           "head": {"sha": older}}
    commit = {"commit": {"committer": {"date": "2026-10-01T00:00:00Z"}}}
    api = github({
        "/pulls": [one, two], "/pulls/7": {"mergeable": False}, "/pulls/8": {"mergeable": None},
        "/pulls/7/reviews": [review("bo", "CHANGES_REQUESTED"), review("bo", "APPROVED"), review("bo", "COMMENTED"),
                             review("cy", "APPROVED", older), review("di", "CHANGES_REQUESTED"),
                             review("ed", "APPROVED"), review("ed", "DISMISSED")],
        "/pulls/8/reviews": [], "/commits?author=ana": [commit, commit],
        f"/commits/{head}/statuses": [{"context": CONTEXT}], f"/commits/{older}/statuses": [{"context": "other"}],
    })

    first, second = open_pulls(api)

    assert (first.number, first.author, first.conflicts, first.labels) == (7, "ana", True, ("hold",))
    assert first.judged
    assert first.approved_by == ("bo",)
    assert first.changes_asked_by == ("di",)
    assert first.merged_before == 2
    assert (second.trusted, second.conflicts, second.judged, second.merged_before) == (True, False, False, 0)


def test_when_owners_were_last_seen() -> None:
    """The newest commit counts; who has none is left out."""
    api = github({"/commits?author=ana": [{"commit": {"committer": {"date": "2025-01-02T23:00:00Z"}}}],
                  "/commits?author=bo": []})

    assert last_seen(api, ["bo", "ana", "ana"]) == {"ana": datetime.date(2025, 1, 2)}
