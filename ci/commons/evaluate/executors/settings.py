"""What an executor can be told with ``--set name=value``: read and checked before anything is started.

A job that was started costs money, so a slip in a setting must be an error before the first one, not after the last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from commons.errors import CannotRun


@dataclass(frozen=True)
class Setting:
    """One thing that an executor can be told; without a default it must be.

    ``least`` is the smallest that a number may be, ``pattern`` what a text must match whole, ``words`` are taken
    beside numbers and texts of that pattern. ``takes`` says in words what is taken.
    """

    name: str
    help: str
    default: str | None = None
    kind: Literal["text", "whole", "number"] = "text"
    least: float = 0
    pattern: str = r"[\s\S]*"
    words: tuple[str, ...] = ()
    takes: str = ""

    def read(self, given: str) -> str | int | float:
        """The value that ``given`` stands for.

        Raises:
            ValueError: it stands for none.
        """
        if given in self.words:
            return given
        if self.kind == "text":
            if re.fullmatch(self.pattern, given) is None:
                raise ValueError(given)
            return given
        value = int(given) if self.kind == "whole" else float(given)
        if not math.isfinite(value) or value < self.least:
            raise ValueError(given)
        return value

    @property
    def expected(self) -> str:
        """What the setting takes, for people."""
        what = self.takes or {"text": "a text", "whole": "a whole number", "number": "a number"}[self.kind]
        least = f" of at least {self.least:g}" if self.kind != "text" else ""
        words = "".join(f", or `{word}`" if word else ", or nothing" for word in self.words)
        return f"{what}{least}{words}"


class Settings:
    """The settings of one executor, each of its kind."""

    def __init__(self, values: Mapping[str, str | int | float]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """The setting ``name`` as it was written."""
        return str(self._values[name])

    def whole(self, name: str) -> int:
        """The setting ``name``, a whole number."""
        return int(self._values[name])

    def number(self, name: str) -> float | None:
        """The setting ``name``; None where it is a word."""
        value = self._values[name]
        return None if isinstance(value, str) else float(value)


def read_settings(executor: str, known: Sequence[Setting], given: Mapping[str, str]) -> Settings:
    """The settings of an executor: what is given, else the defaults.

    Raises:
        CannotRun: one is unknown or missing, or has a value that it cannot have.
    """
    names = [setting.name for setting in known]
    if unknown := sorted(set(given) - set(names)):
        raise CannotRun(f"The executor `{executor}` has no setting `{unknown[0]}`.",
                        mend=f"Settings: {', '.join(names) or 'none'}.")
    values: dict[str, str | int | float] = {}
    for setting in known:
        text = given.get(setting.name, setting.default)
        if text is None:
            raise CannotRun(f"The executor `{executor}` must be told: {setting.help}",
                            mend=f"Add: --set {setting.name}=...")
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            raise CannotRun(f"The setting `{setting.name}` of the executor `{executor}` cannot be `{text[:60]}`.",
                            mend=f"It takes {setting.expected}: {setting.help}") from error
    return Settings(values)
