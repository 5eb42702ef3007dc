"""Small pages as the templates would write them, with everything in them that the scripts have to bear."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path

from tests.builders import REPOSITORY_ROOT

STATIC = REPOSITORY_ROOT / "site" / "static"
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'
PLANTED = '<img alt="" src="data:,x" onerror="window.hurt = true">'
COMMAND = "commons run planted --model one-135m --trust && echo 'ready'"

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'"
)

FAMILIES = ["llama", "qwen", "olmo", HOSTILE]

#: Model, family, score (with its text), cost; None is a cell without a value.
MODELS = [
    (
        f"model-{(i * 7) % 40:02d}",
        FAMILIES[i % 4],
        None if i % 5 == 0 else (i * 13) % 17 - 3,
        None if i % 7 == 0 else i % 6,
    )
    for i in range(40)
]

#: What the index of the search holds: words, title, path, kind.
ENTRIES = [
    *[[f"words of {name} évidence", f"Entry {name}", f"{name}.html", "task"] for name in ("items", "two")],
    *[["many", f"Filler {i}", "items.html", "model"] for i in range(12)],
    ["hostile", HOSTILE, "https://elsewhere.invalid/", "domain"],
    ["leaving", "Leaving", "../../outside.html", "domain"],
]


def page(title: str, body: str, scripts: tuple[str, ...] = (), root: str = "") -> str:
    """A whole page around ``body``; ``root`` leads from it to the root of the site."""
    loaded = "".join(f'<script src="{root}static/{name}.js" defer></script>' for name in ("site", *scripts))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="stylesheet" href="{root}static/site.css">
<link rel="stylesheet" href="{root}static/matrix.css"><link rel="icon" href="data:,">{loaded}</head>
<body><a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="name" href="{root}table.html">Fixture</a>
<nav aria-label="Site"><a href="{root}two.html">Two</a></nav>
<form class="find" role="search" action="{root}find.html" data-index="{root}data/find.json">
<label for="find-q">Search</label>
<input type="search" id="find-q" name="q"></form></header>
<main id="main" tabindex="-1"><h1>{title}</h1>{body}</main>
<footer><p>The first line.</p><p>The last line.</p></footer></body></html>
"""


