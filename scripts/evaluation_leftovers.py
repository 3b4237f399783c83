"""How well left-over names and years (忘改) are told: planted ones, and what whole texts raise.

A careless copier is played by program: in a document of a library the name of its own place (or of
its university), or its year, is replaced by another in the title and in every second place; the
other places are what was left over. The draft is said to be of the new unit, or the new year.
Copies are looked at twice: with the document they were made from in the library, and without. What
is told of the same documents unchanged, and of all others, is a false alarm unless a placeholder
stands open. Nothing is looked for by meaning: left-over names do not depend on it.

Titles within 《》 keep their names and dates their years, and are no plants. Only figures are given
back, no text.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from index.datatypes import Span
from index.embedding.testing import CountingEncoder
from index.findings import Draft, Evidence, Leftover
from index.library import Library
from index.metadata.units import PROVINCES
from index.review import held
from index.review.divisions import counties, provinces
from index.review.leftovers import leftovers
from index.review.searching import gather

SEED = 20261121
LEAST = 3
"""Places where a document names its own place, for it to be copied."""
MOST = 130
"""Copies, of all documents that could be."""
RECALL = 0.9
FALSE_ALARMS = 0.2
"""Of a document that was changed nowhere."""
WITH, WITHOUT = "source in the library", "without its source"
COPY = 0.5
"""Share of a draft from which a document counts as what it was made from."""

Row = dict[str, Any]

_HAN = "[一-鿿]"
_TITLE = re.compile("《[^《》]*》")
_REPORTS = re.compile("总结|述职|小结|汇报|情况|报告|要点")
_ALIKE = (
    (
        "河北",
        "山西",
        "辽宁",
        "江苏",
        "浙江",
        "安徽",
        "福建",
        "江西",
        "山东",
        "河南",
        "广东",
        "陕西",
    ),
    ("湖北", "湖南", "海南", "四川", "贵州", "云南", "甘肃", "青海", "吉林", "黑龙江"),
    ("北京", "天津", "上海", "重庆"),
    ("内蒙古", "西藏", "广西", "宁夏", "新疆"),
)
"""Provinces of which one may stand for another; those of the first row have cities only."""
_INVENTED = {"镇": ("云砚镇", "青禾镇"), "大学": ("云砚大学", "青禾大学")}


@dataclass(frozen=True)
class Copy:
    """A draft that a careless copier made of a document, and where he was careless."""

    draft: Draft
    source: int
    """Id of the document in the library."""
    kind: str
    """province, city, county, town, university or year."""
    plants: tuple[tuple[int, Span], ...]
    """Index of the paragraph, and where the old name or year still stands."""


# --- copies


def copies(library: Library) -> list[Copy]:
    """MOST copies of documents of the library, of all kinds, drawn with a fixed seed."""
    rng = random.Random(SEED)
    made: list[Copy] = []
    for entry in library.documents():
        if not entry.counted:
            continue
        draft = held(library, entry.id)
        for copy in (_renamed(draft, rng), _dated(draft)):
            if copy is not None and copy.plants:
                made.append(copy)
    kinds = sorted({copy.kind for copy in made})
    rng.shuffle(made)
    # as many of each kind as there are, up to an equal share of what is left
    drawn: list[Copy] = []
    for left, kind in zip(range(len(kinds), 0, -1), kinds, strict=True):
        of_kind = [copy for copy in made if copy.kind == kind]
        drawn += of_kind[: (MOST - len(drawn)) // left]
    return drawn


def _renamed(draft: Draft, rng: random.Random) -> Copy | None:
    """The draft with its own place replaced in every second place; None where it names none."""
    own = own_place(draft)
    if own is None:
        return None
    kind, name = own
    other = _another(kind, name, rng)
    stem, other_stem = _stem(kind, name), _stem(kind, other)
    unit = (draft.unit or "").replace(stem, other_stem)
    if stem == other_stem or unit == (draft.unit or ""):
        unit = other if kind in ("town", "university") else f"{other}人民政府"
    texts, plants = _every_second(draft, re.compile(re.escape(stem)), lambda _: other_stem)
    return _copy(draft, kind, texts, plants, unit=unit, title=draft.title.replace(stem, other_stem))


def _dated(draft: Draft) -> Copy | None:
    """The draft a year later, with every second of its own years replaced."""
    year = draft.year
    if year is None or not draft.unit or not _REPORTS.search(draft.title):
        return None

    def later(match: re.Match[str]) -> str:
        return f"{int(match[1]) + 1}年"

    own = re.compile(rf"(?<![\d自从至到—-])({year})年(?!\s*\d+月|底|起|以来|以前|之前)")
    texts, plants = _every_second(draft, own, later)
    title = draft.title.replace(f"{year}", f"{year + 1}")
    copy = _copy(draft, "year", texts, plants, unit=draft.unit, title=title)
    return replace(copy, draft=replace(copy.draft, year=year + 1))


def _copy(
    draft: Draft,
    kind: str,
    texts: Sequence[str],
    plants: Sequence[tuple[int, Span]],
    *,
    unit: str,
    title: str,
) -> Copy:
    paragraphs = tuple(
        replace(paragraph, text=text)
        for paragraph, text in zip(draft.paragraphs, texts, strict=True)
    )
    assert draft.document_id is not None
    changed = replace(
        draft, title=title, paragraphs=paragraphs, unit=unit, path="", document_id=None
    )
    return Copy(changed, draft.document_id, kind, tuple(plants))


def _every_second(
    draft: Draft, pattern: re.Pattern[str], other: Any
) -> tuple[list[str], list[tuple[int, Span]]]:
    """The paragraphs with every second match replaced, the title and the first one first; and where
    the other ones stand in them."""
    texts: list[str] = []
    plants: list[tuple[int, Span]] = []
    count = 0
    for index, paragraph in enumerate(draft.paragraphs):
        text, past, written = paragraph.text, 0, ""
        titles = [match.span() for match in _TITLE.finditer(text)]
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end in titles):
                continue
            written += text[past : match.start()]
            if count % 2 == 0 or text == draft.title:
                written += other(match)
            else:
                plants.append((index, (len(written), len(written) + len(match.group()))))
                written += match.group()
            count += text != draft.title
            past = match.end()
        texts.append(written + text[past:])
    return texts, plants


def own_place(draft: Draft) -> tuple[str, str] | None:
    """The place or university that a document names most: kind, name. None where it names none
    LEAST times, or another of the same kind as often."""
    counted: Counter[tuple[str, str]] = Counter()
    for paragraph in draft.paragraphs:
        counted.update((kind, match.group()) for kind, match in _places(paragraph.text))
    ranked = counted.most_common(6)
    # the smallest place that is named about as often as the most frequent one
    often = [(one, count) for one, count in ranked if count >= max(LEAST, ranked[0][1] / 2)]
    if not often:
        return None
    (kind, name), count = max(often, key=lambda one: (_ORDER.index(one[0][0]), one[1]))
    others = [n for (k, other), n in counted.items() if k == kind and other != name]
    return None if max(others, default=0) * 2 > count else (kind, name)


_ORDER = ("province", "city", "university", "county", "town")


def _places(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in _patterns().items():
        for match in pattern.finditer(text):
            yield kind, match


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    cities = "|".join(sorted(provinces(), key=len, reverse=True))
    below = "|".join(sorted((one for one in counties() if len(one) > 2), key=len, reverse=True))
    return {
        "province": re.compile(rf"(?:{PROVINCES})(?=省|市|自治区|壮族|回族|维吾尔)"),
        "city": re.compile(f"(?:{cities})市"),
        "county": re.compile(f"(?<![示模])(?:{below})"),
        "town": re.compile(
            "(?:(?<=[县市区到在是、])|(?<![一-鿿]))[一-鿿]{2}(?<![城乡集小村新建制])镇(?![一-鿿]?[长])"
        ),
        "university": re.compile("(?:(?<=[和与到在、])|(?<![一-鿿]))[一-鿿]{2}大学(?!生)"),
    }


def _stem(kind: str, name: str) -> str:
    """What of a name is replaced: cities and provinces are named without their endings as well."""
    return name[:-1] if kind == "city" else name


def _another(kind: str, name: str, rng: random.Random) -> str:
    """A name of the same kind elsewhere."""
    if kind == "province":
        return rng.choice(
            [one for alike in _ALIKE if name in alike for one in alike if one != name]
        )
    if kind == "city":
        home = provinces()[name[:-1]]
        return rng.choice(
            [f"{c}市" for c, p in provinces().items() if p in _ALIKE[0] and p != home]
        )
    if kind == "county":
        return rng.choice(
            [one for one in counties() if one[-1] == name[-1] and len(one) == 3 and one != name]
        )
    return next(
        one for one in _INVENTED["大学" if kind == "university" else name[-1]] if one != name
    )


# --- reviews


def leftover_rows(folder: Path) -> Iterator[Row]:
    """All rows, of the library in `folder`."""
    # of another encoder than the library's: nothing is looked for by meaning
    with Library.open(folder, CountingEncoder()) as library:
        made = copies(library)
        yield from found_in_copies(library, made)
        yield from told_of_untouched(library, made)


def found_in_copies(library: Library, made: Sequence[Copy]) -> list[Row]:
    """By kind, and with or without the source in the library: plants, and how many are told."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for copy in made:
        evidence = gather(library, copy.draft)
        for where, told in (
            (WITH, evidence.leftovers),
            (WITHOUT, _without_source(evidence, copy.source)),
        ):
            found = [plant for plant in copy.plants if any(_tells(one, plant) for one in told)]
            for kind in (copy.kind, "all"):
                counts[where, kind].update(
                    documents=1, planted=len(copy.plants), found=len(found), told_of=bool(found)
                )
    return [
        {
            "set": "leftovers",
            "level": "planted",
            "kind": kind,
            "source": where,
            **count,
            "recall": count["found"] / count["planted"],
        }
        for (where, kind), count in sorted(
            counts.items(), key=lambda one: (one[0][0] != WITH, one[0][1] == "all", one[0][1])
        )
    ]


