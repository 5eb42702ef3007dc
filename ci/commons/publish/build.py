"""Building the site: one pool in, one folder out, the same bytes for the same pool, however much was built before."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from commons.errors import CannotRun, Where
from commons.pool.repository import Repository
from commons.pool.secret import refuse_committed_work
from commons.publish.builder import Builder, Progress
from commons.publish.earlier import Earlier
from commons.publish.frame import Place
from commons.publish.snapshot import surveyor_of
from commons.publish.survey.survey import Broken
from commons.publish.weight import Weight, weigh

SITE_FOLDER = "site"
#: A folder with these files is a site of ours, which a build may replace.
_SIGNS = ("index.html", "data/site.json")


@dataclass(frozen=True)
class Wishes:
    """How to build: where the site stands on the web, on how many cores, and whether all is built anew."""

    place: Place = field(default_factory=Place)
    cores: int = 1
    fresh: bool = False


@dataclass(frozen=True)
class BuildReport:
    """What was built: how many HTML pages, what all files weigh, where it stands, and what could not be read.

    ``reused`` counts the files that an earlier build had made already.
    """

    pages: int
    weight: Weight
    out: Path
    broken: tuple[Broken, ...]
    reused: int = 0

    @property
    def files(self) -> int:
        """How many files the site has."""
        return self.weight.files

    @property
    def bytes(self) -> int:
        """How many bytes they hold."""
        return self.weight.bytes

    @property
    def entry(self) -> Path:
        """The file to open."""
        return self.out / "index.html"


def build(
    repository: Repository, out: Path, wishes: Wishes = Wishes(), progress: Progress | None = None
) -> BuildReport:
    """Build the site of a pool into ``out``, which is replaced whole.

    Raises:
        CannotRun: ``out`` holds something else than a site, there are no templates, they do what they may not,
            or the commit brings a working folder of its own.
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    out = out.resolve()
    _refuse_to_overwrite(out, repository.root.resolve())
    refuse_committed_work(repository.root, repository.work)
    source = site_folder(repository)
    _refuse_links(source)
    tell = progress or _nothing
    surveyor, broken = surveyor_of(repository, wishes.place)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part"))
    earlier = partial(Earlier, repository, out)
    try:
        fresh.chmod(0o755)
        shutil.copytree(source / "static", fresh / "static", ignore=shutil.ignore_patterns(".*"))
        builder = Builder(surveyor, source, fresh, None if wishes.fresh else earlier, wishes.cores, tell)
        snapshot = builder.tasks(broken)
        builder.rest(snapshot)
        weight = weigh(fresh)
        _swap(fresh, out)
        with closing(earlier()) as kept:
            kept.keep(builder.made)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return BuildReport(builder.pages, weight, out, snapshot.broken, builder.reused)


def _nothing(what: str, done: int, total: int) -> None:
    """Nobody listens."""


def site_folder(repository: Repository) -> Path:
    """The folder of templates and static files: the pool's own, else that of the checkout this program runs from.

    Raises:
        CannotRun: neither is there.
    """
    checkout = Path(__file__).resolve().parents[3]
    for root in (repository.root, checkout):
        if (root / SITE_FOLDER / "templates").is_dir():
            return root / SITE_FOLDER
    raise CannotRun(f"The pool has no folder {SITE_FOLDER}/templates.", mend="Restore it from git.")


def _refuse_links(source: Path) -> None:
    """A link among templates or static files would publish what it leads to."""
    for top in (source, source / "static", source / "templates"):
        for path in [top] if top == source else [top, *sorted(top.rglob("*"))]:
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                where = Where(path.parent.resolve() / path.name)
                raise CannotRun("This is a link, or missing, or no plain file: it is not published.", where=where,
                                mend="Put the file itself there, or restore it from git.")


def _refuse_to_overwrite(out: Path, root: Path) -> None:
    """Replacing a folder deletes what it held, so only a site, an empty folder or nothing may stand there."""
    holds_pool = out == root or out in root.parents
    is_site = all((out / sign).is_file() for sign in _SIGNS)
    if holds_pool or (out.exists() and not is_site and (not out.is_dir() or any(out.iterdir()))):
        raise CannotRun(f"{out} holds something else than a site.", mend="Name another folder with --out.")


def _swap(fresh: Path, out: Path) -> None:
    """Put the fresh folder in place of the old, which stays whole until then."""
    old = fresh.with_suffix(".old")
    if not out.exists():
        fresh.rename(out)
        return
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
