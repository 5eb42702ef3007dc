"""Landing: the one writer that puts the results of a run on the default branch, and loses nothing on the way.

Collect, verify, commit, push. Where somebody else was faster, the one commit is put on the fetched tip; where both
wrote the same file, the shards are collected again on that tip, so that the rules of collecting decide and never a
merge of texts. The working tree follows only after the push, and a landing that was killed anywhere is completed by
the same command.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from commons.errors import BadFile, CannotRun, CommonsError, Where
from commons.evaluate.collect import Collection, collect
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.progress import Progress
from commons.evaluate.verify import verify_cells
from commons.github import land_facts
from commons.github.land_git import Change, Checkout
from commons.github.land_message import Account, Moved, message
from commons.github.land_places import RESULTS, Extra, Places, changed
from commons.github.land_remote import Answer, Remote, Unreachable
from commons.github.land_start import Start
from commons.plan.plan import Plan
from commons.pool import cellfile
from commons.pool.card import Card
from commons.pool.git import Stored, stored_below
from commons.pool.models import MODELS_FILE
from commons.pool.repository import TASKS_FOLDER, Repository

#: The longest pause between two tries, in seconds.
MOST_PAUSE = 60.0
_STAYS = "Nothing of them is lost: what was committed stays in this checkout."


@dataclass(frozen=True)
class Order:
    """What is to land, and where. ``push`` is whether it leaves this machine."""

    plan: Plan
    plan_sha256: str
    folders: tuple[Path, ...]
    remote: str = "origin"
    branch: str = "main"
    run_url: str = ""
    tries: int = 8
    push: bool = True
    extra: tuple[Extra, ...] = ()


@dataclass(frozen=True)
class Around:
    """What is outside: how far it is, the time, waiting, and chance between 0 and 1."""

    progress: Progress
    now: Callable[[], datetime.datetime]
    sleep: Callable[[float], None]
    chance: Callable[[], float]


@dataclass(frozen=True)
class Landed:
    """How it ended: ``landed``, ``committed`` (and not pushed, as was asked) or ``nothing`` (there was nothing to)."""

    state: str
    commit: str
    message: str
    tries: int
    account: Account
    collection: Collection
    said: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all that was planned is there, without a gap and without a refused file."""
        return not (self.account.absent or self.account.partial or self.collection.refused)


@dataclass(frozen=True)
class _Made:
    """What was collected on ``base``: each file that is other than there, and what is to be said of it."""

    base: str
    changes: Mapping[str, Change]
    moved: Mapping[str, Moved]
    account: Account
    collection: Collection
    #: The commit of it and what that stands on; None where nothing is other.
    commit: str | None = None
    parent: str | None = None


def land(pool: Repository, order: Order, around: Around) -> Landed:
    """Land the shards of a plan.

    Raises:
        CannotRun: nothing could be landed; what was committed stays in the checkout.
    """
    pool.work.mkdir(exist_ok=True)
    with one_at_a_time(pool.work / "landing.lock"):
        return _Landing(pool, order, around).run()


