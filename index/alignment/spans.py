"""From shared runs to aligned spans: the same passage in two texts, small edits inside.

A run is extended on both sides over differences, as sequence searches do (gapped extension with an
X-drop, after Altschul and others: Gapped BLAST and PSI-BLAST, 1997): characters that agree count
for it, characters that differ against it, and where the sum falls too far below its best the best
end is kept. Passages may stand in another order in the two texts: each gives a span of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from index.alignment.folded import Codes
from index.alignment.runs import SHORTEST_RUN, Run

REACH = 120
"""Characters looked at in one step of an extension."""
DROP = 32.0
"""How far the sum may fall below its best: differences of up to so many characters are bridged."""
LEAST_GAIN = 4
"""What an extension must win: words that all texts have (工作, 学习) stand next to anything."""
LEAST_BLOCK = 2
"""Single characters agree by chance (的, 工)."""


@dataclass(frozen=True, slots=True)
class AlignedSpan:
    """Characters first … past-1 of both texts, and the pieces that are the same within."""

    a: tuple[int, int]
    b: tuple[int, int]
    blocks: tuple[Run, ...]
    """In order, rising in both texts; the first begins and the last ends the span."""

    @property
    def same(self) -> int:
        """How many characters are the same."""
        return sum(block.length for block in self.blocks)

    @property
    def longest(self) -> int:
        """Characters of the longest piece that is the same without a break."""
        return max(block.length for block in self.blocks)

    @property
    def identity(self) -> float:
        """Share of the longer side that is the same, 0 to 1."""
        return self.same / max(self.a[1] - self.a[0], self.b[1] - self.b[0])

    def gaps(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """What differs between the blocks: (first, past) in `a` and in `b`; one may be empty."""
        return [
            ((one.a + one.length, other.a), (one.b + one.length, other.b))
            for one, other in zip(self.blocks, self.blocks[1:], strict=False)
        ]


def text_of(codes: Codes) -> str:
    """Codes as a text, one character each."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def aligned_spans(a: str, b: str, runs: Iterable[Run]) -> list[AlignedSpan]:
    """The spans that `runs` of two compared texts grow into, by place in `a`.

    A run within a passage that a longer one grew into gives none of its own; where it stands in
    what differs there, it does: sentences in another order lie between others. Of the places of
    `b` that agree with one place of `a` the one of the longest run is taken.

    >>> one = "全年组织党员集中学习八次撰写心得体会"
    >>> other = "本年组织党员集中学习十二次撰写心得体会"
    >>> (span,) = aligned_spans(one, other, [Run(1, 1, 9)])
    >>> one[slice(*span.a)], other[slice(*span.b)], span.same
    ('年组织党员集中学习八次撰写心得体会', '年组织党员集中学习十二次撰写心得体会', 16)
    """
    spans: list[AlignedSpan] = []
    taken: list[tuple[int, int]] = []
    for run in sorted(runs, key=lambda run: (-run.length, run.a, run.b)):
        if any(_mostly_within(run, stretch) for stretch in taken):
            continue
        before = _before(a, b, run.a, run.b)
        after = _after(a, b, run.a + run.length, run.b + run.length)
        spans.append(_span(_joined([*before, run, *after])))
        taken += _stretches(spans[-1].blocks)
    return _apart(spans)


def _stretches(blocks: Sequence[Run]) -> list[tuple[int, int]]:
    """Where the blocks stand in `a`, those with less than SHORTEST_RUN between them as one."""
    stretches: list[tuple[int, int]] = []
    for block in blocks:
        past = block.a + block.length
        if stretches and block.a - stretches[-1][1] < SHORTEST_RUN:
            stretches[-1] = (stretches[-1][0], past)
        else:
            stretches.append((block.a, past))
    return stretches


def _mostly_within(run: Run, span: tuple[int, int]) -> bool:
    common = min(run.a + run.length, span[1]) - max(run.a, span[0])
    return 2 * common > run.length


def _after(a: str, b: str, at_a: int, at_b: int) -> list[Run]:
    """Blocks that follow a[:at_a] and b[:at_b], as far as it pays; may be none."""
    blocks: list[Run] = []
    while found := _best_blocks(a[at_a : at_a + REACH], b[at_b : at_b + REACH]):
        blocks += [Run(at_a + one.a, at_b + one.b, one.length) for one in found]
        last = blocks[-1]
        at_a, at_b = last.a + last.length, last.b + last.length
    return blocks


def _before(a: str, b: str, at_a: int, at_b: int) -> list[Run]:
    """The same backwards from a[at_a:] and b[at_b:]; in order."""
    blocks: list[Run] = []
    while found := _best_blocks(
        a[max(0, at_a - REACH) : at_a][::-1], b[max(0, at_b - REACH) : at_b][::-1]
    ):
        blocks += [
            Run(at_a - one.a - one.length, at_b - one.b - one.length, one.length) for one in found
        ]
        at_a, at_b = blocks[-1].a, blocks[-1].b
    return blocks[::-1]


def _best_blocks(a: str, b: str) -> list[Run]:
    blocks: list[Run] = []
    score = best = 0.0
    kept = 0
    past_a = past_b = 0
    for code in Levenshtein.opcodes(a, b):
        if code.tag != "equal":
            continue
        length = code.src_end - code.src_start
        at_end = code.src_end == len(a) or code.dest_end == len(b)
        if length < LEAST_BLOCK and blocks and not at_end:
            continue
        score -= max(code.src_start - past_a, code.dest_start - past_b)
        if score < best - DROP:
            break
        score += length
        blocks.append(Run(code.src_start, code.dest_start, length))
        past_a, past_b = code.src_end, code.dest_end
        if score > best:
            best, kept = score, len(blocks)
    return blocks[:kept] if best >= LEAST_GAIN else []


def _joined(blocks: Sequence[Run]) -> tuple[Run, ...]:
    """Blocks that touch in both texts as one."""
    joined: list[Run] = []
    for block in blocks:
        if joined:
            last = joined[-1]
            if last.a + last.length == block.a and last.b + last.length == block.b:
                joined[-1] = Run(last.a, last.b, last.length + block.length)
                continue
        joined.append(block)
    return tuple(joined)


def _span(blocks: tuple[Run, ...]) -> AlignedSpan:
    first, last = blocks[0], blocks[-1]
    return AlignedSpan((first.a, last.a + last.length), (first.b, last.b + last.length), blocks)


def _apart(spans: list[AlignedSpan]) -> list[AlignedSpan]:
    """Spans of which no two take the same of `a`: the one with more in common keeps what two have.
    One may lie in what differs within another."""
    kept: list[AlignedSpan] = []
    taken: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (-span.same, span.a)):
        blocks = [piece for block in span.blocks for piece in _outside(block, taken)]
        if blocks and sum(block.length for block in blocks) * 2 >= min(span.same, 26):
            kept.append(_span(tuple(blocks)))
            taken += _stretches(kept[-1].blocks)
    return sorted(kept, key=lambda span: span.a)


def _outside(block: Run, taken: Sequence[tuple[int, int]]) -> list[Run]:
    """The parts of a block outside what is taken."""
    parts = [(block.a, block.a + block.length)]
    for first, past in taken:
        parts = [
            part
            for start, end in parts
            for part in ((start, min(end, first)), (max(start, past), end))
            if part[0] < part[1]
        ]
    return [Run(start, block.b + start - block.a, end - start) for start, end in parts]
