"""How well re-use is found: the planted re-use of the sample, and real pairs of documents.

Every document is reviewed as a draft against the library that holds it, as `xunzhang review` does.
What is found of one source is what the review shows when all other sources are switched off. Only
figures are given back, no text.

Characters are compared characters (no punctuation, no spaces). Recall: of what is planted, what the
review shows as re-use of that source. Precision: of what it shows, what is planted; what it shows
where nothing is planted counts against the kind that most of the pair is. Prescribed wording is
never re-use, so neither planted nor right to show; titles, bylines and headings are left out.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.alignment import Folded, fold, shared_runs
from index.alignment.spans import text_of
from index.duplicates import find_duplicates
from index.findings import NOTABLE, Choices, Draft, DraftParagraph, Evidence, Review, SourceShare
from index.library import Library
from index.review import gather, held, judge

KINDS = ("verbatim", "renamed", "numbers", "edited", "paraphrase", "part")
NEVER = ("formula_only", "hard_negative", "unrelated")
"""Pairs of documents that share wording or a topic, and no re-use."""
AROUND = 4
"""Characters of its neighbours that a formula may carry (把, 部): neither planted nor wrong."""
RECALL = {"verbatim": 0.98, "renamed": 0.98, "numbers": 0.98, "edited": 0.95}
PRECISION = 0.95
FOUND = ("near_duplicate", "substantial_reuse")
"""Labels of real pairs that must all be called re-use."""
LISTED = 0.5
"""Share from which the page and the command list a pair unless told."""
SENTENCES = 0.02
"""Share of single sentences that say something else and may be called alike in meaning."""

Mask = NDArray[np.bool_]
Row = dict[str, Any]


class Reviewed:
    """Every document of a library as a draft, compared once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._evidence: dict[int, Evidence] = {}
        self.seconds: list[float] = []

    def evidence(self, document_id: int) -> Evidence:
        if document_id not in self._evidence:
            began = time.perf_counter()
            self._evidence[document_id] = gather(self.library, held(self.library, document_id))
            self.seconds.append(time.perf_counter() - began)
        return self._evidence[document_id]

    def only(self, draft: int, source: int) -> Review:
        """The review of `draft` with `source` as its only source."""
        evidence = self.evidence(draft)
        return judge(evidence, Choices(without=frozenset(evidence.documents) - {source}))

    def share(self, draft: int, source: int) -> SourceShare | None:
        """What `source` contributed to `draft`, whoever else has it too."""
        return next(iter(self.only(draft, source).sources), None)

    def called(self, one: int, other: int) -> bool:
        """Whether a reviewer of either document is told that it re-uses the other."""
        return any(
            share is not None and share.notable
            for share in (self.share(one, other), self.share(other, one))
        )


# --- the sample


@dataclass
class Counts:
    """Compared characters."""

    planted: int = 0
    found: int = 0
    shown: int = 0
    """Found, and shown where nothing is planted."""


@dataclass(frozen=True)
class Planted:
    """What corpus/expected.toml says about re-use, tied to a library of the sample."""

    expected: Mapping[str, Any]
    paragraphs: Mapping[str, int]
    """Key of a paragraph -> its id in the library."""
    documents: Mapping[str, int]
    """Id in expected.toml -> id in the library."""

    @cached_property
    def formulas(self) -> list[str]:
        return [text_of(fold(text).codes) for text in self.expected["formulas"]]

    @cached_property
    def fresh(self) -> dict[str, list[str]]:
        """Key of a paragraph -> its newly written clauses."""
        return {p["key"]: p.get("fresh", []) for p in self.expected["paragraphs"]}

    def formula(self, text: Folded, around: int = 0) -> Mask:
        """Which compared characters are prescribed wording of the sample, or next to it."""
        mask = np.zeros(len(text), np.bool_)
        written = text_of(text.codes)
        for formula in self.formulas:
            at = written.find(formula)
            while at >= 0:
                mask[max(0, at - around) : at + len(formula) + around] = True
                at = written.find(formula, at + 1)
        return mask

    def reused(self, key: str, kind: str, text: str, source: str) -> Mask:
        """Which compared characters of a planted passage are re-use."""
        folded = fold(text)
        mask = np.ones(len(folded), np.bool_)
        if kind == "part":
            mask[:] = False
            for run in shared_runs(folded.codes, fold(source).codes):
                mask[run.a : run.a + run.length] = True
        if kind == "edited":
            for clause in self.fresh[key]:
                start = text.index(clause)
                first, past = folded.within(start, start + len(clause))
                mask[first:past] = False
        return mask & ~self.formula(folded)


