"""Rules are registered whole or not at all, and every page tells a reader what they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from commons.errors import CannotRun
from commons.lint.registry import HEADINGS, BadRuleError, Fault, Registry, Rule, all_rules, explain

PAGE = "A title.\n\n" + "\n\n".join(f"## {heading}\nSome words." for heading in HEADINGS)


def nothing(_: Any) -> Iterator[Fault]:
    """Stands for a rule; each test gives it the page it needs."""
    yield from ()


def register(registry: Registry, page: str | None = PAGE, **changes: Any) -> None:
    """Register a rule that finds nothing, with one thing changed."""
    nothing.__doc__ = page
    registry.rule(**{"code": "T001", "level": "lint", "subject": "task", **changes})(nothing)


def test_a_whole_rule_is_registered() -> None:
    """A rule with a good code and a whole page is registered with its title and its page."""
    registry = Registry()

    register(registry)

    assert [(rule.code, rule.title) for rule in registry.rules] == [("T001", "A title.")]
    assert registry.rules[0].page.startswith("## What it finds")


@pytest.mark.parametrize("code", ["T1", "T0001", "X001", "t001", "T001 ", ""])
def test_a_malformed_code_is_refused(code: str) -> None:
    """A code that is not a known letter and three digits stops the registration."""
    with pytest.raises(BadRuleError, match="three digits"):
        register(Registry(), code=code)


def test_a_repeated_code_is_refused() -> None:
    """A code that is taken stops the registration and names its owner."""
    registry = Registry()
    register(registry)

    with pytest.raises(BadRuleError, match=r"taken already by the rule 'A title\.'"):
        register(registry)


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_missing_section_is_refused(heading: str) -> None:
    """A docstring without one of the sections stops the registration and names the section."""
    with pytest.raises(BadRuleError, match=heading):
        register(Registry(), page=PAGE.replace(f"## {heading}", "## Something else"))


@pytest.mark.parametrize("heading", HEADINGS)
def test_an_empty_section_is_refused(heading: str) -> None:
    """A section without a word under it is as good as none."""
    with pytest.raises(BadRuleError, match=heading):
        register(Registry(), page=PAGE.replace(f"## {heading}\nSome words.", f"## {heading}\n"))


@pytest.mark.parametrize("page", [None, "", "\n\n## What it finds\nx"])
def test_a_missing_title_is_refused(page: str | None) -> None:
    """A docstring that does not begin with a title stops the registration."""
    with pytest.raises(BadRuleError):
        register(Registry(), page=page)


@pytest.mark.parametrize(("name", "value"), [("level", "warning"), ("subject", "folder")])
def test_an_unknown_level_or_subject_is_refused(name: str, value: str) -> None:
    """A level or subject outside the list stops the registration and names the list."""
    with pytest.raises(BadRuleError, match=f"the {name} '{value}' is not one of"):
        register(Registry(), **{name: value})


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_page_is_whole(rule: Rule) -> None:
    """Every rule's page has the four sections in order, and an example that shows the code."""
    page = explain(rule.code)

    places = [page.index(f"## {heading}\n") for heading in HEADINGS]
    assert places == sorted(places)
    assert page.startswith(f"# {rule.code}: {rule.title}\n")
    assert rule.code in page[places[-1] :]
    assert "```" in page[places[-1] :]
    assert rule.title.endswith(".")


def test_explaining_takes_small_letters() -> None:
    """A code in small letters finds its page."""
    assert explain("d007") == explain("D007")


def test_explaining_an_unknown_code_proposes_one() -> None:
    """An unknown code is answered with the nearest known one, and where the list is."""
    with pytest.raises(CannotRun, match="Did you mean") as error:
        explain("D077")

    assert "--rules" in error.value.mend
