"""What re-use costs: a draft against a library, the library against itself, the same by MinHash.

With a large library whole reviews (evidence gathered and judged, by the real encoder) are measured
against that one as well; with a file of many documents, fingerprints alone at two sizes, and the
comparison with itself as it grows (bench_duplicates.py).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import bench_duplicates

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, percentile, size
from benchmarks.processes import ROOT, alone

SEED = 20260101
DRAFT = 5_000
"""Characters of a draft: a summary of a department."""
DRAFTS = 12
DRAWN_FROM = 400
"""Documents that the paragraphs of drafts are drawn from; all texts of half a million paragraphs
would fill the memory that is to be measured."""
SHINGLE = 5
"""Characters of a shingle: what is usual for Chinese text."""
PERMUTATIONS = 128
ALIKE = 0.5
"""Share of either text (product) and estimated Jaccard similarity (MinHash) of a pair."""
STEPS = (50_000, 500_000)
"""Paragraphs, to see how it grows."""
STRANGE = ROOT / "corpus" / "documents"
"""Texts that a library of real documents does not hold."""

Document = list[str]
"""Its paragraphs."""


def measure(library: Path, asked: Asked) -> Figures:
    """A draft against the library, the library against itself, both against a big file too."""
    figures: Figures = {"review": reviews(library)}
    tell("比对：资料库和自己…")
    figures["itself"] = alone(itself, {"library": str(library)})
    ours = figures["itself"].pop("pairs")
    figures["pairs"] = {"product": len(ours)}
    if importlib.util.find_spec("datasketch") is None:
        tell("没有安装 datasketch，不作比较；可以用 pip install datasketch 安装。")
    else:
        tell("比对：MinHash…")
        figures["minhash"] = alone(minhash, {"library": str(library)})
        figures["pairs"] = both(ours, figures["minhash"].pop("pairs"))
    if asked.big is not None:
        tell("比对：大文件的指纹…")
        request = {"library": str(library), "file": str(asked.big)}
        figures["big"] = alone(fingerprints, request)
        figures["growth"] = bench_duplicates.measure([library, asked.big])
    return figures


def reviews(library: Path) -> Figures:
    """Whole reviews against a library, in a process of its own."""
    tell(f"比对：{DRAFT:,} 字的稿件和 {library.name}…")
    return alone(review, {"library": str(library), "strange": str(STRANGE)})


def rows(figures: Figures) -> Iterator[Row]:
    yield from review_rows(figures["review"])
    whole = figures["itself"]
    yield Row(
        "library against itself",
        f"{whole['seconds']:.1f} s, {figures['pairs']['product']} pairs of documents of which one "
        f"is half re-used, {whole['families']} families; peak memory {size(whole['peak_bytes'])}",
    )
    if theirs := figures.get("minhash"):
        yield Row(
            "the same by datasketch MinHashLSH",
            f"{theirs['seconds']:.1f} s, {figures['pairs']['minhash']} pairs of Jaccard "
            f"similarity one half, {figures['pairs']['both']} of them found by both; "
            f"peak memory {size(theirs['peak_bytes'])}",
        )
    if large := figures.get("big"):
        for step in large["steps"]:
            name = f"{step['paragraphs']:,} paragraphs, {step['characters']:,} compared characters"
            yield Row(
                f"fingerprints of {name}",
                f"made in {step['made']:.1f} s; a draft looked up in p50 "
                f"{1000 * percentile(step['look_up'], 50):.0f} ms, slowest "
                f"{1000 * max(step['look_up']):.0f} ms",
            )
        yield Row("peak memory of that process, texts included", size(large["peak_bytes"]))
    if growth := figures.get("growth"):
        for name, value in bench_duplicates.rows(growth):
            yield Row(name, value)


def review_rows(drafts: Figures) -> Iterator[Row]:
    for kind, what in (("known", "of the library's own paragraphs"), ("strange", "of new text")):
        seconds = drafts[kind]["seconds"]
        if seconds:
            yield Row(
                f"review of a draft of {drafts['characters']:,} characters {what}",
                f"p50 {percentile(seconds, 50):.2f} s, slowest {max(seconds):.2f} s "
                f"({len(seconds)} drafts, {drafts[kind]['sources']} sources at most)",
            )
    yield Row(
        "first review of a process",
        f"{drafts['first_seconds']:.2f} s, of which fingerprints {drafts['prints_seconds']:.2f} s",
    )
    yield Row("peak memory of the process that reviews", size(drafts["peak_bytes"]))


# --- a draft against a library


def review(request: Figures) -> Figures:
    """Seconds of whole reviews of drafts of DRAFT characters, warm: `gather`, then `judge`.

    `known`: made of paragraphs of the library, drawn from everywhere: sources without end.
    `strange`: of the texts of the folder `strange`, whose passages the model has not seen.
    """
    from index.library import Library
    from index.review import gather, judge, pasted

    with Library.open(Path(request["library"])) as library:
        drawing = random.Random(SEED)
        counted = [entry.id for entry in library.documents() if entry.counted]
        chosen = drawing.sample(counted, min(len(counted), DRAWN_FROM))
        texts = [paragraph.text for id_ in sorted(chosen) for paragraph in library.paragraphs(id_)]
        drawing.shuffle(texts)
        strange = _paragraphs_of(Path(request["strange"]))
        kinds = {"known": _drafts(texts), "strange": _drafts(strange)}
        began = time.perf_counter()
        library.prints()  # made where they are missing, else opened
        prints = time.perf_counter() - began
        judge(gather(library, pasted(texts[0])))  # reads files and opens the model
        figures: Figures = {
            "characters": DRAFT,
            "paragraphs": library.status().paragraphs,
            "prints_seconds": prints,
            "first_seconds": time.perf_counter() - began,
        }
        for kind, drafts in kinds.items():
            seconds = []
            sources = []
            for draft in drafts:
                began = time.perf_counter()
                found = judge(gather(library, pasted(draft)))
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


def itself(request: Figures) -> Figures:
    """Seconds of the product for all pairs, and the pairs of at least ALIKE, as pairs of ids."""
    from index.duplicates import find_duplicates
    from index.library import Library

    with Library.open(Path(request["library"])) as opened:
        opened.prints()
        began = time.perf_counter()
        found = find_duplicates(opened, ALIKE)
        seconds = time.perf_counter() - began
    pairs = [sorted((pair.a.document_id, pair.b.document_id)) for pair in found.documents]
    return {"seconds": seconds, "pairs": pairs, "families": len(found.families)}


def minhash(request: Figures) -> Figures:
    """The same with datasketch: MinHash of the SHINGLE-character shingles of each document, LSH."""
    from datasketch import MinHash, MinHashLSH

    from index.alignment import fold
    from index.alignment.spans import text_of
    from index.library import Library

    with Library.open(Path(request["library"])) as opened:
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


def fingerprints(request: Figures) -> Figures:
    """Fingerprints of the library's documents and those of `file` (.jsonl, .jsonl.gz) in memory:
    seconds to make and of a draft's look-up, at STEPS (bench_duplicates.py: against itself).

    No model and no catalogue: what of the cost grows with the library.
    """
    from index.alignment import fold
    from index.alignment.skeleton import skeleton
    from index.fingerprints import Segment

    documents = list(_documents(Path(request["library"]), Path(request["file"])))
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
