"""Gates on what the answer comes from: the choices without the question, the question without the rest."""

from __future__ import annotations

from jinja2 import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from commons.gates.base import Evidence, Judged, failed, model_gate, not_applicable, passed
from commons.gates.material import Material
from commons.gates.policy import MARGIN, REJECT_MARGIN
from commons.gates.with_model.copies import Change, emptied
from commons.gates.with_model.trial import Measured, ModelTrial, columns_of
from commons.gates.words import percent
from commons.pool.harness_config import HarnessConfig
from commons.stats.intervals import wilson


@model_gate(name="choices_only", order=200)
def choices_only(trial: ModelTrial) -> Judged:
    """The choices alone do not give the answer away.

    ## What it asks
    A small model answers a copy of the task in which the question column is empty. The lower end of its Wilson
    interval must not lie above chance plus the margin; above chance plus the larger margin the items are unfit.

    ## Why it matters
    Balepur et al. (2024) found models that beat the majority without the question in 11 of 12 cases. Such a task
    measures how its authors write wrong answers.

    ## When it does not apply
    Where the task is not answered by choosing, the card names no question column, the items lie on the Hub, or the
    headline is no score between right and wrong.

    ## How to mend a failure
    Read the choices without the question. Rewrite those whose style, length or detail gives the right one away.
    """
    material = trial.material
    column = material.task.card.fields.question
    if not material.chooses:
        return not_applicable("The task is not answered by choosing.")
    if not column or column not in columns_of(material):
        return not_applicable("The card names no column of the task's own data that holds the question.")
    if material.scale.kind != "share":
        return not_applicable("The headline is no score between right and wrong.")
    measured = trial.changed(Change(row=emptied(frozenset({column}))), "the choices without the question")
    return _judged(trial, measured, "the choices without the question",
                   "Rewrite the choices that give the answer away without the question.")


@model_gate(name="question_only", order=210)
def question_only(trial: ModelTrial) -> Judged:
    """The question alone does not give the answer away.

    ## What it asks
    A small model answers a copy of the task in which every other column that the prompt shows is empty: the passage,
    the note, the options. The lower end of its Wilson interval must not lie above chance plus the margin.

    ## Why it matters
    Where the passage is not needed, the task measures what the model remembers and not how it reads.

    ## When it does not apply
    Where the prompt shows the question alone, a hook makes the prompt, the choices would go with the columns, or the
    headline is no score between right and wrong.

    ## How to mend a failure
    Ask what can only be known from the passage, or change the facts in it.
    """
    material = trial.material
    others = shown_beside_the_question(material)
    if material.scale.kind != "share" or not others:
        return not_applicable("The prompt shows nothing beside the question that could be taken away.")
    measured = trial.changed(Change(row=emptied(others)), "the question without the rest")
    return _judged(trial, measured, f"the question without {', '.join(sorted(others))}",
                   "Ask what can only be known from what the prompt shows beside the question.")


def shown_beside_the_question(material: Material) -> frozenset[str]:
    """The columns that the prompt shows beside the question and that neither the choices nor the gold need."""
    config, question = material.task.config, material.task.card.fields.question
    if question is None or not isinstance(config.doc_to_text, str):
        return frozenset()
    columns = frozenset(columns_of(material))
    shown = _used(config.doc_to_text, columns)
    needed = _needed(config, columns)
    if question not in shown or needed is None:
        return frozenset()
    return shown - {question} - needed


def _needed(config: HarnessConfig, columns: frozenset[str]) -> frozenset[str] | None:
    """The columns that make the choices and the gold; None where code makes them."""
    found: frozenset[str] = frozenset()
    for setting in (config.doc_to_choice, config.doc_to_target):
        if isinstance(setting, str):
            found |= _used(setting, columns)
        elif setting is not None and not isinstance(setting, (list, dict, int)):
            return None
    return None if config.process_results is not None or config.process_docs is not None else found


def _used(template: str, columns: frozenset[str]) -> frozenset[str]:
    if template in columns:
        return frozenset({template})
    try:
        return columns & find_undeclared_variables(ImmutableSandboxedEnvironment().parse(template))
    except (TemplateSyntaxError, RecursionError):
        return frozenset()


def _judged(trial: ModelTrial, measured: Measured, what: str, mend: str) -> Judged:
    n, chance = len(measured.shares), trial.material.scale.chance
    if not n:
        return not_applicable("No item was answered.")
    low, high = wilson(sum(measured.shares.values()), n)
    revise, reject = chance + MARGIN.value, chance + REJECT_MARGIN.value
    evidence = Evidence(f"{trial.asker.model.id}, {what}", measured.score, (low, high), n, revise, MARGIN.source,
                        alarm=low > revise)
    whole = Evidence(f"{trial.asker.model.id}, the task as it is", trial.canonical.score,
                     n=len(trial.canonical.shares))
    said = f"{what[0].upper()}{what[1:]}"
    got = f"the model gets {percent(measured.score)} of {n} items (chance {percent(chance)})"
    if low > revise:
        word = "unfit" if low > reject else "in need of revision"
        return failed(f"{said}: {got}; the items are {word}.", mend, evidence, whole)
    return passed(f"{said}: {got}; as it is, {percent(trial.canonical.score)}.", evidence, whole)
