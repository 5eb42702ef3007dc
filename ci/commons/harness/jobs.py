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
    """

    step: Literal["render", "score", "trial"]
    folder: Path
    fewshot_order: int = 0
    score: ScoreJob | None = None
    probes: tuple[ProbeJob, ...] = ()
