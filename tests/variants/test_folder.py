"""Varied folders: whole copies in which only what the variant changes is changed."""

import json
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.pool.hashing import folder_digest
from commons.pool.task import Task, read_task
from commons.variants.folder import materialise
from commons.variants.registry import (
    BadVariantError,
    CannotVary,
    Change,
    Kind,
    Registry,
    Variant,
    all_variants,
    chosen,
)
from tests.builders import rolling_task, write_task
from tests.variants.tasks import QUESTIONS, labelled, made

BY_NAME = {one.name: one for one in all_variants()}
PERTURBED = [name for name, one in BY_NAME.items() if one.kind is not Kind.FORMAT]


def lines_of(task: Task) -> list[str]:
    """The lines of the evaluated split."""
    return (task.folder / "data" / "test.jsonl").read_text().splitlines()


@pytest.mark.parametrize("name", ["robustness-misspelling", "robustness-lowercase", "robustness-contraction",
                                  "robustness-spaces", "robustness-mild-mix", "fairness-gender"])
def test_only_the_question_changes(tmp_path: Path, name: str) -> None:
    """Choices, gold, canary and id are the item's own; the card and the configuration are copied byte for byte."""
    task = made(tmp_path, labelled(files={"hooks.py": "# a hook\n"}))
    varied = materialise(task, BY_NAME[name], tmp_path / "varied")
    before, after = ([json.loads(line) for line in lines_of(one)] for one in (task, varied))

    assert varied.name == task.name
    assert [{**new, "q": old["q"]} for old, new in zip(before, after, strict=True)] == before
    assert before != after
    for file in ("card.yaml", "pick.yaml", "hooks.py", "README.md"):
        assert (varied.folder / file).read_bytes() == (task.folder / file).read_bytes()


def test_a_row_that_stays_keeps_its_bytes(tmp_path: Path) -> None:
    """However its line is written; so does every file of a folder that was varied before."""
    folder = write_task(tmp_path, labelled())
    data = folder / "data" / "test.jsonl"
    odd = '{"id":"odd",  "q": "12 + 1.50",  "c": ["\\u00e9", "b"], "a": 0, "x": 1.50}'
    data.write_text(f"{data.read_text()}\n{odd}\n")
    task = read_task(folder)
    varied = materialise(task, BY_NAME["robustness-misspelling"], tmp_path / "varied")
    stamp = varied.folder.stat().st_mtime_ns

    assert odd in lines_of(varied)
    assert materialise(task, BY_NAME["robustness-misspelling"], tmp_path / "varied").folder.stat().st_mtime_ns == stamp


def test_equal_folders_give_equal_bytes_and_an_edit_takes_the_old_place(tmp_path: Path) -> None:
    """The digest by which renderings are memoised depends on the task and the variant alone."""
    task = made(tmp_path, labelled())
    for name in ("robustness-mild-mix", "format-1"):
        first = folder_digest(materialise(task, BY_NAME[name], tmp_path / "one").folder)
        assert folder_digest(materialise(task, BY_NAME[name], tmp_path / "two").folder) == first
    edited = made(tmp_path, labelled(rows=[*QUESTIONS, {"q": "It is new.", "c": ["x", "y"], "a": 0}]))

    assert len(lines_of(materialise(edited, BY_NAME["robustness-mild-mix"], tmp_path / "one"))) == 4
    assert [path.name for path in (tmp_path / "one" / "robustness-mild-mix").iterdir()] == ["pick"]


def test_an_item_changes_alike_wherever_it_stands(tmp_path: Path) -> None:
    """The draw is the item's own: the order of items changes no item."""
    rows = [{"id": f"i{number}", **row} for number, row in enumerate(QUESTIONS)]
    task, turned = made(tmp_path, labelled(rows=rows)), made(tmp_path / "turned", labelled(rows=rows[::-1]))
    variant = BY_NAME["robustness-mild-mix"]

    assert sorted(lines_of(materialise(task, variant, tmp_path / "a"))) == sorted(
        lines_of(materialise(turned, variant, tmp_path / "b")))


