"""Right answers that are written out in their own prompt behind a word such as "Answer:"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commons.errors import Where
from commons.lint.prompt_parts import Prompt

_LOOKED_AT = 20_000
#: The words that tell a reader that the answer follows, in European languages; short, so that a person can check them.
_CUE = re.compile(
    r"\b(?:answer|solution|key|antwort|l[öo]sung|r[ée]ponse|respuesta|soluci[óo]n|risposta|resposta|antwoord"
    r"|odpowied[źz]|cevap|svar) ?(?:is|ist|est|es)? ?[:=] ?([^\s()\[\]]{1,40})",
    re.IGNORECASE,
)
_AROUND = "\"'`*.,;!?“”„«»"


def answers_written_out(shown: Sequence[Prompt]) -> frozenset[Where]:
    """The items whose prompt says "Answer:" and then their own right answer, where no other prompt says another so.

    Where the words behind the cue are wrong answers too, they are worked examples or a list of what may be answered.
    """
    own: set[Where] = set()
    for prompt in shown:
        golds = {_bare(gold) for gold in prompt.golds}
        said = [_bare(found[1]) for found in _CUE.finditer(prompt.text[:_LOOKED_AT])]
        words = [one for one in said if one]
        if not words:
            continue
        if not all(word in golds for word in words):
            return frozenset()
        own.add(prompt.where)
    return frozenset(own)


def _bare(text: str) -> str:
    return text.strip().strip(_AROUND).casefold()
