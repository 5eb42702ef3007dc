"""The task card: who made a task, what it measures, under which licence, and how its number is read.

The card is for people and for policy; it never changes what is sent to a model, so nothing in it enters a cell
key. The format is typed, unknown keys are refused, and each field's description is its documentation (in the JSON
Schema that editors read, in error messages, and on the site).
"""

from __future__ import annotations

import datetime
import re
from enum import Enum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from commons.pool.validate import Strict, shows_something, unknown_word
from commons.pool.vocabulary import DOMAINS, SKILLS

CARD_FILE = "card.yaml"
#: The unit of scores from 0 to 1, which people read in percent.
PROPORTION = "proportion"

#: GitHub's handles neither end in a hyphen nor hold two in a row.
Handle = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$", max_length=39)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
Spdx = Annotated[str, StringConstraints(
    pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$", max_length=200,
)]
Canary = Annotated[str, StringConstraints(pattern=r"^eval-commons:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
#: Its own limit is no `max_length`: pydantic would let it replace the smaller one of a field.
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(shows_something)]
#: A name that stands beside numbers on many pages: of a metric, a filter or a unit.
Label = Annotated[Sentence, StringConstraints(max_length=100)]
#: The most languages, skills and owners that one task can have.
MOST = 200


class PublishLevel(str, Enum):
    """How much of a task's results may be committed, uploaded or shown."""

    SAMPLES = "samples"
    AGGREGATE = "aggregate"
    NONE = "none"


class LifecycleState(str, Enum):
    """What the owners declare about a task; what is computed about it is its diagnosis."""

    DRAFT = "draft"
    ACTIVE = "active"
    SATURATED = "saturated"
    RETIRED = "retired"


class Provenance(Strict):
    """Where the items come from."""

    source: Sentence = Field(description="Where the items come from: written for this task, or the work and its link.")
    collected: Sentence = Field(description="How they were written, chosen and checked.")
    annotators: Sentence = Field(description="Who wrote and checked them: how many, with what training.")
    first_date: datetime.date = Field(description="The date (YYYY-MM-DD) of the oldest item.")
    last_date: datetime.date = Field(description="The date (YYYY-MM-DD) of the newest item.")


class Headline(Strict):
    """The one number that stands for the task, and how to read it."""

    metric: Label = Field(description="The metric's name as the harness gives it, for example `acc`.")
    filter: Label = Field("none", description="The harness filter it is taken after; `none` where there is none.")
    direction: Literal["higher", "lower"] = Field(description="Which way is better: `higher` or `lower`.")
    unit: Label = Field("proportion", description="The unit: `proportion`, `bits per byte`, `perplexity` ...")
    chance: float | None = Field(None, description="What guessing scores, in the same unit; null where none exists.")
    ceiling: float | None = Field(None, description="The best score that can be attained; null where none is known.")


class HumanBaseline(Strict):
    """What people score on the same items."""

    score: float = Field(description="The people's mean score in the headline's unit.")
    n: int = Field(gt=0, description="How many people answered.")
    source: Sentence = Field(description="Who measured it, when and how.")


class Hub(Strict):
    """The task's place on the Hugging Face Hub, for interchange."""

    dataset: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] = Field(description="`owner/name`.")
    task_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")] = Field(
        description="The id in that dataset's eval.yaml."
    )


class Lifecycle(Strict):
    """The declared state of the task."""

    state: LifecycleState = Field(LifecycleState.DRAFT, description="`draft`, `active`, `saturated` or `retired`.")
    since: datetime.date = Field(description="The date (YYYY-MM-DD) the state began.")
    reason: Sentence | None = Field(None, description="Why; needed for `saturated` and `retired`.")
    successor: str | None = Field(None, description="The task that replaces this one, if any.")

    @model_validator(mode="after")
    def _ending_needs_a_reason(self) -> Lifecycle:
        if self.state in {LifecycleState.SATURATED, LifecycleState.RETIRED} and not self.reason:
            raise ValueError(f"the state `{self.state.value}` needs a `reason`")
        return self


class BrokenItem(Strict):
    """An item known to be wrong; it stays in the data and is named here until it is mended."""

    item: Sentence = Field(description="The item's id.")
    reason: Sentence = Field(description="What is wrong with it.")


class ItemFields(Strict):
    """Which columns of a data row hold what. Null where a task has no such column."""

    id: str | None = Field("id", description="The column with the item's id; without one, ids are content hashes.")
    question: str | None = Field(None, description="The column with the question; probes remove it.")
    choices: str | None = Field(None, description="The column with the list of choices.")
    gold: str | None = Field(None, description="The column with the gold answer.")
    cluster: str | None = Field(None, description="The column that names the source that items share, if they do.")
    canary: str = Field("canary", description="The column that carries the canary.")


