"""The libraries that scripts/evaluate.py measures on: made once, kept, and never mixed.

What is kept is named after what is in it: the bytes of the documents, and the code that makes
paragraphs and words of them. Two checkouts may share a folder: where either differs, each has a
library of its own. Vectors are taken over from one to the next, for they depend on the text alone.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.datatypes import Progress
from index.embedding import Encoder, open_encoder
from index.embedding.batches import group_equal
from index.embedding.protocol import Vectors, gather
from index.errors import LibraryError, LibraryNotFound
from index.library import Library

ROOT = Path(__file__).resolve().parent.parent
PREPARING = (
    "reading",
    "cleaning",
    "outline",
    "metadata",
    "preparing",
    "sensitive.py",
    "paragraphs.py",
    "text.py",
)
"""What in index/ decides which paragraphs and passages a file becomes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A library and the copy of the documents that it was made of."""

    documents: Path
    library: Path


def kept(work: Path, name: str, source: Path, *, encoder: Encoder | None = None) -> Kept:
    """The library of `source` (a file or a folder) in `work`, up to date; made where it is missing.

    It holds a copy of the documents: the library knows its files by their paths, and the same
    documents may lie elsewhere next time.
    """
    folder = work / f"{name}-{key(source)}"
    found = Kept(folder / "documents" / source.name, folder / "library")
    if not found.documents.exists():
        found.documents.parent.mkdir(parents=True, exist_ok=True)
        copying = folder / "copying"
        if copying.is_dir():
            shutil.rmtree(copying)
        if source.is_dir():
            shutil.copytree(source, copying)
        else:
            shutil.copyfile(source, copying)
        copying.rename(found.documents)
    others = [other for other in work.glob(f"{name}-*/library") if other != found.library]
    newest = sorted(others, key=lambda other: other.stat().st_mtime)[-1:]
    synchronise(found.library, found.documents, newest, encoder)
    return found


def key(source: Path) -> str:
    """Sixteen letters for the bytes in `source` and the code that reads them."""
    digest = hashlib.sha256()
    for place in (*(ROOT / "index" / part for part in PREPARING), source):
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(place.parent).as_posix()}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    # letters only: reading takes years from the names of folders
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest.hexdigest()[:16])


def synchronise(
    folder: Path, source: Path, others: Iterable[Path] = (), encoder: Encoder | None = None
) -> None:
    """Bring the library in `folder` up to date with `source`; made where it is not there.

    Vectors of passages that one of the libraries `others` holds are taken from there.
    """
    encoder = encoder or open_encoder()
    try:
        library = Library.open(folder, encoder)
    except LibraryNotFound:
        encoder = Knowing(encoder, known_vectors(others, encoder))
        library = Library.create(folder, encoder)
    with library:
        result = library.sync([source], progress=_Say())
        if held := library.held():
            # whoever measures on documents has looked at them, and all must be there
            accepted = library.accept([file.path for file in held], progress=_Say())
            result = replace(result, failed=(*result.failed, *accepted.failed))
    for failure in result.failed:
        print(f"{failure.path}: {failure.reason}", file=sys.stderr)


def known_vectors(libraries: Iterable[Path], encoder: Encoder) -> dict[str, Vectors]:
    """Passage -> vector, of all these libraries; those that cannot be read give none."""
    known: dict[str, Vectors] = {}
    for folder in libraries:
        try:
            with Library.open(folder, encoder) as library:
                _collect(library, known)
        except LibraryError as error:
            print(f"{folder}: {error}", file=sys.stderr)
    return known


def _collect(library: Library, known: dict[str, Vectors]) -> None:
    for entry in library.documents():
        texts = {paragraph.id: paragraph.text for paragraph in library.paragraphs(entry.id)}
        passages = [
            (id_, texts[paragraph][start:end])
            for paragraph, spans in library.passages_of(texts).items()
            for id_, start, end in spans
        ]
        vectors = library.store.vectors(np.array([id_ for id_, _ in passages], np.int64))
        for (_, text), vector in zip(passages, vectors, strict=True):
            if not np.isnan(vector[0]):  # of a document that repeats another one
                known[text] = vector


class Knowing:
    """An encoder that knows the vectors of some passages, and asks another one for the rest."""

    def __init__(self, inner: Encoder, known: Mapping[str, Vectors]) -> None:
        self._inner = inner
        self._known = known
        self.name = inner.name
        self.dimension = inner.dimension
        self.folder = inner.folder
        self.max_tokens = inner.max_tokens

    def encode_query(self, text: str) -> Vectors:
        return self._inner.encode_query(text)

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return gather(self.encode_passages_in_batches(texts), len(texts), self.dimension, progress)

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        distinct, positions = group_equal(texts)
        told = [i for i, text in enumerate(distinct) if text in self._known]
        if told:
            where = [position for i in told for position in positions[i]]
            yield where, np.stack([self._known[texts[position]] for position in where])
        asked = [i for i, text in enumerate(distinct) if text not in self._known]
        for found, vectors in self._inner.encode_passages_in_batches([distinct[i] for i in asked]):
            copies = [(place, row) for row, i in enumerate(found) for place in positions[asked[i]]]
            yield [place for place, _ in copies], vectors[[row for _, row in copies]]


class _Say:
    """A line on stderr every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, report: Progress) -> None:
        if time.monotonic() - self._last > 10:
            self._last = time.monotonic()
            rate = f", {report.rate:.0f}/s" if report.rate else ""
            print(
                f"  {report.stage} {report.done}/{report.total}{rate}", file=sys.stderr, flush=True
            )
