"""Two texts -> what they share, character by character; pure.

What is compared is folded text: letters, digits and Chinese characters alone, so that punctuation,
spaces, widths and traditional characters make no difference. Every result comes back as offsets
into the texts as they are written.
"""

from index.alignment.folded import Folded, fold
from index.alignment.runs import SHORTEST_RUN, Run, shared_runs

__all__ = ["SHORTEST_RUN", "Folded", "Run", "fold", "shared_runs"]
