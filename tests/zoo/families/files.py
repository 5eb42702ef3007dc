"""Data that is missing, somewhere else, in another encoding, or damaged."""

from collections.abc import Callable

from tests.zoo.defect import (
    CONFIG,
    TEST,
    Case,
    Defect,
    Edit,
    Places,
    add,
    append,
    config,
    delete,
    each,
    item,
    line,
    link,
    raw,
    rows,
)

MEGABYTE = 1 << 20

#: Where the config names the data.
NAMED = ((CONFIG, "data_files"),)


def _c(name: str, base: str, wrong: str, *edits: Edit, snippet: str | None = None) -> Defect:
    return Defect(f"files-{name}", "files", base, edits, CONFIG, wrong, snippet, shows="either")


def _t(
    name: str, base: str, wrong: str, *edits: Edit, row: int | None = None, also: Places = ()
) -> Defect:
    return Defect(f"files-{name}", "files", base, edits, TEST, wrong, row=row, also=also)


def _text(change: Callable[[str], str], encoding: str) -> Edit:
    return raw(TEST, lambda old: change(old.decode("utf-8")).encode(encoding, "replace"))


def _sparse(size: int) -> Edit:
    def edit(case: Case) -> None:
        with case.path(TEST).open("r+b") as file:
            file.truncate(size)

    return edit


def _folder(case: Case) -> None:
    case.path(TEST).unlink()
    case.path(TEST).mkdir()


def _folder_link(case: Case) -> None:
    elsewhere = case.root / "elsewhere"
    case.path("data").rename(elsewhere)
    case.path("data").symlink_to(elsewhere)


