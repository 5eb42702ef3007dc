"""What may not have happened when a hostile pull request was tried and judged: each breach is a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.github.comment import MAX_CHARACTERS, length
from commons.github.judgement import CONTEXT, Verdict
from commons.github.marker import LIVE, carries
from tests.e2e.act import Outcome
from tests.e2e.hostile.attack import FOREIGN, NUMBER, OWNED, Attack, Place
from tests.e2e.hostile.markup import hidden, live_markup
from tests.e2e.stage import TOKEN, Stage
from tests.github.fake_api import BOT

_FIRST = re.compile(rf"\*\*({'|'.join(one.value for one in Verdict)})\*\*: .+ Commit `[0-9a-f]{{12}}`\.")
#: The outputs that our own program sets, and what they hold.
_OUTPUTS = {"tasks": r"\d+", "lane": "false"}
#: Files of a stage that hold what an attack brought, and not what came of it.
_SOURCES = {".git", "origin.git", "outside"}


@dataclass(frozen=True)
class Before:
    """The repository when both pull requests were open: their heads, every ref, and what was planted."""

    head: str
    foreign: str
    refs: str
    place: Place


def breaches(
    stage: Stage, before: Before, attack: Attack, tried: Outcome | None, judged: Outcome, during: int = 0
) -> list[str]:
    """Everything that went wrong; ``during`` is how many requests GitHub had got when the trial had ended."""
    found = [*_ran(stage, before), *_leaks(stage, before, attack, tried, judged), *_repository(stage, before),
             *_requests(stage, before, attack, during), *_comment(stage, attack), *_status(stage, before, attack)]
    found += _log(stage, judged, "the judgement")
    if tried is not None and not attack.workflow:
        found += _log(stage, tried, "the trial")
    if (judged.code != 0) is not attack.refused:
        found.append(f"the judgement ended with {judged.code}")
    return found


def _ran(stage: Stage, before: Before) -> Iterator[str]:
    if before.place.marker.exists():
        yield f"code ran outside of the sandbox: {before.place.marker.read_text(encoding='utf-8') or 'by a shell'}"
    for path in stage.folder.rglob(OWNED):
        if not path.is_symlink() and path.read_bytes() == b"":
            yield f"a shell made {path.relative_to(stage.folder)}"


def _leaks(
    stage: Stage, before: Before, attack: Attack, tried: Outcome | None, judged: Outcome
) -> Iterator[str]:
    places = {"the log of the judgement": judged.raw, "what GitHub was told": json.dumps([
        stage.github.comments, stage.github.statuses, stage.github.labels, [one.body for one in stage.github.asked]])}
    if tried is not None and not attack.workflow:
        places["the log of the trial"] = tried.raw
        for folder in (stage.artifacts, stage.github.artifacts):
            for path in sorted(folder.rglob("*")) if folder is not None else []:
                if path.is_file() and not path.is_symlink():
                    places[f"the artifact's {path.name}"] = path.read_text(encoding="utf-8", errors="replace")
    for where, text in places.items():
        for secret in (*before.place.secrets, *TOKEN.values()):
            if secret in text:
                yield f"a secret ({secret.partition('-')[0]}) is in {where}"


def _repository(stage: Stage, before: Before) -> Iterator[str]:
    if (now := stage.git("for-each-ref")) != before.refs:
        yield f"refs of the repository changed: {sorted(set(now.splitlines()) ^ set(before.refs.splitlines()))}"


def _requests(stage: Stage, before: Before, attack: Attack, during: int) -> Iterator[str]:
    for one in stage.github.asked[:during]:
        if not attack.workflow or TOKEN["GITHUB_TOKEN"] in one.authorization:
            yield f"GitHub was asked while the trial ran: {one.method} {one.path}"
    allowed = re.compile(rf"/issues/{NUMBER}/(comments|labels(/.*)?)|/issues/comments/\d+|/statuses/{before.head}")
    for one in stage.github.asked[during:]:
        if one.method != "GET" and not allowed.fullmatch(one.path):
            yield f"the judgement wrote elsewhere: {one.method} {one.path}"
    github = stage.github
    if github.comments.get(FOREIGN) or github.labels.get(FOREIGN) or before.foreign in github.statuses:
        yield "something was written about somebody else's pull request"


def _comment(stage: Stage, attack: Attack) -> Iterator[str]:
    ours = [one["body"] for one in stage.github.comments.get(NUMBER, []) if one["user"] == BOT]
    wanted = 1 if attack.state else 0
    if len(ours) != wanted:
        yield f"there are {len(ours)} comments of ours"
    for body in ours:
        lines = body.rstrip().split("\n")
        if not _FIRST.fullmatch(lines[0]):
            yield f"the comment begins with something else: {lines[0][:100]}"
        if not carries(body, LIVE):
            yield "the comment does not end with our marker"
        if length(body) > MAX_CHARACTERS:
            yield f"the comment is too long: {length(body):,}"
        if attack.says not in body:
            yield f"the comment does not say: {attack.says}"
        text = "\n".join(lines[:-1])
        yield from (f"the comment holds {one}" for one in (*live_markup(text), *hidden(text)))


def _status(stage: Stage, before: Before, attack: Attack) -> Iterator[str]:
    for sha in stage.github.statuses:
        if sha != before.head:
            yield f"another commit got a status: {sha}"
    standing: list[dict[str, Any]] = stage.github.statuses.get(before.head, [])
    mine = [one for one in standing if one["creator"] == BOT]
    if any(one["context"] != CONTEXT for one in mine):
        yield "another status than the required one was set"
    state = mine[-1]["state"] if mine else ""
    if state != attack.state or (mine and standing[-1] is not mine[-1]):
        yield f"the status is {state or 'none'}, and {attack.state or 'none'} is right"


def _log(stage: Stage, outcome: Outcome, where: str) -> Iterator[str]:
    """Commands that no step of ours gives, and crashes."""
    for line in outcome.raw.splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            if (wrong := _command(stage, entry)) is not None:
                yield f"a command in the log of {where}: {wrong}"
    if "Traceback (most recent call last)" in outcome.text:
        yield f"{where} crashed"
    for summary in outcome.summaries:
        yield from (f"the summary of {where} holds {one}" for one in live_markup(summary))


def _command(stage: Stage, entry: dict[str, Any]) -> str | None:
    """What is wrong with a command that act carried out; None where it is one of ours."""
    command, argument = entry.get("command"), str(entry.get("arg", ""))
    said = f"{command} {entry.get('name', '')} {argument[:80]}"
    # Annotations beyond the tenth are folded by our own lint.
    folded = command == "group" and re.fullmatch(r"([\d,]+ (lints?|hints?)(, )?)+ more", argument)
    if command in {None, "summary", "endgroup"} or folded:
        return None
    if command in {"error", "warning", "notice"}:
        # GitHub's runner takes what follows the first colons for the message, and act what follows the last.
        message = str(entry.get("raw", "")).removeprefix("::").partition("::")[2]
        return said if message.lstrip().startswith(OWNED) else None
    if command == "set-output":
        pattern = _OUTPUTS.get(str(entry.get("name")))
        return None if pattern is not None and re.fullmatch(pattern, argument) else said
    own = Path(argument).parent == stage.folder / "tmp" and Path(argument).name.startswith("bin-")
    return None if command == "add-path" and own else said
