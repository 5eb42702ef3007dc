"""Templates are judged by their syntax tree and rendered only in a sandbox with limits."""

from __future__ import annotations

import pytest

from commons.lint.templates import MAX_SOURCE, TemplateError, render, syntax_fault, unsafe_parts

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


def test_an_unknown_name_is_told_apart() -> None:
    """The name that nothing defines is kept, so that a mend can propose a column."""
    with pytest.raises(TemplateError) as error:
        render("{{ queston }}", ROW)

    assert error.value.unknown == "queston"
