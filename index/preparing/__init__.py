"""Files -> prepared documents, in child processes with limits of memory and time.

A file is foreign matter: it may crash a parser, keep it busy for hours or fill the memory. Whatever
it does, it does it to a child, and costs its own place in the library only.
"""

from index.preparing.limits import LIMITS, Limits
from index.preparing.one_file import key_of
from index.preparing.preparer import Job, Preparer

__all__ = ["LIMITS", "Job", "Limits", "Preparer", "key_of"]
