"""A small client of GitHub's REST API: only what the door needs, typed where it comes in.

What fails for a moment is tried again: server errors, and the limits on how much may be asked, for as long as GitHub
says. A comment is never posted twice for one answer that was lost: such calls are not repeated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from commons.errors import CannotRun

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
Body = dict[str, object] | None
Found = TypeVar("Found")

TRIES = 5
#: Longer pauses are GitHub's way to say that it is not for this run.
LONGEST_PAUSE = 120.0
PER_PAGE = 100
#: A pull request has fewer comments, and a run fewer answers to read.
MOST_PAGES = 50
MAX_ANSWER_BYTES = 25_000_000
_SECONDS = 30.0


class ApiFailed(CannotRun):
    """GitHub did not do what was asked; ``status`` is 0 where no answer came."""

    def __init__(self, sentence: str, *, status: int = 0, mend: str = "") -> None:
        """Keep the status, by which callers tell what is missing from what is broken."""
        super().__init__(sentence, mend=mend)
        self.status = status


class Api:
    """Calls on one repository. Without ``execute`` nothing is written: ``say`` is told what would be."""

    def __init__(
        self, repository: str, base_url: str, token: str, *, execute: bool, say: Callable[[str], None],
        sleep: Callable[[float], None], transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28",
                   "User-Agent": "eval-commons"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # No proxy, cookie or credential of the surroundings is used, and no answer leads to another host.
        self._client = httpx.Client(base_url=base_url.rstrip("/"), headers=headers, timeout=_SECONDS, trust_env=False,
                                    follow_redirects=False, transport=transport)
        self._start = f"/repos/{repository}"
        self._execute = execute
        self._say = say
        self._sleep = sleep

    def __enter__(self) -> Api:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, kind: type[Found], **query: str | int) -> Found:
        """What stands at ``path`` below the repository.

        Raises:
            ApiFailed: no such thing, no permission, or no answer.
        """
        return self._typed(self._send("GET", path, None, query, again=True), kind, path)

    def every(self, path: str, kind: type[Found], **query: str | int) -> Iterator[Found]:
        """All entries of a list, page after page."""
        for page in range(1, MOST_PAGES + 1):
            asked = {**query, "per_page": PER_PAGE, "page": page}
            entries = self._typed(self._send("GET", path, None, asked, again=True), list[kind], path)  # type: ignore[valid-type]
            yield from entries
            if len(entries) < PER_PAGE:
                return

    def download(self, path: str, most: int) -> bytes:
        """The bytes at ``path``, which GitHub keeps at another host: that one is not told our token.

        Raises:
            ApiFailed: no such thing, no answer, or more than ``most`` bytes.
        """
        answer = self._send("GET", path, None, {}, again=True, moved=True)
        place = answer.headers.get("location", "")
        if answer.status_code < 300 or not place:
            raise ApiFailed(f"GitHub does not say where {path} lies.", status=answer.status_code)
        try:
            return _bytes_at(httpx.URL(place), self._client.base_url, most)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ApiFailed(f"What {path} leads to gives no answer ({type(error).__name__}).",
                            mend="Try again later.") from error

    def write(self, method: Method, path: str, body: Body, what: str, *, again: bool = True) -> None:
        """Change something; ``what`` says it in words. With ``again`` false it is sent once.

        Raises:
            ApiFailed: it was refused, or no answer came.
        """
        if not self._execute:
            self._say(f"would {what}")
            return
        self._send(method, path, body, {}, again=again)
        self._say(f"did {what}")

    def _send(self, method: Method, path: str, body: Body, query: dict[str, str | int], *, again: bool,
              moved: bool = False) -> httpx.Response:
        for tried in range(1, TRIES + 1):
            answer: httpx.Response | None = None
            try:
                answer = self._client.request(method, self._start + path, json=body, params=query or None)
            except httpx.HTTPError as error:
                failure = ApiFailed(f"GitHub gives no answer to {method} {path} ({type(error).__name__}).",
                                    mend="Try again later.")
            if answer is not None:
                if answer.status_code < 300 or (moved and answer.status_code in {302, 307}):
                    return answer
                failure = _failure(method, path, answer)
            pause = _pause(answer, tried, again=again)
            if pause is None or pause > LONGEST_PAUSE or tried == TRIES:
                raise failure
            self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _typed(self, answer: httpx.Response, kind: type[Found], path: str) -> Found:
        if len(answer.content) > MAX_ANSWER_BYTES:
            raise ApiFailed(f"GitHub's answer to {path} is larger than any should be.", status=answer.status_code)
        try:
            return TypeAdapter(kind).validate_json(answer.content)
        except ValidationError as error:
            raise ApiFailed(f"GitHub's answer to {path} has another form than its documentation says.",
                            status=answer.status_code) from error


def _bytes_at(place: httpx.URL, api: httpx.URL, most: int) -> bytes:
    """What lies at a place that the API named; only the API's own host may be without TLS."""
    if place.scheme != "https" and place.netloc != api.netloc:
        raise ApiFailed("GitHub names a place without TLS.", mend="Try again later.")
    content = bytearray()
    with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client, \
            client.stream("GET", place) as answer:
        if answer.status_code != 200:
            raise ApiFailed(f"The place that GitHub names answers with {answer.status_code}.",
                            status=answer.status_code, mend="Try again later.")
        for part in answer.iter_raw():
            content += part
            if len(content) > most:
                raise ApiFailed(f"What GitHub keeps there is larger than {most:,} bytes.")
    return bytes(content)


def _pause(answer: httpx.Response | None, tried: int, *, again: bool) -> float | None:
    """How long to wait before another try; None where another would change nothing, or do harm."""
    growing = float(2 ** (tried - 1))
    if answer is None or answer.status_code >= 500:
        return growing if again else None
    limited = answer.status_code == 429 or (answer.status_code == 403 and (
        "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
        or b"rate limit" in answer.content[:5_000]))
    if not limited:
        return None
    # A refused call did nothing, so it may be sent again whatever it is.
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isdigit() else max(growing, 15.0)


def _failure(method: Method, path: str, answer: httpx.Response) -> ApiFailed:
    code = answer.status_code
    mends = {
        401: "Give the job a token.", 403: "Give the job's token the permission that this call needs.",
        404: "Look whether it exists, and whether the token may see it.",
        422: "GitHub does not take what was sent: the commit or the pull request may be gone.",
    }
    mend = mends.get(code, "Try again later.")
    return ApiFailed(f"GitHub answers {method} {path} with {code}.", status=code, mend=mend)
