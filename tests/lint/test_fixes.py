"""Mends by program: each gives back the correct file, and none touches what it should not."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from commons.errors import CannotRun, Where
from commons.lint.findings import Finding, Fix, Report
from commons.lint.fixes import FileChange, Plan, apply, diff, plan, together
from commons.lint.runner import lint_task
from commons.pool.validate import only_meant
from tests.lint.builders import CANARY, NAMES, Edit, line_of, write_task
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import MULTIPLE_CHOICE as MC

ROWS = "data/test.jsonl"


@dataclass(frozen=True)
class Mended:
    """A defect, planted as ``old`` becomes ``new``, that a program turns into ``old`` again (or into ``mended``)."""

    code: str
    task: str
    file: str
    old: str
    new: str
    mended: str | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.new[:30]!r}"


MENDED = [
    Mended("T002", MC, f"{MC}.yaml", "test_split: test", "test_spilt: test"),
    Mended("T002", MC, f"{MC}.yaml", "output_type: m", '"ouput_type": m', "output_type: m"),
    Mended("T002", MC, f"{MC}.yaml", "metadata:", "fewshot_config: {samplr: first_n}  # samplr\nmetadata:",
           "fewshot_config: {sampler: first_n}  # samplr\nmetadata:"),
    Mended("T003", MC, f"{MC}.yaml", "multiple_choice", "multiple-choice"),
    Mended("T004", MC, f"{MC}.yaml", "task: dose_check", "task: dose_chek   # name", "task: dose_check   # name"),
    Mended("T005", GEN, f"{GEN}.yaml", "max_gen_toks", "max_new_tokens"),
    Mended("T005", GEN, f"{GEN}.yaml", "  until:", "  stop_sequences:"),
    Mended("T005", GEN, f"{GEN}.yaml", "  until: ", "  until_: "),
    Mended("C002", MC, "card.yaml", "licence: CC", "license: CC"),
    Mended("C003", MC, "card.yaml", "licence: CC-BY-4.0", "licence: CC BY 4.0"),
    Mended("C003", MC, "card.yaml", "licence: CC-BY-4.0", "licence: 'MIT License'", "licence: 'MIT'"),
    Mended("C003", MC, "card.yaml", "languages: [en]", "languages: [en_us]", "languages: [en-US]"),
    Mended("C003", MC, "card.yaml", "domain: medicine", 'domain: "medecine"', 'domain: "medicine"'),
    Mended("M002", MC, f"{MC}.yaml", "metric: acc_norm", "metric: acc_nrom"),
    Mended("M002", GEN, f"{GEN}.yaml", "ignore_case", "ignore_cases"),
    Mended("M002", GEN, f"{GEN}.yaml", "function: take_first", "function: take_frist"),
    Mended("M002", GEN, f"{GEN}.yaml", "regex_pattern", "regex_patern"),
    Mended("M001", MC, "card.yaml", "metric: acc", "metric: accc"),
    Mended("M001", GEN, "card.yaml", "filter: number", "filter: numbber"),
    Mended("D004", MC, ROWS, '"question"', '"qestion"'),
    Mended("D004", MC, ROWS, '"choices"', '"choises"'),
    Mended("D005", MC, ROWS, "456789abc", "456789abd"),
    Mended("D005", MC, ROWS, f', "canary": "{CANARY}"', ""),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": "B"'),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": "(b)"'),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": "1"'),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": " 5 MG"'),
]

#: Defects that resemble these and that a person must decide.
LEFT = [
    Mended("T002", MC, f"{MC}.yaml", "metadata:", "test_spilt: dev\nmetadata:"),
    Mended("T002", MC, f"{MC}.yaml", "metadata:", "banana: 1\nmetadata:"),
    Mended("T005", GEN, f"{GEN}.yaml", "max_gen_toks", "max_length"),
    Mended("T005", GEN, f"{GEN}.yaml", "max_gen_toks: 16", "max_tokens: 16\n  max_new_tokens: 8"),
    Mended("T005", GEN, f"{GEN}.yaml", "  max_gen_toks: 16\n", ""),
    Mended("C002", MC, "card.yaml", "ai_use", "license: MIT\nai_use"),
    Mended("C003", MC, "card.yaml", "domain: medicine", "domain: cooking"),
    Mended("M002", MC, f"{MC}.yaml", "metric: acc_norm", "metric: accuracy"),
    Mended("M002", GEN, f"{GEN}.yaml", "metric: exact_match", "metric: chrf+"),
    Mended("M001", MC, "card.yaml", "metric: acc", "metric: accuracy"),
    Mended("D004", MC, ROWS, '"question"', '"text"'),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": "E"'),
    Mended("D007", MC, ROWS, '"answer": 1', '"answer": "3"'),
    Mended("D007", MC, ROWS, '"choices": ["4 mg", "5 mg", "6 mg"], "answer": 1',
           '"choices": ["B", "b ", "c"], "answer": "b"'),
]


def mend(folder: Path) -> tuple[int, Plan]:
    """Mend a task as ``--fix`` does; give the number of rounds that changed something, and the last plan."""
    rounds = 0
    while (planned := plan(lint_task(folder), folder.parent.parent)).changes and rounds < 9:
        for change in planned.changes:
            apply(change)
        rounds += 1
    return rounds, planned


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a task by its name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("one", MENDED, ids=str)
def test_a_mend_removes_its_finding_and_changes_nothing_else(tmp_path: Path, one: Mended) -> None:
    """The planted words become the right ones, every other byte of the folder stays, and a second time is quiet."""
    folder = write_task(tmp_path, one.task)
    Edit(one.file, one.old, one.mended or one.old).apply(folder)
    right = files_of(folder)
    Edit(one.file, one.mended or one.old, one.new).apply(folder)
    assert one.code in {finding.code for finding in lint_task(folder).findings}

    rounds, planned = mend(folder)

    assert rounds == 1
    assert planned == Plan((), ())
    assert files_of(folder) == right
    assert one.code not in {finding.code for finding in lint_task(folder).findings}


@pytest.mark.parametrize("one", LEFT, ids=str)
def test_what_can_be_meant_in_two_ways_is_left(tmp_path: Path, one: Mended) -> None:
    """A near miss gives its finding without a mend."""
    folder = write_task(tmp_path, one.task)
    Edit(one.file, one.old, one.new).apply(folder)

    found = [finding for finding in lint_task(folder).findings if finding.code == one.code]

    assert found
    assert [finding.fix for finding in found] == [None] * len(found)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@for_all(st.lists(st.sampled_from([one for one in MENDED if one.mended is None]), unique_by=lambda one: one.old,
                  min_size=2, max_size=5), st.booleans())
def test_mends_compose(chosen: list[Mended], windows: bool) -> None:
    """Several defects at once are all mended, whatever the line ends, and the folder is again what it was."""
    with tempfile.TemporaryDirectory() as root:
        folders = [write_task(Path(root), name) for name in NAMES[:2]]
        if windows:
            for path in (path for folder in folders for path in folder.rglob("*.*") if path.is_file()):
                path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        right = [files_of(folder) for folder in folders]
        for one in chosen:
            path = Path(root, "tasks", one.task, one.file)
            path.write_bytes(path.read_bytes().replace(one.old.encode(), one.new.encode(), 1))

        for folder in folders:
            mend(folder)

        assert [files_of(folder) for folder in folders] == right


def test_digits_in_quotes_are_left_where_counting_may_begin_with_1(tmp_path: Path) -> None:
    """Where no gold is 0, "1" may mean the first choice or the second."""
    folder = write_task(tmp_path, MC)
    path = folder / ROWS
    path.write_text(path.read_text("utf-8").replace('"answer": 0', '"answer": "1"'), encoding="utf-8")

    assert all(finding.fix is None for finding in lint_task(folder).findings)


def test_a_gold_is_written_as_the_other_rows_write_theirs(tmp_path: Path) -> None:
    """Where the golds are the choices themselves, a mended one is a choice too, so that the column has one type."""
    folder = write_task(tmp_path, MC)
    text = (folder / ROWS).read_text("utf-8")
    for index, words in ((0, "9 mg"), (1, "5 mg"), (2, "7 mg")):
        text = text.replace(f'"answer": {index}', f'"answer": "{words}"', 1)
    text = "".join(f"{line}\n" for line in text.splitlines() if '"answer": "' in line)
    (folder / ROWS).write_text(text.replace('"answer": "5 mg"', '"answer": "5 Mg"'), encoding="utf-8")
    (folder / "data/dev.jsonl").write_text(text, encoding="utf-8")

    mend(folder)

    assert '"answer": "5 mg"' in (folder / ROWS).read_text("utf-8")


def test_rows_without_any_canary_all_get_it(tmp_path: Path) -> None:
    """One finding speaks for all the rows of a file, and its mend changes them all."""
    folder = write_task(tmp_path, MC)
    right = (folder / ROWS).read_text("utf-8")
    (folder / ROWS).write_text(right.replace(f', "canary": "{CANARY}"', ""), encoding="utf-8")

    assert mend(folder)[0] == 1
    assert (folder / ROWS).read_text("utf-8") == right


def test_rows_that_all_carry_another_canary_are_left(tmp_path: Path) -> None:
    """Where every row has another canary, the card may be what is wrong."""
    folder = write_task(tmp_path, MC)
    path = folder / ROWS
    path.write_text(path.read_text("utf-8").replace("456789abc", "456789abd"), encoding="utf-8")

    assert [finding.fix for finding in lint_task(folder).findings if finding.code == "D005"] == [None]


def test_a_folder_whose_name_is_no_text_to_yaml_is_left(tmp_path: Path) -> None:
    """`task: null` would be no name, so nothing is proposed."""
    folder = write_task(tmp_path, MC).rename(tmp_path / "tasks" / "null")
    (folder / f"{MC}.yaml").rename(folder / "null.yaml")

    assert [finding.fix for finding in lint_task(folder).findings if finding.code == "T004"] == [None]


# The plan, without rules.


def report_of(*fixes: Fix) -> Report:
    """A report with a finding for each fix."""
    return Report(tuple(Finding("T002", "lint", "It is.", fix.where, "Mend.", fix=fix) for fix in fixes), ())


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A file of a task with five lines."""
    path = tmp_path / "tasks" / "x" / "x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("a: 1\nbb: 2\nc: 3\nd: 4\ne: 5\n", encoding="utf-8")
    return path


