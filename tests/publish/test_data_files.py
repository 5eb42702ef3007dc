"""What the data files have in common: day, licence and citation, one list of all, and forms that programs open."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from commons.publish.frame import Place

from .committed import Committed
from .conftest import Told
from .data_site import NOWHERE, SITE, build_data, read_csv, read_json
from .synthetic import CANARY, Pool, accuracy, items, model, rows

#: Formats that hold lists and nothing else; the day, licence and citation of these stand in ``data/README.txt``.
BARE = {"data/search.json", "data/pairs.json"}
CARDS = {"cards/t/<task>.png", "cards/m/<model>.png"}
CITED = "Eval Commons: language models measured on tasks that people contribute. Results as of"


def files(site: Path, ending: str) -> list[Path]:
    """The data files of one format."""
    return sorted(path for folder in ("api", "data") for path in (site / folder).rglob(f"*{ending}"))


def general(path: Path, site: Path, pool: Committed) -> str:
    """A file's address, with the name of a task or a model in angle brackets."""
    folder, name = path.relative_to(site).parent.as_posix(), path.name
    stem = next((one for one in {*pool.cards, *pool.models} if name.startswith(f"{one}.")), None)
    if stem is None or folder == "data":
        return f"{folder}/{name}"
    word = "<model>" if folder.endswith(("/models", "/m")) else "<task>"
    return f"{folder}/{word}{name.removeprefix(stem)}"


def test_every_json_says_its_day_its_licence_and_how_to_cite_it(told: Told) -> None:
    """Each JSON file carries its schema's name and version, ``as_of``, ``licence`` and ``citation``."""
    for path in files(told.site, ".json"):
        if path.relative_to(told.site).as_posix() in BARE:
            assert isinstance(read_json(path), list)
            continue
        content = read_json(path)
        assert content["schema"].startswith("eval-commons/")
        assert content["schema"].rpartition("/")[2].isdigit()
        assert content["licence"]
        assert content["citation"]
        assert content["as_of"] is None or content["as_of"].startswith("2026-11-"), path
    day = max(cell.content["provenance"]["started"][:10] for cell in told.files.cells.values())
    assert read_json(told.site / "api/v1/manifest.json")["as_of"] == day


def test_every_parquet_says_its_day_its_licence_and_how_to_cite_it(told: Told) -> None:
    """The marks stand in the file's own metadata; a task's file has the task's licence, with what cites it."""
    for path in files(told.site, ".parquet"):
        marks = {key.decode(): value.decode() for key, value in pq.read_metadata(path).metadata.items()}
        assert {"schema", "as_of", "licence", "citation"} <= marks.keys()
        assert all(marks[key] for key in ("schema", "as_of", "licence", "citation"))
        card = told.files.cards.get(path.stem)
        assert marks["licence"] == (card.content["licence"] if card else "per task")
        assert (card.content["title"] if card else CITED) in marks["citation"] or (card and "citation" in card.content)
        assert "ARROW:schema" not in marks


def test_the_readme_says_what_the_tables_cannot(told: Told) -> None:
    """A CSV has no place for its licence: the README and the file beside it name day, licence and citation."""
    readme = (told.site / "data/README.txt").read_text(encoding="utf-8")
    manifest = read_json(told.site / "api/v1/manifest.json")
    assert f"as of: {manifest['as_of']}" in readme
    assert "licence: per task" in readme
    assert manifest["citation"] in readme
    assert all(Path(f"{path}-metadata.json").is_file() for path in files(told.site, ".csv"))


def test_the_readme_names_every_data_file_and_no_other(told: Told) -> None:
    """Each address in the README is a file, and each file of the data folders is in the README."""
    lines = (told.site / "data/README.txt").read_text(encoding="utf-8").splitlines()
    named = {line.split("  ")[0] for line in lines if line.startswith(("data/", "api/", "feeds/", "badges/", "cards/"))}
    found = {general(path, told.site, told.files) for folder in ("api", "data", "feeds", "badges", "cards")
             for path in (told.site / folder).rglob("*") if path.is_file()}
    assert named - CARDS == found - CARDS - {"data/README.txt"}


