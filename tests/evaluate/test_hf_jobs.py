"""The executor `hf-jobs`: shards as Jobs on the Hub, against a Hub that exists in this process only."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.executors import hf_jobs
from commons.evaluate.executors.base import ShardEnd, execute
from tests.builders import endpoint_entry, write_pool
from tests.evaluate.executing import Noting, fake_plan, order_of

pytestmark = pytest.mark.model


class Hub(list[tuple[str, str, object]]):
    """What was asked of a Hub. It refuses the ``full_at``-th job, and the next ``lost`` looks do not arrive."""

    full_at = 0
    lost = 0


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub that exists in this process only: what was asked of it, as method, path and body."""
    import huggingface_hub
    from huggingface_hub.utils import _http

    library = getattr(_http, "httpx2", None) or _http.httpx
    asked = Hub()
    files = {"runs/{digest}/shard-1/report.json": b"{}"}

    def answer(request: object) -> object:
        path, body = request.url.path, request.read()
        asked.append((request.method, path, body.decode() if body else None))
        assert request.headers.get("authorization") == "Bearer hf_secret"
        digest = next((part for one in asked for part in str(one[2]).split("runs/")[1:]), "")[:16]
        names = [name.format(digest=digest) for name in files]
        if path.endswith("/whoami-v2"):
            return library.Response(200, json={"name": "someone", "type": "user"})
        if path == "/api/repos/create":
            return library.Response(200, json={"url": "https://huggingface.co/datasets/someone/answers"})
        if "/preupload/" in path:
            return library.Response(200, json={"files": [
                {"path": one["path"], "uploadMode": "regular", "shouldIgnore": False}
                for one in json.loads(body)["files"]]})
        if "/commit/" in path:
            return library.Response(200, json={"success": True, "commitOid": "c" * 40, "commitUrl":
                                               "https://huggingface.co/datasets/someone/answers/commit/" + "c" * 40})
        if path == "/api/jobs/someone":
            number = len([one for one in asked if one[1] == path])
            if number == asked.full_at:
                return library.Response(402, json={"error": "no credits are left"})
            return library.Response(200, json=job(str(number), "RUNNING"))
        if path.startswith("/api/jobs/someone/") and asked.lost > 0:
            asked.lost -= 1
            raise library.ConnectError("the network is gone")
        if path.startswith("/api/jobs/someone/"):
            return library.Response(200, json=job(path[-1], "COMPLETED" if path.endswith("1") else "ERROR"))
        if "/revision/" in path or path == "/api/datasets/someone/answers":
            return library.Response(200, json={
                "id": "someone/answers", "sha": "d" * 40, "private": True,
                "siblings": [{"rfilename": name} for name in names]})
        if "/tree/" in path:
            return library.Response(200, json=[{"type": "file", "path": name, "size": 2, "oid": "e" * 40}
                                               for name in names])
        headers = {"ETag": '"e"', "X-Repo-Commit": "d" * 40, "Content-Length": "2"}
        return library.Response(200, headers=headers, content=b"{}" if request.method == "GET" else b"")

    def job(number: str, stage: str) -> dict[str, object]:
        return {"id": number, "createdAt": "2026-11-23T12:00:00.000Z", "owner": {"id": "1", "name": "someone",
                "type": "user"}, "status": {"stage": stage, "message": None}, "flavor": "cpu-basic", "command": []}

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    before = _http._GLOBAL_CLIENT_FACTORY
    huggingface_hub.set_client_factory(lambda: library.Client(transport=library.MockTransport(answer)))
    yield asked
    huggingface_hub.set_client_factory(before)


WITH_KEY = endpoint_entry("http://127.0.0.1:1/v1").replace(
    "      pinned: true", "      pinned: true\n      secret: MODEL_KEY")


