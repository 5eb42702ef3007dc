"""YAML read as data: every value knows its line, duplicate keys are refused, ``!function`` stays a name.

PyYAML's composer gives a node graph with positions; this module walks it once. It never imports or calls
anything that the file names, and it refuses files made to be slow (aliases that multiply, deep nesting).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from commons.errors import BadFile, Problem, Where

_BaseLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 40
MAX_DIGITS = 100

_PLAIN_COLLECTIONS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class FunctionRef:
    """The unresolved ``module.function`` of a ``!function`` tag. Nothing here imports it."""

    name: str

    def __str__(self) -> str:
        """Give the tag as it stands in the file."""
        return f"!function {self.name}"


@dataclass(frozen=True)
class YamlDocument:
    """One YAML mapping and the place of each of its values.

    ``places`` maps a path of keys and indices, as pydantic reports it in ``loc``, to the place of that key.
    """

    path: Path
    data: dict[str, Any]
    places: dict[Key, Where] = field(repr=False)

    def where(self, key: Key = ()) -> Where:
        """The place of ``key``, or of the nearest parent that has one."""
        for length in range(len(key), 0, -1):
            if (place := self.places.get(key[:length])) is not None:
                return place
        return Where(self.path, 1)


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Read a UTF-8 text file of at most ``limit`` bytes.

    Raises:
        BadFile: the file is missing, a link, too large or not UTF-8.
    """
    if path.is_symlink():
        raise BadFile([Problem("link", "This is a symbolic link.", Where(path), "Commit the file itself.")])
    if not path.is_file():
        raise BadFile([Problem("missing_file", "This file does not exist.", Where(path), "Add it.")])
    size = path.stat().st_size
    if size > limit:
        raise BadFile([
            Problem("size", f"The file has {size:,} bytes; the limit is {limit:,}.", Where(path), "Make it smaller.")
        ])
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile([
            Problem("encoding", "The file is not UTF-8 text.", Where(path, line), "Save it again as UTF-8.")
        ]) from error


def read_yaml(path: Path) -> YamlDocument:
    """Read one YAML mapping with the place of every value.

    Raises:
        BadFile: not readable as YAML, not a mapping, a duplicate key, an unknown tag, or made to be slow.
    """
    return parse_yaml(read_text(path), path)


def parse_yaml(text: str, path: Path) -> YamlDocument:
    """Parse ``text`` as the content of ``path``; see :func:`read_yaml`."""
    try:
        _refuse_depth(text, path)
        root = yaml.compose(text, Loader=_BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(path, mark.line + 1, mark.column + 1) if mark else Where(path)
        reason, mend = _plain_reason(text, error)
        raise BadFile([Problem("yaml", f"This is not valid YAML: {reason}.", where, mend)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        sentence = "This is not valid YAML: " + str(error).splitlines()[0]
        raise BadFile([Problem("yaml", sentence, Where(path, 1), "Save it as plain UTF-8 text.")]) from error
    if not isinstance(root, yaml.MappingNode):
        mend = "Write `key: value` lines at the top level."
        raise BadFile([Problem("yaml", "The file does not hold a YAML mapping.", Where(path, 1), mend)])
    walker = _Walker(path)
    data = walker.value(root, ())
    if walker.problems:
        raise BadFile(walker.problems)
    return YamlDocument(path, data, walker.places)


def _plain_reason(text: str, error: yaml.MarkedYAMLError) -> tuple[str, str]:
    """What is wrong in words for those who do not know YAML, and how to mend it."""
    found = str(error.problem or error.context)
    mark = error.problem_mark
    sign = text[mark.index : mark.index + 1] if mark else ""
    if "tab character" in found or ("cannot start any token" in found and sign == "\t"):
        return "a tab indents this line", "Check indentation: a tab indents this line: use spaces."
    if "cannot start any token" in found and sign in {"@", "`"}:
        return f"a value that begins with {sign} needs quotes", f'Put the value in quotes: "{sign}...".'
    mend = "Check indentation, colons and quotes on this line and the one above"
    return found, f"{mend}, or a quote opened further up." if "did not find expected key" in found else f"{mend}."


def _refuse_depth(text: str, path: Path) -> None:
    """Refuse deep nesting before composing: libyaml's composer recurses in C and overflows the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_BaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = event.start_mark
            where = Where(path, mark.line + 1, mark.column + 1) if mark else Where(path)
            sentence = f"The file is nested more than {MAX_DEPTH} levels deep."
            raise BadFile([Problem("size", sentence, where, "Close the brackets, or remove the nesting.")])


class _Walker:
    """Turns a node graph into plain values, noting places and faults on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[Key, Where] = {}
        self.problems: list[Problem] = []
        self._nodes = 0
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, key: Key) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(key) > MAX_DEPTH:
            sentence = "The file unfolds to more values, or deeper nesting, than any real file here needs."
            raise BadFile([Problem("size", sentence, self._where(node), "Remove the aliases or the nesting.")])
        if isinstance(node, yaml.CollectionNode) and node.tag not in _PLAIN_COLLECTIONS:
            self._problem("yaml", f"The tag `{node.tag}` is not allowed.", node, "Remove it.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._child(item, (*key, index), item) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _child(self, node: yaml.Node, key: Key, place: yaml.Node) -> Any:
        self.places[key] = self._where(place)
        return self.value(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first_line: dict[str, int] = {}
        for key_node, value_node in node.value:
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key_node.tag == "tag:yaml.org,2002:merge":
                mend = "Write the lines out that it would bring in, instead of `<<` and the anchor."
                self._problem("yaml", "Merge keys (`<<`) are not read here.", key_node, mend)
                continue
            if not name:
                mend = "Use plain text keys, and write repeated values out."
                self._problem("yaml", "This key is not plain text.", key_node, mend)
                continue
            if name in result:
                mend = f"It stands on line {first_line[name]} already: keep one of the two."
                self._problem("duplicate_key", f"The key `{name}` is given twice.", key_node, mend)
                continue
            first_line[name] = key_node.start_mark.line + 1
            result[name] = self._child(value_node, (*key, name), key_node)
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag == "!function":
            return FunctionRef(str(node.value))
        if not node.tag.startswith("tag:yaml.org,2002:"):
            mend = "Only `!function module.name` is known to the harness."
            self._problem("yaml", f"The tag `{node.tag}` is not allowed.", node, mend)
            return None
        if node.tag[18:] in {"int", "float"} and len(node.value) > MAX_DIGITS:
            sentence = f"This value is read as a number, and has {len(node.value):,} characters."
            self._problem("yaml", sentence, node, "Put it in quotes if it is text.")
            return None
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError) as error:
            if node.tag[18:] == "timestamp":
                mend = "Correct the date, or put it in quotes if it is text."
                self._problem("yaml", "This value cannot be read: there is no such date.", node, mend)
                return None
            # PyYAML meets an explicit tag over a value of another kind (`!!bool perhaps`) with any of these.
            reason = f": {error}" if isinstance(error, (yaml.YAMLError, ValueError)) else f" as {node.tag[18:]}"
            mend = "Put it in quotes if it is text."
            self._problem("yaml", f"This value cannot be read{reason}.", node, mend)
            return None

    def _where(self, node: yaml.Node) -> Where:
        return Where(self.path, node.start_mark.line + 1, node.start_mark.column + 1)

    def _problem(self, kind: str, sentence: str, node: yaml.Node, mend: str) -> None:
        self.problems.append(Problem(kind, sentence, self._where(node), mend))
