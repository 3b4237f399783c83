"""The labelled sets that scripts/evaluate.py measures on: the sample, and the sets of a folder."""

from __future__ import annotations

import csv
import gzip
import json
import random
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evaluation_libraries import kept
from evaluation_reuse import Planted, SentencePair

from index.alignment import fold
from index.datatypes import Hit
from index.library import Library

SENTENCES = 300
SEED = 20231231
Pair = dict[str, object]
"""A line of pairs.jsonl: a, b (ids of documents), label, and what was measured of them."""


@dataclass(frozen=True)
class LabelledSet:
    """Queries, and which paragraphs answer them how well."""

    name: str
    library: Path
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    keys: dict[int, str] = field(default_factory=dict)
    """Paragraph id -> the name that judgements use; empty where that is the .jsonl id."""
    condensed: bool = False
    """Judgements are pooled: measure on judged paragraphs too (Sakai 2007, "Alternatives to Bpref",
    SIGIR): an unjudged paragraph is not an irrelevant one."""

    def key(self, hit: Hit) -> str | None:
        if self.keys:
            return self.keys.get(hit.paragraph_id)
        return hit.source.external_id


@dataclass(frozen=True)
class Sample:
    """What corpus/expected.toml plants, with the paragraphs of a library made from the corpus."""

    topics: LabelledSet
    searches: LabelledSet
    off_topic: tuple[str, ...]
    labels: dict[int, dict[str, int]]
    """Paragraph id -> topic -> grade, for every body paragraph."""


def sample(corpus: Path, work: Path) -> Sample:
    """Build the library of corpus/documents and tie its paragraphs to expected.toml.

    Raises ValueError for a planted paragraph that is not found, or found twice.
    """
    made = kept(work, "sample", corpus / "documents")
    folder = made.library
    expected = tomllib.loads((corpus / "expected.toml").read_text(encoding="utf-8"))
    with Library.open(folder) as library:
        ids = _planted(library, made.documents, expected)
    labels = {ids[p["key"]]: dict(p["topics"]) for p in expected["paragraphs"]}
    keys = {id_: key for key, id_ in ids.items()}
    names = sorted({topic for grades in labels.values() for topic in grades})
    about: dict[str, dict[str, int]] = {name: {} for name in names}
    for id_, grades in labels.items():
        for name, grade in grades.items():
            about[name][keys[id_]] = grade
    questions = {str(n): search for n, search in enumerate(expected["searches"])}
    return Sample(
        topics=LabelledSet("sample topics", folder, {n: n for n in names}, about, keys),
        searches=LabelledSet(
            "sample questions",
            folder,
            {n: search["query"] for n, search in questions.items()},
            {n: dict(search["answers"]) for n, search in questions.items()},
            keys,
        ),
        off_topic=tuple(expected["off_topic"]),
        labels=labels,
    )


def planted(corpus: Path, library: Library, documents: Path) -> Planted:
    """What expected.toml says about re-use, tied to `library`, which holds the corpus as it lies
    in `documents`.

    Raises ValueError for a planted paragraph that is not found, or found twice.
    """
    expected = tomllib.loads((corpus / "expected.toml").read_text(encoding="utf-8"))
    paragraphs = _planted(library, documents, expected)
    stored = library.paragraphs_by_id(paragraphs.values())
    return Planted(
        expected,
        paragraphs,
        {key.partition(":")[0]: stored[id_].source.document_id for key, id_ in paragraphs.items()},
    )


def reuse_set(shared: Path, work: Path) -> tuple[Path, list[Pair], list[Pair]]:
    """The library of eval/reuse in `shared`, built in `work`; its pairs, its negatives."""
    folder = shared / "eval" / "reuse"
    library = kept(work, "reuse", folder / "documents.jsonl.gz").library
    pairs, negatives = (
        list(read_jsonl(folder / name)) for name in ("pairs.jsonl.gz", "negatives.jsonl.gz")
    )
    return library, pairs, negatives


def sentence_pairs(shared: Path, work: Path) -> tuple[Path, list[SentencePair]]:
    """Pairs of eval/pairs with SENTENCES of each file, drawn with a fixed seed among those of 30
    compared characters or more; and a library in `work` whose documents are the second ones."""
    drawn: list[SentencePair] = []
    for name in ("pawsx", "stsb"):
        path = shared / "eval" / "pairs" / f"{name}_zh_dev_test.tsv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                SentencePair(name, row["text1"], row["text2"], float(row["label"]))
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if min(len(fold(row["text1"] or "")), len(fold(row["text2"] or ""))) >= 30
            ]
        drawn += random.Random(SEED).sample(rows, min(SENTENCES, len(rows)))
    rows = [
        {"id": str(number), "title": f"{number}", "paragraphs": [pair.other]}
        for number, pair in enumerate(drawn)
    ]
    return _made_of(rows, work, "sentences"), drawn


def _planted(library: Library, documents: Path, expected: dict[str, object]) -> dict[str, int]:
    """Key of each planted paragraph -> its id in the library."""
    stored = {
        (Path(entry.path).resolve(), entry.external_id): library.paragraphs(entry.id)
        for entry in library.documents()
    }
    files = {
        d["id"]: ((documents / d["file"]).resolve(), d.get("external_id"))
        for d in expected["documents"]  # type: ignore[attr-defined]
    }
    found = {}
    for planted in expected["paragraphs"]:  # type: ignore[attr-defined]
        candidates = [
            p.id
            for p in stored.get(files[planted["document"]], [])
            if planted["quote"] in p.text and not p.level
        ]
        if len(candidates) != 1:
            raise ValueError(f"{planted['key']}: found {len(candidates)} times, expected once")
        found[planted["key"]] = candidates[0]
    return found


def shared_set(name: str, shared: Path, work: Path) -> LabelledSet:
    """The set `name` ("topics" or "law") of the folder `shared`, its library built in `work`."""
    folder = shared / "eval" / name
    judgements = folder / ("judgements.tsv" if name == "topics" else "qrels.tsv")
    return LabelledSet(
        name=name,
        library=_made_of(_documents(folder / "corpus.jsonl.gz"), work, name),
        queries={str(q["_id"]): str(q["text"]) for q in read_jsonl(folder / "queries.jsonl")},
        qrels=read_qrels(judgements),
        condensed=name == "topics",
    )


def _made_of(rows: Iterable[Mapping[str, object]], work: Path, name: str) -> Path:
    """The library in `work` of documents in the layout of `xunzhang add`, one a row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return kept(work, name, path).library


def _documents(source: Path) -> Iterator[dict[str, object]]:
    """From the layout of BEIR (_id, text, title) to that of `xunzhang add`."""
    for row in read_jsonl(source):
        document: dict[str, object] = {"id": row["_id"], "paragraphs": [row["text"]]}
        for name, theirs in (("title", "title"), ("year", "year"), ("unit", "org")):
            if row.get(theirs):
                document[name] = row[theirs]
        yield document


def read_jsonl(path: Path) -> Iterator[dict[str, object]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC judgements as TSV with a head: query-id, corpus-id, grade."""
    qrels: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["grade"])
    return qrels
