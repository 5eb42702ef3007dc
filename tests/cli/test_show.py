"""Showing cells: what contributors and models wrote never becomes a command, and names never become other paths."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commons.cli.common import safe, safe_whole
from commons.pool.rendered import RenderedItem
from tests.publish.synthetic import Pool, model, rows

from .running import commons

ATTACK = "::error::forged\n::warning::too\x1b[31m ##[error]now \u202edesrever"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """A pool with a hostile cell, and a task that was not measured."""
    pool = Pool(tmp_path_factory.mktemp("shown") / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.task("cardio")
    pool.rendered("sums", [
        RenderedItem(item="s0", prompt=f"Add.\n{ATTACK}\n", choices=(ATTACK, "no"), gold=0),
        RenderedItem(item="s1", prompt="Add.", choices=("yes", "no"), gold=7),
    ])
    held = rows([1.0, 0.0, 1.0])
    held[0] = replace(held[0], answer=ATTACK, detail=ATTACK)
    held[1] = replace(held[1], chosen=9, loglikelihoods=None)
    held[2] = replace(held[2], item=ATTACK)
    pool.cell("sums", "alpha", held)
    return pool


def test_no_line_of_a_cell_is_a_command_or_an_escape(pool: Pool) -> None:
    """Every line break stands alone behind a bar, and no line can be obeyed by a terminal or a runner."""
    done = commons("show", "sums", "alpha", cwd=pool.root)
    assert done.code == 0, done.err
    assert not [line for line in done.out.split("\n") if line.lstrip().startswith("::")]
    for sign in ("\x1b", "\u202e", "##["):
        assert sign not in done.out
    assert "  | ::error::forged\n  | ::warning::too\\x1b[31m ##\\x5berror]now \\u202edesrever\n" in done.out
    assert "  answer: ::error::forged\n  | ::warning::too" in done.out
    assert "\n\\x3a:error::forged\\n::warning::too" in done.out


def test_an_option_that_the_item_does_not_have_is_said(pool: Pool) -> None:
    """A gold or a choice out of range is named and stops nothing."""
    done = commons("show", "sums", "alpha", cwd=pool.root)
    assert "  gold: option 7, which the item does not have" in done.out
    assert "  chosen: option 9, which the item does not have" in done.out


@pytest.mark.parametrize("names", [("../../x", "m"), ("sums", "../../m"), ("sums", "alpha@../x"), ("/etc", "passwd")])
def test_a_name_that_is_a_path_is_refused(pool: Pool, names: tuple[str, str]) -> None:
    """Only names of the right form are looked for on the disk."""
    done = commons("show", *names, cwd=pool.root)
    assert done.code == 2
    assert "is no " in done.err


def test_a_task_without_cells_is_told_from_one_that_does_not_exist(pool: Pool) -> None:
    """The first says how to measure it; so does a model."""
    for name, command in (("cardio", "commons run cardio"), ("beta", "commons run <task> --model beta")):
        done = commons("show", name, cwd=pool.root)
        assert done.code == 2
        assert "is there and was not measured yet." in done.err
        assert f"mend: {command}\n" in done.err
    assert "No cell has the task or model `ghost`." in commons("show", "ghost", cwd=pool.root).err


def test_a_cell_with_wild_numbers_is_named(tmp_path: Path) -> None:
    """Numbers that no page can show are refused with the cell's place, and without a traceback."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", [replace(row, tokens_in=10**3000) for row in rows([1.0])])
    done = commons("show", "sums", "alpha", cwd=pool.root)
    assert done.code == 1
    assert "results/cells/sums/alpha.json:1: error: The row of item `s0` holds a number" in done.err
    pool.cell("sums", "alpha", [replace(rows([1.0])[0], repeat=10**3000)])
    assert commons("show", "sums", cwd=pool.root).code == 1


def test_an_error_cannot_forge_another(pool: Pool) -> None:
    """A sentence that quotes what was typed or contributed stays one line."""
    done = commons("show", ATTACK, cwd=pool.root)
    assert done.code == 2
    assert [line[:6] for line in done.err.splitlines()] == ["error:", "  mend"]


def test_a_site_build_prints_no_contributed_command(tmp_path: Path) -> None:
    """A broken file whose name is a command stands on the one line of its warning, and as the same value in JSON."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    name = "a\n::error::b\x1b##[error]\u202e\x9b.json"
    folder = pool.root / "results" / "cells" / "sums"
    folder.mkdir(parents=True)
    (folder / name).write_text("{}")
    done = commons("site", "build", cwd=pool.root)
    (warning, *stages) = sorted(done.err.splitlines(), key=lambda line: not line.startswith("warning:"))
    assert warning.startswith("warning:")
    assert [line.split()[0] for line in stages] == ["Reading", "Writing"]
    told = commons("site", "build", "--json", cwd=pool.root)
    assert json.loads(told.out)["broken"][0]["path"] == f"results/cells/sums/{name}"
    for sign in ("\x1b", "\u202e", "\x9b", "##["):
        assert sign not in done.err + told.out


def test_safe_text_is_cut_only_where_it_may_be() -> None:
    """A sentence is cut; a line of a prompt is not, and is made safe over its whole length."""
    long = "x" * 5000 + "\x1b##["
    assert len(safe(long)) == 600
    assert safe_whole(long) == "x" * 5000 + r"\x1b##\x5b"
    assert safe("  ::error::a") == r"  \x3a:error::a"
