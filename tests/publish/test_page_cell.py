"""A cell's pages: every row of the committed file stands on them once, with its scores, answer and outcome."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from commons.publish.numbers import quantity

from .committed import File
from .conftest import Told
from .reading import Element, Page, Table
from .test_page_numbers import number, rounds_to


def pages_of(told: Told, cell: File) -> list[Page]:
    """All pages of a cell's rows, in their order."""
    first = f"r/{cell.task}/{cell.name}"
    numbered = [path for path in told.pages if re.fullmatch(re.escape(first) + r"~\d+\.html", path)]
    numbered.sort(key=lambda path: int(path.rpartition("~")[2].removesuffix(".html")))
    return [told.pages[f"{first}.html"], *(told.pages[path] for path in numbered)]


def texts_of(told: Told, cell: File) -> bool:
    """Whether the card, and the level that the cell was written under, both publish texts."""
    return "samples" == cell.content["publish"] == cell.card.content.get("publish", "samples")


def shown_scores(cell: File, row: dict[str, object]) -> str:
    """A row's scores, as the file has them, to six digits."""
    names = list(cell.content["columns"])
    columns = names[names.index("outcome") + 1:names.index("chosen")]
    said = []
    for column in columns:
        value = row[column]
        parts = value if isinstance(value, list) else [value]
        words = ", ".join("no score" if one is None else f"{one:g}".replace("-", "\N{MINUS SIGN}") for one in parts)
        if isinstance(value, list) or column.startswith("perplexity,"):
            words = made_of_parts(column.partition(",")[0], parts)
        said.append(f"{column.removesuffix(',none')} {words}")
    return "; ".join(said)


def made_of_parts(metric: str, parts: list[Any]) -> str:
    """A row's log-likelihood, and what it makes of the bytes or words that it is over."""
    nats = f"{parts[0]:.2f}".replace("-", "\N{MINUS SIGN}") + " nats"
    if len(parts) == 1:
        return nats
    value = -parts[0] / parts[1] / math.log(2) if metric == "bits_per_byte" else math.exp(-parts[0] / parts[1])
    unit = "bits per byte" if metric == "bits_per_byte" else "perplexity"
    return (f"{quantity(value, '')} {unit} ({nats} over {parts[1]:g} "
            f"{'words' if metric.startswith('word') else 'bytes'})")


