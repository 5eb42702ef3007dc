"""Running the gates that need a model, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from commons.errors import CannotRun, CommonsError
from commons.gates.base import Gate, GateReport, Judged, could_not_run
from commons.gates.catalogue import model_gates
from commons.gates.check import Say, WithModel
from commons.gates.running import Session, Trials
from commons.gates.with_model.asking import Asker
from commons.gates.with_model.trial import ModelSession, ModelTrial
from commons.gates.words import whole
from commons.harness.sandbox import Confinement
from commons.harness.session import WorkerSession
from commons.harness.store import ResponseStore
from commons.lint.findings import plain
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task

Opener = Callable[[Task], AbstractContextManager[ModelSession]]


def gates_with(pool: Repository, model: str, confinement: Confinement) -> WithModel:
    """The gates that need a model, with the model ``model`` of ``models.yaml``; answers go to the pool's own store.

    Raises:
        CannotRun: there is no such model.
    """
    models = {one.id: one for one in pool.models()}
    if model not in models:
        raise CannotRun(f"There is no model `{model}` in models.yaml.", mend=f"Known models: {', '.join(models)}.")

    def run(task: Task, session: Session, trials: Trials, say: Say) -> Sequence[GateReport]:  # noqa: ARG001
        with ResponseStore(pool.work / "responses.sqlite") as store:
            return run_with(models[model], store, session, trials, say, lambda one: WorkerSession(one, confinement))

    return run


def run_with(
    model: Model, store: ResponseStore, session: Session, trials: Trials, say: Say, opener: Opener
) -> tuple[GateReport, ...]:
    """Every gate that needs a model, each by itself: one that breaks does not hide the others."""
    if trials.trial is None:
        return ()
    try:
        asker = Asker(model, store)
    except CommonsError as error:
        return tuple(gate.report(could_not_run(whole(plain(error.sentence)), plain(error.mend)))
                     for gate in model_gates())
    try:
        trial = ModelTrial(trials.trial.material, session, asker, opener, say)  # type: ignore[arg-type]
        return tuple(gate.report(_judged(gate, trial)) for gate in model_gates())
    finally:
        asker.close()


def _judged(gate: Gate, trial: ModelTrial) -> Judged:
    try:
        return gate.judge(trial)
    except CommonsError as error:
        return could_not_run(whole(plain(error.sentence)), plain(error.mend))
    except Exception as error:  # noqa: BLE001  (a gate's own fault must neither stop the others nor stay unseen)
        return could_not_run(f"The gate {gate.name} failed on this task ({type(error).__name__}: {plain(str(error))}).",
                             "Report it with this sentence; the fault is not in your files.")
