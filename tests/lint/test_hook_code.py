"""What a task's own Python may and may not do, read as a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.builders import REPOSITORY_ROOT
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import Edit

FAULTY = {
    "S005": [
        "print('loaded')", "for one in range(3):\n    NAMES = one", "WORDS = load()", "with x:\n    pass", "del load",
        "TABLE['a'] = 1", "def f(doc, table=load()):\n    return 1", "class A:\n    load()", "if load:\n    x = 1",
        "try:\n    load()\nexcept ValueError:\n    pass", "while True:\n    pass", "X = [load() for one in 'ab']",
        "@load()\ndef f(doc):\n    return 1", "class A(load()):\n    x = 1", "assert load", "raise SystemExit",
        "X: int = load()", "import re\nX = re.sub(load(), '', '')", "if __name__ != '__main__':\n    load()",
    ],
    "S006": [
        "import os", "import subprocess as s", "from urllib.request import urlopen", "def f(doc):\n    import socket",
        "def f(doc):\n    return eval(doc)", "def f(doc):\n    return getattr(doc, doc)", "e = exec",
        "def f(doc):\n    return doc.__class__", "def f(doc):\n    return globals()", "import pickle",
        "def f(doc):\n    return getattr(doc, '__class__')", "def f(doc):\n    return __builtins__",
        "import importlib", "from builtins import eval as e", "def f(doc):\n    compile = compile(doc, '', 'exec')",
        "import re\ndef f(doc):\n    return re.enum.sys.modules['os']", "from enum import sys",
        "import uuid\ndef f(doc):\n    return uuid.os.system(doc)", "from random import _os as o", "import _socket",
        "import re\ndef f(doc):\n    return getattr(re.enum, 'sys')", "def f(doc):\n    return map(getattr, doc, 'x')",
        "import operator\ndef f(doc):\n    return operator.attrgetter('enum.sys')(doc)",
        "import operator\ndef f(doc):\n    return map(operator.attrgetter, doc)",
        "import re\ndef f(doc):\n    match re.enum:\n        case object(sys=found):\n            return found",
        "try:\n    import commons\nexcept ImportError:\n    commons = None",
        "import typing\ndef f(doc):\n    return typing.get_type_hints(doc)",
        "import numpy as np\ndef f(doc):\n    return np.load(doc)", "def f(doc):\n    return __import__('json')",
    ],
    "S007": [
        "import random\ndef f(doc):\n    return random.choice(doc)", "import time\ndef f(doc):\n    return time.time()",
        "from random import shuffle\ndef f(doc):\n    shuffle(doc)", "def f(doc):\n    return hash(doc['q'])",
        "import numpy as np\ndef f(doc):\n    return np.random.rand()", "import uuid\ndef f(doc):\n    uuid.uuid4()",
        "import datetime\ndef f(doc):\n    return datetime.date.today()", "import secrets\nf = secrets.choice",
        "from datetime import datetime as d\ndef f(doc):\n    return d.now()",
        "import random\ndef f(doc):\n    return random.Random().random()",
        "import numpy as np\ndef f(doc):\n    return np.random.default_rng().random()",
        "import random\ndef f(doc):\n    return sorted(doc, key=lambda one: random.random())",
    ],
    "S008": [
        "def f(doc):\n    return open(doc)", "from pathlib import Path", "import nltk", "import glob",
        "import sympy\ndef f(doc):\n    return sympy.sympify(doc)",
    ],
}  # fmt: skip

IN_ORDER = [
    '"""What it does."""\n\nimport json\nimport re\n\nWORD = re.compile(r"\\w+")\nSTOP = frozenset({"a", "b"})\n',
    "from collections import namedtuple\nPair = namedtuple('Pair', 'one other')\nX = Pair(1, 2)\n__all__ = ['Pair']\n",
    "LETTERS = {letter: place for place, letter in enumerate('abc')}\nWORDS = 'a b c'.split()\nHALF = -1 / 2\n",
    "try:\n    import regex as re\nexcept ImportError:\n    import re\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import datasets\n",
    "def f(doc):\n    return 1\n\nif __name__ == '__main__':\n    print(f({}))\n",
    "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 0\n    def __hash__(self):\n        hash(1)\n",
    "import random\ndef f(doc):\n    rng = random.Random(doc['seed'])\n    return rng.choice([1, 2])\n",
    "import random\ndef f(doc, rng: random.Random):\n    return rng.random()\n",
    "import random\ndef f(doc):\n    random.seed(3)\n    return random.random()\n",
    "import numpy as np\ndef f(doc):\n    return np.random.default_rng(7).random() + np.mean([1])\n",
    "from datetime import date\ndef f(doc):\n    return date.fromisoformat(doc['day']).year\n",
    "import ast\ndef f(doc, input):\n    return ast.literal_eval(input)\n",
    "import re\ndef f(doc):\n    return re.compile(doc['p'])\n",
    "def f(doc, time, random):\n    return time.time + random.x\n",
    "from re import compile\nX = compile('a')\n", "def f(doc):\n    return getattr(doc, 'name', None)\n",
    "from functools import lru_cache\n@lru_cache(maxsize=8)\ndef f(doc):\n    return sorted(doc, key=lambda x: x)\n",
    "class A:\n    def __init__(self):\n        super().__init__()\n        self.x = type(self).__name__\n",
    "from lm_eval.api.filter import Filter\nclass Mine(Filter):\n    def apply(self, resps, docs):\n        pass\n",
    "import random\nRNG = random.Random(5)\n",
    "import numpy as np\ndef f(doc):\n    return np.eye(3).trace() + doc.code + doc.platform\n",
    "from decimal import Decimal\nLIMIT = Decimal('0.5')\nX = Y = None\nZ: int\n",
]  # fmt: skip


@pytest.mark.parametrize(("code", "source"), [(code, source) for code in FAULTY for source in FAULTY[code]])
def test_a_fault_of_a_hook_gives_its_code_alone(pool: Path, code: str, source: str) -> None:
    """What a hook must not do is found once, with its line and column, beside the hint that there is code."""
    folder = pool / "tasks" / GEN
    Edit("hooks.py", None, f"{source}\n").apply(folder)

    findings = [finding for finding in lint_task(folder).findings if finding.code != "S002"]

    assert [finding.code for finding in findings] == [code], findings
    assert findings[0].where.line > 0
    assert findings[0].where.column > 0


@pytest.mark.parametrize("source", IN_ORDER)
def test_what_grading_needs_is_in_order(pool: Path, source: str) -> None:
    """Constants, functions, seeded draws and the usual modules give nothing but the hint that there is code."""
    folder = pool / "tasks" / GEN
    Edit("hooks.py", None, source).apply(folder)

    assert [finding.code for finding in lint_task(folder).findings] == ["S002"]


def test_hooks_of_the_pool_and_of_new_tasks_are_in_order(pool: Path) -> None:
    """The hooks that this repository brings and writes give no finding."""
    for path in (
        REPOSITORY_ROOT / "tasks" / "clinic_note_json" / "hooks.py",
        REPOSITORY_ROOT / "ci" / "commons" / "scaffold" / "templates" / "hooks.py",
    ):
        Edit("hooks.py", None, path.read_text(encoding="utf-8")).apply(pool / "tasks" / GEN)

        assert [finding.code for finding in lint_task(pool / "tasks" / GEN).findings] == ["S002"]


def test_a_file_beside_the_hook_is_no_foreign_package(pool: Path) -> None:
    """A hook may be split into several files of the folder."""
    folder = pool / "tasks" / GEN
    Edit("units.py", None, "FACTORS = {'mg': 1}\n").apply(folder)
    Edit("hooks.py", None, "from units import FACTORS\nimport units\n").apply(folder)

    assert {finding.code for finding in lint_task(folder).findings} == {"S002"}


@pytest.mark.parametrize("beside", ["os", "os/notes.txt", "os/system.py", "os.py"])
def test_nothing_beside_a_hook_hides_what_it_imports(pool: Path, beside: str) -> None:
    """A folder or file that is called like a module of Python does not make that module one of the task's own."""
    folder = pool / "tasks" / GEN
    if "." in beside:
        Edit(beside, None, "X = 1\n").apply(folder)
    else:
        (folder / beside).mkdir()
    Edit("hooks.py", None, "import os\n").apply(folder)

    assert "S006" in {finding.code for finding in lint_task(folder).findings}


