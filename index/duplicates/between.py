"""What two documents have in common between their shared runs: text whose figures or names were
changed every few words leaves no run of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from index.alignment.spans import text_of
from index.duplicates.pairs import PairTable
from index.fingerprints import Corpus, Crossings

LONGEST_GAP = 60
"""Compared characters, on both sides: what is farther apart was not one passage."""
MOSTLY = 0.5
"""Share of the longer side of a gap that must be the same, in the same order."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def with_gaps(
    corpus: Corpus, found: Crossings, prescribed: Mask, table: PairTable, chosen: Mask
) -> PairTable:
    """The table with what is the same between neighbouring runs counted too.

    chosen: bool (p,), the pairs that are looked at; the others stay as they are.
    """
    run, following = _neighbours(found, table.of_run, chosen)
    end_a, end_b = found.a[run] + found.length[run], found.b[run] + found.length[run]
    own = np.concatenate(([0], np.cumsum(~prescribed)))
    extra = np.zeros((4, len(table.a)), np.int64)
    for pair, first_a, past_a, first_b, past_b in zip(
        table.of_run[run].tolist(),
        end_a.tolist(),
        found.a[following].tolist(),
        end_b.tolist(),
        found.b[following].tolist(),
        strict=True,
    ):
        blocks = [
            (first_a + code.src_start, first_b + code.dest_start, code.src_end - code.src_start)
            for code in Indel.opcodes(
                text_of(corpus.codes[first_a:past_a]), text_of(corpus.codes[first_b:past_b])
            )
            if code.tag == "equal"
        ]
        same = sum(length for _, _, length in blocks)
        if same < MOSTLY * max(past_a - first_a, past_b - first_b):
            continue
        extra[0, pair] += sum(own[a + length] - own[a] for a, _, length in blocks)
        extra[1, pair] += sum(own[b + length] - own[b] for _, b, length in blocks)
        extra[2:, pair] += same
    sizes = np.diff(corpus.starts)
    size_a, size_b = sizes[table.a], sizes[table.b]
    return PairTable(
        table.a,
        table.b,
        np.minimum(table.shared_a + extra[0], size_a),
        np.minimum(table.shared_b + extra[1], size_b),
        table.longest,
        np.minimum(table.overlap_a + extra[2], size_a),
        np.minimum(table.overlap_b + extra[3], size_b),
        table.between,
        table.of_run,
    )


def _neighbours(found: Crossings, of_run: Numbers, chosen: Mask) -> tuple[Numbers, Numbers]:
    """Runs of a chosen pair that follow one another closely in both texts, as indices."""
    runs = np.flatnonzero(chosen[of_run])
    runs = runs[np.lexsort((found.a[runs], of_run[runs]))]
    run, following = runs[:-1], runs[1:]
    gap_a = found.a[following] - found.a[run] - found.length[run]
    gap_b = found.b[following] - found.b[run] - found.length[run]
    near = of_run[run] == of_run[following]
    for gap in (gap_a, gap_b):
        near &= (gap > 0) & (gap <= LONGEST_GAP)
    return run[near], following[near]
