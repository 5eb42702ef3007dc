"""The fast engine gives the harness's own answers: on many architectures, in any order, whatever was asked before."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from commons.engines.prefix.generation import GreedyGenerator, Prompt
from commons.engines.prefix.memory import budget_of
from commons.engines.prefix.network import Network
from commons.engines.prefix.proof import PASSES, Way, generates_alike, proven_way, trial_requests
from commons.engines.prefix.scoring import Scored, TreeScorer
from commons.engines.prefix.tree import Step
from commons.errors import CannotRun

SMALL = {"vocab_size": 97, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256}
GPT2 = {"vocab_size": 97, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 256}
BLOOM = {"vocab_size": 97, "hidden_size": 32, "n_layer": 3, "n_head": 4}
MAMBA = {"vocab_size": 97, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}

#: Model type -> its settings and the way that must be proven for it.
ARCHITECTURES = {
    "llama": (SMALL, Way.TREE), "qwen2": (SMALL, Way.TREE), "qwen3": ({**SMALL, "head_dim": 8}, Way.TREE),
    "mistral": ({**SMALL, "sliding_window": None}, Way.TREE), "phi": (SMALL, Way.TREE), "gpt2": (GPT2, Way.TREE),
    "gpt_neox": ({**SMALL, "num_key_value_heads": None}, Way.TREE), "gemma": ({**SMALL, "head_dim": 8}, Way.TREE),
    "gemma2": ({**SMALL, "head_dim": 8, "sliding_window": 64}, Way.TREE), "olmo2": (SMALL, Way.TREE),
    "gemma3_text": ({**SMALL, "head_dim": 8, "sliding_window": 64}, Way.TREE),
    "bloom": (BLOOM, Way.CHAIN), "mamba": (MAMBA, Way.PLAIN),
}


def tiny(kind: str, **changes: Any) -> Any:
    """A model of an architecture with random weights, large enough that its logits differ."""
    from transformers import AutoConfig

    torch.manual_seed(3)
    settings, _ = ARCHITECTURES[kind]
    config = AutoConfig.for_model(kind, **{**settings, **changes}, initializer_range=0.2)
    return AutoModelForCausalLM.from_config(config).eval()


def some_requests(count: int = 30, vocabulary: int = 97, header: int = 20) -> list[Scored]:
    """Requests with a shared header, shared questions, and some that are equal or share nothing."""
    draw = random.Random(11)  # noqa: S311
    head = [draw.randrange(vocabulary) for _ in range(header)]
    found = []
    for number in range(count):
        question = [number % vocabulary, *(draw.randrange(vocabulary) for _ in range(draw.randrange(1, 12)))]
        for _ in range(3):
            answer = [draw.randrange(vocabulary) for _ in range(draw.randrange(1, 6))]
            before = head if number % 7 else [5]
            found.append(Scored((*before, *question, *answer), len(answer)))
    return [*found, found[0]]


def plainly(model: Any, request: Scored) -> float:
    """The log-likelihood by one forward pass over the whole sequence."""
    with torch.inference_mode():
        tokens = torch.tensor([request.tokens])
        values = model(input_ids=tokens[:, :-1], use_cache=False).logits[0].float().log_softmax(dim=-1)
    start = len(request.tokens) - request.continuation
    return float(sum(values[place - 1, request.tokens[place]] for place in range(start, len(request.tokens))))


@pytest.mark.parametrize("kind", list(ARCHITECTURES))
def test_each_architecture_is_shared_as_far_as_it_proves_right(kind: str) -> None:
    """The way that the proof picks gives the plain way's log-likelihoods on sequences it never saw."""
    model, expected = tiny(kind), ARCHITECTURES[kind][1]

    way = proven_way(model)

    assert way is expected
    if way is not Way.PLAIN:
        requests = some_requests(8)
        scorer = TreeScorer(Network(model), requests, most=33, packs=way is Way.TREE)
        for place, value, _ in scorer.results():
            assert value == pytest.approx(plainly(model, requests[place]), abs=1e-3)


