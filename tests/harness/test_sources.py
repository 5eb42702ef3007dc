"""What a key says of hooks: which of them are named for what, and every row that they could read."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.harness.sandbox import Confinement, fault
from commons.harness.session import render_task
from commons.harness.sources import Sources, sources_of
from commons.pool.task import read_task
from tests.builders import GENERATE, TaskSpec, generate_task, write_task

HOOKED = GENERATE + "process_results: !function hooks.strict\n"


def sources(root: Path, settings: str, **files: str) -> Sources:
    """The digests of a task with these settings and Python files."""
    spec: TaskSpec = generate_task(settings=settings, files={f"{name}.py": text for name, text in files.items()})
    return sources_of(read_task(write_task(root, spec)))


def test_a_task_without_functions_has_no_such_part(tmp_path: Path) -> None:
    """What names no function and has no setting of the kind keeps the hash that it always had."""
    assert sources(tmp_path, GENERATE) == Sources(None, None, {}, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HOOKED, HOOKED.replace("strict", "lenient")),
        (HOOKED, HOOKED.replace("process_results", "process_docs")),
        (HOOKED, GENERATE),
        (GENERATE.replace("metric: bleu", "metric: !function hooks.own"),
         GENERATE.replace("metric: bleu", "metric: !function other.own")),
        (GENERATE.replace("function: regex,", "function: custom, filter_fn: !function hooks.own,"),
         GENERATE.replace("function: regex,", "function: custom, filter_fn: !function other.own,")),
        (GENERATE + "fewshot_config: {doc_to_text: !function hooks.own}\n",
         GENERATE + "fewshot_config: {doc_to_text: !function hooks.other}\n"),
        (GENERATE, GENERATE.replace("metric: bleu", "metric: bleu, hf_evaluate: true")),
        (GENERATE, GENERATE + "unsafe_code: true\n"),
        (GENERATE, GENERATE + 'doc_to_image: ["{{q}}"]\n'),
    ],
    ids=["another hook", "for another purpose", "none", "a metric", "a filter", "an example's prompt", "hf_evaluate",
         "unsafe code", "pictures"],
)
def test_what_the_configuration_names_for_grading_counts(tmp_path: Path, before: str, after: str) -> None:
    """With the same Python beside it, another name or another purpose is another part."""
    first = sources(tmp_path / "a", before, hooks="", other="")
    second = sources(tmp_path / "b", after, hooks="", other="")

    assert first.functions != second.functions
    assert first.hooks == second.hooks


def test_where_in_the_file_a_function_is_named_does_not_count(tmp_path: Path) -> None:
    """The order of keys and comments change nothing."""
    lines = "process_docs: !function hooks.docs\n", "process_results: !function hooks.strict\n"
    first = sources(tmp_path / "a", GENERATE + "".join(lines), hooks="")
    second = sources(tmp_path / "b", "".join(reversed(lines)) + "# the same\n" + GENERATE, hooks="")

    assert first == second


def test_a_function_of_an_included_file_is_told_by_the_folder_it_is_looked_up_in(tmp_path: Path) -> None:
    """The same name in a file of another folder is another function."""
    found = set()
    for place in (".", "inner"):
        folder = write_task(tmp_path / place.strip("."), generate_task())
        for inside in (folder, folder / "inner"):
            inside.mkdir(exist_ok=True)
            (inside / "hooks.py").write_text("")
            (inside / "more.yaml").write_text("process_results: !function hooks.strict\n")
        config = folder / "say.yaml"
        config.write_text(f"include: {place}/more.yaml\n".replace("./", "") + config.read_text())
        found.add(sources_of(read_task(folder)).functions)

    assert len(found) == 2


def test_a_function_of_a_library_makes_the_items_content_count(tmp_path: Path) -> None:
    """A task without Python of its own that grades by a function is a task with hooks."""
    found = sources(tmp_path, GENERATE + "process_results: !function somewhere.strict\n")

    assert found.hooks is not None
    assert len(found.rows) == 4


def test_a_readme_that_is_a_link_counts_as_any_other_file(tmp_path: Path) -> None:
    """Prose is left out because nobody can read it in the sandbox; a link there leads to what can be read."""
    found = set()
    for target in ("hooks.py", "say.yaml"):
        folder = write_task(tmp_path / target, generate_task(settings=HOOKED, files={"hooks.py": ""}))
        (folder / "README.md").unlink()
        (folder / "README.md").symlink_to(target)
        found.add(sources_of(read_task(folder)).hooks)

    assert len(found) == 2


@pytest.mark.model
@pytest.mark.skipif(fault() is not None, reason="this machine can have no sandbox")
def test_no_hook_can_read_the_prose_that_no_key_holds(tmp_path: Path) -> None:
    """In the sandbox the README cannot be opened; everything else of the folder can."""
    code = """\
import os
from pathlib import Path

def ask(doc):
    folder, seen = Path(__file__).parent, []
    for name in sorted(os.listdir(folder)):
        try:
            seen.append(name + ":" + str(len((folder / name).read_bytes()) > 0))
        except IsADirectoryError:
            pass
        except OSError as error:
            seen.append(name + ":" + type(error).__name__)
    return " ".join(seen)
"""
    settings = GENERATE.replace('"{{q}}"', "!function hooks.ask")
    folder = write_task(tmp_path, generate_task(settings=settings, files={"hooks.py": code}))

    rendering = render_task(read_task(folder), Confinement.SANDBOX)

    seen = rendering.requests[rendering.items[0].plain[0]].prompt_text
    assert seen == "README.md:PermissionError card.yaml:True hooks.py:True say.yaml:True"
