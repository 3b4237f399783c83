"""Write the golden documents: one text, made by hand as .docx, converted by LibreOffice.

    python scripts/make_golden.py [FOLDER]

The .docx is our own WordprocessingML, so that every trait is there on purpose: automatic numbers
of four levels (一、 （一） 1. ①), tracked changes, a text box, a table, a footnote, a header.
The other formats are what LibreOffice makes of it. The text is invented.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
TARGETS = ("doc", "odt", "html", "pdf")
_LIMIT = 180
"""Seconds for one conversion, the start of LibreOffice included."""

_NAMES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CHANGE = 'w:id="9" w:author="校对" w:date="2024-01-05T08:00:00Z"'
_LEVELS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircleChinese", "%4"),
)


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(content: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{content if content.startswith('<') else _run(content)}</w:p>"


def _table(*rows: tuple[str, ...]) -> str:
    cell = '<w:tc><w:tcPr><w:tcW w:w="2800" w:type="dxa"/></w:tcPr>{}</w:tc>'
    lines = "".join(
        f"<w:tr>{''.join(cell.format(_paragraph(text)) for text in row)}</w:tr>" for row in rows
    )
    edge = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    names = ("top", "left", "bottom", "right", "insideH", "insideV")
    edges = "".join(f"<w:{name} {edge}/>" for name in names)
    grid = '<w:gridCol w:w="2800"/>' * len(rows[0])
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{edges}</w:tblBorders>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"
    )


def _body() -> str:
    box = (
        '<w:r><w:pict><v:shape id="box" style="width:360pt;height:40pt"><v:textbox>'
        f"<w:txbxContent>{_paragraph('提示：本年度渠系数据以冬修后的复测结果为准。')}"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    changed = (
        _run("全年共组织集中学习")
        + f"<w:ins {_CHANGE}>{_run('二十四')}</w:ins>"
        + f"<w:del {_CHANGE}><w:r><w:delText>十九</w:delText></w:r></w:del>"
        + _run("次，站内职工全部参加，学习笔记由各班组互相查阅。")
    )
    noted = (
        _run("北渠新衬砌三千二百米")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
        + _run("，沿线九个村的春灌时间因此缩短了五天。")
    )
    return "".join(
        (
            _paragraph("云汀县水务站2023年工作总结", "Title"),
            _paragraph("一年来，云汀县水务站围绕灌区改造和节水宣传做了以下工作。"),
            _paragraph("抓学习强本领", "Heading1"),
            _paragraph("坚持集中学习", "Heading2"),
            _paragraph(changed),
            _paragraph("坚持岗位练兵", "Heading2"),
            _paragraph("分班组开展训练", "Heading3"),
            _paragraph("泵房班完成夜间应急演练六次，最快一次用时十一分钟。", "Item"),
            _paragraph("巡渠班完成徒步巡查比武两次，查出隐患十七处。", "Item"),
            _paragraph("修渠引水惠农", "Heading1"),
            _paragraph("加快灌区改造", "Heading2"),
            _paragraph(noted),
            _paragraph(box),
            _table(
                ("渠段", "长度", "完成月份"),
                ("北渠", "三千二百米", "四月"),
                ("南渠", "一千八百米", "九月"),
            ),
            _paragraph("下一步，我们将继续把渠修好，把水管好。"),
        )
    )


def write_docx(path: Path, accepted: bool = False) -> None:
    """The document by hand; `accepted`: without the text that tracked changes delete."""
    body = _body()
    if accepted:
        body = re.sub("<w:del .*?</w:del>", "", body)
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:pStyle w:val="{"Item" if i == 3 else f"Heading{i + 1}"}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for i, (style, text) in enumerate(_LEVELS)
    )
    styles = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    styles += '<w:name w:val="Normal"/></w:style>'
    styles += '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>'
    styles += '<w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/></w:pPr>'
    styles += '<w:rPr><w:sz w:val="44"/></w:rPr></w:style>'
    for i in range(4):
        name, identity = ("条目", "Item") if i == 3 else (f"heading {i + 1}", f"Heading{i + 1}")
        outline = "" if i == 3 else f'<w:outlineLvl w:val="{i}"/>'
        styles += (
            f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:pPr><w:numPr><w:ilvl w:val="{i}"/>'
            f'<w:numId w:val="1"/></w:numPr>{outline}</w:pPr></w:style>'
        )
    note = _paragraph("<w:r><w:footnoteRef/></w:r>" + _run("含支渠四百米。"))
    section = f'<w:sectPr><w:headerReference xmlns:r="{_OFFICE}" w:type="default" r:id="r4"/>'
    section += '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800"'
    section += ' w:bottom="1440" w:left="1800" w:header="720" w:footer="720" w:gutter="0"/>'
    section += "</w:sectPr>"
    parts = {
        "document": ("document.main", f"<w:body>{body}{section}</w:body>"),
        "styles": ("styles", styles),
        "numbering": (
            "numbering",
            '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
            f'{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
        ),
        "footnotes": ("footnotes", f'<w:footnote w:id="2">{note}</w:footnote>'),
        "header": ("header", _paragraph("内部工作资料")),
    }
    roots = {"header": "hdr"}
    names = [name for name in parts if name != "document"]
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
        for name, (kind, _) in parts.items()
    )
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>'
        for i, name in enumerate(names, start=1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension='
        '"rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{links}</Relationships>",
    }
    for name, (_, content) in parts.items():
        root = roots.get(name, name)
        files[f"word/{name}.xml"] = (
            f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {_NAMES}>{content}</w:{root}>'
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for member, content in files.items():
            # a fixed date: the same text gives the same bytes
            package.writestr(zipfile.ZipInfo(member, (2024, 1, 5, 8, 0, 0)), content)


def main(folder: Path) -> int:
    """Write all files into `folder`; 1 where LibreOffice is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "golden.docx"
    write_docx(source)
    program = shutil.which("soffice")
    if program is None:
        print("LibreOffice is missing: only golden.docx was written", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as profile:
        accepted = Path(profile) / "accepted" / source.name
        accepted.parent.mkdir()
        write_docx(accepted, accepted=True)
        for target in TARGETS:
            # LibreOffice prints deleted text too, struck through: prints are made without it
            given = accepted if target in ("html", "pdf") else source
            command = [program, "--headless", f"-env:UserInstallation={Path(profile).as_uri()}"]
            command += ["--convert-to", target, "--outdir", str(folder), str(given)]
            subprocess.run(command, check=True, timeout=_LIMIT, capture_output=True)
    shutil.copyfile(folder / "golden.doc", folder / "golden.wps")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN))
