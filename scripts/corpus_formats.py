"""The reports of the sample -> the bytes of their files, format by format.

Deterministic on every machine: no clock, no compression. Only the PDF files need a package beyond
the standard library, reportlab.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from corpus_sources import Heading, Report, SourceError

ADVERTS = (
    "【砚田素材库】加入会员，十万篇公文范文免费下载",
    "代笔总结、述职、讲话稿，QQ：000000000，微信：yantian_0000",
    "更多优质材料请关注微信公众号：砚田素材库",
)
"""Of nobody: the name is invented and the numbers are noughts."""

_KANGXI = str.maketrans("工文水用目一人大小日月心", "⼯⽂⽔⽤⽬⼀⼈⼤⼩⽇⽉⼼")


@dataclass(frozen=True)
class Line:
    """One line of a document as it is written, noise included."""

    text: str
    kind: str
    """title, byline, heading, body, noise."""
    level: int = 0


def lines_of(report: Report) -> list[Line]:
    """The report line by line, with what the web, a scanner or a paywall does to it."""
    noise = {name: arguments for name, *arguments in report.noise}
    lines = [Line(report.title, "title"), *(Line(text, "byline") for text in report.byline)]
    for item in report.items:
        if isinstance(item, Heading):
            lines.append(Line(item.text, "heading", item.level))
            continue
        name = item.key.partition(":")[2]
        text = item.text
        if name in noise.get("paywall", []):
            # always in mid-sentence, where the site that cut the text put it
            cut = text.index("，", len(text) // 2)
            text = f"{text[: cut - 2]}##paidbegin##{text[cut - 2 :]}"
        if name in noise.get("paywallend", []):
            cut = text.index("，", len(text) // 3)
            text = f"{text[: cut + 2]}##paidend##{text[cut + 2 :]}"
        if name in noise.get("spaces", []):
            # as a typesetter spaces a word out, and as copying from a PDF leaves it
            text = re.sub("工作|学员|书记", lambda word: " ".join(word[0]), text)
        if name in noise.get("kangxi", []):
            text = text.translate(_KANGXI)
        lines.append(Line(text, "body"))
        if name in noise.get("advert", []):
            lines.append(Line(ADVERTS[len(lines) % len(ADVERTS)], "noise"))
    if "adverts" in noise:
        lines.insert(1, Line(ADVERTS[0], "noise"))
        lines.append(Line(ADVERTS[1], "noise"))
        lines.append(Line(ADVERTS[2], "noise"))
    return lines


def write_txt(report: Report) -> bytes:
    end = "\r\n" if "crlf" in report.options else "\n"
    indent = "　　" if "indent" in report.options else ""
    gap = end if "gaps" in report.options else ""
    lines = [
        ("" if line.kind in ("title", "byline") else indent) + line.text + end
        for line in lines_of(report)
    ]
    encoding = next((o for o in report.options if o.startswith("encoding=")), "encoding=utf-8")
    encoding = encoding.partition("=")[2]
    text = gap.join(lines)
    if encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(encoding)


def write_md(report: Report) -> bytes:
    parts = []
    for line in lines_of(report):
        if line.kind == "title":
            parts.append(f"# {line.text}")
        elif line.kind == "heading":
            parts.append(f"{'#' * (line.level + 1)} {line.text}")
        else:
            parts.append(line.text)
    return ("\n\n".join(parts) + "\n").encode("utf-8")


_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{title}_{site}</title>
<style>body {{ font-family: serif }} nav a {{ margin: 0 1em }}</style>
</head>
<body>
<nav>
<a href="#">首页</a> <a href="#">机构设置</a> <a href="#">政务公开</a> <a href="#">互动交流</a>
</nav>
<div class="path">您现在的位置：<a href="#">首页</a> &gt; <a href="#">政务公开</a> &gt; 正文</div>
<div class="article">
<h1>{title}</h1>
<div class="info">发布时间：{date}　来源：{unit}
　【字号：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</div>
<div class="content">
{content}
</div>
<div class="tools"><a href="#">打印</a> <a href="#">关闭</a></div>
<div class="editor">责任编辑：{editor}</div>
</div>
<footer><p>主办：{site}　网站标识码：0000000000</p><p>版权所有，未经许可不得转载</p></footer>
<script>console.log("no counter here");</script>
</body>
</html>
"""


