"""Title, unit, year, kind and period of a document, each with how it was found and how sure.

From metadata.csv (table), from the document's words and its path (inference, periods).
"""

from __future__ import annotations

from index.metadata.inference import (
    FIELDS,
    KINDS,
    Field,
    Guess,
    Where,
    guess,
    infer,
    kind_of,
    title_of,
    unit_of,
    year_of,
)
from index.metadata.periods import period_of
from index.metadata.table import METADATA_FILE, read_metadata_csv

__all__ = [
    "FIELDS",
    "KINDS",
    "METADATA_FILE",
    "Field",
    "Guess",
    "Where",
    "guess",
    "infer",
    "kind_of",
    "period_of",
    "read_metadata_csv",
    "title_of",
    "unit_of",
    "year_of",
]
