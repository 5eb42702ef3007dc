"""Fixtures that the tests of lint share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.builders import write_pool


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """The root of a correct pool with a task of each output type."""
    return write_pool(tmp_path)
