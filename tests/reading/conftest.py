"""Files made for the tests of reading: office packages written as raw XML, and a way to show blocks."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

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
