"""``commons sensitivity``: what it says of one prompt and of ten, its JSON and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.analyse.format_pool import format_pool, put, ten_formats

from .running import commons

RIGHT = [10, 12, 8, 10, 11, 9, 10, 13, 7, 10]


def test_ten_prompts_in_words(tmp_path: Path) -> None:
    """The headline is said to be one prompt's; mean, spread with its formats, share and order follow."""
    pool = format_pool(tmp_path, "alpha", "beta")
    ten_formats(pool, "alpha", RIGHT)
    ten_formats(pool, "beta", [10] * 10)
    done = commons("sensitivity", "sums", cwd=pool.root)

    assert done.code == 0, done.err
    whole = " ".join(done.out.split())
    assert "sums: the canonical format and 9 others.\n" in done.out
    assert "headline: 50% (29.9 to 70.1), 20 items; over one format, and for that one alone" in whole
    assert "mean over 10 formats: 50% (" in whole
    assert "not told apart from the 9 others: +0 points (" in whole
    assert "  lowest: 35% format-8: " in done.out
    assert "  highest: 65% format-7: " in done.out
    assert "spread, highest less lowest: 30 points (" in done.out
    assert "If you ran one format on 20 items, " in done.out
    assert "of the score would come from the choice of the format." in whole
    assert "Order of models over 10 formats" in done.out
    assert "0 of 1 pairs never change places." in whole
    assert "changes: alpha is above beta in 3, below in 3, level in 4" in done.out
    assert not [line for line in done.out.splitlines() if len(line) > 100]


def test_a_headline_that_stands_out_is_said_to(tmp_path: Path) -> None:
    """The best of ten, forty points above the others: said with the interval of that; pairs that hold are named."""
    pool = format_pool(tmp_path, "alpha", "beta")
    ten_formats(pool, "alpha", [18, 12, 8, 10, 11, 9, 10, 13, 7, 10])
    ten_formats(pool, "beta", [5] * 10)
    whole = " ".join(commons("sensitivity", "sums", cwd=pool.root).out.split())

    assert "The headline's format is the best of the 10, +40 points (" in whole
    assert "which do worse: the headline owes that to its format." in whole
    assert "never: alpha is above beta in 10" in whole


def test_one_prompt_says_how_to_run_the_others(tmp_path: Path) -> None:
    """Nothing is made up where formats were not run, and the command that runs them is there."""
    pool = format_pool(tmp_path, "alpha")
    put(pool, "alpha", "canonical", [1.0, 0.0])
    done = commons("sensitivity", "sums", "alpha", cwd=pool.root)

    assert done.code == 0, done.err
    assert "over formats: not said. It was measured in 1 format, and 3 are needed." in done.out
    assert "not run: format-1 to format-9.\n" in done.out
    assert "  commons run sums --model alpha --variant format\n  9 variants x 2 items = 18 answers, about " in done.out


def test_json_holds_what_the_words_say(tmp_path: Path) -> None:
    """The same numbers, unrounded, and how many prompts each is over."""
    pool = format_pool(tmp_path, "alpha")
    ten_formats(pool, "alpha", RIGHT)
    found = json.loads(commons("sensitivity", "sums", "--json", cwd=pool.root).out)
    one = found["models"][0]

    assert (one["headline"]["prompts"], one["prompts"], found["formats_possible"]) == (1, 10, 9)
    assert one["over_formats"]["mean"] == 0.5
    assert one["over_formats"]["interval"][0] < 0.5 < one["over_formats"]["interval"][1]
    assert 0 < one["over_formats"]["variance"]["share_of_score"] < 1
    assert [each["value"] for each in one["formats"]] == [right / 20 for right in RIGHT]


def test_what_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    """No such task or model, and no cell that counts, are exit code 2."""
    pool = format_pool(tmp_path, "alpha")
    for arguments, said in ((("times",), "no task `times`"), (("sums", "omega"), "no model `omega`"),
                            (("sums",), "No canonical cell of sums enters")):
        done = commons("sensitivity", *arguments, cwd=pool.root)
        assert (done.code, said in done.err) == (2, True), done.err
