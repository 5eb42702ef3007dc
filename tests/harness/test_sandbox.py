"""The sandbox: hooks that try what contributed code must not be able to do, and machines that can have no sandbox."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from commons.errors import BadFile, BrokenResult, CannotRun
from commons.harness import sandbox
from commons.harness.sandbox import Confinement, check_reach, fault, probe
from commons.harness.session import WorkerSession, render_task
from commons.pool.task import Task, read_task
from tests.builders import GENERATE, choice_task, generate_task, write_task

pytestmark = pytest.mark.model

needs_sandbox = pytest.mark.skipif(fault() is not None, reason=f"no sandbox here: {fault()}")

ASK = GENERATE.replace('"{{q}}"', "!function hooks.ask")

#: Each attack by its name. What it returns stands in the report; what it raises stands there as the error's name.
ATTACKS = """
import ctypes, json, os, pathlib, socket, subprocess, sys, time
FOLDER, PORT, HOME, SECRET, MARK = {facts}
CHILDREN = []

def fork():
    for number in range(400):
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        CHILDREN.append(child)

def end_children():
    for child in CHILDREN:
        os.kill(child, 9)
        os.waitpid(child, 0)

def environments():
    found = [pathlib.Path(name, "environ").read_bytes().decode() for name in ("/proc/1", f"/proc/{{os.getppid()}}")]
    return "".join(found) + json.dumps(dict(os.environ))

def big_file():
    with open("/tmp/big", "wb") as file:
        for _ in range(200):
            file.write(bytes(2**20))

def fill_shared():
    try:
        with open("/dev/shm/big", "wb") as file:
            for _ in range(200):
                file.write(bytes(2**20))
    finally:
        os.unlink("/dev/shm/big")

def semaphore():
    import multiprocessing
    return multiprocessing.Semaphore(1).acquire()

def big_result():
    with open(sys.argv[-1], "r+b") as file:
        file.seek(200 * 2**20)
        file.write(b"x")

def swap_result():
    os.symlink("/etc/hostname", "/tmp/link")
    os.replace("/tmp/link", sys.argv[-1])

def leave_child():
    subprocess.Popen(["/usr/bin/sleep", MARK], start_new_session=True)

def chatter():
    print("job 1", flush=True)
    return sys.stdin.read()

TRIES = {{
    "loopback": lambda: socket.create_connection(("127.0.0.1", PORT), 2),
    "network": lambda: socket.create_connection(("1.1.1.1", 53), 2),
    "secret": lambda: open(SECRET).read(),
    "home": lambda: sorted(os.listdir(HOME)),
    "shadow": lambda: open("/etc/shadow").read(),
    "environments": environments,
    "processes": lambda: [name for name in os.listdir("/proc") if name.isdigit()],
    "tasks": lambda: os.listdir(os.path.dirname(FOLDER)),
    "write task": lambda: open(FOLDER + "/hooks.py", "a"),
    "write program": lambda: open(sys.modules["commons"].__file__, "a"),
    "write root": lambda: open("/big", "w"),
    "write devices": lambda: open("/dev/big", "w"),
    "write exchange": lambda: open("/exchange/big", "w"),
    "fill shared": fill_shared,
    "semaphore": semaphore,
    "write scratch": lambda: open("/tmp/small", "w").write("x"),
    "big file": big_file,
    "big result": big_result,
    "swap result": swap_result,
    "memory": lambda: len(bytearray(20 * 2**30)),
    "unshare": lambda: ctypes.CDLL(None).unshare(0x10000000),
    "privileges": lambda: [line for line in open("/proc/self/status") if line.startswith(("CapEff", "NoNewPrivs"))],
    "chatter": chatter,
    "leave child": leave_child,
    "fork": fork,
}}

def attempt(what):
    try:
        return repr(what())
    except BaseException as error:
        return type(error).__name__ + " " + str(getattr(error, "errno", ""))

REPORT = json.dumps({{name: attempt(what) for name, what in TRIES.items()}} | {{"forked": len(CHILDREN)}})
end_children()

def ask(doc):
    return REPORT
