"""What a library holds, at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Status:
    """Counts by document unless said otherwise."""

    documents: int
    paragraphs: int
    passages: int
    characters: int
    units: dict[str, int]
    """Documents by unit, most first; documents without one are not counted here."""
    years: dict[int, int]
    """Documents by year, earliest first."""
    kinds: dict[str, int]
    """Documents by kind, most first."""
    encoder: str
    """Name of the encoder of the library's vectors."""
    generation: int
    """Number of the published vector files; 0 before the first."""
    bytes: dict[str, int]
    """Bytes on disk: catalogue, vectors, fingerprints, topics, uploads."""
    failed: int
    """Files that could not be read."""
    unfinished: int
    """Files whose reading was interrupted; the next sync completes them."""
    terms: int
    """Terms that the words are cut with, the default ones included."""


def look(
    catalogue: Catalogue,
    *,
    generation: int,
    vectors: int,
    fingerprints: int,
    topics: int,
    uploads: Path,
) -> Status:
    """The status of a library; `vectors`, `fingerprints` and `topics` are bytes, `uploads` is a
    folder that may be missing."""
    with catalogue.database.snapshot():
        documents, paragraphs, passages, characters = catalogue.documents.totals()
        units, years, kinds = catalogue.documents.counts()
        states = catalogue.files.states()
        return Status(
            documents=documents,
            paragraphs=paragraphs,
            passages=passages,
            characters=characters,
            units=units,
            years=years,
            kinds=kinds,
            encoder=catalogue.facts.encoder,
            generation=generation,
            bytes={
                "catalogue": catalogue.bytes_on_disk(),
                "vectors": vectors,
                "fingerprints": fingerprints,
                "topics": topics,
                "uploads": sum(p.stat().st_size for p in uploads.rglob("*") if p.is_file()),
            },
            failed=states.get("failed", 0),
            unfinished=states.get("unfinished", 0),
            terms=len(catalogue.facts.terms),
        )
