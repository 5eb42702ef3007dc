"""One pool with a cell in every state, built once."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from commons.pool.cell import Metric, Outcome, Row
from commons.pool.repository import Repository
from commons.publish.build import build

from .committed import Committed
from .reading import Page, read_site
from .synthetic import SITE, Pool, endpoint, items, model, rows

#: Texts of tasks whose cards publish no text; none of them may be found in a site.
SECRETS = ("SECRET-PROMPT", "SECRET-CHOICE", "SECRET-ANSWER", "SECRET-DETAIL", "SECRET-CLUSTER", "SECRET-HEADER")


def every_state(root: Path) -> Pool:
    """A pool with a measured, partial, missing, inapplicable, broken, withheld and stale pair, and more."""
    pool = Pool(root)
    pool.models(model("alpha"), model("beta", parameters=1000), model("gamma", runs_on=["cuda"]), endpoint("served"))
    pool.task("sums", title="Sums & more")
    pool.task("words", "generate_until", headline={"metric": "exact", "direction": "higher", "chance": None})
    pool.task("prose", "loglikelihood_rolling", publish="aggregate",
              headline={"metric": "bits_per_byte", "direction": "lower", "unit": "bits per byte"})
    pool.task("hidden", publish="none")
    pool.task("later", comparability_version=2)

    pool.rendered("sums", items(45), header="Add the numbers.\n\n")
    pool.cell("sums", "alpha", rows([1.0] * 30 + [0.0] * 15))
    partial = rows([1.0] * 58 + [0.0] * 2)
    partial[3] = replace(partial[3], outcome=Outcome.INSTRUMENT_FAULT, scores=(None,), detail="time-out after 120 s")
    partial[9] = replace(partial[9], outcome=Outcome.NOT_RUN, scores=(None,))
    pool.cell("sums", "beta", partial)
    pool.cell("sums", "alpha", rows([1.0, 0.0]), variant="options-reversed")

    generated = [replace(row, chosen=None, loglikelihoods=None) for row in rows([1.0] * 7 + [0.0])]
    metrics = {"exact,none": Metric(value=0.875, stderr=0.1, interval=(0.529, 0.978), method="Wilson", n=8,
                                    aggregation="mean", higher_is_better=True)}
    pool.cell("words", "alpha", generated, metrics, names=("exact,none",))
    pool.cell("words", "served", generated, metrics, names=("exact,none",))
    path = pool.repository.ledger.cell_path("words", "beta")
    path.write_text('{"schema_version": 1, "identity"')

    _without_text(pool)
    pool.cell("later", "alpha", rows([1.0, 0.0, 1.0]))
    pool.cell("ghost", "alpha", rows([1.0]))
    (root / "tasks" / "halfway").mkdir()
    return pool


def _without_text(pool: Pool) -> None:
    """Cells and rendered items of the tasks that publish no text, as careless hands might have left them."""
    leaky = [
        Row(item=f"p{n}", repeat=0, outcome=Outcome.SCORED, scores=((-100.0 - n, 80.0),), answer="SECRET-ANSWER",
            cluster="SECRET-CLUSTER", detail="SECRET-DETAIL", tokens_in=9, tokens_out=0)
        for n in range(25)
    ]
    bits = {"bits_per_byte,none": Metric(value=1.93, stderr=0.02, interval=(1.89, 1.98), method="BCa bootstrap", n=25,
                                         aggregation="bits_per_byte", higher_is_better=False)}
    for model_id in ("alpha", "beta"):
        pool.cell("prose", model_id, leaky, bits, names=("bits_per_byte,none",), publish="aggregate")
    secret = [item.model_copy(update={"choices": ("SECRET-CHOICE", "no")}) for item in items(2, "SECRET-PROMPT {n}")]
    for task in ("prose", "hidden"):
        pool.rendered(task, secret, header="SECRET-HEADER\n")
    salted = [replace(row, item=f"salted{n}", answer="SECRET-ANSWER") for n, row in enumerate(rows([1.0, 0.0]))]
    pool.cell("hidden", "alpha", salted, publish="none")
    unsalted = [replace(row, item=f"SECRET-PROMPT-{n}", answer="SECRET-ANSWER") for n, row in enumerate(rows([1.0]))]
    pool.cell("hidden", "beta", unsalted, publish="samples")
    withdrawal = {"date": "2026-11-21", "kind": "withdrawn", "task": "prose", "model": "beta", "reason": "Wrong data.",
                  "before": 1.93, "by": "ada"}
    (pool.root / "results" / "amendments.jsonl").write_text(json.dumps(withdrawal) + "\n")


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """The pool with a cell in every state."""
    return every_state(tmp_path_factory.mktemp("pool"))


@pytest.fixture(scope="session")
def site(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site. Tests only read it."""
    out = tmp_path_factory.mktemp("built") / "_site"
    build(pool.repository, out)
    return out


@dataclass(frozen=True)
class Told:
    """A built site, its pages by address, and the files that it was built from."""

    site: Path
    pages: dict[str, Page]
    files: Committed


@pytest.fixture(scope="session")
def made_up(pool: Pool, site: Path) -> Told:
    """The pool with a cell in every state, and what its site tells."""
    return Told(site, read_site(site), Committed(pool.root))


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The pool of this repository itself, and what its site tells."""
    root = tmp_path_factory.mktemp("own") / "pool"
    for name in ("tasks", "results"):
        shutil.copytree(SITE.parent / name, root / name)
    shutil.copy(SITE.parent / "models.yaml", root)
    build(Repository(root), root.parent / "_site")
    return Told(root.parent / "_site", read_site(root.parent / "_site"), Committed(root))


@pytest.fixture(scope="session", params=["made_up", "own"])
def told(request: pytest.FixtureRequest) -> Told:
    """Each of the two in turn."""
    found: Told = request.getfixturevalue(request.param)
    return found