def test_the_proof_tries_what_it_proves() -> None:
    """Its sequences make a path grow, and branch both below a path and without one."""
    requests = trial_requests(97)
    trees = [list(TreeScorer(None, requests, most).tree.walk(most)) for most in PASSES]  # type: ignore[arg-type]

    assert len({step.depth for step in trees[0] if step.grows}) < sum(step.grows for step in trees[0])
    assert any(step.depth and not step.is_chain for step in trees[0])
    assert [step.is_chain for step in trees[1]] == [False]


def test_a_model_that_ignores_its_mask_is_not_shared() -> None:
    """The proof can fail: a model whose attention sees other branches is left to the plain way or to chains."""
    model = tiny("llama")
    usual = model.forward

    def careless(*arguments: Any, attention_mask: Any = None, **options: Any) -> Any:
        return usual(*arguments, attention_mask=None if attention_mask is None else attention_mask * 0, **options)

    model.forward = careless

    assert proven_way(model) is Way.CHAIN


def test_a_model_that_forgets_its_cache_is_not_shared_at_all() -> None:
    """Where even a chain below a cached path differs, nothing is shared."""
    model = tiny("llama")
    usual = model.forward

    def forgetful(*arguments: Any, past_key_values: Any = None, **options: Any) -> Any:
        return usual(*arguments, past_key_values=None, **{**options, "attention_mask": None})

    model.forward = forgetful

    assert proven_way(model) is Way.PLAIN
    assert not generates_alike(model)


@pytest.mark.parametrize("most", [16, 50, 4096])
def test_scores_do_not_depend_on_how_much_fits_in_a_pass(most: int) -> None:
    """Small passes and large ones give the same log-likelihoods."""
    model, requests = tiny("llama"), some_requests()
    found = {place: value for place, value, _ in TreeScorer(Network(model), requests, most).results()}

    assert len(found) == len(requests)
    assert all(found[place] == pytest.approx(plainly(model, one), abs=1e-3) for place, one in enumerate(requests))


class Remembering:
    """A network whose logits are made of the whole text that its cache holds: a wrong path gives wrong numbers."""

    def __init__(self) -> None:
        self.path: tuple[int, ...] = ()

    def forget(self) -> None:
        """Let the path go."""
        self.path = ()

    def run(self, step: Step) -> torch.Tensor:
        """Logits drawn from the text before each wanted place."""
        assert step.depth <= len(self.path)
        before: dict[int, tuple[int, ...]] = {-1: self.path[: step.depth]}
        for run in step.runs:
            last = run.parent
            for place in range(run.start, run.stop):
                before[place] = (*before[last], step.tokens[place])
                last = place
        self.path = before[len(step.tokens) - 1] if step.grows else self.path[: step.depth]
        wanted = sorted({want.place for want in step.wants}) or [0]
        return torch.stack([drawn(before[place]) for place in wanted])


def drawn(text: tuple[int, ...]) -> torch.Tensor:
    """Logits that belong to a text."""
    return torch.randn(50, generator=torch.Generator().manual_seed(hash(text) % 2**31))