def test_fixes_that_overlap_or_do_not_fit_are_left_out_and_said(tmp_path: Path, page: Path) -> None:
    """Of two mends of the same words the first wins; words that stand twice, or not at all, are not touched."""
    planned = plan(report_of(
        Fix(Where(page, 1), "a: 1", "a: 7"), Fix(Where(page, 1), "1", "8"), Fix(Where(page, 2), "b", "x"),
        Fix(Where(page, 3), "gone", "x"), Fix(Where(page, 99), "a", "x"), Fix(Where(page, 4), "4", "4\nf: 6"),
        Fix(Where(page, 5), "e", "g"), Fix(Where(page, 5), "5", "9"), Fix(Where(page, 5), "5", "9"),
    ), tmp_path)

    assert planned.changes[0].new == "a: 7\nbb: 2\nc: 3\nd: 4\ng: 9\n"
    assert planned.changes[0].lines == 2
    assert [line.split(" ")[0] for line in planned.left_out] == [f"tasks/x/x.yaml:{n}:" for n in (1, 2, 3, 99, 4)]


def test_places_may_be_absolute_or_seen_from_the_pool(tmp_path: Path, page: Path) -> None:
    """A fix names its file either way."""
    inside = page.relative_to(tmp_path)

    assert plan(report_of(Fix(Where(inside, 1), "1", "7")), tmp_path) == plan(
        report_of(Fix(Where(page, 1), "1", "7")), tmp_path)