def write_html(report: Report) -> bytes:
    content = []
    for line in lines_of(report):
        text = html.escape(line.text, quote=False)
        if line.kind == "heading" and "h" in report.options:
            content.append(f"<h{line.level + 1}>{text}</h{line.level + 1}>")
        elif line.kind == "heading":
            content.append(f"<p><strong>{text}</strong></p>")
        elif line.kind != "title":
            content.append(f"<p>　　{text}</p>")
    charset = "gb18030" if "gb18030" in report.options else "utf-8"
    unit = report.unit or "砚田素材库"
    page = _PAGE.format(
        charset=charset,
        title=html.escape(report.title),
        site=f"{unit}网站",
        unit=unit,
        date=f"{report.year or 2023}-12-28",
        editor="测试",
        content="\n".join(content),
    )
    return page.encode(charset)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml"

# level 1 一、  level 2 （一）  level 3 1.  — the numbering of official documents
_NUMBER_FORMATS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
)
TYPED_NUMBER = re.compile(
    r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、]|①|②|③|（\d+）)"
)


def write_docx(report: Report) -> bytes:
    """A .docx of the parts a reader needs, every byte ours: stored, dated 1980.

    Options: `styles` gives headings a heading style, `auto` moves their numbers into
    numbering.xml, as a writer's Word does; without them numbers and headings are typed text.
    """
    auto, styles = "auto" in report.options, "styles" in report.options
    body = []
    for line in lines_of(report):
        text = line.text
        properties = ""
        if line.kind == "title":
            properties = '<w:pStyle w:val="Title"/><w:jc w:val="center"/>'
        elif line.kind == "byline":
            properties = '<w:jc w:val="center"/>'
        elif line.kind == "heading":
            if auto or styles:
                properties += f'<w:pStyle w:val="Heading{line.level}"/>'
            if auto and TYPED_NUMBER.match(text):
                text = TYPED_NUMBER.sub("", text)
                properties += (
                    f'<w:numPr><w:ilvl w:val="{line.level - 1}"/><w:numId w:val="1"/></w:numPr>'
                )
        elif auto and line.kind == "body" and re.match(r"\d+\.(?!\d)", text):
            text = TYPED_NUMBER.sub("", text)
            properties = '<w:numPr><w:ilvl w:val="2"/><w:numId w:val="1"/></w:numPr>'
        else:
            properties = '<w:ind w:firstLine="640"/>'
        body.append(
            f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">'
            f"{escape(text)}</w:t></w:r></w:p>"
        )
    styles_xml = "".join(
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{outline}</w:pPr><w:rPr><w:b/><w:sz w:val="{size}"/>'
        "</w:rPr></w:style>"
        for identifier, name, outline, size in (
            ("Title", "Title", "", 44),
            ("Heading1", "heading 1", '<w:outlineLvl w:val="0"/>', 32),
            ("Heading2", "heading 2", '<w:outlineLvl w:val="1"/>', 32),
            ("Heading3", "heading 3", '<w:outlineLvl w:val="2"/>', 32),
        )
    )
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for i, (form, text) in enumerate(_NUMBER_FORMATS)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_ML}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_ML}.styles+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{_ML}.numbering+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_W}><w:body>{''.join(body)}"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/numbering" Target="numbering.xml"/>'
        "</Relationships>",
        "word/styles.xml": f'<w:styles {_W}><w:style w:type="paragraph" w:default="1" '
        'w:styleId="Normal"><w:name w:val="Normal"/><w:rPr><w:sz w:val="32"/></w:rPr></w:style>'
        f"{styles_xml}</w:styles>",
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum><w:num w:numId="1">'
        '<w:abstractNumId w:val="0"/></w:num></w:numbering>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, xml in parts.items():
            # create_system would tell Windows from Linux
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            archive.writestr(info, (_XML + xml).encode("utf-8"))
    return out.getvalue()