def test_an_answer_that_speaks_of_the_changed_word_keeps_its_question(tmp_path: Path) -> None:
    """A gold that is "his uncle" would be no answer to a question about an aunt."""
    rows = [{"q": "He saw whom?", "c": ["his uncle", "a dog"], "a": 0}, {"q": "He ran?", "c": ["yes", "no"], "a": 0}]
    varied = materialise(made(tmp_path, labelled(rows=rows)), BY_NAME["fairness-gender"], tmp_path / "varied")

    assert [json.loads(line)["q"] for line in lines_of(varied)] == ["He saw whom?", "She ran?"]


@pytest.mark.parametrize(("spec", "card", "name", "reason"), [
    (labelled(), ("languages: [en]", "languages: [de]"), "fairness-names", "in en only, and the task is in de"),
    (labelled(), ("languages: [en]", "languages: [tr]"), "robustness-lowercase", "dotless"),
    (labelled(), ("question: q,", "question: null,"), "robustness-spaces", "names no column with the question"),
    (labelled(), ("id: id,", "id: null,"), "robustness-spaces", "carry no id"),
    (labelled(), ("skills: [knowledge]", "skills: [coding]"), "robustness-spaces", "about code"),
    (labelled(), None, "fairness-names", "changes nothing in any item"),
    (rolling_task(), None, "robustness-spaces", "the text itself"),
    (labelled(settings=labelled().settings.replace("doc_to_choice: c", 'doc_to_choice: "{{q.split()}}"')), None,
     "robustness-spaces", "made from the question"),
])
def test_what_cannot_be_varied_says_why(
    tmp_path: Path, spec: object, card: tuple[str, str] | None, name: str, reason: str
) -> None:
    """Another language, no question, no id, code, nothing to change, or a question that is graded."""
    with pytest.raises(CannotVary, match=reason):
        materialise(made(tmp_path, spec, card=card), BY_NAME[name], tmp_path / "varied")  # type: ignore[arg-type]
    assert not any(path.name.startswith(".") for path in tmp_path.glob("varied/*/*"))


def test_data_on_the_hub_and_links_are_refused(tmp_path: Path) -> None:
    """Rows that are not in the folder cannot be changed, and a link in it may lead anywhere."""
    task = made(tmp_path, labelled())
    (task.folder / "link").symlink_to("/etc/hostname")
    with pytest.raises(CannotVary, match="cannot be copied"):
        materialise(task, BY_NAME["format-1"], tmp_path / "varied")
    path = task.folder / "pick.yaml"
    path.write_text(path.read_text().replace(
        "dataset_path: json\ndataset_kwargs:\n  data_files: {test: data/test.jsonl}\n", "dataset_path: a/b\n"))
    for name in ("format-1", "robustness-spaces"):
        with pytest.raises(CannotVary, match="on the Hub"):
            BY_NAME[name].change(read_task(task.folder))


def test_a_kind_stands_for_all_of_it() -> None:
    """Names and kinds are resolved, each variant once, and the canonical form can be named beside them."""
    found = chosen(["canonical", "robustness", "robustness-spaces", "format-2"])

    assert found[0] is None
    assert [one.name for one in found[1:]] == [
        "robustness-contraction", "robustness-lowercase", "robustness-mild-mix", "robustness-misspelling",
        "robustness-spaces", "format-2"]
    assert [one.name for one in chosen(["format"])] == [f"format-{number}" for number in range(1, 10)]
    with pytest.raises(CannotRun, match="no variant 'robust'"):
        chosen(["robust"])


def test_every_variant_has_a_title_and_a_page_or_says_all_in_its_title() -> None:
    """The docstring is the documentation: no two variants of a kind have the same title."""
    assert len({one.title for one in all_variants()}) == len(all_variants()) == 17
    assert all(one.languages == ("en",) for one in all_variants() if one.kind is Kind.FAIRNESS)


def test_a_variant_is_registered_once_and_documented() -> None:
    """A name that is taken or of no kind, and a missing docstring, are mistakes of the programmer."""

    def make(task: Task) -> Change:
        """A title."""
        return Change("nothing")

    registry = Registry()
    registry.variant("format-a", Kind.FORMAT)(make)
    for name in ("format-a", "spaces", "fairness-x"):
        with pytest.raises(BadVariantError):
            registry.variant(name, Kind.FORMAT)(make)
    with pytest.raises(BadVariantError, match="docstring"):
        registry.variant("format-b", Kind.FORMAT)(lambda _: Change("nothing"))
    assert isinstance(registry.variants[0], Variant)
