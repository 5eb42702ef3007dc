"""Names, prompts and answers made to do harm appear as inert text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from commons.pool.rendered import RenderedItem
from commons.publish.build import build
from commons.publish.environment import PROMPT_CHARACTERS, TEXT_CHARACTERS

from .reading import Page, read_page, read_site
from .synthetic import SITE, Pool, model, rows

SCRIPT = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>"
BIDI = "safe\u202eevil\u2066\u202c"
NULS = "a\x00b\x1bc\rd\x7f\x85\ufffe"
ARABIC = "ما عاصمة فرنسا؟"
CHINESE = "\n\n法国的首都是哪里?🡒"
LONG = "long line " * 100_000


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose every contributed text attacks it."""
    root = tmp_path_factory.mktemp("hostile")
    pool = Pool(root / "pool")
    pool.models(
        model("alpha", name=f"Alpha {SCRIPT} {BIDI}", licence="LicenseRef-x", licence_url="javascript:alert(3)",
              notes=SCRIPT, arguments={"a\"><script>": SCRIPT}),
    )
    pool.task("sums", title=f"<script>alert(0)</script>{BIDI}", summary=SCRIPT, languages=["ar"],
              known_biases=BIDI, citation=SCRIPT, known_broken=[{"item": SCRIPT, "reason": SCRIPT}])
    texts = [SCRIPT, BIDI, NULS, ARABIC, CHINESE, LONG]
    pool.rendered("sums", [
        RenderedItem(item=f"s{n}", prompt=text, choices=(text, SCRIPT), gold=0) for n, text in enumerate(texts)
    ], header=SCRIPT + "\n")
    answers = [*texts[:-1], "half \ud83d a character", LONG]
    cells = [replace(row, answer=text, detail=SCRIPT) for row, text in zip(rows([1.0] * 7), answers, strict=True)]
    cells[6] = replace(cells[6], item='"><script>' + BIDI)
    pool.cell("sums", "alpha", cells, names=("acc,none",), )
    build(pool.repository, root / "_site")
    return root / "_site"


def test_no_element_is_made_from_contributed_text(hostile: Path) -> None:
    """Every page stays well formed, without a script of another's, an image or a handler."""
    for path, page in read_site(hostile).items():
        assert page.faults == [], path
        for element in page.elements:
            assert element.tag != "img", path
            if element.tag == "script":
                assert element.raw == "", path
                assert element.attributes["src"].startswith(("static/", "../static/", "../../static/")), path
            assert not [name for name in element.attributes if name.startswith("on")], path
            assert not element.attributes.get("href", "").startswith("javascript:"), path


def test_unseen_characters_are_shown_as_their_numbers(hostile: Path) -> None:
    """No file holds a direction override or a control; the pages show their numbers as text."""
    for path in (path for path in hostile.rglob("*") if path.is_file() and path.suffix not in {".parquet", ".png"}):
        content = path.read_bytes().decode("utf-8")
        for character in "\u202e\u2066\u202c\x00\x1b\r\x7f\x85\ufffe":
            assert character not in content, path
    text = read_page(hostile / "r/sums/alpha.html").text
    for mark in ("safe<U+202E>evil<U+2066><U+202C>", "a<U+0000>b<U+001B>c<U+000D>d<U+007F><U+0085><U+FFFE>",
                 "half <U+D83D> a character"):
        assert mark in text


def test_scripts_of_the_world_stand_as_they_are(hostile: Path) -> None:
    """Arabic and Chinese are shown unchanged, with their language and a direction of their own."""
    page = read_page(hostile / "r/sums/alpha.html")
    prompts = [one for one in page.all("pre") if one.attributes.get("lang") == "ar"]
    assert {one.attributes["dir"] for one in prompts} == {"auto"}
    shown = [one.raw for one in prompts]
    assert "\n" + ARABIC in shown
    assert "\n" + CHINESE in shown


