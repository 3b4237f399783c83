"""Every file of tests/cases/reading: an input, a line `%% output`, the blocks it must give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from index.datatypes import Block
from index.reading import read

CASES = Path(__file__).resolve().parent.parent / "cases" / "reading"
FILES = sorted(path for path in CASES.rglob("*.*") if path.is_file())


def _split(path: Path) -> tuple[str, str]:
    given, separator, expected = path.read_text(encoding="utf-8").partition("%% output\n")
    assert separator, f"{path.name} has no line '%% output'"
    return given, expected.rstrip("\n")


def test_there_are_cases() -> None:
    assert {path.parent.name for path in FILES} == {"docx", "html", "markdown", "txt"}


@pytest.mark.parametrize("case", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(
    case: Path,
    tmp_path: Path,
    make_docx: Callable[..., Path],
    show: Callable[[Iterable[Block]], str],
) -> None:
    given, expected = _split(case)
    if case.suffix == ".xml":
        parts = dict(re.findall(r"<(body|numbering|styles|footnotes)>(.*?)</\1>", given, re.S))
        path = make_docx(**parts)
    else:
        path = tmp_path / case.name
        path.write_text(given, encoding="utf-8")
    (document,) = read(path)
    assert show(document.blocks) == expected
    assert document.path == str(path)
    assert document.format == {".xml": "docx"}.get(case.suffix, case.suffix[1:])
