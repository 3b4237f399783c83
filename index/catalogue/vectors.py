"""Vectors by the text they were made from, so that no text is ever encoded twice.

Kept as half precision (float16, little-endian): half the bytes, and on unit vectors of 384
dimensions a cosine changes by about 1e-5, a thousandth of what separates two neighbouring hits.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database, Row
from index.catalogue.twins import UNCOUNTED

VectorKind = Literal["passage", "query"]
Half = NDArray[np.float16]


def text_hash(text: str) -> bytes:
    """SHA-256 of exactly the text that is encoded, UTF-8."""
    return hashlib.sha256(text.encode()).digest()


class Vectors:
    """The tables `encoder` and `vector`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def encoder_id(self, name: str, dimension: int) -> int:
        """Id of the encoder, noted where it is new. Raises ValueError for another dimension."""
        row = self._database.rows("SELECT id, dimension FROM encoder WHERE name = ?", (name,))
        if row:
            id_, known = row[0]
            if known != dimension:
                raise ValueError(f"{name}: expected {known} dimensions, got {dimension}")
            return int(id_)
        return int(
            self._database.value(
                "INSERT INTO encoder (name, dimension) VALUES (?, ?) RETURNING id",
                (name, dimension),
            )
        )

    def known_encoder(self, name: str) -> tuple[int, int] | None:
        """(id, dimension), None for an encoder that has made no vector here."""
        rows = self._database.rows("SELECT id, dimension FROM encoder WHERE name = ?", (name,))
        return rows[0] if rows else None

    def missing(self, encoder: str, hashes: Sequence[bytes]) -> set[bytes]:
        """Which of `hashes` have no passage vector of this encoder."""
        known = self.known_encoder(encoder)
        if known is None:
            return set(hashes)
        missing = set(hashes)
        for piece in _pieces(list(missing)):
            rows = self._database.rows(
                "SELECT text_hash FROM vector WHERE encoder_id = ? AND kind = 'passage'"
                f" AND text_hash IN ({', '.join('?' * len(piece))})",
                (known[0], *piece),
            )
            missing.difference_update(row[0] for row in rows)
        return missing

    def find(
        self, encoder: str, kind: VectorKind, hashes: Sequence[bytes]
    ) -> dict[bytes, NDArray[np.float32]]:
        """The vectors that are there, float32 (dimension,), by hash; damaged ones are not."""
        known = self.known_encoder(encoder)
        if known is None:
            return {}
        encoder_id, dimension = known
        found: dict[bytes, NDArray[np.float32]] = {}
        for piece in _pieces(list(dict.fromkeys(hashes))):
            rows = self._database.rows(
                "SELECT text_hash, half, crc32 FROM vector WHERE encoder_id = ? AND kind = ?"
                f" AND text_hash IN ({', '.join('?' * len(piece))})",
                (encoder_id, kind, *piece),
            )
            for key, half, check in rows:
                if _whole(half, check, dimension):
                    found[key] = np.frombuffer(half, "<f2").astype(np.float32)
        return found

    def save(
        self, encoder_id: int, kind: VectorKind, rows: Iterable[tuple[bytes, NDArray[np.float32]]]
    ) -> None:
        """Keep vectors by hash. One that is there already stays."""
        packed = ((key, vector.astype("<f2").tobytes()) for key, vector in rows)
        self._database.many(
            "INSERT INTO vector (encoder_id, kind, text_hash, half, crc32) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (encoder_id, kind, text_hash) DO NOTHING",
            ((encoder_id, kind, key, half, zlib.crc32(half)) for key, half in packed),
        )

    def passages(self) -> NDArray[np.int64]:
        """Ids of all passages that searches see, int64 (n,) rising."""
        # as one text: half a million tuples would take several times as long
        listed = self._database.value(
            "SELECT group_concat(id) FROM (SELECT id FROM passage"
            f" WHERE paragraph_id NOT IN {UNCOUNTED} ORDER BY id)"
        )
        if listed is None:
            return np.empty(0, np.int64)
        return np.sort(np.fromstring(listed, dtype=np.int64, sep=","))

    def by_passage(
        self, encoder: str, ids: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Half]:
        """Ids of those passages of `ids` (rising) that have a vector, and these.

        None: of all that searches see.

        int64 (m,) rising and float16 (m, dimension). Damaged vectors are left out.
        """
        known = self.known_encoder(encoder)
        if known is None:
            return np.empty(0, np.int64), np.empty((0, 0), np.float16)
        encoder_id, dimension = known
        # CROSS JOIN: passages in the order of their ids, each looking up its vector
        sql = (
            "SELECT passage.id, half, crc32 FROM passage CROSS JOIN vector"
            f" ON encoder_id = {encoder_id:d} AND kind = 'passage'"
            " AND vector.text_hash = passage.text_hash"
        )
        rows: Iterable[Row]
        if ids is None:
            rows = self._database.each(
                f"{sql} WHERE paragraph_id NOT IN {UNCOUNTED} ORDER BY passage.id", size=4000
            )
        else:
            chosen = f"{sql} WHERE passage.id IN (SELECT value FROM json_each(?))"
            rows = self._database.for_ids(f"{chosen} ORDER BY passage.id", ids.tolist())
        found: list[int] = []
        packed = bytearray()
        for id_, half, check in rows:
            if _whole(half, check, dimension):
                found.append(id_)
                packed += half
        vectors = np.frombuffer(packed, "<f2").reshape(len(found), dimension)
        return np.array(found, dtype=np.int64), vectors

    def damaged(self) -> list[int]:
        """Ids of vectors whose bytes do not match their CRC-32 or their encoder's dimension."""
        return [
            id_
            for id_, half, check, dimension in self._database.each(
                "SELECT vector.id, half, crc32, dimension FROM vector"
                " JOIN encoder ON encoder.id = vector.encoder_id"
            )
            if not _whole(half, check, dimension)
        ]

    def delete(self, ids: Iterable[int]) -> None:
        self._database.many("DELETE FROM vector WHERE id = ?", ((id_,) for id_ in ids))

    def prune(self, encoder: str) -> int:
        """Delete vectors that no passage uses and those of all other encoders; returns how many.

        Vectors of queries stay: they are few, and made for topics that are asked again and again.
        """
        pruned = self._database.run(
            "DELETE FROM vector WHERE kind = 'passage'"
            " AND text_hash NOT IN (SELECT text_hash FROM passage)"
        )
        pruned += self._database.run(
            "DELETE FROM vector WHERE encoder_id IN (SELECT id FROM encoder WHERE name <> ?)",
            (encoder,),
        )
        self._database.run("DELETE FROM encoder WHERE name <> ?", (encoder,))
        return pruned

    def texts_without(self, encoder: str) -> Iterable[tuple[bytes, str]]:
        """(hash, text) of all passages without a vector of `encoder`; a text comes once."""
        known = self.known_encoder(encoder)
        rows = self._database.rows(
            "SELECT text_hash, min(id) FROM passage WHERE text_hash NOT IN"
            " (SELECT text_hash FROM vector WHERE encoder_id = ? AND kind = 'passage')"
            " GROUP BY text_hash",
            (known[0] if known else -1,),
        )
        for start in range(0, len(rows), 1000):
            piece = rows[start : start + 1000]
            texts = {
                id_: text[first:past]  # not substr(): SQLite ends a text at a NUL character
                for id_, first, past, text in self._database.for_ids(
                    "SELECT passage.id, passage.first, passage.past, text"
                    " FROM passage JOIN paragraph ON paragraph.id = paragraph_id"
                    " WHERE passage.id IN (SELECT value FROM json_each(?))",
                    (row[1] for row in piece),
                )
            }
            yield from ((key, texts[id_]) for key, id_ in piece)


def _whole(half: object, check: int, dimension: int) -> bool:
    return isinstance(half, bytes) and len(half) == 2 * dimension and zlib.crc32(half) == check


def _pieces(hashes: list[bytes]) -> Iterable[list[bytes]]:
    return (hashes[start : start + 500] for start in range(0, len(hashes), 500))
