"""Winnowed fingerprints of the whole library: which documents share wording with a text.

A shadow of the catalogue, like the vectors: segments that never change, mapped from disk, published
by one atomic step (`store`), asked with the guarantee that every shared run of SHORTEST_RUN
compared characters is found and none is invented (`segment`).
"""

from index.fingerprints.segment import Matches, Segment
from index.fingerprints.winnowing import GRAM, WINDOW

__all__ = ["GRAM", "WINDOW", "Matches", "Segment"]
