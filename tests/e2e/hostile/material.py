"""What attacks are made of: honest tasks to begin from, and code that tries everything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.builders import REPOSITORY_ROOT
from tests.e2e.hostile.attack import AUTHOR, OWNED, Place

#: A task in plain YAML, and one with hooks. Either gets a green status when its author brings it as it is.
PLAIN, HOOKED = "turkish_vowel_harmony", "clinic_note_json"
MISCHIEF = Path(__file__).parent / "mischief.py"

#: Text that would do something in a comment, a log, a shell or a workflow, if it were not made harmless.
LOUD = (f"::error file=a,line=1::{OWNED} %0A::set-output name=tasks::{OWNED} ${{{{ secrets.GITHUB_TOKEN }}}} "
        f"$(touch {OWNED}) `touch {OWNED}` @pool/maintainers #1 <img src=https://evil.example/a.png> "
        "[click](https://evil.example) ![see](https://evil.example/b.png) www.evil.example "
        "<!-- eval-commons: live comment --> <script>alert(1)</script> \u202egnp.exe\u202c \u200b end")
LINES = f"first\n::error::{OWNED}\n::set-output name=tasks::{OWNED}\n::add-mask::a\r\n::stop-commands::{OWNED}\n" + LOUD


def good(clone: Path, task: str = PLAIN, name: str = "") -> Path:
    """An honest task, brought by the author of the pull request; its folder."""
    folder = clone / "tasks" / (name or task)
    shutil.copytree(REPOSITORY_ROOT / "tasks" / task, folder)
    replace(folder / "card.yaml", "owners: [eval-commons]", f"owners: [{AUTHOR}]")
    if name and name != task:
        text = (folder / f"{task}.yaml").read_text(encoding="utf-8")
        (folder / f"{task}.yaml").unlink()
        (folder / f"{name}.yaml").write_text(text.replace(f"task: {task}", f"task: {name}"), encoding="utf-8")
    return folder


def config(folder: Path) -> Path:
    """The task's harness configuration."""
    return folder / f"{folder.name}.yaml"


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that is there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def rewrite(folder: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change the rows of a task's test split."""
    path = folder / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def mischief(place: Place) -> str:
    """Source that defines ``everything()``, which tries everything and returns what it found."""
    known = {"MARKER": str(place.marker), "SECRET": str(place.secret), "FOLDER": str(place.folder), "PORT": place.port}
    return "".join(f"{name} = {value!r}\n" for name, value in known.items()) + MISCHIEF.read_text(encoding="utf-8")


def hook(clone: Path, body: str, source: str, *, grade: bool = False) -> Path:
    """The task with hooks, whose prompt or grader first does ``body``, which may call ``reach(SOURCE)``.

    Lint sees no call that leads anywhere: a formatter looks names up that stand in a text. So this runs, and what
    holds it is the sandbox alone.
    """
    folder = good(clone, HOOKED)
    path = folder / "hooks.py"
    start = "    record = _first_object(results[0])\n" if grade else "    return f\"{INSTRUCTIONS}"
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    replace(path, start, indented + start)
    path.write_text(f'{path.read_text(encoding="utf-8")}\n\nSOURCE = {source!r}\n' + '''

def reach(source):
    """Run a text as Python, once."""
    inside = string.Formatter().get_field("0.__globals__", (reach,), {})[0]["__builtins__"]
    space = {}
    inside["exec"](source, space)
    return space
''', encoding="utf-8")
    replace(path, "import math\n", "import math\nimport string\n")
    return folder
