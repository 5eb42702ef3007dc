"""A process that has imported the command line once and forks for each command, so that hundreds of them stay quick.

Each command still is a process of its own, with its own folder, environment and output. It runs in a child of a
server that never ran a command itself, so nothing of one command is seen by the next.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


def run_forked(arguments: tuple[str, ...], cwd: Path, environment: dict[str, str]) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of ``commons`` with ``arguments``."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(_server())
            told = json.dumps({"arguments": arguments, "cwd": os.fspath(cwd), "environment": environment}).encode()
            socket.send_fds(asked, [len(told).to_bytes(4, "big")], [out.fileno(), err.fileno()])
            asked.sendall(told)
            answer = asked.recv(16)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8").replace("\r\n", "\n"))
    # A command that was killed says nothing.
    return int(answer) if answer else -signal.SIGKILL, texts[0], texts[1]


@cache
def _server() -> str:
    address = os.path.join(tempfile.mkdtemp(prefix="commons-fork-"), "s")  # noqa: PTH118  (an address, not a file)
    started = subprocess.Popen([sys.executable, "-m", "tests.cli.forking", address], cwd=_ROOT,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    atexit.register(started.kill)
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    return address


def _serve(address: str) -> None:
    import numpy  # noqa: F401  (what most verbs need, imported once)
    import pydantic
    import rich.table
    import scipy.stats  # noqa: F401
    import yaml

    import commons.cli.common  # noqa: F401

    assert pydantic
    assert rich
    assert yaml
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(64)
    # Children are nobody's to wait for; each says itself how it ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201
    while True:
        asked, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(asked)
        asked.close()


def _answer(asked: socket.socket) -> None:
    """Run one command and leave; nothing comes back from here."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, files, _, _ = socket.recv_fds(asked, 4, 2)
    told: dict[str, Any] = json.loads(_exactly(asked, int.from_bytes(length, "big")))
    for number, file in enumerate(files, start=1):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(told["environment"])
    os.chdir(told["cwd"])
    sys.argv = ["commons", *told["arguments"]]
    code = 70
    try:
        from commons.cli import main

        main(list(told["arguments"]))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001  (a traceback on standard error is what the caller looks for)
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads and exit handlers are the command's own, as at the end of any process.
    atexit._run_exitfuncs()
    asked.sendall(str(code).encode())
    os._exit(code)


def _exactly(asked: socket.socket, length: int) -> bytes:
    parts = b""
    while len(parts) < length:
        parts += asked.recv(length - len(parts))
    return parts


if __name__ == "__main__":
    _serve(sys.argv[1])