"""

MARK = "987.654321"


@dataclass(frozen=True)
class Attacked:
    """What the attacks reported, and what stood around them."""

    report: dict[str, str]
    task: Task
    connected: bool


def hooked(root: Path, code: str) -> Task:
    """A generation task whose prompt is made by ``code``."""
    return read_task(write_task(root, generate_task(settings=ASK, files={"hooks.py": code})))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    """One sandboxed render in which every attack was tried once."""
    root = tmp_path_factory.mktemp("attacked")
    write_task(root, choice_task())
    secret = root / "secret.txt"
    secret.write_text("the parent's")
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMONS_TEST_KEY", "sk-the-parents-key")
        folder = root / "tasks" / "say"
        facts = (str(folder), server.getsockname()[1], str(Path.home()), str(secret), MARK)
        task = hooked(root, ATTACKS.format(facts=facts))
        rendering = render_task(task)
        server.settimeout(0.1)
        try:
            server.accept()
            connected = True
        except TimeoutError:
            connected = False
    return Attacked(json.loads(rendering.requests[0].prompt_text), task, connected)


@needs_sandbox
@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("loopback", ["ConnectionRefusedError", "OSError 101"]), ("network", ["OSError 101"]),
        ("secret", ["FileNotFoundError"]), ("shadow", ["FileNotFoundError"]),
        ("write task", ["OSError 30", "PermissionError"]), ("write program", ["OSError 30", "PermissionError"]),
        ("write root", ["OSError 30"]), ("write devices", ["OSError 30"]), ("write exchange", ["OSError 30"]),
        ("fill shared", ["OSError 28"]),
        ("big file", ["OSError 27"]), ("big result", ["OSError 27"]), ("swap result", ["OSError", "PermissionError"]),
        ("memory", ["MemoryError"]), ("unshare", ["-1"]), ("fork", ["BlockingIOError 11"]), ("chatter", ["''"]),
    ],
)
def test_an_attack_fails(attacked: Attacked, name: str, answers: list[str]) -> None:
    """The kernel refuses it, with the error that this attack must meet."""
    assert attacked.report[name].startswith(tuple(answers)), attacked.report[name]


@needs_sandbox
def test_what_honest_code_needs_can_still_be_written(attacked: Attacked) -> None:
    """The scratch folder is there to be written, and processes can share a semaphore."""
    assert attacked.report["write scratch"] == "1"
    assert attacked.report["semaphore"] == "True"


@needs_sandbox
def test_nothing_of_the_parent_shows(attacked: Attacked) -> None:
    """No other task, no file of the home, no variable and no process of the caller is there to be seen."""
    home = Path.home()
    leading = {path.relative_to(home).parts[0] for path in sandbox.bound_paths(attacked.task.folder)
               if home in path.parents}

    assert attacked.report["tasks"] == "['say']"
    assert attacked.report["home"].startswith("FileNotFound") or attacked.report["home"] == repr(sorted(leading))
    assert "sk-the-parents-key" not in attacked.report["environments"]
    assert "HOME" in attacked.report["environments"]
    assert len(json.loads(attacked.report["processes"].replace("'", '"'))) <= 3
    assert "0000000000000000" in attacked.report["privileges"]
    assert "NoNewPrivs:\\t1" in attacked.report["privileges"]
    assert not attacked.connected


@needs_sandbox
def test_the_number_of_processes_is_limited(attacked: Attacked) -> None:
    """Forking ends below the limit, also where the caller is root."""
    assert 0 < int(attacked.report["forked"]) < sandbox.PROCESSES


@needs_sandbox
def test_a_process_left_behind_is_gone(attacked: Attacked) -> None:
    """A child in a session of its own ends with the sandbox, which it was started in."""
    assert attacked.report["leave child"] == "None"
    assert eventually(lambda: not running(MARK))


@needs_sandbox
def test_the_task_folder_is_as_it_was(attacked: Attacked) -> None:
    """No file was added to it."""
    assert {path.name for path in attacked.task.folder.iterdir()} == {
        "README.md", "card.yaml", "data", "hooks.py", "say.yaml"}


@needs_sandbox
def test_an_endless_loop_is_stopped_and_the_next_job_gets_a_fresh_worker(tmp_path: Path) -> None:
    """The limit names the step; what looped is gone; the session goes on."""
    code = (
        "import subprocess, time\nBEGUN = time.time()\ndef ask(doc):\n"
        "    subprocess.Popen(['/usr/bin/sleep', '876.54321'])\n    while True:\n        pass\n"
    )
    task = hooked(tmp_path, code)
    with WorkerSession(task, seconds=4) as session:
        for _ in range(2):
            with pytest.raises(BrokenResult, match="The render step of `say` took longer than 4 s"):
                session.render()

    assert eventually(lambda: not running("876.54321"))


@needs_sandbox
def test_an_endless_loop_is_named_by_file_and_line(tmp_path: Path) -> None:
    """The limit for rendering is its own, and the error stands at the innermost line of the task's own code."""
    loop = "def forever():\n    while True:\n        sum(range(1000))\n"
    task = hooked(tmp_path, f"{loop}forever()\ndef ask(doc):\n    return doc['q']\n")
    with (WorkerSession(task, seconds=60, render_seconds=8) as session,
          pytest.raises(BrokenResult, match="took longer than 8 s") as caught):
        session.render()

    where = caught.value.where
    assert where is not None
    assert (where.path, where.line in {2, 3}) == (task.folder / "hooks.py", True)


