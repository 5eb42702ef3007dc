"""The door: one verb per stage, each a thin module of its own that is imported only when it is asked for.

Exit codes: 0 fine, 1 findings (something in the pool is wrong), 2 could not run (something here is missing).
"""

from __future__ import annotations

import importlib
import keyword
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from commons import __version__
from commons.errors import CannotRun, CommonsError, Where

#: The verbs by what a person wants, each with the sentence that `commons --help` shows. Listed here so that help
#: imports no verb's module.
GROUPS = {
    "See it work": {
        "demo": "Go the whole way once: a new task, a real model, a number, a site.",
        "doctor": "Say what is installed, which models can run here, and what is missing.",
    },
    "Contribute a task": {
        "new": "Make a task folder, from nothing or from a spreadsheet.",
        "lint": "Check task folders as data, without running anything in them.",
        "check": "Prove that a task measures something: lint, then trial runs without a model.",
    },
    "Question a number": {
        "show": "Show a task, a model or a cell.",
        "verify": "Recompute every number of the ledger from its rows.",
        "compare": "Say whether two models, or two versions of one result, really differ.",
        "ranks": "Order the models of a task, each place as the range that the data allow.",
        "items": "Look at a task's items: difficulty, discrimination, and which may have a wrong gold.",
        "diagnose": "Say whether tasks still measure: headroom, reliability, saturation.",
        "dimensions": "Show calibration, robustness, fairness, bias, toxicity and efficiency of a result.",
        "sensitivity": "Say how much a result owes to the wording of its prompt.",
        "suite": "Compute a suite's aggregate, with its coverage and what it cannot say.",
        "explain": "Say what went into a cell key, and what differs from the stored cell.",
    },
    "Measure": {
        "plan": "Say which cells to run, why, and at what cost.",
        "weights": "Fetch the weights of models from the Hub.",
        "run": "Evaluate tasks on models and write result cells.",
        "sentinel": "Ask endpoints that are not pinned the same again, to see whether they drifted.",
        "collect": "Merge the shards of a plan into the ledger.",
        "land": "Put the results of a run on the default branch: collect, verify, commit, push.",
        "import": "Read results that others measured into the ledger, as external cells with their source.",
        "store": "Look after the answers that models gave: stats, gc, export, import.",
    },
    "Look after the pool": {
        "queue": "Show the open pull requests by who acts next.",
        "github": "Talk to a pull request: the trial's report, its one comment, its first results.",
        "lifecycle": "Propose what policy asks for, as pull requests or issues.",
        "amend": "Record that a result was corrected or withdrawn, for ever.",
        "withdraw": "Take a task down; a tombstone stays.",
        "init-fork": "Clear the upstream's results, owners and names out of a fork.",
    },
    "Site and documents": {
        "site": "Build or serve the static site.",
        "schema": "Print the JSON Schema of card.yaml or models.yaml.",
        "docs": "Write the pages that are made from the program, or check that they are fresh.",
    },
}
VERBS = {verb: sentence for group in GROUPS.values() for verb, sentence in group.items()}

#: Packages that only the full install brings; whatever else is missing is a fault of this program.
FULL_INSTALL = {"numpy", "scipy", "sacrebleu", "sklearn", "lm_eval", "torch", "transformers", "datasets", "httpx",
                "tenacity", "girth", "gguf", "huggingface_hub"}

EXAMPLES = """\b
Examples:
  commons demo                                  see the whole loop in three minutes
  commons new my_task --type multiple_choice    start a contribution
  commons lint tasks/my_task                    check it
  commons run my_task --model smollm2-135m-instruct
"""


class _LazyGroup(click.Group):
    """A group whose verbs are imported on use, so that ``commons --help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
        command: click.Command = importlib.import_module(f"commons.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, verbs in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(list(verbs.items()))


@click.group(cls=_LazyGroup, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="commons")
def cli() -> None:
    """Eval Commons: a pool of evaluation tasks whose every number can be recomputed."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with an exit code; every expected error becomes one clear message."""
    for stream in (sys.stdout, sys.stderr):
        # Items hold many scripts, and model output may hold half a character: neither may stop a report.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        result: Any = cli.main(args=arguments, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. What was done is kept; run the same command to go on.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in FULL_INSTALL:
            raise
        return _say(CannotRun(f"This needs the full install: the package `{error.name}` is missing.",
                              mend="Run `make install`, or: pip install -c constraints.txt -e '.[run,site]'"))
    except CommonsError as error:
        return _say(error)
    except OSError as error:
        where = Where(Path(error.filename)) if isinstance(error.filename, str) else None
        return _say(CannotRun(f"The system says: {error.strerror or error}.", where=where,
                              mend="Check that the path is what its name says, and that you may use it."))


def _say(error: CommonsError) -> int:
    from commons.cli.common import say_error

    say_error(error)
    return error.exit_code
