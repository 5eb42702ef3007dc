"""Which items share a source, where several cells say it: items that any of them puts together stand together."""

from __future__ import annotations

from collections.abc import Sequence


def joined(said: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], bool]:
    """One source for each item, from what each cell says of the same items in the same order; and whether all agree.

    Items are of one source where a chain of shared sources leads from one to the other, whichever cells say so. Where
    the cells use the same names these stay; else a source is called by the place of its first item, so that nothing
    depends on the order of the cells.

    >>> joined([["a", "a", "b"], ["x", "y", "y"]])
    (('source 000000000', 'source 000000000', 'source 000000000'), False)
    >>> joined([["a", "a", "b"], ["x", "x", "y"]])
    (('source 000000000', 'source 000000000', 'source 000000002'), True)
    """
    different = list(dict.fromkeys(map(tuple, said)))
    if len(different) < 2:
        return (different[0] if different else ()), True
    firsts = [_firsts(one) for one in different]
    roots = list(range(len(different[0])))
    for one in firsts:
        for place, first in enumerate(one):
            high, low = sorted((_root(roots, place), _root(roots, first)), reverse=True)
            roots[high] = low
    names = tuple(f"source {_root(roots, place):09d}" for place in range(len(roots)))
    return names, all(one == firsts[0] for one in firsts)


def source_of(item: str, cluster: str | None) -> str:
    """A name for the item's source: one that shares none has its own, which no source's name can be taken for."""
    return f"item {item}" if cluster is None else f"cluster {cluster}"


def _firsts(names: Sequence[str]) -> list[int]:
    """For each item the place of the first that has the same source."""
    seen: dict[str, int] = {}
    return [seen.setdefault(name, place) for place, name in enumerate(names)]


def _root(roots: list[int], place: int) -> int:
    while roots[place] != place:
        roots[place] = roots[roots[place]]
        place = roots[place]
    return place