@needs_sandbox
def test_a_hook_that_floods_the_channel_is_stopped_at_once(tmp_path: Path) -> None:
    """What it writes where only the worker answers is read up to a limit, and not until the time is over."""
    code = (
        "import os\nfor number in range(3, 20):\n    try:\n"
        "        while 'pipe' in os.readlink(f'/proc/self/fd/{number}'):\n"
        "            os.write(number, b'job' * 20000)\n"
        "    except OSError:\n        pass\ndef ask(doc):\n    return doc['q']\n"
    )
    with pytest.raises(BrokenResult, match="wrote to the channel"):
        render_task(hooked(tmp_path, code))


@needs_sandbox
def test_a_result_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """An honest task that is too large hears how large it is, and what to do."""
    task = hooked(tmp_path, "def ask(doc):\n    return doc['q'] + 'x' * 30_000_000\n")

    with pytest.raises(BadFile, match=r"takes 240 MB, and at most 48 MB are read.*fewer items"):
        render_task(task)


@needs_sandbox
@pytest.mark.parametrize("target", ["/nowhere/bwrap", "/etc/hostname"])
def test_a_sandbox_that_is_gone_after_it_was_tried_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """Nothing runs, nothing is left behind, and the sentence names the program."""
    probe()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("commons.harness.process.confined", lambda *_: [target])

    with pytest.raises(CannotRun, match=rf"cannot be started.*{target}"):
        render_task(hooked(tmp_path, "def ask(doc):\n    return doc['q']\n"))

    assert list((tmp_path / "scratch").iterdir()) == []


@needs_sandbox
@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("os._exit(7)", "died with exit code 7"),
        ("[signal(n) for n in range(3, 20)]", "ended without a result"),
        ("forge('{\"result\": {\"task\": 1}}')", "does not fit the format"),
        ("forge('[' * 100000)", "does not fit the format"),
        ("forge('{\"result\": ' + RENDERING + '}')", "another task's"),
    ],
)
def test_a_forged_or_missing_result_is_refused(tmp_path: Path, deed: str, words: str) -> None:
    """A hook that leaves, says early that it is done, or writes the result itself is found out, with a sentence."""
    other = render_task(read_task(write_task(tmp_path / "other", choice_task()))).model_dump_json() \
        if "RENDERING" in deed else "{}"
    code = (
        f"import contextlib, os, sys\nRENDERING = {other!r}\n"
        "def signal(channel):\n    with contextlib.suppress(OSError):\n        os.write(channel, b'job 1\\n')\n"
        "    if channel == 19:\n        import time\n        time.sleep(60)\n"
        "def forge(text):\n    open(sys.argv[-1], 'w').write(text)\n    [signal(n) for n in range(3, 20)]\n"
        f"def ask(doc):\n    {deed}\n"
    )
    with pytest.raises(BrokenResult, match=words):
        render_task(hooked(tmp_path, code))


@needs_sandbox
def test_an_error_in_a_hook_is_reported_at_its_place_in_the_real_folder(tmp_path: Path) -> None:
    """The sandbox shows the folder at its own path, so the error's file and line are those of the author's file."""
    with pytest.raises(Exception, match="no such thing") as caught:
        render_task(hooked(tmp_path, "def ask(doc):\n    raise KeyError('no such thing')\n"))

    where = caught.value.problems[0].where  # type: ignore[attr-defined]
    assert (where.path, where.line) == (tmp_path / "tasks" / "say" / "hooks.py", 2)


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine on which bubblewrap is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    fault.cache_clear()
    yield
    fault.cache_clear()


