"""What is said about a comparison: what it could not see, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from index.alignment import SHORTEST_RUN
from index.datatypes import Entry
from index.findings import Draft
from index.library import Library
from index.library.comparing import how_compared, unseen_files


def limits(
    library: Library,
    draft: Draft,
    entries: Mapping[int, Entry],
    itself: Sequence[int],
    skipped: int,
    most: int,
) -> Iterator[str]:
    """Sentences about what the comparison could not see.

    itself: documents that are the draft; skipped: how many had less in common than the `most` that
    were looked at closely.
    """
    counted = sum(entry.counted for entry in entries.values())
    yield f"只与资料库里的 {counted} 篇文档比对；没有放进资料库的材料，这里看不到。"
    yield f"连续相同不到 {SHORTEST_RUN} 个字的地方不算。"
    for note in draft.notes:
        yield f"这份稿子没有读全：{note}"
    if draft.unit is None:
        yield "不知道这份稿子是哪个单位的，分不出哪些是沿用本单位以往的材料；请填上单位。"
    if draft.year is None:
        yield "不知道这份稿子是哪一年的，分不出先后，也查不出没有改的年份；请填上年份。"
    yield from unseen_files(library)
    for id_ in itself:
        yield f"资料库里的《{entries[id_].title}》就是这份稿子，没有算作来源。"
    if skipped:
        yield (f"有相同文字的文档太多，只细看了相同最多的 {most} 篇，另有 {skipped} 篇没有列出。")


def settings(library: Library, entries: Mapping[int, Entry]) -> dict[str, str]:
    """What was compared, how, and by which version, in the words of the page."""
    return how_compared(library, str(sum(entry.counted for entry in entries.values())))
