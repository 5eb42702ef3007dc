"""Templates are judged by their syntax tree and rendered only in a sandbox with limits."""

from __future__ import annotations

import time

import pytest

from commons.lint.pattern_cost import refused_pattern
from commons.lint.templates import (
    MAX_SOURCE,
    TemplateError,
    TooCostlyError,
    render,
    syntax_fault,
    unsafe_parts,
)

ROW = {"question": "2 mg?", "choices": ["a", "b"], "answer": 1}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{question}}", "2 mg?"),
        ("{{question}}\n", "2 mg?\n"),
        ("{{choices[answer]}}", "b"),
        ("{{choices[-1]}}{{choices[answer|int]}}{{choices[:1]|join}}", "bba"),
        ("{% for n in range(answer + 1) %}{{choices[n]}}{{choices[loop.index0]}}{% endfor %}", "aabb"),
        ("{{choices|map('upper')|join(', ')}}", "A, B"),
        ("{% for c in choices %}{{loop.index}}. {{c}}\n{% endfor %}", "1. a\n2. b\n"),
        ("{{question|regex_replace('[0-9]', 'x')}}", "x mg?"),
        ("{{ 'ab' * 3 }} {{ 2 ** 10 }}", "ababab 1024"),
        ("{% for c in choices %}{{loop.length}}{{loop.last}} {% endfor %}", "2False 2True "),
        ("{{ 'of 123456: %s' % choices[0] }}", "of 123456: a"),
        ("{{ '{a: {b: %s}}'|format(answer) }}", "{a: {b: 1}}"),
        ("{{ '{{{}}} {:.2f}'.format(answer, 1.5) }} {{ question|center(9) }}|", "{1} 1.50   2 mg?  |"),
        ("{{ question ~ ' ' ~ (answer + 1) }} {{ 'x' + question }}", "2 mg? 2 x2 mg?"),
        ("{% macro two(c) %}{{c}}{{c}}{% endmacro %}{{ two(question) }}", "2 mg?2 mg?"),
        ("no template", "no template"),
    ],
)
def test_ordinary_templates_render(source: str, expected: str) -> None:
    """What tasks use in their templates renders as the harness renders it."""
    assert syntax_fault(source) is None
    assert unsafe_parts(source) == ()
    assert render(source, ROW) == expected


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("{{ question.__class__ }}", ".__class__"),
        ("{{ question._x }}", "._x"),
        ("{{ question['__class__'] }}", "['__class__']"),
        ("{{ question|attr('upper') }}", "|attr"),
        ("{{ [question]|map(attribute='__class__')|list }}", "'__class__'"),
        ("{{ question['__cla' ~ 'ss__'] }}", "[a computed name]"),
        ("{% set k = '_' ~ '_class' %}{{ question[k] }}", "[a computed name]"),
        ("{% for k in ['_' ~ '_class'] %}{{ question[k] }}{% endfor %}", "[a computed name]"),
        ("{{ [question]|map(attribute=answer) }}", "|map with a computed name"),
        ("{{ [question]|map('attr', 'x') }}", "|map with a computed name"),
        ("{{ [question]|sort(**answer) }}", "|sort with a computed name"),
        ("{{ 'a__b' }}", "'a__b'"),
        ("{{ cycler('a') }}", "cycler"),
        ("{{ joiner() }}", "joiner"),
        ("{{ lipsum.x }}", "lipsum"),
        ("{% set n = namespace(a=1) %}", "namespace"),
        ("{% if self.__init__ %}{% endif %}", ".__init__"),
    ],
)
def test_ways_out_of_a_template_are_named(source: str, part: str) -> None:
    """Each way from a template to the program behind it is found in the syntax tree."""
    assert part in unsafe_parts(source)


@pytest.mark.parametrize("source", ["{{ question", "{% if %}", "{% endfor %}", "{{ a b }}", "{% nonsense %}"])
def test_bad_syntax_is_said(source: str) -> None:
    """A template that is not valid Jinja gives a reason."""
    assert syntax_fault(source)


