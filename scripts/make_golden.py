"""Write the golden documents: one text as .docx, .rtf and .html by hand, the rest by LibreOffice.

    python scripts/make_golden.py [FOLDER]

The .docx is our own WordprocessingML, so that every trait is there on purpose: automatic numbers
of four levels (一、 （一） 1. ①), tracked changes, a text box, a table, a footnote, a header.
.doc, .odt, .wps and .pdf are what LibreOffice makes of it. LibreOffice's .rtf would lose the 、 of
automatic numbers ({\\leveltext \\'02\\'00\\'3f;}) and the text box, its .html the kinds of number
(each is a bare <ol>): both are written here by hand, as Word writes them.
The text is invented.
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
TARGETS = ("doc", "odt", "pdf")
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
_TITLE = "云汀县水务站2023年工作总结"
_HEADER = "内部工作资料"
_BOX = "提示：本年度渠系数据以冬修后的复测结果为准。"
_NOTE = "含支渠四百米。"
_CHANGED = (
    "全年共组织集中学习",
    "二十四",
    "十九",
    "次，站内职工全部参加，学习笔记由各班组互相查阅。",
)
"""Before the tracked change, inserted, deleted, behind it."""
_NOTED = ("北渠新衬砌三千二百米", "，沿线九个村的春灌时间因此缩短了五天。")
"""Before and behind the reference to the footnote."""
_ROWS = (
    ("渠段", "长度", "完成月份"),
    ("北渠", "三千二百米", "四月"),
    ("南渠", "一千八百米", "九月"),
)
_LINES = (
    # style, text, the number that the styles give
    ("Title", _TITLE, ""),
    ("", "一年来，云汀县水务站围绕灌区改造和节水宣传做了以下工作。", ""),
    ("Heading1", "抓学习强本领", "一、"),
    ("Heading2", "坚持集中学习", "（一）"),
    ("changed", "", ""),
    ("Heading2", "坚持岗位练兵", "（二）"),
    ("Heading3", "分班组开展训练", "1."),
    ("Item", "泵房班完成夜间应急演练六次，最快一次用时十一分钟。", "①"),
    ("Item", "巡渠班完成徒步巡查比武两次，查出隐患十七处。", "②"),
    ("Heading1", "修渠引水惠农", "二、"),
    ("Heading2", "加快灌区改造", "（一）"),
    ("noted", "", ""),
    ("box", "", ""),
    ("table", "", ""),
    ("", "下一步，我们将继续把渠修好，把水管好。", ""),
)
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
        f"<w:txbxContent>{_paragraph(_BOX)}"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    before, inserted, deleted, behind = _CHANGED
    changed = (
        _run(before)
        + f"<w:ins {_CHANGE}>{_run(inserted)}</w:ins>"
        + f"<w:del {_CHANGE}><w:r><w:delText>{deleted}</w:delText></w:r></w:del>"
        + _run(behind)
    )
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    special = {
        "changed": _paragraph(changed),
        "noted": _paragraph(_run(_NOTED[0]) + reference + _run(_NOTED[1])),
        "box": _paragraph(box),
        "table": _table(*_ROWS),
    }
    return "".join(special.get(style) or _paragraph(text, style) for style, text, _ in _LINES)


def write_html(path: Path) -> None:
    """The document as Word saves it as a web page: numbers as text, footnotes at the end."""
    before, inserted, deleted, behind = _CHANGED
    cite = 'cite="mailto:%E6%A0%A1%E5%AF%B9" datetime="2024-01-05T08:00"'
    link = '<a style=\'mso-footnote-id:ftn1\' href="#_ftn{}1" name="_ftn{}1" title="">'
    mark = "<span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a>"
    rows = "".join(
        "<tr>"
        + "".join(f"<td width=187 valign=top><p class=MsoNormal>{t}</p></td>" for t in row)
        + "</tr>\n"
        for row in _ROWS
    )
    special = {
        "changed": f"<p class=MsoNormal>{before}<span class=msoIns><ins {cite}>{inserted}</ins>"
        f"</span><span class=msoDel><del {cite}>{deleted}</del></span>{behind}</p>",
        "noted": f"<p class=MsoNormal>{_NOTED[0]}{link.format('', 'ref')}{mark}{_NOTED[1]}</p>",
        "box": '<p class=MsoNormal><!--[if gte vml 1]><v:shape id="box"><v:textbox>'
        f"<![if !mso]>{_BOX}<![endif]></v:textbox></v:shape><![endif]--><![if !vml]>"
        "<span style='mso-ignore:vglayout;position:relative;z-index:1'><table cellpadding=0>"
        f"<tr><td><div class=shape><p class=MsoNormal>{_BOX}</p></div></td></tr></table></span>"
        "<![endif]></p>",
        "table": f"<table class=MsoTableGrid border=1 cellspacing=0>\n{rows}</table>",
    }
    tags = {"Title": "p class=MsoTitle align=center", "Heading1": "h1", "Heading2": "h2"}
    tags |= {"Heading3": "h3", "Item": "p class=MsoListParagraph"}
    lines = []
    for style, text, number in _LINES:
        if style in special:
            lines.append(special[style])
            continue
        tag = tags.get(style, "p class=MsoNormal")
        shown = (
            f"<![if !supportLists]><span lang=EN-US><span style='mso-list:Ignore'>{number}"
            "</span></span><![endif]>"
            if number
            else ""
        )
        lines.append(f"<{tag}>{shown}{text}</{tag.split()[0]}>")
    lines.append(
        "<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all>\n"
        '<hr align=left size=1 width="33%"><![endif]>\n'
        "<div style='mso-element:footnote' id=ftn1>\n"
        f"<p class=MsoFootnoteText>{link.format('ref', '')}{mark} {_NOTE}</p>\n</div></div>"
    )
    head = (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office">\n<head>\n'
        '<meta http-equiv=Content-Type content="text/html; charset=gb2312">\n'
        '<meta name=Generator content="Microsoft Word 15">\n</head>\n'
        "<body lang=ZH-CN>\n<div class=WordSection1>\n"
    )
    # Word writes pages in the code page of the system
    path.write_bytes((head + "\n".join(lines) + "\n</div>\n</body>\n</html>\n").encode("gb18030"))


def _escaped(text: str) -> str:
    """Text of an .rtf: ASCII, everything else as \\u with a question mark for old readers."""
    return "".join(c if c.isascii() else rf"\u{_signed(ord(c))}?" for c in text)


def _signed(code: int) -> int:
    return code - 0x10000 if code > 0x7FFF else code


def _rtf_level(i: int, kind: int, pattern: str) -> str:
    """One level: {n} of `pattern` is where the number of this level stands."""
    before, _, behind = pattern.partition("{n}")
    length = len(before) + 1 + len(behind)
    return (
        rf"{{\listlevel\levelnfc{kind}\leveljc0\levelfollow2\levelstartat1"
        rf"{{\leveltext\'{length:02x}{_escaped(before)}\'{i:02x}{_escaped(behind)};}}"
        rf"{{\levelnumbers\'{len(before) + 1:02x};}}\fi0\li0}}"
    )


def write_rtf(path: Path) -> None:
    """The document as RTF: every Chinese character as \\u, those of automatic numbers too."""
    before, inserted, deleted, behind = map(_escaped, _CHANGED)
    # 39: 一 二 三, 0: 1 2 3, 18: ① ② ③ (RTF specification 1.9.1, \levelnfc)
    patterns = ((39, "{n}、"), (39, "（{n}）"), (0, "{n}."), (18, "{n}"))
    levels = "".join(_rtf_level(i, *pattern) for i, pattern in enumerate(patterns))
    styles = {"Title": r"\s5\qc\fs44", "": r"\s0\fs22"}
    styles |= {f"Heading{i + 1}": rf"\s{i + 1}\ls1\ilvl{i}\outlinelevel{i}\fs22" for i in range(3)}
    styles["Item"] = r"\s4\ls1\ilvl3\fs22"
    box = (
        r"{\shp{\*\shpinst\shpleft0\shptop0\shpright7200\shpbottom800\shpwr3"
        r"{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain\s0 "
        rf"{_escaped(_BOX)}\par}}}}}}"
    )
    edges = "".join(rf"\cellx{2800 * (i + 1)}" for i in range(len(_ROWS[0])))
    rows = "".join(
        rf"\trowd{edges}"
        + "".join(rf"\pard\plain\s0\intbl {_escaped(text)}\cell" for text in row)
        + "\\row\n"
        for row in _ROWS
    )
    note = rf"{{\super\chftn}}{{\footnote\pard\plain\s0{{\super\chftn}}{_escaped(_NOTE)}}}"
    special = {
        "changed": rf"\pard\plain\s0 {before}{{\revised\revauth1 {inserted}}}"
        rf"{{\deleted\revauthdel1 {deleted}}}{behind}\par",
        "noted": rf"\pard\plain\s0 {_escaped(_NOTED[0])}{note}{_escaped(_NOTED[1])}\par",
        "box": rf"\pard\plain\s0 {box}\par",
        "table": rows,
    }
    lines = [
        special.get(style)
        or rf"\pard\plain{styles[style]}"
        + (rf"{{\listtext {_escaped(number)}}}" if number else "")
        + rf"{'' if number else ' '}{_escaped(text)}\par"
        for style, text, number in _LINES
    ]
    sheet = r"{\s0 Normal;}{\s5\qc\fs44 Title;}{\s4\ls1\ilvl3 Item;}" + "".join(
        rf"{{\s{i + 1}\ls1\ilvl{i}\outlinelevel{i} heading {i + 1};}}" for i in range(3)
    )
    content = (
        r"{\rtf1\ansi\ansicpg936\uc1\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}" + "\n"
        rf"{{\stylesheet{sheet}}}" + "\n"
        rf"{{\*\listtable{{\list\listtemplateid1{levels}\listid1}}}}"
        r"{\*\listoverridetable{\listoverride\listid1\listoverridecount0\ls1}}" + "\n"
        rf"{{\*\revtbl{{Unknown;}}{{{_escaped('校对')};}}}}" + "\n"
        rf"{{\header\pard\plain\s0 {_escaped(_HEADER)}\par}}" + "\n" + "\n".join(lines) + "}\n"
    )
    path.write_bytes(content.encode("ascii"))


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
    note = _paragraph("<w:r><w:footnoteRef/></w:r>" + _run(_NOTE))
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
        "header": ("header", _paragraph(_HEADER)),
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
    write_html(folder / "golden.html")
    write_rtf(folder / "golden.rtf")
    program = shutil.which("soffice")
    if program is None:
        print("LibreOffice is missing: only .docx, .html and .rtf were written", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as profile:
        accepted = Path(profile) / "accepted" / source.name
        accepted.parent.mkdir()
        write_docx(accepted, accepted=True)
        for target in TARGETS:
            # LibreOffice prints deleted text too, struck through: prints are made without it
            given = accepted if target == "pdf" else source
            command = [program, "--headless", f"-env:UserInstallation={Path(profile).as_uri()}"]
            command += ["--convert-to", target, "--outdir", str(folder), str(given)]
            subprocess.run(command, check=True, timeout=_LIMIT, capture_output=True)
    shutil.copyfile(folder / "golden.doc", folder / "golden.wps")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN))
