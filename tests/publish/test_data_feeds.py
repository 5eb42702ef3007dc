"""Feeds, badges, share cards, the sitemap and robots.txt: well formed, stable, and inert whatever people wrote."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from commons.publish.addresses import FEEDS
from commons.publish.build import Wishes, build
from commons.publish.data import card
from commons.publish.data.atom import MOST, Entry, text_of_feed
from commons.publish.data.legal import Legal
from commons.publish.data.sitemap import TRAINING_CRAWLERS, files_of

from .conftest import Told
from .data_site import NOWHERE, SITE, build_data
from .synthetic import Pool, accuracy, model, rows
from .test_page_numbers import rounds_to

ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SCRIPT = "]]></title></svg><script>alert(1)</script>\"'&amp;<!--"
BIDI = "\u202e\x00\x1b"
LEGAL = Legal(datetime.date(2026, 11, 20), "CC-BY-4.0", "Somebody.")


def hostile(root: Path) -> Pool:
    """A pool whose names, sentences and reasons attack whatever shows them."""
    pool = Pool(root / "pool")
    pool.models(model("alpha", name=SCRIPT + BIDI))
    pool.task("sums", title=SCRIPT + BIDI, summary=SCRIPT, citation=SCRIPT)
    pool.cell("sums", "alpha", rows([1.0, 0.0]), {"acc,none": accuracy([1.0, 0.0])})
    line = {"date": "2026-11-21", "kind": "withdrawn", "task": "sums", "model": "alpha", "reason": SCRIPT + BIDI,
            "before": 0.5, "by": "ada"}
    (pool.root / "results" / "amendments.jsonl").write_text(json.dumps(line) + "\n")
    return pool


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its data files."""
    root = tmp_path_factory.mktemp("attacked")
    return build_data(hostile(root), root / "_site", SITE)


def parse(path: Path) -> ElementTree.Element:
    """A file as XML, which it must be without a declaration of its own kinds of element."""
    text = path.read_text(encoding="utf-8")
    assert "<!DOCTYPE" not in text
    assert "<!ENTITY" not in text
    return xml(text)


def xml(text: str) -> ElementTree.Element:
    """Text that this program wrote, as XML."""
    return ElementTree.fromstring(text.encode("utf-8"))  # noqa: S314 - our own, and without entities


def texts(root: ElementTree.Element, name: str) -> list[str]:
    """The text of each element of one name."""
    return [one.text or "" for one in root.iter(name)]


