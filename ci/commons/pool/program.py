"""What this program is made of, as digests: what is memoised is filed under the code that made it."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import commons
from commons.pool.hashing import folder_digest, sha256_json


@functools.cache
def code_digest(*rooms: str) -> str:
    """The digest of every file of these rooms of the program; Python's caches do not count."""
    package = Path(commons.__file__).parent
    return sha256_json({room: folder_digest(package / room) for room in rooms})


@functools.cache
def library_versions(*names: str) -> tuple[tuple[str, str], ...]:
    """The installed version of each library; ``none`` where there is none."""
    return tuple((name, _version(name)) for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
