"""The executor `submitit`: shards as Slurm jobs, of a cluster and of submitit's local mode."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.evaluate.executors.base import execute
from commons.harness.sandbox import fault
from commons.plan.plan import Plan
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.cli.running import environment
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate.executing import Noting, order_of
from tests.evaluate.planning import plan_file

pytestmark = pytest.mark.model


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
