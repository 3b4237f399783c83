"""One small file of each format that corpus/documents does not hold, for `fuzz` and `hostile`."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

SENTENCE = "今年以来走访站点，解决问题，青石桥泵站全年运行平稳，群众反映的积水点已经全部销号。"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OPEN = "http://schemas.openxmlformats.org"
_OFFICE = f"{_OPEN}/officeDocument/2006/relationships"
_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def zipped(*members: tuple[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def _related(*links: tuple[str, str, str]) -> str:
    """Relations as XML: (id, kind, target)."""
    inner = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def xlsx(rows: str = "") -> bytes:
    """A workbook with inline and shared texts, numbers and merged cells."""
    main = f"{_OPEN}/spreadsheetml/2006/main"
    rows = rows or "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>{n % 2}</v></c>'
        f'<c r="C{n}" t="inlineStr"><is><t>{SENTENCE * 3}</t></is></c></row>'
        for n in range(1, 9)
    )
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", _related(("r1", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="汇总" sheetId="1" r:id="r1"/></sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            _related(
                ("r1", "worksheet", "worksheets/1.xml"),
                ("r2", "sharedStrings", "sharedStrings.xml"),
            ),
        ),
        (
            "xl/sharedStrings.xml",
            f'<sst xmlns="{main}"><si><t>第一站</t></si>'
            f"<si><r><t>{SENTENCE}</t></r><r><t>完</t></r></si></sst>",
        ),
        (
            "xl/worksheets/1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
            '<mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells></worksheet>',
        ),
    )


def pptx(slide: str = "") -> bytes:
    """Slides with a title, places, a table and notes."""
    names = (
        f'xmlns:p="{_OPEN}/presentationml/2006/main" xmlns:a="{_OPEN}/drawingml/2006/main" '
        f'xmlns:r="{_OFFICE}"'
    )
    text = f'<a:p><a:pPr lvl="1"/><a:r><a:t>{SENTENCE}</a:t></a:r></a:p>'
    slide = slide or (
        '<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="10" y="20"/></a:xfrm></p:spPr><p:txBody>{text}</p:txBody></p:sp>'
        f"<p:grpSp><p:sp><p:spPr/><p:txBody>{text}{text}</p:txBody></p:sp></p:grpSp>"
        '<p:graphicFrame><p:xfrm><a:off x="0" y="90"/></p:xfrm><a:graphic><a:graphicData><a:tbl>'
        f'<a:tr><a:tc gridSpan="2"><a:txBody>{text}</a:txBody></a:tc></a:tr>'
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    whole = f"<p:sld {names}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", _related(("r1", "officeDocument", "ppt/presentation.xml"))),
        (
            "ppt/presentation.xml",
            f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="s1"/>'
            '<p:sldId id="257" r:id="s2"/></p:sldIdLst></p:presentation>',
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            _related(("s1", "slide", "slides/1.xml"), ("s2", "slide", "slides/2.xml")),
        ),
        ("ppt/slides/1.xml", whole),
        ("ppt/slides/2.xml", whole),
    )


def ofd(objects: str = "") -> bytes:
    """A page with lines of text (GB/T 33190), a template behind it."""
    objects = objects or "".join(
        f'<ofd:TextObject ID="{n}" Boundary="31 {40 + 9 * n} 150 8" Font="2" Size="5.6">'
        f'<ofd:TextCode X="0" Y="5.6" DeltaX="g {len(SENTENCE) - 1} 3.5">{SENTENCE}'
        "</ofd:TextCode></ofd:TextObject>"
        for n in range(6)
    )
    page = '<ofd:Page {}>{}<ofd:Content><ofd:Layer ID="5">{}</ofd:Layer></ofd:Content></ofd:Page>'
    return zipped(
        (
            "OFD.xml",
            f'<ofd:OFD {_OFD} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:Title>'
            "简报</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
            "</ofd:DocBody></ofd:OFD>",
        ),
        (
            "Doc_0/Document.xml",
            f"<ofd:Document {_OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            '</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="900" BaseLoc="T.xml"/>'
            '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages>'
            "</ofd:Document>",
        ),
        ("Doc_0/T.xml", page.format(_OFD, "", "")),
        (
            "Doc_0/P.xml",
            page.format(_OFD, '<ofd:Template TemplateID="900" ZOrder="Background"/>', objects),
        ),
    )


def mht() -> bytes:
    page = f"<html><head><title>简报</title></head><body>{f'<p>{SENTENCE}</p>' * 5}</body></html>"
    return (
        "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
        'type="text/html"; boundary="=_b"\r\n\r\n--=_b\r\nContent-Type: text/html; '
        "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{page}\r\n--=_b--\r\n"
    ).encode()


def eml() -> bytes:
    return (
        "Subject: =?utf-8?B?566A5oql?=\r\nDate: Mon, 3 Apr 2023 09:00:00 +0800\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{SENTENCE}\r\n--b\r\n"
        'Content-Type: text/plain; name="a.txt"\r\nContent-Disposition: attachment\r\n\r\n'
        f"{SENTENCE}\r\n--b--\r\n"
    ).encode()


def csv() -> bytes:
    return ("站点,情况,人数\n" + f'青石桥,"{SENTENCE * 3}",12\n' * 8).encode()


def jsonl() -> bytes:
    line = '{"id": "%d", "title": "简报", "year": 2023, "paragraphs": ["%s", "%s"]}\n'
    return "".join(line % (n, SENTENCE, SENTENCE) for n in range(4)).encode()


def write(folder: Path) -> list[Path]:
    """Write one file of each format into `folder`."""
    made = {
        "xlsx": xlsx(),
        "pptx": pptx(),
        "ofd": ofd(),
        "mht": mht(),
        "eml": eml(),
        "csv": csv(),
        "jsonl": jsonl(),
        "zip": zipped(("简报.txt", SENTENCE), ("汇总.xlsx", xlsx()), ("信.eml", eml())),
    }
    paths = [folder / f"样本.{suffix}" for suffix in made]
    for path, data in zip(paths, made.values(), strict=True):
        path.write_bytes(data)
    return paths
