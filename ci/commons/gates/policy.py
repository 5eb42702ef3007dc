"""The numbers that decide, each with what it is for and where it comes from: ACCEPTANCE.md is made from them."""

from __future__ import annotations

from dataclasses import dataclass

OWN_POLICY = "Eval Commons ACCEPTANCE"


@dataclass(frozen=True)
class Criterion:
    """One number: its name, its value, what it decides, and its source."""

    name: str
    value: float
    meaning: str
    source: str = OWN_POLICY


ALPHA = Criterion(
    "alpha", 0.01,
    "The most that all probes of one task together may raise a false alarm with (Holm's correction over all of them).",
    "Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure; the level: " + OWN_POLICY,
)
MARGIN = Criterion(
    "margin", 0.05,
    "How far above chance a probe without skill may truly score: each test asks whether the score is above chance by "
    "more than this.",
    "Balepur et al. (2024), Artifacts or Abduction, arXiv 2402.12483, shows what goes beyond chance; the margin: "
    + OWN_POLICY,
)
REJECT_MARGIN = Criterion(
    "reject margin", 0.15,
    "How far above chance the lower end of the interval of the choices-only trial must lie to call the items unfit, "
    "where the margin only calls them in need of revision.",
    "Balepur et al. (2024), arXiv 2402.12483; the margin: " + OWN_POLICY,
)
WRONG_PASSES = Criterion(
    "wrong passes", 0.05,
    "The share of wrong answers that a grader may truly take for right, before the test calls it too kind.",
)
CERTAIN_ITEMS = Criterion(
    "certain items", 10,
    "From this many items on, a probe without skill that gets every single one right fails, whatever the test says.",
)
HALF_OF_FULL = Criterion(
    "half of full", 0.5,
    "Where the headline is no mean over items (BLEU, F1, ...), a probe without skill may reach this share of the way "
    "from chance to the full score.",
)
TOLERANCE = Criterion("tolerance", 1e-6, "How close to the full score counts as the full score, for rounding.")
MAX_ITEMS = Criterion("items", 500, "The most items that the probes are run on, drawn by the seed.")
SEED = Criterion("seed", 20261123, "The seed of every draw: items, random answers, shuffled golds, formats.")
RANDOM_RUNS = Criterion("random runs", 3, "How often the probes that draw at random are repeated, each with its seed.")
MODEL_ITEMS = Criterion("model items", 32, "The most items that the trials with a model are run on, drawn by the seed.")
FORMATS = Criterion(
    "formats", 10, "The canonical format and up to nine others, drawn by the seed.",
    "Sclar et al. (2023), FormatSpread, arXiv 2310.11324: nine sampled formats and the original",
)
SPREAD_WARNING = Criterion(
    "format spread", 0.10,
    "The distance between the best and the worst format above which the report warns; it never fails a task.",
    "Sclar et al. (2023), arXiv 2310.11324, measure spreads of this size and far above it; the limit: " + OWN_POLICY,
)
SECONDS = Criterion(
    "seconds", 120, "The longest that one step (rendering, or grading all probes) may take before it is stopped.",
)
LOAD_SECONDS = Criterion(
    "load seconds", 30,
    "The longest that loading and rendering may take, and one second more for each 100 kB of data, up to the limit of "
    "one step.",
)
HOSTILE_SECONDS = Criterion(
    "hostile seconds", 10, "The longest that grading the strange answers may take before the grader counts as stopped.",
)
CHARACTERS_PER_TOKEN = Criterion(
    "characters for a token", 4, "What a token is taken to hold where no tokenizer has counted.",
    "a rule of thumb for English text; other scripts need more tokens",
)
CRITERIA = (
    ALPHA, MARGIN, REJECT_MARGIN, WRONG_PASSES, CERTAIN_ITEMS, HALF_OF_FULL, TOLERANCE, MAX_ITEMS, SEED, RANDOM_RUNS,
    MODEL_ITEMS, FORMATS, SPREAD_WARNING, SECONDS, LOAD_SECONDS, HOSTILE_SECONDS, CHARACTERS_PER_TOKEN,
)  # fmt: skip
