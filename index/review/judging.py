"""Evidence and choices -> a review. Pure, and at once: a switch costs no second search."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.alignment import Folded, fold
from index.datatypes import Span
from index.findings import (
    NOTABLE,
    Choices,
    Evidence,
    Label,
    Marked,
    Prescribed,
    Ratios,
    Review,
    ReviewedParagraph,
    SharedSpan,
    SourceShare,
)

LEAST_REST = 4
"""Compared characters: what prescribed wording leaves of a run is often a neighbour (把, 我局)."""
WHOLE = 0.9
"""Share of a paragraph that must be re-used for the whole to be called the same or renamed."""
DENSE = 0.6
"""Share of the same characters in a passage without any run of the shortest length: two sentences
about the same thing have their words in common (全县, 安全事故, 没有发生), 0.46 of one pair."""
NEW = 10
"""Compared characters in a row, of which the source has none: a clause of the draft's own."""
_NOBODY = -1

_WHY = {
    "listed": "固定表述清单里有",
    "background": "许多公开文件里有",
    "units": "资料库里许多单位都有",
}

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class _Sheet:
    """One paragraph, compared character by compared character."""

    index: int
    folded: Folded
    shared: Mask
    prescribed: Mask
    quoted: Mask
    owner: NDArray[np.int64]
    """Place in `allowed` of the span that each character is shown with; _NOBODY for none."""

    def reused(self, choices: Choices) -> Mask:
        mask = self.owner != _NOBODY
        if not choices.prescribed:
            mask &= ~self.prescribed
        if not choices.quotations:
            mask &= ~self.quoted
        return _without_rests(mask)


def judge(evidence: Evidence, choices: Choices = Choices()) -> Review:  # noqa: B008 (frozen)
    """What the evidence comes to under the reviewer's choices."""
    allowed = sorted(
        _with_their_text(
            [span for span in evidence.spans if _allowed(span, evidence, choices)], evidence
        ),
        key=lambda span: (span.by_meaning, -span.same, -_year(span, evidence), span.document_id),
    )
    sheets = _sheets(evidence, allowed, choices.shortest)
    reused = [sheet.reused(choices) for sheet in sheets]
    total = sum(len(sheet.folded) for sheet in sheets)
    of_own_past = _of_own_past(allowed, evidence)
    own_past = [
        mask & np.isin(sheet.owner, of_own_past) for sheet, mask in zip(sheets, reused, strict=True)
    ]
    # other words are shown and not counted: the ratios are of wording
    meant = [place for place, span in enumerate(allowed) if span.by_meaning]
    worded = [
        mask & ~np.isin(sheet.owner, meant) for sheet, mask in zip(sheets, reused, strict=True)
    ]
    sources = _sources(evidence, allowed, sheets, choices, total)
    return Review(
        evidence,
        choices,
        Ratios(
            overlap=_share((sheet.shared for sheet in sheets), total),
            reuse=_share(worded, total),
            own_past=_share((a & b for a, b in zip(own_past, worded, strict=True)), total),
            quoted=_share((sheet.quoted & sheet.shared for sheet in sheets), total),
            largest_source=sources[0].share if sources else 0.0,
        ),
        tuple(
            _paragraph(evidence, sheet, allowed, mask, past, int(exact.sum()))
            for sheet, mask, past, exact in zip(sheets, reused, own_past, worded, strict=True)
        ),
        sources,
    )


def _allowed(span: SharedSpan, evidence: Evidence, choices: Choices) -> bool:
    document = evidence.documents[span.document_id]
    if span.document_id in choices.without:
        return False
    if document.relation == "own_past" and not choices.own_past:
        return False
    if span.by_meaning or span.longest >= choices.shortest:
        return True
    if span.only_slots:
        return span.same >= choices.shortest
    return span.same >= max(2 * choices.shortest, DENSE * _longer(span))


def _with_their_text(spans: Sequence[SharedSpan], evidence: Evidence) -> Iterable[SharedSpan]:
    """Without headings that are the same alone: a heading counts where text below it comes from the
    same document, or where it is as long as a passage of its own (NOTABLE)."""
    paragraphs = evidence.draft.paragraphs
    bodies = {
        (span.document_id, span.paragraph) for span in spans if not paragraphs[span.paragraph].level
    }
    for span in spans:
        level = paragraphs[span.paragraph].level
        if not level or span.length >= NOTABLE:
            yield span
            continue
        for below in range(span.paragraph + 1, len(paragraphs)):
            if 0 < paragraphs[below].level <= level:
                break
            if (span.document_id, below) in bodies:
                yield span
                break


