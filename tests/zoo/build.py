"""Pools made of zoo tasks: all the good ones, some of them, or one with a planted defect."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.zoo.defect import Case, Defect

GOOD = Path(__file__).parent / "good"
REPOSITORY_ROOT = Path(__file__).resolve().parents[2]
GOOD_NAMES = tuple(sorted(folder.name for folder in GOOD.iterdir() if folder.is_dir()))

_REST = shutil.ignore_patterns("__pycache__", "*.pyc")


def build_good(root: Path, name: str, folder_name: str | None = None) -> Path:
    """Copy one good task into the pool under ``root`` and return its folder."""
    folder = root / "tasks" / (folder_name or name)
    shutil.copytree(GOOD / name, folder, ignore=_REST)
    return folder


def build_pool(root: Path, names: Iterable[str] = GOOD_NAMES) -> Path:
    """A pool of good tasks with the repository's own ``models.yaml``; returns its root."""
    (root / "tasks").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REPOSITORY_ROOT / "models.yaml", root / "models.yaml")
    for name in names:
        build_good(root, name)
    return root


def trace_of(root: Path) -> Path:
    """The file that a task's code would write if anything ran it."""
    return root / "trace-that-must-not-be"


def build_defect(root: Path, defect: Defect, trace: Path | None = None) -> Path:
    """A pool with the broken task and what it needs; returns the task's folder."""
    build_pool(root, defect.others)
    folder = build_good(root, defect.base, defect.folder_name)
    case = Case(root, folder, trace or trace_of(root))
    for edit in defect.edits:
        edit(case)
    return folder
