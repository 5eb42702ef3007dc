"""Executors: shards as processes, as Slurm jobs, as a workflow's matrix, as Jobs on the Hub."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.executors import local
from commons.evaluate.executors.actions import MOST_JOBS
from commons.evaluate.executors.base import Order, ShardEnd, execute, executors
from commons.evaluate.progress import ShardState
from commons.harness.sandbox import fault
from commons.plan.plan import Plan, PlannedCell, Reason, Shard
from commons.pool.hashing import sha256_file
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.cli.running import environment
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat, failure
from tests.evaluate.planning import plan_file, plan_of

pytestmark = pytest.mark.model


class Noting:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.seen: list[dict[int, ShardState]] = []

    def say(self, text: str) -> None:
        """Remember a sentence."""
        self.said.append(text)

    def look(self, states: Mapping[int, ShardState]) -> None:
        """Remember how far the shards were."""
        self.seen.append(dict(states))


def order_of(pool: Repository, plan: Plan, *, settings: Mapping[str, str] | None = None, jobs: int | None = None,
             output: str | None = "shards", **variables: str) -> Order:
    """An order to run all of ``plan``."""
    path = plan_file(pool, plan)
    return Order(
        root=pool.root, plan_file=path, plan=plan, plan_sha256=sha256_file(path),
        models={model.id: model for model in pool.models()}, store=pool.work / "responses.sqlite",
        work=pool.work / "shards", output=pool.root / output if output else None, trust=fault() is not None,
        jobs=jobs, settings=settings or {}, environment=environment(**variables),
    )


def echo(asked: Asked) -> Reply:
    """Say the last word of the question."""
    return chat(str(asked.body["messages"][-1]["content"]).split()[-1])


@pytest.fixture
def two_shards(pool_folder: Path) -> Iterator[tuple[Repository, Plan, FakeEndpoint]]:
    """A pool with an endpoint whose plan has two shards of one cell each; the second model always fails."""

    def by_model(asked: Asked) -> Reply:
        return failure(500, "down") if "/broken/" in asked.path else echo(asked)

    with FakeEndpoint(by_model) as server:
        models = endpoint_entry(server.base_url, "good") + endpoint_entry(
            server.base_url.replace("/v1", "/broken/v1"), "broken", retries=0)
        pool = write_pool(pool_folder, [generate_task()], models)
        yield pool, plan_of(pool, ["good", "broken"], shards=2), server


def test_every_executor_is_registered_with_a_summary_and_help() -> None:
    """Adding one is adding a module; each says what it can be told."""
    known = executors()

    assert list(known) == ["local", "actions", "submitit", "hf-jobs"]
    for one in known.values():
        assert one.summary.endswith(".")
        assert all(setting.help.endswith(".") for setting in one.settings)


@pytest.mark.parametrize(
    ("name", "settings", "output", "words"),
    [("cloud", {}, "s", "no executor `cloud`"), ("local", {"gpus": "1"}, "s", "no setting `gpus`"),
     ("hf-jobs", {}, "s", "must be told: the dataset repository"),
     ("submitit", {}, None, "leave their results in a folder")],
)
def test_an_order_that_cannot_be_followed_says_why(
    pool_folder: Path, name: str, settings: dict[str, str], output: str | None, words: str
) -> None:
    """An unknown name or setting, a missing one, or no folder for results."""
    pool = write_pool(pool_folder, [generate_task()])

    with pytest.raises(CannotRun, match=words):
        execute(name, order_of(pool, plan_of(pool, []), settings=settings, output=output), Noting())


def test_local_runs_all_shards_and_one_that_fails_stops_no_other(
    two_shards: tuple[Repository, Plan, FakeEndpoint]
) -> None:
    """Two real processes: one leaves a whole cell, the other a partial one and its cause; progress is seen of both."""
    pool, plan, _ = two_shards
    watcher = Noting()

    ends = execute("local", order_of(pool, plan, jobs=2), watcher)

    assert [(end.number, end.ok) for end in ends] == [(1, True), (2, False)]
    assert "ended with exit code 1" in ends[1].note
    assert not Ledger(pool.root / "shards" / "shard-1").cell("say", "good").partial
    assert Ledger(pool.root / "shards" / "shard-2").cell("say", "broken").partial
    last = watcher.seen[-1]
    assert (last[1].what, last[1].done, last[1].total) == ("shard 1", 4, 4)
    assert last[1].dollars > 0


def test_local_gives_each_process_its_part_of_the_cores(
    pool_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once on four cores get two threads each; what a person set stands."""
    started: list[dict[str, str]] = []

    class Done:
        def __init__(self, command: list[str], *, env: dict[str, str], **_: object) -> None:
            started.append({"shard": command[command.index("--shard") + 1], **env})

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(local, "cores", lambda: 4)
    monkeypatch.setattr(local.subprocess, "Popen", Done)
    monkeypatch.setattr(local, "_LOOK_SECONDS", 0)
    for name in ("OMP_NUM_THREADS", "COMMONS_THREADS"):
        monkeypatch.delenv(name, raising=False)
    pool = write_pool(pool_folder, [], endpoint_entry("http://127.0.0.1:1/v1"))
    plan = fake_plan(3)
    execute("local", order_of(pool, plan, jobs=2), Noting())
    execute("local", order_of(pool, plan, jobs=2, OMP_NUM_THREADS="3"), Noting())

    assert [one["shard"] for one in started[:3]] == ["1", "2", "3"]
    assert {(one["OMP_NUM_THREADS"], one["COMMONS_THREADS"]) for one in started[:3]} == {("2", "2")}
    assert {one["OMP_NUM_THREADS"] for one in started[3:]} == {"3"}


