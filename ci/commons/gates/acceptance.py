"""ACCEPTANCE.md and the pages of the gates, made from the program: they can say no other numbers than it uses."""

from __future__ import annotations

from collections.abc import Mapping

from commons.gates.base import Gate
from commons.gates.catalogue import all_gates, model_gates
from commons.gates.check import NEVER_RUN
from commons.gates.policy import CRITERIA, Criterion
from commons.lint.choices import ALPHA as CHOICE_ALPHA
from commons.lint.choices import PLACE_MARGIN
from commons.lint.rules import duplicates
from commons.lint.rules.pool_duplicates import COPY
from commons.lint.runner import BASE_SECONDS
from commons.lint.twins import ALIKE

ACCEPTANCE = "ACCEPTANCE.md"
#: The numbers of lint by which a task is turned back; every rule's page says the rest.
LINT_NUMBERS = (
    ("D011", duplicates.THRESHOLD, "likeness (Jaccard, runs of five words) from which two items of a task are one"),
    ("D012", COPY, "likeness from which an item stands in another task already"),
    ("D013", ALIKE, "likeness from which a reader should look at the two (a hint)"),
    ("D024 to D027", CHOICE_ALPHA, "the most that chance may explain a habit of the golds (exact binomial test)"),
    ("D025, D026", PLACE_MARGIN, "how far above chance a place or a length may be right before it is a habit"),
    ("R000", BASE_SECONDS, "seconds in which a task folder must be checked, and as many more for each megabyte"),
)
GATES_FOLDER = "docs/gates"

_HEAD = """\
<!-- Made by `commons docs` from ci/commons/gates/policy.py: change the numbers there. -->
# What a task must show before it is accepted

A task is ready for review when `commons check` says so: lint finds nothing that blocks, and every gate passes or does
not apply. A person then reads what no program can judge: whether the golds are right, the items fair and the card true.

## Lint

No finding of the level *lint* may stand (`commons lint`); hints advise. A finding that does not apply is explained in
the card with its code and a reason. Nothing of a task is executed while lint finds a fault whose code begins with
{never}.

{lint}
Every rule has a page: [docs/rules](docs/rules/README.md).

## Gates

Each gate passes, fails, does not apply, or could not run; one that could not run says nothing, and the check then ends
with *cannot say*. `commons check --explain GATE` prints a gate's page.
"""

_TESTS = """
## How the probes are tested

Every probe without skill, and every wrong answer that a grader must refuse, is one one-sided test. For scores of right
and wrong it is the exact binomial test; for scores with parts, Hoeffding's limit on the tail. The score is held against
chance plus the margin, where chance is the card's `headline.chance`, else one over the number of choices, else one over
the number of labels where the golds are few and repeat, else 0. All tests of one task are corrected together by Holm's
method. A small task cannot fail what it cannot show: the report then names the score that would have failed. Only from
{certain:g} items on, a probe without skill that is right on every one fails in any case.
"""

_NUMBERS = """
## The numbers

| number | value | what it decides | where it comes from |
|---|---|---|---|
"""


def pages() -> Mapping[str, str]:
    """ACCEPTANCE.md, a page for each gate, and their index, by path."""
    gates = (*all_gates(), *model_gates())
    index = "# The gates\n\n" + _table(all_gates(), "") + "\nWith a model (`commons check --with-model`):\n\n" + _table(
        model_gates(), "")
    found = {f"{GATES_FOLDER}/{gate.name}.md": _page(gate) for gate in gates}
    return {**found, f"{GATES_FOLDER}/README.md": index, ACCEPTANCE: acceptance_text()}


def acceptance_text() -> str:
    """The whole of ACCEPTANCE.md."""
    numbers = {one.name: one.value for one in CRITERIA}
    return (
        _HEAD.format(never=", ".join(NEVER_RUN), lint=_lint_table())
        + "\n" + _table(all_gates(), f"{GATES_FOLDER}/")
        + "\nWith a model (`commons check --with-model`), on at most "
        + f"{numbers['model items']:g} items:\n\n" + _table(model_gates(), f"{GATES_FOLDER}/")
        + _TESTS.format(certain=numbers["certain items"]) + _NUMBERS + "".join(map(_row, CRITERIA))
    )


def _page(gate: Gate) -> str:
    return f"# {gate.name}: {gate.title}\n\n{gate.page}\n"


def _table(gates: tuple[Gate, ...], folder: str) -> str:
    rows = [f"| [{gate.name}]({folder}{gate.name}.md) | {gate.title} |\n" for gate in gates]
    return "| gate | what it proves |\n|---|---|\n" + "".join(rows)


def _lint_table() -> str:
    rows = "".join(f"| {code} | {value:.10g} | {meaning} |\n" for code, value, meaning in LINT_NUMBERS)
    return "| rule | value | what it decides |\n|---|---|---|\n" + rows


def _row(one: Criterion) -> str:
    return f"| {one.name} | {one.value:.10g} | {one.meaning} | {one.source} |\n"
