"""What a report of a library's duplicates holds, the same for every format: cleaned texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.datatypes import Source
from index.findings import DocumentPair, Duplicates, SharedFamily
from index.report import wording

PAIR_COLUMNS = ("相同字数", "占前者", "占后者", "最长连续", "只差数字", "关系")


@dataclass(frozen=True, slots=True)
class ShownPair:
    rank: int
    a: str
    """The older one, cited."""
    b: str
    units: tuple[str, str]
    years: tuple[int | None, int | None]
    shared: int
    reuse_a: float
    reuse_b: float
    longest: int
    between: int
    """Of `shared`, in sentences that are the same but for figures and placeholders."""
    formula: int
    relation: str
    """Of their units, in words."""

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the columns PAIR_COLUMNS of a table for reading."""
        return (
            f"{self.shared:,}",
            wording.percent(self.reuse_a),
            wording.percent(self.reuse_b),
            f"{self.longest} 字",
            f"{self.between:,} 字",
            self.relation,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One place that a wording stands in."""

    year: str
    unit: str
    citation: str
    first: bool
    new_unit: bool
    """Whether this unit has it here for the first time, and another had it before."""


@dataclass(frozen=True, slots=True)
class ShownFamily:
    rank: int
    text: str
    size: int
    first: str
    seen: str
    """The word before `first`: 首见于, or 见于 where no year tells what is earliest."""
    spread: str
    """How many units, which years."""
    way: str
    """The units in the order in which they first had it, as one line."""
    steps: tuple[Step, ...]
    """Empty where only the first place is known."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: str
    cells: tuple[float, ...]
    """Highest share of any pair of documents of this unit and the column's, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Repeats:
    title: str
    made: str
    summary: str
    minimum: float
    pairs: tuple[ShownPair, ...]
    families: tuple[ShownFamily, ...]
    units: tuple[str, ...]
    """Columns of the matrix, those of the most alike documents first; at most MOST_UNITS."""
    matrix: tuple[UnitRow, ...]
    units_left_out: int
    limits: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]


MOST_UNITS = 16
"""What fits on an A4 page as a matrix."""


def repeats_of(duplicates: Duplicates, made: date) -> Repeats:
    pairs = tuple(_pair(rank, pair) for rank, pair in enumerate(duplicates.documents, 1))
    families = tuple(_family(rank, each) for rank, each in enumerate(duplicates.families, 1))
    units, matrix, left_out = _matrix(duplicates.documents)
    return Repeats(
        title="库内雷同比对报告",
        made=wording.day(made),
        summary=_summary(duplicates),
        minimum=duplicates.minimum,
        pairs=pairs,
        families=families,
        units=units,
        matrix=matrix,
        units_left_out=left_out,
        limits=tuple(map(wording.one_line, duplicates.limits)),
        settings=(
            *(
                (wording.one_line(name), wording.one_line(value))
                for name, value in duplicates.settings.items()
            ),
            *(
                [("不论比例也列出", f"相同 {duplicates.characters:,} 字以上的文档对")]
                if duplicates.characters is not None
                else []
            ),
        ),
    )


def _summary(duplicates: Duplicates) -> str:
    pairs = duplicates.documents
    if not pairs and not duplicates.families:
        return "在所比对的范围内，没有找到相同的文字达到这个比例的文档。"
    related = Counter(map(_related, pairs))
    characters = duplicates.characters
    many = f"、或相同 {characters:,} 字以上" if characters is not None else ""
    text = (
        f"一方有 {wording.percent(duplicates.minimum)} 以上文字与另一方相同{many}"
        "（固定表述不计）的文档"
        f"共 {len(pairs):,} 对"
    )
    if related:
        text += "，其中" + "、".join(
            f"{word} {count:,} 对" for word, count in related.most_common()
        )
    if duplicates.families:
        members = sum(family.size for family in duplicates.families)
        text += f"；同一写法的段落 {len(duplicates.families):,} 组，共 {members:,} 段"
    return text + "。"


def _pair(rank: int, pair: DocumentPair) -> ShownPair:
    return ShownPair(
        rank=rank,
        a=wording.cited(pair.a),
        b=wording.cited(pair.b),
        units=(_unit(pair.a), _unit(pair.b)),
        years=(pair.a.year, pair.b.year),
        shared=pair.shared,
        reuse_a=pair.reuse_a,
        reuse_b=pair.reuse_b,
        longest=pair.longest_run,
        between=pair.between,
        formula=pair.formula,
        relation=_related(pair),
    )


def _related(pair: DocumentPair) -> str:
    if pair.relation != "other":
        return "同一单位"
    return "不同单位" if pair.a.unit and pair.b.unit else "单位不详"


def _unit(source: Source) -> str:
    return wording.one_line(source.unit or "") or "单位不详"


def _family(rank: int, family: SharedFamily) -> ShownFamily:
    steps: list[Step] = []
    seen: list[str] = []
    dated = family.first.year is not None
    for source in family.sources:
        unit = _unit(source)
        steps.append(
            Step(
                year="年份不详" if source.year is None else f"{source.year}年",
                unit=unit,
                citation=wording.cited(source, source.paragraph),
                first=dated and not steps,
                new_unit=dated and bool(seen) and unit not in seen,
            )
        )
        if unit not in seen:
            seen.append(unit)
    parts = [f"{len(family.units)} 个单位"] if family.units else []
    if family.years:
        first, last = min(family.years), max(family.years)
        parts.append(f"{first}年" if first == last else f"{first}—{last}年")
    return ShownFamily(
        rank=rank,
        text=wording.shown(family.text),
        size=family.size,
        first=wording.cited(family.first, family.first.paragraph),
        seen="首见于" if dated else "见于",
        spread="，".join(parts),
        way=" → ".join(seen) if dated and len(seen) > 1 else "",
        steps=tuple(steps),
    )


def _matrix(
    pairs: Sequence[DocumentPair],
) -> tuple[tuple[str, ...], tuple[UnitRow, ...], int]:
    """The units of the most alike documents, the highest share between any two of them, and how
    many units are left out. Documents of unknown units say nothing about units."""
    highest: dict[tuple[str, str], float] = {}
    for pair in pairs:
        if not (pair.a.unit and pair.b.unit):
            continue
        one, other = _unit(pair.a), _unit(pair.b)
        share = pair.alike
        for key in ((one, other), (other, one)):
            highest[key] = max(share, highest.get(key, 0.0))
    # taken pair by pair, so that no unit stands there without the one it is alike to
    ranked: dict[str, None] = {}
    for one, other in sorted(highest, key=lambda key: (-highest[key], key)):
        if len(ranked.keys() | {one, other}) <= MOST_UNITS:
            ranked.update({one: None, other: None})
    units = tuple(ranked)
    rows = tuple(
        UnitRow(unit, tuple(highest.get((unit, other), 0.0) for other in units)) for unit in units
    )
    return units, rows, len({unit for key in highest for unit in key}) - len(units)
