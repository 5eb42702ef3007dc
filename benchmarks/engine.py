"""The fast engine beside the harness's ``hf`` at its best batch size: same weights, same items, one run, ratios.

Five settings: multiple choice with long choices and with single letters, each with three examples and with none, and
generation without examples. Both ways run in turn, several times, and the quickest of each counts, so that a noisy
machine harms neither. Printed for each: seconds, how many times faster, the largest difference of a log-likelihood,
the items on which the chosen answer differs, and two distances from the limit: tokens computed over the tokens of the
prefix tree of all requests, and, for scoring, arithmetic achieved over what the matrix products of the model's own
shapes reach here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TQDM_DISABLE", "1")

import torch

from commons.engines.base import engine_kind
from commons.engines.prefix.scoring import Scored, TreeScorer
from commons.engines.prefix.tree import PrefixTree
from commons.harness.backends import ask
from commons.harness.hf_tokens import greedy_tokens, scored_tokens
from commons.harness.requests import Request
from commons.pool.repository import Repository

ROOT = Path(__file__).resolve().parents[1]
MODEL = "smollm2-135m-instruct"
BATCHES = (1, 4, 8, 16)
LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Setting:
    """A way of asking: its name, its requests, how many belong to one item, and the goal for the speed-up."""

    name: str
    requests: list[Request]
    choices: int
    goal: str

    @property
    def scores(self) -> bool:
        """Whether it is multiple choice."""
        return self.choices > 0


def settings(items: int) -> list[Setting]:
    """The five of them, over the first ``items`` items of a committed task; the examples are its last three."""
    lines = (ROOT / "tasks/everyday_physics/data/test.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    some, shots = rows[:items], rows[-3:]

    def long(row: dict[str, Any]) -> str:
        return f"Question: {row['question']}\nAnswer:"

    def lettered(row: dict[str, Any]) -> str:
        listed = "\n".join(f"{letter}. {choice}" for letter, choice in zip(LETTERS, row["choices"], strict=False))
        return f"{row['question']}\n{listed}\nAnswer:"

    def asked(prompt: Callable[[dict[str, Any]], str], answers: Callable[[dict[str, Any]], list[str]],
              examples: list[dict[str, Any]]) -> list[Request]:
        head = "".join(f"{prompt(row)}{answers(row)[row['answer']]}\n\n" for row in examples)
        return [Request(kind="loglikelihood", prompt=head + prompt(row), continuation=answer)
                for row in some for answer in answers(row)]

    def whole(row: dict[str, Any]) -> list[str]:
        return [f" {choice}" for choice in row["choices"]]

    def letter(row: dict[str, Any]) -> list[str]:
        return [f" {LETTERS[place]}" for place in range(len(row["choices"]))]

    generate = [Request(kind="generate_until", prompt=f"{row['question']}\n\nExplanation:",
                        generation={"until": ["Question:"], "max_gen_toks": 32, "do_sample": False}) for row in some]
    width = len(rows[0]["choices"])
    return [
        Setting("long choices, 3-shot", asked(long, whole, shots), width, "at least 5"),
        Setting("long choices, 0-shot", asked(long, whole, []), width, "at least 1.5"),
        Setting("single letters, 3-shot", asked(lettered, letter, shots), width, "80 % of the token ratio"),
        Setting("single letters, 0-shot", asked(lettered, letter, []), width, "80 % of the token ratio"),
        Setting("generation, 0-shot", generate, 0, "at least 1"),
    ]


class Counter:
    """Counts the tokens that go through a model, padding included."""

    def __init__(self, model: Any) -> None:
        self.tokens = 0
        self.rows_of_logits = 0
        model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, _: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        ids = options.get("input_ids", arguments[0] if arguments else None)
        self.tokens += ids.numel()
        keep = options.get("logits_to_keep")
        self.rows_of_logits += keep.numel() if isinstance(keep, torch.Tensor) else ids.numel()

    def take(self) -> tuple[int, int]:
        """The tokens and the rows of logits since the last call."""
        taken = self.tokens, self.rows_of_logits
        self.tokens = self.rows_of_logits = 0
        return taken


def hf(model: Any, setting: Setting, batch: int) -> list[Any]:
    """The harness's own results."""
    model.batch_size_per_gpu = batch
    return ask(model, setting.requests[0].kind, setting.requests)


