"""The contributor's first ten minutes through the command line, and the light install that they need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import choice_task, write_pool, write_task
from tests.cli.running import commons

TYPES = ["multiple_choice", "generate_until", "generation", "loglikelihood", "loglikelihood_rolling", "structured"]


@pytest.mark.parametrize("kind", TYPES)
def test_what_new_makes_passes_lint(tmp_path: Path, kind: str) -> None:
    """A folder of each type, made from nothing, has no lint."""
    write_pool(tmp_path, [])

    made = commons("new", "my_task", "--type", kind, cwd=tmp_path)
    linted = commons("lint", "tasks/my_task", cwd=tmp_path)

    assert made.code == 0
    assert "commons lint tasks/my_task" in made.out
    assert linted.code == 0, linted.out


@pytest.mark.parametrize(
    ("file", "before", "after", "place", "mend"),
    [
        ("pick.yaml", "data/test.jsonl", "data/tset.jsonl", "pick.yaml", "data/tset.jsonl"),
        ("pick.yaml", "output_type: multiple_choice", "output_type: [multiple", "pick.yaml", "indentation"),
        ("pick.yaml", "doc_to_choice: c", "doc_to_choise: c", "pick.yaml", "Did you mean `doc_to_choice`?"),
        ("pick.yaml", "num_fewshot: 0", "num_fewshot: none", "pick.yaml", "num_fewshot"),
        ("card.yaml", "licence: CC-BY-4.0", "license: CC-BY-4.0", "card.yaml", "Did you mean `licence`?"),
        ("data/test.jsonl", '"a": 2', '"a": 3', "data/test.jsonl", "from 0 (the first choice) to 2"),
        ("data/test.jsonl", None, "", "pick.yaml", "one JSON object a line"),
    ],
    ids=["missing file", "bad YAML", "unknown key", "wrong type", "card key", "gold out of range", "empty data"],
)
def test_a_broken_folder_gets_one_clear_sentence(
    tmp_path: Path, file: str, before: str | None, after: str, place: str, mend: str
) -> None:
    """File and line, what is wrong, how to mend it, exit code 1, no traceback."""
    write_pool(tmp_path, [choice_task()])
    path = tmp_path / "tasks" / "pick" / file
    text = path.read_text(encoding="utf-8")
    path.write_text(after if before is None else text.replace(before, after), encoding="utf-8")

    ran = commons("lint", "tasks/pick", cwd=tmp_path)

    assert ran.code == 1
    assert place in ran.out
    assert mend in ran.out
    assert "mend:" in ran.out
    assert re.search(r"^  [0-9]+:?[0-9]* +[A-Z][0-9]{3} ", ran.out, re.MULTILINE)


def test_lint_works_where_only_the_light_install_is(tmp_path: Path) -> None:
    """With every package of the full install out of reach, lint works; what needs more says what."""
    write_pool(tmp_path, [])
    write_task(tmp_path, choice_task())
    code = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'numpy', 'scipy', 'torch', 'lm_eval', 'datasets', 'httpx',\n"
        "                                      'transformers', 'sklearn', 'sacrebleu', 'huggingface_hub'}:\n"
        "            raise ModuleNotFoundError(name, name=name.partition('.')[0])\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from commons.cli import main\n"
        "main(sys.argv[1:])\n"
    )

    def light(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True,
                              check=False)

    assert light("lint", "tasks/pick").returncode == 0
    verify = light("verify")
    assert verify.returncode == 2
    assert "full install" in verify.stderr
    site = light("site", "build")
    assert site.returncode == 2
    assert "numpy" in site.stderr
    assert "make install" in site.stderr