def planted_reuse(planted: Planted, reviewed: Reviewed) -> list[Row]:
    """Rows of the sample: characters by kind of passage, pairs by kind of pair, leftovers."""
    counts: dict[str, Counts] = defaultdict(Counts)
    kinds: dict[frozenset[str], str] = {}
    for pair in planted.expected["reuse"]:
        documents = frozenset((pair["a"], pair["b"]))
        # a pair that looks alike may be named as formula_only besides
        if kinds.get(documents) in (None, *NEVER):
            kinds[documents] = pair["kind"]
        if pair["kind"] not in NEVER:
            _count(pair, planted, reviewed, counts)
    rows: list[Row] = []
    total = Counts()
    for kind in KINDS:
        one = counts[kind]
        total.planted += one.planted
        total.found += one.found
        total.shown += one.shown
        rows.append(_characters(kind, one))
    rows.append(_characters("all", total))
    rows += _pairs(planted, reviewed, kinds)
    rows.append(_leftovers(planted, reviewed))
    return rows


def _characters(kind: str, counts: Counts) -> Row:
    return {
        "set": "reuse",
        "level": "characters",
        "kind": kind,
        "planted": counts.planted,
        "found": counts.found,
        "shown": counts.shown,
        "recall": counts.found / counts.planted if counts.planted else None,
        "precision": counts.found / counts.shown if counts.shown else None,
    }


def _count(
    pair: Mapping[str, Any], planted: Planted, reviewed: Reviewed, counts: dict[str, Counts]
) -> None:
    passages: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    weights: Counter[str] = Counter()
    a, b = planted.documents[pair["a"]], planted.documents[pair["b"]]
    source = {p.id: p.text for p in reviewed.library.paragraphs(a)}
    ids = [p.id for p in reviewed.library.paragraphs(b)]
    for one, other, kind in pair["passages"]:
        passages[planted.paragraphs[other]].append((other, kind, one))
    for id_, result in zip(ids, reviewed.only(b, a).paragraphs, strict=True):
        for _, kind, _ in passages[id_]:
            weights[kind] += len(result.paragraph.text)
    document = next(d for d in planted.expected["documents"] if d["id"] == pair["b"])
    unjudged = {document["title"], *document.get("byline", [])}
    usual = max(weights, key=lambda kind: (weights[kind], kind))
    for id_, result in zip(ids, reviewed.only(b, a).paragraphs, strict=True):
        if result.paragraph.level or result.paragraph.text in unjudged:
            continue
        text = result.paragraph.text
        folded = fold(text)
        shown = np.zeros(len(folded), np.bool_)
        in_other_words = False
        for marked in result.marked:
            if marked.kind == "reuse" and marked.shared is not None:
                first, past = folded.within(*marked.span)
                shown[first:past] = True
                in_other_words |= marked.shared.by_meaning
        truth = np.zeros(len(folded), np.bool_)
        # the first of several passages gives its kind
        unplanted = "paraphrase" if in_other_words else usual
        kind = passages[id_][0][1] if passages[id_] else unplanted
        for key, what, origin in passages[id_]:
            truth |= planted.reused(key, what, text, source[planted.paragraphs[origin]])
        beside = planted.formula(folded, AROUND) & ~planted.formula(folded)
        truth &= ~beside
        counts[kind].planted += int(truth.sum())
        counts[kind].found += int((truth & shown).sum())
        counts[kind].shown += int((shown & ~beside).sum())