def best_batch(model: Any, setting: Setting) -> int:
    """The batch size at which the harness is quickest on the first items, tried twice each."""
    few = Setting(setting.name, setting.requests[: 4 * setting.choices or 16], setting.choices, "")

    def seconds(batch: int) -> float:
        return min(timed(lambda: hf(model, few, batch))[1] for _ in range(2))

    return min(BATCHES, key=seconds)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its seconds."""
    begun = time.perf_counter()
    given = work()
    return given, time.perf_counter() - begun


def tree_size(model: Any, setting: Setting) -> int:
    """The tokens of the prefix tree of all requests; for generation, of the prompts."""
    if setting.scores:
        requests = [Scored(tokens, count) for tokens, count in scored_tokens(model, setting.requests)]
        return TreeScorer(None, requests, 1).tree.size  # type: ignore[arg-type]
    prompts = [greedy_tokens(model, request) for request in setting.requests]
    found = {one.tokens for one in prompts if one is not None}
    return PrefixTree(list(found), [0] * len(found)).size


def arithmetic(model: Any, tokens: int, rows: int) -> float:
    """Floating-point operations of the linear layers for so many tokens, and of the head for so many rows."""
    inner = sum(one.weight.numel() for name, one in model.named_modules()
                if isinstance(one, torch.nn.Linear) and "lm_head" not in name)
    return 2.0 * (tokens * inner + rows * model.get_output_embeddings().weight.numel())


def reachable(model: Any, tokens: int, rows: int) -> float:
    """Operations a second that bare matrix products of the model's own shapes reach here, at the size of our passes."""
    layers = [one.weight for name, one in model.named_modules()
              if isinstance(one, torch.nn.Linear) and "lm_head" not in name]
    inputs = {weight.shape[1]: torch.randn(tokens, weight.shape[1]) for weight in layers}
    head = model.get_output_embeddings().weight
    few = torch.randn(max(1, rows), head.shape[1])

    def products() -> None:
        with torch.inference_mode():
            for weight in layers:
                torch.nn.functional.linear(inputs[weight.shape[1]], weight)
            torch.nn.functional.linear(few, head)

    products()
    return arithmetic(model, tokens, max(1, rows)) / min(timed(products)[1] for _ in range(5))


def differing(setting: Setting, ours: list[Any], theirs: list[Any]) -> tuple[float, int, int]:
    """The largest difference in nats, items whose answer differs, and those of them that this does not explain."""
    if not setting.scores:
        other = sum(one.text != text for one, text in zip(ours, theirs, strict=True))
        return 0.0, other, other
    largest = max(abs(one.loglikelihood - raw[0]) for one, raw in zip(ours, theirs, strict=True))
    other = unexplained = 0
    for start in range(0, len(ours), setting.choices):
        mine = [one.loglikelihood for one in ours[start : start + setting.choices]]
        yours = [raw[0] for raw in theirs[start : start + setting.choices]]
        if mine.index(max(mine)) != yours.index(max(yours)):
            other += 1
            first, second = sorted(yours, reverse=True)[:2]
            unexplained += first - second > 2 * largest
    return largest, other, unexplained


def measure(engine: Any, model: Any, setting: Setting, counter: Counter, repeats: int) -> bool:
    """Run both ways in turn and print what came out; whether the goals were met."""
    batch = best_batch(model, setting)
    tree = tree_size(model, setting)
    seconds: dict[str, list[float]] = {"hf": [], "ours": []}
    for _ in range(repeats):
        counter.take()
        theirs, took = timed(lambda: hf(model, setting, batch))
        seconds["hf"].append(took)
        padded, _ = counter.take()
        answers, took = timed(lambda: {one.digest: answer for one, answer in engine.answer(setting.requests)})
        seconds["ours"].append(took)
        computed, rows = counter.take()
    ours = [answers[request.digest] for request in setting.requests]
    largest, other, unexplained = differing(setting, ours, theirs)
    best = {way: min(times) for way, times in seconds.items()}
    ratio = best["hf"] / best["ours"]
    print(f"{setting.name}: hf (batch {batch}) {best['hf']:.1f} s, ours {best['ours']:.1f} s: "
          f"{ratio:.1f} times faster (goal: {setting.goal})")
    print(f"  tokens: hf {padded:,} with padding, ours {computed:,}, the prefix tree {tree:,}; "
          f"hf over tree {padded / tree:.2f}, of which reached {ratio / (padded / tree):.0%}")
    print(f"  largest difference {largest:.1g} nats; {other} answers differ, {unexplained} of them by more than that")
    good = not unexplained and largest < 1e-3 and ratio >= goal_of(setting, padded / tree)
    if setting.scores:
        passes = max(1, round(computed / engine.tokens_a_pass))
        peak = reachable(model.model, computed // passes, rows // passes)
        achieved = arithmetic(model.model, computed, rows) / best["ours"]
        print(f"  distance from the limit: {computed / tree:.2f} of the tree's tokens (goal: at most 1.2); "
              f"{achieved / 1e9:.0f} of {peak / 1e9:.0f} GFLOP/s, {achieved / peak:.0%} (goal: at least 50 %)")
        good = good and computed / tree <= 1.2 and achieved / peak >= 0.5
    print(f"  {'every goal met' if good else 'A GOAL IS MISSED'}", flush=True)
    return good


def goal_of(setting: Setting, token_ratio: float) -> float:
    """The speed-up that the setting asks for."""
    return {"at least 5": 5.0, "at least 1.5": 1.5, "at least 1": 1.0}.get(setting.goal, 0.8 * token_ratio)


def main() -> int:
    """Run the settings; the exit code says whether every goal was met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=24)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--only", default="", help="settings with this in their name")
    chosen = options.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    entry = next(model for model in Repository(ROOT).models() if model.id == MODEL)
    engine, seconds = timed(lambda: engine_kind(entry).open(entry))
    print(f"{engine.facts.name}: ready in {seconds:.1f} s; {chosen.items} items, quickest of {chosen.repeats}")
    model = engine.harness_model
    counter = Counter(model.model)
    results = [measure(engine, model, setting, counter, chosen.repeats) for setting in settings(chosen.items)
               if chosen.only in setting.name]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
