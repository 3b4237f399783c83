"""What does it cost to compare a library with itself? Seconds and memory, and how they grow.

    python scripts/bench_duplicates.py ../shared/library ../shared/big_documents.jsonl.gz
    python scripts/bench_duplicates.py FOLDER… --paragraphs 50000,500000

Texts come from a library, a folder of .txt (a line a paragraph), or a .jsonl with one document a
line, also .gz. Nothing is encoded and no catalogue is written, for the comparison needs neither.
Each size is measured in a process of its own: documents drawn at random until they have so many
paragraphs, their fingerprints made, then compared as `xunzhang duplicates` does. The last size is
everything. Seconds of the processor are told beside those of the clock, which on a machine with
other work to do are longer.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (50_000, 100_000, 200_000)
SEED = 20260101
MOST_SECONDS, MOST_BYTES = 120, 3_000_000_000
"""What half a million paragraphs may take on two cores."""

Figures = dict[str, Any]
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    unit: str
    paragraphs: list[str]


def texts(place: Path) -> Iterator[Text]:
    """The documents of a library, of a folder of .txt (units from its metadata.csv), or of a .jsonl
    or .jsonl.gz.

    Raises OSError, and ValueError for a line that is no JSON.
    """
    from index.library import Library
    from index.library.layout import Layout

    if Layout(place).catalogue.is_file():
        with Library.open(place) as library:
            for entry in library.documents():
                if entry.counted:
                    stored = library.paragraphs(entry.id)
                    yield Text(entry.unit or "", [paragraph.text for paragraph in stored])
        return
    if place.is_dir():
        units = units_of(place)
        for path in sorted(place.rglob("*.txt")):
            unit = units.get(path.relative_to(place).as_posix(), "")
            yield Text(unit, lines(path.read_text(encoding="utf-8", errors="replace")))
        return
    opened = gzip.open if place.suffix == ".gz" else open
    with opened(place, "rt", encoding="utf-8") as file:
        for line in file:
            value = json.loads(line)
            whole = "\n".join(value.get("paragraphs") or [value.get("text") or ""])
            yield Text(value.get("unit") or "", lines(whole))


def units_of(folder: Path) -> dict[str, str]:
    table = folder / "metadata.csv"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        return {row["path"]: row.get("unit") or "" for row in csv.DictReader(file)}


def lines(text: str) -> list[str]:
    """
    >>> lines("甲\\n\\n　乙 \\n")
    ['甲', '　乙 ']
    """
    return [line for line in text.split("\n") if line.strip()]


def measure(places: Sequence[Path], sizes: Sequence[int] = SIZES) -> list[Figures]:
    """One row a size, and one for everything."""
    return [measured(places, size) for size in (*sizes, 0)]


def measured(places: Sequence[Path], paragraphs: int) -> Figures:
    """In a process of its own; 0 paragraphs means all."""
    print(f"和自己比对：{paragraphs or '全部'} 段…", file=sys.stderr, flush=True)
    done = subprocess.run(
        [
            *(sys.executable, str(Path(__file__).resolve())),
            *map(str, places),
            *("--worker", str(paragraphs)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    figures: Figures = json.loads(done.stdout)
    return figures


def work(places: Sequence[Path], paragraphs: int) -> Figures:
    import numpy as np

    from index.duplicates.comparing import compare
    from index.fingerprints import Corpus, Segment
    from index.formulas import shipped_phrases
    from scripts.resident import peak_memory

    found = [text for place in places for text in texts(place)]
    if paragraphs:
        random.Random(SEED).shuffle(found)
        total = 0
        for count, text in enumerate(found):
            if total >= paragraphs:
                del found[count:]
                break
            total += len(text.paragraphs)
    numbers: dict[str, int] = {}
    units = np.array([numbers.setdefault(text.unit, len(numbers)) for text in found], np.int32)
    count = sum(len(text.paragraphs) for text in found)
    before = peak_memory()
    began = time.perf_counter()
    # texts are let go as they are folded: a library reads them one after another
    found.reverse()
    segment = Segment.of((number, number, found.pop().paragraphs) for number in range(len(found)))
    made = time.perf_counter()
    steps: list[tuple[str, float]] = []
    processor = time.process_time()
    result = compare(
        Corpus.of_segments([segment], [None]),
        units,
        shipped_phrases(),
        lambda step: steps.append((step, time.perf_counter())),
    )
    processor, end = time.process_time() - processor, time.perf_counter()
    edges = [at for _, at in steps] + [end]
    return {
        "documents": len(units),
        "paragraphs": count,
        "characters": len(segment.written.codes),
        "fingerprints_seconds": made - began,
        "compare_seconds": end - made,
        "compare_processor_seconds": processor,
        "seconds_by_step": {
            step: after - at for (step, at), after in zip(steps, edges[1:], strict=True)
        },
        "texts_peak_bytes": before,
        "peak_bytes": peak_memory(),
        "runs": len(result.runs),
        "pairs": len(result.pairs.a),
        "families": len(result.families),
    }


def rows(measured: Sequence[Figures]) -> list[Row]:
    """For a table: a line a size."""
    found = [
        (
            f"library against itself, {one['paragraphs']:,} paragraphs",
            f"{one['compare_seconds']:.1f} s ({one['compare_processor_seconds']:.1f} of the "
            f"processor; {one['runs']:,} runs, {one['pairs']:,} pairs, {one['families']:,} "
            f"families), fingerprints made in {one['fingerprints_seconds']:.1f} s, "
            f"peak memory {one['peak_bytes'] / 1e9:.2f} GB",
        )
        for one in measured
    ]
    if len(measured) > 1:
        small, large = measured[0], measured[-1]
        seconds, memory, size = (
            large[name] / small[name]
            for name in ("compare_processor_seconds", "peak_bytes", "paragraphs")
        )
        found.append(
            (
                "how it grows",
                f"{size:.1f} times the paragraphs: {seconds:.1f} times the seconds, "
                f"{memory:.1f} times the memory",
            )
        )
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="测量资料库和自己比对要多少时间和内存。")
    parser.add_argument("places", nargs="+", type=Path, help="文件夹、.jsonl 或 .jsonl.gz。")
    parser.add_argument(
        "--paragraphs",
        type=lambda text: tuple(int(size) for size in text.split(",") if size),
        default=SIZES,
        help="先测这么多段，用逗号隔开；最后总是测全部。",
    )
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.worker is not None:
        print(json.dumps(work(options.places, options.worker)))
        return 0
    missing = [str(place) for place in options.places if not place.exists()]
    if missing:
        print(f"找不到 {'、'.join(missing)}。", file=sys.stderr)
        return 2
    found = measure([place.absolute() for place in options.places], options.paragraphs)
    print("\n".join(f"| {name} | {value} |" for name, value in rows(found)))
    last = found[-1]
    return int(last["compare_seconds"] > MOST_SECONDS or last["peak_bytes"] > MOST_BYTES)


if __name__ == "__main__":
    # runs from a plain checkout as well; this folder's test.py must not hide Python's own `test`
    sys.path[0] = str(ROOT)
    sys.exit(main())
