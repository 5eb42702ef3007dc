"""Whether a checkout can be landed from, and what an earlier landing left in it when it was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from commons.errors import CannotRun
from commons.github.land_git import Checkout
from commons.github.land_message import plan_of
from commons.github.land_places import RESULTS, Places, put_back
from commons.pool.git import is_stored, stored_below
from commons.pool.repository import TASKS_FOLDER

#: Where a file that git does not know changes what is collected or committed.
_LOOKED_AT = (f"{RESULTS}/", f"{TASKS_FOLDER}/")
_NAMED = 3


class Start:
    """A checkout before a landing; ``tip`` is the commit of the branch ``where``, None where nothing is pushed."""

    def __init__(self, git: Checkout, places: Places, plan_sha256: str, where: str, tip: str | None) -> None:
        self._git, self._places, self._plan, self._where, self._tip = git, places, plan_sha256, where, tip

    def base(self) -> tuple[str, bool]:
        """The commit to land on, and whether one of this plan stands on it that was not pushed.

        Raises:
            CannotRun: the checkout holds commits that are not on the branch; they would go out with ours.
        """
        head = base = self._git.head()
        parents, of = self._git.parents(head), plan_of(self._git.message(head))
        is_out = self._tip is not None and self._git.holds(self._tip, head)
        waiting = of == self._plan and len(parents) == 1 and not is_out
        if waiting:
            base = parents[0]
        if self._tip is None or self._git.holds(self._tip, base):
            return base, waiting
        if of and not waiting:
            raise CannotRun(f"The checkout holds a landing of another plan ({of[:12]}) that is not on {self._where}.",
                            mend="Land that plan first, by the command that was given for it.")
        raise CannotRun(f"The checkout holds commits that are not on {self._where}; they would be pushed too.",
                        mend="Land from a checkout of that branch as it stands there.")

    @cached_property
    def _altered(self) -> tuple[list[str], list[str]]:
        """The altered files that this plan's landing writes, and the others that matter."""
        altered = self._git.altered()
        ours = [name for name in altered if self._places.may_be_written(name)]
        return ours, [name for name, is_known in altered.items()
                      if name not in ours and (is_known or name.startswith(_LOOKED_AT))]

    def was_moving(self) -> bool:
        """Whether a landing was stopped while the checkout moved to the tip: every other file is the tip's own."""
        others = self._altered[1]
        if not others or self._tip is None:
            return False
        root, stored = self._git.root, stored_below(self._git.root, self._tip, others)
        return all(is_stored(root / name, stored[name]) if name in stored else not (root / name).exists()
                   for name in others)

    def finish_moving(self) -> str:
        """Go on to the tip; what was to be landed is collected again there."""
        if self._tip is None:
            raise ValueError("there is no tip to move to")
        self._git.move(self._tip, over=True)
        del self._altered
        return self._tip

    def tidied(self, aside: Path) -> Sequence[str]:
        """Put results back that a stopped landing wrote, and say so.

        Raises:
            CannotRun: a file is other than in HEAD, and no landing of this plan writes it.
        """
        ours, others = self._altered
        if others:
            more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
            raise CannotRun(f"The checkout is not as it was committed: {', '.join(others[:_NAMED])}{more}.",
                            mend="Commit, stash or remove what was changed, and land again.")
        self._places.check(ours)
        if not ours:
            return []
        put_back(self._git.root, ours, stored_below(self._git.root, "HEAD", [RESULTS]), aside)
        said = f"{len(ours):,} results that were here and not committed are collected again; as they were, they are "
        return [f"{said}kept in {aside.parent.name}/{aside.name}."]