def told_of_untouched(library: Library, made: Sequence[Copy]) -> list[Row]:
    """What is told of documents that nobody changed: all of the library as they are, and those that
    copies were made of with their own place said to be their unit."""
    whole: Counter[str] = Counter()
    count = 0
    for entry in library.documents():
        if entry.counted:
            count += 1
            whole.update(one.kind for one in gather(library, held(library, entry.id)).leftovers)
    named: Counter[str] = Counter()
    drafts = [copy for copy in made if copy.kind != "year"]
    for copy in drafts:
        named.update(one.kind for one in gather(library, _as_it_was(library, copy)).leftovers)
    return [_untouched("as they are", count, whole), _untouched("unit given", len(drafts), named)]


def _as_it_was(library: Library, copy: Copy) -> Draft:
    draft = held(library, copy.source)
    own = own_place(draft)
    assert own is not None
    kind, name = own
    if draft.unit and _stem(kind, name) in draft.unit:
        return draft
    return replace(draft, unit=name if kind in ("town", "university") else f"{name}人民政府")


def _untouched(kind: str, documents: int, told: Counter[str]) -> Row:
    false = told.total() - told["placeholder"]
    return {
        "set": "leftovers",
        "level": "untouched",
        "kind": kind,
        "documents": documents,
        "told": false,
        "placeholders": told["placeholder"],
        "a_document": false / documents if documents else 0.0,
    }


