"""A fake GitHub on the loopback: the endpoints that the door uses, with pages, and errors on demand."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}
REPOSITORY = "pool/commons"


@dataclass(frozen=True)
class Asked:
    """One request: method, path below the repository, query, body, and the token's header."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    authorization: str


@dataclass(frozen=True)
class Failure:
    """An answer to give instead of the real one; with ``done`` the call is carried out all the same."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"
    done: bool = False


@dataclass(frozen=True)
class Moved:
    """An answer that leads to another place."""

    path: str


@dataclass
class FakeGitHub:
    """What the fake knows. ``failures`` are (method, pattern of the path, failure), each used once and in order."""

    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    labels: dict[int, list[str]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    known_labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_commit: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    failures: list[tuple[str, str, Failure]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    artifacts: Path | None = None
    runs: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[str, int] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    tip: str = "0" * 40
    url: str = ""
    _next: int = 1000

    def written(self) -> list[tuple[str, str]]:
        """The calls that change something."""
        return [(one.method, one.path) for one in self.asked if one.method != "GET"]

    def comment(self, number: int, body: str, user: dict[str, str] | None = None) -> None:
        """Let somebody comment."""
        self._next += 1
        self.comments.setdefault(number, []).append({"id": self._next, "body": body, "user": user or BOT})

    def answer(self, one: Asked) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        for pattern, handle in _ROUTES:
            if (found := re.fullmatch(pattern, f"{one.method} {one.path}")) is not None:
                return handle(self, one, *found.groups())
        return 404, {"message": "Not Found"}

    def failure(self, one: Asked) -> Failure | None:
        """The next failure that is meant for this call."""
        for place, (method, pattern, failure) in enumerate(self.failures):
            if method == one.method and re.search(pattern, one.path):
                del self.failures[place]
                return failure
        return None


def make_pull(
    number: int, sha: str, *, owner: str = "ana-perez", branch: str = "dose", **changes: Any
) -> dict[str, Any]:
    """A pull request as the API gives it."""
    head = {"ref": branch, "sha": sha, "repo": {"full_name": f"{owner}/commons", "owner": {"login": owner}}}
    base = {"ref": "main", "sha": "0" * 40, "repo": {"full_name": REPOSITORY, "owner": {"login": "pool"}}}
    return {"number": number, "title": "Add a task", "state": "open", "draft": False, "user": {"login": owner},
            "body": f"Ten items.\n\nSigned-off-by: @{owner}", "author_association": "CONTRIBUTOR",
            "head": head, "base": base, "merged_at": None,
            "merge_commit_sha": None, **changes}


def workflow_run(sha: str, *, owner: str = "ana-perez", branch: str = "dose", **changes: Any) -> dict[str, Any]:
    """An event as GitHub writes it; much of it is left out here, and more than is read is kept."""
    return {"action": "completed", "sender": {"login": owner}, "workflow_run": {
        "id": 12, "name": "pr", "event": "pull_request", "path": ".github/workflows/pr.yml", "head_branch": branch,
        "head_sha": sha, "conclusion": "success", "pull_requests": [],
        "head_repository": {"full_name": f"{owner}/commons", "owner": {"login": owner, "id": 3}}, **changes}}


def _paged(entries: list[Any], one: Asked) -> tuple[int, list[Any]]:
    size, page = int(one.query.get("per_page", "30")), int(one.query.get("page", "1"))
    return 200, entries[(page - 1) * size : page * size]


def _pulls(fake: FakeGitHub, one: Asked) -> tuple[int, Any]:
    wanted = one.query.get("head")
    kept = [pull for pull in fake.pulls if pull["state"] == one.query.get("state", "open") and (
        not wanted or f"{pull['head']['repo']['owner']['login']}:{pull['head']['ref']}" == wanted)]
    return _paged(kept, one)


def _pull(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    found = [pull for pull in fake.pulls if pull["number"] == int(number)]
    return (200, found[0]) if found else (404, {})


def _comments(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    return _paged(fake.comments.get(int(number), []), one)


def _post_comment(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    fake.comment(int(number), one.body["body"])
    return 201, fake.comments[int(number)][-1]


def _edit_comment(fake: FakeGitHub, one: Asked, name: str) -> tuple[int, Any]:
    for several in fake.comments.values():
        for comment in several:
            if comment["id"] == int(name):
                comment["body"] = one.body["body"]
                return 200, comment
    return 404, {}


def _all_labels(fake: FakeGitHub, one: Asked) -> tuple[int, Any]:
    return _paged([{"name": name} for name in fake.known_labels], one)


def _make_label(fake: FakeGitHub, one: Asked) -> tuple[int, Any]:
    if len(one.body["description"]) > 100 or one.body["name"].casefold() in map(str.casefold, fake.known_labels):
        return 422, {}
    fake.known_labels[one.body["name"]] = one.body
    return 201, one.body


def _labels(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    return _paged([{"name": name} for name in fake.labels.get(int(number), [])], one)


def _add_labels(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    fake.labels.setdefault(int(number), []).extend(one.body["labels"])
    return 200, []


def _take_label(fake: FakeGitHub, one: Asked, number: str, name: str) -> tuple[int, Any]:
    present = fake.labels.get(int(number), [])
    if unquote(name) not in present:
        return 404, {}
    present.remove(unquote(name))
    return 200, []


def _statuses(fake: FakeGitHub, one: Asked, sha: str) -> tuple[int, Any]:
    return _paged(list(reversed(fake.statuses.get(sha, []))), one)


def _set_status(fake: FakeGitHub, one: Asked, sha: str) -> tuple[int, Any]:
    fake.statuses.setdefault(sha, []).append({**one.body, "creator": BOT})
    return 201, {}


def _by_commit(fake: FakeGitHub, one: Asked, sha: str) -> tuple[int, Any]:
    return _paged(fake.by_commit.get(sha, []), one)


def _commits(fake: FakeGitHub, one: Asked) -> tuple[int, Any]:
    author = one.query.get("author", "")
    if "since" not in one.query:
        return _paged([{"sha": "1" * 40}] * fake.merged.get(author, 0), one)
    return 200, [{"sha": "1" * 40}] if author in fake.active else []


def _named(fake: FakeGitHub) -> list[Path]:
    return sorted(one for one in fake.artifacts.iterdir() if one.is_dir()) if fake.artifacts else []


def _artifacts(fake: FakeGitHub, one: Asked, run: str) -> tuple[int, Any]:
    found = [{"id": place + 1, "name": folder.name, "expired": False, "size_in_bytes": len(zipped(folder))}
             for place, folder in enumerate(_named(fake)) if one.query.get("name") in {None, folder.name}]
    return 200, {"total_count": len(found), "artifacts": found}


def _artifact(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    return 302, Moved(f"/blob/{number}")


def _blob(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    # GitHub's store refuses whoever shows it a token that is not its own.
    return (400, {}) if one.authorization else (200, zipped(_named(fake)[int(number) - 1]))


def _runs(fake: FakeGitHub, one: Asked, workflow: str) -> tuple[int, Any]:
    found = [run for run in fake.runs if run["path"].endswith(workflow) and run["head_sha"] == one.query["head_sha"]]
    return 200, {"total_count": len(found), "workflow_runs": found}


def zipped(folder: Path) -> bytes:
    """A folder as GitHub gives an artifact; one that holds ``raw.zip`` is that file, whatever is in it."""
    if (folder / "raw.zip").is_file():
        return (folder / "raw.zip").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def _reviews(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    return _paged(fake.reviews.get(int(number), []), one)


def _branch(fake: FakeGitHub, one: Asked, name: str) -> tuple[int, Any]:
    return 200, {"name": unquote(name), "commit": {"sha": fake.tip}}


def _merge(fake: FakeGitHub, one: Asked, number: str) -> tuple[int, Any]:
    status, pull = _pull(fake, one, number)
    if status != 200 or pull["state"] != "open":
        return 405, {}
    if pull["head"]["sha"] != one.body["sha"]:
        return 409, {}
    pull.update(state="closed", merged_at="2026-11-20T00:00:00Z", merge_commit_sha="6" * 40)
    return 200, {"merged": True, "sha": "6" * 40}


def _role(fake: FakeGitHub, one: Asked, login: str) -> tuple[int, Any]:
    role = fake.roles.get(unquote(login))
    return (200, {"permission": "write", "role_name": role}) if role else (404, {})


def _dispatch(fake: FakeGitHub, one: Asked, workflow: str) -> tuple[int, Any]:
    return 204, {}


_ROUTES: list[tuple[str, Callable[..., tuple[int, Any]]]] = [
    (r"GET /pulls", _pulls), (r"GET /pulls/(\d+)", _pull), (r"GET /issues/(\d+)/comments", _comments),
    (r"POST /issues/(\d+)/comments", _post_comment), (r"PATCH /issues/comments/(\d+)", _edit_comment),
    (r"GET /labels", _all_labels), (r"POST /labels", _make_label),
    (r"GET /issues/(\d+)/labels", _labels), (r"POST /issues/(\d+)/labels", _add_labels),
    (r"DELETE /issues/(\d+)/labels/([^/]+)", _take_label), (r"GET /commits/(\w+)/statuses", _statuses),
    (r"GET /actions/runs/(\d+)/artifacts", _artifacts), (r"GET /actions/artifacts/(\d+)/zip", _artifact),
    (r"GET /blob/(\d+)", _blob), (r"GET /actions/workflows/([\w.-]+)/runs", _runs),
    (r"GET /pulls/(\d+)/reviews", _reviews), (r"GET /branches/([\w%.-]+)", _branch),
    (r"GET /collaborators/([^/]+)/permission", _role), (r"PUT /pulls/(\d+)/merge", _merge),
    (r"POST /actions/workflows/([\w.-]+)/dispatches", _dispatch),
    (r"POST /statuses/(\w+)", _set_status), (r"GET /commits/(\w+)/pulls", _by_commit), (r"GET /commits", _commits),
]


@contextmanager
def serving(fake: FakeGitHub) -> Iterator[FakeGitHub]:
    """The fake behind an address of the loopback, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(size)
            one = Asked(self.command, parts.path.removeprefix(f"/repos/{REPOSITORY}"),
                        {key: values[-1] for key, values in parse_qs(parts.query).items()},
                        json.loads(raw) if raw else None, self.headers.get("Authorization", ""))
            fake.asked.append(one)
            failure = fake.failure(one)
            answer_given: Any = None
            if failure is None or failure.done:
                status, answer_given = fake.answer(one)
                content = "" if isinstance(answer_given, (bytes, Moved)) else json.dumps(answer_given)
            if failure is not None:
                status, content = failure.status, failure.body
            self.send_response(status)
            for key, value in (failure.headers if failure else {}).items():
                self.send_header(key, value)
            if isinstance(answer_given, Moved):
                self.send_header("Location", f"http://{self.headers['Host']}{answer_given.path}")
            encoded = answer_given if isinstance(answer_given, bytes) else content.encode()
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