_NEVER_FIRST = "，。、；：！？）》”’%"
_A4 = (595, 842)


def _wrap(text: str, width: float, first_width: float, size: float) -> list[str]:
    """Lines of at most `width` points; a full character is `size` wide, ASCII half of it."""
    lines, line, room = [], "", first_width
    for character in text:
        wide = size / 2 if ord(character) < 128 else size
        if room < wide and character not in _NEVER_FIRST:
            lines.append(line)
            line, room = "", width
        line += character
        room -= wide
    return [*lines, line]


def write_pdf(report: Report) -> bytes:
    """Pages with a running header and numbers, the text in lines as a printer makes them."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    font, size, leading, left, top, bottom = "STSong-Light", 14, 24, 80, 750, 90
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    out = io.BytesIO()
    # uncompressed: deflate differs between zlib builds
    canvas = Canvas(out, pagesize=_A4, pageCompression=0, invariant=1)
    width = _A4[0] - 2 * left
    page, y = 1, top

    def furniture() -> None:
        canvas.setFont(font, 9)
        canvas.drawString(left, 790, f"{report.unit or '内部资料'}工作材料")
        canvas.drawCentredString(_A4[0] / 2, 50, f"- {page} -")

    furniture()
    for line in lines_of(report):
        points = 18 if line.kind == "title" else size
        indent = 0 if line.kind in ("title", "byline") else 2 * size
        for i, text in enumerate(_wrap(line.text, width, width - indent, points)):
            if y < bottom:
                canvas.showPage()
                page, y = page + 1, top
                furniture()
            canvas.setFont(font, points)
            if line.kind in ("title", "byline"):
                canvas.drawCentredString(_A4[0] / 2, y, text)
            else:
                canvas.drawString(left + (indent if i == 0 else 0), y, text)
            y -= leading + (8 if line.kind == "title" else 0)
    canvas.save()
    return out.getvalue()


def write_jsonl(reports: Iterable[Report]) -> bytes:
    rows = []
    for report in reports:
        row: dict[str, object] = {"id": report.slug, "title": report.title}
        texts = [line.text for line in lines_of(report) if line.kind != "title"]
        if "paragraphs" in report.options:
            row["paragraphs"] = texts
        else:
            row["text"] = "\n".join(texts)
        row |= {"year": report.year, "unit": report.unit, "kind": report.kind}
        rows.append(json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False) + "\n")
    return "".join(rows).encode("utf-8")


_WRITERS = {
    "txt": write_txt,
    "md": write_md,
    "html": write_html,
    "docx": write_docx,
    "pdf": write_pdf,
}


def documents(reports: Sequence[Report]) -> dict[str, bytes]:
    """File name below corpus/documents -> its bytes, metadata.csv included."""
    files: dict[str, bytes] = {}
    rows: dict[str, list[str]] = {}
    for file in dict.fromkeys(report.file for report in reports):
        here = [report for report in reports if report.file == file]
        if file.endswith(".jsonl"):
            files[file] = write_jsonl(here)
            continue
        if len(here) > 1:
            raise SourceError(f"two reports write {file}")
        files[file] = _WRITERS[here[0].format](here[0])
        if here[0].csv:
            folder, _, name = file.rpartition("/")
            cells = [name, here[0].title, str(here[0].year or ""), here[0].unit, here[0].kind]
            rows.setdefault(folder, ["path,title,year,unit,kind"]).append(",".join(cells))
    for folder, lines in rows.items():
        # with a BOM, as Excel saves it
        files[f"{folder}/metadata.csv"] = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8")
    return files
