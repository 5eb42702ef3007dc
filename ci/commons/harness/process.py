"""The process behind a session: an empty environment, a scratch home, a time limit, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import commons
from commons.errors import BrokenResult, CannotRun, Where
from commons.harness.jobs import WorkerJob
from commons.harness.results import MAX_RESULT_BYTES
from commons.harness.sandbox import JOB, RESULT, SCRATCH, TRUST_MEND, Confinement, confined, find_tools
from commons.lint.findings import plain
from commons.pool.task import Task

TIMEOUT_SECONDS = 900
_MEND = "Check the task's hooks, and this machine's memory."

#: How much of what a worker writes to its channel is read at once, and for one job; an honest one writes ten bytes.
_CHANNEL_PART = 4096
_CHANNEL_BYTES = 65_536

#: A line of what Python writes when it is told to say what it is running.
_FRAME = re.compile(r'^  File "(.+)", line (\d{1,7}) in ', re.MULTILINE)
_LOOKED_AT = 65_536


@dataclass
class _Running:
    """A started worker, its scratch folder, and the number of its last job."""

    process: subprocess.Popen[bytes]
    scratch: Path
    jobs: int = 0


class WorkerProcess:
    """The worker of one session. After a job that ended it, the next job starts it afresh."""

    def __init__(self, task: Task, confinement: Confinement, seconds: float) -> None:
        self._task = task
        self._confinement = confinement
        self._seconds = seconds
        self._running: _Running | None = None

    def start(self) -> _Running:
        """Start the worker, which loads the harness while its first job is prepared.

        Raises:
            CannotRun: a program that it needs is not there, or cannot be started.
        """
        scratch = Path(tempfile.mkdtemp(prefix="commons-worker-"))
        (scratch / "job.json").touch(0o644)
        (scratch / "result.json").touch(0o600)
        try:
            # What it prints goes to a file and not through a pipe, which a process left behind would hold open.
            with (scratch / "stderr.txt").open("wb") as stderr:
                process = subprocess.Popen(
                    self._command(scratch), cwd=scratch, env=self._environment(scratch), stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=stderr, start_new_session=True,
                )
        except (OSError, CannotRun) as error:
            shutil.rmtree(scratch, ignore_errors=True)
            if isinstance(error, CannotRun):
                raise
            raise CannotRun(f"The process for `{self._task.name}` cannot be started: {error.strerror or error} "
                            f"({error.filename}).",
                            mend=f"See what `commons doctor` says of the sandbox. {TRUST_MEND}") from error
        self._running = _Running(process, scratch)
        return self._running

    def do(self, job: WorkerJob, seconds: float | None = None) -> str:
        """Let the worker do ``job``, within ``seconds`` or the usual limit; the text of its result file.

        Raises:
            BrokenResult: it died, took too long, or left nothing that can be read.
        """
        running = self._running or self.start()
        text = None
        allowed = self._seconds if seconds is None else seconds
        job = job.model_copy(update={"until": time.monotonic() + allowed})
        try:
            (running.scratch / "job.json").write_text(job.model_dump_json(exclude_defaults=True), encoding="utf-8")
            _empty(running.scratch / "result.json")
            self._ask(running, job.step, allowed)
            text = self._result(running, job.step)
        finally:
            if text is None:
                self.end()
        return text

    def end(self) -> None:
        """End the worker and whatever it started, and remove its scratch folder."""
        if self._running is not None:
            _end_all(self._running.process)
            shutil.rmtree(self._running.scratch, ignore_errors=True)
            self._running = None

    def _ask(self, running: _Running, step: str, seconds: float) -> None:
        """Ask for the job in the job file and wait so long for the answer."""
        running.jobs += 1
        line = b"job %d\n" % running.jobs
        asked, answers = running.process.stdin, running.process.stdout
        if asked is None or answers is None:
            raise ValueError("a worker is started with pipes")
        try:
            os.write(asked.fileno(), line)
        except BrokenPipeError:
            raise self._death(running, step) from None
        said = b""
        heard = 0
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            while line not in said:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise BrokenResult(f"The {step} step of `{self._task.name}` took longer than {seconds:g} s and "
                                       "was stopped.", where=self._stuck_at(running),
                                       mend="Look for an endless loop in the task's hooks or templates.")
                part = os.read(answers.fileno(), _CHANNEL_PART)
                heard += len(part)
                if not part:
                    raise self._death(running, step)
                if heard > _CHANNEL_BYTES:
                    raise BrokenResult(f"The {step} step of `{self._task.name}` wrote to the channel on which only the "
                                       "harness process answers, and was stopped.",
                                       mend="Take out of the hooks what writes to open files it did not open.")
                said = said[-len(line) :] + part

    def _result(self, running: _Running, step: str) -> str:
        """The text of the result file.

        Raises:
            BrokenResult: there is none that can be read.
        """
        text = _text_of(running.scratch / "result.json")
        if text is not None:
            return text
        raise BrokenResult(f"The {step} step of `{self._task.name}` ended without a result that can be read.",
                           mend=_MEND)

    def _stuck_at(self, running: _Running) -> Where | None:
        """The innermost line of the task's own code that the worker noted before it was stopped, where it did."""
        folder = self._task.folder.resolve()
        noted = _end_of(running.scratch / "stderr.txt", _LOOKED_AT).rpartition("Timeout (")
        for path, line in _FRAME.findall(noted[2] if noted[1] else ""):
            if Path(path).is_relative_to(folder) and ".." not in Path(path).parts:
                return Where(self._task.folder / plain(str(Path(path).relative_to(folder))), int(line))
        return None

    def _death(self, running: _Running, step: str) -> BrokenResult:
        code, said = _last_words(running)
        return BrokenResult(f"The {step} step of `{self._task.name}` died with exit code {code}: {said}", mend=_MEND)

    def _command(self, scratch: Path) -> list[str]:
        python = [sys.executable, "-s", "-m", "commons.harness.worker"]
        job, result = scratch / "job.json", scratch / "result.json"
        if self._confinement is Confinement.TRUST:
            return [*python, str(job), str(result)]
        command = [*python, str(JOB), str(RESULT)]
        return confined(find_tools(), command, self._task.folder.resolve(), job, result, TIMEOUT_SECONDS)

    def _environment(self, scratch: Path) -> dict[str, str]:
        """What a worker may see: no key, no token, no home. Only a trusted task with data on the Hub is online."""
        home = str(scratch if self._confinement is Confinement.TRUST else SCRATCH)
        environment = {
            "PATH": os.defpath,
            "HOME": home,
            "TMPDIR": home,
            "LANG": "C.UTF-8",
            "HF_HOME": home,
            "TQDM_DISABLE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONSAFEPATH": "1",
            "PYTHONHASHSEED": "0",
            "DISABLE_MULTIPROC": "1",
        }
        if self._task.config.files_by_split:
            environment |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        program = Path(commons.__file__).resolve().parents[1]
        if "site-packages" not in program.parts:
            # The worker is this very program, also where Python has another one installed.
            environment["PYTHONPATH"] = str(program)
        for needed in ("SYSTEMROOT", "LD_LIBRARY_PATH"):
            if needed in os.environ:
                environment[needed] = os.environ[needed]
        return environment


def _empty(result_file: Path) -> None:
    """Forget the last result; the worker may have put anything in the file's place."""
    if result_file.is_symlink() or not result_file.is_file():
        return
    os.truncate(result_file, 0)


def _text_of(result_file: Path) -> str | None:
    """The text of a result file; None where it is no ordinary file, too large, or no text. No link is followed."""
    try:
        handle = os.open(result_file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = file.read(MAX_RESULT_BYTES + 1)
    try:
        return content.decode() if 0 < len(content) <= MAX_RESULT_BYTES else None
    except UnicodeDecodeError:
        return None


def _last_words(running: _Running) -> tuple[int, str]:
    """A dying worker's exit code and the last line it wrote."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(2)
    _end_all(running.process)
    lines = _end_of(running.scratch / "stderr.txt", 2000).strip().splitlines()
    return running.process.returncode, plain(lines[-1] if lines else "it printed nothing")


def _end_of(log: Path, most: int) -> str:
    """The last ``most`` bytes of what a worker printed."""
    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - most))
        return written.read(most).decode("utf-8", "replace")


def _end_all(worker: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started: they share a session, and in the sandbox a world of their own."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            pipe.close()
    worker.wait()
