"""The parts of the comment that speak of all of it: verdict, greeting, checklist, what to mend, and who acts next."""

from __future__ import annotations

from collections.abc import Iterator

from commons.github.compute_faults import failed_gates, faults, untried
from commons.github.judgement import Judgement, Verdict, Who, decided_by_people, takes_lane, unverified
from commons.github.situation import Arrival, FoundHere, Kind, Situation
from commons.github.words import amount, code, cut, inline, listed, named, typed

#: Commits of the main line from which on an update of the branch is worth a word.
FAR_BEHIND = 50
YES, NO, OPEN, UNKNOWN = "✅", "❌", "🕐", "❔"


def first_line(judgement: Judgement, situation: Situation) -> str:
    """The verdict, why, and for which commit."""
    commit = situation.pull.head_sha[:12]
    return f"**{judgement.verdict.value}**: {judgement.why} Commit {code(commit)}."


def greeting(situation: Situation) -> list[str]:
    """A word to the author: a welcome the first time, praise when all is well; and what this comment is."""
    found = []
    if situation.pull.first_time:
        found.append("Welcome, and thank you for your first contribution! Everything that is asked for below can be "
                     "tried on your own machine, and every push is checked again. If something is unclear, ask here: "
                     "people read this too.")
    if _excellent(situation):
        found.append("Lint finds nothing to mend, not even a hint, and no gate has anything against it: this is in "
                     "excellent condition. Thank you for the care.")
    found.append("*This is a live comment: it is edited with every push.*")
    return found


def _excellent(situation: Situation) -> bool:
    trial = situation.trial
    return (bool(situation.tried) and not situation.problem and not faults(situation) and not situation.lint.findings
            and not situation.lint.problem and trial.arrival is Arrival.PRESENT and not untried(situation)
            and not unverified(situation) and not any(one.binary for one in situation.files))


