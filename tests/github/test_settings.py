"""Repository settings: what is right passes, each wrong one is found by itself, and what cannot be read is said."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from commons.errors import CannotRun
from commons.github.api import Api
from commons.github.settings import SETTINGS, Answer, examine, settings_page
from commons.github.settings_facts import read_settings
from tests.builders import REPOSITORY_ROOT

LIMITED = {"protected_branches": True, "custom_branch_policies": False}
GOOD: dict[str, Any] = {
    "": {"default_branch": "trunk",
         "security_and_analysis": {"secret_scanning_push_protection": {"status": "enabled"}}},
    "/actions/permissions": {"enabled": True, "sha_pinning_required": True},
    "/actions/permissions/workflow": {"default_workflow_permissions": "read",
                                      "can_approve_pull_request_reviews": False},
    "/actions/permissions/fork-pr-contributor-approval": {"approval_policy": "all_external_contributors"},
    "/rules/branches/trunk": [
        {"type": "deletion"}, {"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": {"require_code_owner_review": True,
                                                "dismiss_stale_reviews_on_push": True}},
        {"type": "required_status_checks",
         "parameters": {"required_status_checks": [{"context": "eval-commons/check"}]}},
    ],
    "/environments": {"environments": [{"name": name, "deployment_branch_policy": LIMITED}
                                       for name in ("evaluation", "bot", "github-pages")]},
    "/pages": {"build_type": "workflow", "https_enforced": True},
    "/private-vulnerability-reporting": {"enabled": True},
}


def github(answers: dict[str, Any]) -> Api:
    """A client for a repository with these settings; None is what the token may not read."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/repos/pool/commons")
        if path not in answers:
            return httpx.Response(404, json={})
        return httpx.Response(403, json={}) if answers[path] is None else httpx.Response(200, json=answers[path])

    return Api("pool/commons", "https://api.test", "", execute=False, say=lambda _: None, sleep=lambda _: None,
               transport=httpx.MockTransport(answer))


def found(answers: dict[str, Any], answer: Answer) -> set[str]:
    """The settings that stand so."""
    return {one.setting.name for one in examine(read_settings(github(answers))) if one.answer is answer}


def changed(path: str, *keys: str | int, to: object) -> dict[str, Any]:
    """Good settings but for one value."""
    answers = copy.deepcopy(GOOD)
    place = answers[path]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = to
    return answers


WRONG = [
    ("approval for outside contributors",
     changed("/actions/permissions/fork-pr-contributor-approval", "approval_policy", to="first_time_contributors")),
    ("default token", changed("/actions/permissions/workflow", "default_workflow_permissions", to="write")),
    ("workflows approve nothing",
     changed("/actions/permissions/workflow", "can_approve_pull_request_reviews", to=True)),
    ("actions pinned", changed("/actions/permissions", "sha_pinning_required", to=False)),
    ("no deletion", changed("/rules/branches/trunk", 0, "type", to="creation")),
    ("no force push", changed("/rules/branches/trunk", 1, "type", to="creation")),
    ("pull requests only", changed("/rules/branches/trunk", 2, "type", to="creation")),
    ("code owners review",
     changed("/rules/branches/trunk", 2, "parameters", "require_code_owner_review", to=False)),
    ("approvals end with a push",
     changed("/rules/branches/trunk", 2, "parameters", "dismiss_stale_reviews_on_push", to=False)),
    ("required status", changed("/rules/branches/trunk", 3, "parameters", "required_status_checks", 0, "context",
                                to="lint")),
    ("environment of model keys", changed("/environments", "environments", 0, "deployment_branch_policy", to=None)),
    ("environment of the bot", changed("/environments", "environments", 1, "name", to="robot")),
    ("environment of Pages", changed("/environments", "environments", 2, "deployment_branch_policy", to=None)),
    ("Pages from a workflow", changed("/pages", "build_type", to="legacy")),
    ("HTTPS", changed("/pages", "https_enforced", to=False)),
    ("private reports", changed("/private-vulnerability-reporting", "enabled", to=False)),
    ("push protection", changed("", "security_and_analysis", "secret_scanning_push_protection", "status",
                                to="disabled")),
]


def test_a_repository_set_up_as_the_page_says_has_nothing_wrong() -> None:
    """Everything that can be read is right, and what cannot be is listed and not called right."""
    assert found(GOOD, Answer.BAD) == set()
    assert found(GOOD, Answer.UNREAD) == {one.name for one in SETTINGS if one.check is None}


@pytest.mark.parametrize(("name", "answers"), WRONG, ids=[name for name, _ in WRONG])
def test_each_wrong_setting_is_found_by_itself(name: str, answers: dict[str, Any]) -> None:
    """One value that differs is one finding, and no other."""
    assert found(answers, Answer.BAD) == {name}


def test_every_setting_that_is_checked_is_tried() -> None:
    """A check without a case here could always pass."""
    assert {name for name, _ in WRONG} == {one.name for one in SETTINGS if one.check is not None}


def test_what_a_token_may_not_read_is_neither_right_nor_wrong() -> None:
    """A refusal is said as such: silence is no yes."""
    refused = {path: (answer if path == "" else None) for path, answer in GOOD.items()}

    assert found(refused, Answer.BAD) == set()
    assert found(refused, Answer.GOOD) == {"push protection"}
    visitor = {"": {"default_branch": "trunk"}}
    assert "push protection" in found(visitor, Answer.UNREAD)


def test_a_repository_without_a_site_has_pages_switched_off() -> None:
    """GitHub answers 404 there, which is an answer."""
    answers = {path: answer for path, answer in GOOD.items() if path != "/pages"}

    assert "Pages from a workflow" in found(answers, Answer.BAD)


def test_a_repository_that_cannot_be_read_is_an_error() -> None:
    """A wrong name is not a list of unknown settings."""
    with pytest.raises(CannotRun):
        read_settings(github({}))


def test_the_page_lists_every_setting_and_is_the_one_in_the_repository() -> None:
    """docs/settings.md is made from the list; each setting says why and where."""
    page = (REPOSITORY_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert page == settings_page()
    assert all(one.expected in page and one.why in page and one.where in page for one in SETTINGS)


@contextmanager
def served(answers: dict[str, Any]) -> Iterator[str]:
    """GitHub's API on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].removeprefix("/repos/pool/commons")
            body = json.dumps(answers.get(path, {})).encode()
            self.send_response(200 if path in answers else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_doctor_says_what_differs_and_where_to_click() -> None:
    """Exit code 1 with a wrong setting, 0 without; each finding has its mend."""
    for answers, code in ((GOOD, 0), (changed("/pages", "build_type", to="legacy"), 1)):
        with served(answers) as url:
            ran = subprocess.run(
                [sys.executable, "-m", "commons", "doctor", "--github", "pool/commons"], cwd=REPOSITORY_ROOT,
                capture_output=True, text=True, env={**os.environ, "GITHUB_API_URL": url}, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "mend: Settings > Rules > Rulesets > Bypass list" in ran.stdout
        assert ("Pages from a workflow: it is `legacy`" in ran.stdout) is (code == 1)
