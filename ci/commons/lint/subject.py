"""A task folder as a rule may look at it: files as data, each read once, when a rule first asks for it.

Nothing here raises for a bad file and nothing executes one. A part that cannot be read is ``None`` (or empty), and its
problems stand beside it, so that one rule can report them while the rules that need the part stay silent.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.lint.item_texts import RowTexts, SeenItem, own_text, row_texts, seen_items
from commons.lint.reading import Problems, attempt, functions_in
from commons.lint.rendering import FEWSHOT, RenderedRow, example_templates, item_templates, render_rows
from commons.pool.card import CARD_FILE, Card, ItemFields
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import DataRow, data_path, read_rows
from commons.pool.task import config_path, read_config_document
from commons.pool.validate import parse
from commons.pool.walk import entries_below
from commons.pool.yamlfile import FunctionRef, Key, YamlDocument, read_yaml

LOCAL_DATA = "json"


@dataclass(frozen=True)
class Split:
    """One split of the local data: its files and the rows in them that are JSON objects."""

    name: str
    files: tuple[Path, ...]
    rows: tuple[DataRow, ...]


@dataclass(frozen=True)
class TaskSubject:
    """A task folder; ``today`` is the day that the card's dates are held against.

    ``before`` is a copy of the folder as it was before the change that is looked at, where there is one;
    ``before_unread`` says why there is none, where there should be.
    """

    folder: Path
    today: datetime.date = field(default_factory=datetime.date.today)
    before: Path | None = None
    before_unread: str | None = None

    @cached_property
    def earlier(self) -> TaskSubject | None:
        """The task before the change that is looked at, where it was there already."""
        return TaskSubject(self.before, self.today) if self.before else None

    @property
    def config_path(self) -> Path:
        """Where the harness configuration stands."""
        return config_path(self.folder)

    @property
    def card_path(self) -> Path:
        """Where the card stands."""
        return self.folder / CARD_FILE

    @cached_property
    def _read_document(self) -> tuple[YamlDocument | None, Problems]:
        return attempt(lambda: read_config_document(self.folder), self.config_path)

    @cached_property
    def _read_config(self) -> tuple[HarnessConfig | None, Problems]:
        document, problems = self._read_document
        if document is None:
            return None, problems
        return attempt(lambda: parse(HarnessConfig, document), self.config_path)

    @cached_property
    def _read_card(self) -> tuple[tuple[Card, YamlDocument] | None, Problems]:
        def read() -> tuple[Card, YamlDocument]:
            document = read_yaml(self.card_path)
            return parse(Card, document), document

        return attempt(read, self.card_path)

    @property
    def document(self) -> YamlDocument | None:
        """The harness configuration as plain values with their places, includes merged."""
        return self._read_document[0]

    @property
    def config(self) -> HarnessConfig | None:
        """The harness configuration, where it fits the format."""
        return self._read_config[0]

    @property
    def output_type(self) -> str | None:
        """The output type that the author wrote; the harness's default says nothing about what was meant."""
        return self.config.output_type if self.config and "output_type" in self.config.model_fields_set else None

    @property
    def config_problems(self) -> Problems:
        """Why :attr:`config` is ``None``."""
        return self._read_config[1]

    @property
    def card(self) -> Card | None:
        """The card, where it fits the format."""
        return self._read_card[0][0] if self._read_card[0] else None

    @property
    def card_document(self) -> YamlDocument | None:
        """The card as plain values with their places, where it fits the format."""
        return self._read_card[0][1] if self._read_card[0] else None

    @property
    def card_problems(self) -> Problems:
        """Why :attr:`card` is ``None``."""
        return self._read_card[1]

    def where(self, *key: str | int) -> Where:
        """The place of a key of the harness configuration, or of its nearest parent."""
        return self.document.where(key) if self.document else Where(self.config_path)

    def card_where(self, *key: str | int) -> Where:
        """The place of a key of the card, or of its nearest parent."""
        return self._read_card[0][1].where(key) if self._read_card[0] else Where(self.card_path)

    @cached_property
    def functions(self) -> tuple[tuple[Key, FunctionRef], ...]:
        """Every ``!function`` of the configuration with its key, also where the configuration fits no format."""
        return tuple(functions_in(self.document.data, ())) if self.document else ()

    @cached_property
    def _walked(self) -> tuple[tuple[Path, ...], Problems]:
        found: list[Path] = []
        try:
            found.extend(Path(entry.path) for entry in entries_below(self.folder))
        except BadFile as error:
            return tuple(sorted(found)), error.problems
        return tuple(sorted(found)), ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file, link and folder below the folder, as far as lint goes; links are not followed."""
        return self._walked[0]

    @property
    def walk_problems(self) -> Problems:
        """Why :attr:`paths` are not all: the folder is too deep or too full."""
        return self._walked[1]

    @cached_property
    def python_files(self) -> tuple[Path, ...]:
        """The Python files of the folder."""
        found = (path for path in self.paths if path.suffix == ".py" and (path.is_symlink() or not path.is_dir()))
        return tuple(path for path in found if "__pycache__" not in path.relative_to(self.folder).parts)

    @property
    def local_data(self) -> bool:
        """Whether the items are files of this folder."""
        return self.config is not None and self.config.dataset_path == LOCAL_DATA

    @cached_property
    def _read_data(self) -> tuple[dict[str, Split], Problems]:
        problems: list[Problem] = []
        splits: dict[str, Split] = {}
        for name, written in self.config.files_by_split.items() if self.config and self.local_data else ():
            where = self.where("dataset_kwargs", "data_files", name)
            files: list[Path] = []
            rows: list[DataRow] = []
            for one in written:
                path, faults = attempt(partial(data_path, self.folder, one, where), self.folder / one)
                problems.extend(faults)
                if path is not None:
                    files.append(path)
                    found, faults = attempt(partial(read_rows, path), path)
                    rows.extend(found[0] if found else ())
                    problems.extend((*faults, *(found[1] if found else ())))
            splits[name] = Split(name, tuple(files), tuple(rows))
        return splits, tuple(dict.fromkeys(problems))

    @property
    def splits(self) -> dict[str, Split]:
        """The local data by split; empty for data on the Hub."""
        return self._read_data[0]

    @property
    def data_problems(self) -> Problems:
        """What is wrong with the local data files, and with lines that are not JSON objects."""
        return self._read_data[1]

    @property
    def items(self) -> tuple[DataRow, ...]:
        """The rows of the evaluated split."""
        split = self.splits.get(self.config.evaluated_split or "") if self.config else None
        return split.rows if split else ()

    @property
    def fields(self) -> ItemFields:
        """Which columns hold the item's id, the canary and so on."""
        return self.card.fields if self.card else ItemFields.model_validate({})

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that most rows have, without those of the id and the canary, which have rules of their own."""
        found = Counter(self.columns_of(row) for split in self.splits.values() for row in split.rows)
        return max(found, key=lambda columns: (found[columns], len(columns), sorted(columns)), default=frozenset())

    def columns_of(self, row: DataRow) -> frozenset[str]:
        """The columns of one row, in the sense of :attr:`columns`."""
        return frozenset(row.values) - {self.fields.id, self.fields.canary}

    @cached_property
    def rendered_items(self) -> tuple[RenderedRow, ...]:
        """The rows of the evaluated split as the harness puts them; none where a hook makes the items."""
        if self.config is None or self._hook_makes_items:
            return ()
        return render_rows(item_templates(self.config, self._all_columns), self._ordinary(self.items))

    @cached_property
    def rendered_examples(self) -> tuple[RenderedRow, ...]:
        """The few-shot examples as the harness puts them; none where the task uses none, or a hook makes them."""
        config = self.config
        if config is None or not config.num_fewshot or self._hook_makes_items:
            return ()
        own = config.fewshot_config or {}
        split, samples = own.get("split") or config.fewshot_split, own.get("samples")
        rows: tuple[DataRow, ...] = ()
        if isinstance(split, str) and split in self.splits and not own.get("process_docs"):
            rows = self._ordinary(self.splits[split].rows)
        elif split is None and isinstance(samples, list):
            places = [self.where(FEWSHOT, "samples", index) for index in range(len(samples))]
            pairs = zip(places, samples, strict=True)
            rows = tuple(DataRow(place, sample) for place, sample in pairs if isinstance(sample, dict))
        return render_rows(example_templates(config, self._all_columns), rows)

    @cached_property
    def row_texts(self) -> tuple[RowTexts, ...]:
        """Every text of every row of every split, as far as lint reads."""
        return tuple(row_texts((row for split in self.splits.values() for row in split.rows), self.fields))

    @cached_property
    def seen_items(self) -> tuple[SeenItem, ...]:
        """The items as the model sees them; where a hook makes them, the rows that it makes them from."""
        if self._hook_makes_items:
            return tuple(SeenItem(row, own_text(row.values, self.fields), (), None) for row in self.items)
        return seen_items(self.items, self.rendered_items, self.fields, self.output_type)

    @property
    def _hook_makes_items(self) -> bool:
        config = self.config
        return config is not None and bool(config.process_docs or config.custom_dataset or config.task_class)

    @cached_property
    def _all_columns(self) -> frozenset[str]:
        special = {self.fields.id, self.fields.canary}
        return self.columns.union(key for row in self.items for key in row.values if key in special)

    def _ordinary(self, rows: Iterable[DataRow]) -> tuple[DataRow, ...]:
        """The rows with the usual columns (D004 speaks of the others), filled as the harness's reader fills them."""
        return tuple(
            DataRow(row.where, {**dict.fromkeys(self._all_columns), **row.values})
            for row in rows
            if self.columns_of(row) == self.columns
        )
