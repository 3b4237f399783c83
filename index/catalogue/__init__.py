"""The truth of a library: one SQLite file. Everything else on disk can be made again from it.

`database` opens it and maps its errors, `migrations` tells how its tables came to be, and each of
the other modules answers one kind of question: `facts` (what the library is), `files` (what was
read from where), `absences` (what is away), `documents` (texts, paragraphs, passages; `changes`
writes them), `vectors` (by the hash of the text), `words` (BM25), `decisions` (what reviewers
said of a wording).
"""

from __future__ import annotations

from index.catalogue.catalogue import Catalogue

__all__ = ["Catalogue"]
