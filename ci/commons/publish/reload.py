"""Showing changes at once: what the pool and the templates look like, and pages that load themselves again.

Only pages as they are served carry any of this; the built files never do.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

SCRIPT_PATH = "/__reload.js"
STREAM_PATH = "/__reload"
#: A stream on which nothing happens says so after so many seconds, and finds out whether anybody still listens.
_HEARTBEAT = 15.0
#: Between two looks passes this time, or ten times what a look takes, so that looking at a large pool costs little.
_INTERVAL = 0.5

_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')
#: A page in the background lets go of its stream, because a browser opens only six to one server.
SCRIPT = """\
"use strict";
let stream = null, first = null;
function listen() {
  if (stream) stream.close();
  stream = document.hidden ? null : new EventSource("/__reload");
  if (stream) stream.onmessage = (event) => {
    if (first === null) first = event.data;
    else if (event.data !== first) location.reload();
  };
}
document.addEventListener("visibilitychange", listen);
listen();
"""


class Version:
    """Which build is served: streams wait for the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # Another server on the same port has another beginning, so that pages of the one before load again.
        self._begun = secrets.token_hex(4)
        self._count = 0

    def next(self) -> None:
        """Say that another build stands there."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def events(self, heartbeat: float = _HEARTBEAT) -> Iterator[bytes]:
        """The events of one stream: the version at once, then each new one, and a comment where nothing happens."""
        said = -1
        while True:
            now = self._after(said, heartbeat)
            yield b": nothing new\n\n" if now == said else f"data: {self._begun}-{now}\n\n".encode()
            said = now

    def _after(self, said: int, heartbeat: float) -> int:
        """The count once it is another than ``said``, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != said, heartbeat)
            return self._count


def with_reload(page: bytes) -> bytes:
    """A page as it is served: with the script, and a policy that lets it run and listen."""
    text = page.decode("utf-8", "replace")
    text = _POLICY.sub(lambda found: found[1] + _allowing(found[2]) + found[3], text, count=1)
    before, end, after = text.rpartition("</body>")
    script = f'<script src="{SCRIPT_PATH}"></script>'
    return (f"{before}{script}\n{end}{after}" if end else f"{after}{script}").encode("utf-8")


def _allowing(policy: str) -> str:
    parts = [part.strip() for part in policy.split(";") if part.strip()]
    for name in ("script-src", "connect-src"):
        known = next((number for number, part in enumerate(parts) if part.split()[0] == name), None)
        if known is None:
            parts.append(f"{name} 'self'")
        elif "'self'" not in parts[known].split():
            parts[known] = f"{name} 'self'"
    return "; ".join(parts)


def looks_of(paths: Iterable[Path]) -> str:
    """A digest of the names, sizes and times of all files below ``paths``; no file is read."""
    told = hashlib.sha256()
    for path in paths:
        for name, size, changed in _looks(os.fspath(path)):
            told.update(f"{name}\0{size}\0{changed}\0".encode("utf-8", "surrogateescape"))
    return told.hexdigest()


def _looks(path: str) -> Iterator[tuple[str, int, int]]:
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except NotADirectoryError:
        stat = os.lstat(path)
        yield path, stat.st_size, stat.st_mtime_ns
        return
    except OSError:
        # It went away while it was looked at: the next look sees it, or sees that it is gone.
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _looks(entry.path)
            else:
                stat = entry.stat(follow_symlinks=False)
                yield entry.path, stat.st_size, stat.st_mtime_ns
        except OSError:
            continue


def watch(
    paths: Sequence[Path], built: str, changed: Callable[[], None], stop: threading.Event, interval: float = _INTERVAL
) -> None:
    """Call ``changed`` after each change below ``paths``, once it has come to rest, until ``stop`` is set.

    ``built`` is how they looked before what stands was built. What changes while ``changed`` runs is seen afterwards.
    """
    latest, wait = built, interval
    while not stop.wait(wait):
        before = time.monotonic()
        now = looks_of(paths)
        wait = max(interval, 10 * (time.monotonic() - before))
        if now == latest and now != built:
            built = now
            changed()
        latest = now
