"""Winnowed fingerprints of the whole library: which documents share wording with a text.

A shadow of the catalogue, like the vectors, kept in segments that never change and are mapped from
disk (`files`). A segment knows its documents twice (`segment`): as they are written, and as
skeletons with their figures masked. Asking gives every shared run of SHORTEST_RUN compared
characters and none that is not one (`grams`).
"""

from index.fingerprints.crossing import (
    MOST_HOLDERS,
    NEIGHBOURS,
    Corpus,
    Crossings,
    crossings,
    with_skeletons,
)
from index.fingerprints.files import PrintFiles
from index.fingerprints.grams import GramTable, Matches
from index.fingerprints.segment import FOLDING_VERSION, Segment, joined
from index.fingerprints.winnowing import GRAM, WINDOW

__all__ = [
    "FOLDING_VERSION",
    "GRAM",
    "MOST_HOLDERS",
    "NEIGHBOURS",
    "WINDOW",
    "Corpus",
    "Crossings",
    "GramTable",
    "Matches",
    "PrintFiles",
    "Segment",
    "crossings",
    "joined",
    "with_skeletons",
]
