"""The library against itself: which documents share wording, and how wording travelled.

Pairs of documents (`pairs`) and families of paragraphs (`travelling`) come from the same shared
runs; prescribed wording (`prescribed`) is told from re-use before anything is counted.
"""

from index.duplicates.comparing import STEPS, Step
from index.duplicates.finding import find_duplicates

__all__ = ["STEPS", "Step", "find_duplicates"]
