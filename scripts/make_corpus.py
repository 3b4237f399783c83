"""Make the sample: corpus/documents and corpus/expected.toml from corpus/sources.

    python scripts/make_corpus.py            write corpus/documents and corpus/expected.toml
    python scripts/make_corpus.py --to DIR   write them under DIR instead

The texts are written by hand, with marks (corpus/README.md describes them); this script leaves the
marks out, makes the derived reports, writes every report in its format and says in expected.toml
what is where. The same sources give the same bytes: no clock, no compression, a fixed seed.
Only the PDF files need a package beyond the standard library, reportlab.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import random
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

SEED = 20231231
RUN = 13
"""Shortest shared run, in characters, that counts as re-use (连续13字)."""

TOPICS = (
    "廉政教育",
    "意识形态",
    "主题教育",
    "党风廉政建设",
    "三会一课",
    "第一议题",
    "理论学习中心组",
    "党员教育培训",
    "党员发展",
    "支部建设",
    "民主生活会与组织生活会",
    "巡察整改",
    "党建品牌",
    "党建业务融合",
    "作风建设",
    "基层减负",
    "志愿服务",
    "乡村振兴",
    "安全生产",
    "营商环境",
    "疫情防控",
    "干部队伍",
    "存在问题",
    "下步打算",
)

CHANGES = ("verbatim", "renamed", "blanked", "numbers", "edited", "paraphrase", "part")
"""What a derived paragraph may be of its origin. blanked: renamed, and placeholders for figures;
part: a run of it inside new text."""


class SourceError(Exception):
    """A source file says something that cannot be done; the message names file and line."""


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One body paragraph, with what is known of it."""

    key: str
    """slug:p3, unique in the sample."""
    text: str
    topics: dict[str, int] = field(default_factory=dict)
    origin: str = ""
    """Key of the hand-written paragraph it derives from; its own key where it is one."""
    change: str = ""
    """One of CHANGES, empty for a paragraph written for its document."""


Item = Heading | Paragraph


@dataclass(frozen=True)
class Report:
    """One document of the sample, before it is written in a format."""

    slug: str
    title: str
    file: str
    """Below corpus/documents, with forward slashes."""
    options: tuple[str, ...]
    unit: str = ""
    year: int | None = None
    kind: str = ""
    byline: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """(kind, name) of units, places and persons that belong to this report."""
    leftovers: tuple[tuple[str, str, str], ...] = ()
    """(name, kind, slug of the report it belongs to)."""
    noise: tuple[tuple[str, ...], ...] = ()
    csv: bool = False
    """Its metadata stands in metadata.csv beside it, not in the text."""

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [item for item in self.items if isinstance(item, Paragraph)]

    @property
    def format(self) -> str:
        return self.file.rsplit(".", 1)[1]


# --- reading the sources ---------------------------------------------------------------------

_MARK = re.compile(r"\[(?P<inside>[^\]]*)\] ?(?P<text>.*)", re.DOTALL)
_RANGE = re.compile(
    r"> (?P<slug>\S+) (?P<first>p\d+[a-z]?)\.\.(?P<last>p\d+[a-z]?) (?P<change>\w+)$"
)
_DERIVED = re.compile(r"< (?P<origin>\S+:p\d+[a-z]?) (?P<change>\w+)(?: keep (?P<keep>.+))?$")


def read_sources(folder: Path) -> list[Report]:
    """All reports of `folder`: the hand-written ones first, then the derived, each by file name."""
    reports: dict[str, Report] = {}
    for path in sorted(folder.glob("*.source")) + sorted(folder.glob("derived/*.source")):
        text = path.read_text(encoding="utf-8")
        chunks = re.split(r"(?m)^(?=@slug )", text) if "@slug " in text else [text]
        for chunk in chunks:
            if chunk.strip():
                report = _parse(chunk, path, reports)
                if report.slug in reports:
                    raise SourceError(f"{path.name}: two reports are called {report.slug}")
                reports[report.slug] = report
    return list(reports.values())


