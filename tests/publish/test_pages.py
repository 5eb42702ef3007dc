"""The registry of page types, and the template environment."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from commons.publish import pages
from commons.publish.environment import make_environment
from commons.publish.pages import (
    all_pool_pages,
    all_task_data,
    all_task_pages,
    pool_pages,
    task_data,
    task_pages,
)


def test_page_types_are_found_by_themselves() -> None:
    """Every file of the folder registers a type, each type has a name of its own, and types come by name."""
    types = [*all_pool_pages(), *all_task_pages(), *all_task_data()]
    files = {one.name for one in pkgutil.iter_modules(pages.__path__)}
    assert {type(one).__module__.rpartition(".")[2] for one in types} == files
    names = [one.name for one in types]
    assert len(set(names)) == len(names)
    for some in (all_pool_pages(), all_task_pages(), all_task_data()):
        assert [one.name for one in some] == sorted(one.name for one in some)
    assert {"home", "task", "model", "cell", "items", "pair", "coverage", "withdrawn"} <= set(names)


@pytest.mark.parametrize("register", [pool_pages, task_pages, task_data])
def test_a_name_is_given_once(register: Callable[[type], type]) -> None:
    """Registering a second type of one name, of either scope, or one without a docstring, fails at once."""
    all_pool_pages()
    for name, words in (("home", "Another home."), ("task", "Another task."), ("silent", None)):
        with pytest.raises(ValueError, match=name):
            register(type("Kind", (), {"__doc__": words, "name": name}))
    assert "silent" not in {one.name for one in (*all_pool_pages(), *all_task_pages(), *all_task_data())}


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
