"""The publish level holds for everything that a site shows."""

from __future__ import annotations

from pathlib import Path

from .conftest import SECRETS
from .reading import read_page


def test_no_withheld_text_is_anywhere_in_the_site(site: Path) -> None:
    """Prompts, choices, answers, details and clusters of tasks that publish no text are in no file."""
    for path in (path for path in site.rglob("*") if path.is_file()):
        content = path.read_text(encoding="utf-8")
        for secret in SECRETS:
            assert secret not in content, f"{secret} in {path.relative_to(site)}"


def test_scores_without_text_keep_id_outcome_and_score(site: Path) -> None:
    """At the level aggregate the rows stand in a table, and the page says why there is no text."""
    page = read_page(site / "r/prose/alpha.html")
    assert "The card publishes scores without text" in page.text
    assert "p3 scored −103, 80" in page.text
    assert page.all("article") == []


def test_salted_ids_are_shown_and_unsalted_ones_are_not(site: Path) -> None:
    """At the level none a cell with salted ids shows them; one written before that shows no rows."""
    assert "salted1 scored 0" in read_page(site / "r/hidden/alpha.html").text
    page = read_page(site / "r/hidden/beta.html")
    assert "its rows are not shown" in page.text
    assert page.all("tr", id="i-SECRET-PROMPT-0") == []


def test_headlines_stay_when_texts_go(site: Path) -> None:
    """Withholding items hides no number."""
    assert read_page(site / "r/prose/alpha.html").all("data")[0].text == "1.93"
    assert read_page(site / "r/hidden/alpha.html").all("data")[0].text == "50"


def test_pages_with_items_carry_the_canary_and_ask_crawlers_to_stay_away(site: Path) -> None:
    """A page that shows prompts can be found by its canary."""
    for path in ("t/sums.html", "r/sums/alpha.html"):
        page = read_page(site / path)
        assert "eval-commons:01234567-89ab-cdef-0123-456789abcdef" in page.text
        assert any("noai" in one.attributes.get("content", "") for one in page.all("meta"))