def _pairs(
    planted: Planted, reviewed: Reviewed, kinds: Mapping[frozenset[str], str]
) -> Iterator[Row]:
    """Pairs of documents, by kind: how many there are, and how many are called re-use."""
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other in combinations(sorted(planted.documents), 2):
        called = reviewed.called(planted.documents[one], planted.documents[other])
        asked[kinds.get(frozenset((one, other)), "unrelated")][str(called)] += 1
    right = sum(count["True"] for kind, count in asked.items() if kind not in NEVER)
    wrong = sum(count["True"] for kind, count in asked.items() if kind in NEVER)
    real = sum(count.total() for kind, count in asked.items() if kind not in NEVER)
    for kind, count in sorted(asked.items(), key=lambda item: (item[0] in NEVER, item[0])):
        yield {
            "set": "reuse",
            "level": "pairs",
            "kind": kind,
            "pairs": count.total(),
            "called": count["True"],
        }
    yield {
        "set": "reuse",
        "level": "pairs",
        "kind": "all",
        "pairs": real,
        "called": right,
        "recall": right / real,
        "precision": right / (right + wrong) if right + wrong else None,
    }


def _leftovers(planted: Planted, reviewed: Reviewed) -> Row:
    """Names, years and placeholders that were left over: by document and wording."""
    names = {id_: name for name, id_ in planted.documents.items()}
    wanted = {(left["document"], left["name"]) for left in planted.expected["leftovers"]}
    found: set[tuple[str, str]] = set()
    false: set[tuple[str, str]] = set()
    for id_, name in names.items():
        told = {left for document, left in wanted if document == name}
        for left in reviewed.evidence(id_).leftovers:
            right = {one for one in told if one in left.text or left.text in one}
            found |= {(name, one) for one in right}
            if not right:
                false.add((name, left.text))
    called = len(found) + len(false)
    return {
        "set": "reuse",
        "level": "leftovers",
        "kind": "leftovers",
        "planted": len(wanted),
        "found": len(found),
        "shown": called,
        "recall": len(found) / len(wanted),
        "precision": len(found) / called if called else None,
    }


# --- real pairs of documents


def real_pairs(
    pairs: Sequence[Mapping[str, Any]], negatives: Sequence[Mapping[str, Any]], reviewed: Reviewed
) -> list[Row]:
    """By label: how many pairs there are, and how many are called re-use.

    A document that repeats another word for word is not searched; the library says so itself when
    it is added, and that finds the pair.
    """
    entries = {entry.external_id: entry for entry in reviewed.library.documents()}
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in (*pairs, *negatives):
        a, b = entries[pair["a"]], entries[pair["b"]]
        searched = a.counted and b.counted
        how = str(reviewed.called(a.id, b.id)) if searched else "repeated"
        asked[pair["label"]][how] += 1
    return [
        {
            "set": "pairs",
            "level": "pairs",
            "kind": label,
            "pairs": count.total(),
            "called": count["True"] + count["repeated"],
            "repeated": count["repeated"],
        }
        for label, count in asked.items()
    ]


# --- a library against itself


def against_itself(
    labels: Mapping[frozenset[int], str], twins: Counter[str], library: Library
) -> list[Row]:
    """By label of pairs of documents: how many are listed when the library is compared with itself
    as it is by itself (a share of one half), and how many share a passage (NOTABLE).

    twins: pairs that repeat one another word for word, which are listed when they are added.
    """
    pairs = {
        frozenset((pair.a.document_id, pair.b.document_id)): pair
        for pair in find_duplicates(library, 0.0).documents
    }
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for documents, label in labels.items():
        pair = pairs.get(documents)
        asked[label]["pairs"] += 1
        asked[label]["listed"] += pair is not None and pair.alike >= LISTED
        asked[label]["shared"] += pair is not None and pair.shared >= NOTABLE
    for label, count in twins.items():
        for name in ("pairs", "listed", "shared"):
            asked[label][name] += count
    return [
        {"set": "itself", "level": "pairs", "kind": label, **count}
        for label, count in asked.items()
    ]


def labels_of(
    pairs: Sequence[Mapping[str, Any]], library: Library
) -> tuple[dict[frozenset[int], str], Counter[str]]:
    """The labels of real pairs by the ids of their documents; and how many pairs of each label
    repeat one another word for word."""
    entries = {entry.external_id: entry for entry in library.documents()}
    labels: dict[frozenset[int], str] = {}
    twins: Counter[str] = Counter()
    for pair in pairs:
        a, b = entries[pair["a"]], entries[pair["b"]]
        if a.counted and b.counted:
            labels[frozenset((a.id, b.id))] = pair["label"]
        else:
            twins[pair["label"]] += 1
    return labels, twins


