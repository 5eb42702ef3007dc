"""The registry of page types, and the template environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from commons.publish.environment import make_environment
from commons.publish.pages import page, page_types


def test_page_types_are_found_by_themselves() -> None:
    """Every file of the folder is imported, and each type has a name."""
    assert [kind.name for kind in page_types()] == [
        "cell", "coverage", "exports", "home", "model", "reading", "task", "withdrawn"]


def test_a_name_is_given_once() -> None:
    """Registering a second type of one name, or one without a docstring, fails at once."""
    page_types()
    for name, words in (("home", "Another home."), ("silent", None)):
        with pytest.raises(ValueError, match=name):
            page(type("Kind", (), {"__doc__": words, "name": name}))


@pytest.mark.parametrize(("template", "written"), [
    ("{{ text }}", "&lt;b&gt;&lt;U+202E&gt;"),
    ('<a title="{{ text }}">', '<a title="&lt;b&gt;&lt;U+202E&gt;">'),
    ("{% macro show(x) %}<i>{{ x }}</i>{% endmacro %}{{ show(text) }}", "<i>&lt;b&gt;&lt;U+202E&gt;</i>"),
])
def test_every_printed_value_is_escaped_and_visible(tmp_path: Path, template: str, written: str) -> None:
    """No template can print a text raw, because the environment makes each one inert."""
    assert make_environment(tmp_path).from_string(template).render(text="<b>\u202e") == written


def test_an_undefined_name_is_an_error(tmp_path: Path) -> None:
    """A misspelt name stops the build and never leaves a blank."""
    with pytest.raises(UndefinedError):
        make_environment(tmp_path).from_string("{{ nmae }}").render()
