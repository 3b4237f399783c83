"""How much of each file of a folder reached its passages, against an extraction that is not ours.

    python scripts/reading_table.py FOLDER [--json] [--markdown]

A share is counted over a bag of Chinese-character 4-grams: of the 4-grams that the independent
extraction has (each as often as it occurs, over its Chinese characters with everything else left
out), how many stand in our passages as often. A bag of single characters hides loss, because a
lost sentence's characters occur elsewhere too; longer runs blame a moved line break for more than
it is. A 4-gram is broken only where neighbours change, so order between paragraphs hardly counts.

`share` is what passages alone hold; `accounted` adds what cleaning removed on purpose. Text that
only the independent extraction has (headers, footers, comments) counts as missing: look at it.

A table's short cells are another matter: two programs that walk it in two orders have few 4-grams
in common and every character. `characters` is therefore `accounted` over single characters, and
only the two together tell: both low is loss, 4-grams low beside characters of 1 is order.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from index.errors import ReadError  # noqa: E402
from index.paragraphs import prepare  # noqa: E402
from index.reading import read, walk  # noqa: E402
from index.reading.encoding import NotText, decode  # noqa: E402
from index.reading.office import libreoffice  # noqa: E402

ENOUGH = 0.98
_GRAM = 4
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SECONDS = 120
_COLUMNS = (
    "file", "format", "paragraphs", "share", "accounted", "characters", "headings", "seconds",
    "note",
)  # fmt: skip
_BY_LIBREOFFICE = frozenset(
    {"doc", "docx", "wps", "rtf", "odt", "word-xml", "html", "xls", "xlsx", "ods"}
)
_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Export filter: comma, double quotes, UTF-8; -1 is every sheet, each in a file of its own."""
_TEXT = "txt:Text (encoded):UTF8"


@dataclass(frozen=True)
class Row:
    """One file. Shares are 0 to 1; None where nothing independent could be had."""

    file: str
    format: str = ""
    paragraphs: int = 0
    share: float | None = None
    accounted: float | None = None
    characters: float | None = None
    headings: int = 0
    seconds: float = 0.0
    reason: str = ""


def grams(text: str, length: int = _GRAM) -> Counter[str]:
    """Bag of runs of `length` over the Chinese characters of a text after NFKC.

    >>> sorted(grams("全年，共 12 次学习"))
    ['全年共次', '共次学习', '年共次学']
    """
    characters = "".join(_CHINESE.findall(unicodedata.normalize("NFKC", text)))
    return Counter(characters[i : i + length] for i in range(len(characters) - length + 1))


def share(ours: str, theirs: str, length: int = _GRAM) -> float | None:
    """Part of their runs of `length` that ours holds; None where they have none.

    >>> share("甲乙丙丁戊", "甲乙丙丁戊己")
    0.6666666666666666
    >>> share("戊己甲乙丙丁", "甲乙丙丁戊己", 1)
    1.0
    """
    wanted = grams(theirs, length)
    return (wanted & grams(ours, length)).total() / wanted.total() if wanted else None


def independent(path: Path, kind: str) -> str | None:
    """Text of a file by a program that is not ours, or None where there is none for it."""
    if kind == "pdf":
        done = subprocess.run(
            ["pdftotext", "-enc", "UTF-8", str(path), "-"],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None
    if kind in _BY_LIBREOFFICE:
        return _by_libreoffice(path, kind)
    if kind in ("txt", "md", "jsonl", "csv"):
        try:
            text = decode(path.read_bytes())[0]
        except NotText:
            return None
        return _cells(text) if kind == "csv" else text
    return None


def _cells(text: str) -> str:
    """Every cell of a comma-separated table, one after the other.

    >>> _cells('单位,内容\\n甲站,"开会，\\n学习"')
    '单位\\n内容\\n甲站\\n开会，\\n学习'
    """
    return "\n".join(cell for row in csv.reader(io.StringIO(text)) for cell in row)


def _by_libreoffice(path: Path, kind: str) -> str | None:
    program = libreoffice.available()
    if program is None:
        return None
    sheets = kind in ("xls", "xlsx", "ods")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, f"in.{'xml' if kind == 'word-xml' else kind}")
        copy.write_bytes(path.read_bytes())
        command = [
            str(program), f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless", "--norestore",
            *(["--infilter=HTML (StarWriter)"] if kind == "html" else []),
            "--convert-to", _SHEETS if sheets else _TEXT,
            "--outdir", str(Path(folder, "out")), str(copy),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        made = sorted(Path(folder, "out").glob("*"))
        if not made:
            return None
        return "\n".join(file.read_text(encoding="utf-8-sig", errors="replace") for file in made)


def row(path: Path, folder: Path) -> Row:
    """Read one file and compare; a refusal is a row too."""
    name = path.relative_to(folder).as_posix()
    start = time.perf_counter()
    try:
        documents = list(read(path))
    except ReadError as error:
        return Row(name, reason=error.reason, seconds=time.perf_counter() - start)
    prepared = [prepare(document) for document in documents]
    seconds = time.perf_counter() - start
    passages = "\n".join(
        paragraph.text[passage.start : passage.end]
        for document in prepared
        for paragraph in document.paragraphs
        for passage in paragraph.passages
    )
    removed = "\n".join(removal.text for document in prepared for removal in document.removals)
    theirs = independent(path, documents[0].format) if documents else None
    return Row(
        file=name,
        format=documents[0].format if documents else "",
        paragraphs=sum(len(document.paragraphs) for document in prepared),
        share=None if theirs is None else share(passages, theirs),
        accounted=None if theirs is None else share(f"{passages}\n{removed}", theirs),
        characters=None if theirs is None else share(f"{passages}\n{removed}", theirs, 1),
        headings=len(
            {
                paragraph.heading_path
                for document in prepared
                for paragraph in document.paragraphs
                if paragraph.heading_path
            }
        ),
        seconds=seconds,
        reason=" ".join(note for document in documents for note in document.notes),
    )


def _summary(rows: list[Row]) -> dict[str, float | int | None]:
    accounted = [one.accounted for one in rows if one.accounted is not None]
    shares = [one.share for one in rows if one.share is not None]
    return {
        "files": len(rows),
        "compared": len(accounted),
        "median_share": statistics.median(shares) if shares else None,
        "median_accounted": statistics.median(accounted) if accounted else None,
        "below": sum(one < ENOUGH for one in accounted),
        "below_by_characters": sum(
            one.characters is not None and one.characters < ENOUGH for one in rows
        ),
        "refused": sum(not one.format for one in rows),
    }


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/")
    arguments = parser.parse_args()
    folder = Path(os.path.abspath(arguments.folder))  # noqa: PTH100  as walk gives its paths
    rows = [row(path, folder) for path in walk([folder])]
    summary = _summary(rows)
    if arguments.json:
        print(json.dumps({"rows": [asdict(one) for one in rows], **summary}, ensure_ascii=False))
        return 0
    edge = "| " if arguments.markdown else ""
    between = " | " if arguments.markdown else "\t"
    print(edge + between.join(_COLUMNS))
    if arguments.markdown:
        print("| " + " | ".join(["---"] * len(_COLUMNS)))
    for one in rows:
        cells = (
            one.file, one.format or "refused", str(one.paragraphs), _number(one.share),
            _number(one.accounted), _number(one.characters), str(one.headings),
            f"{one.seconds:.2f}", one.reason,
        )  # fmt: skip
        print(edge + between.join(cells))
    print("\n" + ", ".join(f"{key}: {value}" for key, value in summary.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