def test_a_mend_that_would_break_the_file_is_left_out(tmp_path: Path, page: Path) -> None:
    """A key that would stand twice, or a row that would be no JSON, is refused before it is written."""
    rows = page.parent / "rows.jsonl"
    rows.write_text('{"a": 1}\n', encoding="utf-8")

    planned = plan(report_of(Fix(Where(page, 1), "a", "c"), Fix(Where(rows, 1), "1", "")), tmp_path)

    assert planned.changes == ()
    assert len(planned.left_out) == 2
    assert all("unreadable" in sentence for sentence in planned.left_out)


@pytest.mark.parametrize("name", ["notes.yaml", "tasks/../notes.yaml", "../notes.yaml", "results/notes.yaml"])
def test_nothing_outside_the_tasks_is_planned(tmp_path: Path, name: str) -> None:
    """Only files below tasks/, and models.yaml, are mended."""
    root = tmp_path / "pool"
    (root / "results").mkdir(parents=True)
    (root / "tasks").mkdir()
    (root / name).write_text("a: 1\n", encoding="utf-8")

    planned = plan(report_of(Fix(Where(Path(name), 1), "1", "7")), root)

    assert planned.changes == ()
    assert "is not mended here" in planned.left_out[0]


@pytest.mark.parametrize("linked", ["tasks/x/y.yaml", "tasks/y/x.yaml"])
def test_links_are_refused(tmp_path: Path, page: Path, linked: str) -> None:
    """Neither a link nor a file behind a linked folder is mended, in the plan or when it is written."""
    path = tmp_path / linked
    if path.parent.exists():
        path.symlink_to(page)
    else:
        path.parent.symlink_to(page.parent)
    change = FileChange(tmp_path, Path(linked), page.read_text("utf-8"), "a: 7\n")

    assert plan(report_of(Fix(Where(path, 1), "1", "7")), tmp_path).changes == ()
    with pytest.raises(CannotRun, match="link"):
        apply(change)
    assert page.read_text("utf-8").startswith("a: 1\n")


