"""Which texts travel together: equal ones once, alike in length, longest first. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence


def group_equal(texts: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """The distinct texts in order of appearance, and the positions where each of them stands.

    >>> group_equal(["一", "二", "一"])
    (['一', '二'], [[0, 2], [1]])
    """
    positions: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        positions.setdefault(text, []).append(position)
    return list(positions), list(positions.values())


def by_budget(
    lengths: Iterable[int], *, tokens: int, rows: int, granule: int = 1, ahead: int | None = None
) -> Iterator[list[int]]:
    """Cut items into batches, longest first, none costing more than `tokens` when padded.

    A batch costs its longest length (rounded up to `granule`) times its rows: that is what a
    padded rectangle costs the processor. An item longer than `tokens` travels alone.

    With `ahead`, no more than so many lengths are known before they travel, and no more are asked
    for at once than left with the last batch, twice over: whoever measures lengths as they are
    asked for does it between batches, not before the first. The batches are then as tight as those
    of everything at once only where the lengths come roughly in order.

    >>> list(by_budget([3, 9, 4, 10], tokens=20, rows=8))
    [[3, 1], [2, 0]]
    >>> list(by_budget([1, 1, 1], tokens=100, rows=2))
    [[0, 1], [2]]
    >>> list(by_budget([9, 10, 3, 4], tokens=20, rows=8, ahead=2))
    [[1, 0], [3, 2]]
    """
    coming = enumerate(lengths)
    waiting: list[tuple[int, int]] = []  # (-length, item), a heap
    wanted = rows if ahead is None else min(rows, ahead)
    more = True
    while True:
        while more and (ahead is None or len(waiting) < wanted):
            item = next(coming, None)
            if item is None:
                more = False
            else:
                heapq.heappush(waiting, (-item[1], item[0]))
        if not waiting:
            return
        width = -(-max(-waiting[0][0], 1) // granule) * granule
        batch: list[int] = []
        while waiting and len(batch) < rows and (not batch or width * (len(batch) + 1) <= tokens):
            batch.append(heapq.heappop(waiting)[1])
        yield batch
        if ahead is not None:
            wanted = min(ahead, len(waiting) + 2 * len(batch))
