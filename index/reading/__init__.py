"""Files -> Documents: what stands in a file, in its author's order, before any cleaning.

`read` decides by the bytes of a file, never by its suffix alone, and gives one Document (many for
a .jsonl). `walk` lists the files of folders. A new format is one module here and one row in
`formats.py`.
"""

from index.reading.folders import walk
from index.reading.formats import SUFFIXES, read

__all__ = ["SUFFIXES", "read", "walk"]