@pytest.mark.parametrize(
    "source",
    [
        "x" * (MAX_SOURCE + 1),
        "{{" + "(" * 9_000 + "1" + ")" * 9_000 + "}}",
        "{{ question" + ".x" * 9_000 + "}}",
        "{{ 1" + "+1" * 9_000 + "}}",
        "{{" + "-" * 15_000 + "1 }}",
        "{{" + "[" * 15_000 + "}}",
        "{% if x %}" * 1_000,
    ],
)
def test_templates_made_to_break_a_parser_are_refused(source: str) -> None:
    """Too long and too deep templates give a reason, and never an error of ours."""
    assert syntax_fault(source) is not None
    assert unsafe_parts(source) == ()


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ question.missing }}",
        "{{ choices[9] }}",
        "{{ question / 2 }}",
        "{{ 1 / 0 }}",
        "{{ choices.append(1) }}",
        "{{ 'a' * 10 ** 3 * 10 ** 3 * 10 }}",
        "{{ [0] * 99999999 }}",
        "{{ 9 ** 9999 }}",
        "{% for n in range(100001) %}{% endfor %}",
        "{% for n in range(99999) %}{{ 'a' * 99 }}{% endfor %}",
        "{% include 'other' %}",
        "{% import 'other' as o %}",
        "{{ question.format_map }}{{ ''.join([1]) }}",
        "{{ question|regex_replace('(', '') }}",
    ],
)
def test_what_does_not_render_is_one_kind_of_error(source: str) -> None:
    """A missing field, an error in an expression, and what the sandbox refuses all come as one error with a reason."""
    with pytest.raises(TemplateError) as error:
        render(source, ROW)

    assert error.value.reason


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(100) }}",
        "{{ question|center(1000000000) }}",
        "{{ question.ljust(1000000000) }}",
        "{{ question|indent(1000000000) }}",
        "{{ choices|batch(1000000000, 'x')|list }}",
        "{{ choices|slice(1000000000)|list }}",
        "{{ choices|tojson(indent=1000000000) }}",
        "{{ 5|round(-1000000000) }}",
        "{{ (5).to_bytes(1000000000) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 1000000000) }}",
        "{{ (question * 9999).replace('m', question * 9999) }}",
        "{{ ([question * 9999] * 9999)|join }}",
        "{{ ''.join([question * 9999] * 9999) }}",
        "{{ ([question * 9999] * 99999)|map('upper')|join }}",
        "{% set a = question %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
        "{% set a = question %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
        "{% set a = 99 %}" + "{% set a = a * a %}" * 40 + "{{ a }}",
        "{{ (question * 9999)|regex_replace('(.+)+#', '') }}",
    ],
)
def test_what_would_never_end_is_refused_at_once(source: str) -> None:
    """Nested loops, widths, products, joins and patterns without bound cost nothing, and are told apart."""
    begun = time.perf_counter()
    with pytest.raises(TooCostlyError):
        render(source, ROW)

    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("pattern", "length", "refused"),
    [
        (r"\s+", 1_000_000, False),
        (r"(?:a|b){2,5}", 1_000_000, False),
        (r"(\w+\s?)*$", 10, True),
        (r"(?:\w+\s)*x", 100, False),
        (r"(?:\w+\s)*x", 5_000, True),
        (r".*a.*b", 1_000, False),
        (r".*a.*b", 100_000, True),
        ("(", 1_000_000, False),
    ],
)
def test_patterns_are_weighed_against_the_text(pattern: str, length: int, refused: bool) -> None:
    """A pattern is refused where it can go back over the text too often for its length."""
    assert (refused_pattern(pattern, length) is not None) == refused


def test_an_unknown_name_is_told_apart() -> None:
    """The name that nothing defines is kept, so that a mend can propose a column."""
    with pytest.raises(TemplateError) as error:
        render("{{ queston }}", ROW)

    assert error.value.unknown == "queston"
