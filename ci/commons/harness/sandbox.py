"""The sandbox that contributed code runs in: bubblewrap, with nothing of the machine but Python and the one task.

It fails closed: where the sandbox cannot be had, :func:`probe` says why, and no contributed code runs unless its
caller asked for :attr:`Confinement.TRUST` (``docs/decisions/0011-sandbox.md``).
"""

from __future__ import annotations

import enum
import functools
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import commons
from commons.errors import CannotRun, Where
from commons.lint.findings import plain
from commons.pool.task import Task
from commons.pool.walk import entries_below

#: The limits of a sandboxed worker. The harness with its libraries maps 1.7 GB of addresses and holds 0.2 GB.
ADDRESS_BYTES = 8 * 2**30
FILE_BYTES = 128 * 2**20
SCRATCH_BYTES = 512 * 2**20
#: Semaphores and queues between processes need some; all else that can be written has limits of its own.
SHARED_BYTES = 64 * 2**20
PROCESSES = 64
OPEN_FILES = 256

#: Where a sandboxed worker finds its job, leaves its result, and may write.
JOB, RESULT, SCRATCH = Path("/exchange/job.json"), Path("/exchange/result.json"), Path("/tmp")  # noqa: S108
SHARED = Path("/dev/shm")  # noqa: S108

#: What helps wherever the sandbox cannot be had.
TRUST_MEND = "Tasks of your own can be run without one: --trust. For those of others use a Linux machine or container."

_NOBODY = 65534


class Confinement(enum.Enum):
    """How contributed code is held: in the sandbox, or not at all because the caller trusts it."""

    SANDBOX = "sandbox"
    TRUST = "trust"


@dataclass(frozen=True)
class Tools:
    """The programs that a sandbox is made of."""

    bwrap: str
    prlimit: str
    setpriv: str


def find_tools() -> Tools:
    """Find the programs of the sandbox.

    Raises:
        CannotRun: this is no Linux, or one of them is missing.
    """
    if not sys.platform.startswith("linux"):
        raise CannotRun("Contributed code runs only in a sandbox, which needs Linux.", mend=TRUST_MEND)
    found = {name: shutil.which(name) for name in ("bwrap", "prlimit", "setpriv")}
    package = {"bwrap": "bubblewrap", "prlimit": "util-linux", "setpriv": "util-linux"}
    for name, path in found.items():
        if path is None:
            raise CannotRun(f"Contributed code runs only in a sandbox, and its program `{name}` is not installed.",
                            mend=f"On Debian or Ubuntu: sudo apt-get install {package[name]}. {TRUST_MEND}")
    return Tools(*(str(path) for path in found.values()))


def confined(tools: Tools, command: Sequence[str], folder: Path, job: Path, result: Path, seconds: int) -> list[str]:
    """``command`` in the sandbox, where it sees the task ``folder`` and ``job``, and may write ``result``.

    ``folder`` keeps its absolute path, so that places in error messages are places in the real folder. Its README
    cannot be opened inside: no key says what it holds, so no hook may grade by it. ``result`` is
    bound as one file and not as a folder: the code inside can neither put a link in its place nor fill the disk. What
    bubblewrap makes to mount things in is memory of the machine without a limit, so it is closed when all is in place.

    As root, an outer bubblewrap first builds the same view, in which the user ``nobody`` can reach a Python that lies
    in root's own home; the sandbox proper then belongs to nobody, because limits on processes do not bind root.
    """
    binds = [*_binds([*_needed_paths(), folder]), *_without_prose(folder), *_passable(JOB),
             "--ro-bind", str(job), str(JOB)]
    limits = [
        tools.prlimit, f"--as={ADDRESS_BYTES}", f"--fsize={FILE_BYTES}", f"--nproc={PROCESSES}", f"--cpu={seconds}",
        f"--nofile={OPEN_FILES}", "--core=0", "--",
    ]
    inner = [
        tools.bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
        "--cap-drop", "ALL", "--uid", str(_NOBODY), "--gid", str(_NOBODY), "--hostname", "sandbox",
        "--proc", "/proc", "--dev", "/dev", "--size", str(SHARED_BYTES), "--tmpfs", str(SHARED),
        "--size", str(SCRATCH_BYTES), "--tmpfs", str(SCRATCH), *binds, "--bind", str(result), str(RESULT),
        "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(SCRATCH), *limits, *command,
    ]
    if os.geteuid() != 0:
        return inner
    os.chown(result, _NOBODY, _NOBODY)
    inner = [str(JOB) if part == str(job) else str(RESULT) if part == str(result) else part for part in inner]
    tool_binds = _binds(Path(tool) for tool in (tools.bwrap, tools.prlimit, tools.setpriv))
    return [
        # Linux lets the inner one mount /proc only where it sees the whole of the outer one's.
        tools.bwrap, "--unshare-net", "--unshare-ipc", "--unshare-pid", "--die-with-parent",
        "--dev-bind", "/proc", "/proc", "--dev", "/dev", "--tmpfs", str(SCRATCH), *tool_binds, *binds,
        "--bind", str(result), str(RESULT),
        tools.setpriv, f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all", "--no-new-privs", "--", *inner,
    ]


