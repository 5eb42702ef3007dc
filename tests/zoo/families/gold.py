"""Golds that are out of range, of the wrong kind, or found without reading; choices that are no choice."""

from tests.zoo.defect import CONFIG, TEST, Defect, Edit, Places, Row, Shows, config, each, item, rows


def _d(
    name: str, base: str, wrong: str, *edits: Edit, row: int | None = None, shows: Shows = "either", file: str = TEST,
    also: Places = (),
) -> Defect:
    return Defect(f"gold-{name}", "gold", base, edits, file, wrong, row=row, shows=shows, also=also)


def _place(row: Row, place: int) -> Row:
    """The row with its right choice moved to ``place``."""
    choices = list(row["choices"])
    right = choices.pop(row["answer"])
    place = min(place, len(choices))
    return {**row, "choices": [*choices[:place], right, *choices[place:]], "answer": place}


def _reword(row: Row, right: str, wrong: str) -> Row:
    """The row with words added to its right and to its wrong choices."""
    return {**row, "choices": [
        text + (right if place == row["answer"] else wrong) for place, text in enumerate(row["choices"])]}


LETTERS = "ABCD"
SENTENCE = "Bu deyim bir kişinin bütün gün hiç durmadan konuştuğunu anlatmak için kullanılan eski bir sözdür."

