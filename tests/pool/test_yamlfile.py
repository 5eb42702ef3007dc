"""YAML read as data."""

from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.pool.yamlfile import FunctionRef, parse_yaml, read_yaml

HERE = Path("x.yaml")


def problem(text: str) -> tuple[str, int, str]:
    """The kind, line and mend of the first problem of ``text``."""
    with pytest.raises(BadFile) as caught:
        parse_yaml(text, HERE)
    first = caught.value.problems[0]
    return first.kind, first.where.line, first.mend


def test_every_value_knows_its_line_and_column() -> None:
    """A nested value's place is that of its key; an unknown key's is its nearest parent's."""
    document = parse_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n", HERE)

    assert document.where(("b", 0, "d")).line == 4
    assert document.where(("b", 0, "d")).column == 5
    assert document.where(("b", 0, "zzz")).line == 3


def test_functions_stay_names() -> None:
    """``!function`` is read as a name and nothing is imported."""
    assert parse_yaml("f: !function os.system\n", HERE).data == {"f": FunctionRef("os.system")}


def test_duplicate_keys_are_refused_with_both_lines() -> None:
    """The second of two equal keys is a fault that names the first one's line."""
    kind, line, mend = problem("task: a\nother: 1\ntask: b\n")

    assert (kind, line) == ("duplicate_key", 3)
    assert "line 1" in mend


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1, 2\nb: 3\n", 2), ("a: !!python/object/apply:os.system ['id']\n", 1), ("- 1\n- 2\n", 1), ("", 1),
     ("a: &x {b: 1}\n<<: *x\n", 2), ("a: !evil 1\n", 1), ("? [1, 2]\n: 3\n", 1), ("\x00\x01", 1)],
)
def test_what_is_no_plain_mapping_is_one_clear_fault(text: str, line: int) -> None:
    """Broken syntax, foreign tags, merges and other shapes are faults with a line, and never an exception."""
    kind, found, mend = problem(text)

    assert kind in {"yaml", "size"}
    assert found == line
    assert mend


def test_aliases_that_multiply_are_refused_quickly() -> None:
    """Nine levels of nine aliases would unfold to a billion values; the walk stops long before."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    assert problem("\n".join(lines))[0] == "size"


def test_a_link_is_not_read(tmp_path: Path) -> None:
    """A symbolic link is refused, wherever it leads."""
    (tmp_path / "real.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")

    with pytest.raises(BadFile, match="symbolic link"):
        read_yaml(tmp_path / "link.yaml")


def test_text_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    """The first byte that is no UTF-8 gives the line."""
    (tmp_path / "x.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")

    with pytest.raises(BadFile) as caught:
        read_yaml(tmp_path / "x.yaml")

    assert caught.value.problems[0].where.line == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: 1" + ":1" * 500, "quotes"), ("a: " + "1" * 5000, "quotes"), ("a: 1." + "9" * 200, "quotes"),
     ("a:\n\t- x\n", "use spaces"), ("a: 1\n\tb: 2\n", "use spaces"), ("a: @me\n", "in quotes"),
     ("a: `me`\n", "in quotes"), ('a: "x\nb: "y"\nc: 2\n', "further up"), ("a: 2026-13-45\n", "date")],
)
def test_common_slips_are_said_in_plain_words(text: str, words: str) -> None:
    """Numbers without end, tabs, forgotten quotes and dates that are none have a mend that names them."""
    kind, _, mend = problem(text)

    assert kind == "yaml"
    assert words in mend
