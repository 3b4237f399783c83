"""Web pages: the main text without menus, in two steps.

`html_lines` turns the page into lines as a browser would show them; here the lines of the main
text are chosen. The choice prefers keeping too much: a leftover menu is a nuisance, and cleaning
knows many of them, but a paragraph that is missing is never noticed.

1. Prose weighs what it holds: lines with punctuation count fully, links not at all.
2. The main element is the deepest one that still holds most of the page's prose.
3. Its lines stay, but for runs of links; outside it only the title, what stands between the title
   and the text, and long prose that is no imprint.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.content import load, text_of
from index.reading.encoding import BYTE_ORDER_MARKS
from index.reading.web.head_table import head_table
from index.reading.web.html_lines import Line, page_lines
from index.reading.web.notes import place_notes
from index.reading.wrapped import unwrap_blocks

GREATEST_PAGE = 64 << 20
"""Bytes. Pages of government sites take 10 to 500 kB."""

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_CHINESE_NAMES = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "hz-gb-2312"})
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SENTENCE = re.compile(r"[，。；：！？,;]")
_IMPRINT = re.compile(
    r"版权所有|ICP\s*备|公网安备|备案|Copyright|©|网站标识码|主办单位|承办单位|技术支持|建议使用|浏览器|免责声明|邮政编码|扫一扫"
)
_MAIN_SHARE = 0.85
"""Share of the page's prose that the main element must hold."""
_TITLED_SHARE = 0.6
"""The same for the element that holds the title too."""
_LEAST_PROSE = 60
"""Characters. A page with less is read whole: there is nothing to choose by."""
_LONG_OUTSIDE = 40
"""Characters of a line outside the main element from which it is taken for the author's."""
_LINK_RUN = 3
"""So many links without other text, in one line or one after another, are a menu."""
_LEAST_LEAD_IN = 10
"""Characters: 分享到： and 相关链接： are shorter."""
_LINKED_BESIDE = 0.2
"""Share of links up to which text beside the main element may belong to it."""

_TITLE_SEPARATOR = re.compile(
    r"\s*[_|｜]\s*|\s+[-–—]\s+|(?<=[\u4e00-\u9fff”》）])[-–—]+(?=[\u4e00-\u9fff])"
)
_TITLE_WORDS = re.compile(
    r"(总结|报告|通知|方案|意见|讲话|计划|要点|函|决定|办法|规定|通报|材料|体会|公告|条例|预案|纪要|简报|汇报)[)）\d]*$"
)
_NO_TITLE = re.compile(r"(无标题文档|无标题|首页|index|untitled|document|新建网页.*|home)?", re.I)
_SITE = re.compile(r".{2,24}(?:网|网站|门户|局|厅|委|委员会|政府|信息公开|平台|公众号)")
_TITLE_WITHIN = 12


def read(path: Path) -> Iterator[Document]:
    """One document; ReadError where the page shows no text (it may be filled in by scripts)."""
    yield page(path, *page_text(path, load(path, GREATEST_PAGE)))


