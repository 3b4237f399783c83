"""What a report of several drafts holds: one campaign, against the library and each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.findings import Review
from index.report import wording

MOST_PAIRS = 100
"""Of the pairs listed beside the matrix, which holds them all."""
_LEAST = 0.005
"""A share that is shown as 1 % at least; what is less is no pair."""


@dataclass(frozen=True, slots=True)
class ShownDraft:
    number: int
    """From 1: its row and column of the matrix."""
    title: str
    unit: str
    year: int | None
    characters: int
    overlap: float
    reuse: float
    own_past: float
    largest: str
    """Its largest single source, cited; "" where there is none."""
    largest_share: float
    leftovers: int
    nearest: str
    """The draft that has most of this one; "" where none has anything of it."""
    nearest_share: float


@dataclass(frozen=True, slots=True)
class DraftPair:
    one: int
    """Its number; the draft of which the larger share stands in the other."""
    other: int
    titles: tuple[str, str]
    share_one: float
    share_other: float


@dataclass(frozen=True, slots=True)
class Together:
    title: str
    made: str
    summary: str
    drafts: tuple[ShownDraft, ...]
    matrix: tuple[tuple[float | None, ...], ...]
    """matrix[i][j]: share of draft i that draft j has too, 0 to 1; None for itself."""
    pairs: tuple[DraftPair, ...]
    """Most alike first, at most MOST_PAIRS."""
    pairs_left_out: int
    limits: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]


def together_of(
    reviews: Sequence[Review], shared: Sequence[Sequence[float]], made: date
) -> Together:
    """Lay out the reviews of several drafts; `shared` is square, in their order, 0 to 1, whatever
    on its diagonal. Raises ValueError where there are no reviews or `shared` has another size."""
    if not reviews or [len(row) for row in shared] != [len(reviews)] * len(reviews):
        raise ValueError(f"{len(reviews)} reviews, a matrix of {[len(row) for row in shared]}")
    matrix = tuple(
        tuple(
            None if i == j else 0.0 if math.isnan(share) else float(share)
            for j, share in enumerate(row)
        )
        for i, row in enumerate(shared)
    )
    titles = [_title(review) for review in reviews]
    pairs = _pairs(matrix, titles)
    first = reviews[0]
    return Together(
        title="多份稿件比对报告",
        made=wording.day(made),
        summary=_summary(reviews, pairs),
        drafts=tuple(
            _draft(number, review, matrix[number - 1], titles)
            for number, review in enumerate(reviews, 1)
        ),
        matrix=matrix,
        pairs=pairs[:MOST_PAIRS],
        pairs_left_out=max(0, len(pairs) - MOST_PAIRS),
        limits=_limits(reviews, titles),
        settings=tuple(
            (wording.one_line(name), wording.one_line(value))
            for name, value in first.evidence.settings.items()
        ),
        choices=wording.counted(
            first.choices,
            [
                first.evidence.documents[document].source
                for document in sorted(first.choices.without)
                if document in first.evidence.documents
            ],
        ),
    )


def _title(review: Review) -> str:
    return wording.elided(wording.one_line(review.draft.title), wording.LONGEST_TITLE) or "未命名"


def _draft(
    number: int, review: Review, row: Sequence[float | None], titles: Sequence[str]
) -> ShownDraft:
    draft, ratios = review.draft, review.ratios
    nearest = max(range(len(row)), key=lambda place: row[place] or 0.0)
    share = row[nearest] or 0.0
    return ShownDraft(
        number=number,
        title=titles[number - 1],
        unit=wording.one_line(draft.unit or "") or "单位未注明",
        year=draft.year,
        characters=draft.characters,
        overlap=ratios.overlap,
        reuse=ratios.reuse,
        own_past=ratios.own_past,
        largest=wording.cited(review.sources[0].document.source) if review.sources else "",
        largest_share=ratios.largest_source,
        leftovers=len(review.evidence.leftovers),
        nearest=f"{nearest + 1}《{titles[nearest]}》" if share >= _LEAST else "",
        nearest_share=share if share >= _LEAST else 0.0,
    )


def _pairs(
    matrix: Sequence[Sequence[float | None]], titles: Sequence[str]
) -> tuple[DraftPair, ...]:
    found = []
    for i, row in enumerate(matrix):
        for j in range(i + 1, len(row)):
            one, other = row[j] or 0.0, matrix[j][i] or 0.0
            a, b = (i, j) if one >= other else (j, i)
            if max(one, other) >= _LEAST:
                shares = max(one, other), min(one, other)
                found.append(DraftPair(a + 1, b + 1, (titles[a], titles[b]), *shares))
    return tuple(sorted(found, key=lambda pair: (-pair.share_one, pair.one, pair.other)))


def _summary(reviews: Sequence[Review], pairs: Sequence[DraftPair]) -> str:
    most = max(reviews, key=lambda review: review.ratios.reuse)
    leftovers = sum(len(review.evidence.leftovers) for review in reviews)
    text = f"共 {len(reviews)} 份稿件，彼此之间有相同文字的 {len(pairs)} 对（固定表述不计）"
    if pairs:
        one, other = pairs[0].titles
        text += (
            f"，最相近的一对是《{one}》和《{other}》，"
            f"前者有 {wording.percent(pairs[0].share_one)} 在后者里也有"
        )
    if most.ratios.reuse:
        text += (
            f"；{wording.after(most.choices)}最多的是《{_title(most)}》，"
            f"为 {wording.percent(most.ratios.reuse)}"
        )
    if leftovers:
        text += f"；可能忘了改的地方共 {leftovers} 处"
    return text + "。"


def _limits(reviews: Sequence[Review], titles: Sequence[str]) -> tuple[str, ...]:
    """Each sentence once; what is said of one draft names it."""
    common = dict.fromkeys(limit for review in reviews for limit in review.evidence.limits)
    everywhere = [
        wording.one_line(limit)
        for limit in common
        if all(limit in review.evidence.limits for review in reviews)
    ]
    own = [
        f"《{title}》：{wording.one_line(limit)}"
        for review, title in zip(reviews, titles, strict=True)
        for limit in review.evidence.limits
        if wording.one_line(limit) not in everywhere
    ]
    return (*everywhere, *own)
