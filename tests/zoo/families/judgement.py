"""Items that a person should look at: nothing is certainly wrong, and something probably is."""

from tests.zoo.defect import CARD, TEST, Defect, Edit, Row, add, append, card, each, item, rows, swap


def _d(name: str, base: str, wrong: str, *edits: Edit, row: int | None = None, file: str | None = TEST) -> Defect:
    return Defect(f"judgement-{name}", "judgement", base, edits, file, wrong, row=row)


def _last(text: str) -> Edit:
    """Put ``text`` in the place of the last choice of item 9, and make it right."""
    return item(9, choices=lambda row: [*row["choices"][:3], text], answer=3)


LONG = "A tool that the scribe held in the left hand to press down the curling edge of the parchment while writing"

LAW = (
    "May a landlord keep the deposit when the tenant gives notice in writing?",
    "Does a court have jurisdiction over a contract that both parties signed abroad?",
    "Is a witness bound to testify against a spouse before a criminal court?",
    "Can the plaintiff appeal a judgment after the statute of limitations has run out?",
    "Is a verbal contract between two merchants enforceable in court?",
)


def _law(all_rows: list[Row]) -> list[Row]:
    return [{**row, "question": LAW[n % 5].replace("?", f" (case {n + 1})?")} for n, row in enumerate(all_rows)]


DEFECTS = (
    _d("all-of-the-above", "museum_objects", "One choice is 'all of the above', and it is right.",
       _last("All of the above"),
       row=9),
    _d("none-of-these", "museum_objects", "One choice is 'none of these'.", _last("None of these"), row=9),
    _d("both", "museum_objects", "One choice is 'both A and C', with no letters shown.", _last("Both A and C"), row=9),
    _d("alle-genannten", "deutsche_dinge", "One German choice is 'alle genannten'.", _last("alle oben genannten"),
       row=9),
    _d("hepsi", "deyim_anlami", "One Turkish choice is 'hepsi'.", _last("yukarıdakilerin hepsi"), row=9),
    _d("negated-stem", "museum_objects", "The stem asks for what is NOT so.",
       item(11, question="Which of these was NOT used by a Roman scribe in his daily work?"), row=11),
    _d("except", "html_basics", "The stem asks for all but one.",
       item(11, question="All of these elements belong inside <body> except which one?"), row=11),
    _d("double-negative", "html_basics", "The stem is negated twice.",
       item(11, question="Which of these is not an element that cannot hold text?"), row=11),
    _d("option-length", "museum_objects", "In one item the right choice is six times as long as the others.",
       item(9, choices=lambda row: [*row["choices"][:3], LONG], answer=3), row=9),
    _d("culture", "chance_percent", "Items take Thanksgiving, the Super Bowl and dollars for granted.",
       item(5, question="On Thanksgiving your mom bakes 4 pies, and one is pumpkin. How likely is pumpkin?",
            answer="25%"), row=5),
    _d("culture-name", "chance_percent", "The item says 'normal families' and 'our president'.",
       item(6, question="As in any normal family, Dad works on 4 of 5 days. How likely does our president find him?",
            answer="20%"), row=6),
    _d("domain", "bench_safety", "The card says chemistry, and the items are about law.", rows(_law), file=CARD),
    _d("domain-card", "html_basics", "The card says medicine, and the items are about web pages.",
       card("domain: computing", "domain: medicine"), file=CARD),
    _d("ambiguous-time", "instrument_names", "The answer changes with time.",
       item(7, question="Which device for measuring the heart rate is currently the most sold this year?"), row=7),
    _d("opinion", "instrument_names", "The question asks for an opinion.",
       item(7, question="Which measuring instrument do you think is the most beautiful?"), row=7),
    _d("multiple-questions", "instrument_names", "One item asks two questions and has one answer.",
       item(7, question="Which device measures air pressure? And who built the first one in Florence?"), row=7),
    _d("image", "museum_objects", "An item points to a picture that is not there.",
       item(12, question="What is the object that is shown in the picture below?"), row=12),
    _d("refers-back", "museum_objects", "An item refers to the question before it.",
       item(12, question="Using your answer to question 11, what was the second object for?"), row=12),
    _d("placeholder-item", "museum_objects", "An item was never written.", item(12, question="TODO write this one"),
       row=12),
    _d("placeholder-choice", "museum_objects", "A choice is filler text.",
       item(12, choices=lambda row: [*row["choices"][:3], "lorem ipsum"], answer=0), row=12),
    _d("test-word", "museum_objects", "An item is the word test.", item(12, question="test"), row=12),
    _d("numbering", "museum_objects", "Questions carry numbers from a worksheet, which no longer fit their order.",
       rows(lambda r: [{**row, "question": f"{(n * 7) % 24 + 1}. {row['question']}"} for n, row in enumerate(r)]),
       file=TEST),
    _d("few-items", "instrument_names", "Four items are left.", rows(lambda r: r[:4]), file=None),
    _d("one-item", "instrument_names", "One item is left.", rows(lambda r: r[:1]), file=None),
    _d("cluster-constant", "notice_board", "All items have the same cluster id.",
       each(lambda row: {**row, "notice": "notice-1"}), file=None),
    _d("cluster-undeclared", "notice_board", "Items share passages, and the card names no cluster column.",
       card("  cluster: notice\n", ""), file=None),
    _d("readme-placeholder", "museum_objects", "A section of the README was never written.",
       append("README.md", "\n## Sources\nTODO\n"), file="README.md"),
    _d("readme-filler", "museum_objects", "The README is a line of filler.", add("README.md",
       "# Museum objects\n\nxxx\n"),
       file="README.md"),
    _d("readme-count", "museum_objects", "The README counts forty items, and the data have 24.",
       swap("README.md", "24 questions", "40 questions"), file="README.md"),
    _d("alias-markup", "museum_objects", "The title of the card holds HTML.",
       card('"Museum objects"', '"<b>Museum</b> objects <script>alert(1)</script>"'), file=CARD),
    _d("repeated-answer", "chance_percent", "Nearly every answer is 50%.",
       rows(lambda r: [{**row, "answer": "50%" if n > 2 else row["answer"]} for n, row in enumerate(r)])),
    _d("label-in-content", "message_mood", "The mood is written in each message.",
       each(lambda row: {**row, "message": f"[{['pleased', 'worried', 'annoyed'][row['answer']]}] {row['message']}"})),
)
