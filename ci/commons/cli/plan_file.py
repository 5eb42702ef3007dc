"""The plan file that ``--plan`` names: without it nothing can be run, so whatever is wrong with it ends with 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commons.errors import BadFile, CannotRun

if TYPE_CHECKING:
    from commons.plan.plan import Plan


def open_plan(path: Path) -> Plan:
    """Read the plan of ``--plan``.

    Raises:
        CannotRun: it is not there, or is no plan.
    """
    from commons.plan.planfile import read_plan

    try:
        return read_plan(path)
    except BadFile as error:
        raise CannotRun(error.sentence, where=error.where, mend=f"Make it: commons plan --output {path}") from error
