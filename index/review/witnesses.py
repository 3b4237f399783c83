"""Which wording of a draft is prescribed: by the lists, by public official texts, by many units."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.alignment import SHORTEST_RUN
from index.datatypes import Entry
from index.findings import Draft, Evidence, Prescribed
from index.fingerprints import Matches
from index.formulas import PhraseBook, read_phrases, shipped, shipped_phrases
from index.formulas.background import THRESHOLD, covered
from index.formulas.units import RELATED, UNITS
from index.library import Library
from index.library.comparing import how_prescribed
from index.review.whole import Mask, Whole, stretches

_NEWSPAPER = r"《[^《》]{1,10}[报刊网]》"
_DATE = r"(?:\d{4}\s*年\s*)?\d{1,2}\s*月\s*\d{1,2}\s*日"
_GUESTS = r"(?:女士|先生|同志|朋友|同事|来宾|嘉宾|同学|代表|委员)们?"
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "电头、版次",
        re.compile(
            rf"[（(]?新华社[^，。；（）()]{{0,12}}{_DATE}电"
            rf"|{_NEWSPAPER}\s*[（(]?\s*{_DATE}(?:\s*第?\s*\d+\s*版)?"
        ),
    ),
    (
        "称呼",
        re.compile(rf"(?:尊敬的)?(?:各位)?{_GUESTS}(?:[、，,]\s*(?:尊敬的)?(?:各位)?{_GUESTS})+"),
    ),
    ("主送机关", re.compile(r"^各[^。；：:]{4,200}[：:]\s*$")),
    (
        "责任单位",
        re.compile(r"(?:责任|牵头|配合|参加|参与)(?:单位|部门)[：:][^）)】。；;]{2,150}"),
    ),
)
"""Parts that a form asks for (of a document 主送机关, after GB/T 9704-2012; of a plan who answers
for it; of a speech whom it addresses; of a printed text where it stood): whoever fills one in
copies nobody."""


def prescribed_wording(
    library: Library,
    draft: Draft,
    whole: Whole,
    matches: Matches,
    entries: Mapping[int, Entry],
) -> list[Prescribed]:
    """By each of the three witnesses; the places of different ones may overlap."""
    found = [*_listed(library, whole), *_parts(whole)]
    background = shipped().counts_of(whole.folded)
    for first, past in stretches(covered(background >= THRESHOLD, len(whole.folded))):
        least = int(background[first : max(first + 1, past - SHORTEST_RUN + 1)].min())
        detail = f"{shipped().documents} 份里至少 {max(least, THRESHOLD)} 份"
        found += [
            Prescribed(index, whole.span(index, begin, end), "background", detail)
            for index, begin, end in whole.placed(first, past)
        ]
    known = prescribed_mask(whole, found)
    units = _units_with(matches, known, draft, entries, len(whole.folded))
    for first, past in stretches(covered(units >= UNITS, len(whole.folded))):
        detail = f"{int(units[first : past - SHORTEST_RUN + 1].max())} 个单位"
        found += [
            Prescribed(index, whole.span(index, begin, end), "units", detail)
            for index, begin, end in whole.placed(first, past)
        ]
    return sorted(found, key=lambda one: (one.paragraph, one.span, one.why))


def _listed(library: Library, whole: Whole) -> list[Prescribed]:
    """By the first witness: the list that ships and the library's own."""
    book = PhraseBook((*shipped_phrases(), *read_phrases(library.formulas())))
    return [
        Prescribed(index, whole.span(index, begin, end), "listed", phrase.source)
        for first, past, phrase in book.places(whole.folded)
        for index, begin, end in whole.placed(first, past)
    ]


def _parts(whole: Whole) -> Iterator[Prescribed]:
    """Parts that a form asks for, by the paragraph."""
    for index, text in enumerate(whole.texts):
        for name, pattern in _PARTS:
            for match in pattern.finditer(text):
                yield Prescribed(index, match.span(), "listed", name)


def listed_anew(library: Library, evidence: Evidence) -> Evidence:
    """The same evidence with the lists of set phrases as they are now: no second search.

    For when a reviewer adds one. What else the library says stays as it was gathered.
    """
    whole = Whole.of([paragraph.text for paragraph in evidence.draft.paragraphs])
    others = [one for one in evidence.prescribed if one.why != "listed"]
    prescribed = sorted(
        (*_listed(library, whole), *_parts(whole), *others),
        key=lambda one: (one.paragraph, one.span, one.why),
    )
    settings = {**evidence.settings, "固定表述": how_prescribed(library)}
    return replace(evidence, prescribed=tuple(prescribed), settings=settings)


def _units_with(
    matches: Matches,
    known: Mask,
    draft: Draft,
    entries: Mapping[int, Entry],
    size: int,
) -> NDArray[np.int64]:
    """In documents of how many unrelated units the run that begins at a character stands.

    Unrelated: of another unit than the draft, in documents that share little with it. Thirty
    offices that filled in one template make nothing of it prescribed. Documents whose unit is not
    known count as one.
    """
    open_to_reuse = np.concatenate(([0], np.cumsum(~known)))
    own = open_to_reuse[matches.at + matches.length] - open_to_reuse[matches.at]
    total: Counter[int] = Counter()
    for id_, count in zip(matches.document.tolist(), own.tolist(), strict=True):
        total[id_] += count
    by_unit: dict[str, list[int]] = defaultdict(list)
    for place, id_ in enumerate(matches.document.tolist()):
        unit = entries[id_].unit or ""
        if total[id_] < RELATED and (not unit or unit != draft.unit):
            by_unit[unit].append(place)
    units = np.zeros(max(0, size - SHORTEST_RUN + 1), np.int64)
    for places in by_unit.values():
        steps = np.zeros(len(units) + 1, np.int64)
        np.add.at(steps, matches.at[places], 1)
        np.add.at(steps, matches.at[places] + matches.length[places] - SHORTEST_RUN + 1, -1)
        units += np.cumsum(steps[:-1]) > 0
    return units


def prescribed_mask(whole: Whole, prescribed: Sequence[Prescribed]) -> Mask:
    """bool (compared characters,): what of the text is prescribed."""
    mask = np.zeros(len(whole.folded), np.bool_)
    for one in prescribed:
        base = int(whole.starts[one.paragraph])
        first, past = whole.folded.within(base + one.span[0], base + one.span[1])
        mask[first:past] = True
    return mask