@pytest.mark.parametrize("packs", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_each_branch_is_scored_under_its_own_path(seed: int, packs: bool) -> None:
    """Headers, passages and questions longer than a pass, answered before or not: no path is taken for another."""
    draw = random.Random(seed)  # noqa: S311

    def some(count: int) -> tuple[int, ...]:
        return tuple(draw.randrange(50) for _ in range(count))

    head, requests = some(draw.choice([0, 3, 60])), []
    for _ in range(draw.randrange(1, 7)):
        passage = some(draw.choice([1, 30, 80]))
        for _ in range(draw.randrange(1, 4)):
            question = some(draw.choice([1, 5, 40]))
            for _ in range(draw.randrange(1, 4)):
                answer = some(draw.choice([1, 2, 20]))
                requests.append(Scored((*head, *passage, *question, *answer), len(answer)))
    skip = {place for place in range(len(requests)) if draw.random() < draw.choice([0, 0.3, 0.8])}
    for most in (16, 40, 100):
        network: Any = Remembering()
        found = {place: value for place, value, _ in
                 TreeScorer(network, requests, most, packs=packs, skip=skip).results()}
        assert found.keys() == set(range(len(requests))) - skip
        for place, value in found.items():
            one = requests[place]
            places = range(len(one.tokens) - one.continuation, len(one.tokens))
            expected = sum(float(drawn(one.tokens[:end]).log_softmax(0)[one.tokens[end]]) for end in places)
            assert value == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("most", [48, 512])
def test_a_real_model_scores_passages_longer_than_a_pass(most: int) -> None:
    """Several passages with several questions each, with a real cache: every number is the plain way's."""
    model, draw = tiny("llama"), random.Random(2)  # noqa: S311

    def some(count: int) -> tuple[int, ...]:
        return tuple(draw.randrange(97) for _ in range(count))

    passages = [some(60) for _ in range(3)]
    requests = [Scored((*passage, *question, *some(4)), 4)
                for passage in passages for question in (some(9), some(20)) for _ in range(3)]
    for place, value, _ in TreeScorer(Network(model), requests, most).results():
        assert value == pytest.approx(plainly(model, requests[place]), abs=1e-3)


def test_a_run_that_goes_on_gives_the_same_bits() -> None:
    """Skipping what was answered before leaves the passes as they were, so the others' bits are the same."""
    model, requests = tiny("llama"), some_requests()
    whole = {place: value for place, value, _ in TreeScorer(Network(model), requests, 40).results()}
    skip = set(range(0, len(requests), 2))
    network = Network(model)
    rest = {place: value for place, value, _ in TreeScorer(network, requests, 40, skip=skip).results()}

    assert rest == {place: value for place, value in whole.items() if place not in skip}


def test_what_nobody_asks_for_is_not_computed() -> None:
    """One new request among many answered ones costs a pass or two, not all of them."""
    model, requests = tiny("llama"), some_requests()
    network = Network(model)
    skip = set(range(len(requests))) - {4}
    scorer = TreeScorer(network, requests, 40, skip=skip)

    assert [place for place, _, _ in scorer.results()] == [4]
    assert network.computed < scorer.tree.size / 3


@pytest.mark.parametrize("rows", [1, 2, 5, 64])
@pytest.mark.parametrize("kind", ["llama", "gpt2", "gemma3_text", "qwen3"])
def test_generation_in_a_batch_follows_each_prompt_by_itself(kind: str, rows: int) -> None:
    """Rows that come and go at different times get the tokens that transformers' own generate gives each alone."""
    model = tiny(kind)
    texts = [one.tokens for one in some_requests(5)][:12]
    prompts = [Prompt(tokens, 1 + place % 7, lambda new: new[-1] % 13 == 0) for place, tokens in enumerate(texts)]
    network = Network(model)

    found = dict(GreedyGenerator(network, prompts, most=64, rows=rows).results())

    for place, prompt in enumerate(prompts):
        text = torch.tensor([prompt.tokens])
        alone = model.generate(text, attention_mask=torch.ones_like(text), max_new_tokens=prompt.most, do_sample=False,
                               eos_token_id=None, pad_token_id=0)[0, len(prompt.tokens):].tolist()
        stop = next((n for n, token in enumerate(alone) if token % 13 == 0), len(alone) - 1)
        assert found[place] == alone[: stop + 1]


def test_the_budget_bounds_what_a_pass_holds() -> None:
    """Less memory means fewer tokens and rows, and a sliding window bounds what may be shared."""
    model = tiny("gemma3_text")
    large, small = budget_of(model, 1), budget_of(model, 0.0005)

    assert small.tokens < large.tokens
    assert small.rows(200) < large.rows(200)
    assert large.window == 64
    assert budget_of(tiny("llama"), 1).window > 10**9


@pytest.mark.parametrize("gib", [0, -1, "much", float("nan")])
def test_a_budget_that_is_no_number_is_refused(gib: object) -> None:
    """The error names the argument."""
    with pytest.raises(CannotRun, match="memory_gib"):
        budget_of(tiny("llama"), gib)
