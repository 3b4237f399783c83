"""The golden document: the same paragraphs and heading paths from every format."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from index.paragraphs import prepare
from index.reading import read
from index.reading.office.libreoffice import available

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EXPECTED = tomllib.loads((GOLDEN / "expected.toml").read_text(encoding="utf-8"))
FILES = sorted(GOLDEN.glob("golden.*"))


def test_every_format_is_there() -> None:
    assert {file.suffix for file in FILES} == {
        ".doc", ".docx", ".html", ".odt", ".pdf", ".rtf", ".wps",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.suffix[1:])
def test_paragraphs_and_heading_paths(file: Path) -> None:
    suffix = file.suffix[1:]
    if suffix in ("doc", "odt", "rtf", "wps") and available() is None:
        pytest.skip("LibreOffice is not installed; this format is read through it")
    (document,) = read(file)
    found = [
        [paragraph.text, list(paragraph.heading_path)] for paragraph in prepare(document).paragraphs
    ]
    first = EXPECTED["first"].get(suffix, [])
    assert found == first + EXPECTED["paragraphs"]
