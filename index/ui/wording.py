"""What the page says, in plain Chinese: pure functions from values to words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal

from index.datatypes import Entry, Filters, Hit, Progress, SearchMode, Source, SyncResult

MODES: dict[SearchMode, str] = {"hybrid": "综合", "semantic": "按意思", "keyword": "按词语"}

MODE_HELP: dict[SearchMode, str] = {
    "hybrid": "意思和词语一起看，一般用这个",
    "semantic": "只看意思，说法不同也能找到",
    "keyword": "只看词语，一个词一个词地对",
}

Asked = SearchMode | Literal["alike", "topic"]
"""How hits were asked for: by a search text, as paragraphs like another one, or as a topic's."""

_LEAST = (70.0, 45.0, 25.0, 0.0)
_MATCH = ("很贴切", "比较贴切", "有些关系", "仅供参考")
_ALIKE = ("很相似", "比较相似", "有些相似", "仅供参考")

LOW = 25.0
"""Below this score (0 to 100) nothing on the page calls a paragraph fitting. On the sample, 11 of
12 searches that nothing answers (off_topic in corpus/expected.toml) have no hit above it, and 60 of
its 63 topics and questions have one."""


def match(score: float, asked: Asked = "hybrid") -> str:
    """Say in words how well a paragraph fits; `score` is 0 to 100.

    >>> [match(score) for score in (93.0, 61.5, 25.0, 3.0)]
    ['很贴切', '比较贴切', '有些关系', '仅供参考']
    >>> match(93.0, "alike")
    '很相似'
    """
    words = _ALIKE if asked == "alike" else _MATCH
    return words[next((i for i, least in enumerate(_LEAST) if score >= least), len(words) - 1)]


def why(hit: Hit, asked: Asked) -> str:
    """Say why a paragraph was found: by which words, by its meaning, or by both."""
    parts = []
    if hit.words and asked != "semantic":
        named = "".join(f"“{word}”" for word in hit.words[:5])
        more = f"等 {len(hit.words)} 个词" if len(hit.words) > 5 else ""
        parts.append(("都写到" if asked == "alike" else "含") + named + more)
    if asked == "semantic" or (
        asked in ("hybrid", "alike") and (not hit.words or hit.score >= LOW)
    ):
        parts.append("意思相近")
    return "，".join(parts)


def where(source: Source) -> tuple[str, ...]:
    """Unit, year and kind of a source, what is known of them.

    >>> from index.datatypes import Source
    >>> where(Source(1, None, "总结", "青禾区", 2023, None, "a.txt", (), 4))
    ('青禾区', '2023年')
    """
    year = f"{source.year}年" if source.year is not None else None
    return tuple(part for part in (source.unit, year, source.kind) if part)


def headings(source: Source) -> tuple[str, ...]:
    """The headings above a paragraph; the title standing in for missing headings is left out."""
    return tuple(heading for heading in source.heading_path if heading != source.title)


def title(source: Source) -> str:
    """The title, or the file's name where the document states none."""
    return source.title or file_name(source.path) or "未命名"


def source_line(source: Source) -> str:
    """The whole source in one line, as a person would cite it.

    >>> from index.datatypes import Source
    >>> source_line(Source(1, None, "工作总结", "青禾区", 2023, None, "a.txt", ("三、党建",), 12))
    '《工作总结》 青禾区 2023年 › 三、党建 › 第12段'
    """
    head = " ".join((f"《{title(source)}》", *where(source)))
    return " › ".join((head, *headings(source), f"第{source.paragraph}段{place(source)}"))


def place(source: Source) -> str:
    """Page, sheet and row, or slide of a paragraph, and whether its text was read off a picture.

    >>> from index.datatypes import Source
    >>> place(Source(1, None, "总结", None, None, None, "a.pdf", (), 4, page=3, recognised=True))
    '（第3页，文字由识别得到）'
    """
    parts = [f"第{source.page}页" if source.page else source.place]
    if source.recognised:
        parts.append("文字由识别得到")
    named = "，".join(part for part in parts if part)
    return f"（{named}）" if named else ""


def citation(text: str, source: Source) -> str:
    """What “复制（含出处）” puts on the clipboard: the paragraph, then its source."""
    return f"{text.strip()}\n（摘自{source_line(source)}）"


def file_name(path: str) -> str:
    """The last part of a path of any operating system.

    >>> file_name("C:\\\\资料\\\\总结.docx"), file_name("/资料/总结.docx")
    ('总结.docx', '总结.docx')
    """
    return PureWindowsPath(PurePosixPath(path).name).name


def narrowed(filters: Filters) -> str:
    """Name the filters that are set, or give an empty string.

    >>> from index.datatypes import Filters
    >>> narrowed(Filters(year=(2021, 2023), unit="青禾区"))
    '2021—2023年，青禾区'
    """
    parts = []
    if filters.year is not None:
        first, last = filters.year
        parts.append(f"{first}年" if first == last else f"{first}—{last}年")
    parts += [part for part in (filters.unit, filters.kind) if part]
    if filters.topic:
        parts.append(f"专题“{filters.topic}”")
    return "，".join(parts)


