"""What an endpoint's failures mean for a request, and how its key is kept out of what is said about them.

::

    EndpointError        one request has no answer
    +-- UnsendableError  the request cannot be put to this endpoint at all; nothing was sent
    +-- TransientError   it may pass: the request is sent again
    +-- HopelessError    every other request would fail in the same way: the run stops
    +-- StoppedError     the run was stopped before this request had its answer
"""

from __future__ import annotations

import json
import math
import re
import urllib.parse
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, JsonValue, ValidationError

from commons.harness.requests import Answer, instrument_fault
from commons.pool.cell import Outcome

_SHOWN = 200
_TELLING_KEY = 16

_OVER_CONTEXT_CODES = {"context_length_exceeded", "exceed_context_size_error"}
_OVER_CONTEXT = re.compile(
    r"maximum context length|context window|context size"
    r"|\b(prompt|input|inputs|messages?|conversation|request|context|tokens?)\b.*\btoo long",
    re.IGNORECASE | re.DOTALL,
)
_LIMIT_TOO_LARGE = re.compile(r"max_(completion_)?tokens\b.*\btoo large", re.IGNORECASE | re.DOTALL)
_REFUSED_CODES = {"content_filter", "content_policy_violation"}
_REFUSED = re.compile(r"\b(prompt|input) was flagged\b", re.IGNORECASE)
_SPENT_CODES = {"insufficient_quota", "billing_hard_limit_reached"}

_HOPELESS = {401, 402, 403, 404}
_TRANSIENT = {408, 409, 429}


class EndpointError(Exception):
    """One request has no answer; ``str()`` says why."""


class UnsendableError(EndpointError):
    """The request cannot be put to this endpoint; nothing was sent."""


class TransientError(EndpointError):
    """The failure may pass. ``retry_after`` is how many seconds the endpoint asks us to wait, where it says so."""

    def __init__(self, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class HopelessError(EndpointError):
    """The endpoint will have none of our requests: a wrong key, an unknown model, no credit."""


class StoppedError(EndpointError):
    """The run was stopped before this request had its answer."""


class Secret:
    """An endpoint's key, which goes into one header and is hidden in all else.

    >>> str(Secret("sk-1234567890abcdef"))
    '***'
    """

    def __init__(self, value: str | None) -> None:
        self._value = value or ""
        forms = {self._value, json.dumps(self._value)[1:-1], urllib.parse.quote(self._value, safe="")}
        forms.add(self._value.replace("/", "\\/"))
        self._forms = sorted(forms - {""}, key=len, reverse=True)

    def __repr__(self) -> str:
        return "***"

    def headers(self) -> dict[str, str]:
        """The header that carries the key; none where there is no key."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def hide(self, text: str) -> str:
        """``text`` with ``***`` wherever the key stood."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    def shown(self, text: str) -> str:
        """``text`` as a detail may show it: without the key, on one line, at most 200 characters."""
        # Hidden before it is cut, because half a key is not found by looking for the whole.
        line = " ".join(self.hide(text).split())
        return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."

    def is_in(self, text: str) -> bool:
        """Whether ``text`` holds the key. A short placeholder such as ``EMPTY`` is no secret and may stand anywhere."""
        return len(self._value) >= _TELLING_KEY and any(form in text for form in self._forms)


class _ErrorDetail(BaseModel):
    """The usual ``error`` object; every part of it is optional in the wild."""

    message: str | None = None
    code: str | int | None = None
    type: str | None = None


class _ErrorBody(BaseModel):
    """The shapes in which servers put an error."""

    error: _ErrorDetail | str | None = None
    message: str | None = None
    detail: JsonValue = None
    code: str | int | None = None
    type: str | None = None


@dataclass(frozen=True)
class Complaint:
    """What an error body says: its message, and the machine words (code, type) beside it."""

    message: str
    codes: frozenset[str]


def read_complaint(text: str) -> Complaint:
    """Read an error body; whatever is not the usual JSON is its own message."""
    try:
        body = _ErrorBody.model_validate(json.loads(text))
    except (ValueError, RecursionError, ValidationError):
        return Complaint(text, frozenset())
    inner = body.error if isinstance(body.error, _ErrorDetail) else _ErrorDetail()
    said = body.error if isinstance(body.error, str) else inner.message or body.message
    if said is None and body.detail is not None:
        said = body.detail if isinstance(body.detail, str) else json.dumps(body.detail)
    codes = {str(code) for code in (inner.code, inner.type, body.code, body.type) if code is not None}
    return Complaint(said or text, frozenset(codes))


def read_failure(status: int, text: str, retry_after: float | None, secret: Secret) -> Answer:
    """What a reply without success means for its request.

    ``status`` is the HTTP status, ``text`` the body, ``retry_after`` the seconds that the endpoint asks us to wait. A
    prompt over the context is a ``model_fault``, a prompt that the provider turns away is ``refused``, and anything
    that concerns this request alone is an ``instrument_fault``.

    Raises:
        TransientError: it may pass.
        HopelessError: no request of this run would fare better.
    """
    complaint = read_complaint(text)
    message = secret.shown(complaint.message)
    detail = f"HTTP {status}: {message}" if message else f"HTTP {status}"
    # A limit of tokens out that alone is over the context is our doing and says nothing about the prompt.
    our_limit = _LIMIT_TOO_LARGE.search(complaint.message) is not None
    if status in {400, 413} and not our_limit and _says(complaint, _OVER_CONTEXT_CODES, _OVER_CONTEXT):
        return _graded(Outcome.MODEL_FAULT, f"prompt over the context: {message}")
    if status in {400, 403} and _says(complaint, _REFUSED_CODES, _REFUSED):
        return _graded(Outcome.REFUSED, detail)
    if status in _HOPELESS or complaint.codes & _SPENT_CODES:
        raise HopelessError(detail)
    if status in _TRANSIENT or status >= 500:
        raise TransientError(detail, retry_after)
    return instrument_fault(detail)


def _graded(outcome: Outcome, detail: str) -> Answer:
    return Answer(outcome=outcome, text="", tokens_in=None, tokens_out=None, detail=detail)


def _says(complaint: Complaint, codes: set[str], words: re.Pattern[str]) -> bool:
    return bool(complaint.codes & codes) or words.search(complaint.message) is not None


def seconds_to_wait(retry_after: str | None, date: str | None) -> float | None:
    """How many seconds a ``Retry-After`` header asks for; None where it says nothing that can be used.

    A date is measured against the reply's own ``Date`` header, because only the difference of two times by one clock
    is a duration.

    >>> seconds_to_wait("7", None)
    7.0
    >>> seconds_to_wait("Wed, 21 Oct 2026 07:28:10 GMT", "Wed, 21 Oct 2026 07:28:00 GMT")
    10.0
    """
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        until, now = _moment(retry_after), _moment(date)
        seconds = (until - now).total_seconds() if until and now else math.nan
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
