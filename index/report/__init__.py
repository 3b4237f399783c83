"""Files that a person hands in: a review, or a library's duplicates, as a page, for Word, as a
workbook or as Markdown. Values in, text or bytes out; nothing is read and nothing is written.
"""

from __future__ import annotations

from datetime import date

from index.findings import Decisions, Duplicates, Review

__all__ = ["html", "html_of_duplicates"]

_NONE: Decisions = {}


def html(review: Review, *, decisions: Decisions = _NONE, made: date | None = None) -> str:
    """One HTML file that works without network; `made` is the day it bears, today unless told."""
    from index.report import page

    return page.review(review, decisions, made or date.today())


def html_of_duplicates(duplicates: Duplicates, *, made: date | None = None) -> str:
    """One HTML file of a library against itself; `made` as for `html`."""
    from index.report import page

    return page.duplicates(duplicates, made or date.today())
