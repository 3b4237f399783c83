"""Re-use planted by program into real reports that the product was never tuned on.

Documents of a folder of real ones are dealt out with a fixed seed: some become carriers, drafts
that a unit wrote by itself; all others become the library. Into the carriers passages of the
library's documents are planted: word for word, edited, renamed, with other figures
(evaluation_planted.py measures what a review finds of them).

Of the documents those that eval/reuse measures are left out as carriers and as origins.

Names are told by jieba's parts of speech and figures by a pattern of this file, so what is planted
does not depend on what the product takes for a name or a figure.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jieba
import jieba.posseg
import numpy as np
from numpy.typing import NDArray

from index.alignment import SHORTEST_RUN, fold
from index.alignment.runs import gram_hashes
from index.text import sentences

SEED = 20260101
CARRIERS, LONG_CARRIERS = 60, 8
CARRIER = (1200, 12_000)
"""Compared characters of a carrier."""
LONG = 15_000
"""Compared characters of a long report, from which on."""
IN_A_DRAFT = 3
"""Passages that are planted in one draft, each of another document."""
IN_COMMON = 60
"""Characters in shared runs that a carrier and an origin may have before anything is planted:
set phrases. Two that have more may have copied really."""
RATES = (0.05, 0.10, 0.15, 0.20, 0.25)

OWN, PLANTED, EITHER = 0, 1, 2
"""Of a character: the draft's own; taken over; a word put in place of another, which may be shown
as a part of the passage or not."""

Piece = tuple[str, int]


@dataclass(frozen=True)
class Text:
    """A real document."""

    id: str
    title: str
    unit: str
    year: str
    kind: str
    paragraphs: tuple[str, ...]

    @cached_property
    def size(self) -> int:
        return len(fold("".join(self.paragraphs)))

    @cached_property
    def grams(self) -> NDArray[np.uint64]:
        return np.unique(gram_hashes(fold("".join(self.paragraphs)).codes, SHORTEST_RUN))


@dataclass
class Planting:
    """A passage of `origin` in a draft."""

    kind: str
    origin: Text
    paragraphs: list[list[Piece]]
    inside: bool = False
    """Whether it stands within a paragraph of the carrier."""


@dataclass
class Planned:
    """A draft: a carrier with what is planted in it."""

    carrier: Text
    paragraphs: list[list[tuple[str, int, int]]] = field(default_factory=list)
    """Pieces of each: text, OWN or PLANTED or EITHER, number of the planting (-1: the carrier)."""
    plantings: list[Planting] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join("".join(text for text, _, _ in one) for one in self.paragraphs)


# --- real documents


def texts(folder: Path) -> list[Text]:
    """The documents that metadata.csv of `folder` names: first line the title."""
    found = []
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            path = folder / row["path"]
            lines = path.read_text(encoding="utf-8").split("\n")
            body = tuple(line.strip() for line in lines[1:] if line.strip())
            found.append(Text(path.stem, row["title"], row["unit"], row["year"], row["kind"], body))
    return found


def dealt(found: Sequence[Text], never: frozenset[str]) -> tuple[list[Text], list[Text]]:
    """Carriers, the long ones last; and the library."""
    chance = random.Random(SEED)
    mixed = sorted(found, key=lambda one: one.id)
    chance.shuffle(mixed)
    free = [one for one in mixed if one.id not in never]
    usual = [one for one in free if CARRIER[0] <= one.size <= CARRIER[1]][:CARRIERS]
    long = [one for one in free if one.size >= LONG][:LONG_CARRIERS]
    carriers = [*usual, *long]
    held_out = {one.id for one in carriers}
    return carriers, [one for one in mixed if one.id not in held_out]


def write_library(found: Sequence[Text], path: Path) -> None:
    """As a .jsonl that `xunzhang add` takes."""
    with path.open("w", encoding="utf-8") as file:
        for one in sorted(found, key=lambda one: one.id):
            row: dict[str, Any] = {"id": one.id, "title": one.title, "paragraphs": one.paragraphs}
            row |= {"unit": one.unit} if one.unit else {}
            row |= {"kind": one.kind} if one.kind else {}
            row |= {"year": int(one.year)} if one.year else {}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


# --- ways to plant

_FIGURE = re.compile(
    r"\d+(?:\.\d+)?|[一二三四五六七八九十百千]{1,5}(?=[个名次项件户场期家批]|万|亿)"
)
_PUNCTUATION = re.compile(r"\W+")
_CLAUSE = re.compile(r"[^，；。！？：]+[，；。！？：]?")
_NAMES = {"ns": "place", "nt": "unit", "nr": "person"}
_PLACEHOLDERS = {
    "place": ("××", "XX", "某地"),
    "unit": ("XX局", "××单位"),
    "person": ("某某", "×××"),
}
_HAN = "一二三四五六七八九"


@dataclass
class Words:
    """What is put into passages: words, clauses and names of other documents."""

    words: list[str]
    clauses: list[str]
    names: Mapping[str, list[str]]

    @classmethod
    def of(cls, found: Sequence[Text], chance: random.Random) -> Words:
        words: list[str] = []
        clauses: list[str] = []
        names: dict[str, set[str]] = defaultdict(set)
        paragraphs = [one for text in found for one in text.paragraphs if len(one) > 60]
        for paragraph in chance.sample(paragraphs, min(500, len(paragraphs))):
            clauses += [c for c in _CLAUSE.findall(paragraph) if 10 <= len(fold(c)) <= 30]
            for word, flag in jieba.posseg.cut(paragraph):
                if flag[:2] in _NAMES and 2 <= len(word) <= 6:
                    names[_NAMES[flag[:2]]].add(word)
                elif flag[:1] in "nvad" and len(word) >= 2 and word.isalpha():
                    words.append(word)
        return cls(words, clauses, {kind: sorted(found) for kind, found in names.items()})


def word_for_word(text: str, words: Words, chance: random.Random) -> list[Piece]:
    return [(text, PLANTED)]


def reordered(text: str, words: Words, chance: random.Random) -> list[Piece] | None:
    """Its sentences in another order; None for fewer than three."""
    parts = [text[start:end] for start, end in sentences(text)]
    if len(parts) < 3:
        return None
    mixed = parts[:]
    while mixed == parts:
        chance.shuffle(mixed)
    return [(part, PLANTED) for part in mixed]


def edited(rate: float) -> Callable[[str, Words, random.Random], list[Piece]]:
    """`rate` of the words dropped, replaced or followed by another, half as many clauses dropped
    or followed by one of another document."""

    def edit(text: str, words: Words, chance: random.Random) -> list[Piece]:
        pieces: list[Piece] = []
        for clause in _CLAUSE.findall(text):
            drawn = chance.random()
            if drawn < rate / 4:
                continue
            for word in jieba.cut(clause):
                if _PUNCTUATION.fullmatch(word) or chance.random() >= rate:
                    pieces.append((word, PLANTED))
                    continue
                how = chance.choice(("drop", "replace", "insert"))
                if how == "insert":
                    pieces.append((word, PLANTED))
                if how != "drop":
                    pieces.append((chance.choice(words.words), EITHER))
            if drawn > 1 - rate / 4:
                pieces.append((chance.choice(words.clauses), OWN))
        return pieces

    return edit


def renamed(text: str, words: Words, chance: random.Random) -> list[Piece] | None:
    """Every name another one, the same one each time; None for fewer than two."""
    return _named(text, chance, lambda kind: chance.choice(words.names[kind]))


def opened(text: str, words: Words, chance: random.Random) -> list[Piece] | None:
    """Every name a placeholder; None for fewer than two."""
    return _named(text, chance, lambda kind: chance.choice(_PLACEHOLDERS[kind]))


def _named(text: str, chance: random.Random, other: Callable[[str], str]) -> list[Piece] | None:
    known: dict[str, str] = {}
    pieces: list[Piece] = []
    count = 0
    for word, flag in jieba.posseg.cut(text):
        if flag[:2] in _NAMES and len(word) >= 2:
            if word not in known:
                known[word] = other(_NAMES[flag[:2]])
            pieces.append((known[word], PLANTED))
            count += 1
        else:
            pieces.append((word, PLANTED))
    return pieces if count >= 2 else None


def figures(text: str, words: Words, chance: random.Random) -> list[Piece] | None:
    """Every figure another one of as many digits; None for fewer than three."""
    if len(_FIGURE.findall(text)) < 3:
        return None

    def other(match: re.Match[str]) -> str:
        return "".join(
            chance.choice("123456789")
            if one.isdigit() and one.isascii()
            else chance.choice(_HAN)
            if one in _HAN
            else one
            for one in match.group()
        )

    return [(_FIGURE.sub(other, text), PLANTED)]


def mixed(text: str, words: Words, chance: random.Random) -> list[Piece] | None:
    """Other names, other figures, and a word in twenty changed: how a report is made of another."""
    named = renamed(text, words, chance)
    if named is None:
        return None
    changed = figures("".join(piece for piece, _ in named), words, chance)
    return None if changed is None else edited(0.05)(changed[0][0], words, chance)


Way = Callable[[str, Words, random.Random], "list[Piece] | None"]


@dataclass(frozen=True)
class Kind:
    """How passages are planted, and how many."""

    name: str
    how_many: int
    way: Way
    least: int = 100
    most: int = 500
    """Compared characters of the passage."""
    whole: bool = False
    """One to three paragraphs as they stand."""
    inside: bool = False
    long: bool = False


KINDS = (
    Kind("verbatim: whole paragraphs", 36, word_for_word, 80, 900, whole=True),
    Kind("verbatim: 60 to 400 characters", 36, word_for_word, 60, 400, inside=True),
    Kind("verbatim: sentences in another order", 30, reordered, 100, 600),
    *(Kind(f"edited: {rate:.0%} of the words", 30, edited(rate)) for rate in RATES),
    Kind("renamed: other names", 36, renamed),
    Kind("renamed: placeholders", 30, opened),
    Kind("numbers only", 36, figures),
    Kind("names, numbers and 5% of the words", 30, mixed),
    Kind("200 characters in a long report", 24, word_for_word, 190, 210, inside=True, long=True),
)


# --- planting


def planned(
    carriers: Sequence[Text], library: Sequence[Text], never: frozenset[str]
) -> list[Planned]:
    """The drafts, the same in every run."""
    chance = random.Random(SEED + 1)
    words = Words.of(carriers, chance)
    origins = [one for one in library if one.id not in never]
    usual = [one for one in carriers if one.size < LONG]
    long = [one for one in carriers if one.size >= LONG]
    drafts: list[Planned] = []
    for group, kinds in (
        (usual, [kind for kind in KINDS if not kind.long]),
        (long, [kind for kind in KINDS if kind.long]),
    ):
        orders = [kind for kind in kinds for _ in range(kind.how_many)]
        chance.shuffle(orders)
        for number, start in enumerate(range(0, len(orders), IN_A_DRAFT)):
            carrier = group[number % len(group)]
            plantings = [
                planting
                for kind in orders[start : start + IN_A_DRAFT]
                if (planting := _planting(kind, carrier, origins, words, chance)) is not None
            ]
            drafts.append(_draft(carrier, plantings, chance))
    return drafts


def _planting(
    kind: Kind, carrier: Text, origins: Sequence[Text], words: Words, chance: random.Random
) -> Planting | None:
    """A passage of a document drawn by chance that such a passage can be made of."""
    for _ in range(2000):
        origin = chance.choice(origins)
        at = chance.randrange(len(origin.paragraphs)) if origin.paragraphs else None
        if at is None or (taken := _passage(kind, origin, at, chance)) is None:
            continue
        made = [kind.way(text, words, chance) for text in taken]
        if all(made) and len(np.intersect1d(origin.grams, carrier.grams, True)) <= IN_COMMON:
            return Planting(kind.name, origin, made, kind.inside)  # type: ignore[arg-type]
    return None


def _passage(kind: Kind, origin: Text, at: int, chance: random.Random) -> list[str] | None:
    """Paragraphs, or a part of one from sentence to sentence or clause to clause, of the size that
    `kind` asks for; None where there is none at `at`."""
    if kind.whole:
        taken = list(origin.paragraphs[at : at + chance.randint(1, 3)])
        fits = kind.least <= sum(len(fold(one)) for one in taken) <= kind.most
        return taken if fits and min(len(fold(one)) for one in taken) >= 40 else None
    text = origin.paragraphs[at]
    cuts = (
        [(m.start(), m.end()) for m in _CLAUSE.finditer(text)] if kind.inside else sentences(text)
    )
    first = chance.randrange(len(cuts)) if cuts else 0
    wanted = chance.randint(kind.least, kind.most)
    for last in range(first, len(cuts)):
        part = text[cuts[first][0] : cuts[last][1]]
        size = len(fold(part))
        if kind.least <= size <= kind.most and (size >= wanted or last + 1 == len(cuts)):
            return [part]
        if size > kind.most:
            return None
    return None


def _draft(carrier: Text, plantings: Sequence[Planting], chance: random.Random) -> Planned:
    draft = Planned(carrier, plantings=list(plantings))
    draft.paragraphs = [[(text, OWN, -1)] for text in (carrier.title, *carrier.paragraphs)]
    for number, planting in enumerate(plantings):
        pieces = [[(text, what, number) for text, what in one] for one in planting.paragraphs]
        wide = [
            at
            for at, one in enumerate(draft.paragraphs)
            if at and len(one) == 1 and one[0][2] == -1 and len(one[0][0]) > 80
        ]
        if planting.inside and wide:
            at = chance.choice(wide)
            text = draft.paragraphs[at][0][0]
            cut = chance.choice([start for start, _ in sentences(text)] + [len(text)])
            draft.paragraphs[at] = [(text[:cut], OWN, -1), *pieces[0], (text[cut:], OWN, -1)]
        else:
            at = chance.randint(1, len(draft.paragraphs))
            draft.paragraphs[at:at] = pieces
    return draft


def planted_set(shared: Path, work: Path) -> tuple[Path, list[Planned]]:
    """The .jsonl of the library's documents, written to `work`; and the drafts."""
    known = shared / "eval" / "reuse" / "documents.jsonl.gz"
    with gzip.open(known, "rt", encoding="utf-8") as rows:
        never = frozenset(json.loads(row)["id"] for row in rows)
    carriers, library = dealt(texts(shared / "library"), never)
    path = work / "planted.jsonl"
    write_library(library, path)
    return path, planned(carriers, library, never)
