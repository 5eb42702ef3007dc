"""Rendering through the real harness, in a worker process: what enters a task's hash and what does not."""

import json
from pathlib import Path

import pytest

from commons.errors import BadFile, CommonsError
from commons.harness.rendering import TaskRendering
from commons.harness.session import render_task
from commons.pool.task import read_task
from tests.builders import (
    CHOICE_ROWS,
    MULTIPLE_CHOICE,
    QUESTION_ROWS,
    TaskSpec,
    choice_task,
    generate_task,
    rolling_task,
    write_task,
)

pytestmark = pytest.mark.model

FEWSHOT = MULTIPLE_CHOICE + "num_fewshot: 2\nfewshot_split: fewshot\n"
EXAMPLES = [{"q": f"Example {n} says", "c": ["yes", "no"], "a": n % 2} for n in range(6)]


def rendered(root: Path, spec: TaskSpec) -> TaskRendering:
    """Write and render a task."""
    return render_task(read_task(write_task(root, spec)))


def test_both_forms_are_captured_before_any_template(tmp_path: Path) -> None:
    """The plain form is text with the delimiter before the choice; the chat form is messages without it."""
    rendering = rendered(tmp_path, choice_task())
    item = rendering.items[0]
    plain, chat = rendering.requests[item.plain[0]], rendering.requests[item.chat[0]]

    assert (plain.prompt, plain.continuation) == ("The capital of France is", " Paris")
    assert [message.model_dump() for message in chat.prompt] == [
        {"role": "user", "content": "The capital of France is"}
    ]
    assert (chat.continuation, chat.opens_turn) == ("Paris", True)
    assert (item.choices, item.gold) == (("Paris", "Berlin", "Rome"), 0)


def test_rolling_texts_are_never_chats(tmp_path: Path) -> None:
    """A text whose likelihood is measured is sent as it is in both forms, and once."""
    rendering = rendered(tmp_path, rolling_task())

    assert all(item.plain == item.chat for item in rendering.items)
    assert len(rendering.requests) == len(rendering.items)


def test_order_readme_comments_and_card_change_no_hash(tmp_path: Path) -> None:
    """Reordered items, other file names, comments, prose and key order leave the task hash alone."""
    before = rendered(tmp_path / "a", choice_task())
    folder = write_task(tmp_path / "b", choice_task())
    data = folder / "data" / "test.jsonl"
    lines = data.read_text().splitlines()
    (folder / "data" / "items.jsonl").write_text("\n".join(reversed(lines)) + "\n")
    data.unlink()
    config = folder / "pick.yaml"
    config.write_text("# a comment\n" + config.read_text().replace("data/test.jsonl", "data/items.jsonl"))
    (folder / "README.md").write_text("# Other prose\n")
    card = folder / "card.yaml"
    card.write_text(card.read_text().replace("A task for tests.", "Another sentence."))

    after = render_task(read_task(folder))

    assert after.task_hash == before.task_hash
    assert [item.id for item in after.items] == [item.id for item in reversed(before.items)]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("prompt", {"settings": MULTIPLE_CHOICE.replace('"{{q}}"', '"Q: {{q}}"')}),
        ("choice", {"rows": [{**CHOICE_ROWS[0], "c": ["Paris", "Berlin", "Oslo"]}, *CHOICE_ROWS[1:]]}),
        ("gold", {"rows": [{**CHOICE_ROWS[0], "a": 1}, *CHOICE_ROWS[1:]]}),
        ("metric", {"settings": MULTIPLE_CHOICE.replace("acc_norm", "acc_bytes")}),
        ("delimiter", {"settings": MULTIPLE_CHOICE + 'target_delimiter: "\\n"\n'}),
        ("system text", {"settings": MULTIPLE_CHOICE + "description: Choose.\n"}),
        ("an item fewer", {"rows": CHOICE_ROWS[1:]}),
    ],
)
def test_whatever_is_sent_or_scored_changes_the_hash(tmp_path: Path, what: str, change: dict[str, object]) -> None:
    """Each edit of a prompt, choice, gold, metric or delimiter gives another task hash."""
    before, after = rendered(tmp_path / "a", choice_task()), rendered(tmp_path / "b", choice_task(**change))

    assert before.task_hash != after.task_hash


