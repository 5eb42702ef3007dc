"""Confirmations by hand: whose count, how one outlives a new judgement, and that no contributed text forges one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from commons.errors import CannotRun
from commons.github.compute import compute
from commons.github.confirmed import is_maintainer, kept_confirmation
from commons.github.execute import Hand
from commons.github.marker import LIVE, carries, confirmation, live_end
from commons.github.situation import FoundHere, LintHere, Situation
from tests.github.fake_api import BOT, Failure, FakeGitHub, serving, workflow_run
from tests.github.golden.situations import HEAD, SITUATIONS
from tests.github.test_derive import Repo
from tests.github.test_execute import Stage
from tests.github.test_execute_verbs import github, opened

FORGED = f"<!-- eval-commons: confirmed by mia at {HEAD} -->"


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """A fake on which mia maintains the pool and wim may write."""
    with serving(FakeGitHub(roles={"mia": "maintain", "wim": "write"})) as one:
        yield one


@pytest.fixture
def program(fake: FakeGitHub, tmp_path: Path) -> Repo:
    """Pull request 7 changes the program, which a maintainer has to confirm."""
    repo = Repo(tmp_path / "pool")
    (repo.root / "ci").mkdir()
    (repo.root / "ci" / "program.py").write_text("pass\n", encoding="utf-8")
    opened(fake, repo, tmp_path)
    return repo


def head_of(fake: FakeGitHub) -> str:
    """The present head of pull request 7."""
    return str(fake.pulls[0]["head"]["sha"])


def confirm(fake: FakeGitHub, repo: Repo, login: str) -> Result:
    """What the workflow does when this person starts it by hand."""
    return github(fake, repo, "comment", "--pull", "7", "--base", "main", "--vouched-by", login, "--vouched-sha",
                  head_of(fake), "--execute")


def judged_again(fake: FakeGitHub, repo: Repo) -> str:
    """The state after a judgement that nobody started by hand, as an edited title starts one."""
    event = repo.root.parent / "event.json"
    event.write_text(json.dumps(workflow_run(head_of(fake), owner="someone")), encoding="utf-8")
    done = github(fake, repo, "comment", "--event", str(event), "--base", "main", "--execute")
    assert done.exit_code == 0, (done.output, done.exception)
    return str(fake.statuses[head_of(fake)][-1]["state"])


@pytest.mark.parametrize("login", ["wim", "somebody-else"])
def test_a_confirmation_by_no_maintainer_does_not_count(fake: FakeGitHub, program: Repo, login: str) -> None:
    """Whoever may write can start the workflow; it says that nothing was confirmed, and nothing is written."""
    done = confirm(fake, program, login)

    assert isinstance(done.exception, CannotRun)
    assert done.exception.exit_code == 2
    assert f"{login} is no maintainer of this pool: nothing was confirmed." in str(done.exception)
    assert fake.written() == []


def test_maintainers_are_named_in_the_file_or_have_a_role(fake: FakeGitHub, program: Repo) -> None:
    """The main line's MAINTAINERS in any capitals, or the roles admin and maintain; a broken file names nobody."""
    api = Stage(fake).hand().api
    fake.roles["ada"] = "admin"
    file = program.root / "MAINTAINERS"
    file.write_text("Ana\n", encoding="utf-8")

    assert [one for one in ("ana", "ada", "mia", "wim", "nobody", "../../x") if is_maintainer(api, program.root, one)
            ] == ["ana", "ada", "mia"]

    file.write_text("no handle at all\n", encoding="utf-8")
    assert [one for one in ("no", "mia") if is_maintainer(api, program.root, one)] == ["mia"]


def test_silence_about_a_role_is_an_error(fake: FakeGitHub, program: Repo) -> None:
    """A confirmation is not thrown away because GitHub gave no answer."""
    fake.failures = [("GET", "permission", Failure(502))] * 5

    with pytest.raises(CannotRun, match="502"):
        is_maintainer(Stage(fake).hand().api, program.root, "mia")


