"""The rules' pages: made from the docstrings, whole, and in the repository as the program makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from commons.cli import cli
from commons.cli.documents import OWNED, RULES_FOLDER, SOURCES, stale
from commons.errors import CannotRun
from commons.lint.pages import FAMILIES, by_family, index, rule_page
from commons.lint.registry import HEADINGS, KINDS, Fault, Registry, Rule, all_rules
from commons.lint.suppression import may_suppress
from commons.pool.card import Suppression
from tests.builders import REPOSITORY_ROOT


def test_the_pages_in_the_repository_are_fresh() -> None:
    """Each committed page is byte for byte what the program makes; `commons docs` brings them up to date."""
    assert [f"{one.path} {one.state}" for one in stale(REPOSITORY_ROOT)] == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_page_is_whole(rule: Rule) -> None:
    """A page has its title, every section, the level, and how a card explains a finding away, or that none can."""
    page = rule_page(rule)

    assert f"\n# {rule.code}: {rule.title}\n" in page
    assert all(f"\n## {heading}\n" in page for heading in HEADINGS)
    assert f"This is a {rule.level}:" in page
    snippets = re.findall(r"```yaml\n(suppress:\n.*?)```", page.partition("## When it does not apply")[2], re.DOTALL)
    assert bool(snippets) == may_suppress(rule.code)
    for snippet in snippets:
        entry, = yaml.safe_load(snippet)["suppress"]
        assert Suppression.model_validate(entry).code == rule.code


def test_form_and_safety_cannot_be_explained_away() -> None:
    """The pages of rules about files that nothing can read, and about code, say so."""
    pages = {rule.code: rule_page(rule) for rule in all_rules()}

    for code in ("T001", "C001", "S001", "S004", "R000"):
        assert "no card can explain it away" in pages[code]
    assert "code: D007" in pages["D007"]


def test_the_index_lists_every_rule_under_its_family() -> None:
    """Each rule stands once, below the heading of its letter, and every letter of a code has a name."""
    text = index(all_rules())
    parts = dict(zip(*[iter(re.split(r"^## ([A-Z]): .*$", text, flags=re.MULTILINE)[1:])] * 2, strict=True))

    for rule in all_rules():
        assert parts[rule.code[0]].count(f"[{rule.code}]({rule.code}.md)") == 1
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert len(rows) == len(all_rules())
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert set(by_family(all_rules())) <= set(FAMILIES)


def test_every_family_that_a_code_may_have_is_named() -> None:
    """A rule of any letter that the registry takes has a family on the index."""
    registry = Registry()

    def finds_nothing(subject: object) -> Iterator[Fault]:
        yield from ()

    finds_nothing.__doc__ = "A title.\n\n" + "\n".join(f"## {heading}\nWords.\n" for heading in HEADINGS)
    for letter in FAMILIES:
        registry.rule(code=f"{letter}900", level="lint", subject=KINDS[0])(finds_nothing)

    assert list(by_family(registry.rules)) == list(FAMILIES)


@pytest.fixture
def clone(pool: Path) -> Path:
    """A pool with fresh pages."""
    result = CliRunner().invoke(cli, ["docs", "--root", str(pool)], standalone_mode=False)
    assert result.return_value == 0
    assert f"Wrote {RULES_FOLDER}/README.md" in result.output
    return pool


def check(root: Path) -> tuple[int, str]:
    """The exit code and the words of `commons docs --check`."""
    result = CliRunner().invoke(cli, ["docs", "--check", "--root", str(root)], standalone_mode=False)
    return result.return_value, result.output


def test_every_source_is_written(clone: Path) -> None:
    """After `commons docs`, every file of every source is there, and nothing differs."""
    for source in SOURCES:
        for path, text in source().items():
            assert (clone / path).read_bytes() == text.encode()
    assert check(clone) == (0, "Every page is fresh.\n")


@pytest.mark.parametrize(("name", "words"), [("D007.md", "differs"), ("README.md", "differs"), ("X999.md", "nothing")])
def test_a_page_that_differs_is_named_and_brought_up_to_date(clone: Path, name: str, words: str) -> None:
    """An edited page, or one that nothing makes any more, fails the check and is put right by `commons docs`."""
    path = clone / OWNED[0] / name
    path.write_text("Something else.\n", encoding="utf-8")

    code, text = check(clone)

    assert code == 1
    assert text.startswith(f"{OWNED[0]}/{name} ")
    assert words in text
    CliRunner().invoke(cli, ["docs", "--root", str(clone)], standalone_mode=False)
    assert check(clone)[0] == 0
    assert path.exists() == (name != "X999.md")


def test_a_missing_page_is_named(clone: Path) -> None:
    """A page that was deleted fails the check."""
    (clone / "docs/schemas/card.schema.json").unlink()

    assert check(clone) == (1, "docs/schemas/card.schema.json is missing.\nWrite them with: commons docs\n")


@pytest.mark.parametrize("link", ["docs", RULES_FOLDER, f"{RULES_FOLDER}/README.md"])
def test_pages_are_not_written_through_links(
    clone: Path, tmp_path_factory: pytest.TempPathFactory, link: str
) -> None:
    """A link in place of a page or of a folder of them is refused, and what it leads to stays as it is."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (clone / "docs").rename(elsewhere / "docs")
    (elsewhere / RULES_FOLDER / "README.md").write_text("Mine.\n")
    (clone / link).parent.mkdir(parents=True, exist_ok=True)
    (clone / link).symlink_to(elsewhere / link)

    with pytest.raises(CannotRun, match="through this link"):
        CliRunner().invoke(cli, ["docs", "--root", str(clone)], standalone_mode=False, catch_exceptions=False)

    assert (elsewhere / RULES_FOLDER / "README.md").read_text() == "Mine.\n"
