"""What planning needs of a rendered task: its hash, what its card asks for, and the size of what would be sent.

A rendering of a large task is megabytes; its outline is a few hundred bytes, and the digests of its requests are read
only for a task that is planned.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Request
from commons.harness.sizes import characters_in, text_in
from commons.harness.sizes import most_tokens_out as usual_tokens_out
from commons.pool.card import Card, PublishLevel

#: A tokenizer packs at most so many characters into a token over a whole prompt: English text averages between four
#: and five, source code and dense scripts fewer. Taken high, so that only what is surely too long is called so.
MOST_CHARACTERS_PER_TOKEN = 8

#: The names by which the harness knows the limit of tokens out, in the order in which an endpoint takes the first.
_LIMITS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")

#: Spaces, dashes and their like stand in vocabularies in runs of a hundred and more: a run may be one token.
_RUN = re.compile(r"\s+|(\S)\1+")

_DIGEST_BYTES = 32


@dataclass(frozen=True)
class FormOutline:
    """All requests of one form together, each counted once.

    ``characters`` is what the model reads, wide characters counted for what they cost; ``tokens_out`` is the most it
    may write; ``generations`` is how many requests let it write. ``longest`` is the least context, in tokens, that
    surely does not hold every request.
    """

    requests: int
    characters: int
    tokens_out: int
    generations: int
    longest: int


@dataclass(frozen=True)
class RequestSize:
    """One request: its digest and its part of the sums of a form."""

    digest: str
    characters: int
    tokens_out: int
    generates: bool


@dataclass(frozen=True)
class TaskOutline:
    """A task as planning sees it. ``column`` is its headline's column; ``chance`` and ``ceiling`` are the card's."""

    task: str
    task_hash: str
    needs_loglikelihoods: bool
    items: int
    publish: PublishLevel
    comparability_version: int
    column: str
    unit: str
    chance: float | None
    ceiling: float | None
    plain: FormOutline
    chat: FormOutline

    def form(self, form: Form) -> FormOutline:
        """The requests of ``form`` together."""
        return self.plain if form == "plain" else self.chat

    def to_json(self) -> str:
        """The outline as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TaskOutline:
        """The outline that :meth:`to_json` wrote.

        Raises:
            ValueError: it is no outline.
        """
        try:
            values = json.loads(text)
            plain, chat = FormOutline(**values.pop("plain")), FormOutline(**values.pop("chat"))
            return cls(publish=PublishLevel(values.pop("publish")), plain=plain, chat=chat, **values)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not an outline") from error


def outline_of(rendering: TaskRendering, card: Card) -> TaskOutline:
    """The outline of a rendered task."""
    headline = card.headline
    return TaskOutline(
        task=rendering.task, task_hash=rendering.task_hash, needs_loglikelihoods=rendering.needs_loglikelihoods,
        items=len(rendering.items), publish=card.publish, comparability_version=card.comparability_version,
        column=f"{headline.metric},{headline.filter}", unit=headline.unit, chance=headline.chance,
        ceiling=headline.ceiling, plain=_form(rendering.needed("plain")), chat=_form(rendering.needed("chat")),
    )


def request_sizes(requests: Iterable[Request]) -> list[RequestSize]:
    """Each request by itself."""
    return [RequestSize(one.digest, characters_in(one), most_tokens_out(one), one.kind == "generate_until")
            for one in requests]


def most_tokens_out(request: Request) -> int:
    """The most tokens that the model may write, by whichever name the task limits them."""
    given = [(request.generation or {}).get(name) for name in _LIMITS]
    limit = next((one for one in given if isinstance(one, int) and not isinstance(one, bool)), None)
    return limit if request.kind == "generate_until" and limit is not None and limit >= 0 else usual_tokens_out(request)


def pack(rendering: TaskRendering) -> bytes:
    """The sizes of all requests of both forms, packed: a count, digests, then three columns, for each form."""
    packed = b""
    forms: tuple[Form, ...] = ("plain", "chat")
    for form in forms:
        sizes = request_sizes(rendering.needed(form))
        packed += array("Q", [len(sizes)]).tobytes()
        packed += b"".join(bytes.fromhex(one.digest) for one in sizes)
        for column in ([one.characters for one in sizes], [one.tokens_out for one in sizes],
                       [int(one.generates) for one in sizes]):
            packed += array("Q", column).tobytes()
    return packed


def unpack(packed: bytes, form: Form) -> list[RequestSize]:
    """The requests of ``form`` that :func:`pack` packed.

    Raises:
        ValueError: the bytes are not whole.
    """
    place = 0
    sizes: list[RequestSize] = []
    for _ in range(1 if form == "plain" else 2):
        (count,) = _numbers(packed, place, 1)
        digests, place = place + 8, place + 8 + count * _DIGEST_BYTES
        columns = [_numbers(packed, place + index * 8 * count, count) for index in range(3)]
        names = packed[digests:place].hex()
        width = 2 * _DIGEST_BYTES
        place += 3 * 8 * count
        sizes = [RequestSize(names[width * index : width * (index + 1)], characters, tokens, bool(generates))
                 for index, (characters, tokens, generates) in enumerate(zip(*columns, strict=True))]
    return sizes


def _numbers(packed: bytes, place: int, count: int) -> array[int]:
    piece = packed[place : place + 8 * count]
    if len(piece) != 8 * count:
        raise ValueError("the requests of an outline are cut short")
    return array("Q", piece)


def _form(requests: list[Request]) -> FormOutline:
    return FormOutline(
        requests=len(requests),
        characters=sum(map(characters_in, requests)),
        tokens_out=sum(map(most_tokens_out, requests)),
        generations=sum(one.kind == "generate_until" for one in requests),
        # A rolling text of any length is read window by window.
        longest=_longest([one for one in requests if one.kind != "loglikelihood_rolling"]),
    )


def _longest(requests: list[Request]) -> int:
    """The least context that surely does not hold the longest request; runs of one character count as one character.

    Runs only shorten a text, so texts that are no longer than the longest found so far are not looked through.
    """
    found = 0
    for bound, one in sorted(((_tokens(text_in(one), one), one) for one in requests), key=lambda pair: -pair[0]):
        if bound <= found:
            break
        texts = (one.prompt_text, one.continuation or "")
        found = max(found, _tokens(sum(len(_RUN.sub("-", text)) for text in texts), one))
    return found


def _tokens(characters: int, request: Request) -> int:
    return -(-characters // MOST_CHARACTERS_PER_TOKEN) + most_tokens_out(request)