def _parse(text: str, path: Path, written: dict[str, Report]) -> Report:
    head: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("@"):
            name, _, value = line[1:].partition(" ")
            head.setdefault(name, []).append(value.strip())
        elif line.strip() and not line.startswith("%"):
            lines.append(line)
    slug = head.get("slug", [path.stem])[0]
    swaps = dict(tuple(swap.split(" => ")) for swap in head.get("replace", []))
    items = list(_items(lines, slug, swaps, written, path))
    file, *options = head["write"][0].split()
    return Report(
        slug=slug,
        title=head["title"][0],
        file=file,
        options=tuple(options),
        unit=head.get("unit", [""])[0],
        year=int(head["year"][0]) if "year" in head else None,
        kind=head.get("kind", [""])[0],
        byline=tuple(head.get("byline", [])),
        items=tuple(items),
        names=tuple(
            (kind, name)
            for value in head.get("names", [])
            for kind, _, names in [value.partition(" ")]
            for name in names.split()
        ),
        leftovers=tuple(
            (name, kind, owner)
            for value in head.get("leftover", [])
            for name, kind, owner in [value.split(" ")]
        ),
        noise=tuple(tuple(value.split()) for value in head.get("noise", [])),
        csv="metadata.csv" in head.get("metadata", []),
    )


def _items(
    lines: Sequence[str],
    slug: str,
    swaps: dict[str, str],
    written: dict[str, Report],
    path: Path,
) -> Iterator[Item]:
    count = 0
    for line in lines:
        where = f"{path.name}: {line[:40]}"
        if line.startswith("#"):
            marks, _, text = line.partition(" ")
            yield Heading(len(marks), text)
        elif line.startswith(">"):
            match = _RANGE.match(line)
            if not match:
                raise SourceError(f"{where}: > slug p1..p5 change")
            for item in _between(written[match["slug"]], match["first"], match["last"]):
                if isinstance(item, Heading):
                    yield Heading(item.level, _swap(item.text, swaps))
                else:
                    count += 1
                    yield _derive(item, f"{slug}:p{count}", match["change"], swaps, where)
        else:
            match = _MARK.match(line)
            if not match:
                raise SourceError(f"{where}: a paragraph needs a mark such as [p1 | 廉政教育2]")
            count += 1
            name, _, labels = match["inside"].partition("|")
            topics = _topics(labels, where)
            derived = _DERIVED.match(name.strip())
            if derived:
                origin_slug, _, origin_name = derived["origin"].partition(":")
                origin = next(
                    p for p in written[origin_slug].paragraphs if p.key == derived["origin"]
                )
                kept = (derived["keep"] or "").split()
                paragraph = _derive(
                    origin,
                    f"{slug}:p{count}",
                    derived["change"],
                    {old: new for old, new in swaps.items() if old not in kept},
                    where,
                    match["text"],
                )
                yield replace(paragraph, topics=topics) if labels else paragraph
            else:
                own = name.strip() or f"p{count}"
                if not re.fullmatch(r"p\d+[a-z]?", own):
                    raise SourceError(f"{where}: paragraphs are called p1, p2, p2a …")
                key = f"{slug}:{own}"
                yield Paragraph(key, match["text"], topics, origin=key)


def _topics(labels: str, where: str) -> dict[str, int]:
    topics = {}
    for label in labels.split():
        name, grade = label[:-1], label[-1]
        if name not in TOPICS or grade not in "12":
            raise SourceError(f"{where}: unknown label {label}")
        topics[name] = int(grade)
    return topics


def _between(report: Report, first: str, last: str) -> list[Item]:
    """The items from paragraph `first` to `last`, with the headings directly above `first`."""
    keys = [item.key if isinstance(item, Paragraph) else "" for item in report.items]
    start = keys.index(f"{report.slug}:{first}")
    while start and isinstance(report.items[start - 1], Heading):
        start -= 1
    return list(report.items[start : keys.index(f"{report.slug}:{last}") + 1])


