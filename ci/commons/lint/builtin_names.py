"""The names that lm-evaluation-harness 0.4.13 has built in: tasks, groups and tags, as one file beside this one.

``python -m commons.harness.builtin_names`` writes the file; ``tests/lint/test_names.py`` compares it with the harness.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

#: The version whose names these are; a test compares it with the one that is pinned.
NAMES_OF = "0.4.13"

NAMES_FILE = Path(__file__).parent / "data" / "harness_task_names.txt"


@lru_cache(maxsize=1)
def builtin_names() -> frozenset[str]:
    """Every built-in name."""
    return frozenset(NAMES_FILE.read_text(encoding="utf-8").split("\n")) - {""}
