"""Eleventy and MkDocs on the pages of a site of ours: as many, with the same words and tables, from Markdown.

Both are installed into a folder that goes away, with a layout of a few lines, no theme and no plugin. What is timed is
the whole process, as for ours.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import venv
from html.parser import HTMLParser
from pathlib import Path

ELEVENTY = "@11ty/eleventy@3.1.8"
MKDOCS = "mkdocs==1.6.1"
_LAYOUT = ('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
           "<body>{body}</body></html>")
_BLOCKS = {"h1", "h2", "h3", "p", "li", "dt", "dd", "pre", "figcaption"}


def anchors(site: Path, scratch: Path) -> dict[str, float]:
    """The seconds that each takes for the pages of a site; without those that cannot be installed here."""
    pages = sorted(site.rglob("*.html"))
    source = scratch / "markdown"
    for number, page in enumerate(pages):
        place = source / page.relative_to(site).with_suffix(".md")
        place.parent.mkdir(parents=True, exist_ok=True)
        words = _Words(page.read_text(encoding="utf-8"))
        place.write_text(f"---\ntitle: Page {number}\n---\n\n{words.markdown}", encoding="utf-8")
    found = {}
    for name, measure in (("Eleventy", _eleventy), ("MkDocs", _mkdocs)):
        try:
            found[name] = measure(source, scratch / name)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"  {name} cannot be run here: {error}")
            continue
        made = len(list((scratch / name / "out").rglob("*.html")))
        assert made >= len(pages), f"{name} wrote {made} of {len(pages)} pages"
    return found


def _eleventy(source: Path, folder: Path) -> float:
    if shutil.which("npm") is None:
        raise FileNotFoundError("npm is missing")
    shutil.copytree(source, folder / "src")
    (folder / "src" / "_includes").mkdir()
    (folder / "src" / "_includes" / "base.liquid").write_text(_LAYOUT.format(title="{{ title }}", body="{{ content }}"))
    (folder / "src" / "src.json").write_text('{"layout": "base.liquid", "permalink": "{{ page.filePathStem }}.html"}')
    (folder / "eleventy.config.cjs").write_text(
        "module.exports = () => ({markdownTemplateEngine: false, dir: {input: 'src', output: 'out'}});\n")
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", ELEVENTY], cwd=folder, check=True,
                   capture_output=True)
    return _timed([str(folder / "node_modules" / ".bin" / "eleventy"), "--quiet"], folder)


def _mkdocs(source: Path, folder: Path) -> float:
    shutil.copytree(source, folder / "src")
    (folder / "layout").mkdir()
    (folder / "layout" / "main.html").write_text(_LAYOUT.format(title="{{ page.title }}", body="{{ page.content }}"))
    (folder / "mkdocs.yml").write_text(
        "site_name: made\ndocs_dir: src\nsite_dir: out\nuse_directory_urls: false\nplugins: []\n"
        "theme: {name: null, custom_dir: layout}\nmarkdown_extensions: [tables]\n")
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "-q", MKDOCS], check=True, capture_output=True)
    return _timed([str(binaries / "mkdocs"), "build", "-q"], folder)


def _timed(command: list[str], folder: Path) -> float:
    before = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - before


class _Words(HTMLParser):
    """The words and tables of a page's main part, as Markdown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._cells: list[str] = []
        self._words: list[str] = []
        self._rows = 0
        self.feed(text)

    @property
    def markdown(self) -> str:
        """The page."""
        return "\n".join(self._lines) + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a table or a row."""
        del attrs
        if tag == "table":
            self._lines.append("")
            self._rows = 0
        if tag in {"tr", "td", "th", *_BLOCKS}:
            self._words = []
        if tag == "tr":
            self._cells = []

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        said = " ".join("".join(self._words).split()).replace("|", "/")
        if tag in {"td", "th"}:
            self._cells.append(said)
        elif tag == "tr":
            self._lines.append(f"| {' | '.join(self._cells)} |")
            self._rows += 1
            if self._rows == 1:
                self._lines.append("|" + " --- |" * len(self._cells))
        elif tag in _BLOCKS and said:
            self._lines += ["", ("# " if tag == "h1" else "") + said]

    def handle_data(self, data: str) -> None:
        """Take words."""
        self._words.append(data)
