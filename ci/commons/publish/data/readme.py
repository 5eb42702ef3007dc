"""``data/README.txt``: what lies in the data folder, for somebody who found it without the site."""

from __future__ import annotations

from commons.publish.addresses import API_MODELS, API_TASKS, CELLS_CSV, CELLS_PARQUET, FEEDS, MANIFEST, MATRIX, SEARCH
from commons.publish.data.legal import PER_TASK_WORDS, Legal

#: What each file is, by its address; ``<task>`` and ``<model>`` stand for names.
FILES = {
    CELLS_CSV: "a line for each cell and metric",
    f"{CELLS_CSV}-metadata.json": "what the columns of the CSV mean (CSVW)",
    CELLS_PARQUET: "a row for each pair of task and model, with its headline or why it has none",
    "data/rows/<task>.parquet": "every item of every cell of a task",
    "data/rows/<task>.csv": "the same, where there are at most 5,000 rows",
    "data/rows/<task>.csv-metadata.json": "what the columns of that CSV mean (CSVW)",
    "data/site.json": "what of the pool could not be read",
    MANIFEST: "the API's first file: counts, and the addresses of the others",
    API_TASKS: "all tasks, in short",
    API_MODELS: "all models, in short",
    "api/v1/tasks/<task>.json": "a task: every cell with every metric, the places, the diagnosis",
    "api/v1/models/<model>.json": "a model: its entry, and its headline on every task",
    MATRIX: "the table of all models on all tasks, as the pages write it",
    SEARCH: "the names that the search in the header finds",
    "data/pairs.json": "the addresses of the pages that compare two models",
    FEEDS[0]: "new tasks (Atom)",
    FEEDS[1]: "new and changed results (Atom)",
    FEEDS[2]: "corrections and withdrawals (Atom)",
    "badges/t/<task>.svg": "a task in one line, for a README",
    "badges/m/<model>.svg": "a model in one line, for a README",
    "cards/t/<task>.png": "the picture for links to a task, where pictures were drawn",
    "cards/m/<model>.png": "the picture for links to a model, where pictures were drawn",
}


def text_of_readme(legal: Legal) -> str:
    """The file's text."""
    width = max(map(len, FILES))
    lines = [
        "The data of Eval Commons", "",
        f"as of: {legal.day or 'nothing was measured yet'}", f"licence: {legal.licence}. {PER_TASK_WORDS}",
        f"cite as: {legal.citation}", "",
        "Addresses are relative to the site's first page. All text is UTF-8.", "",
        *(f"{path:{width}}  {words}" for path, words in FILES.items()), "",
        "A pair that was not run, failed or was withdrawn has a state and a reason, and never a zero.",
        "Proportions count from 0 to 1; other units stand beside the numbers.",
    ]
    return "\n".join(lines) + "\n"
