"""``commons doctor --github``: the repository settings that files cannot express, as far as they can be read."""

from __future__ import annotations

import click

from commons.cli.asking import reading
from commons.cli.common import safe, say_json
from commons.github.settings import Answer, Finding, examine
from commons.github.settings_facts import read_settings

_MARKS = {Answer.GOOD: ("ok", "green"), Answer.BAD: ("--", "red"), Answer.UNREAD: ("??", "yellow")}


def examine_settings(name: str | None, token_env: str, *, as_json: bool) -> int:
    """Read the settings, say how each stands, and give 1 where one is wrong."""
    with reading(name, token_env) as api:
        findings = examine(read_settings(api))
    if as_json:
        say_json([_as_json(one) for one in findings])
    else:
        for one in findings:
            _say(one)
        counted = {answer: sum(one.answer is answer for one in findings) for answer in Answer}
        click.echo(f"\n{counted[Answer.GOOD]} as they must be, {counted[Answer.BAD]} wrong, "
                   f"{counted[Answer.UNREAD]} that a person looks at (docs/settings.md).")
    return 1 if any(one.answer is Answer.BAD for one in findings) else 0


def _as_json(one: Finding) -> dict[str, str]:
    return {"setting": one.setting.name, "answer": one.answer.value, "found": one.found,
            "expected": one.setting.expected, "where": one.setting.where, "why": one.setting.why}


def _say(one: Finding) -> None:
    mark, colour = _MARKS[one.answer]
    click.echo(f"  {click.style(mark, fg=colour)}  {one.setting.name}: {safe(one.found)}")
    if one.answer is not Answer.GOOD:
        click.echo(f"      mend: {one.setting.where}: {one.setting.expected}")