def test_feeds_say_what_atom_asks_of_them(told: Told) -> None:
    """Each has an id, a title, the day of its newest entry, an author, a link to itself, a licence; so its entries."""
    seen: list[str] = []
    for path in FEEDS:
        root = parse(told.site / path)
        assert root.tag == f"{ATOM}feed"
        own = {name: root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated", "rights")}
        assert all(own.values()), (path, own)
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        assert [one.get("href") for one in root.findall(f"{ATOM}link") if one.get("rel") == "self"] == [f"../{path}"]
        assert "Licence: per task" in str(own["rights"])
        assert "As of 2026-11-" in str(own["rights"])
        assert "Cite as: Eval Commons" in str(own["rights"])
        entries = root.findall(f"{ATOM}entry")
        days = [one.findtext(f"{ATOM}updated", "") for one in entries]
        assert days == sorted(days, reverse=True)
        assert days[:1] in ([own["updated"]], [])
        for one, day in zip(entries, days, strict=True):
            assert datetime.datetime.fromisoformat(day.replace("Z", "+00:00")).utcoffset() == datetime.timedelta(0)
            assert one.findtext(f"{ATOM}title")
            assert one.findtext(f"{ATOM}content")
            page = next(link.get("href", "") for link in one.iter(f"{ATOM}link"))
            assert (told.site / "feeds" / page).resolve().is_file()
        seen += [str(own["id"]), *(one.findtext(f"{ATOM}id", "") for one in entries)]
    assert len(set(seen)) == len(seen)
    assert all(one.startswith("tag:localhost,2026:/") for one in seen)


def test_the_feeds_have_the_tasks_the_results_and_the_amendments(told: Told) -> None:
    """A new task each, each task's results of a day, each line of the ledger; numbers are the files' own, rounded."""
    tasks, results, amendments = (parse(told.site / path) for path in FEEDS)
    assert sorted(texts(tasks, f"{ATOM}title")[1:]) == sorted(
        one.content["title"] for one in told.files.cards.values())
    ledger = told.files.root / "results/amendments.jsonl"
    assert len(amendments.findall(f"{ATOM}entry")) == (len(ledger.read_text().splitlines()) if ledger.is_file() else 0)
    found = 0
    for entry in results.findall(f"{ATOM}entry"):
        task = entry.findtext(f"{ATOM}id", "").rpartition("/")[2]
        said = entry.findtext(f"{ATOM}content", "").partition(": ")[2]
        for name, value in re.findall(r"([\w.@-]+): (\d[\d.,]*) ", said):
            cell = told.files.cells[task, name]
            metric = cell.content["metrics"][cell.card.column]
            assert rounds_to(metric["value"] * cell.card.factor, value), (task, name)
            found += 1
    measured = [key for key, state in told.files.states.items() if state == "measured"]
    assert found >= len(measured)


def test_ids_of_entries_stay_over_builds_and_changes(tmp_path: Path) -> None:
    """A new result, a new name and another day add entries; the id of an entry that was there stays."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    out = build_data(pool, tmp_path / "before", SITE)
    before = {path: set(texts(parse(out / path), f"{ATOM}id")) for path in FEEDS}
    pool.cell("sums", "beta", rows([1.0, 0.0]), started="2026-12-24T09:00:00Z")
    path = pool.root / "tasks/sums/card.yaml"
    path.write_text(path.read_text().replace("Made-up sums", "Other sums"))
    out = build_data(pool, tmp_path / "after", SITE)
    after = {path: set(texts(parse(out / path), f"{ATOM}id")) for path in FEEDS}
    assert before["feeds/tasks.atom"] == after["feeds/tasks.atom"]
    assert after["feeds/results.atom"] - before["feeds/results.atom"] == {
        "tag:evals.example,2026:/pool/results/2026-12-24/sums"}
    assert all(before[path] <= after[path] for path in FEEDS)


def test_a_feed_keeps_the_newest_entries() -> None:
    """Beyond a hundred entries the oldest fall out; one without entries is dated by the newest measurement."""
    day = datetime.date(2026, 1, 1)
    entries = [Entry(f"e/{n}", day + datetime.timedelta(days=n), f"{n}", "index.html", "x") for n in range(MOST + 5)]
    root = xml(text_of_feed(FEEDS[0], "Many", entries, SITE, LEGAL))
    assert texts(root, f"{ATOM}title")[1:] == [str(n) for n in range(MOST + 4, 4, -1)]
    empty = xml(text_of_feed(FEEDS[0], "None", [], NOWHERE, LEGAL))
    assert empty.findtext(f"{ATOM}updated") == "2026-11-20T00:00:00Z"
    assert [one.get("href") for one in empty.iter(f"{ATOM}link")] == ["../feeds/tasks.atom", "../index.html"]


def test_what_people_wrote_is_text_in_feeds_and_badges(attacked: Path) -> None:
    """Titles, names and reasons that look like markup make no element, and no unseen character stands in a file."""
    made = {f"{ATOM}{name}" for name in ("feed", "id", "title", "updated", "author", "name", "link", "rights", "entry",
                                         "content")}
    shown = SCRIPT + "<U+202E><U+0000><U+001B>"
    for path in FEEDS:
        root = parse(attacked / path)
        assert {one.tag for one in root.iter()} <= made
        assert not [one for one in root.iter() if one.tag == f"{ATOM}content" and one.attrib]
    assert shown in texts(parse(attacked / FEEDS[0]), f"{ATOM}title")
    assert shown in texts(parse(attacked / FEEDS[2]), f"{ATOM}content")[0]
    for path in attacked.glob("badges/*/*.svg"):
        assert {one.tag for one in parse(path).iter()} == {f"{SVG}{name}" for name in (
            "svg", "title", "desc", "path", "g", "text")}
    drawn = card.svg_of("A task", SCRIPT + BIDI, [SCRIPT], LEGAL)
    assert {one.tag for one in xml(drawn).iter()} == {f"{SVG}{name}" for name in (
        "svg", "path", "text")}


def test_badges_have_a_name_and_refer_to_nothing(told: Told) -> None:
    """Each task and each model has one, named by its title, with licence and day, without a script or an address."""
    titles = {f"t/{task}": one.content["title"] for task, one in told.files.cards.items()}
    titles |= {f"m/{name}": one["name"] for name, one in told.files.models.items()}
    found = {path.relative_to(told.site / "badges").as_posix().removesuffix(".svg"): parse(path)
             for path in told.site.glob("badges/*/*.svg")}
    assert found.keys() == titles.keys()
    for name, root in found.items():
        title = root.find(f"{SVG}title")
        assert title is not None
        assert title.text
        assert title.text.startswith(titles[name][:39])
        assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
        assert "Licence: " in root.findtext(f"{SVG}desc", "")
        attributes = {key for one in root.iter() for key in one.attrib}
        assert not [key for key in attributes if "href" in key or key.startswith("on") or key == "style"]
        counted = told.files.counting(task=name[2:]) if name[0] == "t" else told.files.counting(model=name[2:])
        assert re.search(rf": (?:{counted} (?:models?|of)|not measured yet)", title.text), title.text


@pytest.mark.skipif(not card.enabled(), reason="share cards need the extra `cards`")
def test_share_cards_are_pictures(tmp_path: Path) -> None:
    """Where the site's address is known each task and model has a picture of the promised size, else nobody has."""
    pool = hostile(tmp_path)
    out = build_data(pool, tmp_path / "_site", SITE)
    for path in (out / "cards/t/sums.png", out / "cards/m/alpha.png"):
        head = path.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:], "big")) == (card.WIDTH, card.HEIGHT)
    assert not (build_data(pool, tmp_path / "_other") / "cards").exists()