def page(path: Path, text: str, notes: tuple[str, ...], form: str = "html") -> Document:
    """The document that a page's text is; `form` is its Document.format. Raises ReadError."""
    # without huge_tree, text more than 256 tags deep is lost: unclosed <font> tags reach that
    parser = lxml_html.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = lxml_html.document_fromstring(_XML_DECLARATION.sub("", text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ReadError(path, "网页里没有文字。") from error
    place_notes(root)
    lines = page_lines(root)
    title = _page_title(root)
    chosen = _chosen(lines, title)
    blocks = _with_title(unwrap_blocks([*_blocks(lines, chosen)]), title)
    if not any(chosen):
        raise ReadError(
            path, "网页里没有文字；正文可能要联网才显示，请在浏览器里复制到 .docx 或 .txt。"
        )
    return Document(
        path=str(path),
        format=form,
        blocks=tuple(blocks),
        metadata=head_table(lines),
        notes=notes,
    )


def page_text(path: Path, data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The page as text: byte order mark, else the declared encoding if it fits, else scored.

    `declared` is what stands outside the page (a header) and goes before its own <meta>. Pages
    that were saved again often declare the encoding they had before.
    """
    if not any(data.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        within = _DECLARED.search(data[:4096])
        for name in (declared, within and within[1].decode("ascii", errors="replace")):
            if not name:
                continue
            # pages that say GB2312 use characters beyond it
            name = "gb18030" if name.lower() in _CHINESE_NAMES else name
            try:
                text = data.decode(name)
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
            if text.strip():
                return text, ()
    return text_of(path, data)


def _chosen(lines: Sequence[Line], page_title: str) -> list[bool]:
    """For each line, whether it belongs to the main text."""
    weights = [_weight(line) for line in lines]
    total = sum(weights)
    if total < _LEAST_PROSE and any(line.furniture for line in lines):
        # a short article in an element with the name of a menu
        named = [replace(line, furniture=False) for line in lines]
        weights = [_weight(line) for line in named]
        if sum(weights) >= max(_LEAST_PROSE, 2 * total):
            lines, total = named, sum(weights)
    if total < _LEAST_PROSE:
        shown = [not line.furniture for line in lines]
        return shown if any(shown) else [True] * len(lines)
    before = _before_title(lines, weights, page_title)
    weights = [0.0 if i in before else weight for i, weight in enumerate(weights)]
    core, main = _main_elements(lines, weights, sum(weights))
    inside = [main in line.ancestors for line in lines]
    first = inside.index(True)
    head = _head_line(lines, first)
    last = max(i for i, weight in enumerate(weights) if weight)
    menus = _menus(lines) | {
        i for i, line in enumerate(lines) if i > last and _IMPRINT.search(line.text)
    }
    return [
        i not in before
        and (
            (inside[i] and i not in menus and (not line.furniture or _is_kept(line, core)))
            or (head is not None and head <= i < first and _is_own_text(line))
            or (not inside[i] and _is_long_prose(line))
        )
        for i, line in enumerate(lines)
    ]


def _before_title(
    lines: Sequence[Line], weights: Sequence[float], page_title: str
) -> frozenset[int]:
    """Positions of lines above the page's title and outside the element that holds it together
    with most of the text: what the site says of itself in a column beside the article."""
    wanted = _titles(page_title)
    title = next(
        (i for i, line in enumerate(lines) if _bare(line.text) in wanted and not line.linked), None
    )
    if title is None:
        return frozenset()
    held = dict.fromkeys(lines[title].ancestors, 0.0)
    for line, weight in zip(lines, weights, strict=True):
        for element in line.ancestors:
            if weight and element in held:
                held[element] += weight
    enough = _TITLED_SHARE * sum(weights)
    for element in reversed(lines[title].ancestors):
        if held[element] >= enough:
            return frozenset(i for i in range(title) if element not in lines[i].ancestors)
    return frozenset()


def _is_kept(line: Line, core: etree._Element) -> bool:
    """Whether a line of the main element is text although its place is named like a menu: the
    signature in an article's "foot", the place of a meeting in "location"."""
    return "。" in line.text or (core.tag != "body" and core in line.ancestors and not line.links)


def _is_own_text(line: Line) -> bool:
    return line.linked * 2 < len(line.text) and not line.furniture


def _weight(line: Line) -> float:
    """How much prose a line holds, in characters."""
    own = len(line.text) - line.linked
    if line.linked > own or line.furniture or _IMPRINT.search(line.text):
        return 0.0
    if line.is_row:
        return own * 0.5
    return float(own) if len(line.text) >= 25 or _SENTENCE.search(line.text) else own * 0.2


def _main_elements(
    lines: Sequence[Line], weights: Sequence[float], total: float
) -> tuple[etree._Element, etree._Element]:
    """The deepest element that holds most of the prose, and that with what stands beside it."""
    held: dict[etree._Element, float] = defaultdict(float)
    depth: dict[etree._Element, int] = {}
    for line, weight in zip(lines, weights, strict=True):
        for i, element in enumerate(line.ancestors):
            held[element] += weight
            depth[element] = i
    enough = [element for element, weight in held.items() if weight >= _MAIN_SHARE * total]
    core = main = max(enough, key=lambda element: depth[element])
    # salutation, signature and date often stand beside the paragraphs: take in what is no menu
    while (parent := main.getparent()) is not None and parent in held:
        beside = [line for line in lines if parent in line.ancestors and main not in line.ancestors]
        linked = sum(line.linked for line in beside)
        if linked > _LINKED_BESIDE * sum(len(line.text) for line in beside) or any(
            line.is_row or line.furniture or _IMPRINT.search(line.text) for line in beside
        ):
            break
        main = parent
    return core, main


def _head_line(lines: Sequence[Line], first: int) -> int | None:
    """Position of the last heading above the main element: the title when it stands outside."""
    for i in range(first - 1, -1, -1):
        if lines[i].level in (1, 2) and not lines[i].furniture:
            return i
    return None


def _menus(lines: Sequence[Line]) -> set[int]:
    """Positions of lines in runs of links, unless a line above calls them attachments."""
    found: set[int] = set()
    run: list[int] = []
    for i in range(len(lines) + 1):
        if i < len(lines) and lines[i].linked > 0.8 * len(_bare(lines[i].text)):
            run.append(i)
            continue
        above = lines[run[0] - 1] if run and run[0] else None
        attached = any("附件" in line.text for line in (above, *(lines[j] for j in run)) if line)
        attached |= above is not None and _leads_in(above)
        if sum(max(lines[j].links, 1) for j in run) >= _LINK_RUN and not attached:
            found.update(run)
            if above is not None and above.level is not None:
                found.add(run[0] - 1)  # the heading of the menu
        run = []
    return found


def _leads_in(line: Line) -> bool:
    """Whether a line is a sentence that the links below it complete: 依据以下文件开展："""
    text = line.text.strip()
    return line.level is None and len(text) >= _LEAST_LEAD_IN and text[-1] in "：:"


def _is_long_prose(line: Line) -> bool:
    """Whether a line outside the main element is taken for the author's."""
    long = len(line.text) - line.linked >= _LONG_OUTSIDE and _SENTENCE.search(line.text)
    return bool(long) and _is_own_text(line) and not (line.is_row or _IMPRINT.search(line.text))


def _blocks(lines: Sequence[Line], chosen: Sequence[bool]) -> Iterator[Block]:
    """Main text as blocks; each run of other lines as one block of furniture."""
    for is_main, run in groupby(zip(lines, chosen, strict=True), key=lambda pair: pair[1]):
        if is_main:
            yield from (line.block() for line, _ in run)
        else:
            yield Block(" ".join(line.text for line, _ in run), kind="furniture")


def _page_title(root: etree._Element) -> str:
    """What <title> says, with entities that were escaped twice."""
    title = root.findtext(".//title") or ""
    return " ".join(html.unescape(title).split())


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000]+", "", text)


def _parts(page_title: str) -> list[str]:
    return [part.strip() for part in _TITLE_SEPARATOR.split(page_title) if part.strip()]


def _titles(page_title: str) -> set[str]:
    """What may be the document's title in a <title>, without spaces."""
    return {_bare(part) for part in (page_title, *_parts(page_title)) if len(_bare(part)) >= 4}


def _with_title(blocks: list[Block], page_title: str) -> list[Block]:
    """The blocks with the document's title marked, or put first where only <title> has it.

    <title> usually adds the site (标题_栏目_网站), and sometimes belongs to another page: it is
    believed where a line near the beginning says the same, or where no line there is a title.
    """
    parts = _parts(page_title)
    wanted = _titles(page_title)
    text = [i for i, block in enumerate(blocks) if block.kind == "text"][:_TITLE_WITHIN]
    for i in text:
        for end in range(i + 1, i + 4):  # long titles are broken into two or three lines
            joined = "".join(block.text.strip() for block in blocks[i:end])
            if _bare(joined) in wanted:
                return [*blocks[:i], Block(joined, kind="title"), *blocks[end:]]
    # a numbered heading is the first of its kind, not the title
    tops = [i for i, block in enumerate(blocks) if block.level == 1 and not block.label]
    if len(tops) == 1 and tops[0] in text:
        blocks[tops[0]] = Block(blocks[tops[0]].text.strip(), kind="title")
        return blocks
    parts = [part for part in parts if not _SITE.fullmatch(part)]
    told = any(_TITLE_WORDS.search(_bare(blocks[i].text)) for i in text)
    if told or not parts or len(parts[0]) < 4 or _NO_TITLE.fullmatch(page_title):
        return blocks
    return [Block(parts[0], kind="title"), *blocks]
