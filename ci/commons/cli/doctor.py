"""``commons doctor``: what is installed, which models can run here, what is missing, and the mend."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from commons import __version__
from commons.cli.common import json_option, repository, root_option, say_json
from commons.errors import CommonsError
from commons.harness import HARNESS_VERSION
from commons.pool.models import Model

#: Package -> what it is needed for. The first group comes with the light install, the rest with ``.[run]``.
LIGHT = {"click": "the command line", "pydantic": "file formats", "PyYAML": "reading YAML", "Jinja2": "templates",
         "openpyxl": "spreadsheets", "rich": "progress"}
FULL = {"lm_eval": "the harness", "torch": "running models", "transformers": "running models",
        "datasets": "the harness", "gguf": "the embedded model's weights", "numpy": "statistics",
        "scipy": "statistics", "httpx": "endpoints", "tenacity": "endpoints"}
FULL_MEND = "Run `make install`, or: pip install -e '.[run]'"


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it is in order, what was found, and the mend where it is not."""

    name: str
    good: bool
    found: str
    mend: str = ""


@click.command("doctor", epilog="""\b
Examples:
  commons doctor
  commons doctor --json
  commons doctor --github ORG/REPO
""")
@click.option("--github", "on_github", is_flag=False, flag_value="", default=None, metavar="[OWNER/NAME]",
              help="Check the settings of a repository on GitHub instead (docs/settings.md).")
@click.option("--token-env", default="GITHUB_TOKEN", show_default=True, metavar="NAME",
              help="The environment variable that holds an administrator's token, for --github.")
@root_option
@json_option
def command(on_github: str | None, token_env: str, root: Path | None, as_json: bool) -> int:
    """Say what is installed, which models can run here, and what is missing.

    Exit code 0 when at least one model of models.yaml can run here, else 1. With --github: 0 when every setting that
    can be read is as it must be, else 1.
    """
    if on_github is not None:
        from commons.cli.doctor_github import examine_settings

        return examine_settings(on_github or None, token_env, as_json=as_json)
    machine = [
        Check("commons", True, __version__),
        Check("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
    ]
    sandbox = [_sandbox()]
    light = [_package(name, purpose, "pip install -e .") for name, purpose in LIGHT.items()]
    full = [_package(name, purpose, FULL_MEND) for name, purpose in FULL.items()]
    models = _models(root)
    if as_json:
        say_json({
            "machine": [asdict(one) for one in machine],
            "sandbox": [asdict(one) for one in sandbox], "light": [asdict(one) for one in light],
            "full": [asdict(one) for one in full], "models": [asdict(one) for one in models],
        })
    else:
        _say("This machine", machine)
        _say("The sandbox: without it no contributed code runs", sandbox)
        _say("Light install: makes and lints tasks anywhere", light)
        _say("Full install: runs models and builds the site", full)
        _say("Models of models.yaml", models)
        ready = sum(one.good for one in models)
        click.echo(f"\n{ready} of {len(models)} models can run here.")
    return 0 if any(one.good for one in models) else 1


def _sandbox() -> Check:
    """Whether contributed code can be held here, found out by trying."""
    try:
        from commons.harness.sandbox import probe

        probe()
    except CommonsError as error:
        return Check("sandbox", False, error.sentence, error.mend)
    return Check("sandbox", True, "works: no network, no home, no other task")


def _package(name: str, purpose: str, mend: str) -> Check:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, f"not installed ({purpose})", mend)
    if name == "lm_eval" and version != HARNESS_VERSION:
        return Check(name, False, f"{version}; this program is written for {HARNESS_VERSION}",
                     f"pip install lm_eval=={HARNESS_VERSION}")
    return Check(name, True, version)


def _models(root: Path | None) -> list[Check]:
    from commons.engines.base import engine_kind

    checks = []
    for model in repository(root).models():
        try:
            ready = engine_kind(model).check(model)
            checks.append(Check(model.id, ready.ready, "can run here" if ready.ready else ready.reason,
                                ready.mend + _terms(model)))
        except CommonsError as error:
            checks.append(Check(model.id, False, error.sentence, error.mend))
    return checks


def _terms(model: Model) -> str:
    """The model's own licence terms, said before anybody fetches its weights."""
    return f" Its own terms apply: {model.licence} ({model.licence_url})." if model.licence_url else ""


def _say(title: str, checks: list[Check]) -> None:
    click.echo(f"\n{click.style(title, bold=True)}")
    for check in checks:
        mark = click.style("ok", fg="green") if check.good else click.style("--", fg="yellow")
        click.echo(f"  {mark}  {check.name}: {check.found}")
        if not check.good and check.mend:
            click.echo(f"      mend: {check.mend}")
