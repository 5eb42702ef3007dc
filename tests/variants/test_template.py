"""Templates put otherwise: literal text changes, code never does."""

import re

import pytest

from commons.variants.registry import CannotVary
from commons.variants.template import Way, template_of

SOURCE = "Answer with one word.\nPassage: {{ p }}\n\nQuestion : {{q}}\nAnswer:"


@pytest.mark.parametrize(("way", "expected"), [
    (Way(), SOURCE),
    (Way(case="upper"), "Answer with one word.\nPASSAGE: {{ p }}\n\nQUESTION : {{q}}\nANSWER:"),
    (Way(case="lower"), "Answer with one word.\npassage: {{ p }}\n\nquestion : {{q}}\nanswer:"),
    (Way(separator=" - "), "Answer with one word.\nPassage - {{ p }}\n\nQuestion - {{q}}\nAnswer -"),
    (Way(separator=":\n"), "Answer with one word.\nPassage:\n{{ p }}\n\nQuestion:\n{{q}}\nAnswer:"),
    (Way(gap=" || "), "Answer with one word.\nPassage: {{ p }} || Question : {{q}} || Answer:"),
])
def test_labels_and_gaps_change_and_instructions_stay(way: Way, expected: str) -> None:
    """Labels, what follows them and what stands between a field and the next label; the last label ends the prompt."""
    assert template_of(SOURCE).put(way) == expected


def test_signs_of_options_are_letters_or_counts_of_a_loop() -> None:
    """Letters from A on and loop counts get another sign; other letters with a full stop stay."""
    letters = template_of("{{q}}\nA. {{c[0]}}\nB. {{c[1]}}\nAnswer:")
    loop = template_of('{{q}}\n{% for o in c %}{{ "AB"[loop.index0] }}. {{o}}\n{% endfor %}Answer:')
    lone = template_of("{{q}}\nC. {{c}}\nAnswer:")

    assert letters.put(Way(sign="(A)")) == "{{q}}\n(A) {{c[0]}}\n(B) {{c[1]}}\nAnswer:"
    assert loop.put(Way(sign="(A)", case="upper")) == (
        '{{q}}\n{% for o in c %}({{ "AB"[loop.index0] }}) {{o}}\n{% endfor %}ANSWER:')
    assert not lone.has_signs
    assert not template_of("{{q}}").has_labels


def test_trailing_white_space_after_the_cue_stays() -> None:
    """What the template ends with, the answer follows: only the mark before it changes."""
    assert template_of("Q: {{q}}\nA: \n").put(Way(separator=":: ")) == "Q:: {{q}}\nA:: \n"


def test_code_is_the_same_after_every_change() -> None:
    """Text in code that looks like a label is code."""
    source = 'Q: {{ "A: " ~ q }}\n{# Note: #}A:'
    changed = template_of(source).put(Way("upper", " - ", "\n\n"))
    code = re.compile(r"\{\{.*?\}\}|\{#.*?#\}")

    assert code.findall(changed) == code.findall(source)
    assert changed != source


@pytest.mark.parametrize("source", ["Q: {{q", "Q: {{- q }}\nA:", "{% raw %}Q: {{q}}{% endraw %}", "\ue000Q: {{q}}"])
def test_what_the_grammar_cannot_read_is_refused(source: str) -> None:
    """Broken templates, trimmed white space and raw text are left alone, with a reason."""
    with pytest.raises(CannotVary, match="Its template"):
        template_of(source)
