"""``commons verify`` on the committed ledger and on tampered copies of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.builders import REPOSITORY_ROOT
from tests.cli.running import commons

pytest.importorskip("scipy")


@pytest.fixture
def ledger_copy(tmp_path: Path) -> Path:
    """A copy of the committed results in a pool of its own."""
    for name in ("results", "tasks"):
        shutil.copytree(REPOSITORY_ROOT / name, tmp_path / name)
    shutil.copyfile(REPOSITORY_ROOT / "models.yaml", tmp_path / "models.yaml")
    return tmp_path


def test_the_committed_ledger_verifies() -> None:
    """Every committed number follows from its rows: six tasks on two entries of the embedded model."""
    ran = commons("verify", "--json", cwd=REPOSITORY_ROOT)

    found = json.loads(ran.out)
    assert (ran.code, found["problems"]) == (0, [])
    assert found["cells"] >= 12
    assert found["rows"] >= 2 * 6 * 60


def test_one_tampered_digit_is_found_and_named(ledger_copy: Path) -> None:
    """A flipped score gives the file, the line and the item, and the metric that no longer follows."""
    path = ledger_copy / "results" / "cells" / "everyday_physics" / "smollm2-135m-instruct.json"
    lines = path.read_text(encoding="utf-8").split("\n")
    number = next(n for n, line in enumerate(lines) if re.match(r'  \["q-\w+", 0, "scored", 1\.0', line))
    item = json.loads(lines[number].rstrip(","))[0]
    lines[number] = lines[number].replace('"scored", 1.0', '"scored", 0.0', 1)
    path.write_text("\n".join(lines), encoding="utf-8")

    ran = commons("verify", cwd=ledger_copy)

    assert ran.code == 1
    assert f"smollm2-135m-instruct.json:{number + 1}" in ran.err
    assert f"The row of item `{item}` was changed after the run." in ran.err
    assert "The value of `acc,none` is" in ran.err


def test_a_number_changed_with_its_check_is_still_found(ledger_copy: Path) -> None:
    """Whoever also forges the check is caught by the recomputation."""
    from commons.pool.cellfile import read_cell, to_text

    path = ledger_copy / "results" / "cells" / "last_word" / "smollm2-135m-instruct.json"
    cell = read_cell(path)
    metric = cell.metrics["acc,none"]
    cell.metrics["acc,none"] = metric.model_copy(update={"value": metric.value + 0.05})
    path.write_text(to_text(cell), encoding="utf-8")

    ran = commons("verify", str(path), cwd=ledger_copy)

    assert ran.code == 1
    assert "The value of `acc,none` is" in ran.err
    assert "was changed after the run" not in ran.err


def test_a_file_in_another_s_place_is_found(ledger_copy: Path) -> None:
    """A cell that was copied under another model's name does not pass."""
    folder = ledger_copy / "results" / "cells" / "last_word"
    shutil.copyfile(folder / "smollm2-135m-instruct.json", folder / "gpt2.json")

    ran = commons("verify", cwd=ledger_copy)

    assert ran.code == 1
    assert "does not stand there" in ran.err