def fake_plan(shards: int, model: str = "fake-endpoint") -> Plan:
    """A plan of as many shards, of one cell each."""
    cells = tuple(PlannedCell(f"task-{number}", model, Reason.NEW, 10, 0, 0, 60.0, 0.0) for number in range(shards))
    return Plan(
        protocol_hash="0" * 64, commit="a" * 40, tasks={cell.task: "1" * 64 for cell in cells},
        models={model: "2" * 64}, cells=cells,
        shards=tuple(Shard(number, (number - 1,), 1, 600.0, 0.0) for number in range(1, shards + 1)),
    )


def test_local_starts_no_more_at_once_than_memory_holds(pool_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of their own take memory by their parameters; one shard always runs, however little there is."""
    at_once: list[int] = []
    alive: set[int] = set()

    class Slow:
        def __init__(self, *_: object, **__: object) -> None:
            self.looks = 0
            alive.add(id(self))
            at_once.append(len(alive))

        def poll(self) -> int | None:
            self.looks += 1
            if self.looks < 3:
                return None
            alive.discard(id(self))
            return 0

    monkeypatch.setattr(local, "cores", lambda: 8)
    monkeypatch.setattr(local.subprocess, "Popen", Slow)
    monkeypatch.setattr(local, "_LOOK_SECONDS", 0)
    pool = write_pool(pool_folder, [])
    order = order_of(pool, fake_plan(5, "smollm2-135m-instruct"))
    needed = local.needs(order, order.plan.shards[0])
    most = {}
    for gigabytes in (needed * 2.5 / 1e9, needed / 4e9, 1000.0):
        at_once.clear()
        execute("local", order_of(pool, order.plan, settings={"memory-gb": str(gigabytes)}), Noting())
        most[gigabytes] = max(at_once)

    assert 1e9 < needed < 3e9
    assert list(most.values()) == [2, 1, 5]


def test_actions_writes_a_matrix_whose_commands_run_one_shard_each(pool_folder: Path) -> None:
    """A job for each shard, with its time limit; more than a matrix may have is said."""
    pool = write_pool(pool_folder, [])
    plan = fake_plan(2)

    execute("actions", order_of(pool, plan, settings={"file": str(pool_folder / "m.json")}, output=None), Noting())
    jobs = json.loads((pool_folder / "m.json").read_text())["include"]

    assert [job["command"] for job in jobs] == [
        f"commons run --plan plan.json --shard {number} --output shards" + (" --trust" if fault() else "")
        for number in (1, 2)
    ]
    assert (jobs[0]["artifact"], jobs[0]["models"], jobs[0]["timeout_minutes"]) == ("shard-1", "fake-endpoint", 45)
    with pytest.raises(CannotRun, match="at most 256 jobs"):
        execute("actions", order_of(pool, fake_plan(MOST_JOBS + 1)), Noting())


def test_submitit_runs_shards_in_its_local_mode(two_shards: tuple[Repository, Plan, FakeEndpoint]) -> None:
    """Real jobs of submitit on this machine: one whole, one that failed, with its cause and its progress."""
    pytest.importorskip("submitit")
    pool, plan, _ = two_shards
    watcher = Noting()

    ends = execute("submitit", order_of(pool, plan, settings={"cluster": "local"}), watcher)

    check_jobs(pool, ends, watcher)


def check_jobs(pool: Repository, ends: object, watcher: Noting) -> None:
    """One shard is done, the other failed, and both left their folders."""
    assert [(end.number, end.ok) for end in ends] == [(1, True), (2, False)]
    assert "exit code 1" in ends[1].note
    assert "2 jobs submitted" in watcher.said[0]
    assert not Ledger(pool.root / "shards" / "shard-1").cell("say", "good").partial
    assert watcher.seen[-1][1].total == 4


SLURM = """\
ClusterName=trial
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
SlurmctldPort={first}
SlurmdPort={second}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/control.pid
SlurmdPidFile={folder}/node.pid
SlurmctldLogFile={folder}/control.log
SlurmdLogFile={folder}/node.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/linear
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Slurm cluster of one node, this machine, for as long as the test: as whoever runs the tests, without a key."""
    import getpass
    import platform
    import socket

    for name in ("slurmctld", "slurmd", "sbatch", "srun"):
        if shutil.which(name) is None:
            pytest.skip(f"Slurm's `{name}` is not installed (on Debian: slurm-wlm)")
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], other.getsockname()[1]
    folder = tmp_path / "slurm"
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    host = platform.node().partition(".")[0]
    (folder / "slurm.conf").write_text(SLURM.format(
        host=host, user=getpass.getuser(), first=ports[0], second=ports[1], folder=folder, cpus=os.cpu_count()))
    monkeypatch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
    with (folder / "out.txt").open("wb") as out:
        daemons = [subprocess.Popen(command, stdout=out, stderr=out)
                   for command in (["slurmctld", "-D"], ["slurmd", "-D", "-N", host])]
        try:
            for _ in range(100):
                ready = subprocess.run(["sinfo", "--noheader", "--format=%T"], capture_output=True, text=True,
                                       check=False)
                if ready.stdout.strip() == "idle":
                    break
                time.sleep(0.2)
            else:
                pytest.skip("Slurm does not start here: " + (folder / "out.txt").read_text()[-300:])
            yield
        finally:
            for daemon in daemons:
                daemon.terminate()
            for daemon in daemons:
                daemon.wait()


@pytest.mark.usefixtures("slurm")
def test_submitit_runs_shards_on_a_slurm_cluster(two_shards: tuple[Repository, Plan, FakeEndpoint]) -> None:
    """Real Slurm jobs; each has a store of its own, filled with what was known, so that no answer is asked twice."""
    pytest.importorskip("submitit")
    pool, plan, server = two_shards
    watcher = Noting()
    execute("local", order_of(pool, plan, output="first"), Noting())
    asked = len([one for one in server.asked if "/broken/" not in one.path])

    ends = execute("submitit", order_of(pool, plan, settings={"minutes": "5", "cpus": "1"}), watcher)

    check_jobs(pool, ends, watcher)
    assert len([one for one in server.asked if "/broken/" not in one.path]) == asked == 4
    assert (pool.work / "shards" / "shard-1.sqlite").is_file()


@pytest.mark.usefixtures("slurm")
def test_a_slurm_job_that_was_cancelled_is_a_failed_shard(
    two_shards: tuple[Repository, Plan, FakeEndpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that is gone from the queue without a result is not waited for without end."""
    pytest.importorskip("submitit")
    from commons.evaluate.executors import slurm as module

    pool, plan, _ = two_shards
    monkeypatch.setattr(module, "_LOOKS_AT_QUEUE", 1)

    class Cancelling(Noting):
        def say(self, text: str) -> None:
            super().say(text)
            if "submitted" in text:
                subprocess.run(["scancel", "--me"], check=True)

    ends = execute("submitit", order_of(pool, plan, settings={"minutes": "5", "cpus": "1"}), Cancelling())

    assert [end.ok for end in ends] == [False, False]


def test_ctrl_c_leaves_submitted_jobs_running(two_shards: tuple[Repository, Plan, FakeEndpoint]) -> None:
    """The waiting ends, with the command that goes on; the jobs finish what they began."""
    pytest.importorskip("submitit")
    pool, plan, _ = two_shards
    plan_file(pool, plan)
    command = [sys.executable, "-m", "commons", "run", "--plan", "plan.json", "--executor", "submitit", "--set",
               "cluster=local", "--output", "shards", *(["--trust"] if fault() else [])]
    with subprocess.Popen(command, cwd=pool.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, start_new_session=True) as waiting:
        for line in waiting.stderr:
            if "jobs submitted" in line:
                break
        os.killpg(waiting.pid, signal.SIGINT)
        said = waiting.stderr.read()
    assert "commons collect --plan" in said
    assert waiting.returncode == 130
    for _ in range(600):
        if (pool.root / "shards" / "shard-1" / "report.json").is_file():
            break
        time.sleep(0.1)
    assert not Ledger(pool.root / "shards" / "shard-1").cell("say", "good").partial


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, object]]]:
    """A Hub that exists in this process only: what was asked of it, as method, path and body."""
    import huggingface_hub
    from huggingface_hub.utils import _http

    library = getattr(_http, "httpx2", None) or _http.httpx
    asked: list[tuple[str, str, object]] = []
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
            return library.Response(200, json=job(str(number), "RUNNING"))
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
    pool_folder: Path, hub: list[tuple[str, str, object]]
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
    assert [path.name for path in (pool_folder / "shards").glob("runs/*/shard-1/*")] == ["report.json"]
    assert any("commons collect --plan" in line and "d" * 12 in line for line in watcher.said)


def test_hf_jobs_without_a_token_a_key_or_a_commit_start_nothing(
    pool_folder: Path, hub: list[tuple[str, str, object]]
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