def test_a_megabyte_is_cut_for_display_with_its_length(hostile: Path) -> None:
    """A prompt of a million characters shows its beginning and says how long it is."""
    page = read_page(hostile / "r/sums/alpha.html")
    assert "Cut for display: the first 6,000 of 1,000,000 characters." in page.text
    assert max(len(one.raw) for one in page.all("pre")) <= PROMPT_CHARACTERS + 1
    assert (hostile / "r/sums/alpha.html").stat().st_size < 60_000


def test_a_title_cannot_leave_its_element(hostile: Path) -> None:
    """The title with a script in it is the text of the heading."""
    page: Page = read_page(hostile / "t/sums.html")
    assert page.all("h1")[0].text == "<script>alert(0)</script>safe<U+202E>evil<U+2066><U+202C>"


def test_an_item_id_becomes_a_safe_anchor(hostile: Path) -> None:
    """The id of a row is made of letters that an address may hold, and its link leads to it."""
    page = read_page(hostile / "r/sums/alpha.html")
    found = [one for one in page.ids if "script" in one]
    assert found == ["i-~22~~3e~~3c~script~3e~safe~202e~evil~2066~~202c~"]
    assert page.all("a", href=f"#{found[0]}")


def test_an_answer_of_a_megabyte_is_cut_on_every_page(hostile: Path) -> None:
    """Its row and its item's page show the beginning, and each says how long the answer is."""
    for path in ("r/sums/alpha.html", "i/sums~1.html"):
        page = read_page(hostile / path)
        said = [one for one in page.all("span", class_="said") if "long line" in one.text]
        assert said, path
        assert max(len(one.raw) for one in said) <= TEXT_CHARACTERS, path
        assert f"cut for display: {TEXT_CHARACTERS:,} of {len(LONG):,} characters" in page.text, path


def test_no_page_grows_with_what_a_model_said(hostile: Path) -> None:
    """Every page stays small and keeps its frame, however long and odd the texts on it are."""
    for path, page in read_site(hostile).items():
        assert (hostile / path).stat().st_size < 120_000, path
        assert len(page.elements) <= 1400, path
        assert [len(page.all(tag)) for tag in ("main", "footer", "h1", "nav")][:3] == [1, 1, 1], path
        assert page.elements[-1].tag in {"a", "p", "footer", "code", "time"}, path
        assert not [word for one in page.all("h1") for word in one.text.split() if len(word) > 200], path


def test_text_of_others_never_runs_outside_a_box_that_wraps(hostile: Path) -> None:
    """Whatever is long stands in an element whose style breaks or scrolls long words."""
    css = (SITE / "static/site.css").read_text()
    wraps = re.findall(r"([^{}]+)\{[^}]*(?:overflow-wrap: (?:anywhere|break-word)|white-space: pre-wrap)[^}]*\}", css)
    kinds = {part.strip() for selectors in wraps for part in selectors.split(",")}
    assert "body" in kinds or {"pre", "p", "dd"} <= kinds, kinds


@pytest.mark.parametrize("raw", [b"\xff\xfe broken", b"half \xc3( a letter", b"\xed\xa0\x80 lone"])
def test_a_cell_that_is_no_utf8_breaks_itself_alone(tmp_path: Path, raw: bytes) -> None:
    """The file is named as broken, shown as no number, and everything else stands."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "beta", rows([1.0, 0.0]))
    path = pool.cell("sums", "alpha", rows([1.0, 0.0]))
    content = path.read_bytes()
    assert b"answer 0" in content
    path.write_bytes(content.replace(b"answer 0", raw))
    report = build(pool.repository, tmp_path / "_site")
    assert [one.path for one in report.broken] == ["results/cells/sums/alpha.json"]
    page = read_page(tmp_path / "_site/t/sums.html")
    assert "broken file" in page.text
    assert [one.text for one in page.all("data")] == ["50"]
    for written in (path for path in (tmp_path / "_site").rglob("*.html")):
        written.read_bytes().decode("utf-8")
