"""LIFECYCLE.md: what a card declares, what is computed beside it, and who decides. Its numbers are the policy's."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.weights import WEIGHTS
from commons.github.lifecycle.proposers.draft_to_active import DAYS, MODELS
from commons.pool.card import LifecycleState
from commons.stats.saturation.diagnosis import RULES
from commons.stats.saturation.policy import (
    ALPHA,
    FAMILIES,
    HARD_FAMILIES,
    HARD_ITEMS,
    HARD_PEOPLE,
    REFRESH_DAYS,
    REFRESHES,
    RELIABLE,
    SATURATED_HEADROOM,
    SATURATED_HEADROOM_MOST,
    SATURATED_INDEX,
    TELLING,
)

LIFECYCLE_PAGE = "LIFECYCLE.md"

_MEANINGS = {
    LifecycleState.DRAFT: "measured and shown, and still being proved",
    LifecycleState.ACTIVE: "counts",
    LifecycleState.SATURATED: "solved: kept, shown and measured, and no longer counted",
    LifecycleState.RETIRED: "no longer meant to be used; its results stay",
}
_DECIDES = {
    LifecycleState.DRAFT: "the author, with the pull request that adds the task",
    LifecycleState.ACTIVE: f"the owners; proposed after {DAYS} days, measured on {MODELS} models",
    LifecycleState.SATURATED: "the owners; proposed by the rule below",
    LifecycleState.RETIRED: "the owners or a maintainer, with a reason",
}


def lifecycle_page() -> str:
    """The text of LIFECYCLE.md."""
    parts = [*_declared(), *_measured(), *_computed(), *_saturated(), *_hard(), *_not_used()]
    return "\n".join(parts) + "\n"


def _declared() -> Iterator[str]:
    yield "# The life of a task"
    yield ""
    yield "<!-- Made by `commons docs` from ci/commons/github/lifecycle/states_page.py and ci/commons/stats/saturation:"
    yield "edit those. -->"
    yield ""
    yield "A card **declares** a lifecycle state. The ledger gives a **diagnosis**, computed anew each time."
    yield "Neither changes the other by itself: where they disagree, a person decides."
    yield ""
    yield "## What a card declares"
    yield ""
    yield "| state | what it means | weight in aggregates | who decides |"
    yield "|---|---|---|---|"
    for state in LifecycleState:
        yield f"| `{state.value}` | {_MEANINGS[state]} | {WEIGHTS[state]:g} | {_DECIDES[state]} |"
    yield ""
    yield "A state has the day on which it began; `saturated` and `retired` need a reason, and may name a"
    yield "successor. [Proposals](docs/proposals.md) come from `commons lifecycle`, as a pull request or an"
    yield "issue. The owners decide by merging or closing it; a task without owners is the maintainers'."


def _measured() -> Iterator[str]:
    yield ""
    yield "## What is measured"
    yield ""
    yield f"Only the **frontier** enters: of each family of models the best one, the first {FAMILIES} of these."
    yield "Five fine-tunes of one base are one model here."
    yield ""
    yield "- **Headroom** H: the share of the way from guessing to the ceiling that lies above the best model."
    yield "  The ceiling is the card's; without one, that of the scale (100%). Wrong golds lower what can be"
    yield "  attained: the ceiling is 1 less the share of wrong golds, found by re-annotating items drawn at"
    yield "  random, with its interval. A best score above the ceiling is warned of, and where its whole interval"
    yield "  lies above, nothing is called saturated by that ceiling. Headroom to people is shown beside it, and is"
    yield "  negative where the best model beats them."
    yield "- **Reliability** rho: how far the order of the frontier would repeat on items like these (Hoyt's,"
    yield "  which equals Cronbach's alpha; on means of clusters where items share a source; at least 0)."
    yield "- **Saturation index** (1 - H)(1 - rho), with a 95% interval from whole clusters of items drawn again."
    yield f"  It has none where fewer than {TELLING} items tell any two of the models apart."
    yield "  Near 1 there is neither room nor an order that would repeat; a task at its floor has room, so"
    yield "  it is near 0."
    yield "- **Separability**: the pairs of the frontier that differ (McNemar's exact test, Holm's correction),"
    yield "  Cochran's Q for all of them, and the share of items on which all score the same. Fractional scores"
    yield "  and clustered items get a paired permutation test and an analysis of variance instead."
    yield "- **History**: headroom at the oldest and the newest refresh, and no trend: it is one minus a best score,"
    yield "  and the best of more models is better by luck alone. A straight line through it fell, with its whole"
    yield "  interval, in a quarter to two thirds of simulated tasks whose models were all equally good."


def _computed() -> Iterator[str]:
    yield ""
    yield "## The diagnosis"
    yield ""
    yield "Read from the top: the first line that holds is the diagnosis. `commons diagnose` shows it with its reasons."
    yield "A diagnosis can stand in several lines, for there are several ways to it: \"in short\" says which."
    yield ""
    yield "| | in short | diagnosis | when |"
    yield "|---|---|---|---|"
    for place, rule in enumerate(RULES, start=1):
        yield f"| {place} | {rule.short} | `{rule.name.value}` | {rule.when} |"
    yield ""
    yield "Points above guessing are of 100; where the headline is no proportion, they are hundredths of the way"
    yield "from guessing to the ceiling."
    yield ""
    yield "- `healthy`: the task does its work."
    yield "- `underpowered`: too few items to order the best models, or to say whether there is room above them."
    yield "  `commons diagnose TASK` says about how many would do."
    yield "- `floor`: too hard for every model, or broken. Look for what breaks it first."
    yield "- `saturating`: solved, as one refresh has it. Nothing changes yet."
    yield "- `insufficient data`: nothing is said, and the reason is. It is no fault of the task."
    yield ""
    yield f"**What \"healthy\" takes.** A reliability of {RELIABLE} that was reckoned from few items is no more than a"
    yield "lucky draw: of five equal models on two sources of items one frontier in fourteen has it. So the test that"
    yield f"all are equally good has to reject that (p at most {ALPHA}), and at least {TELLING} items have to tell any"
    yield "two of the models apart (of items that share a source, sources are counted). A task near its ceiling whose"
    yield "models are still ordered so is healthy: it works. Near the ceiling, with few items, nobody can tell a"
    yield "solved task from an open one: that is `underpowered`, and no rule calls it solved."


def _saturated() -> Iterator[str]:
    room, most, index = f"{SATURATED_HEADROOM:.0%}", f"{SATURATED_HEADROOM_MOST:.0%}", SATURATED_INDEX
    yield ""
    yield "## When a task is called saturated"
    yield ""
    yield f"In {REFRESHES} refreshes in a row line 4 of the table (\"solved\") holds: the index is at least {index},"
    yield f"headroom is at most {room}, and the best model's own interval leaves at most {most}. One refresh decides"
    yield "nothing, for five models tell little about their own spread: the index's interval is wide, and stands"
    yield "beside it. The lower end of that interval is no part of the rule, because models that are tied for certain"
    yield f"never bring it to {index}. `benchmarks/saturation.py` prints how often frontiers that are tied, and that"
    yield "are not, meet it."
    yield ""
    yield "A **refresh** is a state of the task's results, as git holds it, whose frontier differs from the next"
    yield "newer one: another model in it, or other scores. Measuring the same again with the same outcome is"
    yield "none. Its day is that on which its newest frontier result was measured; two refreshes lie at least"
    yield f"{REFRESH_DAYS} days apart, so that the shards of one run are one. Each is judged by today's card,"
    yield "models and amendments, and only results of today's version of the task count."
    yield ""
    yield "**What happens to it.** It keeps its page, its items and its results, and goes on being measured: a"
    yield "model that falls on a solved task shows that something broke. It weighs nothing in aggregates, and no"
    yield "rank is taken from it. The card says since when and why."
    yield ""
    yield "**How it comes back.** An owner makes it harder (new items, or wrong golds mended), raises"
    yield "`comparability_version`, and sets `active` with a date and a reason, in a pull request like any other."
    yield "Results of the old version then count for nothing. A wrong proposal is closed, and is heard."


def _hard() -> Iterator[str]:
    yield ""
    yield "## The hard suite"
    yield ""
    yield "Derived by rule from the ledger and never written down (`commons diagnose --hard`): the tasks that"
    yield ""
    yield "- are active,"
    yield f"- have a human baseline of at least {HARD_PEOPLE} people,"
    yield f"- have at least {HARD_ITEMS} items,"
    yield f"- are measured on models of at least {HARD_FAMILIES} families,"
    yield "- and on which the 95% interval of every measured model lies below what people score."
    yield ""
    yield "After BIG-bench Hard (arXiv 2210.09261). It is a gate and no index: one better way of prompting can"
    yield "empty it."


def _not_used() -> Iterator[str]:
    yield ""
    yield "## What is not used"
    yield ""
    yield "The index of Akhtar et al. (arXiv 2602.16763) is not computed: it takes the square root of the number"
    yield "of items for that number, so that almost everything looks tied; it compares the first and the fifth"
    yield "model without pairing their items; the five may be fine-tunes of one base; and it gives the same to a"
    yield "ceiling as to a floor."
