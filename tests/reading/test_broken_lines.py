"""Lines that were broken by hand or at a width: the same paragraphs from every format."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from index.datatypes import Document
from index.reading import read

CASES = sorted((Path(__file__).resolve().parent.parent / "cases" / "reading" / "txt").glob("*.txt"))

Drawn = tuple[str, float, float, float | None]
"""Text, x, size, y: see make_pdf."""
Write = Callable[[list[str], Path, Callable[..., Path]], Path]


def _page(body: str, path: Path) -> Path:
    path.write_text(f"<html><body><div>{body}</div></body></html>", encoding="utf-8")
    return path


def _indented(line: str) -> str:
    return escape(line).replace("    ", "&emsp;&emsp;")


def html_breaks(lines: list[str], folder: Path, _: Callable[..., Path]) -> Path:
    return _page("<br>\n".join(map(_indented, lines)), folder / "文稿.html")


def html_paragraphs(lines: list[str], folder: Path, _: Callable[..., Path]) -> Path:
    return _page("".join(f"<p>{_indented(line)}</p>\n" for line in lines), folder / "文稿.html")


def html_preformatted(lines: list[str], folder: Path, _: Callable[..., Path]) -> Path:
    return _page("<pre>" + "\n".join(map(_indented, lines)) + "</pre>", folder / "文稿.html")


def _run(line: str) -> str:
    return f'<w:t xml:space="preserve">{escape(line)}</w:t>'


def docx_breaks(lines: list[str], _: Path, make_docx: Callable[..., Path]) -> Path:
    return make_docx(body=f"<w:p><w:r>{'<w:br/>'.join(map(_run, lines))}</w:r></w:p>")


def docx_paragraphs(lines: list[str], _: Path, make_docx: Callable[..., Path]) -> Path:
    return make_docx(body="".join(f"<w:p><w:r>{_run(line)}</w:r></w:p>" for line in lines))


def mht_plain(lines: list[str], folder: Path, _: Callable[..., Path]) -> Path:
    path = folder / "文稿.mht"
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    path.write_text(f"{head}{kind}{chr(10).join(lines)}\n--b--\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "write",
    [html_breaks, html_paragraphs, html_preformatted, docx_breaks, docx_paragraphs, mht_plain],
)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_other_formats_give_what_txt_gives(
    case: Path, write: Write, tmp_path: Path, make_docx: Callable[..., Path]
) -> None:
    given, expected = case.read_text(encoding="utf-8").split("%% output\n")
    (document,) = read(write(given.splitlines(), tmp_path, make_docx))
    assert _shown(document) == [line.strip() for line in expected.splitlines()]


def _shown(document: Document) -> list[str]:
    """Texts without their indents, which formats write in different ways."""
    return [block.text.strip() for block in document.blocks]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "pages" not in case.stem], ids=lambda path: path.stem
)
def test_pages_give_what_txt_gives(case: Path, make_pdf: Callable[..., Path]) -> None:
    """With the page numbers at the feet of their pages, where a PDF has them."""
    given, expected = case.read_text(encoding="utf-8").split("%% output\n")
    pages: list[list[Drawn]] = [[]]
    for line in given.splitlines():
        if line.startswith("- "):
            pages[-1].append((line, 280.0, 14.0, 60.0))
            pages.append([])
        else:
            pages[-1].extend(_set(line))
    (document,) = read(make_pdf(pages))
    found = [text for text in _shown(document) if not text.startswith("- ")]
    assert found == [line.strip() for line in expected.splitlines() if not line.startswith("- ")]


def _set(line: str) -> list[Drawn]:
    """A line in type: broken where the page is full, two characters in where it is indented."""
    text = line.strip()
    indent = 2 if line[:1].isspace() and text else 0
    full = 28
    first: list[Drawn] = [(text[: full - indent], 88.0 + 16.0 * indent, 16.0, None)]
    rest: list[Drawn] = [
        (text[i : i + full], 88.0, 16.0, None) for i in range(full - indent, len(text), full)
    ]
    return first + rest if text else []