def listed(site: Path) -> list[str]:
    """The paths of a site's sitemap."""
    return [unquote(one.removeprefix(f"{SITE.site}/")) for one in texts(parse(site / "sitemap.xml"), f"{MAP}loc")]


def test_the_sitemap_lists_the_pages_and_nothing_else(pool: Pool, tmp_path: Path) -> None:
    """Each page stands in it once, but later pages of long lists, pages of items, and tools that need a question."""
    out = tmp_path / "_site"
    build(pool.repository, out, Wishes(place=SITE))
    addresses = listed(out)
    assert len(set(addresses)) == len(addresses)
    pages = {path.relative_to(out).as_posix() for path in out.rglob("*.html")}
    later = {page for page in pages if re.search(r"~\d+\.html$|^matrix-\d+\.html$", page)}
    assert set(addresses) == pages - later - {"404.html", "find.html"}
    assert {page.split("/")[0] for page in later} == {"i", "r", "matrix-1.html"}
    days = texts(parse(out / "sitemap.xml"), f"{MAP}lastmod")
    assert set(days) == {"2026-11-20"}


def test_a_site_without_an_address_has_no_sitemap(told: Told) -> None:
    """Sitemaps need whole addresses; robots.txt then names none."""
    assert not (told.site / "sitemap.xml").exists()
    assert "Sitemap" not in (told.site / "robots.txt").read_text()


def test_a_long_sitemap_is_parted_under_an_index() -> None:
    """No part has more addresses than allowed, none is lost, and the index names each part; addresses are escaped."""
    made = files_of("https://evals.example", [(f"t/a&<{n}>.html", None) for n in range(5)], most=2)
    assert list(made) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    index = texts(xml(made["sitemap.xml"]), f"{MAP}loc")
    assert index == [f"https://evals.example/sitemap-{n}.xml" for n in (1, 2, 3)]
    parts = [texts(xml(made[f"sitemap-{n}.xml"]), f"{MAP}loc") for n in (1, 2, 3)]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert [unquote(one) for part in parts for one in part] == [f"https://evals.example/t/a&<{n}>.html"
                                                                for n in range(5)]


def test_robots_keep_crawlers_for_training_out_and_let_the_others_in(attacked: Path) -> None:
    """Each known crawler for training is refused everything, in one group; anybody else may read all pages."""
    text = (attacked / "robots.txt").read_text()
    group, rest = text.split("\n\n")[:2]
    assert re.findall(r"^User-agent: (.+)$", group, re.MULTILINE) == list(TRAINING_CRAWLERS)
    assert group.endswith("\nDisallow: /")
    assert rest == "User-agent: *\nAllow: /"
    assert f"Sitemap: {SITE.site}/sitemap.xml" in text