@dataclass
class _Landing:
    """One landing; the lock of the checkout is held."""

    pool: Repository
    order: Order
    around: Around
    _tries: int = 0
    _said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._git = Checkout(self.pool.root, self.pool.work / "landing.index")
        self._places = Places(self.pool, self.order.plan, self.order.extra)

    def run(self) -> Landed:
        """Do it."""
        self._git.check(self.order.branch)
        remote = Remote(self.pool.root, self.order.remote, self.order.branch) if self.order.push else None
        tip = self._tip(remote) if remote else None
        start = Start(self._git, self._places, self.order.plan_sha256, f"`{self.order.branch}` of "
                      f"`{self.order.remote}`", tip)
        base, waiting = start.base()
        if start.was_moving():
            base, waiting = start.finish_moving(), False
        self._said += start.tidied(self.pool.work / "aside")
        made = self._collected(base)
        if made.changes:
            made = self._committed(made, base)
        if made.changes or waiting:
            self._git.take(made.commit or base)
        if remote is None or tip is None:
            return self._landed(made, "committed" if made.commit else "nothing")
        return self._pushed(remote, tip, made)

    def _collected(self, base: str) -> _Made:
        """Collect into the checkout and look what is other than in ``base``; all of it is verified."""
        order, pool = self.order, self.pool
        tasks, _ = pool.tasks(set(order.plan.tasks))
        cards = {task.name: task.card for task in tasks}
        # Before anything is written: nothing may be written through a link.
        self._places.check([*self._places.cells, *self._places.rendered])
        collection = collect(pool, order.plan, order.plan_sha256, order.folders, cards, None, self.around.progress,
                             self.around.now())
        extras = [self._places.inside(path) for one in order.extra for path in one.write(pool)]
        names = [*self._places.cells, *self._places.rendered, *extras]
        self._places.check(names)
        stored = self._stored(base)
        other = changed(pool.root, names, stored)
        kept = self._git.store([name for name, there in other.items() if there])
        changes = {name: Change(stored[name].digest if name in stored else None, kept.get(name)) for name in other}
        moved = self._verified([name for name in other if name in self._places.cells and other[name]], cards, base)
        return _Made(base, changes, moved, self._account(collection), collection)

    def _verified(self, names: Sequence[str], cards: Mapping[str, Card], base: str) -> dict[str, Moved]:
        """The cells that are other than before, each with the planned key and with numbers that follow from its rows.

        Raises:
            CannotRun: one of them is not so.
        """
        paths = [self.pool.root / name for name in names]
        try:
            rendered = {task: self.pool.ledger.rendered(task) for task in sorted({path.parent.name for path in paths})}
            problems = verify_cells(paths, rendered).problems
        except BadFile as error:
            problems = list(error.problems)
        if problems:
            more = f" (and {len(problems) - 1:,} more problems)" if problems[1:] else ""
            raise CannotRun(f"A collected cell does not recompute, so nothing was committed: "
                            f"{problems[0].sentence}{more}", where=problems[0].where, mend=problems[0].mend)
        before = land_facts.cells_before(self.pool.root, names, self._stored(base))
        known = land_facts.known_of(self.pool, cards)
        moved = {}
        for name, path in zip(names, paths, strict=True):
            planned, cell = self._places.cells[name], cellfile.read_cell(path)
            if cell.identity.cell_key != self.order.plan.key(planned).key:
                raise CannotRun("A cell has not the planned key, so nothing was committed.", where=Where(path),
                                mend="Restore it from git, and land again.")
            moved[name] = land_facts.moved_of(planned, before.get(name), cell, known)
        return moved

    def _account(self, collection: Collection) -> Account:
        """What is to be said whatever moved."""
        plan = self.order.plan
        return Account(
            planned=len(plan.cells), partial=land_facts.partial_of(collection),
            absent=land_facts.absent_of(self.pool, plan, collection), refused=land_facts.refused_of(collection.refused),
            left_out=len(plan.left_out), plan_sha256=self.order.plan_sha256, commit=plan.commit or "",
            run_url=self.order.run_url,
        )

    def _committed(self, made: _Made, parent: str) -> _Made:
        """The commit of what was made, on ``parent``."""
        moved = tuple(one for name, one in made.moved.items() if name in made.changes)
        account = replace(made.account, moved=moved, others=len(made.changes) - len(moved),
                          changed_since=self._changed_since(made, parent))
        commit = self._git.commit(parent, made.changes, message(account))
        return replace(made, account=account, commit=commit, parent=parent)

    def _changed_since(self, made: _Made, parent: str) -> tuple[str, ...]:
        """The tasks that landed and are other on ``parent``, and the file of models if it is."""
        if parent == made.base:
            return ()
        then, now = (self._git.entries(one, f"{TASKS_FOLDER}/", MODELS_FILE) for one in (made.base, parent))
        tasks = dict.fromkeys(self._places.cells[name].task for name in made.moved)
        looked = [(task, f"{TASKS_FOLDER}/{task}") for task in tasks] + [(MODELS_FILE, MODELS_FILE)]
        return tuple(name for name, path in looked if then.get(path) != now.get(path))

    def _pushed(self, remote: Remote, tip: str, made: _Made) -> Landed:
        """Push until it has landed.

        Raises:
            CannotRun: it was refused, or all tries are used up.
        """
        while True:
            put = self._on(tip, made)
            if put.commit is None:
                return self._landed(put, "nothing", tip if made.commit else None)
            if put.base != made.base:
                made = put
            answer = remote.push(put.commit)
            if answer.answer is Answer.LANDED:
                return self._landed(put, "landed", put.commit)
            if answer.answer is Answer.REFUSED:
                raise CannotRun(f"`{remote.name}` refused the results: {answer.reason}. {_STAYS}",
                                mend="Let this account push to the branch (docs/settings.md), and land again.")
            self._wait(f"the branch moved each time ({answer.reason})" if answer.answer is Answer.MOVED
                       else f"the remote cannot be reached ({answer.reason})")
            tip = self._tip(remote)
            # A push can have landed although its answer was lost.
            if answer.answer is Answer.UNREACHABLE and self._git.holds(tip, put.commit):
                return self._landed(put, "landed", tip)

    def _on(self, tip: str, made: _Made) -> _Made:
        """What was made, on ``tip``: as it is, put on it file by file, or collected again where that may not be."""
        if made.commit is None or made.parent == tip:
            return made
        stored = self._stored(tip)
        there = {name: stored[name].digest if name in stored else None for name in made.changes}
        allowed = land_facts.still_published(self.pool.root, self._places.tasks_of(made.changes), made.base, tip)
        if allowed and all(there[name] in {one.before, one.after} for name, one in made.changes.items()):
            changes = {name: one for name, one in made.changes.items() if there[name] != one.after}
            rest = replace(made, changes=changes)
            return self._committed(rest, tip) if changes else replace(rest, commit=None)
        return self._again(tip)

    def _again(self, tip: str) -> _Made:
        """Collect on ``tip`` what was collected elsewhere; the commit that is left behind is taken up if that fails."""
        left = self._git.head()
        self._git.move(tip)
        try:
            made = self._collected(tip)
        except CommonsError:
            with suppress(CommonsError):
                self._git.move(left)
            raise
        if made.changes:
            made = self._committed(made, tip)
            self._git.take(made.commit or tip)
        return made

    def _landed(self, made: _Made, state: str, move_to: str | None = None) -> Landed:
        """Say how it ended; the checkout follows to ``move_to``."""
        if move_to is not None and move_to != self._git.head():
            try:
                self._git.move(move_to)
            except CommonsError as error:
                self._said.append(f"The results landed, but the checkout did not follow: {error.sentence}")
        text = message(made.account) if made.commit else ""
        return Landed(state, made.commit or "", text, self._tries, made.account, made.collection, tuple(self._said))

    def _tip(self, remote: Remote) -> str:
        """The commit that the branch stands at."""
        while True:
            try:
                return remote.fetch()
            except Unreachable as error:
                self._wait(error.sentence.rstrip("."))

    def _wait(self, why: str) -> None:
        """Pause before another try, longer each time and never as long as others do.

        Raises:
            CannotRun: all tries are used up.
        """
        self._tries += 1
        if self._tries >= self.order.tries:
            raise CannotRun(f"The results did not land in {self._tries} tries: {why}. {_STAYS}",
                            mend="Run the same command again.")
        self.around.sleep((0.5 + self.around.chance() / 2) * min(MOST_PAUSE, 2.0 ** (self._tries - 1)))

    def _stored(self, commit: str) -> dict[str, Stored]:
        return stored_below(self.pool.root, commit, [RESULTS])
