"""What is asked of all: the sets of scripts/evaluate.py, with the passages that the product keeps.

A peer knows no paragraphs: it is given passages, and a paragraph stands where its best passage
does. The measures and their intervals are those of evaluate.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from evaluate import DEPTH, interval, judged_only, per_query
from evaluation_libraries import kept
from evaluation_refinding import FIRST, Changed, draw
from evaluation_sets import LabelledSet, sample, shared_set

from index.library import Library
from peers.given import Found

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("sample", "topics", "law", "refinding")
PASSAGES = 2 * DEPTH
"""Passages that a peer is asked for, so that DEPTH paragraphs are among them."""
REFOUND = f"found@{FIRST}"
RANKED = "nDCG@10"


@dataclass(frozen=True, slots=True)
class Task:
    """One library, and what is asked of it."""

    name: str
    library: Path
    documents: Path
    passages: Path
    """Their texts, a JSON string a line."""
    ids: Sequence[int]
    """Their ids in the library, in the same order."""
    paragraphs: Sequence[int]
    """Passage -> paragraph, by the position in `passages`."""
    keys: Mapping[int, str]
    """Paragraph -> the name that judgements use."""
    sets: Sequence[LabelledSet] = ()
    changed: Sequence[Changed] = ()

    def queries(self) -> Iterator[tuple[str, str, str]]:
        """Set, query, text."""
        for labelled in self.sets:
            for query, text in labelled.queries.items():
                yield labelled.name, query, text
        for number, one in enumerate(self.changed):
            yield "refinding", str(number), one.query

    def ranked(self, found: Found, *, passages: bool) -> list[int]:
        """Paragraphs, best first, each where its best passage stands; DEPTH at most."""
        order = [self.paragraphs[number] if passages else number for number, _ in found]
        return list(dict.fromkeys(order))[:DEPTH]

    def rows(self, rankings: Mapping[tuple[str, str], Sequence[int]]) -> list[dict[str, Any]]:
        """A row a set and measure, of one peer's paragraphs for each (set, query)."""
        rows: list[dict[str, Any]] = []
        for labelled in self.sets:
            run = {query: self._named(rankings[labelled.name, query]) for query in labelled.queries}
            over = {"all": run}
            if labelled.condensed:
                over = {"judged": judged_only(run, labelled.qrels), "all": run}
            for which, one in over.items():
                for measure, values in per_query(labelled.qrels, one).items():
                    rows.append(row(labelled.name, which, measure, values))
        if self.changed:
            found = [
                float(bool(one.same.intersection(rankings["refinding", str(number)][:FIRST])))
                for number, one in enumerate(self.changed)
            ]
            rows.append(row("refinding", "all", REFOUND, found))
        return rows

    def _named(self, ranking: Sequence[int]) -> dict[str, float]:
        named: dict[str, float] = {}
        for position, paragraph in enumerate(ranking):
            if paragraph in self.keys:
                named.setdefault(self.keys[paragraph], -float(position))
        return named


def row(name: str, over: str, measure: str, values: Sequence[float]) -> dict[str, Any]:
    return {
        "set": name,
        "over": over,
        "measure": measure,
        "mean": float(np.mean(values)),
        "interval": interval(np.array(values)),
        "values": list(values),
        "queries": len(values),
    }


def tasks(
    names: Sequence[str], shared: Path | None, libraries: Path, work: Path, limit: int | None
) -> Iterator[Task]:
    """The tasks of these names, one after the other; libraries of evaluate.py's lie in `libraries`.

    `limit`: no more queries of a set than that, for a trial.
    """
    for name in names:
        changed: Sequence[Changed] = ()
        sets: tuple[LabelledSet, ...] = ()
        if name == "sample":
            searched = sample(ROOT / "corpus", libraries)
            sets = (searched.topics, searched.searches)
            library = searched.topics.library
        elif name == "refinding":
            assert shared is not None
            library = kept(libraries, "refinding", shared / "library").library
            with Library.open(library) as opened:
                changed = draw(opened)[:limit]
        else:
            assert shared is not None
            sets = (shared_set(name, shared, libraries),)
            library = sets[0].library
        sets = tuple(fewer(labelled, limit) for labelled in sets)
        passages = work / name / "passages.jsonl"
        passages.parent.mkdir(parents=True, exist_ok=True)
        with Library.open(library) as opened:
            ids, paragraphs, keys = written(opened, passages, sets)
        (documents,) = (library.parent / "documents").iterdir()
        yield Task(name, library, documents, passages, ids, paragraphs, keys, sets, changed)


def fewer(labelled: LabelledSet, limit: int | None) -> LabelledSet:
    kept_ones = list(labelled.queries)[:limit]
    return LabelledSet(
        labelled.name,
        labelled.library,
        {query: labelled.queries[query] for query in kept_ones},
        {query: labelled.qrels[query] for query in kept_ones if query in labelled.qrels},
        labelled.keys,
        labelled.condensed,
    )


def written(
    library: Library, passages: Path, sets: Sequence[LabelledSet]
) -> tuple[list[int], list[int], dict[int, str]]:
    """Write the library's passages; their ids, their paragraphs, and paragraph -> judged name.

    Documents that repeat another one are left out: the product does not search them either.
    """
    named = {id_: key for labelled in sets for id_, key in labelled.keys.items()}
    ids: list[int] = []
    paragraphs: list[int] = []
    keys: dict[int, str] = {}
    with passages.open("w", encoding="utf-8") as file:
        for entry in library.documents():
            if not entry.counted:
                continue
            texts = {one.id: one.text for one in library.paragraphs(entry.id)}
            for paragraph, spans in library.passages_of(texts).items():
                key = named.get(paragraph) if named else entry.external_id
                if key is not None:
                    keys[paragraph] = key
                for id_, start, end in spans:
                    file.write(json.dumps(texts[paragraph][start:end], ensure_ascii=False) + "\n")
                    ids.append(id_)
                    paragraphs.append(paragraph)
    return ids, paragraphs, keys
