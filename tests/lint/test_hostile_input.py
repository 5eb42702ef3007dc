"""Whatever a contributed file holds, lint answers with findings, executes nothing and never fails itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from commons.lint.runner import lint_repository, lint_task
from commons.lint.subject import TaskSubject
from commons.pool.repository import Repository
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import NAMES, Edit

FILES = [f"{MC}.yaml", "card.yaml", "data/test.jsonl", "README.md", "hooks.py"]

CONTENTS = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "nul": b"\x00" * 100,
    "latin": "naïve: é".encode("latin-1"),
    "utf16": "task: x".encode("utf-16"),
    "mark": b"\xef\xbb\xbf",
    "spaces": b" \t\r\n\n  ",
    "brackets": b"[" * 100_000,
    "braces": b'{"a":' * 30_000,
    "aliases": b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a, *a, *a]\n" % (n, n) for n in range(30)),
    "number": b"9" * 10_000,
    "scalar": b"just a text",
    "list": b"- a\n- b\n",
    "null": b"null",
    "huge": b"x" * 1_100_000,
    "tag": b"a: !!python/object/apply:os.system [id]",
    "two": b"a: 1\n---\nb: 2\n",
    "lines": b"\n" * 100_000,
}


def assert_said(folder: Path, codes: set[str]) -> None:
    """What cannot be read is always said, because the rules that need it stay silent."""
    subject = TaskSubject(folder)
    assert subject.config is not None or codes & {"T001", "T002", "T003", "T005", "T006", "D008"}
    assert subject.card is not None or codes & {"C001", "C002", "C003", "T006"}
    assert not subject.data_problems or codes & {"D001", "D002"}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("file", FILES)
def test_odd_content_gives_findings(pool: Path, file: str, content: bytes) -> None:
    """Odd content in any file of a task gives findings in the task and no failed rule."""
    folder = pool / "tasks" / MC
    (folder / file).write_bytes(content)

    findings = lint_task(folder).findings

    assert "R000" not in {finding.code for finding in findings}
    assert findings or file == "README.md"
    assert len(findings) <= 60


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("file", ["models.yaml", "tasks/_suites/ward_round.yaml"])
def test_odd_content_beside_the_tasks_gives_findings(pool: Path, file: str, content: bytes) -> None:
    """Odd content in the models file or a suite gives a finding there and no failed rule."""
    (pool / file).write_bytes(content)

    findings = lint_repository(Repository(pool)).findings

    assert {finding.code for finding in findings} == {"N001" if file == "models.yaml" else "R002"}


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_never_fail_a_rule(pool: Path, seed: int) -> None:
    """Files with random pieces cut, doubled or replaced never make a rule fail."""
    draw = random.Random(seed)  # noqa: S311  (a seeded draw is the point, no secret)
    folder = pool / "tasks" / draw.choice(NAMES)
    for file in (f"{folder.name}.yaml", "card.yaml", "data/test.jsonl"):
        content = bytearray((folder / file).read_bytes())
        for _ in range(draw.randint(1, 4)):
            start = draw.randrange(len(content))
            piece = content[start : start + draw.randint(1, 30)]
            noise = bytes(draw.choices(b'{}[]:,"\'!&*#|>-%@`\n 0aZ\xff', k=draw.randint(0, 6)))
            content[start : start + len(piece)] = draw.choice([b"", piece + piece, noise])
        (folder / file).write_bytes(bytes(content))

    codes = {finding.code for finding in lint_task(folder).findings}

    assert "R000" not in codes
    assert_said(folder, codes)


@pytest.mark.parametrize(
    "value",
    [
        "[[1], {a: b}]", "{a: !function os.system}", "!function ''", "!function hooks", "-1", "1e999", ".nan", "''",
        "!!binary aGk=", "2026-01-01", "[!function a.b]", "'\\0'", '"\\0"', "~", "{}", "[]", "true", "'{{'", "'{%'",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "key",
    [
        "task", "dataset_path", "dataset_kwargs", "test_split", "fewshot_split", "num_fewshot", "doc_to_text",
        "doc_to_choice", "doc_to_target", "metric_list", "filter_list", "generation_kwargs", "fewshot_config",
        "include", "description", "process_docs", "repeats", "gen_prefix",
    ],
)  # fmt: skip
def test_any_value_under_any_key_is_answered(pool: Path, key: str, value: str) -> None:
    """No value under any key of the configuration makes a rule fail."""
    path = pool / "tasks" / GEN / f"{GEN}.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{key}:")]
    path.write_text("\n".join([*lines, f"{key}: {value}", ""]))

    codes = {finding.code for finding in lint_task(path.parent).findings}

    assert "R000" not in codes
    assert_said(path.parent, codes)


def test_hooks_are_never_executed(pool: Path) -> None:
    """Linting a task whose hooks would leave a trace on import, on call and in a template leaves none."""
    folder = pool / "tasks" / GEN
    trace = pool / "trace"
    code = f"open({str(trace)!r}, 'w').close()"
    Edit("hooks.py", None, f"{code}\ndef grade(doc, results):\n    {code}\n    return {{}}\n").apply(folder)
    template = f"{{{{ question.__class__.__mro__ }}}}{{{{ lipsum.__globals__.os.system('touch {trace}') }}}}"
    Edit(f"{GEN}.yaml", 'doc_to_text: "{{question}}\\nAnswer:"', f'doc_to_text: "{template}"').apply(folder)
    Edit(f"{GEN}.yaml", "    ignore_case: true\n", "process_results: !function hooks.grade\n").apply(folder)

    codes = {finding.code for finding in lint_task(folder).findings}

    assert codes == {"S002", "S003", "S005", "S008", "S012", "T009"}
    assert not trace.exists()


@pytest.mark.parametrize("file", [f"{MC}.yaml", "card.yaml", "data/test.jsonl", "README.md"])
def test_links_are_findings_and_not_followed(pool: Path, tmp_path_factory: pytest.TempPathFactory, file: str) -> None:
    """A link in place of a file is one finding at the link's own place."""
    path = pool / "tasks" / MC / file
    target = tmp_path_factory.mktemp("elsewhere") / "file"
    target.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(target)

    findings = lint_task(path.parent if "/" not in file else path.parent.parent).findings

    assert [finding.code for finding in findings] == [
        {f"{MC}.yaml": "T001", "card.yaml": "C001", "data/test.jsonl": "D001", "README.md": "T006"}[file]
    ]
    assert all(not finding.where.path.is_absolute() for finding in findings)


def test_folders_in_place_of_files_are_findings(pool: Path) -> None:
    """A folder where a file belongs is a finding and no failure."""
    folder = pool / "tasks" / MC
    for file in (f"{MC}.yaml", "card.yaml", "data/test.jsonl", "README.md"):
        (folder / file).unlink()
        (folder / file).mkdir()

    codes = {finding.code for finding in lint_task(folder).findings}

    assert codes == {"T006"}


def test_a_data_path_that_no_system_can_open_is_a_finding(pool: Path) -> None:
    """A file name longer than any system allows is a finding and no failure."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", "data/test.jsonl", f"data/{'x' * 5000}.jsonl").apply(folder)

    codes = {finding.code for finding in lint_task(folder).findings}

    assert codes == {"D001"}