@needs_sandbox
@pytest.mark.usefixtures("no_bubblewrap")
def test_without_a_sandbox_nothing_runs_unless_it_is_trusted(tmp_path: Path) -> None:
    """The refusal names the package to install; the hook left no trace; with trust it leaves one."""
    trace = tmp_path / "trace"
    task = hooked(tmp_path, f"open({str(trace)!r}, 'w')\ndef ask(doc):\n    return doc['q']\n")

    with pytest.raises(CannotRun, match="apt-get install bubblewrap"):
        render_task(task)

    assert not trace.exists()
    render_task(task, Confinement.TRUST)
    assert trace.exists()


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("bwrap: Unknown option --disable-userns", "0.8 or newer"),
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns"),
        ("bwrap: No permissions to create a new namespace, likely because", "apparmor_restrict_unprivileged_userns"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("bwrap: something new\x1b[31m", "something new"),
    ],
)
def test_the_reason_why_there_is_no_sandbox_comes_with_a_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, printed: str, words: str
) -> None:
    """What bubblewrap prints becomes a cause and what to do about it; every way ends in --trust or another machine."""
    failing = tmp_path / "bwrap"
    failing.write_text(f"#!/bin/sh\necho {shlex.quote(printed)} >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    fault.cache_clear()
    try:
        with pytest.raises(CannotRun, match=words) as caught:
            probe()
    finally:
        fault.cache_clear()
    assert "--trust" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_elsewhere_than_on_linux_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """MacOS and Windows are told of --trust and of containers."""
    monkeypatch.setattr("sys.platform", "darwin")

    with pytest.raises(CannotRun, match=r"needs Linux.*--trust"):
        sandbox.find_tools()


@needs_sandbox
def test_a_sandbox_that_leaks_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe tries what must fail: a sandbox that is none is refused, with what it let through."""
    monkeypatch.setattr(sandbox, "confined", lambda _, command, *rest: [*command[:-1], str(rest[2])])
    fault.cache_clear()
    try:
        with pytest.raises(CannotRun, match="reach the network and read beside the task and write into the task"):
            probe()
    finally:
        fault.cache_clear()


def test_items_on_the_hub_are_out_of_reach(tmp_path: Path) -> None:
    """A task without data files is refused before anything starts, and told where to put them."""
    folder = write_task(tmp_path, choice_task())
    config = folder / "pick.yaml"
    text = config.read_text().replace("dataset_path: json", "dataset_path: someone/words")
    config.write_text("\n".join(line for line in text.split("\n") if "data_files" not in line and
                                "dataset_kwargs" not in line))

    with pytest.raises(CannotRun, match=r"on the Hub.*into the task's folder"):
        check_reach(read_task(folder))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root's sandbox belongs to another user")
def test_files_that_nobody_may_read_are_named(tmp_path: Path) -> None:
    """Root's sandbox belongs to nobody; a file that only root may read is named with the command that mends it."""
    task = read_task(write_task(tmp_path, choice_task()))
    check_reach(task)
    (task.folder / "data" / "test.jsonl").chmod(0o600)

    with pytest.raises(CannotRun, match=r"test\.jsonl.*chmod -R"):
        check_reach(task)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only for root's sandbox files are looked at")
def test_folders_nested_without_end_are_refused(tmp_path: Path) -> None:
    """A folder in a folder in a folder ends in a sentence with its place, and not in a traceback."""
    task = read_task(write_task(tmp_path, choice_task()))
    task.folder.joinpath(*["d"] * 40).mkdir(parents=True)

    with pytest.raises(BadFile, match="deep in each other"):
        check_reach(task)


def running(mark: str) -> bool:
    """Whether any process of this machine has ``mark`` among its arguments."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in path.read_bytes().decode(errors="replace").split("\0"):
                return True
        except OSError:
            continue
    return False


def eventually(what: Callable[[], bool]) -> bool:
    """Whether ``what`` comes true within five seconds."""
    for _ in range(100):
        if what():
            return True
        time.sleep(0.05)
    return False


@needs_sandbox
def test_nothing_outlives_a_killed_caller(tmp_path: Path) -> None:
    """Where the program itself is killed with SIGKILL, a hook without end ends with it."""
    code = "def ask(doc):\n    while True:\n        pass\n"
    folder = hooked(tmp_path, code).folder
    program = (
        "import sys\nfrom pathlib import Path\nfrom commons.harness.session import render_task\n"
        "from commons.pool.task import read_task\nrender_task(read_task(Path(sys.argv[1])))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", program, str(folder)])
    _until(lambda: len(_processes_of(folder)) > 1)

    caller.kill()
    caller.wait()

    _until(lambda: not _processes_of(folder))


def _processes_of(folder: Path) -> list[str]:
    """The processes whose command line names a task folder: the caller, and the sandboxes around its worker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = path.read_bytes()
            if str(folder).encode() in line:
                found.append(line.decode(errors="replace"))
    return found


def _until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
