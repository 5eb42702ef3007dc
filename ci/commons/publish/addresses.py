"""Where pages stand. Addresses never change their form, because people keep links to them."""

from __future__ import annotations

from commons.publish.states import CellState

HOME = "index.html"
TASKS = "tasks.html"
MODELS = "models.html"
COMPARE = "compare.html"
COVERAGE = "coverage.html"
CHANGES = "changes.html"
READING = "reading.html"
METHOD = "method.html"
ABOUT = "about.html"
GATES = "gates.html"
RULES = "rules.html"
QUEUE = "queue.html"
CONTRIBUTORS = "contributors.html"
CONTAMINATION = "contamination.html"
LIFECYCLE = "lifecycle.html"
FIND = "find.html"
MATRIX_PAGE = "matrix.html"
DATA_PAGE = "data.html"


def task_path(task: str) -> str:
    """A task's page."""
    return f"t/{task}.html"


def model_path(model: str) -> str:
    """A model's page."""
    return f"m/{model}.html"


def cell_path(state: CellState, number: int = 1) -> str:
    """Page ``number`` of a cell's rows. The tilde stands in no model id, so no two addresses can be equal."""
    return f"r/{state.task}/{state.file_name}{'' if number == 1 else f'~{number}'}.html"


def coverage_anchor(task: str, model: str) -> str:
    """The fragment of a pair on the coverage page. No task name holds a hyphen, so no two are equal."""
    return f"c-{task}-{model}"


def row_anchor(state: CellState) -> str:
    """The fragment of a model's row on its task's page."""
    return f"m-{state.file_name}"


def state_path(state: CellState) -> str:
    """Where to read about a pair: its cell's page, or its row on the task's page."""
    if state.facts is not None and state.paged:
        return cell_path(state)
    return f"{task_path(state.task)}#{row_anchor(state)}"


def items_path(task: str, number: int) -> str:
    """Page ``number`` of a task's items, each with all models on it."""
    return f"i/{task}~{number}.html"


def pair_path(first: str, second: str) -> str:
    """The page that compares two models; which is named first makes no difference."""
    return "c/{}~{}.html".format(*sorted((first, second)))


def suite_path(suite: str) -> str:
    """A suite's page."""
    return f"s/{suite}.html"


def domain_path(domain: str) -> str:
    """The page of a domain's tasks."""
    return f"d/{domain}.html"


def language_path(tag: str) -> str:
    """The page of a language's tasks."""
    return f"l/{tag}.html"


def matrix_path(number: int) -> str:
    """Page ``number`` of the table of all models on all tasks."""
    return f"matrix-{number}.html"


def withdrawn_path(task: str, file_name: str) -> str:
    """Where a result's page stood before its task was taken down."""
    return f"r/{task}/{file_name}.html"


def results_path(state: CellState) -> str:
    """The cell's file in the pool."""
    return f"results/cells/{state.task}/{state.file_name}.json"


def numbered(path: str, number: int) -> str:
    """Page ``number`` of a list that is too long for one page; the first stands at ``path`` itself.

    >>> numbered("queue.html", 1), numbered("queue.html", 2)
    ('queue.html', 'queue~2.html')
    """
    return path if number == 1 else f"{path.removesuffix('.html')}~{number}.html"


def coverage_of_tasks(number: int) -> str:
    """Page ``number`` of how much is known of each task, in a pool too large for one table of all pairs."""
    return numbered("coverage/tasks.html", number)


def coverage_of_models(number: int) -> str:
    """Page ``number`` of how much is known of each model, in a pool too large for one table of all pairs."""
    return numbered("coverage/models.html", number)


def method_path(topic: str) -> str:
    """What the program says of its methods on one topic."""
    return f"method/{topic}.html"


def rule_path(code: str) -> str:
    """A rule of lint."""
    return f"rules/{code}.html"


def gate_path(name: str) -> str:
    """A gate."""
    return f"gates/{name}.html"


#: The whole site's data files.
MANIFEST = "api/v1/manifest.json"
API_TASKS = "api/v1/tasks.json"
API_MODELS = "api/v1/models.json"
CELLS_CSV = "data/cells.csv"
CELLS_PARQUET = "data/cells.parquet"
MATRIX = "data/matrix.json"
SEARCH = "data/search.json"
FEEDS = ("feeds/tasks.atom", "feeds/results.atom", "feeds/amendments.atom")
SITEMAP = "sitemap.xml"


def api_task_path(task: str) -> str:
    """Everything that is known of a task's results, as JSON."""
    return f"api/v1/tasks/{task}.json"


def api_model_path(model: str) -> str:
    """A model's entry and its headlines, as JSON."""
    return f"api/v1/models/{model}.json"


def rows_path(task: str, ending: str) -> str:
    """The rows of all cells of a task, as ``parquet`` or ``csv``."""
    return f"data/rows/{task}.{ending}"


def sidecar(path: str) -> str:
    """What says of a CSV file what its columns mean."""
    return f"{path}-metadata.json"


def badge_path(kind: str, name: str) -> str:
    """The badge of a task (kind ``t``) or a model (``m``)."""
    return f"badges/{kind}/{name}.svg"


def card_path(kind: str, name: str) -> str:
    """The picture that others show of the page of a task (kind ``t``) or a model (``m``)."""
    return f"cards/{kind}/{name}.png"
