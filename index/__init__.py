"""寻章: search past work summaries by meaning, paragraph by paragraph, always with the source.

>>> import index
>>> sorted(index.__all__) == index.__all__
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.datatypes import Filters, Hit, Source
from index.errors import LibraryError

if TYPE_CHECKING:
    from index.duplicates import find_duplicates
    from index.library import Library
    from index.retrieval import search, similar
    from index.review import review

__all__ = [
    "Filters",
    "Hit",
    "Library",
    "LibraryError",
    "Source",
    "find_duplicates",
    "review",
    "search",
    "similar",
]

_LATE = {
    "Library": "index.library",
    "find_duplicates": "index.duplicates",
    "review": "index.review",
    "search": "index.retrieval",
    "similar": "index.retrieval",
}


def __getattr__(name: str) -> Any:
    """Import the heavy names on first use: `xunzhang --help` must not pay for faiss and SQLite."""
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'index' has no attribute {name!r}")