def _derive(
    origin: Paragraph,
    key: str,
    change: str,
    swaps: dict[str, str],
    where: str,
    text: str = "",
) -> Paragraph:
    if change not in CHANGES:
        raise SourceError(f"{where}: unknown change {change}")
    if change == "verbatim":
        text = origin.text
    elif change == "renamed":
        text = _swap(origin.text, swaps)
    elif change == "blanked":
        text = blank(_swap(origin.text, swaps), key)
    elif change == "numbers":
        text = text or other_numbers(origin.text, key)
        if re.sub(r"\d+", "0", text) != re.sub(r"\d+", "0", origin.text):
            raise SourceError(f"{where}: more than the numbers differs")
    elif change == "edited" and not text:
        text = _swap(edit(origin.text), swaps)
    if not text:
        raise SourceError(f"{where}: write the new text of the paragraph behind its mark")
    if change in ("renamed", "blanked") and text == origin.text:
        change = "verbatim"  # no name in it
    if change != "verbatim" and text == origin.text:
        raise SourceError(f"{where}: nothing changed, call it verbatim")
    runs = shared_runs(origin.text, text)
    if change == "paraphrase" and runs:
        raise SourceError(f"{where}: a paraphrase shares {runs}")
    if change != "paraphrase" and len(origin.text) > RUN and not runs:
        raise SourceError(f"{where}: nothing of the origin is left")
    return Paragraph(key, text, origin.topics, origin.origin, change)


def _swap(text: str, swaps: dict[str, str]) -> str:
    """All replacements at once, the longest first, so that 2022 => 2023 and 2023 => 2024 work."""
    if not swaps:
        return text
    pattern = "|".join(re.escape(old) for old in sorted(swaps, key=len, reverse=True))
    return re.sub(pattern, lambda match: swaps[match[0]], text)


# Whole numbers and decimals that count something; years, dates, ages and ordinals stay.
_NUMBER = re.compile(r"(?<![\d.第“”])(?!20\d\d年)(\d+)(\.\d+)?(?![\d.]|[年月日岁])")


