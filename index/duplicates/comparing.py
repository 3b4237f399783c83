"""A row of documents against itself: the order in which runs become pairs and families."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.duplicates.pairs import PairTable, pair_table
from index.duplicates.prescribed import Mask, listed_and_background, of_many_units
from index.duplicates.travelling import families
from index.fingerprints import Corpus, Crossings, crossings, with_skeletons
from index.formulas import Phrase
from index.formulas.units import RELATED

Step = Literal["fingerprints", "runs", "prescribed", "pairs", "families"]
"""What is being done, in this order."""
STEPS: tuple[Step, ...] = ("fingerprints", "runs", "prescribed", "pairs", "families")
Begun = Callable[[Step], None]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Everything that documents of one corpus have in common."""

    corpus: Corpus
    runs: Crossings
    prescribed: Mask
    """bool (n,): which characters of the corpus are prescribed wording."""
    pairs: PairTable
    families: list[list[int]]
    """Indices into `corpus.breaks`, rising; the largest family first."""


def compare(
    corpus: Corpus,
    units: NDArray[np.int32],
    phrases: Sequence[Phrase],
    begun: Begun = lambda step: None,
) -> Comparison:
    """Compare all documents of a corpus with each other.

    units: int32 (m,), a number for the unit of each document. `begun` is told each step but the
    first, which is the caller's.
    """
    begun("runs")
    runs = with_skeletons(corpus, crossings(corpus))
    begun("prescribed")
    prescribed = listed_and_background(corpus, phrases)
    table = pair_table(corpus, runs, prescribed)
    related = np.maximum(table.shared_a, table.shared_b) >= RELATED
    prescribed |= of_many_units(corpus, runs, ~related[table.of_run], units)
    begun("pairs")
    table = pair_table(corpus, runs, prescribed)
    begun("families")
    return Comparison(corpus, runs, prescribed, table, families(corpus, runs, prescribed))