# --- pairs of single sentences


@dataclass(frozen=True)
class SentencePair:
    """Two sentences and what people said of them."""

    set: str
    one: str
    other: str
    label: float
    """PAWS-X: 1 the same, 0 not; STS-B: 0 to 5."""


def in_other_words(pairs: Sequence[SentencePair], library: Library) -> list[Row]:
    """How often single sentences are called alike in meaning, by what people said of them.

    All first sentences are one draft, the second ones the documents of `library`. One sentence near
    another is no evidence, whatever people say of it: near to none should be called so.
    """
    paragraphs = tuple(DraftParagraph(number, pair.one) for number, pair in enumerate(pairs, 1))
    evidence = gather(library, Draft("", paragraphs))
    called = {span.paragraph for span in evidence.spans if span.by_meaning}
    asked: dict[str, Counter[bool]] = defaultdict(Counter)
    for number, pair in enumerate(pairs):
        same = pair.label >= (1 if pair.set == "pawsx" else 4)
        other = pair.label <= (0 if pair.set == "pawsx" else 2)
        label = "the same" if same else "something else" if other else "something alike"
        asked[f"{pair.set}, {label}"][number in called] += 1
    return [
        {
            "set": "words",
            "level": "sentences",
            "kind": kind,
            "pairs": count.total(),
            "called": count[True],
        }
        for kind, count in sorted(asked.items())
    ]


# --- rows -> lines, and what is required of them


def line(row: Row) -> str:
    """
    >>> line({"set": "pairs", "level": "pairs", "kind": "near", "pairs": 4, "called": 3})
    'pairs  pairs of documents  near: 3 of 4 called re-use'
    """
    where = f"{row['set']:<6} "
    figures = "".join(
        f", {name} {row[name]:.3f}" for name in ("recall", "precision") if row.get(name) is not None
    )
    if row["set"] == "itself":
        return (
            f"{where}{row['kind']}: of {row['pairs']} pairs {row['listed']} listed at one half, "
            f"{row['shared']} share {NOTABLE} characters after prescribed wording"
        )
    if row["level"] == "sentences":
        return f"{where}{row['kind']}: {row['called']} of {row['pairs']} called alike in meaning"
    if row["level"] == "pairs":
        return f"{where}pairs of documents  {row['kind']}: {row['called']} of {row['pairs']} " + (
            f"called re-use{figures}"
        )
    return (
        f"{where}{row['level']}  {row['kind']}: {row['found']} of {row['planted']} found, "
        f"{row['shown']} shown{figures}"
    )


def unmet_reuse(rows: Sequence[Row]) -> list[str]:
    """What is required of re-use and missed, a sentence each."""
    missed = []
    for row in rows:
        name = f"{row['set']}: {row['kind']}"
        if row["level"] == "characters":
            if row["recall"] is not None and row["recall"] < RECALL.get(row["kind"], 0.0):
                missed.append(
                    f"{name}: recall {row['recall']:.3f}, required {RECALL[row['kind']]:.2f}"
                )
            demanded = row["kind"] in RECALL or row["kind"] == "all"
            if demanded and row["precision"] is not None and row["precision"] < PRECISION:
                missed.append(f"{name}: precision {row['precision']:.3f}, required {PRECISION:.2f}")
        elif row["set"] == "reuse" and row["kind"] in NEVER and row["called"]:
            missed.append(f"{name}: {row['called']} pairs called re-use, required none")
        elif row["set"] == "pairs" and row["kind"] in FOUND and row["called"] < row["pairs"]:
            missed.append(f"{name}: {row['called']} of {row['pairs']} pairs found, required all")
        elif row["level"] == "sentences" and "something else" in row["kind"]:
            if row["called"] > SENTENCES * row["pairs"]:
                missed.append(f"{name}: {row['called']} of {row['pairs']} called alike in meaning")
        elif row["set"] == "pairs" and row["kind"] == "not_duplicate" and row["called"]:
            missed.append(f"{name}: {row['called']} pairs called re-use, required none")
    return missed
