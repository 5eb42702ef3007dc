"""Runs the real workflow files with ``act`` in host mode, without a network, and reads what happened.

GitHub's own actions are replaced by small ones in ``actions/`` that copy files; one without a stand-in fails the run.
GitHub's API is the fake of ``tests.github``, reached through a Unix socket, because inside there is no way out.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commons.pool.cache import cache_folder

ACTIONS = Path(__file__).parent / "actions"
FORWARD = Path(__file__).parent / "forward.py"
PORT = 8123
#: A run that takes longer hangs.
SECONDS = 900
_USES = re.compile(r"uses: ([\w.-]+/([\w.-]+))@([0-9a-f]{40})")
#: What GitHub knows and act refuses (0.2.89), and what fits a machine with room for one model.
_OTHERWISE = (("  queue: max\n", ""), ("max-parallel: 20\n", "max-parallel: 1\n"))


@dataclass
class Job:
    """One job of a run: the result of each of its steps by name, and what it wrote."""

    steps: dict[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ran, and no step of it failed."""
        return bool(self.steps) and "failure" not in self.steps.values()


@dataclass
class Outcome:
    """What a run did: its jobs by name, annotations (level, properties, message) and summaries.

    ``text`` is what people read of it, ``raw`` all that act said.
    """

    code: int
    jobs: dict[str, Job]
    annotations: list[tuple[str, dict[str, str], str]]
    summaries: list[str]
    text: str
    raw: str

    def job(self, name: str) -> Job:
        """The job of this name; it must have run."""
        assert name in self.jobs, f"{name} did not run; these did: {', '.join(self.jobs)}\n{self.text[-3000:]}"
        return self.jobs[name]


@dataclass(frozen=True)
class Order:
    """What to run: a workflow file of ``clone``, the event that starts it, and what the repository is set to."""

    clone: Path
    workflow: str
    event: str
    payload: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    offline: bool = True


def available() -> str:
    """Why workflows cannot be run here; empty where they can."""
    if shutil.which("act", path=_path()) is None:
        return "act is not installed"
    done = subprocess.run([*_offline(), "true"], capture_output=True, text=True, check=False)
    return f"a network cannot be taken away here: {done.stderr.strip()}" if done.returncode else ""


def run(order: Order, scratch: Path, origin: Path, api: tuple[str, int] | None = None) -> Outcome:
    """Run it. Artifacts go to ``scratch/artifacts``, the deployed site to ``scratch/pages``."""
    _fit(order.clone)
    event = scratch / "event.json"
    event.write_text(json.dumps(order.payload), encoding="utf-8")
    shutil.rmtree(scratch / "artifacts", ignore_errors=True)
    (scratch / "artifacts").mkdir(parents=True)
    (scratch / "tmp").mkdir(exist_ok=True)
    sha = _git(order.clone, "rev-parse", "HEAD")
    environment = {
        "ACT_ORIGIN": str(origin), "ACT_ARTIFACTS": str(scratch / "artifacts"), "ACT_PAGES": str(scratch / "pages"),
        "ACT_SHA": sha, "ACT_PYTHON": sys.executable, "ACT_SCRATCH": str(scratch / "tmp"),
        "ACT_SHIM": str(ACTIONS.parent / "shim.py"),
        "GITHUB_API_URL": f"http://127.0.0.1:{PORT}", "OMP_NUM_THREADS": "2",
        "COMMONS_CACHE": str(cache_folder()), **order.environment,
    }
    command = [
        "act", order.event, "-C", str(order.clone), "-W", f".github/workflows/{order.workflow}", "-e", str(event),
        "--json", "--no-cache-server", "--no-skip-checkout", "--concurrent-jobs", "2", "--defaultbranch", "main",
        "-P", "ubuntu-24.04=-self-hosted", *_stand_ins(order.clone),
        *(part for key, value in environment.items() for part in ("--env", f"{key}={value}")),
        *(part for key, value in order.variables.items() for part in ("--var", f"{key}={value}")),
        *(part for key, value in order.secrets.items() for part in ("-s", f"{key}={value}")),
    ]
    with _door(api, scratch) as door:
        done = subprocess.run(
            [*_offline(), sys.executable, str(FORWARD), str(door), str(PORT), *command], cwd=scratch, text=True,
            capture_output=True, errors="replace", timeout=SECONDS, check=False,
            env={"PATH": _path(), "HOME": str(scratch), "XDG_CACHE_HOME": str(scratch / "cache"), "LANG": "C.UTF-8",
                 "TMPDIR": str(scratch / "tmp"), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
                 "HF_HUB_OFFLINE": "1"},
        )
    return _read(done.returncode, done.stdout, done.stderr)


def _read(code: int, output: str, errors: str) -> Outcome:
    jobs: dict[str, Job] = {}
    annotations: list[tuple[str, dict[str, str], str]] = []
    summaries: list[str] = []
    for line in output.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        name = str(entry.get("jobID", ""))
        if matrix := entry.get("matrix"):
            name = f"{name} {' '.join(str(value) for value in matrix.values())}"
        if not name:
            continue
        job = jobs.setdefault(name, Job())
        job.text += str(entry.get("msg", "")).rstrip("\n") + "\n"
        if "stepResult" in entry:
            job.steps[str(entry.get("step"))] = str(entry["stepResult"])
        if entry.get("command") in {"error", "warning", "notice"}:
            annotations.append((entry["command"], entry.get("kvPairs") or {}, str(entry.get("arg", entry.get("msg")))))
        if entry.get("command") == "summary":
            summaries.append(str(entry.get("content", "")))
    said = "\n".join(f"--- {name}: {job.steps}\n{job.text}" for name, job in jobs.items())
    return Outcome(code, jobs, annotations, summaries, said + errors, output + errors)


def _stand_ins(clone: Path) -> Iterator[str]:
    """A stand-in for every action that the workflow files name; act fails where one is missing."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((clone / ".github").rglob("*.yml")))
    for whole, name, pin in sorted(set(_USES.findall(text))):
        if (ACTIONS / name).is_dir():
            yield from ("--local-repository", f"{whole}@{pin}={ACTIONS / name}")


def _fit(clone: Path) -> None:
    """Write what act cannot read, or this machine not bear, otherwise in the clone's files, without a commit."""
    for path in (clone / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        for ours, here in _OTHERWISE:
            text = text.replace(ours, here)
        path.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def _door(api: tuple[str, int] | None, scratch: Path) -> Iterator[Path]:
    """A Unix socket that leads to the fake API at ``api``'s address, or nowhere."""
    place = scratch / "api.sock"
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        threading.Thread(target=_serve, args=(listener, api), daemon=True).start()
        yield place
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, api: tuple[str, int] | None) -> None:
    from tests.e2e.forward import join

    while True:
        try:
            inner, _ = listener.accept()
        except OSError:
            return
        if api is None:
            inner.close()
            continue
        join(inner, socket.create_connection(api))


def _offline() -> Sequence[str]:
    if os.geteuid() == 0:
        return ["unshare", "--net", "--"]
    return ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--"]


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True,
                          text=True).stdout.strip()