def test_the_generator_is_no_hook(pool: Path) -> None:
    """The file that makes new items may read files and draw; the harness imports it only where a setting names it."""
    folder = pool / "tasks" / GEN
    Edit("make_items.py", None, "import os, random\n\ndef make(doc):\n    return random.random()\n").apply(folder)
    Edit("card.yaml", "known_biases", "generator: make_items.py\nknown_biases").apply(folder)
    assert {finding.code for finding in lint_task(folder).findings} == {"S002"}

    Edit(f"{GEN}.yaml", "metadata:", "process_docs: !function make_items.make\nmetadata:").apply(folder)
    assert {"S006", "S007"} <= {finding.code for finding in lint_task(folder).findings}


def test_nothing_of_a_hook_is_run(pool: Path, tmp_path: Path) -> None:
    """A hook that would leave a trace leaves none."""
    folder = pool / "tasks" / GEN
    trace = tmp_path / "trace"
    Edit("hooks.py", None, f"open({str(trace)!r}, 'w').close()\n").apply(folder)

    codes = {finding.code for finding in lint_task(folder).findings}

    assert {"S005", "S008"} <= codes
    assert not trace.exists()


@pytest.mark.parametrize("source", ["x = (" * 400 + ")" * 400, "x = " + "-" * 99_999 + "1", "\x00", "def f(:\n"])
def test_a_strange_file_is_no_crash(pool: Path, source: str) -> None:
    """Python that cannot be parsed, or is made to be deep, gives no failure of a rule."""
    folder = pool / "tasks" / GEN
    Edit("hooks.py", None, source).apply(folder)

    assert "R000" not in {finding.code for finding in lint_task(folder).findings}
