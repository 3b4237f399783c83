"""Bytes of the library by part, of the unpacked model, and for each paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.asked import Asked
from benchmarks.figures import Figures, Row, size


def measure(folder: Path, _: Asked) -> Figures:
    from index.library import Library
    from index.settings import Settings

    with Library.open(folder) as library:
        library.prints()  # a library has them from its first review on
        status = library.status()
    models = Settings.load().data_folder
    unpacked = sum(path.stat().st_size for path in models.rglob("*") if path.is_file())
    total = sum(status.bytes.values())
    return {
        "library_bytes": dict(status.bytes),
        "total_bytes": total,
        "bytes_per_paragraph": total / max(status.paragraphs, 1),
        "models_bytes": unpacked,
    }


def rows(figures: Figures) -> Iterator[Row]:
    parts = ", ".join(f"{part} {size(count)}" for part, count in figures["library_bytes"].items())
    yield Row(
        "library on disk",
        f"{size(figures['total_bytes'])} ({parts}), "
        f"{figures['bytes_per_paragraph'] / 1000:.1f} kB a paragraph",
    )
    yield Row("unpacked model and caches on disk", size(figures["models_bytes"]))
