"""What a worker is asked to do, as a value that needs no harness."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from commons.harness.scoring import ScoreJob
from commons.harness.trial import ProbeJob
from commons.pool.validate import Strict


class WorkerJob(Strict):
    """What a worker is asked to do.

    ``fewshot_order`` other than 0 puts the drawn few-shot examples in another order, which that number decides.
    ``until`` is the reading of the machine's steady clock at which the worker is stopped: shortly before, it notes what
    its code is doing.
    """

    step: Literal["render", "score", "trial"]
    folder: Path
    fewshot_order: int = 0
    score: ScoreJob | None = None
    probes: tuple[ProbeJob, ...] = ()
    until: float | None = None