def test_hf_jobs_sends_real_requests_and_brings_the_folders_back(
    pool_folder: Path, hub: Hub
) -> None:
    """Plan up, a job for each shard with its secrets beside the command, then the folders down at one commit."""
    pool = write_pool(pool_folder, [], WITH_KEY)
    settings = {"hub-repo": "someone/answers", "repository": "https://example.org/pool.git", "look-seconds": "0",
                "flavor": "t4-small", "timeout": "2h"}
    watcher = Noting()

    ends = execute("hf-jobs", order_of(pool, fake_plan(2), settings=settings, HF_TOKEN="hf_secret",
                                       MODEL_KEY="key of the model"), watcher)

    started = [json.loads(body) for method, path, body in hub if (method, path) == ("POST", "/api/jobs/someone")]
    assert len(started) == 2
    script = started[1]["command"][2]
    assert started[1]["command"][:2] == ["bash", "-c"]
    assert "git checkout --quiet " + "a" * 40 in script
    assert "--shard 2 --output ../shards" in script
    assert "--revision " + "c" * 40 in script
    assert "hf upload someone/answers ../shards/shard-2 runs/" in script
    assert started[1]["secrets"] == {"HF_TOKEN": "hf_secret", "MODEL_KEY": "key of the model"}
    assert not any("secret" in part or "key of" in part for part in started[1]["command"])
    assert (started[1]["dockerImage"], started[1]["flavor"], started[1]["timeoutSeconds"]) == (
        "python:3.11", "t4-small", 7200)
    commit = next(str(body) for _, path, body in hub if "/commit/" in path)
    sent = json.loads(commit.splitlines()[1])["value"]
    assert json.loads(base64.b64decode(sent["content"]))["protocol_hash"] == "0" * 64
    assert ends == [ShardEnd(1, ok=True), ShardEnd(2, ok=False, note="the job ended as ERROR")]
    assert [path.name for path in (pool_folder / "shards").glob("shard-1/*")] == ["report.json"]
    assert watcher.said[:2] == ["shard 1: job 1 started: https://huggingface.co/jobs/someone/1",
                                "shard 2: job 2 started: https://huggingface.co/jobs/someone/2"]
    assert any("d" * 12 in line and line.endswith(f"into {pool_folder / 'shards'}.") for line in watcher.said)


def test_hf_jobs_without_a_token_a_key_or_a_commit_start_nothing(
    pool_folder: Path, hub: Hub
) -> None:
    """Each is named by the variable or the commit that is missing."""
    pool = write_pool(pool_folder, [], WITH_KEY)
    settings = {"hub-repo": "someone/answers", "repository": "https://example.org/pool.git"}
    import dataclasses

    dirty = dataclasses.replace(fake_plan(1), commit="a" * 40 + "-dirty")
    for plan, variables, words in ((fake_plan(1), {"HF_TOKEN": ""}, "HF_TOKEN is not set"),
                                   (fake_plan(1), {"HF_TOKEN": "hf_secret"}, "MODEL_KEY is not set"),
                                   (dirty, {"HF_TOKEN": "hf_secret"}, "cannot check it out")):
        with pytest.raises(CannotRun, match=words):
            execute("hf-jobs", order_of(pool, plan, settings=settings, **variables), Noting())
    assert hub == []


SETTINGS = {"hub-repo": "someone/answers", "repository": "https://example.org/pool.git", "look-seconds": "0"}


def test_hf_jobs_that_cannot_all_be_started_name_those_that_run(pool_folder: Path, hub: Hub) -> None:
    """They cost money: each stands with how to stop it, and how to collect what it leaves."""
    hub.full_at = 3
    pool = write_pool(pool_folder, [], WITH_KEY)
    watcher = Noting()

    with pytest.raises(CannotRun, match="The Hub says") as caught:
        execute("hf-jobs", order_of(pool, fake_plan(4), settings=SETTINGS, HF_TOKEN="hf_secret", MODEL_KEY="k"),
                watcher)

    said = "\n".join(watcher.said)
    assert "goes on" in caught.value.mend
    assert "shard 1: job 1 goes on: https://huggingface.co/jobs/someone/1; to stop it: hf jobs cancel 1" in said
    assert "hf jobs cancel 2" in said
    assert "shards 3, 4" in said
    assert "hf download someone/answers --repo-type dataset --include 'runs/" in said
    assert f"commons collect --plan {pool_folder / 'plan.json'} {pool_folder / 'shards'}/runs/" in said


def test_hf_jobs_looks_again_where_the_network_lost_a_look(
    pool_folder: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three lost looks end nothing; when too many in a row are lost, the jobs are named and the waiting ends."""
    pool = write_pool(pool_folder, [], WITH_KEY)
    hub.lost = 3
    order = order_of(pool, fake_plan(2), settings=SETTINGS, HF_TOKEN="hf_secret", MODEL_KEY="k")
    assert [end.ok for end in execute("hf-jobs", order, Noting())] == [True, False]

    hub.clear()
    hub.lost = 1000
    monkeypatch.setattr(hf_jobs, "_LOST_LOOKS", 4)
    watcher = Noting()
    with pytest.raises(CannotRun, match="the network is gone"):
        execute("hf-jobs", order, watcher)
    assert 1000 - hub.lost >= 4
    assert any("hf jobs cancel 1" in line for line in watcher.said)
