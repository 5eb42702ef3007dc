"""Items that repeat, overlap, leak their answer, carry secrets or hidden characters; canaries."""

from collections.abc import Callable

from tests.zoo.build import GOOD
from tests.zoo.defect import (
    CARD,
    CONFIG,
    TEST,
    Defect,
    Edit,
    Places,
    Row,
    Shows,
    card,
    config,
    each,
    item,
    read_rows,
    rows,
    without,
)


def _d(
    name: str, base: str, wrong: str, *edits: Edit, row: int | None = None, shows: Shows = "lint", file: str = TEST,
    others: tuple[str, ...] = (), snippet: str | None = None, also: Places = (),
) -> Defect:
    return Defect(f"items-{name}", "items", base, edits, file, wrong, snippet, row, shows, others, also=also)


def _copy(source: int, target: int, **changes: Callable[[Row], object]) -> Edit:
    """Put row ``source`` in the place of row ``target``, with its own id."""

    def change(all_rows: list[Row]) -> list[Row]:
        new = {**all_rows[source - 1], "id": all_rows[target - 1]["id"]}
        new.update({key: value(new) for key, value in changes.items()})
        all_rows[target - 1] = new
        return all_rows

    return rows(change)


def _from_other(name: str, count: int, **changes: Callable[[str], str]) -> Edit:
    """Put the first rows of another good task at the end, with this task's canary."""

    def change(all_rows: list[Row]) -> list[Row]:
        for number, row in enumerate(read_rows(GOOD / name / TEST)[:count], 1):
            new = {**row, "canary": all_rows[0]["canary"]}
            new.update({key: value(new[key]) for key, value in changes.items()})
            all_rows[-number] = {key: new[key] for key in all_rows[0]}
        return all_rows

    return rows(change)


def _museum() -> list[Row]:
    return read_rows(GOOD / "museum_objects" / TEST)


def _ends(words: str, *, key: str = "question") -> Callable[[Row], str]:
    return lambda row: f"{row[key]} {words}"


def _plant(name: str, wrong: str, words: str) -> Defect:
    return _d(name, "instrument_names", wrong, item(14, question=_ends(words)), row=14)


# Put together here, so that no scanner of secrets takes this file for a leak.
AWS = "AKIA" + "Z7Q4M2XW" + "KVLTB3RD"
GITHUB = "ghp" + "_" + "a8Kd0Qm3Vx7Lw2Rz" + "9TbYc5Nf1Hs6Je4UpGiO"
OPENAI = "sk-" + "proj-" + "Q7dLm2Xv9Rk4Tz8Wb3Ny6Hs1Jf5Gc0Pa" + "T3BlbkFJ" + "u2Ye7Mi4Ko9Zr6Qx"
PRIVATE = "-----BEGIN " + "RSA PRIVATE" + " KEY-----\nMIIEowIBAAKCAQEA7b1Qk9m2\n-----END " + "RSA PRIVATE" + " KEY-----"