DEFECTS = (
    _d("out-of-range", "html_basics", "The gold of a late item points past the last choice.", item(21, answer=4),
       row=21),
    _d("negative", "deutsche_dinge", "The gold is -1, which Python counts from the end.", item(13, answer=-1), row=13),
    _d("letter", "deutsche_dinge", "Golds are letters and not numbers.",
       each(lambda row: {**row, "answer": LETTERS[row["answer"]]})),
    _d("letter-one-item", "deutsche_dinge", "One gold is a letter.", item(16, answer="B"), row=16),
    _d("one-based", "museum_objects", "Golds count from one.",
       each(lambda row: {**row, "answer": row["answer"] + 1}), each(lambda row: {**row, "answer": row["answer"] + 1},
                                                                   "data/fewshot.jsonl")),
    _d("numeric-string", "html_basics", "Golds are numbers in quotation marks, which never match.",
       each(lambda row: {**row, "answer": str(row["answer"])})),
    _d("float", "html_basics", "One gold is 2.0 and not 2.", item(18, answer=2.0), row=18),
    _d("half", "html_basics", "One gold is 1.5.", item(18, answer=1.5), row=18),
    _d("bool", "negation_pairs", "One gold is true and not a number.", item(20, answer=True), row=20),
    _d("null", "html_basics", "One gold is null.", item(17, answer=None), row=17),
    _d("list", "html_basics", "One gold is a list where the others are numbers.", item(14, answer=[1]), row=14),
    _d("several-out-of-range", "shared_borders", "One of the two golds points past the choices.",
       item(15, answers=[0, 4]), row=15),
    _d("several-none", "shared_borders", "An item has no right choice at all.", item(12, answers=[]), row=12),
    _d("several-all", "shared_borders", "In one item all four choices are right.", item(11, answers=[0, 1, 2, 3]),
       row=11),
    _d("several-repeated", "shared_borders", "The same gold is listed twice.", item(10, answers=[2, 2]), row=10),
    _d("empty", "instrument_names", "The answer of one item is empty, so an empty reply is right.",
       item(15, answer=""), row=15),
    _d("blank", "instrument_names", "The answer of one item is a space.", item(15, answer=" "), row=15),
    _d("text-not-a-choice", "negation_pairs", "The gold is text that is none of the choices.",
       item(9, answer="maybe"), row=9),
    _d("looks-like-list", "python_prints", "A gold that looks like a list is taken for several answers.",
       item(8, code="print([1, 2])", answer="[1, 2]"), row=8),
    _d("trailing-space", "instrument_names", "The answer of one item ends in a space that is stripped from replies.",
       item(11, answer=lambda row: row["answer"] + " "), row=11),
    _d("target-constant", "html_basics", "doc_to_target is the number 0 for every item.",
       config("doc_to_target: answer", "doc_to_target: 0"), file=CONFIG, also=((TEST, None),)),
    _d("target-is-question", "instrument_names", "The target is the question itself.",
       config('doc_to_target: "{{answer}}"', 'doc_to_target: "{{question}}"'), file=CONFIG, also=((TEST, None),)),
    _d("always-first", "deutsche_dinge", "The right choice is always the first.", each(lambda row: _place(row, 0))),
    _d("always-last", "museum_objects", "The right choice is always the last.", each(lambda row: _place(row, 3))),
    _d("never-third", "html_basics", "The right choice is never the third or fourth.",
       rows(lambda all_rows: [_place(row, n % 2) for n, row in enumerate(all_rows)])),
    _d("always-longest", "deyim_anlami", "The right choice is always the longest.",
       each(lambda row: _reword(row, " ya da buna benzer bir durumda olmak", ""))),
    _d("always-shortest", "deutsche_dinge", "The right choice is always the shortest.",
       each(lambda row: _reword(row, "", " aus dem alten Laden an der Ecke"))),
    _d("only-full-stop", "museum_objects", "Only the right choices end in a full stop.",
       each(lambda row: _reword(row, ".", ""))),
    _d("only-capital", "deyim_anlami", "Only the right choices begin with a capital letter.",
       each(lambda row: {**row, "choices": [text.capitalize() if n == row["answer"] else text
                                            for n, text in enumerate(row["choices"])]})),
    _d("all-yes", "bench_safety", "All answers are yes.", each(lambda row: {**row, "answer": "yes"})),
    _d("imbalance", "bench_safety", "Twenty-four of twenty-six answers are no.",
       rows(lambda all_rows: [{**row, "answer": "no" if n > 1 else "yes"} for n, row in enumerate(all_rows)])),
    _d("mood-imbalance", "message_mood", "Nearly all messages have the same mood.",
       rows(lambda all_rows: [{**row, "answer": 2 if n > 2 else 0} for n, row in enumerate(all_rows)])),
    _d("choices-duplicate", "html_basics", "Two choices of one item are the same.",
       item(10, choices=lambda row: [*row["choices"][:3], row["choices"][0]], answer=1), row=10),
    _d("choices-duplicate-case", "deutsche_dinge", "Two choices differ only in case and a space.",
       item(10, choices=lambda row: [*row["choices"][:3], row["choices"][0].upper() + " "], answer=1), row=10),
    _d("choices-none-text", "html_basics", "A choice is null.",
       item(9, choices=lambda row: [*row["choices"][:3], None], answer=0), row=9),
    _d("choices-empty-text", "deyim_anlami", "A choice is an empty text.",
       item(9, choices=lambda row: [*row["choices"][:3], ""], answer=0), row=9),
    _d("choices-single", "deyim_anlami", "An item has only one choice.",
       item(9, choices=lambda row: row["choices"][:1], answer=0), row=9),
    _d("choices-empty", "deyim_anlami", "An item has no choices.", item(9, choices=[], answer=0), row=9),
    _d("choices-string", "deyim_anlami", "Choices are one text with commas and not a list.",
       item(9, choices=lambda row: ", ".join(row["choices"])), row=9),
    _d("choices-count", "html_basics", "One item has three choices where the template shows four.",
       item(9, choices=lambda row: row["choices"][:3], answer=0), row=9, also=((CONFIG, "doc_to_text"),)),
    _d("choices-more", "deutsche_dinge", "One item has six choices, so chance is not what the card says.",
       item(9, choices=lambda row: [*row["choices"], "mit dem Messer", "mit dem Lineal"]), row=9),
    _d("choices-forms", "deyim_anlami", "Three choices are infinitives and one is a whole sentence.",
       item(9, choices=lambda row: [*row["choices"][:3], SENTENCE], answer=0), row=9),
    _d("choices-numbers", "deutsche_dinge", "One item's choices are numbers where the others are texts.",
       item(9, choices=[1, 2, 3, 4]), row=9),
    _d("choices-labelled", "museum_objects", "Choices carry the letters A) to D) in their text.",
       each(lambda row: {**row, "choices": [f"{LETTERS[n]}) {text}" for n, text in enumerate(row["choices"])]}),
       shows="lint"),
    Defect("gold-letters-short", "gold", "html_basics", (config('["A", "B", "C", "D"]', '["A", "B", "C"]'),), TEST,
           "Only three letters can be chosen, and some golds are D.", shows="either"),
    Defect("gold-letters-repeated", "gold", "html_basics", (config('["A", "B", "C", "D"]', '["A", "B", "C", "C"]'),),
           CONFIG, "The letter C stands for two choices.", "doc_to_choice", shows="either"),
)