def test_the_manifest_leads_to_every_file_of_the_api(told: Told) -> None:
    """The endpoints, with each name put in, are the files under ``api/v1`` and the tables; each of them exists."""
    manifest = read_json(told.site / "api/v1/manifest.json")
    reached = {"api/v1/manifest.json"}
    for one in manifest["endpoints"].values():
        for path in one if isinstance(one, list) else [one]:
            reached |= {path.format(task=task, model=name) for task in told.files.cards for name in told.files.models}
    api = {path.relative_to(told.site).as_posix() for path in files(told.site, "*") if path.is_file()}
    beside = {path for path in api if path.endswith("-metadata.json")} | {"data/pairs.json"}
    assert api - beside <= reached
    # A task of which nothing may be shown row by row has no table of rows.
    assert all((told.site / path).is_file() for path in reached if not path.startswith("data/rows/"))
    listed = read_json(told.site / "api/v1/tasks.json")["tasks"], read_json(told.site / "api/v1/models.json")["models"]
    assert [one["file"] for one in listed[0]] == [f"api/v1/tasks/{task}.json" for task in told.files.cards]
    assert [one["file"] for one in listed[1]] == [f"api/v1/models/{name}.json" for name in told.files.models]
    assert all((told.site / one["page"]).is_file() for one in (*listed[0], *listed[1]))


def test_every_csv_opens_in_pandas_with_the_types_it_promises(told: Told) -> None:
    """A reader who knows nothing of us gets numbers as numbers and as many lines as there are."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(told.site / "data/cells.csv")
    lines = read_csv(told.site / "data/cells.csv")
    assert len(frame) == len(lines)
    assert all(frame[name].dtype.kind == "f" for name in ("value", "low", "high", "confidence"))
    measured = frame[frame["state"] == "measured"]
    assert measured["value"].tolist() == [float(one["value"]) for one in lines if one["value"]]
    table = pandas.read_parquet(told.site / "data/cells.parquet")
    headlines = measured[measured["headline"] == "yes"].set_index(["task", "model", "variant"])["value"]
    again = table.dropna(subset="value").set_index(["task", "model", "variant"])["value"]
    assert headlines.sort_index().to_dict() == again.sort_index().to_dict()


FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\n=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201"]


def test_no_text_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    """Items, answers and metrics that begin as formulas do stand behind an apostrophe, in every CSV; numbers do not."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    wild = [type(row)(**{**vars(row), "item": f"{text}{n}", "answer": text, "scores": (-1.5,)})
            for n, (row, text) in enumerate(zip(rows([1.0] * len(FORMULAS)), FORMULAS, strict=True))]
    pool.cell("sums", "alpha", wild, {"=1+1,none": accuracy([1.0])}, names=("=1+1,none",))
    out = build_data(pool, tmp_path / "_site")
    assert [one["metric"] for one in read_csv(out / "data/cells.csv")] == ["'=1+1"]
    lines = read_csv(out / "data/rows/sums.csv")
    assert [one["answer"] for one in lines] == [f"'{text}" for text in FORMULAS]
    assert [one["item"] for one in lines] == [f"'{text}{n}" for n, text in enumerate(FORMULAS)]
    assert {one["score:=1+1,none"] for one in lines} == {"-1.5"}
    with (out / "data/rows/sums.csv").open(newline="", encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert not any(name.startswith(tuple("=+-@")) for name in header)
    # Parquet is no spreadsheet: there the texts stand as they are.
    assert pq.read_table(out / "data/rows/sums.parquet").column("answer").to_pylist() == FORMULAS


def test_the_search_list_holds_names_and_no_text_of_items(told: Told) -> None:
    """Each entry is words, a title, an address that exists and a kind; nothing of a row stands in it."""
    entries = read_json(told.site / "data/search.json")
    kinds = {"task", "model", "suite", "domain", "language", "owner", "page"}
    for words, title, path, kind in entries:
        assert kind in kinds
        assert title
        assert (told.site / path.partition("#")[0]).is_file(), (words, path)
    titles = {title for _, title, _, kind in entries if kind == "task"}
    assert titles == {card.content["title"] for card in told.files.cards.values()}
    assert sum(kind == "model" for *_, kind in entries) == len(told.files.models)
    text = json.dumps(entries)
    answers = {row["answer"] for cell in told.files.cells.values() for row in cell.rows if row["answer"]}
    assert not [answer for answer in answers if len(answer) > 8 and answer in text]


def test_addresses_name_the_site_only_where_it_is_known(tmp_path: Path) -> None:
    """Without an address no data file invents one; with one the citations and the manifest hold it."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.rendered("sums", items(2))
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    places: list[tuple[Place, bool]] = [(NOWHERE, False), (SITE, True)]
    for place, known in places:
        out = build_data(pool, tmp_path / f"_site_{known}", place)
        assert (SITE.site in (out / "data/README.txt").read_text(encoding="utf-8")) is known
        task = read_json(out / "api/v1/tasks/sums.json")
        assert (f"{SITE.site}/t/sums.html" in task["citation"]) is known
        assert read_json(out / "api/v1/manifest.json")["repository"] == (SITE.repository if known else None)
        assert CANARY not in json.dumps(task)
