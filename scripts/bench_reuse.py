"""What re-use costs: a draft against a library, a library against itself, and the same by MinHash.

bench.py runs these in processes of their own and prints what they give back: seconds and counts.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

SEED = 20260101
DRAFT = 5_000
"""Characters of a draft: a summary of a department."""
DRAFTS = 12
SHINGLE = 5
"""Characters of a shingle: what is usual for Chinese text."""
PERMUTATIONS = 128
ALIKE = 0.5
"""Share of either text (product) and estimated Jaccard similarity (MinHash) of a pair."""
STEPS = (50_000, 500_000)
"""Paragraphs, to see how it grows."""

Figures = dict[str, Any]
Document = list[str]
"""Its paragraphs."""


# --- a draft against a library


def review(library: Path, strange: Path) -> Figures:
    """Seconds of whole reviews of drafts of DRAFT characters, warm.

    `known`: made of paragraphs of the library, drawn from everywhere: sources without end.
    `strange`: of the texts of the folder `strange`, whose passages the model has not seen.
    """
    from index.library import Library
    from index.review import review

    with Library.open(library) as opened:
        counted = [entry.id for entry in opened.documents() if entry.counted]
        texts = [paragraph.text for id_ in counted for paragraph in opened.paragraphs(id_)]
        random.Random(SEED).shuffle(texts)
        kinds = {"known": _drafts(texts), "strange": _drafts(_paragraphs_of(strange))}
        review(opened, texts[0])  # reads files and opens the model
        figures: Figures = {"characters": DRAFT}
        for kind, drafts in kinds.items():
            seconds = []
            sources = []
            for draft in drafts:
                began = time.perf_counter()
                found = review(opened, draft)
                seconds.append(time.perf_counter() - began)
                sources.append(len(found.sources))
            figures[kind] = {"seconds": seconds, "sources": max(sources, default=0)}
    return figures


def _paragraphs_of(folder: Path) -> list[str]:
    from index.paragraphs import prepare
    from index.reading import read, walk

    return [
        paragraph.text
        for path in walk([folder])
        for document in read(path)
        for paragraph in prepare(document).paragraphs
    ]


def _drafts(paragraphs: Sequence[str]) -> list[str]:
    """Texts of DRAFT characters of consecutive paragraphs, DRAFTS at most."""
    drafts = []
    lines: list[str] = []
    for paragraph in paragraphs:
        lines.append(paragraph)
        if sum(map(len, lines)) >= DRAFT:
            drafts.append("\n".join(lines)[:DRAFT])
            lines = []
    return drafts[:DRAFTS]


# --- a library against itself


def itself(library: Path) -> Figures:
    """Seconds of the product for all pairs, and the pairs of at least ALIKE, as pairs of ids."""
    from index.duplicates import find_duplicates
    from index.library import Library

    with Library.open(library) as opened:
        opened.prints()
        began = time.perf_counter()
        found = find_duplicates(opened, ALIKE)
        seconds = time.perf_counter() - began
    pairs = [sorted((pair.a.document_id, pair.b.document_id)) for pair in found.documents]
    return {"seconds": seconds, "pairs": pairs, "families": len(found.families)}


def minhash(library: Path) -> Figures:
    """The same with datasketch: MinHash of the SHINGLE-character shingles of each document, LSH."""
    from datasketch import MinHash, MinHashLSH

    from index.alignment import fold
    from index.alignment.spans import text_of
    from index.library import Library

    with Library.open(library) as opened:
        texts = {
            entry.id: text_of(fold("".join(one.text for one in opened.paragraphs(entry.id))).codes)
            for entry in opened.documents()
            if entry.counted
        }
    began = time.perf_counter()
    sketches = {}
    index = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
    for id_, text in texts.items():
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        shingles = {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}
        sketch.update_batch([shingle.encode() for shingle in shingles])
        sketches[id_] = sketch
        index.insert(str(id_), sketch)
    pairs = {
        (min(id_, other), max(id_, other))
        for id_, sketch in sketches.items()
        for other in map(int, index.query(sketch))
        if other != id_ and sketch.jaccard(sketches[other]) >= ALIKE
    }
    return {"seconds": time.perf_counter() - began, "pairs": sorted(pairs)}


def both(ours: Sequence[Sequence[int]], theirs: Sequence[Sequence[int]]) -> Figures:
    """
    >>> both([[1, 2], [1, 3]], [[1, 2]])
    {'product': 2, 'minhash': 1, 'both': 1}
    """
    one, other = ({tuple(pair) for pair in pairs} for pairs in (ours, theirs))
    return {"product": len(one), "minhash": len(other), "both": len(one & other)}


# --- half a million paragraphs, by fingerprints only


def big(library: Path, file: Path) -> Figures:
    """Fingerprints of the library's documents and those of `file` (.jsonl, .jsonl.gz) in memory:
    seconds to make and of a draft's look-up, at STEPS (bench_duplicates.py: against itself).

    No model and no catalogue: what of the cost grows with the library.
    """
    from index.alignment import fold
    from index.alignment.skeleton import skeleton
    from index.fingerprints import Segment

    documents = list(_documents(library, file))
    figures: Figures = {"steps": []}
    for step in STEPS:
        count = _documents_with(documents, step)
        began = time.perf_counter()
        segment = Segment.of((id_, id_, document) for id_, document in enumerate(documents[:count]))
        made = time.perf_counter() - began
        looked_up = []
        for text in _drafts(_shuffled(documents[:count])):
            began = time.perf_counter()
            segment.written.shared(fold(text).codes)
            segment.skeletons.shared(skeleton(text).codes)
            looked_up.append(time.perf_counter() - began)
        figures["steps"].append(
            {
                "paragraphs": sum(map(len, documents[:count])),
                "documents": count,
                "characters": len(segment.written.codes),
                "made": made,
                "look_up": looked_up,
            }
        )
        del segment
    return figures


def _documents(library: Path, file: Path) -> Iterator[Document]:
    from index.library import Library

    with Library.open(library) as opened:
        for entry in opened.documents():
            if entry.counted:
                yield [paragraph.text for paragraph in opened.paragraphs(entry.id)]
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row.get("paragraphs") or row["text"].split("\n")


def _documents_with(documents: Sequence[Document], paragraphs: int) -> int:
    """How many documents have so many paragraphs; all, where there are fewer.

    >>> _documents_with([["a", "b"], ["c"], ["d"]], 3), _documents_with([["a"]], 3)
    (2, 1)
    """
    total = 0
    for count, document in enumerate(documents, 1):
        total += len(document)
        if total >= paragraphs:
            return count
    return len(documents)


def _shuffled(documents: Sequence[Document]) -> list[str]:
    """Paragraphs from everywhere, enough for the drafts."""
    drawing = random.Random(SEED)
    drawn = drawing.sample(documents, min(len(documents), 40 * DRAFTS))
    paragraphs = [paragraph for document in drawn for paragraph in islice(document, 40)]
    drawing.shuffle(paragraphs)
    return paragraphs
