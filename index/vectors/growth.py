"""Which parts of a generation are joined, and when lists are made anew. Pure arithmetic.

Every part costs each search a little, and joining writes everything in it once more. The rule of
log-structured merging (O'Neil, Cheng, Gawlick and O'Neil 1996) keeps both small: what is new is
joined with the parts that are smaller than twice its size. So sizes at least double from part to
part, there are few, and a vector is written again only when what holds it has grown by half.

Lists are made when their part is made, and with it again: by growth. New vectors do not go into
old lists, whose means they did not shape, and nothing is trained for a single report. With growth
by half the cost of training stays a fixed, small share of what encoding those vectors cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXACT_MOST = 100_000
"""Vectors that searches compare one by one, in all exact parts together; more are sorted into
lists."""
SMALL = 20_000
"""An exact part up to this size is written anew with every change: 15 MB, a few hundredths of a
second, and most libraries stay one plain part."""
WORN = 0.25
"""Share of a part's vectors that may be removed before it is made anew: they are passed over in
every search, and lie on the disk."""


@dataclass(frozen=True, slots=True)
class Size:
    """A part as far as joining is concerned."""

    count: int
    """Vectors in it, removed ones included."""
    removed: int
    inverted: bool

    @property
    def worn(self) -> bool:
        return self.removed > WORN * self.count


def joined_at_once(sizes: Sequence[Size], new: int) -> list[int]:
    """Places of the exact parts to be joined with `new` vectors while publishing.

    >>> sizes = [Size(500_000, 0, True), Size(60_000, 0, False), Size(300, 0, False)]
    >>> joined_at_once(sizes, 40)
    [2]
    >>> joined_at_once(sizes, 31_000)
    [2, 1]
    >>> joined_at_once([Size(300, 2, False), Size(60_000, 1, False)], 0)
    [0]
    """
    chosen = []
    mass = new
    for place in _by_size(sizes):
        size = sizes[place]
        if size.inverted:
            continue
        changed = mass > 0 or size.removed > 0
        if (size.count <= SMALL and changed) or size.worn or size.count < 2 * mass:
            chosen.append(place)
            mass += size.count - size.removed
    return chosen


def joined_later(sizes: Sequence[Size]) -> list[int]:
    """Places of the parts to be joined into one in the background; empty where all is well.

    >>> joined_later([Size(90_000, 0, False)])
    []
    >>> joined_later([Size(500_000, 9, True), Size(80_000, 0, False), Size(30_000, 0, False)])
    [2, 1]
    >>> joined_later([Size(200_000, 9, True), Size(80_000, 0, False), Size(30_000, 0, False)])
    [2, 1, 0]
    >>> joined_later([Size(500_000, 200_000, True), Size(80_000, 0, False)])
    [1, 0]
    """
    order = _by_size(sizes)
    exact = [place for place in order if not sizes[place].inverted]
    inverted = [place for place in order if sizes[place].inverted]
    mass = sum(sizes[place].count - sizes[place].removed for place in exact)
    full = mass > EXACT_MOST
    chosen = []
    for place in inverted:
        size = sizes[place]
        if size.worn or (full and size.count < 2 * mass):
            chosen.append(place)
            mass += size.count - size.removed
    return [*exact, *chosen] if full or chosen else []


def inverted_from(count: int) -> bool:
    """Whether a part of so many vectors gets lists."""
    return count > EXACT_MOST


def _by_size(sizes: Sequence[Size]) -> list[int]:
    return sorted(range(len(sizes)), key=lambda place: (sizes[place].count, place))
