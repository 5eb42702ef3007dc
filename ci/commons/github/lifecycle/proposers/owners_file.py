"""The file of owners, made again from the cards."""

from __future__ import annotations

from collections.abc import Iterator

from commons.github.lifecycle.proposal import Change, Proposal
from commons.github.lifecycle.registry import Facts, proposer
from commons.github.owners import CODEOWNERS_FILE, MAINTAINERS_FILE, codeowners_of
from commons.github.words import amount
from commons.pool.yamlfile import read_text

_MAX_BYTES = 10_000_000


@proposer("owners-file")
def owners_file(facts: Facts) -> Iterator[Proposal]:
    """The file of owners is not what the cards say.

    ## What it looks for

    `.github/CODEOWNERS` differs from what the tasks' cards and `MAINTAINERS` give. It is the only file made by
    `commons docs` that depends on tasks. A pull request that adds a task does not touch it (two such would conflict),
    so it lags after each merge; a line that says something else than the card is a mistake.

    ## What it proposes

    The file as `commons docs` writes it.

    ## Without a bot

    An issue with the change; a maintainer runs `commons docs` and opens a pull request with what it writes.
    """
    wanted = codeowners_of(facts.pool)
    path = facts.pool.root / CODEOWNERS_FILE
    standing = read_text(path, _MAX_BYTES) if path.is_file() else None
    if wanted is None or standing == wanted:
        return
    change = Change(CODEOWNERS_FILE, standing, wanted)
    diff = change.diff()
    more, fewer = (sum(line.startswith(sign) and not line.startswith(sign * 3) for line in diff) for sign in "+-")
    yield Proposal(
        "owners-file", f"{CODEOWNERS_FILE} as the cards say",
        f"`{CODEOWNERS_FILE}` is not what the tasks' cards and `{MAINTAINERS_FILE}` give.",
        f"Made by `commons docs`: {amount(more, 'line')} more and {fewer:,} fewer. Until it is merged, a task "
        "without a line is the maintainers'.",
        facts.today, (change,), asks=facts.maintainers,
    )
