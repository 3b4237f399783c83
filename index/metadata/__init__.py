"""Title, unit, year, kind and period of a document, each with how it was found and how sure.

From metadata.csv (table), from the document's words (titles, signatures, openings) and its path
(paths), each by the grammar of its field (units, years, kinds, periods); inference puts them in
order.
"""

from __future__ import annotations

from index.metadata.inference import FIELDS, Guess, guess, infer
from index.metadata.kinds import KINDS, kind_of
from index.metadata.periods import period_of
from index.metadata.table import METADATA_FILE, read_metadata_csv
from index.metadata.titles import title_of
from index.metadata.units import leading, unit_of
from index.metadata.years import year_of

__all__ = [
    "FIELDS",
    "KINDS",
    "METADATA_FILE",
    "Guess",
    "guess",
    "infer",
    "kind_of",
    "leading",
    "period_of",
    "read_metadata_csv",
    "title_of",
    "unit_of",
    "year_of",
]
