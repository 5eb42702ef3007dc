"""Building the site: one snapshot in, one folder out, the same bytes for the same pool."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, TemplateError

from commons.errors import CannotRun, Where
from commons.pool.repository import Repository
from commons.publish.environment import make_environment, render
from commons.publish.judge import VALUE_FAULTS
from commons.publish.pages import Data, Page, page_types
from commons.publish.snapshot import Broken, Snapshot, take_snapshot

SITE_FOLDER = "site"
#: A folder with these files is a site of ours, which a build may replace.
_SIGNS = ("index.html", "data/cells.json")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BuildReport:
    """What was built: HTML pages, all files and their bytes, where it stands, and what could not be read."""

    pages: int
    files: int
    bytes: int
    out: Path
    broken: tuple[Broken, ...]

    @property
    def entry(self) -> Path:
        """The file to open."""
        return self.out / "index.html"


def build(repository: Repository, out: Path, progress: Progress | None = None) -> BuildReport:
    """Build the site of a pool into ``out``, which is replaced whole; ``progress`` hears pages done and to do.

    Raises:
        CannotRun: ``out`` holds something else than a site, there are no templates, or they do what they may not.
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    out = out.resolve()
    _refuse_to_overwrite(out, repository.root.resolve())
    source = site_folder(repository)
    _refuse_links(source)
    snapshot = take_snapshot(repository)
    environment = make_environment(source / "templates")
    outputs = [output for kind in page_types() for output in kind.addresses(snapshot)]
    _no_address_twice(outputs)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part"))
    try:
        fresh.chmod(0o755)
        shutil.copytree(source / "static", fresh / "static", ignore=shutil.ignore_patterns(".*"))
        for done, output in enumerate(outputs, start=1):
            text = _text(environment, output, snapshot)
            _write(fresh / output.path, text)
            if progress:
                progress(done, len(outputs))
        sizes = [path.stat().st_size for path in fresh.rglob("*") if path.is_file()]
        _swap(fresh, out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    pages = sum(isinstance(output, Page) for output in outputs)
    return BuildReport(pages, len(sizes), sum(sizes), out, snapshot.broken)


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


def _text(environment: Environment, output: Page | Data, snapshot: Snapshot) -> str:
    if isinstance(output, Data):
        return output.text
    try:
        return render(environment, output, snapshot)
    except TemplateError as error:
        raise CannotRun(f"The template {output.template} fails on the page {output.path}: {error}.",
                        mend="Restore site/templates from git.") from error
    except VALUE_FAULTS as error:
        raise CannotRun(f"The page {output.path} holds a value that cannot be shown ({type(error).__name__}).",
                        mend="Look at the files that this page is made of.") from error


def _refuse_to_overwrite(out: Path, root: Path) -> None:
    """Replacing a folder deletes what it held, so only a site, an empty folder or nothing may stand there."""
    holds_pool = out == root or out in root.parents
    is_site = all((out / sign).is_file() for sign in _SIGNS)
    if holds_pool or (out.exists() and not is_site and (not out.is_dir() or any(out.iterdir()))):
        raise CannotRun(f"{out} holds something else than a site.", mend="Name another folder with --out.")


def _no_address_twice(outputs: list[Page | Data]) -> None:
    seen: set[str] = set()
    for output in outputs:
        if output.path in seen:
            raise ValueError(f"two pages want the address {output.path}")
        seen.add(output.path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


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