def other_numbers(text: str, key: str) -> str:
    """The same text with every counted figure changed by up to a third, by a seed of its own.

    >>> other_numbers("2023年检查186家，占9.4%", "a:p1") == other_numbers("2023年检查186家，占9.4%", "a:p1")
    True
    >>> other_numbers("2023年底", "a:p1")
    '2023年底'
    """
    chance = random.Random(f"{SEED}:{key}")

    def other(match: re.Match[str]) -> str:
        whole, part = match[1], match[2] or ""
        digits = len(part) - 1 if part else 0
        old = int(whole + part[1:]) if part else int(whole)
        step = max(1, old // 3)
        percent = text[match.end() : match.end() + 1] == "%"
        new = old
        while new == old or (percent and new >= 100 * 10**digits):
            new = max(1, old + chance.randint(-step, step))
        shown = str(new).zfill(digits + 1)
        return f"{shown[:-digits]}.{shown[-digits:]}" if digits else shown

    return _NUMBER.sub(other, text)


def blank(text: str, key: str) -> str:
    """The same text with placeholders for its figures, as sites that sell model texts leave them.

    >>> set(blank("检查186家，2023年", "a:p1")) <= set("检查X*家，2023年")
    True
    """
    chance = random.Random(f"{SEED}:{key}")
    return _NUMBER.sub(lambda match: chance.choice(("X", "XX", "*", "X")), text)


EDITS = (
    ("全年", "一年来"),
    ("组织", "安排"),
    ("推行", "实行"),
    ("一律", "全部"),
    ("过去", "以往"),
    ("聘请", "邀请"),
    ("成立", "组建"),
    ("当场", "现场"),
    ("主要是", "突出表现为"),
    ("打算", "计划"),
    ("挂钩", "直接挂钩"),
    ("因此", "由此"),
    ("逐一", "一一"),
    ("反映", "提出"),
    ("下一步", "接下来"),
    ("每名", "每一名"),
)
"""What someone does who does not want it to look copied."""


def edit(text: str) -> str:
    """`text` with the words of EDITS exchanged.

    >>> edit("全年组织培训3次")
    '一年来安排培训3次'
    """
    return _swap(text, dict(EDITS))


# --- shared runs -----------------------------------------------------------------------------

_NOT_COMPARED = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")


def folded(text: str) -> str:
    """What is compared: characters, letters and digits, no punctuation and no spaces."""
    return _NOT_COMPARED.sub("", text)


def grams(text: str, size: int = RUN) -> set[str]:
    """All runs of `size` characters of the folded text."""
    text = folded(text)
    return {text[i : i + size] for i in range(len(text) - size + 1)}


def shared_runs(a: str, b: str, size: int = RUN) -> list[str]:
    """Maximal runs of at least `size` characters of folded `a` that stand in folded `b` too.

    >>> shared_runs("一二三四五六", "〇二三，四五七", size=3)
    ['二三四五']
    """
    a, b = folded(a), folded(b)
    known = {b[i : i + size] for i in range(len(b) - size + 1)}
    runs: list[tuple[int, int]] = []
    for i in range(len(a) - size + 1):
        if a[i : i + size] not in known:
            continue
        if runs and a[runs[-1][0] : i + size] in b:
            runs[-1] = (runs[-1][0], i + size)
        else:
            runs.append((i, i + size))
    return [a[start:end] for start, end in runs]


# --- writing the formats ---------------------------------------------------------------------

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
            text = re.sub(r"(?<=[\u4e00-\u9fff]{5})(?=[\u4e00-\u9fff]{4})", " ", text, count=3)
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
<nav><a href="#">首页</a> <a href="#">机构设置</a> <a href="#">政务公开</a> <a href="#">互动交流</a></nav>
<div class="path">您现在的位置：<a href="#">首页</a> &gt; <a href="#">政务公开</a> &gt; 正文</div>
<div class="article">
<h1>{title}</h1>
<div class="info">发布时间：{date}　来源：{unit}　【字号：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</div>
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
_TYPED_NUMBER = re.compile(
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
            if auto and _TYPED_NUMBER.match(text):
                text = _TYPED_NUMBER.sub("", text)
                properties += (
                    f'<w:numPr><w:ilvl w:val="{line.level - 1}"/><w:numId w:val="1"/></w:numPr>'
                )
        elif auto and line.kind == "body" and re.match(r"\d+\.(?!\d)", text):
            text = _TYPED_NUMBER.sub("", text)
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


# --- what is planted -------------------------------------------------------------------------


def quote_of(paragraph: Paragraph, report: Report) -> str:
    """The beginning of a paragraph, without its number, that stands nowhere else in the report."""
    text = _TYPED_NUMBER.sub("", paragraph.text)
    others = [p.text for p in report.paragraphs if p.key != paragraph.key]
    for length in range(16, len(text)):
        if not any(text[:length] in other for other in others):
            return text[:length]
    return text


def relation(a: Paragraph, b: Paragraph) -> str:
    """How two paragraphs of one origin relate, as a person would say who sees both."""
    if a.text == b.text:
        return "verbatim"
    changes = {a.change, b.change} - {"", "verbatim"}
    for change in ("part", "paraphrase", "edited", "renamed", "numbers"):
        if change in changes:
            if change == "paraphrase" and shared_runs(a.text, b.text):
                return "edited"
            return change
    if "blanked" in changes:
        return "renamed"
    raise SourceError(f"{a.key} and {b.key} differ for no reason")


@dataclass(frozen=True)
class Reuse:
    a: Report
    b: Report
    kind: str
    passages: list[tuple[Paragraph, Paragraph, str]]


def planted_reuse(
    reports: Sequence[Report], formulas: Sequence[str], negatives: Sequence[tuple[str, str]]
) -> list[Reuse]:
    """Every pair of reports that shares something, or looks as if it did; older first."""
    by_slug = {report.slug: report for report in reports}
    found = []
    # the older first; of one year, the hand-written before those derived from it
    for a, b in combinations(reports, 2):
        passages = [
            (p, q, relation(p, q))
            for p in a.paragraphs
            for q in b.paragraphs
            if p.origin == q.origin
        ]
        if passages:
            weights: dict[str, int] = {}
            for p, _, kind in passages:
                weights[kind] = weights.get(kind, 0) + len(p.text)
            kind = max(weights, key=lambda name: (weights[name], name))
            own = a.unit == b.unit and a.unit != ""
            if a.year and b.year and a.year > b.year:
                a, b, passages = b, a, [(q, p, kind) for p, q, kind in passages]  # noqa: PLW2901
            found.append(Reuse(a, b, "own_past" if own else kind, passages))
        elif any(_both(a, b, formula) for formula in formulas):
            found.append(Reuse(a, b, "formula_only", []))
    every = {p.key: p for report in reports for p in report.paragraphs}
    alike: dict[tuple[str, str], list[tuple[Paragraph, Paragraph, str]]] = {}
    for first, second in negatives:
        pair = (first.partition(":")[0], second.partition(":")[0])
        alike.setdefault(pair, []).append((every[first], every[second], "hard_negative"))
    for (first, second), passages in alike.items():
        found.append(Reuse(by_slug[first], by_slug[second], "hard_negative", passages))
    return found


def _both(a: Report, b: Report, formula: str) -> bool:
    return len(folded(formula)) >= RUN and all(
        any(folded(formula) in folded(p.text) for p in report.paragraphs) for report in (a, b)
    )


def check(reports: Sequence[Report]) -> None:
    """Keys are unique; names of a source that stand in a derived report are said to be left."""
    by_slug = {report.slug: report for report in reports}
    keys = [paragraph.key for report in reports for paragraph in report.paragraphs]
    for key in keys:
        if keys.count(key) > 1:
            raise SourceError(f"two paragraphs are called {key}")
    for report in reports:
        told = {name for name, _, _ in report.leftovers}
        body = "\n".join(p.text for p in report.paragraphs)
        for name in told:
            if name not in body:
                raise SourceError(f"{report.slug}: {name} is not in the text")
        for slug in {p.origin.partition(":")[0] for p in report.paragraphs}:
            source = by_slug[slug]
            if source.unit == report.unit:
                continue
            for _, name in source.names:
                if name not in told and name not in report.unit and name in body:
                    raise SourceError(f"{report.slug}: {name} of {slug} is left in the text")


_HEADER = """\
# What is planted in corpus/documents. Written by scripts/make_corpus.py from corpus/sources: do not
# edit it here. All files are named below corpus/documents, with forward slashes.
#
# [[documents]]    every document. title, unit, year, kind as a person would state them; a key that
#                  is missing is not known. `written` is "from scratch", or "derived". A document
#                  of a .jsonl file has its id as `external_id`. `metadata` says that title, unit,
#                  year and kind stand in a metadata.csv or in the .jsonl line; otherwise they are
#                  to be found in the title, the first lines, or the folder.
# [[paragraphs]]   every body paragraph of every document. `key` is how other tables name it. It is
#                  the paragraph of `document` whose text (cleaned, read) contains `quote`, exactly
#                  one. `topics`: 2 is about it, 1 touches it; a topic that is not named is judged
#                  0. Titles, bylines and headings are not listed and not judged: leave paragraphs
#                  that are nothing but a heading out of an evaluation.
# [[searches]]     a question or sentence in other words than the texts; `answers`: key = grade, all
#                  other paragraphs are 0. off_topic: queries that nothing answers.
# formulas         prescribed wording that the texts share on purpose; never re-use. Compared without
#                  punctuation and spaces, as all shared runs here.
# [[reuse]]        pairs of documents a and b. kind: verbatim, edited, renamed (names or placeholders
#                  differ), numbers, paraphrase (no run of 13 characters in common), part (a run
#                  inside other text), own_past (same unit, another year), formula_only (nothing
#                  shared but formulas), hard_negative (same topic, same structure, no re-use).
#                  passages: [a, b, kind] by paragraph key. The kind of the pair is that of most of
#                  its characters. For "part", only the shared runs are re-use. Any pair of
#                  documents that is not named shares no run of 13 characters.
# [[leftovers]]    a name in a document that belongs to the report it was made from (忘改).

"""


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return "[\n" + "".join(f"  {_toml(v)},\n" for v in value) + "]"
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    raise TypeError(type(value))


def _table(name: str, pairs: dict[str, object]) -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in pairs.items() if value not in (None, "")]
    return f"[[{name}]]\n" + "\n".join(lines) + "\n\n"


def expected(reports: Sequence[Report], planted: dict[str, object]) -> str:
    """The text of expected.toml; `planted` is what corpus/sources/planted.toml says."""
    formulas: list[str] = planted["formulas"]  # type: ignore[assignment]
    negatives: list[tuple[str, str]] = planted["hard_negatives"]  # type: ignore[assignment]
    searches: list[dict[str, object]] = planted["searches"]  # type: ignore[assignment]
    off_topic: list[str] = planted["off_topic"]  # type: ignore[assignment]
    out = [_HEADER]
    for name, strings in (("formulas", formulas), ("off_topic", off_topic)):
        rows = "".join(f"  {_toml(text)},\n" for text in strings)
        out.append(f"{name} = [\n{rows}]\n\n")
    for report in reports:
        written = all(p.change == "" for p in report.paragraphs)
        stated = "metadata.csv" if report.csv else "jsonl" if report.format == "jsonl" else ""
        out.append(
            _table(
                "documents",
                {
                    "id": report.slug,
                    "file": report.file,
                    "external_id": report.slug if report.format == "jsonl" else "",
                    "title": report.title,
                    "unit": report.unit,
                    "year": report.year,
                    "kind": report.kind,
                    "metadata": stated,
                    "written": "from scratch" if written else "derived",
                },
            )
        )
    every = {p.key: p for report in reports for p in report.paragraphs}
    for report in reports:
        for paragraph in report.paragraphs:
            out.append(
                _table(
                    "paragraphs",
                    {
                        "key": paragraph.key,
                        "document": report.slug,
                        "quote": quote_of(paragraph, report),
                        "topics": paragraph.topics,
                    },
                )
            )
    for search in searches:
        answers: dict[str, int] = search["answers"]  # type: ignore[assignment]
        unknown = answers.keys() - every.keys()
        if unknown:
            raise SourceError(f"planted.toml: no paragraph {sorted(unknown)}")
        # what is made of an answer answers too, except where only a run of it was taken
        graded = {
            key: answers[p.origin]
            for key, p in every.items()
            if p.origin in answers and p.change != "part"
        }
        out.append(_table("searches", {"query": search["query"], "answers": graded}))
    for pair in planted_reuse(reports, formulas, negatives):
        rows = [(p.key, q.key, kind) for p, q, kind in pair.passages]
        out.append(
            _table(
                "reuse", {"a": pair.a.slug, "b": pair.b.slug, "kind": pair.kind, "passages": rows}
            )
        )
    for report in reports:
        for name, kind, owner in report.leftovers:
            here = [p.key for p in report.paragraphs if name in p.text]
            out.append(
                _table(
                    "leftovers",
                    {
                        "document": report.slug,
                        "name": name,
                        "kind": kind,
                        "belongs_to": owner,
                        "paragraphs": here,
                    },
                )
            )
    return "".join(out).rstrip("\n") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample from its sources.")
    parser.add_argument("--to", type=Path, default=CORPUS, help="folder to write into")
    folder: Path = parser.parse_args().to
    sources = CORPUS / "sources"
    reports = read_sources(sources)
    check(reports)
    planted = tomllib.loads((sources / "planted.toml").read_text(encoding="utf-8"))
    files = documents(reports)
    target = folder / "documents"
    if target.exists():
        shutil.rmtree(target)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "expected.toml").write_bytes(expected(reports, planted).encode("utf-8"))
    size = sum(map(len, files.values()))
    print(f"{len(files)} files, {len(reports)} documents, {size / 1024:.0f} KB in {target}")


if __name__ == "__main__":
    main()
