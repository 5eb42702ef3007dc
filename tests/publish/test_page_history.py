"""The history of a cell: its number at each commit of its file, parted where the key changed, with the reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commons.pool.hashing import sha256_text
from commons.publish.build import Wishes, build
from commons.publish.frame import Place

from .reading import Page, Table, read_page
from .synthetic import Pool, items, model, rows

WEB = Place("https://evals.example/pool", "https://github.com/example/pool")
NAME, MAIL = "Ada Byron-Planted", "planted@example.org"


def commit(pool: Pool, day: int) -> str:
    """Commit all that stands there, as a person whose name must not be told; give the commit's digest."""
    made = f"2026-11-{day:02}T12:00:00+00:00"
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", NAME), ("EMAIL", MAIL), ("DATE", made))}
    def run(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=pool.root, check=True, capture_output=True, text=True,
                              env={**who, "PATH": "/usr/bin:/bin", "HOME": str(pool.root)}).stdout.strip()

    if not (pool.root / ".git").exists():
        run("init", "--quiet")
    run("add", "--all")
    run("commit", "--quiet", "--message", f"By {NAME} <{MAIL}>", "--no-gpg-sign")
    return run("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A site of a cell that was measured four times, the third with another task, the last with the same outcome."""
    root = tmp_path_factory.mktemp("history")
    pool = Pool(root / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", owners=["ada"])
    pool.rendered("sums", items(4))
    pool.cell("sums", "beta", rows([1.0, 1.0, 1.0, 0.0]))
    commits = []
    for day, (right, task) in enumerate([(1, "one"), (2, "one"), (3, "two"), (3, "two")], start=10):
        pool.cell("sums", "alpha", rows([1.0] * right + [0.0] * (4 - right)), task_hash=sha256_text(task),
                  cell_key=sha256_text(f"key of {task}"), started=f"2026-11-{day:02}T09:00:00Z")
        commits.append(commit(pool, day))
    build(pool.repository, root / "_site", Wishes(WEB))
    return root / "_site", commits


def page_of(site: Path) -> Page:
    """The page of the cell with a history."""
    return read_page(site / "r/sums/alpha.html")


def test_every_version_stands_with_its_day_and_number(told: tuple[Path, list[str]]) -> None:
    """The table has each committed number, the oldest first, with its key, and none twice that says the same."""
    table = next(Table.of(one) for one in page_of(told[0]).all("table") if one.text.startswith("Since"))
    assert [line["Since"].text for line in table.lines] == ["10 November 2026", "11 November 2026", "12 November 2026"]
    assert [line["Value in %"].text.split()[0] for line in table.lines] == ["25", "50", "75"]
    assert [line["Cell key"].text for line in table.lines] == [
        sha256_text(f"key of {task}")[:12] for task in ("one", "one", "two")]


def test_the_line_breaks_where_the_key_changed_and_only_there(told: tuple[Path, list[str]]) -> None:
    """One mark stands where the task changed, with the reason; no stroke of the line crosses it."""
    page = page_of(told[0])
    box = page.all("div", class_="history")[0]
    mark = [one for one in box.all("path", class_="diagonal") if one.attributes["d"]]
    assert len(mark) == 1
    assert mark[0].attributes["d"].count("M") == 1
    place = float(mark[0].attributes["d"].removeprefix("M").partition(" ")[0])
    strokes = [one for one in box.all("path", class_="step")[0].attributes["d"].split("M") if one]
    ends = [sorted(float(part.partition(" ")[0]) for part in stroke.replace("H", "L").split("L") if " " in part)
            for stroke in strokes]
    assert all(not stroke or stroke[-1] <= place or stroke[0] >= place for stroke in ends)
    names = page.all("ul", class_="names")[0]
    assert names.text == "a 12 November 2026: Changed: the task."
    assert "the cell key changed: do not compare across" in page.text


def test_versions_lead_to_the_file_at_their_commit(told: tuple[Path, list[str]]) -> None:
    """Each point is a link to the cell's file as it was then, and the raw row to that of now."""
    site, commits = told
    links = [one.attributes["href"] for one in page_of(site).all("a") if "/blob/" in one.attributes["href"]]
    for digest in commits[:3]:
        assert f"{WEB.repository}/blob/{digest}/results/cells/sums/alpha.json" in links
    file = (site.parent / "pool/results/cells/sums/alpha.json").read_text().split("\n")
    rows_linked = [link for link in links if "#L" in link]
    assert len(rows_linked) == 4
    for number, link in enumerate(rows_linked):
        address, _, line = link.partition("#L")
        assert address.startswith(f"{WEB.repository}/blob/{commits[-1]}/")
        assert file[int(line) - 1].lstrip().startswith(f'["s{number}", 0')


def test_a_cell_with_one_version_has_no_history(told: tuple[Path, list[str]]) -> None:
    """Nothing is drawn where there is nothing to compare."""
    page = read_page(told[0] / "r/sums/beta.html")
    assert "History" not in [one.text for one in page.all("h2")]
    assert not page.all("div", class_="history")


def test_no_person_is_told_of_beyond_the_handle(told: tuple[Path, list[str]]) -> None:
    """Names and addresses of whoever committed are in no file of the site; the owner's handle is."""
    site = told[0]
    parts = [one.encode() for word in (NAME, MAIL) for one in (word, word.partition(" ")[0] + " Byron", "planted@")]
    for path in (path for path in site.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not [part for part in parts if part in content], path.relative_to(site)
    assert "@ada" in read_page(site / "t/sums.html").text
    assert "@ada" in read_page(site / "contributors.html").text


@pytest.mark.parametrize("owners", [[f"{NAME} <{MAIL}>"], MAIL, ["ada", MAIL], [NAME, NAME]])
def test_a_card_that_names_a_person_is_broken_and_tells_nobody_the_name(tmp_path: Path, owners: object) -> None:
    """The coverage page says which key is wrong and how to mend it; what stood there is in no file."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums", owners=owners)
    build(pool.repository, tmp_path / "_site")
    files = [path for path in (tmp_path / "_site").rglob("*") if path.is_file()]
    assert not [path for path in files if any(word.encode() in path.read_bytes() for word in (MAIL, NAME, "Planted"))]
    coverage = read_page(tmp_path / "_site/coverage.html").text
    assert "is wrong; what stands there is not shown." in coverage
    assert "GitHub handles without @" in coverage
