"""Files made for the tests: office packages of raw XML, PDF pages, and a way to show blocks."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.datatypes import Block

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

MakeDocx = Callable[..., Path]
Show = Callable[[Iterable[Block]], str]


@pytest.fixture
def make_docx(tmp_path: Path) -> MakeDocx:
    """Write a .docx of raw parts: make_docx(body="<w:p>…", numbering="<w:num>…", …) -> path."""

    def make(name: str = "文稿.docx", *, document: str | None = None, **parts: str) -> Path:
        roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes"}
        body = parts.pop("body", "<w:p/>")
        title = parts.pop("title", "")
        files = {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">'
            f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="/word/document.xml"/>'
            f'<Relationship Id="r2" Type="{OFFICE}/metadata/core-properties"'
            ' Target="docProps/core.xml"/></Relationships>',
            "docProps/core.xml": '<p xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{title}</dc:title></p>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
            + "".join(
                f'<Relationship Id="{part}" Type="{OFFICE}/{part}" Target="{part}.xml"/>'
                for part in parts
            )
            + "</Relationships>",
            "word/document.xml": document
            or f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        }
        for part, content in parts.items():
            files[f"word/{part}.xml"] = f"<w:{roots[part]} {NAMESPACES}>{content}</w:{roots[part]}>"
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for member, content in files.items():
                package.writestr(member, content)
        return path

    return make


@pytest.fixture
def show() -> Show:
    """Blocks as lines of a case file: kind or level, 〔label〕, text."""

    def lines(blocks: Iterable[Block]) -> str:
        shown = []
        for block in blocks:
            kind = "" if block.kind == "text" else f"{block.kind} "
            level = f"h{block.level} " if block.level else ""
            label = f"〔{block.label}〕" if block.label else ""
            shown.append(f"{kind}{level}{label}{block.text}")
        return "\n".join(shown)

    return lines


LEFT, RIGHT, EM, PITCH = 88.0, 88.0 + 28 * 16.0, 16.0, 28.0
"""A page of official documents: 28 characters of 16 points a line."""

MakePdf = Callable[..., Path]


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """Write a PDF: make_pdf([[line, …], …]) -> path; a line is text, or (text, x, size, y).

    Lines go down from the top margin unless they state y. The font is the reader's own Song, so
    that no font file is needed.
    """

    def make(
        pages: Iterable[Iterable[str | tuple[str, float, float, float | None]]],
        name: str = "文稿.pdf",
        password: str = "",
    ) -> Path:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        path = tmp_path / name
        canvas = Canvas(str(path), pagesize=A4, encrypt=password or None)
        for lines in pages:
            height = 740.0
            for line in lines:
                text, x, size, y = (line, LEFT, EM, None) if isinstance(line, str) else line
                canvas.setFont("STSong-Light", size)
                canvas.drawString(x, height if y is None else y, text)
                height -= PITCH if y is None else 0
            canvas.showPage()
        canvas.save()
        return path

    return make