def _year(span: SharedSpan, evidence: Evidence) -> int:
    return -(evidence.documents[span.document_id].source.year or 9999)


def _of_own_past(allowed: Sequence[SharedSpan], evidence: Evidence) -> list[int]:
    return [
        place
        for place, span in enumerate(allowed)
        if evidence.documents[span.document_id].relation == "own_past"
    ]


def _sheets(evidence: Evidence, allowed: Sequence[SharedSpan], shortest: int) -> list[_Sheet]:
    sheets = []
    for index, paragraph in enumerate(evidence.draft.paragraphs):
        folded = fold(paragraph.text)
        size = len(folded)
        sheets.append(
            _Sheet(
                index,
                folded,
                shared=np.zeros(size, np.bool_),
                prescribed=np.zeros(size, np.bool_),
                quoted=np.zeros(size, np.bool_),
                owner=np.full(size, _NOBODY, np.int64),
            )
        )
    for at, span in evidence.shared:
        _fill(sheets[at].shared, sheets[at].folded, span)
    for wording in evidence.prescribed:
        _fill(sheets[wording.paragraph].prescribed, sheets[wording.paragraph].folded, wording.span)
    for quotation in evidence.quotations:
        sheet = sheets[quotation.paragraph]
        first, past = sheet.folded.within(*quotation.span)
        # a shorter one (a title) could not be found by itself, and within longer wording that
        # is the same it is a part of it
        if past - first >= shortest:
            sheet.quoted[first:past] = True
    for place, shared in enumerate(allowed):
        sheet = sheets[shared.paragraph]
        mask = _taken(shared, sheet.folded)
        sheet.owner[mask & (sheet.owner == _NOBODY)] = place
        if not shared.by_meaning:
            sheet.shared |= mask
    return sheets


def _taken(shared: SharedSpan, folded: Folded) -> Mask:
    """Which compared characters of the paragraph a span takes from its source: all but what the
    draft says at length between two pieces and the source does not."""
    mask = np.zeros(len(folded), np.bool_)
    _fill(mask, folded, shared.span)
    for one, other in pairwise(shared.pieces):
        first, past = folded.within(one.span[1], other.span[0])
        if past - first >= NEW and not any(
            one.span[1] <= slot.span[0] < other.span[0] for slot in shared.slots
        ):
            mask[first:past] = False
    return mask


def _fill(mask: Mask, folded: Folded, span: Span) -> None:
    first, past = folded.within(*span)
    mask[first:past] = True


def _without_rests(mask: Mask) -> Mask:
    """Without stretches of less than LEAST_REST."""
    kept = mask.copy()
    for first, past in _stretches(mask):
        if past - first < LEAST_REST:
            kept[first:past] = False
    return kept


