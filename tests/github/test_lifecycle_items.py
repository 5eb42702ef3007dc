"""The proposer of questionable items: when it speaks, and that nothing in its issue is obeyed."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.proposers.broken_items import questionable_items
from commons.github.lifecycle.registry import Facts
from commons.pool.card import BrokenItem
from commons.pool.rendered import RenderedItems
from tests.analyse.item_pool import guessing_pool, item_pool
from tests.publish.synthetic import Pool, rows

TODAY = datetime.date(2026, 12, 31)


def proposed(pool: Pool) -> list[Proposal]:
    """What is proposed about items."""
    tasks, _ = pool.repository.tasks()
    return list(questionable_items(Facts(pool.repository, TODAY, tuple(tasks))))


def test_an_issue_lists_the_items_and_what_to_paste(tmp_path: Path) -> None:
    """One issue for the task, without files: each item with its evidence, and lines that the card's format takes."""
    made = item_pool(tmp_path, 24)
    (one,) = proposed(made.pool)

    assert (one.slug, one.files, one.asks) == ("questionable-items--sums", (), ("ada", "grace-h"))
    assert one.title == "Look at 3 items of sums"
    assert "24 diverse models" in one.why
    assert "- `s00` (mean score 0% over 24 diverse models): nobody chose the gold" in one.body
    assert "Gold: `option 3 of 0`; 6 of the 6 best chose `option 0 of 0`." in one.body
    pasted = yaml.safe_load(one.body.partition("```yaml\n")[2].partition("```")[0])["known_broken"]
    assert {BrokenItem(**line).item for line in pasted} == made.wrong


def test_the_words_are_weaker_with_fewer_models(tmp_path: Path) -> None:
    """With 12 models the list says where to look; with 24 that most of it is wrong."""
    (weak,) = proposed(item_pool(tmp_path / "weak", 12).pool)
    (strong,) = proposed(item_pool(tmp_path / "strong", 24).pool)

    assert "where to look and no more" in weak.body
    assert "Most of these have a wrong gold" in strong.body
    assert "If every gold were right, about 1.0 would be listed all the same." in strong.body


@pytest.mark.parametrize("made", [
    {"models": 9}, {"models": 5, "twins": 20}, {"models": 24, "level": "none"},
    {"models": 24, "lifecycle": {"state": "retired", "since": "2026-11-01", "reason": "old"}},
    {"models": 24, "known_broken": [{"item": f"s0{n}", "reason": "wrong key"} for n in range(3)]},
])
def test_silence_where_nothing_can_be_said_or_done(tmp_path: Path, made: dict[str, object]) -> None:
    """Too few diverse models, no public names, a retired task, or all found items known: no issue."""
    assert proposed(item_pool(tmp_path, **made).pool) == []  # type: ignore[arg-type]


def test_guessers_propose_nothing(tmp_path: Path) -> None:
    """Twenty models that guess on right golds: no list and no issue, as `commons items` has it too."""
    assert proposed(guessing_pool(tmp_path, 20)) == []


def test_a_task_that_was_not_measured_is_passed_over(tmp_path: Path) -> None:
    """One task without a cell, and one whose only cell does not enter, stop no other."""
    made = item_pool(tmp_path, 12)
    made.pool.task("empty")
    made.pool.task("foreign")
    made.pool.cell("foreign", "m0", rows([1.0]), origin="external")

    assert [one.slug for one in proposed(made.pool)] == ["questionable-items--sums"]


def test_texts_of_others_are_made_harmless(tmp_path: Path) -> None:
    """An option that would mention somebody or start a heading is words in the issue."""
    made = item_pool(tmp_path, 12)
    ledger = made.pool.repository.ledger
    rendered = ledger.rendered("sums")
    assert rendered is not None
    hostile = tuple(one.model_copy(update={"choices": ("`@ana`\n# <b>", "b", "c", "<!-- d -->")})
                    for one in rendered.items)
    ledger.write_rendered(RenderedItems(rendered.header, hostile))
    (one,) = proposed(made.pool)

    assert "`'@ana' # <b>`" in one.body
    assert "\n# <b>" not in one.body
    assert "<!--" not in one.body


_LIGHT = """
import sys
from pathlib import Path
sys.modules["numpy"] = None
from commons.github.lifecycle.registry import Facts, chosen, propose_all
from commons.pool.repository import Repository
import datetime
pool = Repository(Path(sys.argv[1]))
done = propose_all(chosen(("questionable-items",)), Facts(pool, datetime.date(2026, 12, 31), tuple(pool.tasks()[0])))
print(done.failed["questionable-items"])
"""


def test_without_numpy_only_this_proposer_fails(tmp_path: Path) -> None:
    """In the light install it says what is missing, and the others go on."""
    made = item_pool(tmp_path, 1)
    done = subprocess.run([sys.executable, "-c", _LIGHT, str(made.pool.root)], capture_output=True, text=True,
                          check=False)

    assert done.stdout.startswith("Items are analysed with the package `numpy`, which is missing."), done.stderr
