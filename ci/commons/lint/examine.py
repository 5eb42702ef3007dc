"""Putting the rules to one task folder. Called in a process that may be killed, so it gives back plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.errors import Where
from commons.lint.facts import TaskFacts, facts_of
from commons.lint.findings import Finding, Kind, plain
from commons.lint.registry import Fault, Rule, all_rules
from commons.lint.subject import TaskSubject
from commons.lint.suppression import Explained

#: Of one rule's findings in one folder no more are kept: a file of a million faults must not fill the memory.
MOST_FINDINGS = 2_000


@dataclass(frozen=True)
class Order:
    """A task folder to examine; ``before`` is the same folder as it was at the base revision, if it was there.

    ``before_unread`` says why that could not be read.
    """

    folder: Path
    root: Path
    before: Path | None = None
    before_unread: str | None = None


@dataclass(frozen=True)
class Examined:
    """What the rules found in a folder, what others must know of it, and what its card explains away."""

    findings: tuple[Finding, ...]
    size: str
    facts: TaskFacts | None
    explained: tuple[Explained, ...] = ()


def examine(order: Order, rules: Sequence[Rule] | None) -> Examined:
    """Put the rules for tasks (None: every one) to a folder.

    A link leads to files that are not part of the pool: R001 says so.
    """
    subject = TaskSubject(order.folder, before=order.before, before_unread=order.before_unread)
    if order.folder.is_symlink():
        return Examined((), _size(subject), None)
    findings = apply(subject, "task", order.folder, order.root, rules)
    return Examined(tuple(findings), _size(subject), facts_of(subject), _explained(subject, order.root))


def apply(subject: Any, kind: Kind, path: Path, root: Path, rules: Sequence[Rule] | None) -> list[Finding]:
    """What the rules for this kind of subject find in it. One faulty rule never hides what the others find."""
    findings: list[Finding] = []
    items = _items_by_place(subject) if isinstance(subject, TaskSubject) else {}
    for rule in all_rules() if rules is None else rules:
        if rule.subject != kind:
            continue
        try:
            for count, fault in enumerate(rule.check(subject)):
                if count == MOST_FINDINGS:
                    break
                item = fault.item or items.get((fault.where.path, fault.where.line))
                findings.append(finding_of(rule, fault, root, item))
        except (MemoryError, RecursionError) as error:
            fault = stopped(f"needs more memory or depth than it may have ({type(error).__name__})", path)
            findings.append(finding_of(None, fault, root))
        except Exception as error:  # noqa: BLE001  (a rule's own fault must neither stop the others nor stay unseen)
            sentence = f"The rule {rule.code} failed on this task ({type(error).__name__}: {error}): report this."
            mend = "Report it with this sentence; the fault is not in your files."
            findings.append(finding_of(None, Fault(sentence, Where(path), mend), root))
    return findings


def finding_of(rule: Rule | None, fault: Fault, root: Path, item: str | None = None) -> Finding:
    """A rule's fault as a finding, with its place as seen from ``root``; no rule means that the check itself failed."""
    return Finding(
        rule.code if rule else "R000", rule.level if rule else "lint", plain(fault.sentence),
        relative(fault.where, root), plain(fault.mend), sure=fault.sure, fix=fault.fix, item=item,
    )


def stopped(reason: str, folder: Path) -> Fault:
    """What to say where checking a folder gave no result."""
    mend = "Make its templates, patterns and data smaller or simpler."
    return Fault(f"Checking this task {reason}.", Where(folder), mend)


def relative(where: Where, root: Path) -> Where:
    """``where`` as seen from ``root``, without following links: a link is reported at its own place."""
    if root in where.path.parents:
        return Where(where.path.relative_to(root), where.line, where.column)
    return where.relative_to(root)


def _items_by_place(subject: TaskSubject) -> dict[tuple[Path, int], str]:
    column = subject.fields.id
    rows = (row for split in subject.splits.values() for row in split.rows) if column else ()
    return {
        (row.where.path, row.where.line): str(row.values[column]) for row in rows
        if column and isinstance(row.values.get(column), (str, int))
    }


def _explained(subject: TaskSubject, root: Path) -> tuple[Explained, ...]:
    entries = subject.card.suppress if subject.card else []
    return tuple(
        Explained(one.code, one.reason, tuple(one.items), relative(subject.card_where("suppress", place), root))
        for place, one in enumerate(entries)
    )


def _size(subject: TaskSubject) -> str:
    if subject.config is not None and not subject.local_data:
        return "items on the Hub"
    return f"{len(subject.items)} item{'' if len(subject.items) == 1 else 's'}"