def _mojibake(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", "ignore")


DEFECTS = (
    _c("missing", "html_basics", "The data file that the config names is not there.", delete(TEST),
       snippet="data_files"),
    _c("wrong-name", "html_basics", "The config says tests.jsonl, the file is test.jsonl.",
       config("data/test.jsonl", "data/tests.jsonl"), snippet="data/tests.jsonl"),
    _c("wrong-case", "html_basics", "The config says Test.jsonl: it is found on a Mac and not on Linux.",
       config("data/test.jsonl", "data/Test.jsonl"), snippet="data/Test.jsonl"),
    _c("wrong-split", "html_basics", "test_split names a split that data_files does not have.",
       config("test_split: test", "test_split: validation"), snippet="test_split"),
    _c("no-test-split", "html_basics", "No split is evaluated.", config("test_split: test\n", "")),
    _c("fewshot-split-unknown", "museum_objects", "fewshot_split names a split that is not there.",
       config("fewshot_split: fewshot", "fewshot_split: dev"), snippet="fewshot_split: dev"),
    _c("bare-data-files", "html_basics", "data_files is one path, so the split is called train and not test.",
       config("{test: data/test.jsonl}", "data/test.jsonl"), snippet="data_files"),
    _c("absolute", "html_basics", "The data path is absolute.",
       config("data/test.jsonl", "/home/kim/html/test.jsonl"), snippet="/home/kim"),
    _c("home", "html_basics", "The data path begins with the author's home.",
       config("data/test.jsonl", "~/html/test.jsonl"), snippet="~/html"),
    _c("windows", "html_basics", "The data path is one of Windows.",
       config("data/test.jsonl", r"data\\test.jsonl"), snippet="data\\\\test"),
    _c("escape", "html_basics", "The data path leaves the folder.",
       config("data/test.jsonl", "../../../etc/passwd"), snippet="../../../etc"),
    _c("url", "html_basics", "The data is fetched from a URL that may change or vanish.",
       config("data/test.jsonl", "https://example.org/test.jsonl"), snippet="https://"),
    _c("hub-unpinned", "html_basics", "The Hub dataset is not pinned to a commit.",
       config("dataset_path: json\ndataset_kwargs:\n  data_files: {test: data/test.jsonl}", "dataset_path: some/html"),
       snippet="dataset_path"),
    _c("loading-script", "html_basics", "A loading script is refused by every recent version of the library.",
       config("dataset_path: json", "dataset_path: ./load.py"),
       add("load.py", "open('{TRACE}', 'w')\n"), snippet="./load.py"),
    _c("trust-remote-code", "html_basics", "The config asks to run code from the dataset.",
       config("dataset_kwargs:\n", "dataset_kwargs:\n  trust_remote_code: true\n"), snippet="trust_remote_code"),
    _t("empty", "html_basics", "The data file is empty.", raw(TEST, lambda _: b""), also=NAMED),
    _t("blank", "html_basics", "The data file holds only blank lines.", raw(TEST, lambda _: b"\n\n  \n"), also=NAMED),
    _t("folder", "html_basics", "The data path is a folder.", _folder, also=NAMED),
    _t("utf16", "deyim_anlami", "The file was saved as UTF-16 (by a spreadsheet).", _text(str, "utf-16")),
    _t("latin1", "deutsche_dinge", "The file was saved as Latin-1, not as UTF-8.", _text(str, "latin-1")),
    _t("one-bad-byte", "deutsche_dinge", "One byte in a late row is no UTF-8.",
       raw(TEST, lambda old: old[:-100].replace(b"der ", b"d\xffr ", 1) + old[-100:])),
    _t("bom", "html_basics", "The file begins with a byte order mark.", raw(TEST, lambda old: b"\xef\xbb\xbf" + old)),
    _t("symlink", "html_basics", "The data file is a symbolic link to a file of the machine.",
       link(TEST, "/etc/hostname"), also=NAMED),
    Defect("files-symlink-folder", "files", "html_basics", (_folder_link,), "data",
           "The data folder is a symbolic link.", also=NAMED),
    Defect("files-symlink-readme", "files", "html_basics", (link("README.md", "/etc/passwd"),), "README.md",
           "The README is a symbolic link to a file of the machine."),
    _t("huge", "html_basics", "The file has three gigabytes.", _sparse(3 * 1024 * MEGABYTE)),
    _t("long-line", "harbour_diary", "One line has 20 megabytes.",
       line(3, lambda old: old.replace('"text": "', '"text": "' + "word " * (4 * MEGABYTE)))),
    _t("json-array", "html_basics", "The file is one JSON array, not one object a line.",
       raw(TEST, lambda old: b"[\n" + b",\n".join(old.splitlines()) + b"\n]\n")),
    _t("bad-json", "html_basics", "A late row has a comma too many.", line(20, lambda old: old[:-1] + ",}"), row=20),
    _t("cut", "html_basics", "The last row is cut off in the middle.", line(24, lambda old: old[:60]), row=24),
    _t("not-object", "html_basics", "One row is a list.", line(9, lambda _: '["q", ["a", "b"], 0]'), row=9),
    _t("nan", "html_basics", "One cell is NaN, which is not JSON.",
       line(11, lambda old: old[:-1] + ', "weight": NaN}'), row=11),
    _t("duplicate-key", "html_basics", "One row has the key answer twice.",
       line(12, lambda old: old[:-1] + ', "answer": 3}'), row=12),
    _t("deep", "html_basics", "One cell is nested a hundred thousand deep.",
       line(13, lambda old: old[:-1] + ', "note": ' + "[" * 100_000 + "]" * 100_000 + "}"), row=13),
    _t("big-number", "html_basics", "A number of five thousand digits stands in a row.",
       line(14, lambda old: old[:-1] + ', "weight": ' + "9" * 5000 + "}"), row=14),
    _t("lone-surrogate", "html_basics", "A lone half of an emoji stands in a row as \\ud83d.",
       line(15, lambda old: old.replace('"question": "', '"question": "\\ud83d ')), row=15),
    _t("html", "museum_objects", "HTML tags from the web page were left in an item.",
       item(7, question=lambda row: "<p>" + row["question"].replace(" a ", " a&nbsp;", 1) + "<br/></p>"), row=7),
    _t("html-entities", "notice_board", "HTML entities were left in an answer.",
       item(5, answer=lambda row: row["answer"].replace(" ", "&nbsp;") + "&#39;s"), row=5),
    _t("mojibake", "deutsche_dinge", "Umlauts of one item became two characters each.",
       item(6, question="Wer repariert kaputte TÃ¼ren und WÃ¤nde in einem GebÃ¤ude?"), row=6),
    _t("mojibake-everywhere", "deyim_anlami", "All Turkish letters were decoded wrongly.",
       each(lambda row: {**row, "question": _mojibake(row["question"])})),
    _t("replacement-character", "deutsche_dinge", "A letter was lost and became the replacement character.",
       item(8, question=lambda row: row["question"].replace("e", "\ufffd", 1)), row=8),
    _t("missing-field", "html_basics", "One late row lacks the question, so the prompt says None.",
       rows(lambda all_rows: [{k: v for k, v in row.items() if (n, k) != (22, "question")}
                              for n, row in enumerate(all_rows, 1)]), row=22),
    _t("null-field", "instrument_names", "The question of one late row is null.", item(23, question=None), row=23),
    _t("misspelt-field", "instrument_names", "One row has the key qestion.",
       line(19, lambda old: old.replace('"question"', '"qestion"')), row=19),
    _t("extra-field", "html_basics", "One row has a key that no other row has.", item(10, comment="check this"),
       row=10),
    _t("mixed-types", "python_prints", "One answer is a number where the others are texts.", item(9, answer=3), row=9),
    Defect("files-unused", "files", "html_basics",
           (add("data/old_test.jsonl", '{"id": "x", "question": "Which?", "canary": "none"}\n'),),
           "data/old_test.jsonl", "An old data file that nothing uses was left in the folder."),
    Defect("files-merge-conflict", "files", "html_basics",
           (append("README.md", "\n<<<<<<< HEAD\n24 items\n=======\n30 items\n>>>>>>> main\n"),), "README.md",
           "Conflict markers of git were left in the README.", "<<<<<<<"),
    Defect("files-no-readme", "files", "html_basics", (delete("README.md"),), None, "There is no README."),
    Defect("files-empty-readme", "files", "html_basics", (add("README.md", "\n"),), "README.md",
           "The README is empty."),
    Defect("files-no-card", "files", "html_basics", (delete("card.yaml"),), None, "There is no card."),
    Defect("files-litter", "files", "html_basics", (raw(".DS_Store", lambda _: b"\0\0\0\1Bud1"),), ".DS_Store",
           "A file of the author's desktop was committed."),
    Defect("files-binary", "files", "html_basics", (raw("data/items.xlsx", lambda _: b"PK\3\4" + bytes(200)),),
           "data/items.xlsx", "A spreadsheet that nobody can review lies beside the data."),
)
