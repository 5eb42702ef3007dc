"""What a worker may make its parent read: memory and time stay bounded, whatever the result file holds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from commons.harness.rendering import TaskRendering
from commons.harness.results import MAX_MARKS, UnreadableError, count_marks, marks_outside, read_result
from commons.harness.trial import ProbeResults, WorkerError

#: The most that reading a hostile result may take beside what the program takes anyway.
BOUND = 1_000_000_000

READ = """
import resource, sys
from commons.harness.rendering import TaskRendering
from commons.harness.results import read_result
from commons.harness.scoring import ScoreResult
head = '{"result": {"task": "t", "output_type": "generate_until", "num_fewshot": 0, "repeats": 1, "generation": null, '
head += '"metrics": [], "filters": [%s], "requests": [%s], "items": [%s]}}'
item = '{"id": "a", "cluster": null, "choices": null, "gold": %s, "plain": [%s], "chat": [0]}'
many = lambda one: ",".join([one] * (MARKS // (one.count(",") + one.count("{") + one.count("[") + one.count(":") + 1)))
scores = '{"result": {"items": [{"item": "a", "repeat": 0, "statistics": {%s}}], "harness": []}}'
SHAPES = {
    "items of nothing": lambda: (head % ("", "", many("{}")), TaskRendering),
    "requests of nothing": lambda: (head % ("", many("0"), ""), TaskRendering),
    "places that are none": lambda: (head % ("", "", item % ('"g"', many('"x"'))), TaskRendering),
    "golds of lists": lambda: (head % ("", "", item % ("[" + many("[]") + "]", "0")), TaskRendering),
    "golds of texts": lambda: (head % ("", "", item % ("[" + many('"ab"') + "]", "0")), TaskRendering),
    "chats": lambda: (head % ("", many('{"kind":"generate_until","prompt":[{"role":"user","content":""}]}'), ""),
                      TaskRendering),
    "chats of nothing": lambda: (head % ("", '{"kind":"generate_until","prompt":[%s]}' % many("{}"), ""),
                                 TaskRendering),
    "honest requests": lambda: (head % ("", many('{"kind":"generate_until","prompt":""}'), ""), TaskRendering),
    "steps": lambda: (head % ('{"name": "a", "per_answer": true, "steps": [%s]}' % many("{}"), "", ""), TaskRendering),
    "columns": lambda: (scores % ",".join('"%d":[""]' % n for n in range(MARKS // 4)), ScoreResult),
    "wide text": lambda: (head % ("", '{"kind":"generate_until","prompt":"%s\U0001f600"}' % ("," * 40_000_000), ""),
                          TaskRendering),
}
text, model = SHAPES[sys.argv[1]]()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_result(text, model)
except ValueError:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts in kilobytes on Linux")
@pytest.mark.parametrize(("shape", "marks"), [
    *((shape, MAX_MARKS - 100) for shape in (
        "items of nothing", "requests of nothing", "places that are none", "golds of lists", "golds of texts", "chats",
        "chats of nothing", "honest requests", "steps", "columns", "wide text")),
    *((shape, 290_000) for shape in ("places that are none", "golds of lists", "chats of nothing", "columns")),
])
def test_a_hostile_result_takes_no_more_memory_than_the_bound(shape: str, marks: int) -> None:
    """The worst that fits into a result is read, or refused, within the bound."""
    code = f"MARKS = {marks}\n{READ}"
    done = subprocess.run([sys.executable, "-c", code, shape], capture_output=True, text=True, check=True, timeout=60)

    assert int(done.stdout) < BOUND


def test_too_many_values_are_refused_before_they_are_read() -> None:
    """A result with more values than any honest one is not even read as JSON."""
    with pytest.raises(UnreadableError, match="more than 3,000,000 values"):
        read_result("[" * (MAX_MARKS + 1), TaskRendering)
    with pytest.raises(UnreadableError, match="more than 3,000,000 values"):
        read_result("[" + '"",' * (2 * MAX_MARKS), TaskRendering)


def test_a_large_result_may_have_many_items_and_no_other_long_list() -> None:
    """Items, requests and probes come in any number; a list of anything else is short."""
    probe = {"name": "a", "result": None, "error": {"sentence": "no"}}
    assert len(read_result(json.dumps({"result": {"probes": [probe] * 60_000}}), ProbeResults).probes) == 60_000  # type: ignore[union-attr]

    with pytest.raises(UnreadableError, match="where none belongs"):
        read_result(json.dumps({"result": {"probes": [], "others": [0] * 400_000}}), ProbeResults)


def test_commas_in_prompts_are_no_values() -> None:
    """Text may hold brackets, commas, quotes and backslashes without end."""
    text = json.dumps({"error": {"sentence": 'a, [b]: "{c}" \\" \\\\ ' * 200_000}})

    assert count_marks(text) == marks_outside(text) == 4
    assert isinstance(read_result(text, ProbeResults), WorkerError)
