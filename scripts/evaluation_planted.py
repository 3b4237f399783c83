"""What a review finds of passages that were planted in real reports (evaluation_planting.py).

Which characters are planted is known from the planting, so recall and precision need no judge. The
carriers are reviewed with nothing planted, too: what is called then, nobody planted. No text is
kept: only figures are given back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from evaluation_planting import EITHER, KINDS, OWN, PLANTED, Planned, Text
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from index.alignment import SHORTEST_RUN, fold
from index.alignment.runs import gram_hashes
from index.alignment.spans import text_of
from index.datatypes import Metadata
from index.findings import Choices, Draft, Evidence, Review
from index.formulas.background import covered
from index.library import Library
from index.review import gather, judge, pasted

LONGEST_GAP = 2000
"""Characters: cleaning takes no more out of one place (an advert, a page's furniture)."""
UNIT, YEAR = "青禾县档案馆", 2027
"""The drafts' own, of which the library holds nothing."""
SHORT_STRETCH = 30
"""Characters: a pair called for less has a clause or two in common."""
AS_THEY_ARE = "as they are"

Row = dict[str, Any]
Mask = NDArray[np.bool_]


@dataclass
class Counts:
    """Compared characters of one kind."""

    plantings: int = 0
    planted: int = 0
    found: int = 0
    shown: int = 0
    prescribed: int = 0
    """Planted, and called prescribed or a quotation: not among `planted`."""
    anywhere: int = 0
    """Planted, and shown as re-use of whatever source."""
    called: int = 0
    """Pairs of draft and origin called re-use."""


class Truth:
    """Of every compared character of a draft's paragraphs what it is, and of which planting."""

    def __init__(self, plan: Planned, draft: Draft) -> None:
        text = plan.text
        what = np.zeros(len(text), np.int8)
        which = np.full(len(text), -1, np.int32)
        at = 0
        for paragraph in plan.paragraphs:
            for piece, state, number in paragraph:
                what[at : at + len(piece)] = state
                which[at : at + len(piece)] = number
                at += len(piece)
            at += 1
        folded = fold(text)
        written = text_of(folded.codes)
        what, which = what[folded.at], which[folded.at]
        self.paragraphs: list[tuple[NDArray[np.int8], NDArray[np.int32]]] = []
        cursor = 0
        for paragraph in draft.paragraphs:
            wording = text_of(fold(paragraph.text).codes)
            at = written.find(wording, cursor)
            places = np.arange(at, at + len(wording))
            if at < 0:  # cleaning took something out of it, or put it elsewhere
                window = written[cursor : cursor + len(wording) + LONGEST_GAP]
                places = _places(wording, window)
                places[places >= 0] += cursor
            known = places >= 0
            self.paragraphs.append(
                (np.where(known, what[places], OWN), np.where(known, which[places], -1))
            )
            cursor = max(cursor, int(places.max(initial=-1)) + 1)

    def of(self, paragraph: int, number: int) -> tuple[Mask, Mask, Mask]:
        """Of the compared characters of a paragraph: those planted, those that count neither way,
        and all others; bool (n,) each."""
        what, which = self.paragraphs[paragraph]
        mine = which == number
        planted, either = mine & (what == PLANTED), mine & (what == EITHER)
        return planted, either, ~planted & ~either


def _places(wording: str, written: str) -> NDArray[np.int64]:
    """Where each character of `wording` stands in `written`, -1 for nowhere."""
    places = np.full(len(wording), -1, np.int64)
    for one in Indel.opcodes(wording, written):
        if one.tag == "equal":
            places[one.src_start : one.src_end] = np.arange(one.dest_start, one.dest_end)
    return places


def set_aside(evidence: Evidence) -> list[Mask]:
    """Of each paragraph, which compared characters are prescribed or quoted."""
    folded = [fold(paragraph.text) for paragraph in evidence.draft.paragraphs]
    masks = [np.zeros(len(one), np.bool_) for one in folded]
    for one in (*evidence.prescribed, *evidence.quotations):
        first, past = folded[one.paragraph].within(*one.span)
        masks[one.paragraph][first:past] = True
    return masks


def shown(review: Review) -> list[Mask]:
    """Of each paragraph, which compared characters are shown as re-use."""
    masks = []
    for result in review.paragraphs:
        folded = fold(result.paragraph.text)
        mask = np.zeros(len(folded), np.bool_)
        for marked in result.marked:
            if marked.kind == "reuse" and marked.shared is not None:
                first, past = folded.within(*marked.span)
                mask[first:past] = True
        masks.append(mask)
    return masks


class Plantings:
    """Every draft reviewed against a library, and what came of it."""

    def __init__(self, library: Library, drafts: Sequence[Planned]) -> None:
        self.library, self.drafts = library, drafts
        self.ids = {entry.external_id: entry.id for entry in library.documents()}
        self.seconds: list[float] = []

    def gathered(self, text: str, carrier: Text) -> Evidence:
        began = time.perf_counter()
        draft = pasted(text, Metadata(title=carrier.title, unit=UNIT, year=YEAR))
        evidence = gather(self.library, draft)
        self.seconds.append(time.perf_counter() - began)
        return evidence

    def rows(self) -> Iterator[Row]:
        counts: dict[str, Counts] = {kind.name: Counts() for kind in KINDS}
        for plan in self.drafts:
            self.count(plan, self.gathered(plan.text, plan.carrier), counts)
        total = Counts()
        for name, one in counts.items():
            yield _row(name, one)
            for key, value in vars(one).items():
                setattr(total, key, getattr(total, key) + value)
        yield _row("all", total)
        yield self.as_they_are()

    def as_they_are(self) -> Row:
        """The carriers with nothing planted: how many pairs with a document of the library there
        are, and how many are called re-use."""
        carriers = {plan.carrier.id: plan.carrier for plan in self.drafts}
        called: list[int] = []
        short = 0
        for carrier in carriers.values():
            text = "\n".join((carrier.title, *carrier.paragraphs))
            notable = [one for one in judge(self.gathered(text, carrier)).sources if one.notable]
            called.append(len(notable))
            short += sum(one.longest < SHORT_STRETCH for one in notable)
        return {
            "set": "planted",
            "level": "pairs",
            "kind": AS_THEY_ARE,
            "carriers": len(carriers),
            "with_any": sum(number > 0 for number in called),
            "pairs": len(carriers) * sum(e.counted for e in self.library.documents()),
            "called": sum(called),
            "short": short,
        }

    def count(self, plan: Planned, evidence: Evidence, counts: Mapping[str, Counts]) -> None:
        truth = Truth(plan, evidence.draft)
        aside = set_aside(evidence)
        anywhere = shown(judge(evidence))
        for number, planting in enumerate(plan.plantings):
            source = self.ids[planting.origin.id]
            review = judge(evidence, Choices(without=frozenset(evidence.documents) - {source}))
            one = counts[planting.kind]
            one.plantings += 1
            one.called += any(share.notable for share in review.sources)
            for index, (mask, formula, whoever) in enumerate(
                zip(shown(review), aside, anywhere, strict=True)
            ):
                planted, either, others = truth.of(index, number)
                text = evidence.draft.paragraphs[index].text
                natural = others & in_common(text, planting.origin)
                wanted = planted & ~formula
                one.planted += int(wanted.sum())
                one.prescribed += int((planted & formula).sum())
                one.found += int((wanted & mask).sum())
                one.anywhere += int((wanted & whoever).sum())
                one.shown += int((mask & ~either & ~natural & ~(planted & formula)).sum())


def in_common(text: str, origin: Text) -> Mask:
    """Which compared characters stand in a run that `origin` has too."""
    codes = fold(text).codes
    begins = np.isin(gram_hashes(codes, SHORTEST_RUN), origin.grams)
    return covered(begins, len(codes))


def _row(name: str, counts: Counts) -> Row:
    return {
        "set": "planted",
        "level": "characters",
        "kind": name,
        **vars(counts),
        "recall": counts.found / counts.planted if counts.planted else None,
        "precision": counts.found / counts.shown if counts.shown else None,
        "aside": counts.prescribed / max(1, counts.planted + counts.prescribed),
        "anyone": counts.anywhere / counts.planted if counts.planted else None,
    }


def planted_line(row: Row) -> str:
    if row["kind"] == AS_THEY_ARE:
        return f"planted  {as_they_are_sentence(row)}"
    recall, precision = (
        "-" if row[name] is None else f"{row[name]:.3f}" for name in ("recall", "precision")
    )
    return (
        f"planted  {row['kind']}: {row['plantings']} passages, {row['planted']} characters "
        f"({row['aside']:.3f} prescribed or quoted besides), recall {recall}, precision "
        f"{precision}, {row['called']} pairs called re-use"
    )


def as_they_are_sentence(row: Row) -> str:
    return (
        f"With nothing planted {row['with_any']} of the {row['carriers']} carriers have "
        f"{row['called']} of {row['pairs']:,} pairs called re-use, {row['short']} of them without "
        f"a stretch of {SHORT_STRETCH} characters."
    )


def planted_table(rows: Sequence[Row], missed: Sequence[str]) -> str:
    """The rows as Markdown, and what is not reached."""
    lines = [
        "| planted into real reports | passages | characters | prescribed or quoted besides "
        "| recall | precision | pairs called |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    sentences = []
    for row in rows:
        if row["kind"] == AS_THEY_ARE:
            sentences.append(as_they_are_sentence(row))
            continue
        recall, precision = (
            "-" if row[name] is None else f"{row[name]:.3f}" for name in ("recall", "precision")
        )
        lines.append(
            f"| {row['kind']} | {row['plantings']} | {row['planted']:,} | {row['aside']:.3f} "
            f"| {recall} | {precision} | {row['called']} |"
        )
    if missed:
        sentences.append("Not reached:\n\n" + "\n".join(f"- {sentence}" for sentence in missed))
    return "\n\n".join(["\n".join(lines), *sentences])