DEFECTS = (
    _d("duplicate", "instrument_names", "One item stands twice.", _copy(3, 20), row=20),
    _d("duplicate-case", "instrument_names", "One item stands twice, the second time in capitals.",
       _copy(3, 20, question=lambda row: str(row["question"]).upper()), row=20),
    _d("duplicate-spaces", "instrument_names", "One item stands twice, with two spaces and no question mark.",
       _copy(3, 20, question=lambda row: str(row["question"]).replace(" the ", "  the ", 1).rstrip("?")), row=20),
    _d("near-duplicate", "sampled_sums", "An item is another one with one word changed, and no cluster id.",
       _copy(3, 20, question=lambda row: str(row["question"]).replace("How many", "What number of").replace("a ",
          "the ", 1)),
       row=20),
    _d("near-duplicate-choices", "deutsche_dinge", "The same question again, with its choices in another order.",
       _copy(3, 20, choices=lambda row: list(reversed(row["choices"])), answer=lambda row: 3 - int(row["answer"])),
          row=20),
    _d("conflicting-keys", "deutsche_dinge", "The same question stands twice with different keys.",
       _copy(3, 20, answer=lambda row: (int(row["answer"]) + 1) % 4), row=20),
    _d("duplicate-id", "instrument_names", "Two items have the same id.",
       rows(lambda r: [{**row, "id": r[1]["id"] if n == 16 else row["id"]} for n, row in enumerate(r)]), row=17),
    _d("empty-id", "instrument_names", "One id is empty.", item(8, id=""), row=8),
    _d("template", "instrument_names", "All items are one sentence with a number changed.",
       rows(lambda r: [{**row, "question": f"How many minutes are {n + 2} hours and {n} minutes?",
                        "answer": str((n + 2) * 60 + n)} for n, row in enumerate(r)])),
    _d("from-pool", "html_basics", "Items were copied from another task of the pool.",
       _from_other("museum_objects", 4), others=("museum_objects",)),
    _d("near-pool", "html_basics", "Items of another task of the pool were copied and slightly reworded.",
       _from_other("museum_objects", 6, question=lambda text: text.replace("A ", "One ", 1).replace("?", " exactly?")),
       others=("museum_objects",)),
    _d("fewshot-in-test", "museum_objects", "The worked examples are items of the test.",
       rows(lambda _: [{**row, "id": f"muse-few{n}"} for n, row in enumerate(_museum()[:4])], "data/fewshot.jsonl"),
       file="data/fewshot.jsonl"),
    _d("fewshot-one-reworded", "museum_objects", "One worked example is a test item with another ending.",
       rows(lambda r: [{**_museum()[9], "id": "muse-few1"}, *r[1:]],
       "data/fewshot.jsonl"),
       row=1, file="data/fewshot.jsonl"),
    _d("fewshot-no-split", "museum_objects", "Without a few-shot split the examples are drawn from the test itself.",
       config("fewshot_split: fewshot\n", ""), file=CONFIG, shows="either"),
    _d("fewshot-is-test", "museum_objects", "The few-shot split is the evaluated split.",
       config("fewshot_split: fewshot", "fewshot_split: test"), file=CONFIG, snippet="fewshot_split", shows="either"),
    _d("fewshot-same-file", "museum_objects", "Both splits read the same file.",
       config("data/fewshot.jsonl", "data/test.jsonl"), file=CONFIG, snippet="data_files", shows="either",
       also=((CONFIG, "fewshot_split"),)),
    _d("fewshot-too-few", "museum_objects", "Twelve examples are wanted and four are there.",
       config("num_fewshot: 2", "num_fewshot: 12"), file=CONFIG, snippet="num_fewshot", shows="either"),
    _d("fewshot-null", "museum_objects", "A field of a worked example is null.",
       item(2, "data/fewshot.jsonl", question=None), row=2, file="data/fewshot.jsonl"),
    _d("fewshot-gold", "museum_objects", "The gold of a worked example is out of range.",
       item(2, "data/fewshot.jsonl", answer=7), row=2, file="data/fewshot.jsonl", shows="either"),
    _d("answer-in-template", "deutsche_dinge", "The template prints the number of the right choice.",
       config('Antwort:"', '({{answer}}) Antwort:"'), file=CONFIG, snippet="{{answer}}", shows="either"),
    _d("answer-text-in-template", "deyim_anlami", "The template prints the right choice before it asks.",
       config("Soru: {{question}}", "Soru: {{question}} ({{choices[answer]}})"), file=CONFIG, snippet="choices[answer]",
       shows="either"),
    _d("answer-in-content", "instrument_names", "Each question ends with its answer in brackets.",
       each(lambda row: {**row, "question": f"{row['question']} ({row['answer']})"}), shows="either"),
    _d("answer-in-one-item", "instrument_names", "One question holds its own answer.",
       item(12, question=lambda row: f"A {row['answer']} is such a device. {row['question']}"), row=12),
    _d("answer-in-description", "sampled_sums", "The instructions of one item give the answer away.",
       item(12, question=lambda row: f"{row['question']} (Answer: {row['answer']})"), row=12),
    _d("gold-choice-in-question", "deyim_anlami", "Each question repeats its right choice and no other.",
       each(lambda row: {**row, "question": f"{row['question']} {row['choices'][row['answer']]}"}), shows="either"),
    _d("zero-width", "instrument_names", "A zero-width space hides in an answer, so no reply can match.",
       item(10, answer=lambda row: row["answer"][:3] + "\u200b" + row["answer"][3:]), row=10),
    _d("soft-hyphen", "instrument_names", "A soft hyphen hides in an answer.",
       item(10, answer=lambda row: row["answer"][:3] + "\u00ad" + row["answer"][3:]), row=10),
    _d("no-break-space", "notice_board", "A no-break space stands in an answer.",
       item(10, answer=lambda row: "the\u00a0" + row["answer"]), row=10),
    _d("control", "instrument_names", "A bell character stands in a question.", item(10, question=_ends("\u0007")),
       row=10),
    _d("escape-sequence", "instrument_names", "A terminal escape sequence stands in a question.",
       item(10, question=_ends("\u001b[31mred")), row=10),
    _d("null-character", "instrument_names", "A NUL character stands in a question.", item(10,
       question=_ends("\u0000")),
       row=10),
    _d("right-to-left", "instrument_names", "A right-to-left override turns part of a question round.",
       item(10, question=_ends("\u202egnp.exe")), row=10),
    _d("tags", "instrument_names", "Invisible tag characters carry a hidden sentence.",
       item(10, question=_ends("".join(chr(0xE0000 + ord(c)) for c in "answer is b"))), row=10),
    _d("homoglyph", "instrument_names", "A Cyrillic letter stands inside an English answer.",
       item(10, answer=lambda row: row["answer"].replace("e", "\u0435", 1).replace("o", "\u043e", 1)), row=10),
    _d("decomposed", "deutsche_dinge", "Umlauts are letters with a combining mark, which no reply will use.",
       item(2, question="Wer verka\u0308uft Bro\u0308tchen und fru\u0308hstu\u0308ckt selbst spa\u0308t?"), row=2),
    _plant("email", "A real person's e-mail address stands in an item.", "Ask marta.kowalczyk84@gmail.com if unsure."),
    _plant("phone", "A telephone number stands in an item.", "Ask +49 151 23456789 if unsure."),
    _plant("iban", "An account number stands in an item.", "Pay into DE47 5005 0201 1243 5137 84 first."),
    _plant("card-number", "A credit card number stands in an item.", "It was paid with 4539 1488 0343 6467."),
    _plant("aws-key", "A cloud key stands in an item.", f"The export ran under {AWS}."),
    _plant("github-token", "A GitHub token stands in an item.", f"The bot uses {GITHUB}."),
    _plant("openai-key", "A key of a model provider stands in an item.", f"Called with {OPENAI}."),
    _plant("private-key", "A private key stands in an item.", PRIVATE),
    _plant("password-url", "A URL with user name and password stands in an item.",
           "See https://anna:" + "hunter2secret" + "@intern.messraum.de/list"),
    _d("secret-in-readme", "instrument_names", "A token was left in the README.",
       lambda case: case.write("README.md",
       case.path("README.md").read_text(encoding="utf-8") + f"\nexport TOKEN={GITHUB}\n"),
       file="README.md", snippet="export TOKEN"),
    _d("canary-missing", "instrument_names", "One row has no canary.", without(18, "canary"), row=18),
    _d("canary-missing-all", "instrument_names", "No row has a canary.",
       each(lambda row: {key: value for key, value in row.items() if key != "canary"})),
    _d("canary-differs", "instrument_names", "The canary of one row is not that of the card.",
       item(18, canary="eval-commons:5d3c9c51-0a7e-4c11-9f0e-2f6b7a1f4d10"), row=18),
    _d("canary-card-differs", "instrument_names", "The card has another canary than the rows.",
       card("canary: eval-commons:", "canary: eval-commons:5d3c9c51-0a7e-4c11-9f0e-2f6b7a1f4d10 # was "), file=None),
    _d("canary-placeholder", "instrument_names", "The canary is the example of the guide, all zeros.",
       lambda case: [case.write(file, case.path(file).read_text(encoding="utf-8").replace(
           read_rows(case.path(TEST))[0]["canary"], "eval-commons:00000000-0000-4000-8000-000000000000"))
           for file in (CARD, TEST)] and None, file=CARD, snippet="canary: "),
    _d("canary-shared", "instrument_names", "The canary was copied from another task.",
       lambda case: [case.write(file, case.path(file).read_text(encoding="utf-8").replace(
           read_rows(GOOD / "instrument_names" / TEST)[0]["canary"],
           read_rows(GOOD / "bench_safety" / TEST)[0]["canary"]))
           for file in (CARD, TEST)] and None, file=CARD, snippet="canary: ", others=("bench_safety",)),
    _d("canary-in-prompt", "instrument_names", "The prompt prints the canary to the model.",
       config("Question: {{question}}", "{{canary}} Question: {{question}}"), file=CONFIG, snippet="{{canary}}"),
)
