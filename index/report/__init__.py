"""Files that a person hands in: a review, or a library's duplicates, as a page, for Word, as a
workbook or as Markdown. Values in, text or bytes out; nothing is read and nothing is written.

Every function takes `made`, the day that the report bears (today unless told); those of a review
take `decisions` too, what reviewers said of its findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from index.findings import Decisions, Duplicates, Review

__all__ = [
    "docx",
    "docx_of_duplicates",
    "html",
    "html_of_duplicates",
    "html_of_several",
    "markdown",
    "markdown_of_duplicates",
    "xlsx",
    "xlsx_of_duplicates",
    "xlsx_of_several",
]

_NONE: Decisions = {}

# The packages that write are imported late: a command that makes no report must not pay for them.


def html(review: Review, *, decisions: Decisions = _NONE, made: date | None = None) -> str:
    """One HTML file that works without network."""
    from index.report import page

    return page.review(review, decisions, made or date.today())


def docx(review: Review, *, decisions: Decisions = _NONE, made: date | None = None) -> bytes:
    """A Word file: the marked draft and tables of what was found."""
    from index.report import word_file

    return word_file.review(review, decisions, made or date.today())


def xlsx(review: Review, *, decisions: Decisions = _NONE, made: date | None = None) -> bytes:
    """A workbook with everything that was found, a sheet for each kind; nothing in it is live."""
    from index.report import workbook

    return workbook.review(review, decisions, made or date.today())


def markdown(review: Review, *, decisions: Decisions = _NONE, made: date | None = None) -> str:
    """CommonMark with tables; no text of a document acts as markup."""
    from index.report import plain

    return plain.review(review, decisions, made or date.today())


def html_of_duplicates(duplicates: Duplicates, *, made: date | None = None) -> str:
    """As `html`, of a library against itself."""
    from index.report import page

    return page.duplicates(duplicates, made or date.today())


def docx_of_duplicates(duplicates: Duplicates, *, made: date | None = None) -> bytes:
    """As `docx`, of a library against itself."""
    from index.report import word_repeats

    return word_repeats.duplicates(duplicates, made or date.today())


def xlsx_of_duplicates(duplicates: Duplicates, *, made: date | None = None) -> bytes:
    """As `xlsx`, of a library against itself."""
    from index.report import workbook

    return workbook.duplicates(duplicates, made or date.today())


def markdown_of_duplicates(duplicates: Duplicates, *, made: date | None = None) -> str:
    """As `markdown`, of a library against itself."""
    from index.report import plain

    return plain.duplicates(duplicates, made or date.today())


def html_of_several(
    reviews: Sequence[Review], shared: Sequence[Sequence[float]], *, made: date | None = None
) -> str:
    """One HTML file of several drafts: all their figures, and what they share with each other.

    shared[i][j] is the share of draft i that draft j has too, 0 to 1; its diagonal is ignored.
    """
    from index.report import page

    return page.together(reviews, shared, made or date.today())


def xlsx_of_several(
    reviews: Sequence[Review], shared: Sequence[Sequence[float]], *, made: date | None = None
) -> bytes:
    """As `html_of_several`, a workbook."""
    from index.report import workbook

    return workbook.together(reviews, shared, made or date.today())