def years(values: Sequence[int]) -> str:
    """A span of years for a sentence.

    >>> years([2021, 2023, 2022]), years([2023]), years([])
    ('2021—2023年', '2023年', '')
    """
    if not values:
        return ""
    first, last = min(values), max(values)
    return f"{first}年" if first == last else f"{first}—{last}年"


def count(number: int) -> str:
    """A number a person can read at a glance.

    >>> count(9120), count(28_400_000), count(46_120), count(9_400_000)
    ('9,120', '2,840万', '4.6万', '940万')
    """
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 10_000:,.{0 if number >= 1_000_000 else 1}f}万"


def duration(seconds: float) -> str:
    """A time as one would say it.

    >>> duration(0.4), duration(42), duration(200), duration(7300)
    ('不到 1 秒', '42 秒', '3 分钟', '2 小时 2 分钟')
    """
    if seconds < 1:
        return "不到 1 秒"
    if seconds < 90:
        return f"{round(seconds)} 秒"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if rest else f"{hours} 小时"


_FIELDS = {"title": "标题", "unit": "单位", "year": "年份", "kind": "文种", "period": "时期"}
_WHERE = {
    "mended": "你改的",
    "metadata.csv": "来自 metadata.csv",
    "options": "添加时注明的",
    "stated": "文件自带的信息",
    "title": "从标题看出",
    "letterhead": "从文头看出",
    "signature": "从落款看出",
    "opening": "从开头几行看出",
    "file name": "从文件名看出",
    "folder": "从文件夹名看出",
}


def origins(entry: Entry) -> tuple[str, ...]:
    """How each known value of a document was found, a sentence each; doubtful ones say so.

    >>> from index.datatypes import Origin
    >>> origin = Origin("unit", "signature", 0.6)
    >>> from dataclasses import replace
    >>> entry = Entry(1, "总结", "青禾区", 2023, None, "a.txt", None, "txt", 9, 1, 0)
    >>> origins(replace(entry, origins=(origin,)))
    ('单位：青禾区，从落款看出，把握不大，请看一看',)
    """
    values = {
        "title": entry.title,
        "unit": entry.unit,
        "year": entry.year,
        "kind": entry.kind,
        "period": entry.period,
    }
    return tuple(
        f"{_FIELDS[each.field]}：{values[each.field]}，{_WHERE[each.where]}"
        + ("，把握不大，请看一看" if each.sure < 0.7 else "")
        for each in entry.origins
        if values[each.field]
    )


_RELATIONS = {
    "same_file": "和《{}》是同一个文件",
    "same_text": "和《{}》内容相同",
    "draft": "像是《{}》的另一稿，有 {:.0f}% 相同",
}


def twin(entry: Entry) -> str:
    """What a document repeats and how it is counted; empty where it repeats nothing.

    >>> from index.datatypes import Twin
    >>> from dataclasses import replace
    >>> entry = Entry(1, "总结", "青禾区", 2023, None, "a.txt", None, "txt", 9, 1, 0)
    >>> twin(replace(entry, twin=Twin(2, "年终总结", "same_text", 1.0), counted=False))
    '和《年终总结》内容相同，查找时只算一份。'
    """
    if entry.twin is None:
        return ""
    said = _RELATIONS[entry.twin.relation].format(entry.twin.title, 100 * entry.twin.shared)
    return f"{said}，查找时{'两份都算' if entry.counted else '只算一份'}。"


_STAGES = {
    "reading": ("正在读取文件", "个"),
    "encoding": ("正在理解内容", "段"),
    "publishing": ("正在保存", "项"),
}


def progress(report: Progress) -> str:
    """One line on how far a long job is: what, how much, how fast, how long still.

    >>> progress(Progress("encoding", 300, 1200, rate=95.2, seconds_left=9.5))
    '正在理解内容：300 / 1,200 段，每秒 95 段，大约还要 10 秒'
    """
    stage, unit = _STAGES[report.stage]
    parts = [stage]
    if report.total:
        parts[0] += f"：{report.done:,} / {report.total:,} {unit}"
    if report.rate is not None and report.rate >= 1:
        parts.append(f"每秒 {report.rate:,.0f} {unit}")
    if report.seconds_left is not None and report.done < report.total:
        parts.append(f"大约还要 {duration(report.seconds_left)}")
    return "，".join(parts)


def synced(result: SyncResult) -> str:
    """One sentence on what an update did."""
    parts = [
        f"{word} {len(paths):,} 个"
        for word, paths in (
            ("新加", result.added),
            ("更新", result.updated),
            ("没有变化", result.unchanged),
            ("移除", result.removed),
            ("移动或改名", result.moved),
            ("等你决定", result.held),
            ("没能读取", result.failed),
        )
        if paths
    ]
    if not parts:
        return "没有找到可以读取的文件。"
    took = f"用时 {duration(result.seconds)}" if result.seconds >= 1 else ""
    return "，".join([part for part in ("文件：" + "，".join(parts), took) if part]) + "。"


def listed(values: Collection[str], at_most: int = 8) -> str:
    """Values in one line, the rest counted.

    >>> listed(["甲", "乙", "丙"], at_most=2)
    '甲、乙等 3 个'
    """
    shown = list(values)[:at_most]
    return "、".join(shown) + (f"等 {len(values)} 个" if len(values) > at_most else "")
