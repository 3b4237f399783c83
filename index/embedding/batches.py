"""Which texts travel together: equal ones once, alike in length, longest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


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
    lengths: Sequence[int], *, tokens: int, rows: int, granule: int = 1
) -> Iterator[list[int]]:
    """Cut items into batches, longest first, none costing more than `tokens` when padded.

    A batch costs its longest length (rounded up to `granule`) times its rows: that is what a
    padded rectangle costs the processor. An item longer than `tokens` travels alone.

    >>> list(by_budget([3, 9, 4, 10], tokens=20, rows=8))
    [[3, 1], [2, 0]]
    >>> list(by_budget([1, 1, 1], tokens=100, rows=2))
    [[0, 1], [2]]
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    batch: list[int] = []
    width = 0
    for i in order:
        if batch and (len(batch) >= rows or width * (len(batch) + 1) > tokens):
            yield batch
            batch = []
        if not batch:
            width = -(-max(lengths[i], 1) // granule) * granule
        batch.append(i)
    if batch:
        yield batch
