"""Planted defects of M013."""

from __future__ import annotations

from tests.lint.builders import GENERATE
from tests.lint.defects import config

DEFECTS = [
    config("M013", GENERATE, "'(\\d+)'", "'#### (\\d+)'", "regex_pattern", "Ask for them"),
    config("M013", GENERATE, "'(\\d+)'", "'The dose is (\\d+)'", "regex_pattern", "Ask for them"),
]
