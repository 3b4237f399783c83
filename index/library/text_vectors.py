"""Vectors of any texts, a topic's phrases for example, kept in the catalogue by their hash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.vectors import VectorKind, text_hash
from index.embedding import Encoder
from index.errors import LibraryBusy
from index.library.encoder_in_use import EncoderInUse
from index.library.intake import check_vectors

Vectors = NDArray[np.float32]


def vectors_for_texts(
    catalogue: Catalogue, in_use: EncoderInUse, texts: Sequence[str], kind: VectorKind
) -> Vectors:
    """float32 (len(texts), dimension). A model is opened only for texts that have no vector yet."""
    in_use.check()
    hashes = [text_hash(text) for text in texts]
    found = catalogue.vectors.find(catalogue.facts.encoder, kind, hashes)
    missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in found}
    if missing:
        made = _made(in_use.opened(), missing, kind)
        _keep(catalogue, in_use.opened(), kind, made)
        # As they come back from the catalogue the next time.
        found.update((key, row.astype("<f2").astype(np.float32)) for key, row in made.items())
    if not hashes:
        return np.empty((0, in_use.opened().dimension), np.float32)
    return np.stack([found[key] for key in hashes])


def _made(encoder: Encoder, missing: dict[bytes, str], kind: VectorKind) -> dict[bytes, Vectors]:
    wanted = list(missing.values())
    if kind == "query":
        rows = np.stack([encoder.encode_query(text) for text in wanted])
    else:
        rows = encoder.encode_passages(wanted)
    check_vectors(encoder, rows)
    return dict(zip(missing, rows, strict=True))


def _keep(
    catalogue: Catalogue, encoder: Encoder, kind: VectorKind, made: dict[bytes, Vectors]
) -> None:
    try:
        with catalogue.database.transaction():
            encoder_id = catalogue.vectors.encoder_id(encoder.name, encoder.dimension)
            catalogue.vectors.save(encoder_id, kind, made.items())
    except LibraryBusy:
        return  # made again the next time