def checklist(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """One line for each thing that must be right before a merge."""
    return ["### Checklist", "", *_checks(situation)]


def _checks(situation: Situation) -> Iterator[str]:
    if situation.problem:
        yield f"- {UNKNOWN} The changes could not be read: {inline(situation.problem)}"
        return
    lint = situation.lint
    if lint.problem:
        yield f"- {UNKNOWN} Lint could not run: {inline(lint.problem)}"
    elif lint.ran:
        hints = f" ({amount(lint.hints, 'hint')})" if lint.hints else ""
        told = f", {amount(lint.explained, 'finding')} explained in the card" if lint.explained else ""
        yield (f"- {NO} Lint: {amount(lint.lints, 'finding')} to mend{hints}{told}" if lint.lints else
               f"- {YES} Lint: nothing to mend{hints}{told}")
    yield from _gate_check(situation)
    other = len(faults(situation)) - bool(lint.lints) - len({name for name, _ in failed_gates(situation)})
    yield (f"- {NO} Rules of the pool: {amount(other, 'thing')} to mend" if other else
           f"- {YES} Rules of the pool: names, owners, results and what belongs together")
    fresh = situation.freshness
    if fresh.program or fresh.behind >= FAR_BEHIND:
        why = "and the program changed since" if fresh.program else "so an update is worth while"
        yield f"- {OPEN} The branch is {amount(fresh.behind, 'commit')} behind the main line, {why}"
    if touched := decided_by_people(situation):
        by = f": confirmed by {code(situation.vouched)}" if situation.vouched else ""
        yield f"- {YES if by else OPEN} A maintainer decides about {listed(touched)}{by}"
    if situation.parked is not None:
        yield f"- {OPEN} Open pull requests of the author: {situation.parked.words}"
    if situation.pull.draft:
        yield f"- {OPEN} Draft: mark it as ready for review when it is"


def _gate_check(situation: Situation) -> Iterator[str]:
    trial = situation.trial
    if trial.arrival is Arrival.NOT_NEEDED:
        return
    if trial.arrival is Arrival.PENDING:
        yield f"- {OPEN} Gates: the trial has not ended"
    elif missing := untried(situation):
        yield f"- {UNKNOWN} Gates: {missing}"
    elif failed := failed_gates(situation):
        yield f"- {NO} Gates: {len(failed):,} failed"
    elif unverified(situation):
        yield f"- {UNKNOWN} Gates: unverified (why stands below)"
    else:
        by = f", confirmed by {code(situation.vouched)}" if trial.doubts else ""
        yield f"- {YES} Gates: all pass or do not apply{by}"


def to_mend(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """What blocks, each with its mend."""
    lines = [f"- {one.sentence} {one.mend}" for one in faults(situation)]
    return ["### To mend", "", *cut(lines, limit, "thing")] if lines else []


def findings(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """What lint found here: what blocks in full, hints folded away."""
    blocking = [_finding(one) for one in situation.lint.findings if one.blocks]
    hints = [_finding(one) for one in situation.lint.findings if not one.blocks]
    lines = ["### Lint", "", *cut(blocking, limit, "finding")] if blocking else []
    if hints:
        lines += ["", "<details>", f"<summary>{amount(len(hints), 'hint')} of lint: advice, not a condition</summary>",
                  "", *cut(hints, limit, "hint"), "", "</details>"]
    return lines


def _finding(one: FoundHere) -> str:
    return f"- {code(one.code)} at {code(one.place, 120)}: {inline(one.sentence)} {inline(one.mend)}".rstrip()


def next_step(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """Who acts next, and how."""
    return ["### Who acts next", "", _next(situation, judgement)]


def _next(situation: Situation, judgement: Judgement) -> str:
    if judgement.who is Who.OWNERS:
        names = sorted({owner for one in situation.tasks if not one.owned for owner in one.owners})
        return f"The owners of the task, {named(names, 5)}: is this what the task should say?"
    if judgement.who is Who.AUTHOR:
        word = code(situation.pull.author)
        if judgement.verdict is Verdict.CHANGES:
            return (f"The author, {word}: mend what stands above. A push, or an edit of the description, has "
                    "everything looked at again; nothing has to be asked for.")
        if judgement.verdict is Verdict.WAITING and situation.parked is not None and not situation.pull.draft:
            return (f"The author, {word}: nothing is wrong here. When another of your pull requests is merged or "
                    "closed, push to this one or ask here, and it is looked at.")
        return f"The author, {word}: {judgement.why}"
    if takes_lane(situation):
        return ("Nobody: it merges itself within minutes. Where it does not, the log of this comment's run says why, "
                "and a maintainer merges it.")
    if judgement.verdict is Verdict.READY:
        gone = sorted({owner for one in situation.tasks if not one.owned for owner in one.absent})
        note = f" (the owners of the task, {named(gone, 5)}, have done nothing here for a year)" if gone else ""
        return f"The maintainers: read what no program can judge, then merge{note}."
    if judgement.verdict is Verdict.WAITING:
        if situation.trial.arrival is Arrival.PENDING:
            return ("The maintainers, where the trial of an outside contribution waits to be started; else it ends by "
                    "itself.")
        return ("The maintainers: read the changes, run the commands below on exactly this commit, and confirm it: "
                f"*Actions*, *pr-comment*, *Run workflow*, with the number {situation.pull.number} and the commit "
                f"`{situation.pull.head_sha}`.")
    return "The maintainers: the checks themselves did not work. Look at the run's log, and start it again."


def commands(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """What to type to see all this on one's own machine."""
    names = [name for one in situation.tried if (name := typed(one.name))]
    shown = names[:limit]
    lines = []
    if shown:
        folders = " ".join(f"tasks/{name}" for name in shown)
        lines += [f"commons lint {folders}", f"commons check {folders}", f"commons plan {' '.join(shown)}"]
    if situation.models:
        lines.append("commons lint models.yaml")
        lines += [f"commons plan --model {name}" for one in situation.models[:limit]
                  if one.kind is not Kind.DELETED and (name := typed(one.id))]
    if not lines:
        lines = ["commons lint"]
    closing = []
    if more := len(situation.tried) - len(shown):
        closing = ["", f"And the same for {amount(more, 'more task')}."]
    return ["### On your own machine", "", "```sh", *lines, "```", *closing]