class Answer(Strict):
    """What kind of answer is graded, and which spellings of it the author wants accepted."""

    type: Literal["choice", "text", "number", "json", "code", "regex", "none"] = Field(
        description="`choice`, `text`, `number`, `json`, `code`, `regex`, or `none` for log-likelihood tasks."
    )
    accepts: list[Literal["case", "whitespace", "punctuation", "units", "thousands", "articles"]] = Field(
        default_factory=list, description="Differences from the gold that must still be graded right."
    )


class Claims(Strict):
    """What the author says the task can show."""

    smallest_difference: float = Field(
        gt=0, description="The smallest true difference between two models that the task is meant to show."
    )


class HeldOut(Strict):
    """Whether the author wants a half of the items kept sealed."""

    wish: bool = Field(False, description="true to ask for a sealed held-out half.")


class Suppression(Strict):
    """A finding the author knows of and explains."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{3}$")] = Field(description="The rule's code.")
    reason: Sentence = Field(description="Why the finding does not apply.")
    items: list[str] = Field(default_factory=list, description="The item ids meant; empty for the whole task.")


class Card(Strict):
    """The whole of ``card.yaml``."""

    schema_version: Literal[1] = Field(1, description="The version of this format; 1.")
    title: Sentence = Field(description="The task's name for people, under 80 characters.", max_length=80)
    summary: Sentence = Field(description="One sentence: what a high score shows.", max_length=400)
    domain: str = Field(description="One of: " + ", ".join(DOMAINS) + ".")
    skills: list[str] = Field(min_length=1, max_length=MOST, description="One or more of: " + ", ".join(SKILLS) + ".")
    languages: list[LanguageTag] = Field(
        min_length=1, max_length=MOST, description="The items' languages: BCP 47 language tags such as en, pt-BR."
    )
    owners: list[Handle] = Field(
        min_length=1, max_length=MOST,
        description="Those who answer for the task: GitHub handles without @, for example [ana-perez].",
    )
    licence: Spdx = Field(description="The SPDX id of the data's licence, for example CC-BY-4.0 or MIT.")
    provenance: Provenance
    first_published: datetime.date = Field(description="The date (YYYY-MM-DD) the items first became public anywhere.")
    headline: Headline
    human_baseline: HumanBaseline | None = Field(None, description="What people score; null until measured.")
    publish: PublishLevel = Field(
        PublishLevel.SAMPLES,
        description="`samples` (all), `aggregate` (scores without text) or `none` (ids salted too).",
    )
    hub: Hub | None = Field(None, description="The task's dataset on the Hub, if it has one.")
    canary: Canary = Field(
        description="The string that every data row carries, so that training sets can be searched for it: "
        "eval-commons: and a lower-case UUID, for example eval-commons:6f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f."
    )
    comparability_version: int = Field(1, ge=1, description="Raised when scores before and after cannot be compared.")
    lifecycle: Lifecycle
    known_broken: list[BrokenItem] = Field(default_factory=list, description="Items known to be wrong.")
    fields: ItemFields = Field(default_factory=ItemFields, description="Which column of a row holds what.")
    answer: Answer
    claims: Claims
    shuffle_seed: int = Field(ge=0, description="The seed that ordered the items and options when they were made.")
    generator: str | None = Field(None, description="The Python file that can make fresh items, if any.")
    held_out: HeldOut = Field(default_factory=HeldOut)
    citation: str | None = Field(None, max_length=10_000, description="How to cite the task.")
    known_biases: Sentence = Field(description="What the items favour or leave out.")
    ai_use: Sentence = Field(description="How AI was used in making the task; `none` if it was not.")
    suppress: list[Suppression] = Field(default_factory=list, description="Findings known and explained.")

    @field_validator("domain")
    @classmethod
    def _domain_is_known(cls, value: str) -> str:
        return _known(value, DOMAINS)

    @field_validator("skills")
    @classmethod
    def _skills_are_known(cls, value: list[str]) -> list[str]:
        return [_known(one, SKILLS) for one in value]

    @field_validator("provenance")
    @classmethod
    def _dates_in_order(cls, value: Provenance) -> Provenance:
        if value.last_date < value.first_date:
            raise ValueError("`last_date` lies before `first_date`")
        return value


def _known(word: str, vocabulary: dict[str, str]) -> str:
    if word not in vocabulary:
        raise unknown_word(word, vocabulary)
    return word


def new_canary(unique: str) -> str:
    """The canary text for a UUID, in the form that cards and data rows carry."""
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", unique):
        raise ValueError(f"not a lower-case UUID: {unique!r}")
    return f"eval-commons:{unique}"