def _without_source(evidence: Evidence, source: int) -> Sequence[Leftover]:
    """What is told where neither the source nor another copy of it is in the library."""
    total = evidence.draft.characters
    same: Counter[int] = Counter()
    for span in evidence.spans:
        same[span.document_id] += span.same
    known = {id_ for id_, count in same.items() if count >= COPY * total} | {source}
    return leftovers(
        evidence.draft,
        [span for span in evidence.spans if span.document_id not in known],
        evidence.documents,
        evidence.source_texts,
    )


def _tells(told: Leftover, plant: tuple[int, Span]) -> bool:
    """Whether a finding holds the plant."""
    index, (start, end) = plant
    return told.paragraph == index and told.span[0] < end and start < told.span[1]


# --- rows -> lines, and what is required of them


def leftover_line(row: Row) -> str:
    """
    >>> leftover_line({"level": "untouched", "kind": "as they are", "documents": 4, "told": 1,
    ...     "placeholders": 2, "a_document": 0.25})
    'leftovers  untouched, as they are: 1 told of 4 documents, 0.250 each; 2 placeholders besides'
    """
    if row["level"] == "untouched":
        return (
            f"leftovers  untouched, {row['kind']}: {row['told']} told of {row['documents']} "
            f"documents, {row['a_document']:.3f} each; {row['placeholders']} placeholders besides"
        )
    return (
        f"leftovers  {row['kind']}, {row['source']}: {row['found']} of {row['planted']} found, "
        f"recall {row['recall']:.3f}; told of {row['told_of']} of {row['documents']} documents"
    )


def leftover_table(rows: Sequence[Row], missed: Sequence[str]) -> str:
    """Recall by kind, false alarms, and what is not reached, as Markdown."""
    kinds = list(dict.fromkeys(row["kind"] for row in rows if row["level"] == "planted"))
    by = {(row["source"], row["kind"]): row for row in rows if row["level"] == "planted"}
    lines = [
        "| left over | copies | names or years | recall, source in the library | recall without |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in kinds:
        one, other = by[WITH, kind], by[WITHOUT, kind]
        lines.append(
            f"| {kind} | {one['documents']} | {one['planted']} | {one['recall']:.3f} "
            f"| {other['recall']:.3f} |"
        )
    lines += ["", "| told of documents that nobody changed | documents | told | a document |"]
    lines.append("| --- | --- | --- | --- |")
    lines += [
        f"| {row['kind']} | {row['documents']} | {row['told']} | {row['a_document']:.3f} |"
        for row in rows
        if row["level"] == "untouched"
    ]
    if missed:
        lines += ["", "Not reached:", "", *(f"- {sentence}" for sentence in missed)]
    return "\n".join(lines)


def unmet_leftovers(rows: Sequence[Row]) -> list[str]:
    """What is required of left-over names and missed, a sentence each."""
    missed = []
    for row in rows:
        if row["level"] == "untouched" and row["a_document"] > FALSE_ALARMS:
            missed.append(
                f"leftovers: {row['a_document']:.3f} told of an untouched document "
                f"({row['kind']}), required at most {FALSE_ALARMS}"
            )
        # without its source nothing but the draft itself can tell
        if row["level"] == "planted" and row["source"] == WITH and row["recall"] < RECALL:
            missed.append(
                f"leftovers: {row['kind']}, recall {row['recall']:.3f}, required {RECALL}"
            )
    return missed