def test_a_file_that_changed_in_the_meantime_is_not_written(tmp_path: Path, page: Path) -> None:
    """What was shown is what is written, or nothing is."""
    change, = plan(report_of(Fix(Where(page, 1), "1", "7")), tmp_path).changes
    page.write_text("a: 1\nnew: true\n", encoding="utf-8")

    with pytest.raises(CannotRun, match="meantime"):
        apply(change)
    assert page.read_text("utf-8") == "a: 1\nnew: true\n"
    assert [path.name for path in page.parent.iterdir()] == ["x.yaml"]


def test_writing_keeps_line_ends_a_missing_last_one_and_the_mode(tmp_path: Path, page: Path) -> None:
    """Only the words change; the file's mode stays."""
    page.write_bytes("# é\r\na: 1\r\nb: 2\nc: 3".encode())
    page.chmod(0o640)

    apply(plan(report_of(Fix(Where(page, 2), "a: 1", "a: 7"), Fix(Where(page, 4), "3", "4")), tmp_path).changes[0])

    assert page.read_bytes() == "# é\r\na: 7\r\nb: 2\nc: 4".encode()
    assert page.stat().st_mode & 0o777 == 0o640


def test_the_diff_shows_what_changes_with_its_surroundings(tmp_path: Path) -> None:
    """A unified diff: near changes share a part, far ones have their own, with the right line numbers."""
    old = [f"line {number}" for number in range(1, 21)]
    new = ["line 1", "LINE 2", *old[2:4], "LINE 5", *old[5:18], "LINE 19", "line 20"]
    change = FileChange(tmp_path, Path("tasks/x/x.yaml"), "\n".join(old), "\n".join(new))

    assert diff(change).splitlines() == [
        "--- a/tasks/x/x.yaml", "+++ b/tasks/x/x.yaml", "@@ -1,7 +1,7 @@", " line 1", "-line 2", "+LINE 2", " line 3",
        " line 4", "-line 5", "+LINE 5", " line 6", " line 7", "@@ -17,4 +17,4 @@", " line 17", " line 18", "-line 19",
        "+LINE 19", " line 20",
    ]  # fmt: skip


