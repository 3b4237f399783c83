"""What a library holds, at a glance."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Bytes on disk: catalogue, vectors, uploads."""
    failed: int
    """Files that could not be read."""
    unfinished: int
    """Files whose reading was interrupted; the next sync completes them."""
    terms: int
    """Terms that the words are cut with, the default ones included."""
