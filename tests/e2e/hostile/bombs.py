"""Attacks by size and depth: files that take memory, time or disk from whoever reads them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from commons.pool.walk import MAX_FILES
from tests.e2e.hostile.attack import Place, attack
from tests.e2e.hostile.material import PLAIN, config, good, replace, rewrite


@attack("failure")
def billion_laughs(clone: Path, place: Place) -> None:
    """A card whose anchors stand for a billion words."""
    folder = good(clone)
    lines = ["a0: &a0 lol"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with (folder / "card.yaml").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


@attack("failure")
def yaml_without_a_floor(clone: Path, place: Place) -> None:
    """Settings and a card of ten thousand nested lists, and a merge key that holds itself."""
    folder = good(clone)
    for path in (config(folder), folder / "card.yaml"):
        with path.open("a", encoding="utf-8") as file:
            file.write("deep: " + "[" * 10_000 + "]" * 10_000 + "\nself: &self {<<: *self}\n")


@attack("failure")
def rows_without_a_floor(clone: Path, place: Place) -> None:
    """Rows of a hundred thousand brackets, of numbers without end, and of one line of five megabytes."""
    with (good(clone) / "data" / "test.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "deep", "question": ' + "[" * 100_000 + "]" * 100_000 + "}\n")
        file.write('{"id": "long", "answer": ' + "9" * 10_000 + ', "question": 1e9999, "choices": NaN}\n')
        file.write(json.dumps({"id": "wide", "question": "x" * 5_000_000}) + "\n")


@attack("failure")
def no_text(clone: Path, place: Place) -> None:
    """A card of zero bytes, settings in UTF-16, a README that is no text, and data with half a letter."""
    folder = good(clone)
    (folder / "card.yaml").write_bytes(bytes(1_000))
    config(folder).write_bytes(config(folder).read_text(encoding="utf-8").encode("utf-16"))
    (folder / "README.md").write_bytes(b"\xff\xfe\x00" * 500)
    (folder / "data" / "test.jsonl").write_bytes(b'{"id": "\xc3"}\n{"id": "\\ud800"}\n')


@attack("failure")
def a_pattern_without_end(clone: Path, place: Place) -> None:
    """A filter whose pattern takes exponential time."""
    folder = good(clone, "last_word", "final_word")
    replace(config(folder), "metric_list:", "filter_list:\n  - name: x\n    filter:\n      - {function: regex, "
            "regex_pattern: '((a+)+)+$'}\n      - {function: take_first}\nmetric_list:")


@attack("failure")
def a_template_without_end(clone: Path, place: Place) -> None:
    """A prompt that counts to a billion, and a choice that multiplies text."""
    folder = good(clone)
    replace(config(folder), "{{question}}", "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}"
            "{% endfor %}{{ 'x' * 10**9 }}{{question}}")


@attack("failure")
def more_files_than_any_task(clone: Path, place: Place) -> None:
    """A task folder with one file more than a folder may have."""
    folder = good(clone)
    (folder / "more").mkdir()
    for number in range(MAX_FILES):
        (folder / "more" / f"{number}.txt").write_text(str(number), encoding="utf-8")


@attack("failure")
def paths_without_end(clone: Path, place: Place) -> None:
    """A file eighty folders deep, and names as long as a disk allows."""
    folder = good(clone)
    deep = folder.joinpath(*["deep"] * 80)
    deep.mkdir(parents=True)
    for name in ("a" * 250, "\u00e9" * 120, "x.jsonl"):
        (deep / name).write_text("{}", encoding="utf-8")


@attack("failure")
def a_hundred_tasks(clone: Path, place: Place) -> None:
    """A hundred broken tasks with long names, to make a comment that GitHub refuses."""
    for number in range(100):
        folder = clone / "tasks" / f"{'a' * 90}_{number:03}"
        folder.mkdir()
        (folder / f"{folder.name}.yaml").write_text("task: 1\nmetric: [\n", encoding="utf-8")
        (folder / "card.yaml").write_text("owners: @pool\n", encoding="utf-8")


@attack("failure")
def packed_data(clone: Path, place: Place) -> None:
    """Data that is packed: a few kilobytes that unpack to a hundred megabytes."""
    folder = good(clone)
    with gzip.open(folder / "data" / "test.jsonl.gz", "wb") as file:
        file.write(bytes(100_000_000))
    replace(config(folder), "data/test.jsonl", "data/test.jsonl.gz")


@attack("failure")
def rows_by_the_thousand(clone: Path, place: Place) -> None:
    """A data file of many equal rows, each with an id of its own."""

    def change(rows: list[dict[str, object]]) -> None:
        rows += [{**rows[0], "id": f"n-{number}"} for number in range(3_000)]

    rewrite(good(clone), change)


@attack("failure", slow=True)
def two_hundred_megabytes(clone: Path, place: Place) -> None:
    """A data file of 200 MB, which packs to almost nothing on the way here."""
    with (good(clone) / "data" / "more.jsonl").open("wb") as file:
        file.truncate(200_000_000)


@attack("error", slow=True)
def twenty_one_thousand_files(clone: Path, place: Place) -> None:
    """More changed files than are looked at one by one."""
    good(clone)
    for number in range(21_000):
        path = clone / "docs" / "more" / str(number % 100) / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLAIN, encoding="utf-8")
