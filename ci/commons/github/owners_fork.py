"""Making a fork one's own: the upstream's results, owners, maintainers, name and addresses go; the program stays.

A number belongs to who ran it, and an owner to where they agreed to be asked, so neither travels. What is done is a
value first (:class:`Fork`), shown before anything is written; done twice it changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun, Where
from commons.github.owners import CODEOWNERS_FILE, MAINTAINERS_FILE, codeowners
from commons.pool.repository import Repository
from commons.pool.walk import entries_below, first_link
from commons.pool.whole import write_whole

UPSTREAM = "eval-commons/eval-commons"
UPSTREAM_NAME = "Eval Commons"
#: Where the pool's name for people stands; documents of the program speak of the program and keep its name.
_NAMED = ("README.md", "site/templates/layout.html")
#: Where addresses of the upstream can stand.
_ADDRESSED = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml", "models.yaml")
_ADDRESSED_FOLDERS = ("docs", "site/templates", ".github")
_ENDINGS = {".md", ".html", ".yml", ".yaml", ".toml", ".xml", ".json"}
_OWNERS = re.compile(r"^owners:[^\n]*(\n[ \t]+[^\n]*|\n-[^\n]*)*", re.MULTILINE)
_MAINTAINERS = (
    "# Those who look after the whole pool: GitHub handles or org/team, one a line, without @.\n"
    f"# `commons docs` makes {CODEOWNERS_FILE} from these lines and from the cards of the tasks.\n"
)
_MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Edit:
    """A file that is written anew; ``before`` None where there was none."""

    path: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Fork:
    """All that becomes of a checkout; paths are relative to it."""

    gone: tuple[str, ...]
    edits: tuple[Edit, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """Whose the fork is: ``org/repo`` on GitHub, who looks after it, its name for people, and what came before."""

    repository: str
    owner: str
    name: str
    upstream: str = UPSTREAM
    upstream_name: str = UPSTREAM_NAME
    keep_tasks: bool = True


def plan_fork(pool: Repository, wish: Wish) -> Fork:
    """What is to be done.

    Raises:
        CannotRun: a link is in the way.
    """
    gone = sorted([*_below(pool.root, "results"), *(() if wish.keep_tasks else _below(pool.root, "tasks"))])
    texts: dict[str, tuple[str | None, str]] = {}

    def change(path: str, make: Edit) -> None:
        before = texts[path][0] if path in texts else make.before
        texts[path] = (before, make.after)

    for one in (*_cards(pool, wish), *_names(pool, wish)):
        change(one.path, one)
    for path in _addressed(pool.root):
        standing = texts[path][1] if path in texts else _read(pool.root / path)
        change(path, Edit(path, standing, readdressed(standing, wish)))
    maintainers = _MAINTAINERS + wish.owner + "\n"
    change(MAINTAINERS_FILE, Edit(MAINTAINERS_FILE, _read_or_none(pool.root / MAINTAINERS_FILE), maintainers))
    names = [folder.name for folder in pool.task_folders() if wish.keep_tasks and (folder / "card.yaml").is_file()]
    owners = codeowners(dict.fromkeys(names, (wish.owner,)), (wish.owner,))
    change(CODEOWNERS_FILE, Edit(CODEOWNERS_FILE, _read_or_none(pool.root / CODEOWNERS_FILE), owners))
    edits = tuple(Edit(path, before, after) for path, (before, after) in sorted(texts.items()) if before != after)
    for path in (*gone, *(one.path for one in edits)):
        if link := first_link((pool.root / path).parent, pool.root):
            raise CannotRun("This is a link; nothing is written or deleted through it.", where=Where(link),
                            mend="Delete the link.")
    return Fork(tuple(gone), edits, _left(pool.root, wish))


def make_fork(pool: Repository, fork: Fork) -> None:
    """Do it."""
    for one in fork.edits:
        write_whole(pool.root / one.path, one.after)
    for path in fork.gone:
        (pool.root / path).unlink(missing_ok=True)
    for folder in sorted({(pool.root / path).parent for path in fork.gone}, reverse=True):
        _remove_empty(folder, pool.root)


def readdressed(text: str, wish: Wish) -> str:
    """``text`` with the upstream's addresses on GitHub and Pages replaced by the fork's.

    >>> wish = Wish("ana/pool", "ana", "Pool", upstream="up/stream")
    >>> readdressed("https://github.com/up/stream/issues and https://up.github.io/stream/", wish)
    'https://github.com/ana/pool/issues and https://ana.github.io/pool/'
    """
    (old_owner, old_name), (owner, name) = wish.upstream.split("/"), wish.repository.split("/")
    end = r"(?=\.git\b|(?![\w.-]*[\w-]))"
    text = re.sub(rf"github\.com/{re.escape(wish.upstream)}{end}", f"github.com/{wish.repository}", text)
    pages = rf"{re.escape(old_owner)}\.github\.io/{re.escape(old_name)}{end}"
    return re.sub(pages, f"{owner.lower()}.github.io/{name}", text)


def with_owner(card: str, owner: str) -> str:
    r"""A card's text with another owner, and everything else as it stands.

    >>> with_owner("owners:\n  - ana\n  - bo\nlicence: MIT\n", "eve")
    'owners: [eve]\nlicence: MIT\n'
    """
    return _OWNERS.sub(f"owners: [{owner}]", card, count=1)


def _cards(pool: Repository, wish: Wish) -> Iterator[Edit]:
    for folder in pool.task_folders() if wish.keep_tasks else []:
        path = folder / "card.yaml"
        if path.is_file() and not path.is_symlink() and not folder.is_symlink():
            text = _read(path)
            yield Edit(_relative(pool.root, path), text, with_owner(text, wish.owner))


def _names(pool: Repository, wish: Wish) -> Iterator[Edit]:
    for name in _NAMED:
        path = pool.root / name
        if path.is_file():
            text = _read(path)
            yield Edit(name, text, text.replace(wish.upstream_name, wish.name))


def _addressed(root: Path) -> list[str]:
    found = [name for name in _ADDRESSED if (root / name).is_file()]
    for folder in _ADDRESSED_FOLDERS:
        found += [name for name in _below(root, folder) if Path(name).suffix in _ENDINGS]
    return sorted(found)


def _left(root: Path, wish: Wish) -> tuple[str, ...]:
    """Where the upstream's words still stand, for a person to look at."""
    notes = ["README.md: what it says of tasks and numbers is the upstream's"]
    if _below(root, "docs/screenshots"):
        notes.append("docs/screenshots: pictures of the upstream's site")
    if wish.keep_tasks:
        notes.append("tasks/: their texts and licences stay their authors'; only who answers for them here changed")
    return tuple(notes)


def _below(root: Path, folder: str) -> list[str]:
    """The files below a folder; a link counts as a file, is never followed, and goes itself."""
    if not (root / folder).is_dir() or (root / folder).is_symlink():
        return []
    entries = entries_below(root / folder, max_depth=64, max_files=_MOST_FILES)
    return [_relative(root, Path(entry.path)) for entry in entries if not entry.is_dir(follow_symlinks=False)]


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read_or_none(path: Path) -> str | None:
    return _read(path) if path.is_file() else None


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
