"""The golden document: the same paragraphs and heading paths from every format."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from index.paragraphs import prepare
from index.reading import read
from index.reading.office.libreoffice import available

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EXPECTED = tomllib.loads((GOLDEN / "expected.toml").read_text(encoding="utf-8"))["paragraphs"]


@pytest.mark.parametrize("suffix", ["docx", "doc", "odt", "wps"])
def test_paragraphs_and_heading_paths(suffix: str) -> None:
    if suffix != "docx" and available() is None:
        pytest.skip("LibreOffice is not installed; this format is read through it")
    (document,) = read(GOLDEN / f"golden.{suffix}")
    found = [
        # a number and its text are joined with or without a space, as the number asks for it
        [paragraph.text.replace(" ", ""), list(paragraph.heading_path)]
        for paragraph in prepare(document).paragraphs
    ]
    assert found == EXPECTED
