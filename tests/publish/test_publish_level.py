"""The publish level holds for everything that a site shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from commons.publish.build import Wishes, build

from .conftest import SECRETS
from .data_site import SITE
from .reading import read_page
from .synthetic import Pool, items, model, rows


def everything_in(path: Path) -> str:
    """All text of a file: of a Parquet its metadata, its names and its values; of a picture its bytes."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return "\n".join([str(pq.read_metadata(path).metadata), *table.column_names, str(table.to_pylist())])
    return path.read_bytes().decode("utf-8", "strict" if path.suffix != ".png" else "replace")


def assert_none_of(secrets: Iterable[str], site: Path) -> None:
    """No file of a site holds any of these texts, as it is or as JSON and HTML write it."""
    kinds = set()
    for path in (path for path in site.rglob("*") if path.is_file()):
        content = everything_in(path)
        kinds.add(path.suffix)
        for secret in secrets:
            assert secret not in content, f"{secret} in {path.relative_to(site)}"
    assert {".html", ".json", ".csv", ".parquet", ".atom", ".svg", ".txt"} <= kinds


def test_no_withheld_text_is_anywhere_in_the_site(site: Path) -> None:
    """Prompts, choices, answers, details and clusters of tasks that publish no text are in no file."""
    assert_none_of(SECRETS, site)


@pytest.mark.parametrize(("card", "cell"), [
    ("none", "none"), ("none", "aggregate"), ("none", "samples"), ("aggregate", "aggregate"), ("aggregate", "samples"),
    ("samples", "aggregate"),
])
def test_text_is_withheld_where_card_or_cell_say_so(tmp_path: Path, card: str, cell: str) -> None:
    """Whichever is stricter holds, for every text of a row and an item, in pages and in data, of an address too."""
    secret = [replace(row, answer=f"HIDDEN-ANSWER-{row.item}", cluster="HIDDEN-CLUSTER", detail="HIDDEN-DETAIL")
              for row in rows([1.0, 0.0, 1.0])]
    if card == "none":
        secret = [replace(row, item=f"salted{n}" if cell == "none" else f"HIDDEN-ID-{n}")
                  for n, row in enumerate(secret)]
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("quiet", publish=card)
    data = pool.root / "tasks/quiet/data/test.jsonl"
    data.write_text(data.read_text().replace("1 + 1 =", "HIDDEN-QUESTION"))
    for name in ("alpha", "beta"):
        pool.cell("quiet", name, secret, publish=cell)
    texts = [one.model_copy(update={"prompt": "HIDDEN-PROMPT", "choices": ("HIDDEN-GOLD", "HIDDEN-CHOICE")})
             for one in items(3)]
    hidden = ["HIDDEN-ANSWER", "HIDDEN-CLUSTER", "HIDDEN-DETAIL", "HIDDEN-QUESTION", "HIDDEN-ID"]
    if card != "samples":
        pool.rendered("quiet", texts, header="HIDDEN-HEADER")
        hidden += ["HIDDEN-PROMPT", "HIDDEN-GOLD", "HIDDEN-CHOICE", "HIDDEN-HEADER"]
    build(pool.repository, tmp_path / "_site", Wishes(place=SITE))
    assert_none_of(hidden, tmp_path / "_site")
    # The chosen option is as good as the answer where somebody has the items.
    if (tmp_path / "_site/data/rows/quiet.parquet").exists():
        table = pq.read_table(tmp_path / "_site/data/rows/quiet.parquet")
        assert table.column("chosen").null_count == table.num_rows == 6
        assert table.column("score:acc,none").to_pylist() == [1.0, 0.0, 1.0] * 2
    else:
        assert (card, cell) in {("none", "aggregate"), ("none", "samples")}


def test_the_same_words_stand_in_the_site_where_samples_are_published(tmp_path: Path) -> None:
    """The search above would find them: with the level samples answers stand on pages and in both tables of rows."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("open")
    pool.rendered("open", [one.model_copy(update={"prompt": "SHOWN-PROMPT"}) for one in items(2)])
    pool.cell("open", "alpha", [replace(row, answer="SHOWN-ANSWER") for row in rows([1.0, 0.0])])
    out = tmp_path / "_site"
    build(pool.repository, out)
    holding = {path.relative_to(out).as_posix() for path in out.rglob("*.*")
               if path.is_file() and "SHOWN-ANSWER" in everything_in(path)}
    assert {"r/open/alpha.html", "data/rows/open.csv", "data/rows/open.parquet"} <= holding
    assert "SHOWN-PROMPT" in everything_in(out / "r/open/alpha.html")


def test_scores_without_text_keep_id_outcome_and_score(site: Path) -> None:
    """At the level aggregate the rows stand in a table, and the page says why there is no text."""
    page = read_page(site / "r/prose/alpha.html")
    assert "The card publishes scores without text" in page.text
    assert "p3 scored 1.86 bits per byte (−103.00 nats over 80 bytes)" in page.text
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


@pytest.mark.parametrize("fault", [{"tokens_in": 10**30}, {"chosen": 9}])
def test_a_broken_file_of_withheld_items_is_named_without_them(tmp_path: Path, fault: dict[str, int]) -> None:
    """What is said of a file that cannot be shown names no item, where the card publishes none."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("quiet", publish="none")
    pool.cell("quiet", "alpha", [replace(row, item="HIDDEN-ID", **fault) for row in rows([1.0])])
    out = tmp_path / "_site"
    report = build(pool.repository, out)
    assert [one.path for one in report.broken] == ["results/cells/quiet/alpha.json"]
    for path in (path for path in out.rglob("*") if path.is_file()):
        assert "HIDDEN-ID" not in everything_in(path), path