def test_the_diff_is_safe_to_print(tmp_path: Path) -> None:
    """Controls and workflow commands of a contributed file are shown and not obeyed, and long lines are cut."""
    old = "::error::x\n##[error]y\n\x1b[2J\n" + "z" * 50_000 + "1" + "z" * 50_000
    change = FileChange(tmp_path, Path("tasks/x/a\nb.yaml"), old, old.replace("1", "2"))

    text = diff(change)

    assert "\x1b" not in text
    assert "##[" not in text
    assert not any(line.strip().startswith("::") for line in text.splitlines())
    assert "a\\nb.yaml" in text
    assert len(text) < 2_000
    assert "z1z" in text
    assert "z2z" in text


def test_fixes_are_joined_to_one(page: Path) -> None:
    """Several fixes, each of which may change more lines, become one that changes them all."""
    one, two, three = (Fix(Where(page, number), "x", "y") for number in (1, 2, 3))

    assert together([one, None, replace(two, also=(three,))]) == replace(one, also=(two, three))
    assert together([None]) is None


def test_a_long_list_of_findings_is_mended_whole(tmp_path: Path) -> None:
    """The findings that are only counted are mended as well as those that are shown."""
    folder = write_task(tmp_path, MC)
    row = (folder / ROWS).read_text("utf-8").splitlines()[0].replace('"answer": 1', '"answer": "B"')
    rows = [row.replace("test-2", f"test-{n}").replace("2 mg and", f"{n} mg and") for n in range(60)]
    (folder / ROWS).write_text("\n".join(rows) + "\n", encoding="utf-8")

    assert mend(folder)[0] == 1
    assert (folder / ROWS).read_text("utf-8").count('"answer": 1') == 60


def test_a_mend_stands_at_the_line_of_its_finding(tmp_path: Path) -> None:
    """The words to replace are those of the finding's own line, also where they stand on other lines."""
    folder = write_task(tmp_path, MC)
    Edit(f"{MC}.yaml", "test_split: test", "# test_spilt: test\ntest_spilt: test").apply(folder)

    mend(folder)

    assert line_of(folder / f"{MC}.yaml", "test_split: test") == line_of(folder / f"{MC}.yaml", "# test_spilt") + 1


def test_what_a_card_explains_is_not_mended(tmp_path: Path, page: Path) -> None:
    """A finding that the card explains away keeps its words."""
    finding, = report_of(Fix(Where(page, 1), "1", "7")).findings

    assert plan(Report((), (), (replace(finding, suppressed="Meant so."),)), tmp_path) == Plan((), ())


@pytest.mark.parametrize(("word", "known", "given", "meant"), [
    ("acc_nrom", ["acc", "acc_norm"], [], "acc_norm"),
    ("chrf+", ["chrf", "chrf++"], [], None),
    ("number_2", ["number_1"], [], None),
    ("test_spilt", ["test_split"], ["test_split"], None),
    ("maen", ["mean"], [], None),
])
def test_only_one_word_may_be_meant(word: str, known: list[str], given: list[str], meant: str | None) -> None:
    """A misspelling stands for a word only where no other is as near, the digits agree, and it is not there already."""
    assert only_meant(word, known, given) == (None if meant is None else (word, meant))
