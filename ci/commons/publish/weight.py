"""What a built site weighs, and where: hosts refuse a site that is too large, and readers leave pages that are."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: GitHub Pages takes a gigabyte. Sizes are in bytes, as they lie on the disk; a page's as it travels, compressed.
WARN_BYTES = 600_000_000
MOST_BYTES = 900_000_000
MOST_FILES = 50_000
MOST_PAGE = 150_000
#: So many of the largest pages are compressed to see how they travel.
_SAMPLE = 50


@dataclass(frozen=True)
class Kind:
    """The files of one folder of the site, or those beside its first page, where ``folder`` is empty."""

    folder: str
    files: int
    bytes: int


@dataclass(frozen=True)
class Weight:
    """A site's files and bytes, its folders with the heaviest first, and its pages that are too large to travel."""

    files: int
    bytes: int
    kinds: tuple[Kind, ...]
    heavy: tuple[tuple[str, int], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is more than it should be, in words."""
        said = [f"The page {path} has {size / 1e3:.0f} kB compressed; {MOST_PAGE / 1e3:.0f} kB is the most that a "
                "page should have." for path, size in self.heavy]
        if WARN_BYTES < self.bytes <= MOST_BYTES:
            said.append(f"The site has {self.bytes / 1e6:.0f} MB; beyond {MOST_BYTES / 1e6:.0f} MB it cannot be "
                        "published.")
        if self.files > MOST_FILES:
            said.append(f"The site has {self.files:,} files; more than {MOST_FILES:,} take long to publish.")
        return tuple(said)

    @property
    def too_much(self) -> str:
        """Why the site cannot be published; empty where it can."""
        if self.bytes <= MOST_BYTES:
            return ""
        return f"The site has {self.bytes / 1e6:.0f} MB; {MOST_BYTES / 1e6:.0f} MB is the most that can be published."


def weigh(site: Path) -> Weight:
    """Weigh the site in a folder."""
    counted: dict[str, tuple[int, int]] = {}
    pages: list[tuple[int, str]] = []
    for path, size in _files(site, ""):
        folder = path.partition("/")[0] if "/" in path else ""
        files, total = counted.get(folder, (0, 0))
        counted[folder] = files + 1, total + size
        if size > MOST_PAGE and path.endswith(".html"):
            pages.append((size, path))
    kinds = sorted((Kind(folder, *both) for folder, both in counted.items()), key=lambda one: (-one.bytes, one.folder))
    heavy = ((path, _travels(site / path)) for _, path in sorted(pages, reverse=True)[:_SAMPLE])
    return Weight(sum(one.files for one in kinds), sum(one.bytes for one in kinds), tuple(kinds),
                  tuple(one for one in heavy if one[1] > MOST_PAGE))


def _travels(page: Path) -> int:
    return len(gzip.compress(page.read_bytes(), 6))


def _files(folder: Path, inside: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), f"{inside}{entry.name}/")
            else:
                yield inside + entry.name, entry.stat(follow_symlinks=False).st_size