def table(attributes: str = "data-sort data-filter=models") -> str:
    """A table of models with missing values, texts, a row that says why, and a cell over two columns."""
    rows = []
    for i, (model, family, score, cost) in enumerate(MODELS):
        words = 'data-words="Sonderwort"' if i == 3 else ""
        value = "" if score is None else score
        shown = "not run" if score is None else f"{score} ± 2"
        price = "" if cost is None else cost
        rows.append(
            f'<tr {words}><th scope="row"><a href="items.html#{model}">{model}</a></th>'
            f'<td dir="auto">{escape(family)}</td>'
            f'<td class="n" data-v="{value}">{shown}</td><td class="n">{price}</td><td>note {i}</td></tr>'
        )
    rows.insert(
        10, '<tr class="why"><th scope="row">model-98</th><td colspan="3">does not fit this task</td><td>why</td></tr>'
    )
    rows.insert(20, '<tr><th scope="row">model-99</th><td>olmo</td><td colspan="2">failed</td><td>spans</td></tr>')
    return (
        f'<div class="scroll" role="region" aria-label="Models" tabindex="0"><table {attributes}><thead><tr>'
        '<th scope="col">Model</th><th scope="col" data-facet="family">Family</th>'
        '<th scope="col" class="n" data-first="descending" data-key="Score">Score '
        '<span class="note">higher is better</span></th>'
        '<th scope="col" class="n">Cost</th><th scope="col" data-nosort>Note</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def items() -> str:
    """Articles of items between two pages, and a command."""
    articles = "".join(
        f'<article class="item" id="s{i}"><h2><a href="#s{i}">Item {i}</a></h2><p>{"word " * 150}</p></article>'
        for i in range(5)
    )
    links = '<a rel="prev" href="table.html">Before</a><a rel="next" href="two.html">After</a>'
    paging = f'<nav class="paging" aria-label="Pages">{links}</nav>'
    return f'<pre class="command">{escape(COMMAND)}\n</pre>{articles}{paging}'


def matrix_data(models: int, tasks: int) -> dict[str, object]:
    """A matrix whose texts and keys can be recomputed, with cells that have no number."""
    texts = ["not run", "not applicable", *[f"{value} ± 2" for value in range(100)]]
    cells = [
        [
            0 if (m * 31 + t * 17) % 11 == 0 else 1 if (m + t) % 23 == 0 else 2 + (m * 37 + t * 53 + m * t) % 100
            for m in range(models)
        ]
        for t in range(tasks)
    ]
    return {
        "models": [
            {"name": f"model {m}", "path": f"m/model-{m}.html", "words": "even" if m % 2 == 0 else "odd"}
            for m in range(models)
        ],
        "tasks": [
            {
                "name": f"task {t}",
                "path": f"t/task_{t}.html",
                "words": "domain-a" if t % 3 else "domain-b",
                "column": "accuracy in %",
                "higher": t % 2 == 0,
            }
            for t in range(tasks)
        ],
        "texts": texts,
        "keys": [None, None, *[value / 100 for value in range(100)]],
        "cells": cells,
        "pages": "r/{task}/{model}.html",
        "paged": [[m for m in range(models) if (m + t) % 3] for t in range(tasks)],
    }


def compare() -> tuple[str, list[list[str]], dict[str, str]]:
    """The form, the list of pairs, and the pages of the pairs, one with a script in its summary."""
    names = ["one", "two", "three"]
    options = '<option value="">choose</option>' + "".join(
        f'<option value="{name}">Model {name}</option>' for name in [*names, "lonely", "planted"]
    )
    selects = "".join(f"<p><label>Model {i} <select>{options}</select></label></p>" for i in range(3))
    form = f'<form data-pairs="data/pairs.json">{selects}<button>Compare</button></form>'
    pairs: list[list[str]] = []
    pages: dict[str, str] = {}
    for a, b in (("one", "two"), ("one", "three"), ("three", "two"), ("one", "planted")):
        path = f"c/{a}~{b}.html"
        pairs.append([a, b, path])
        pages[path] = page(
            f"{a} {b}",
            (
                f'<section class="summary" aria-labelledby="head"><h2 id="head">{a} against {b}</h2>'
                f'<p>+1.{len(pages)} ± 0.4</p>'
                '<a href="../items.html">items</a><script src="../planted.js"></script>'
                f"{PLANTED if b == 'planted' else ''}</section><p>The rest of the page.</p>"
            ),
            root="../",
        )
    return page("Compare", form, ("compare",)), pairs, pages


def write_pages(folder: Path) -> None:
    """Write the pages, with the site's own scripts and styles beside them."""
    shutil.copytree(STATIC, folder / "static")
    form, pairs, pages = compare()
    entries = "".join(
        f'<li data-words="{escape(words)}"><a href="items.html">{escape(title)}</a></li>'
        for words, title, _, _ in ENTRIES
    )
    small = '<table id="small" data-sort><thead><tr><th scope="col">Name</th></tr></thead><tbody>{}</tbody></table>'
    names = "".join(f"<tr><td>{name}</td></tr>" for name in ("b", "c", "a"))
    written = {
        "table.html": page("Table", table()),
        "two.html": page("Two tables", table('id="big" data-sort data-filter="models"') + small.format(names)),
        "find.html": page("Everything", f'<ul data-filter="entries">{entries}</ul>'),
        "items.html": page("Items", items()),
        "matrix.html": page("Matrix", '<div id="matrix" data-src="data/matrix.json"></div>', ("matrix",)),
        "nomatrix.html": page("No matrix", '<div id="matrix" data-src="data/nothing.json"></div>', ("matrix",)),
        "compare.html": form,
        **pages,
        "planted.js": "window.ran = true;",
        "data/find.json": json.dumps(ENTRIES),
        "data/pairs.json": json.dumps(pairs),
        "data/matrix.json": json.dumps(matrix_data(80, 60)),
    }
    for path, text in written.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
