"""Title, unit, year, kind and period of a document, from its own words and its path.

Unknown stays unknown: a unit that is only a placeholder (XXXX党支部, 某局) or fits anyone (市局,
我局, 机关党支部) names nobody and is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from index.datatypes import Field, Metadata, Origin, Where
from index.metadata.kinds import announced_kind, kind_of
from index.metadata.openings import opening_period, opening_units, opening_year, our_kind
from index.metadata.paths import folder_year, folders, stem, stem_title
from index.metadata.periods import period_of
from index.metadata.signatures import (
    letterhead_unit,
    letterhead_year,
    signature_units,
    signature_year,
)
from index.metadata.titles import SIGNED, title_of
from index.metadata.units import completed, is_place, named, unit_of, unit_of_site
from index.metadata.years import year_in_name, year_of

FIELDS: Final[tuple[Field, ...]] = ("title", "unit", "year", "kind", "period")


class Guess(NamedTuple):
    """What a document says of itself, and where each value was found."""

    metadata: Metadata
    origins: tuple[Origin, ...]


SURE: Final[Mapping[tuple[Field, Where], float]] = {
    ("title", "title"): 0.98,
    ("title", "file name"): 0.2,
    ("unit", "title"): 0.9,
    ("unit", "signature"): 0.9,
    ("unit", "opening"): 0.74,
    ("unit", "letterhead"): 0.74,
    ("unit", "file name"): 0.6,
    ("unit", "folder"): 0.6,
    ("year", "title"): 0.94,
    ("year", "signature"): 0.94,
    ("year", "opening"): 0.85,
    ("year", "letterhead"): 0.85,
    ("year", "file name"): 0.75,
    ("year", "folder"): 0.6,
    ("kind", "title"): 0.97,
    ("kind", "opening"): 0.6,
    ("kind", "file name"): 0.6,
    ("period", "title"): 0.8,
    ("period", "opening"): 0.65,
    ("period", "file name"): 0.6,
}
"""How sure a value is by where it was found, 0 to 1: the share that was right.

Measured with `scripts/evaluate_metadata.py --gold` on 265 real documents that were read for it:
government reports, notices, laws, news, party building, saved web pages, hospital forms. Of these
99 were developed with; 99 and 67 were judged once before anything was changed on their account, and
only those count for units, together with all 89 units found in 675 further documents, each judged
by its document. (right + 1) / (guesses + 2), so that few guesses give little certainty. Right of
guesses: title 165 of 167; unit by title 70 of 77, signature 42 of 46, opening 19 of 25; year by
title 48 of 50, signature 31 of 32, opening 4 of 4; kind by title 92 of 93; period by title 3 of 3.
The other rows are too rare to be measured and set with caution.
"""


def infer(lines: Sequence[str], path: str, *, marked_title: str = "") -> Metadata:
    """What the first and last lines of a document, then its path, say.

    >>> found = infer(["青禾市水务局2023年党建工作总结及2024年打算", "一年来……。"], "/x/a.txt")
    >>> found.unit, found.year, found.kind
    ('青禾市水务局', 2023, '党建工作总结')
    """
    return guess(lines, path, marked_title=marked_title).metadata


def guess(
    lines: Sequence[str], path: str, *, marked_title: str = "", removed: Sequence[str] = ()
) -> Guess:
    """Metadata and where it was found; for each field the first place that says anything wins.

    The order: title, letterhead, signature (unit) or opening lines (year, kind, period), opening
    (unit), signature (year), file name, folders. `lines` are the paragraphs' texts after cleaning;
    `marked_title` is a line that the format itself calls the title; `path` may go into an archive
    (…/a.zip/b.docx); `removed` is what cleaning took away. An answer (复函) is of the year of its
    signature: its title names that of the question.
    """
    whole, _ = title_of(lines, marked_title)
    title = whole[:_LONGEST]
    named_so = stem_title(stem(path))
    values: dict[Field, tuple[object, Where]] = {}

    def first(field: Field, *candidates: tuple[Where, Callable[[], object]]) -> None:
        for where, candidate in candidates:
            value = candidate()
            if value is not None and value != "":
                values[field] = (value, where)
                return

    first("title", ("title", lambda: whole), ("file name", lambda: named_so))
    if unit := _unit(lines, title, path):
        values["unit"] = unit
    answers = kind_of(title) in _ANSWERS
    first(
        "year",
        ("signature", lambda: signature_year(lines, title) if answers else None),
        ("title", lambda: year_of(title)),
        ("opening", lambda: opening_year(lines)),
        ("signature", lambda: signature_year(lines, title)),
        ("letterhead", lambda: letterhead_year(lines, removed)),
        ("file name", lambda: year_in_name(stem(path))),
        ("folder", lambda: folder_year(path)),
    )
    first(
        "kind",
        ("title", lambda: kind_of(title)),
        ("opening", lambda: announced_kind(lines)),
        ("file name", lambda: kind_of(stem(path))),
    )
    first(
        "period",
        ("title", lambda: period_of(title)),
        ("opening", lambda: opening_period(lines) if _REPORTS.search(title or named_so) else None),
        ("file name", lambda: period_of(named_so)),
    )
    found = {field: value for field, (value, _) in values.items()}
    return Guess(
        Metadata(**found),  # type: ignore[arg-type]
        tuple(Origin(field, where, SURE[field, where]) for field, (_, where) in values.items()),
    )


_LONGEST = 200
"""Characters of a title that are looked at; a format may mark anything as one."""
_REPORTS = re.compile("总结|小结|述职|汇报|情况")
_ANSWERS = ("函", "复函", "批复", "答复")


def _unit(lines: Sequence[str], title: str, path: str) -> tuple[str, Where] | None:
    """The unit by its full name, and where it was found."""
    candidates = list(_units(lines, title, path))
    if not candidates:
        return None
    unit, where = candidates[0]
    places = [name for name in folders(path) if is_place(name)]
    return completed(unit, (other for other, _ in candidates[1:]), places), where


def _units(lines: Sequence[str], title: str, path: str) -> Iterator[tuple[str, Where]]:
    """Every unit that some place names, the likeliest first."""
    if (unit := unit_of(title)) is not None:
        yield unit, "title"
    if (unit := letterhead_unit(lines)) is not None:
        yield unit, "letterhead"
    for unit in signature_units(lines, passed_on="转发" in title):
        yield unit, "signature"
    for unit in opening_units(lines, title):
        yield unit, "opening"
    if (unit := unit_of_site(title)) is not None:
        yield unit, "title"
    if (unit := unit_of(stem_title(stem(path)))) is not None:
        yield unit, "file name"
    ours = our_kind(lines)
    for name in folders(path):
        # the folder of the unit above holds the reports of schools that say 我校
        if SIGNED.fullmatch(name) and (unit := named(name)) and (not ours or ours.search(unit)):
            yield unit, "folder"
