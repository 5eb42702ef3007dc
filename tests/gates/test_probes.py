"""Each probe answers as its name says, the same way every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.gates.material import Material
from commons.gates.picking import at_place, at_random, by_score, frequent_place, lengths, overlaps, standing_in_prompt
from commons.gates.probes import EVEN, RIGHT, WRONG, choose, cut_at_stop, write
from commons.gates.proofs.right_answers import anti_oracle_probes, contradictions, oracle_probes, wrong_text
from commons.gates.proofs.without_skill import null_probes, shuffled_probes
from tests.builders import CHOICE_ROWS, QUESTION_ROWS, choice_task, generate_task
from tests.gates.renderings import choice_rendering, material, text_rendering


@pytest.fixture
def choices(tmp_path: Path) -> Material:
    """Four items with three choices."""
    return material(tmp_path, choice_task(), choice_rendering("pick", CHOICE_ROWS))


@pytest.fixture
def texts(tmp_path: Path) -> Material:
    """Four items with a word each."""
    spec = generate_task(filter="none")
    return material(tmp_path, spec, text_rendering("say", QUESTION_ROWS, ["\n"]))


def test_a_sure_model_is_sure_of_one_choice(choices: Material) -> None:
    """The chosen one is certain and greedy, the others are nearly impossible."""
    assert choose(choices.items[0], 1) == (WRONG, RIGHT, WRONG)
    assert choose(choices.items[0], None) == (EVEN, EVEN, EVEN)


def test_choices_in_the_same_words_get_one_answer(tmp_path: Path) -> None:
    """No model can prefer one of two equal choices, so no probe does."""
    rows = [{"q": "which?", "c": ["same", "other", "same"], "a": 2}]
    found = material(tmp_path, choice_task(rows=rows), choice_rendering("pick", rows))

    assert choose(found.items[0], 2) == (RIGHT, WRONG, RIGHT)


def test_requests_without_the_question_tell_nothing(choices: Material) -> None:
    """Mutual information asks for each choice again without its question; those answers are all alike."""
    item = choices.items[0].model_copy(update={"plain": (0, 1, 2, 3, 4, 5)})

    assert choose(item, 0) == (RIGHT, WRONG, WRONG, EVEN, EVEN, EVEN)


def test_the_oracle_and_its_opposite_never_agree(choices: Material, texts: Material) -> None:
    """A wrong answer is never the right one, on any item of either kind."""
    for found in (choices, texts):
        right, wrong = next(oracle_probes(found)), next(anti_oracle_probes(found))
        assert all(right.answers[item] != wrong.answers[item] for item in right.items)


def test_a_wrong_text_says_something_else(tmp_path: Path) -> None:
    """Another spelling of the same gold is no wrong answer."""
    rows = [{"q": "a", "a": "Paris"}, {"q": "b", "a": "paris."}, {"q": "c", "a": "1,000"}, {"q": "d", "a": "1000"}]
    found = material(tmp_path, generate_task(rows=rows, filter="none"), text_rendering("say", rows, ["\n"]))

    assert [wrong_text(found, item).strip(".").lower() for item in found.items[:2]] != ["paris", "paris"]
    assert wrong_text(found, found.items[2]) in {"Paris", "paris."}


def test_an_answer_is_cut_at_the_first_stop(texts: Material) -> None:
    """As an engine cuts: at the earliest stop sequence, without it."""
    assert cut_at_stop("one; two\nthree", ["\n", ";"]) == "one"
    assert cut_at_stop("one", ["", "x"]) == "one"
    assert write(texts, texts.items[0], "a\nb")[0].text == "a"


def test_places_lengths_words_and_copies(choices: Material) -> None:
    """Each way of choosing takes the choice that its name says."""
    france = choices.items[0]
    assert [at_place(0)(france), at_place(-1)(france), at_place(7)(france)] == [0, 2, 2]
    assert by_score(lengths(choices), "longest")(france) == 1
    assert by_score(lambda item: [-one for one in lengths(choices)(item)], "shortest")(choices.items[2]) == 2


def test_the_choice_in_the_prompt_is_found(tmp_path: Path) -> None:
    """Whole words count, and the choice that stands most often wins; the overlap looks at the question alone."""
    rows = [{"q": "Not Paris but Berlin, yes Berlin; Romeo?", "c": ["Paris", "Berlin", "Rome"], "a": 1}]
    found = material(tmp_path, choice_task(rows=rows), choice_rendering("pick", rows))

    assert standing_in_prompt(found)(found.items[0]) == [1.0, 2.0, 0.0]
    assert overlaps(found)(found.items[0]) == [1.0, 1.0, 0.0]


def test_the_most_frequent_place_pays_for_being_looked_up(tmp_path: Path) -> None:
    """It is named only between the first and the last place, with the number of places it was picked from."""
    rows = [{"q": str(index), "c": ["a", "b", "c", "d"], "a": 2} for index in range(4)]
    found = material(tmp_path, choice_task(rows=rows), choice_rendering("pick", rows))

    assert frequent_place(found) == (2, 2)


def test_random_answers_depend_on_nothing_but_the_seed(choices: Material) -> None:
    """The same item gets the same draw in every order, and another run another one."""
    first = [at_random(0)(item) for item in choices.items]

    assert [at_random(0)(item) for item in reversed(choices.items)] == first[::-1]
    assert any([at_random(run)(item) for item in choices.items] != first for run in range(1, 5))


def test_shuffled_golds_come_from_other_items(texts: Material) -> None:
    """No item keeps its own gold, and golds that happen to be right raise the limit."""
    probe = next(shuffled_probes(texts))

    assert all(probe.answers[item.id][0].text != item.gold for item in texts.items)
    assert sorted(answers[0].text or "" for answers in probe.answers.values()) == sorted(
        str(row["a"]) for row in QUESTION_ROWS)
    assert probe.limit == 0.0


def test_shuffled_golds_that_are_right_by_chance_are_no_alarm(tmp_path: Path) -> None:
    """Where half of the items share a gold, that share is the limit."""
    rows = [{"q": str(index), "a": "yes"} for index in range(6)]
    found = material(tmp_path, generate_task(rows=rows, filter="none"), text_rendering("say", rows, ["\n"]))

    assert next(shuffled_probes(found)).limit == 1.0


def test_null_probes_say_nothing_of_the_item(texts: Material) -> None:
    """Silence, three constants, the most frequent gold and three random runs."""
    probes = {probe.name: probe for probe in null_probes(texts)}

    assert set(probes) == {"empty", "constant_yes", "constant_A", "constant_0", "constant_gold", "random_0",
                           "random_1", "random_2"}
    assert {answers[0].text for answers in probes["empty"].answers.values()} == {""}
    assert len({answers[0].text for answers in probes["constant_gold"].answers.values()}) == 1


def test_equal_questions_with_different_golds_are_found(tmp_path: Path) -> None:
    """Two items that ask the same and want different answers contradict each other; equal golds do not."""
    rows = [{"q": "x", "c": ["a", "b"], "a": 0}, {"q": "x", "c": ["a", "b"], "a": 1}]
    same = [rows[0], rows[0]]

    assert len(contradictions(material(tmp_path, choice_task(rows=rows), choice_rendering("pick", rows)))) == 2
    assert contradictions(material(tmp_path / "2", choice_task(rows=same), choice_rendering("pick", same))) == ()
