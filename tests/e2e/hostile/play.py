"""Plays one attack on a stage of its own: opened, tried by its own workflow file, judged by the default branch's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.act import Outcome
from tests.e2e.hostile.attack import FOREIGN, INNOCENT, NUMBER, Attack, Place
from tests.e2e.hostile.check import Before, breaches
from tests.e2e.stage import Stage, build
from tests.github.fake_api import FakeGitHub, make_pull, serving

MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True)
class Played:
    """What came of an attack: the status that stands, the comment's first line, and every breach."""

    state: str
    verdict: str
    breaches: list[str]
    seconds: float
    tried: Outcome | None
    judged: Outcome


@contextmanager
def staged() -> Iterator[tuple[Stage, Place]]:
    """A stage that everybody on this machine may enter, so that no file mode stands in for the sandbox."""
    with TemporaryDirectory(prefix="hostile-") as name, serving(FakeGitHub()) as github:
        folder = Path(name) / "stage"
        stage = build(folder, ("last_word",), (MODEL,), github)
        place = Place(folder, (f"file-{secrets.token_hex(12)}", f"variable-{secrets.token_hex(12)}"))
        place.marker.parent.mkdir()
        place.secret.write_text(f"{place.secrets[0]}\n", encoding="utf-8")
        for path in (Path(name), folder, place.marker.parent):
            path.chmod(0o777)
        yield stage, place


def play(attack: Attack) -> Played:
    """Open it beside an innocent pull request, try it, judge it, and look at what is left."""
    begun = time.monotonic()
    with staged() as (stage, place):
        before = opened(stage, attack, place)
        planted = {} if attack.workflow else {"PLANTED_SECRET": place.secrets[1]}
        tried = None
        if not attack.refused:
            tried = stage.try_pull(NUMBER, environment=planted)
        during = len(stage.github.asked)
        if attack.upload is not None and stage.github.artifacts is not None:
            attack.upload(stage.github.artifacts)
        if attack.meanwhile is not None:
            attack.meanwhile(stage, before.head)
        judged = stage.judge_pull(NUMBER, environment=planted)
        found = breaches(stage, before, attack, tried, judged, during)
        ours = [one for one in stage.github.comments.get(NUMBER, []) if one["user"]["type"] == "Bot"]
        standing = [one["state"] for one in stage.github.statuses.get(before.head, [])]
        verdict = ours[-1]["body"].splitlines()[0] if ours else ""
        return Played(standing[-1] if standing else "", verdict, found, time.monotonic() - begun, tried, judged)


def opened(stage: Stage, attack: Attack, place: Place) -> Before:
    """Open the innocent pull request, then the hostile one; what the repository is like then."""
    innocent = stage.clone()
    (innocent / "docs").mkdir(exist_ok=True)
    (innocent / "docs" / "words.md").write_text("Words.\n", encoding="utf-8")
    foreign = stage.open_pull(FOREIGN, innocent, "Words", owner=INNOCENT)
    if attack.ground is not None:
        clone = stage.clone()
        attack.ground(clone)
        stage.commit(clone, "Results: 1 cell", "refs/heads/main")
    clone = stage.clone()
    attack.make(clone, place)
    if attack.forge is not None:
        head = attack.forge(stage, clone)
        stage.github.pulls.append(make_pull(NUMBER, head, branch=f"change-{NUMBER}", **attack.pull))
    else:
        head = stage.open_pull(NUMBER, clone, attack.message, **attack.pull)
    if attack.branch:
        stage.github.pulls[-1]["head"]["ref"] = attack.branch
    return Before(head, foreign, stage.git("for-each-ref"), place)
