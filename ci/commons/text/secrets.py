"""Passwords and keys by the fixed forms that their issuers give them, so that leaked ones can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: No part of an address, and not a longer word: each pattern begins to look only where a word begins.
_START, _END = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"

#: What it is; texts of which one stands in each such secret, for a quick look; its form.
_FORMS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (name, hints, re.compile(_START + form + _END))
    for name, hints, form in (
        ("an AWS access key", ("AKIA", "ASIA"), r"A[KS]IA[A-Z2-7]{16}"),
        ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{36,255}"),
        ("a GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{22,255}"),
        ("a GitLab token", ("glpat-",), r"glpat-[A-Za-z0-9_-]{20,64}"),
        ("a Slack token", ("xox",), r"xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
        ("an Anthropic key", ("sk-ant-",), r"sk-ant-[A-Za-z0-9_-]{20,250}"),
        ("an OpenAI key", ("sk-",), r"sk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_]{20,250}[A-Za-z0-9_-]{0,250}"),
        ("a Hugging Face token", ("hf_",), r"hf_[A-Za-z]{30,40}"),
        ("a Google key", ("AIza",), r"AIza[A-Za-z0-9_-]{35}"),
        ("a Stripe key", ("k_live_",), r"[rs]k_live_[A-Za-z0-9]{20,250}"),
        ("a PyPI token", ("pypi-AgEI",), r"pypi-AgEI[A-Za-z0-9_-]{50,500}"),
        ("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}"),
        ("a signed web token", ("eyJ",), r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{20,2000}"),
    )
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----")
_URL = re.compile(r"://[^\s/:@\"'<>{}$]{1,64}:([^\s/:@\"'<>{}$]{3,64})@[A-Za-z0-9][\w.-]{2,100}")
#: Words that stand for a password in instructions.
_STAND_INS = frozenset({"password", "passwd", "pass", "pwd", "secret", "token", "changeme", "example", "user"})
MIN_DIFFERENT = 8


@dataclass(frozen=True)
class Secret:
    """A text that opens something: what kind it is, where it stands, and its first characters."""

    kind: str
    place: int
    begins: str


def secrets(text: str) -> Iterator[Secret]:
    """What in ``text`` has the form of a key or a password in use.

    Keys that are plainly stand-ins (``sk-xxxxxxxx``, or with the word ``EXAMPLE``) are left alone. Never quotes a
    secret beyond its first characters: findings are printed in public.
    """
    for name, hints, form in _FORMS:
        if any(hint in text for hint in hints):
            for match in form.finditer(text):
                if not _stands_in(match[0]):
                    yield Secret(name, match.start(), match[0][:8])
    if "PRIVATE KEY" in text:
        for match in _PRIVATE_KEY.finditer(text):
            yield Secret("a private key", match.start(), match[0][:10])
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            if match[1].casefold() not in _STAND_INS and len(set(match[1])) > 2:
                yield Secret("a password in an address", match.start() + 3, match[0].split(":")[1][2:10])


def _stands_in(key: str) -> bool:
    return "EXAMPLE" in key.upper() or len(set(key)) < MIN_DIFFERENT
