"""Loading one contributed task in the harness. This executes contributed code: only worker processes call it."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

import lm_eval
import lm_eval.utils as harness_utils
from jinja2 import BaseLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lm_eval.api.samplers import ContextSampler
from lm_eval.api.task import Task as HarnessTask
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

from commons.errors import BrokenResult, CannotRun
from commons.harness import FEWSHOT_SEED, HARNESS_VERSION
from commons.pool.hashing import sha256_text
from commons.pool.items import item_ids
from commons.pool.task import Task, config_path


class ItemKeyedSampler(ContextSampler):  # type: ignore[misc]
    """Draws few-shot examples by a seed made of the item's id, so that the order of items changes no prompt.

    The harness's own sampler draws from one stream for all items: moving one item changes the examples of every item
    after it, and with them every cached answer and every key.
    """

    def __init__(self, examples: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> None:
        super().__init__(list(examples))
        self._by_id = sorted(zip(ids, examples, strict=True), key=lambda pair: pair[0])
        self.item: tuple[str, Mapping[str, Any]] = ("", {})

    def sample(self, n: int, eval_doc: Any = None, df: Any = None, **_: Any) -> list[Any]:  # noqa: ARG002
        """Draw ``n`` examples for the current item, never the item itself."""
        name, document = self.item
        pool = [example for _, example in self._by_id if example != document]
        if n > len(pool):
            raise BrokenResult(f"The task wants {n} few-shot examples and has {len(pool)}.",
                               mend="Lower num_fewshot, or add examples to the few-shot split.")
        seed = int.from_bytes(hashlib.sha256(f"{FEWSHOT_SEED}:{name}".encode()).digest()[:8], "big")
        return random.Random(seed).sample(pool, n)  # noqa: S311  (a seeded draw is the point, no secret)


class LoadedTask:
    """A task in the harness, with its items' ids in harness order.

    ``fewshot_order`` other than 0 puts the examples that are drawn from now on in another order.
    """

    def __init__(
        self, task: Task, harness: HarnessTask, ids: list[str], documents: Sequence[Mapping[str, Any]]
    ) -> None:
        self.task = task
        self.harness = harness
        self.ids = ids
        self.documents = documents
        self.fewshot_order = 0


def load(task: Task) -> LoadedTask:
    """Load ``task`` through the harness's Python API, with its data files found inside its own folder.

    The harness resolves data files against the working directory; they are rewritten to verified absolute paths.

    Raises:
        CannotRun: another version of the harness is installed.
        BrokenResult: the configuration gives anything but one task.
    """
    if lm_eval.__version__ != HARNESS_VERSION:
        raise CannotRun(f"lm_eval {lm_eval.__version__} is installed; this program is written for {HARNESS_VERSION}.",
                        mend=f"pip install lm_eval=={HARNESS_VERSION}")
    _sandbox_templates()
    config = load_yaml(config_path(task.folder))
    for structural in ("tag", "group", "task_list"):
        config.pop(structural, None)
    if task.config.files_by_split:
        files = {split: [str(path.resolve()) for path in paths] for split, paths in task.data_files.items()}
        config["dataset_kwargs"] = {**(config.get("dataset_kwargs") or {}), "data_files": files}
    loaded = TaskManager(include_defaults=False).load([config])["tasks"]
    if list(loaded) != [task.name]:
        raise BrokenResult(f"The harness finds the tasks {sorted(loaded)} in this folder instead of `{task.name}`.",
                           mend="One folder holds one task; use a suite file for groups.")
    harness = loaded[task.name]
    if harness.get_config("num_fewshot") is None:
        harness.set_config(key="num_fewshot", value=0)
    harness.set_fewshot_seed(seed=FEWSHOT_SEED)
    documents = [dict(document) for document in harness.eval_docs]
    if [dict(document) for document in harness.eval_docs] != documents:
        # The harness reads them again for every loop: prompts would come from one reading, golds from another.
        raise BrokenResult("The task's items are not the same when they are read twice.",
                           mend="Let `process_docs` give the same items in the same order every time.")
    result = LoadedTask(task, harness, item_ids(documents, task.card.fields), documents)
    _key_sampling_on_items(result, task)
    _let_order_vary(result)
    return result


class _Templates(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which compiles each template once and not again for every item, as the harness asks it to."""

    @functools.lru_cache(maxsize=1000)  # noqa: B019  (there is one environment, and it lives as long as the process)
    def from_string(self, source: str, *arguments: Any, **options: Any) -> Template:  # type: ignore[override]
        """The compiled template."""
        return super().from_string(source, *arguments, **options)


def _sandbox_templates() -> None:
    """Let templates be rendered in Jinja's sandbox, with the harness's own settings.

    The harness renders them in an ordinary environment, where a template reaches any Python object by its attributes.
    No prompt needs that; with the sandbox, code in a task is hooks, which lint names and a person reads.
    """
    sandbox = _Templates(loader=BaseLoader(), undefined=StrictUndefined, keep_trailing_newline=True)
    sandbox.filters["regex_replace"] = harness_utils.regex_replace
    harness_utils.env = sandbox


def _key_sampling_on_items(loaded: LoadedTask, task: Task) -> None:
    """Put our sampler in the place of the harness's default one; declared orders (``first_n``) stay as they are."""
    harness = loaded.harness
    if not harness.get_config("num_fewshot") or type(getattr(harness, "sampler", None)) is not ContextSampler:
        return
    examples = [dict(example) for example in harness.sampler.fewshot_docs()]
    sampler = ItemKeyedSampler(examples, item_ids(examples, task.card.fields))
    harness.sampler = sampler
    build = harness.fewshot_context
    id_of: dict[str, str] = {}
    for name, document in zip(loaded.ids, loaded.documents, strict=True):
        id_of.setdefault(sha256_text(repr(document)), name)

    def fewshot_context(document: Any, *arguments: Any, **options: Any) -> Any:
        content = dict(document)
        sampler.item = (id_of[sha256_text(repr(content))], content)
        return build(document, *arguments, **options)

    harness.fewshot_context = fewshot_context


def _let_order_vary(loaded: LoadedTask) -> None:
    """Let ``loaded.fewshot_order`` put the drawn examples in another order, whichever sampler drew them."""
    sampler = getattr(loaded.harness, "sampler", None)
    if sampler is None:
        return
    draw = sampler.sample

    def sample(*arguments: Any, **options: Any) -> list[Any]:
        examples = list(draw(*arguments, **options))
        return [examples[place] for place in _order(len(examples), loaded.fewshot_order)]

    sampler.sample = sample


def _order(count: int, seed: int) -> list[int]:
    """The places 0 to ``count - 1`` as they are for the seed 0, else in another order that ``seed`` decides.

    >>> _order(4, 0), _order(2, 1)
    ([0, 1, 2, 3], [1, 0])
    """
    places = list(range(count))
    if seed and count > 1:
        draw = random.Random(seed)  # noqa: S311  (a seeded draw is the point, no secret)
        while places == sorted(places):
            draw.shuffle(places)
    return places
