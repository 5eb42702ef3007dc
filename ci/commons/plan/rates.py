"""How fast, how long and how wordy a model is: from what its stored cells record, else from a stated prior.

Time is a prior times a factor. The prior is the arithmetic of the model: reading a token takes two operations for
each parameter (Kaplan et al. 2020, arXiv 2001.08361), writing one reads every parameter from memory once (Pope et al.
2022, arXiv 2211.05102), both on the slow side of a free runner with two to four cores. The factor is recorded seconds
over the prior's, for the model's own cells that reused no answers; where it has none, the middle factor of the other
models that run the same way, which scales their speed by parameters; where nobody has one, 1. Loading is done alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commons.gates.policy import CHARACTERS_PER_TOKEN
from commons.plan.heads import CellHead
from commons.plan.outline import TaskOutline
from commons.pool.models import Model

#: Operations and bytes a second, sustained, by what a model runs on: two slow cores; an old data-centre GPU.
#: SmolLM2 135M in fp32 reached 60e9 operations a second through the harness on two shared cores.
_OPERATIONS = {"cpu": 50e9, "cuda": 10e12}
_BYTES = {"cpu": 8e9, "cuda": 300e9}
#: Bytes of a parameter as this program runs small models (fp32).
_PARAMETER_BYTES = 4
#: What a model is taken to have that does not say.
_PARAMETERS = 1_000_000_000
#: Reading weights, converting them where they are packed, and starting the libraries.
_LOAD_BYTES = 100e6
_START_SECONDS = 5.0
#: An endpoint: seconds to the first token of an answer, and seconds for each token after it.
_ANSWER_SECONDS = 1.0
_WORD_SECONDS = 0.02
#: Rendering and grading a cell: two processes that start the harness once each, however few its answers.
CELL_SECONDS = 12.0


@dataclass(frozen=True)
class Work:
    """What is to be sent: how many requests, tokens to read and tokens to write."""

    requests: float
    tokens_in: float
    tokens_out: float


@dataclass
class History:
    """What a model's stored cells add up to."""

    cells: int = 0
    timed: int = 0
    seconds: float = 0.0
    prior_seconds: float = 0.0
    loads: int = 0
    load_seconds: float = 0.0
    characters: int = 0
    tokens_of_characters: int = 0
    generations: int = 0
    tokens_out: int = 0

    def add(self, model: Model, head: CellHead, outline: TaskOutline | None) -> None:
        """Count one stored cell; ``outline`` is its task's, where the cell was measured on what stands today."""
        tokens_in = head.tokens_in
        if head.standing.partial or not tokens_in or not head.n:
            return
        self.cells += 1
        if head.load_seconds is not None:
            self.loads += 1
            self.load_seconds += head.load_seconds
        if not head.answers_reused and head.seconds > 0:
            self.timed += 1
            self.seconds += head.seconds
            self.prior_seconds += prior_seconds(model, Work(head.n, tokens_in, head.tokens_out or 0))
        if outline is not None:
            form = outline.form(model.form)
            self.characters += form.characters
            self.tokens_of_characters += tokens_in
        if head.tokens_out:
            self.generations += head.n
            self.tokens_out += head.tokens_out


@dataclass(frozen=True)
class Rates:
    """What a model's costs are worked out with. ``tokens_a_generation`` is None where nothing was ever written.

    ``basis`` says in a sentence where the numbers come from.
    """

    characters_per_token: float
    tokens_a_generation: float | None
    factor: float
    load_seconds: float
    basis: str


def rates_of(models: Iterable[Model], histories: Mapping[str, History]) -> dict[str, Rates]:
    """The rates of each of ``models``; ``histories`` may hold more models, whose speed stands in where one has none."""
    chosen = list(models)
    factors = {kind: _middle(one.seconds / one.prior_seconds for one in group if one.prior_seconds)
               for kind, group in _by_kind(chosen, histories).items()}
    loads = _middle(one.load_seconds / one.loads / prior_load(model) for model in chosen
                    if (one := histories.get(model.id)) and one.loads and prior_load(model))
    return {model.id: _rates(model, histories.get(model.id) or History(), factors[_kind(model)], loads)
            for model in chosen}


def prior_seconds(model: Model, work: Work) -> float:
    """How long ``work`` takes where nothing was ever recorded."""
    if model.endpoint is not None:
        return (work.requests * _ANSWER_SECONDS + work.tokens_out * _WORD_SECONDS) / model.endpoint.parallel
    parameters, device = model.parameters or _PARAMETERS, _kind(model)
    return (work.tokens_in * 2 * parameters / _OPERATIONS[device]
            + work.tokens_out * _PARAMETER_BYTES * parameters / _BYTES[device])


def prior_load(model: Model) -> float:
    """How long the model takes to load where nothing was ever recorded."""
    if model.endpoint is not None:
        return 0.0
    return _START_SECONDS + _PARAMETER_BYTES * (model.parameters or _PARAMETERS) / _LOAD_BYTES


def _rates(model: Model, own: History, factor: float | None, load: float | None) -> Rates:
    said: list[str] = []
    if own.tokens_of_characters:
        per_token = own.characters / own.tokens_of_characters
        said.append(f"{per_token:.1f} characters a token as its {_cells(own.cells)} counted")
    else:
        per_token = float(CHARACTERS_PER_TOKEN.value)
        said.append(f"{per_token:g} characters a token as a rule of thumb")
    if own.timed and own.prior_seconds:
        speed = own.seconds / own.prior_seconds
        said.append(f"speed from {_cells(own.timed)} of its own")
    elif factor is not None:
        speed = factor
        said.append("speed from the other models, scaled by parameters" if model.endpoint is None
                    else "speed from the other endpoints")
    else:
        speed = 1.0
        said.append("speed by its parameters on a slow runner" if model.endpoint is None
                    else f"{_ANSWER_SECONDS:g} s an answer and {1 / _WORD_SECONDS:g} tokens a second, a guess")
    loaded = own.load_seconds / own.loads if own.loads else prior_load(model) * (1.0 if load is None else load)
    if loaded:
        said.append(f"loaded in {loaded:.0f} s" if own.loads else "loading by its size")
    wordy = own.tokens_out / own.generations if own.generations else None
    text = ", ".join(said)
    return Rates(per_token, wordy, speed, loaded, text[0].upper() + text[1:] + ".")


def _cells(count: int) -> str:
    return f"{count} stored cell{'' if count == 1 else 's'}"


def _kind(model: Model) -> str:
    return "endpoint" if model.endpoint is not None else "cpu" if "cpu" in model.runs_on else "cuda"


def _by_kind(models: Iterable[Model], histories: Mapping[str, History]) -> dict[str, list[History]]:
    found: dict[str, list[History]] = {}
    for model in models:
        group = found.setdefault(_kind(model), [])
        if (own := histories.get(model.id)) is not None:
            group.append(own)
    return found


def _middle(values: Iterable[float]) -> float | None:
    known = list(values)
    return statistics.median(known) if known else None