def _without_prose(folder: Path) -> list[str]:
    """Put something that cannot be opened in the place of the folder's README."""
    prose = folder / "README.md"
    return ["--ro-bind", os.devnull, str(prose)] if prose.is_file() and not prose.is_symlink() else []


def bound_paths(folder: Path) -> list[Path]:
    """Everything of the machine that the sandbox of a task in ``folder`` shows."""
    return [*_needed_paths(), folder]


def _needed_paths() -> list[Path]:
    """What Python and the harness need: the system's programs and libraries, this Python, and this program."""
    python = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    package = Path(commons.__file__).parent
    named = [Path("/usr"), Path("/etc/ld.so.cache"), *map(Path, python), package, *_links(Path(sys.executable))]
    system = [path for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32") if (path := Path("/", name)).exists()]
    kept: list[Path] = []
    for path in [*system, *(one for name in named for one in (name, name.resolve()))]:
        if path.exists() and path != Path("/") and not any(path == one or one in path.parents for one in kept):
            kept.append(path)
    return kept


def _links(executable: Path) -> list[Path]:
    """The executable and every link on the way to the real file, of which Linux follows at most 40."""
    steps = [executable]
    while steps[-1].is_symlink() and len(steps) < 40:
        steps.append(steps[-1].parent / steps[-1].readlink())
    return steps


def _binds(paths: Iterable[Path]) -> list[str]:
    """Bind ``paths`` read-only at their own places, below folders that everyone may pass."""
    arguments: list[str] = []
    for path in paths:
        arguments += _passable(path)
        if path.is_symlink() and path.parent == Path("/"):
            arguments += ["--symlink", str(path.readlink()), str(path)]
        else:
            arguments += ["--ro-bind", str(path), str(path)]
    return arguments


def _passable(path: Path) -> list[str]:
    """Make the folders above ``path`` such that everyone may pass them; bubblewrap would make them root's alone."""
    return [part for parent in reversed(path.parents[:-1]) for part in ("--perms", "0755", "--dir", str(parent))]


@functools.cache
def fault() -> CannotRun | None:
    """Why there is no sandbox here, found out by trying once; None where there is one."""
    try:
        _try_out(find_tools())
    except CannotRun as error:
        return error
    return None


def probe() -> None:
    """Make sure that there is a sandbox here, by trying what it must prevent.

    Raises:
        CannotRun: there is none, with the reason and what to do about it.
    """
    found = fault()
    if found is not None:
        raise CannotRun(found.sentence, mend=found.mend)


def check_reach(task: Task) -> None:
    """Make sure that a sandboxed worker can read what ``task`` is made of.

    Raises:
        CannotRun: its data lies on the Hub, or the user that root's sandbox belongs to may not read its files.
        BadFile: its folder is deeper or fuller than any task needs.
    """
    if not task.config.files_by_split:
        raise CannotRun(f"The items of `{task.name}` are on the Hub, which the sandbox cannot reach.",
                        where=Where(task.config_document.path),
                        mend="Put the data files into the task's folder, or use --trust for a task of your own.")
    if os.geteuid() != 0:
        return
    below = (Path(entry.path) for entry in entries_below(task.folder))
    for path in itertools.chain([task.folder], below):
        needed = 0o005 if path.is_dir() else 0o004
        if not path.is_symlink() and path.stat().st_mode & needed != needed:
            raise CannotRun("Root's sandbox belongs to the user nobody, who may not read this.", where=Where(path),
                            mend=f"Let everyone read the task: chmod -R a+rX {task.folder}")


_TRIAL = """
import ctypes, json, os, socket, sys
port, secret, folder, home, shared, result = sys.argv[1:]
def works(what):
    try:
        what()
    except OSError:
        return False
    return True
json.dump({
    "reach the network": works(lambda: socket.create_connection(("127.0.0.1", int(port)), 2)),
    "read beside the task": works(lambda: open(secret)),
    "write into the task": works(lambda: open(os.path.join(folder, "written"), "w")),
    "write beside the scratch folder": any(os.access(path, os.W_OK) for path in ("/", "/dev", os.path.dirname(result))),
    "fill the machine's memory": os.statvfs("/dev/shm").f_blocks * os.statvfs("/dev/shm").f_frsize > int(shared),
    "make a user namespace": ctypes.CDLL(None).unshare(0x10000000) == 0,
    "home": os.listdir(home) if os.path.isdir(home) else [],
}, open(result, "w"))
"""


def _try_out(tools: Tools) -> None:
    """Run a harmless program in the sandbox that tries what must not be possible.

    Raises:
        CannotRun: the sandbox does not start, or holds less than it must.
    """
    home = Path.home()
    with tempfile.TemporaryDirectory(prefix="commons-probe-") as name, socket.create_server(("127.0.0.1", 0)) as server:
        base = Path(name).resolve()
        folder, secret, job, result = base / "task", base / "secret", base / "job.json", base / "result.json"
        folder.mkdir(0o755)
        for path in (folder / "items", secret, job, result):
            path.touch(0o644)
        port = str(server.getsockname()[1])
        program = [sys.executable, "-I", "-c", _TRIAL, port, str(secret), str(folder), str(home),
                   str(SHARED_BYTES), str(RESULT)]
        try:
            done = subprocess.run(
                confined(tools, program, folder, job, result, 60), env={"PATH": os.defpath}, cwd=base,
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=60, check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotRun(f"The sandbox does not start: {error}.", mend=TRUST_MEND) from error
        if done.returncode:
            raise _why(done.stderr)
        found = json.loads(result.read_text(encoding="utf-8"))
    # Of the home only the folders show that lead to Python, to this program and to the task.
    shown = {path.relative_to(home).parts[0] for path in bound_paths(folder) if home in path.parents}
    leaks = [what for what in found if what != "home" and found[what]]
    if home != Path("/") and not set(found["home"]) <= shown:
        leaks.append("read the home")
    if leaks:
        raise CannotRun(f"The sandbox does not hold here: a program in it could {' and '.join(leaks)}.",
                        mend=f"Please report this. {TRUST_MEND}")


#: What bubblewrap prints where it cannot start -> what that means, and what to do about it.
_CAUSES = {
    "Unknown option": ("bubblewrap is too old", "Install bubblewrap 0.8 or newer."),
    "Can't mount proc": (
        "this container hides a part of /proc",
        "Start the container with --security-opt systempaths=unconfined, or run outside of it.",
    ),
    "uid map|namespace|not permitted|loopback": (
        "this machine does not let users make namespaces",
        "On Ubuntu 24.04: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0. In Docker: --privileged.",
    ),
}


def _why(printed: str) -> CannotRun:
    last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
    for words, (cause, mend) in _CAUSES.items():
        if any(word in printed for word in words.split("|")):
            sentence = f"The sandbox does not start: {cause} ({plain(last)})."
            return CannotRun(sentence, mend=f"{mend} {TRUST_MEND}")
    return CannotRun(f"The sandbox does not start: {plain(last)}.", mend=TRUST_MEND)