def test_one_edited_item_changes_only_its_own_requests(tmp_path: Path) -> None:
    """All other items keep their request digests, and with them their stored answers."""
    rows = [{**CHOICE_ROWS[0], "q": "The capital of Italy is"}, *CHOICE_ROWS[1:]]
    before = {one.digest for one in rendered(tmp_path / "a", choice_task()).requests}
    after = {one.digest for one in rendered(tmp_path / "b", choice_task(rows=rows)).requests}

    assert len(after - before) == 2 * 3


def test_fewshot_examples_depend_on_the_item_and_not_on_the_order(tmp_path: Path) -> None:
    """Removing the first item leaves every other item's examples, and so its requests, as they were."""
    spec = choice_task(settings=FEWSHOT, splits={"fewshot": EXAMPLES})
    first = rendered(tmp_path / "a", spec)
    folder = write_task(tmp_path / "b", spec)
    data = folder / "data" / "test.jsonl"
    data.write_text("".join(data.read_text().splitlines(True)[1:]))
    second = render_task(read_task(folder))

    def requests(rendering: TaskRendering) -> dict[str, list[str]]:
        return {item.id: [rendering.requests[index].digest for index in item.plain] for item in rendering.items}

    assert first.num_fewshot == 2
    assert {key: value for key, value in requests(first).items() if key != "t0"} == requests(second)
    prompts = {first.requests[item.plain[0]].prompt_text.rsplit("\n\n", 1)[0] for item in first.items}
    assert len(prompts) > 1


def test_hooks_run_in_the_worker_and_enter_the_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook's source is part of the task hash; what it sees of the environment holds no secret."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    hook = "import os\n\ndef ask(doc):\n    return f\"{doc['q']} {sorted(os.environ.items())}\"\n"
    settings = generate_task().settings.replace('"{{q}}"', "!function hooks.ask")
    first = rendered(tmp_path / "a", generate_task(settings=settings, files={"hooks.py": hook}))
    second = rendered(tmp_path / "b", generate_task(settings=settings, files={"hooks.py": hook + "# edited\n"}))

    assert first.task_hash != second.task_hash
    prompt = first.requests[0].prompt_text
    assert "HOME" in prompt
    assert "secret" not in prompt
    assert str(Path.home()) not in prompt


@pytest.mark.parametrize(
    ("hook", "words", "line"),
    [("def ask(doc):\n    return 1 / 0\n", "ZeroDivisionError", 2), ("import nothing_here\n", "nothing_here", 1),
     ("import os\ndef ask(doc):\n    os._exit(3)\n", "exit code 3", 0)],
)
def test_a_failing_hook_is_named_by_file_and_line(tmp_path: Path, hook: str, words: str, line: int) -> None:
    """An author reads which line of which file failed; a hook that kills its process kills nothing else."""
    settings = generate_task().settings.replace('"{{q}}"', "!function hooks.ask")
    with pytest.raises(CommonsError, match=words) as caught:
        rendered(tmp_path, generate_task(settings=settings, files={"hooks.py": hook}))

    if line:
        assert isinstance(caught.value, BadFile)
        assert caught.value.where.path.name == "hooks.py"
        assert caught.value.where.line == line


def test_an_aggregation_of_the_contributors_own_is_refused(tmp_path: Path) -> None:
    """What cannot be recomputed from rows is refused, with the way out."""
    hook = "def total(items):\n    return sum(items)\n"
    settings = MULTIPLE_CHOICE.replace("acc, aggregation: mean", "acc, aggregation: !function hooks.total")

    with pytest.raises(CommonsError, match="cannot be recomputed"):
        rendered(tmp_path, choice_task(settings=settings, files={"hooks.py": hook}))


def test_sampled_answers_are_numbered_requests(tmp_path: Path) -> None:
    """Three answers to one question are three requests that differ by their number alone."""
    drawn = generate_task().settings.replace("do_sample: false", "do_sample: true, temperature: 0.7")
    settings = drawn + "repeats: 3\n"
    rendering = rendered(tmp_path, generate_task(settings=settings, rows=QUESTION_ROWS[:1]))

    samples = [rendering.requests[index] for index in rendering.items[0].plain]
    assert [one.sample for one in samples] == [0, 1, 2]
    assert len({one.digest for one in samples}) == 3
    assert json.loads(samples[0].model_dump_json())["generation"]["temperature"] == 0.7
