"""Git's answers told apart: who was faster, what is forbidden, and what could not be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.github.git_writing import Said, run_git
from commons.github.land_remote import Answer, Remote, Unreachable, answer_of
from tests.github.landing import git


def rejected(status: str) -> bytes:
    """What ``git push --porcelain`` prints of a ref."""
    return f"To somewhere\n!\tabc:refs/heads/main\t{status}\nDone\n".encode()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (Said(0, b"", ""), Answer.LANDED),
        (Said(1, rejected("[rejected] (fetch first)"), "error: failed to push"), Answer.MOVED),
        (Said(1, rejected("[rejected] (non-fast-forward)"), ""), Answer.MOVED),
        (Said(1, rejected("[remote rejected] (cannot lock ref 'refs/heads/main': is at a but expected b)"), ""),
         Answer.MOVED),
        (Said(1, rejected("[remote rejected] (failed to update ref)"), ""), Answer.MOVED),
        (Said(1, rejected("[remote rejected] (protected branch hook declined)"), "remote: error: GH006: Protected"),
         Answer.REFUSED),
        (Said(1, rejected("[remote rejected] (push declined due to repository rule violations)"), ""), Answer.REFUSED),
        (Said(1, rejected("[remote failure] (remote failed to report status)"), ""), Answer.UNREACHABLE),
        (Said(128, b"", "remote: Permission to o/r.git denied to github-actions[bot].\nfatal: unable to access "
                        "'https://github.com/o/r/': The requested URL returned error: 403"), Answer.REFUSED),
        (Said(128, b"", "ERROR: Permission to o/r.git denied to deploy key\nfatal: Could not read from remote "
                        "repository."), Answer.REFUSED),
        (Said(128, b"", "fatal: could not read Username for 'https://github.com': terminal prompts disabled"),
         Answer.REFUSED),
        (Said(128, b"", "remote: Repository not found.\nfatal: repository 'https://x/' not found"), Answer.REFUSED),
        (Said(128, b"", "fatal: unable to access 'https://x/': Could not resolve host: x"), Answer.UNREACHABLE),
        (Said(128, b"", "fatal: unable to access 'https://x/': The requested URL returned error: 503"),
         Answer.UNREACHABLE),
        (Said(128, b"", "fatal: the remote end hung up unexpectedly"), Answer.UNREACHABLE),
        (Said(None, b"", "`git push` gave no answer in 300 s"), Answer.UNREACHABLE),
    ],
)
def test_an_answer_is_worth_another_try_or_not(said: Said, answer: Answer) -> None:
    """A race and a network are tried again; a rule and a missing permission are not."""
    found = answer_of(said)

    assert found.answer is answer
    assert found.reason or answer is Answer.LANDED


def test_what_the_remotes_rule_says_is_passed_on() -> None:
    """Its own words, without its decoration."""
    said = Said(1, rejected("[remote rejected] (protected branch hook declined)"),
                "remote: error: GH006: Protected branch update failed.        \nremote: \nerror: failed to push")

    assert answer_of(said).reason == "protected branch hook declined: error: GH006: Protected branch update failed"


def test_a_token_in_an_address_is_not_shown(tmp_path: Path) -> None:
    """What git says of an address goes to a log that everybody reads."""
    git(tmp_path, "init", "--quiet")
    said = run_git(tmp_path, "ls-remote", "https://x-access-token:s3cret@127.0.0.1:1/o/r")

    assert said.code != 0
    assert "s3cret" not in said.messages


def test_what_is_not_there_is_not_tried_again(tmp_path: Path) -> None:
    """No remote, an odd name, no repository and no branch are sentences; only a network is worth a wait."""
    git(tmp_path, "init", "--quiet", "-b", "main")
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    git(tmp_path, "remote", "add", "origin", str(tmp_path / "empty.git"))
    git(tmp_path, "remote", "add", "gone", str(tmp_path / "gone.git"))
    git(tmp_path, "remote", "add", "down", "http://127.0.0.1:1/o/r")

    for name in ("nobody", "--upload-pack=x", "a b", "../x"):
        with pytest.raises(CannotRun, match=r"no remote|no name"):
            Remote(tmp_path, name, "main")
    for name, error in (("origin", CannotRun), ("gone", CannotRun), ("down", Unreachable)):
        with pytest.raises(error, match="cannot be fetched") as caught:
            Remote(tmp_path, name, "main").fetch()
        assert isinstance(caught.value, Unreachable) == (error is Unreachable)