def _stretches(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _share(masks: Iterable[Mask], total: int) -> float:
    return sum(int(mask.sum()) for mask in masks) / total if total else 0.0


def _paragraph(
    evidence: Evidence,
    sheet: _Sheet,
    allowed: Sequence[SharedSpan],
    reused: Mask,
    past: Mask,
    worded: int,
) -> ReviewedParagraph:
    paragraph = evidence.draft.paragraphs[sheet.index]
    owners = [allowed[place] for place in dict.fromkeys(sheet.owner[reused].tolist())]
    slots = {slot.span: slot for span in reversed(owners) for slot in span.slots}
    count = int(reused.sum())
    return ReviewedParagraph(
        paragraph=paragraph,
        label=_label(sheet, owners, allowed, reused),
        marked=tuple(_marked(evidence, sheet, allowed, reused)),
        slots=tuple(slots[span] for span in sorted(slots)),
        own_past=2 * int(past.sum()) > count > 0,
        reuse=worded / len(sheet.folded) if len(sheet.folded) else 0.0,
    )


def _label(
    sheet: _Sheet, owners: Sequence[SharedSpan], allowed: Sequence[SharedSpan], reused: Mask
) -> Label:
    size, count = len(sheet.folded), int(reused.sum())
    prescribed = int((sheet.prescribed & sheet.shared).sum())
    if not count:
        return "formula" if size and 2 * prescribed > size else "own"
    if all(span.by_meaning for span in owners):
        return "paraphrase"
    # what is prescribed or quoted between is not the author's, and makes nothing less the same
    open_to_reuse = size - int(((sheet.prescribed | sheet.quoted) & ~reused).sum())
    if count < WHOLE * open_to_reuse:
        return "edited"
    if all(span.unchanged for span in owners) and not any(span.only_slots for span in owners):
        return "verbatim"
    if all(span.only_slots or span.same == _longer(span) for span in owners):
        return "renamed"
    return "edited"


def _longer(span: SharedSpan) -> int:
    """Compared characters of the longer side of a span."""
    return max(span.length, span.source_length)


def _marked(
    evidence: Evidence, sheet: _Sheet, allowed: Sequence[SharedSpan], reused: Mask
) -> Iterable[Marked]:
    formula = sheet.prescribed & sheet.shared & ~reused
    quoted = sheet.quoted & sheet.shared & ~reused & ~formula
    kinds = np.zeros(len(sheet.folded), np.int64)
    for code, mask in ((1, reused), (2, formula), (3, quoted)):
        kinds[mask] = code
    owner = np.where(kinds == 1, sheet.owner, _NOBODY)
    size = len(kinds)
    edges = [i for i in range(1, size) if (kinds[i], owner[i]) != (kinds[i - 1], owner[i - 1])]
    for first, past in zip([0, *edges], [*edges, size], strict=True):
        if size == 0 or kinds[first] == 0:
            continue
        span = sheet.folded.span(first, past)
        if kinds[first] == 1:
            best = allowed[owner[first]]
            others = tuple(
                other
                for other in allowed
                if other.paragraph == sheet.index
                and other is not best
                and _overlap(other.span, span) * 2 > span[1] - span[0]
            )
            yield Marked(span, "reuse", best, others)
        elif kinds[first] == 2:
            yield Marked(span, "formula", why=_reason(evidence.prescribed, sheet.index, span))
        else:
            yield Marked(
                span,
                "quotation",
                why=next(
                    (
                        f"引用：{one.attributed_to}"
                        for one in evidence.quotations
                        if one.paragraph == sheet.index and _overlap(one.span, span)
                    ),
                    "引用",
                ),
            )


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _reason(prescribed: Sequence[Prescribed], paragraph: int, span: Span) -> str:
    reasons = dict.fromkeys(
        f"{_WHY[one.why]}（{one.detail}）" if one.detail else _WHY[one.why]
        for one in prescribed
        if one.paragraph == paragraph and _overlap(one.span, span)
    )
    return "；".join(list(reasons)[:3])


def _sources(
    evidence: Evidence,
    allowed: Sequence[SharedSpan],
    sheets: Sequence[_Sheet],
    choices: Choices,
    total: int,
) -> tuple[SourceShare, ...]:
    """For each document what it has in common, whoever else has it too."""
    masks: dict[int, dict[int, Mask]] = defaultdict(dict)
    longest: dict[int, int] = defaultdict(int)
    meanings = Counter(span.document_id for span in allowed if span.by_meaning)
    meant = Counter[int]()
    for id_ in meanings:
        masks[id_] = {}
    for span in allowed:
        if span.by_meaning:
            meant[span.document_id] += span.length
            continue
        sheet = sheets[span.paragraph]
        mask = masks[span.document_id].setdefault(
            span.paragraph, np.zeros(len(sheet.folded), np.bool_)
        )
        mask |= _taken(span, sheet.folded)
        longest[span.document_id] = max(longest[span.document_id], span.longest)
    shares = []
    for id_, found in masks.items():
        characters = overlap = passage = 0
        for at, mask in found.items():
            overlap += int(mask.sum())
            if not choices.prescribed:
                mask &= ~sheets[at].prescribed
            if not choices.quotations:
                mask &= ~sheets[at].quoted
            kept = _stretches(_without_rests(mask))
            characters += sum(past - first for first, past in kept)
            passage = max([passage, *(past - first for first, past in kept)])
        document = evidence.documents[id_]
        share = SourceShare(
            document,
            characters,
            characters / total,
            longest[id_],
            min(1.0, characters / document.characters) if document.characters else 0.0,
            overlap,
            total,
            meanings[id_],
            meant[id_],
            passage,
        )
        if characters or share.meanings or share.notable:
            shares.append(share)
    shares.sort(key=lambda one: (-one.characters, one.document.source.document_id))
    return tuple(shares)
