"""Mutate sample files and read each in a confined child; nothing but "read" or "refused" may come.

    python scripts/fuzz.py --files 20000 --seed 1 [--keep FOLDER] [SAMPLE…]

Samples default to corpus/documents and one made of each further format. Half of the mutations
keep the form of the file, so that what lies behind the first check is reached: texts, attributes
and elements of XML and HTML, values of JSON, cells of .csv are changed, doubled and taken away.
The others flip bits and cut, repeat and exchange pieces; of files that are zips, mostly one member
is changed and the zip made anew. .xls and .ods are mutated where given as a SAMPLE; formats that
LibreOffice converts are not: a second each is too slow. Exits 1 where a BUG was found; the files
that show it are kept.
"""

from __future__ import annotations

import argparse
import io
import itertools
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import fuzz_samples
from confined import ROOT, Reader

LIMIT = 20.0
"""Seconds for one file."""
_GREATEST_SAMPLE = 1 << 20


_TAG = re.compile(rb"<[^<>]*>")
_TOKEN = re.compile(rb"""[^\s,;:"'<>{}\[\]=/]+""")
_ODD = (b"", b"0", b"-1", b"99999999999", b"1e308", b"NaN", b"true", b"null", b"&#0;", b"x" * 5000)
_MARKED = b"<"
_BY_WORDS = (".csv", ".jsonl", ".txt", ".md", ".eml", ".mht", ".html")


def mutate(data: bytes, other: bytes, chance: random.Random, suffix: str = "") -> bytes:
    """`data` with one to four changes; `other` lends pieces."""
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.85:
        return _member_mutated(data, chance)
    change = _word_changed if suffix in _BY_WORDS and chance.random() < 0.6 else _changed
    if suffix == ".html" and chance.random() < 0.5:
        change = _markup_changed
    for _ in range(chance.randint(1, 4)):
        data = change(data, other, chance)
    return data


def _word_changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One word or number is replaced, doubled or exchanged for one of `other`."""
    words = list(_TOKEN.finditer(data))
    if not words:
        return data
    word = chance.choice(words)
    match chance.randrange(3):
        case 0:
            new = chance.choice(_ODD)
        case 1:
            new = word[0] * chance.randint(2, 50)
        case _:
            new = chance.choice(words)[0]
    return data[: word.start()] + new + data[word.end() :]


def _markup_changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Well-formed XML stays so: a text, a value, a whole element or a name is changed."""
    tags = list(_TAG.finditer(data))
    if len(tags) < 2:
        return _word_changed(data, other, chance)
    values = [m for m in re.finditer(rb'="([^"<]*)"', data) if b"://" not in m[1]]
    texts = [
        (before.end(), after.start())
        for before, after in itertools.pairwise(tags)
        if before.end() < after.start()
    ]
    elements = [m for m in tags if m[0].endswith(b"/>")] + list(
        re.finditer(rb"<([\w:]+)(?: [^<>]*[^/])?>[^<>]*</\1>", data)
    )
    match chance.randrange(5):
        case 0 | 1 if values:
            at, end = chance.choice(values).span(1)
            new = chance.choice((*_ODD, chance.choice(values)[1]))
        case 2 if texts:
            at, end = chance.choice(texts)
            new = chance.choice((*_ODD, data[at:end] * 40))
        case 3 if elements:
            element = chance.choice(elements)
            at, end = element.span()
            new = element[0] * chance.choice((0, 2, 30))
        case _ if elements:
            at = end = chance.choice(elements).start()
            new = chance.choice(elements)[0]
        case _:
            return _word_changed(data, other, chance)
    return data[:at] + new + data[end:]


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
                marked = content.lstrip(b"\xef\xbb\xbf").startswith(_MARKED)
                change = _markup_changed if marked and chance.random() < 0.8 else _changed
                for _ in range(chance.randint(1, 3)):
                    content = change(content, donor, chance)
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
            data = mutate(sample.read_bytes(), other.read_bytes(), chance, suffix)
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
    parser.add_argument("samples", nargs="*", type=Path)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-found")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fuzz_samples.write(Path(folder))
        paths = chosen.samples or [ROOT / "corpus" / "documents"]
        outcomes = run([*paths, Path(folder)], chosen.files, chosen.seed, chosen.keep)
    print("| format | files | read | refused | BUG |\n| --- | ---: | ---: | ---: | ---: |")
    for suffix, counts in outcomes.items():
        print(
            f"| {suffix or '(none)'} | {counts.total()} | {counts['read']} "
            f"| {counts['refused']} | {counts['BUG']} |"
        )
    return int(any(counts["BUG"] for counts in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