def test_every_row_stands_once_with_its_scores(told: Told) -> None:
    """Rows are numbered as in the file, twenty on a page, each with its item, outcome and scores."""
    for cell in told.files.cells.values():
        if not texts_of(told, cell):
            continue
        pages = pages_of(told, cell)
        articles = [one for page in pages for one in page.all("article", class_="item")]
        assert len(articles) == len(cell.rows), (cell.task, cell.name)
        assert len(pages) == max(1, -(-len(cell.rows) // 20)), (cell.task, cell.name)
        for index, (article, row) in enumerate(zip(articles, cell.rows, strict=True), start=1):
            where = (cell.task, cell.name, row["item"])
            head = article.all("h3")[0]
            assert head.all("a")[0].text == str(index), where
            assert head.all("span")[0].text == row["item"], where
            facts = {one.all("dt")[0].text: one.all("dd")[0] for one in article.all("dl")[0].all("div")}
            assert facts["Scores"].text.startswith(shown_scores(cell, row)), where
            assert_verdict(cell, row, head)
            if row["answer"] is not None:
                assert facts["Answer"].all("span")[0].raw == row["answer"], where


def assert_verdict(cell: File, row: dict[str, object], head: Element) -> None:
    """The row's tags say right or wrong where its score does, and its outcome where that is not simply scored."""
    tags = [one.text for one in head.all("span", class_="tag")]
    score = row[cell.card.column]
    if cell.card.judged and score is not None:
        assert tags[0] == {1.0: "right", 0.0: "wrong"}.get(score, "partly right"), row  # type: ignore[call-overload]
    if row["outcome"] != "scored":
        assert str(row["outcome"]).replace("_", " ") in tags, row


def test_the_index_leads_to_every_row_under_what_became_of_it(told: Told) -> None:
    """Right, wrong and unscored rows are counted as the file has them, and each number leads to its row."""
    for cell in (one for one in told.files.cells.values() if texts_of(told, one) and one.card.judged):
        groups = pages_of(told, cell)[0].all("div", class_="index")[0].all("p")
        counted = {one.all("b")[0].text.partition(" ")[2]: int(one.all("b")[0].text.partition(" ")[0])
                   for one in groups}
        marks: Counter[str] = Counter()
        for row in cell.rows:
            score = row[cell.card.column]
            marks[str(row["outcome"]).replace("_", " ") if score is None
                  else {1.0: "right", 0.0: "wrong"}.get(score, "partly right")] += 1
        assert counted == dict(marks), (cell.task, cell.name)
        numbers = sorted(int(link.text) for group in groups for link in group.all("a"))
        assert numbers == list(range(1, len(cell.rows) + 1)), (cell.task, cell.name)


def headline_choice(told: Told, cell: File, row: dict[str, object]) -> int:
    """The option that the headline goes by, from the committed texts and log-likelihoods."""
    values: list[float] = list(row["loglikelihoods"])  # type: ignore[call-overload]
    if cell.card.column.startswith("acc_norm,"):
        lines = (told.files.root / f"results/rendered/{cell.task}.jsonl").read_text().splitlines()[1:]
        texts = {one["item"]: one["choices"] for one in map(json.loads, lines)}[row["item"]]
        values = [value / len(text) for value, text in zip(values, texts, strict=True)]
    return values.index(max(values))


def test_no_row_is_gold_and_chosen_and_wrong(own: Told) -> None:
    """The verdict and the mark of the chosen option follow one rule, also where lengths decide."""
    checked = 0
    for cell in (one for one in own.files.cells.values() if one.card.column.startswith("acc")):
        for article in (one for page in pages_of(own, cell) for one in page.all("article", class_="item")):
            picked = article.all("li", class_="chosen")
            tags = {one.text for option in picked for one in option.all("span", class_="tag")}
            verdict = article.all("h3")[0].all("span", class_="tag")[0].text
            if picked:
                assert ("gold" in tags) == (verdict == "right"), (cell.task, cell.name, article.text[:80])
                checked += "highest log-likelihood" in article.text
    assert checked


def test_a_chat_cell_says_that_its_template_is_not_recorded(own: Told) -> None:
    """The rows of a chat cell are what was put into the template, and the template's digest is named."""
    cell = own.files.cells["everyday_physics", "smollm2-135m-instruct-chat"]
    text = pages_of(own, cell)[0].text
    assert "the template around it is not recorded" in text
    assert cell.content["protocol"]["chat_template_sha256"] in text
    assert "Prompts are shown as they were put" not in text


def test_choices_carry_the_log_likelihoods_of_the_file(told: Told) -> None:
    """Beside each option stands its log-likelihood to two digits, and the chosen one is the headline's choice."""
    checked = 0
    for cell in (one for one in told.files.cells.values() if texts_of(told, one)):
        articles = [one for page in pages_of(told, cell) for one in page.all("article", class_="item")]
        for article, row in zip(articles, cell.rows, strict=True):
            options = article.all("ol")[0].all("li") if article.all("ol", class_="weighed") else []
            chosen = [int(one.attributes["value"]) - 1 for one in options
                      if "chosen" in one.attributes.get("class", "")]
            if options:
                assert chosen == [headline_choice(told, cell, row)], (cell.task, cell.name, row["item"])
            for option in options:
                place = int(option.attributes["value"]) - 1
                printed = option.text.partition(" ")[0]
                assert rounds_to(row["loglikelihoods"][place], printed), (cell.task, cell.name, row["item"])
                assert number(printed) <= 0
                checked += 1
    assert checked > 50


def test_prompts_stand_word_for_word(told: Told) -> None:
    """The prompt of each row is the rendered item's, to the letter, wherever it is of the version that was measured."""
    checked = 0
    for cell in (one for one in told.files.cells.values() if texts_of(told, one)):
        file = told.files.root / f"results/rendered/{cell.task}.jsonl"
        if not file.is_file():
            continue
        head, *lines = map(json.loads, file.read_text().splitlines())
        prompts = {one["item"]: one["prompt"] for one in lines}
        if head["task_hash"] != cell.content["identity"]["task_hash"]:
            continue
        articles = [one for page in pages_of(told, cell) for one in page.all("article", class_="item")]
        for article, row in zip(articles, cell.rows, strict=True):
            if row["item"] in prompts:
                assert article.all("pre")[0].raw.removeprefix("\n") == prompts[row["item"]], (cell.task, row["item"])
                checked += 1
    assert checked >= 45


def test_what_a_card_withholds_leaves_scores_in_a_table(made_up: Told) -> None:
    """At the level without text each row is a line with item, outcome and scores, and no more."""
    for name in ("alpha", "beta"):
        cell = made_up.files.cells["prose", name]
        lines = [line for page in pages_of(made_up, cell) for one in page.all("table")
                 if one.text.startswith("Item Outcome") for line in Table.of(one).lines]
        assert [(line["Item"].text, line["Outcome"].text) for line in lines] == [
            (row["item"], "scored") for row in cell.rows]
        for line, row in zip(lines, cell.rows, strict=True):
            assert f"bits_per_byte {line['bits_per_byte'].text}" == shown_scores(cell, row)


def test_outcomes_and_tokens_are_summed(told: Told) -> None:
    """The sentence below the bar counts outcomes and tokens over all rows of the file."""
    for cell in told.files.cells.values():
        text = pages_of(told, cell)[0].text
        assert f"{cell.total('tokens_in'):,} tokens in, {cell.total('tokens_out'):,} out." in text, cell.name
        for outcome, rows in cell.outcomes.items():
            assert f"{rows} {outcome.replace('_', ' ')}" in text, (cell.task, cell.name)
        made = cell.content["provenance"]
        for words in (made["started"], made["engine"], made["host"], made["weights"], made["commit"],
                      cell.content["identity"]["cell_key"]):
            assert words in text, (cell.task, cell.name, words)