def test_a_confirmation_outlives_a_new_judgement_of_the_same_head(fake: FakeGitHub, program: Repo) -> None:
    """An edited title has it judged again, and the status stays; our marker is the last line all the same."""
    assert judged_again(fake, program) == "pending"
    assert confirm(fake, program, "mia").exit_code == 0

    for _ in range(2):
        assert judged_again(fake, program) == "success"
    body = fake.comments[7][0]["body"]
    assert confirmation(body) == ("mia", head_of(fake))
    assert carries(body, LIVE)


def test_a_push_and_a_lost_role_end_a_confirmation(fake: FakeGitHub, program: Repo) -> None:
    """It is of one commit, and of somebody who still is a maintainer."""
    confirm(fake, program, "mia")
    hand, head = Stage(fake).hand(), head_of(fake)
    assert kept_confirmation(hand, program.root, 7, head) == "mia"

    assert kept_confirmation(hand, program.root, 7, "9" * 40) == ""

    fake.roles["mia"] = "write"
    assert kept_confirmation(hand, program.root, 7, head) == ""
    assert judged_again(fake, program) == "pending"
    assert confirmation(fake.comments[7][0]["body"]) is None


def test_a_confirmation_in_a_strangers_comment_is_not_read(fake: FakeGitHub, program: Repo) -> None:
    """Whoever copies our comment, line for line, has confirmed nothing; nor has our account's name in other words."""
    for login in ("someone", "github-actions-bot"):
        fake.comment(7, f"**Ready**\n\n{live_end('mia', head_of(fake))}", {"login": login, "type": "User"})
    fake.comment(7, f"{live_end('mia', head_of(fake))}\n\nmore", BOT)

    assert kept_confirmation(Hand(Stage(fake).hand().api), program.root, 7, head_of(fake)) == ""
    assert judged_again(fake, program) == "pending"


@pytest.mark.parametrize("body", [
    "", LIVE, FORGED, f"{FORGED}\n\n{LIVE}", f"{LIVE}\n{FORGED}", f"{FORGED}\n{LIVE}\nmore", f"> {FORGED}\n{LIVE}",
    f"{FORGED} {LIVE}", f"{FORGED[:-4]}, I say -->\n{LIVE}", live_end("mia at x -->", HEAD), live_end("", HEAD),
    live_end("mia", "9" * 12), live_end("mia\n", HEAD),
])
def test_only_the_line_above_the_marker_is_read(body: str) -> None:
    """Anywhere else, or in any other form, the line is words."""
    assert confirmation(body) is None


def _loud(situation: Situation, text: str) -> Situation:
    """The situation with ``text`` in everything that a contributor writes."""
    finding = FoundHere(text, True, text, text, text)
    pull = replace(situation.pull, title=text, author=text, unsigned=text)
    tasks = tuple(replace(one, name=text, owners=(text,), was=text, alike=text) for one in situation.tasks)
    files = tuple(replace(one, path=text) for one in situation.files)
    trial = replace(situation.trial, problem=text, doubts=(text,))
    return replace(situation, pull=pull, tasks=tasks, files=files, trial=trial, vouched="",
                   lint=LintHere((finding, replace(finding, blocks=False)), problem=text))


@pytest.mark.parametrize("end", ["", "\n", f"\n{LIVE}", f"\n{LIVE}\n"])
def test_no_contributed_text_forges_a_confirmation(end: str) -> None:
    """Titles, names, paths, findings and reports that hold the line confirm nothing, and cover up no true one."""
    text = f"a\n\n{FORGED}{end}"
    for name, kept in SITUATIONS.items():
        loud = _loud(kept, text)
        for one in (loud, replace(loud, problem=text)):
            body = compute(one).body
            assert "eval-commons: confirmed" in body, name
            assert FORGED not in body, name
            assert confirmation(body) is None, name
            assert confirmation(compute(replace(one, vouched="ana")).body) == ("ana", HEAD), name
