"""How large a request is, counted in characters: what costs are estimated from before any tokenizer has counted."""

from __future__ import annotations

import re

from commons.harness.requests import Request

#: What the harness lets a model write where a task does not say.
DEFAULT_MAX_TOKENS = 256

#: Chinese, Japanese and Korean characters, and all that stands above them.
_WIDE = re.compile("[\u2e80-\U0010ffff]")
#: A wide character is about a token of its own where a token holds about four characters of English, so it counts
#: four (Petrov et al. 2023, "Language Model Tokenizers Introduce Unfairness Between Languages", arXiv 2305.15425).
_WIDE_COUNTS = 4


def text_in(request: Request) -> int:
    """The characters that the model reads, as they stand."""
    return len(request.prompt_text) + len(request.continuation or "")


def characters_in(request: Request) -> int:
    """The characters that the model reads, wide ones counted for what they cost."""
    text = request.prompt_text + (request.continuation or "")
    return len(text) if text.isascii() else len(text) + (_WIDE_COUNTS - 1) * len(_WIDE.findall(text))


def most_tokens_out(request: Request) -> int:
    """The most tokens that the model may write; none where it only scores."""
    if request.kind != "generate_until":
        return 0
    most = (request.generation or {}).get("max_gen_toks")
    return most if isinstance(most, int) and not isinstance(most, bool) and most >= 0 else DEFAULT_MAX_TOKENS
