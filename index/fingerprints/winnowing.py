"""Which grams of a text are kept (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003).

Of every WINDOW neighbouring grams the one with the least hash is kept, the last of equal ones. Two
texts that share a run of GRAM + WINDOW - 1 characters share a whole window, and so a kept gram.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes
from index.alignment.runs import SHORTEST_RUN, gram_hashes

GRAM = 8
"""Compared characters a gram."""
WINDOW = SHORTEST_RUN - GRAM + 1
"""Grams a window."""

Prints = NDArray[np.uint32]

_AT_ONCE = 1 << 20


def prints(codes: Codes) -> Prints:
    """The fingerprint of every gram: uint32 (max(0, n - GRAM + 1),).

    32 bits: of 10 million grams one in 400 has a stranger's fingerprint, which costs a look at the
    text and nothing else, for whoever uses fingerprints looks at the text.
    """
    return (gram_hashes(codes, GRAM) >> np.uint64(32)).astype(np.uint32)


def kept(found: Prints) -> NDArray[np.int64]:
    """Positions of the kept grams: int64 (m,) rising. All where there is less than one window."""
    if len(found) < WINDOW:
        return np.arange(len(found), dtype=np.int64)
    chosen = np.zeros(len(found), np.bool_)
    windows = len(found) - WINDOW + 1
    for first in range(0, windows, _AT_ONCE):
        past = min(first + _AT_ONCE, windows)
        part = np.lib.stride_tricks.sliding_window_view(found[first : past + WINDOW - 1], WINDOW)
        last_least = WINDOW - 1 - np.argmin(part[:, ::-1], axis=1)
        chosen[np.arange(first, past) + last_least] = True
    return np.flatnonzero(chosen)
