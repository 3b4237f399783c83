"""Mutate sample files and read each in a confined child; nothing but "read" or "refused" may come.

    python scripts/fuzz.py --files 20000 --seed 1 [--keep FOLDER] [SAMPLE…]

Samples default to corpus/documents. Bits flip, pieces are cut, repeated and exchanged; of files
that are zips, mostly one member is mutated and the zip made anew, so that what reads XML is
reached. Exits 1 where a BUG was found; the files that show it are kept.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from confined import ROOT, Reader

LIMIT = 20.0
"""Seconds for one file."""
_GREATEST_SAMPLE = 1 << 20


def mutate(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """`data` with one to four changes; `other` lends pieces."""
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.7:
        return _member_mutated(data, chance)
    for _ in range(chance.randint(1, 4)):
        data = _changed(data, other, chance)
    return data


def _changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    at, size = chance.randrange(len(data)), chance.randint(1, max(1, len(data) // 8))
    match chance.randrange(6):
        case 0:
            changed = bytearray(data)
            for _ in range(chance.randint(1, 16)):
                changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            return bytes(changed)
        case 1:
            return data[:at]
        case 2:
            return data[:at] + data[at + size :]
        case 3:
            return data[:at] + data[at : at + size] * chance.randint(2, 5) + data[at + size :]
        case 4:
            start = chance.randrange(len(other)) if other else 0
            return data[:at] + other[start : start + size] + data[at + size :]
        case _:
            odd = chance.choice((b"\0", b"\xff", b"<", b">", b'"', b"-1", b"99999999999", b"\r"))
            return data[:at] + odd * chance.randint(1, 9) + data[at:]


def _member_mutated(data: bytes, chance: random.Random) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", 8) as made:
        names = [name for name in dict.fromkeys(source.namelist()) if not name.endswith("/")]
        if not names:
            return data
        chosen = chance.choice(names)
        donor = source.read(chance.choice(names))
        for name in names:
            content = source.read(name)
            if name == chosen:
                for _ in range(chance.randint(1, 3)):
                    content = _changed(content, donor, chance)
            made.writestr(name, content)
    return target.getvalue()


def samples(paths: Sequence[Path]) -> list[Path]:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    return sorted(f for f in files if f.is_file() and 0 < f.stat().st_size <= _GREATEST_SAMPLE)


def run(paths: Sequence[Path], count: int, seed: int, keep: Path) -> dict[str, Counter[str]]:
    """Suffix -> how many were read, refused, BUG. Files that show a BUG are copied to `keep`."""
    chance = random.Random(seed)
    by_suffix: defaultdict[str, list[Path]] = defaultdict(list)
    for file in samples(paths):
        by_suffix[file.suffix.lower()].append(file)
    outcomes: dict[str, Counter[str]] = {suffix: Counter() for suffix in sorted(by_suffix)}
    everything = [file for files in by_suffix.values() for file in files]
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        for number in range(count):
            suffix = chance.choice(list(outcomes))
            sample, other = chance.choice(by_suffix[suffix]), chance.choice(everything)
            data = mutate(sample.read_bytes(), other.read_bytes(), chance)
            path = Path(folder, f"{number}{suffix}")
            path.write_bytes(data)
            outcome = reader.read(path, LIMIT)
            outcomes[suffix][outcome.kind] += 1
            if outcome.kind == "BUG":
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}{suffix}").write_bytes(data)
                print(f"BUG {seed}-{number}{suffix} of {sample.name}: {outcome.reason}", flush=True)
            path.unlink()
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("samples", nargs="*", type=Path, default=[ROOT / "corpus" / "documents"])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-found")
    chosen = parser.parse_args()
    outcomes = run(chosen.samples, chosen.files, chosen.seed, chosen.keep)
    print("| format | files | read | refused | BUG |\n| --- | ---: | ---: | ---: | ---: |")
    for suffix, counts in outcomes.items():
        print(
            f"| {suffix or '(none)'} | {counts.total()} | {counts['read']} "
            f"| {counts['refused']} | {counts['BUG']} |"
        )
    return int(any(counts["BUG"] for counts in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
