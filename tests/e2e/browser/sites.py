"""The sites that the browser looks at, and which pages of them stand for all others of their type."""

from __future__ import annotations

import re
from pathlib import Path

from commons.pool.repository import Repository
from commons.publish.build import build
from tests.builders import REPOSITORY_ROOT
from tests.publish.conftest import every_state

#: What the pages of a folder show. Pages at the top are called as their files.
FOLDERS = {
    "t": "task", "m": "model", "r": "cell", "i": "items", "c": "pair", "s": "suite", "d": "domain", "l": "language",
    "rules": "rule", "gates": "gate", "method": "formula",
}
_TOP = {"index": "home", "404": "missing"}
_NUMBERED = re.compile(r"(\w+)-\d+")


def build_real(out: Path) -> None:
    """The site of this pool."""
    build(Repository(REPOSITORY_ROOT), out)


def build_states(root: Path, out: Path) -> None:
    """The site of a made-up pool with a cell in every state and texts that nobody should trust."""
    build(every_state(root).repository, out)


def type_of(path: str) -> str:
    """The name of a page's type, in words: pages of a folder are of one type, and so are numbered ones."""
    folder, _, name = path.removesuffix(".html").partition("/")
    if name:
        return FOLDERS.get(folder, folder)
    numbered = _NUMBERED.fullmatch(folder)
    return f"{numbered[1]}-sheet" if numbered else _TOP.get(folder, folder)


def types_of(site: Path) -> dict[str, str]:
    """One page for each type, the largest, by the type's name."""
    found: dict[str, Path] = {}
    for path in sorted(site.rglob("*.html")):
        name = type_of(path.relative_to(site).as_posix())
        if name not in found or path.stat().st_size > found[name].stat().st_size:
            found[name] = path
    return {name: path.relative_to(site).as_posix() for name, path in sorted(found.items())}
