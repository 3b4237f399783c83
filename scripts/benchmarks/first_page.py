"""The table of the first pages: the figures that a reader asks for, a column a library. Pure.

All figures, with how they spread, stand in docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks import growth
from benchmarks.chart import count
from benchmarks.figures import Figures, duration, percentile, size


class Line(NamedTuple):
    """`value` is given the figures of one library, and returns None where it was not measured."""

    title: str
    chinese: str
    value: Callable[[Figures], str | None]


def _building(held: Figures) -> str | None:
    built = held.get("build", {})
    seconds = built.get("first", built).get("seconds")
    return _time(seconds) if seconds else None


def _search(way: str) -> Callable[[Figures], str | None]:
    def value(held: Figures) -> str | None:
        measured = held.get("query", {}).get("ways", {}).get(way)
        return measured and f"{measured['p50_ms']:.0f} / {measured['p95_ms']:.0f} ms"

    return value


def _found_again(held: Figures) -> str | None:
    recall = held.get("query", {}).get("recall")
    if not recall or not recall["listed"]:  # all vectors are compared: nothing can be missed
        return None
    return f"{min(recall['ways'].values()):.3f}"


def _median(part: str, name: str) -> Callable[[Figures], str | None]:
    def value(held: Figures) -> str | None:
        measured = held.get(part)
        return measured and _time(measured[name]["median"])

    return value


def _memory(part: str) -> Callable[[Figures], str | None]:
    def value(held: Figures) -> str | None:
        measured = held.get(part)
        return measured and size(measured["peak_bytes"])

    return value


def _together(held: Figures) -> str | None:
    crowd = held.get("together")
    return crowd and f"{crowd['per_second']:.1f}, {_time(crowd['times']['p95_ms'] / 1000)}"


def _server(held: Figures) -> str | None:
    crowd = held.get("together")
    return crowd and size(crowd["memory"]["peak_bytes"])


def _review(held: Figures) -> str | None:
    drafts = held.get("reuse", {})
    drafts = drafts.get("review", drafts)
    if "known" not in drafts:
        return None
    seconds = [*drafts["known"]["seconds"], *drafts["strange"]["seconds"]]
    return f"{_time(percentile(seconds, 50))} / {_time(max(seconds))}"


def _itself(held: Figures) -> str | None:
    return _time(held["itself"]) if "itself" in held else None


def _disk(held: Figures) -> str | None:
    parts = held.get("disk")
    return parts and size(parts["total_bytes"])


LINES = (
    Line("reading it in, encoding included", "读入（含编码）", _building),
    Line("search, p50 / p95", "查找，p50 / p95", _search("none")),
    Line("search in three years, p50 / p95", "限三个年份查找，p50 / p95", _search("year")),
    Line("search in one unit, p50 / p95", "限一个单位查找，p50 / p95", _search("unit")),
    Line(
        "of the ten best by meaning, found (least of these three)",
        "按意思最好的十个里找到的（三者中最少的）",
        _found_again,
    ),
    Line("memory of the process that answers", "查找进程的内存", _memory("query")),
    Line(
        "first answer of a fresh `xunzhang search`",
        "新开一个 `xunzhang search` 到出结果",
        _median("start", "seconds"),
    ),
    Line("first results of the page", "打开网页到出第一批结果", _median("page", "first")),
    Line(
        "16 people at once: searches a second, p95",
        "16 人同时查找：每秒次数，p95",
        _together,
    ),
    Line("memory of that server, at most", "这时服务的内存，最多", _server),
    Line("a new report is found after", "新加一份报告，多久能查到", _median("changes", "add")),
    Line(
        "a removed one is found no more after",
        "移除一份，多久查不到",
        _median("changes", "remove"),
    ),
    Line(
        "review of a draft of 5,000 characters, p50 / slowest",
        "审一份 5,000 字的稿子，p50 / 最慢",
        _review,
    ),
    Line(
        "library against itself (of the larger one by fingerprints alone)",
        "资料库与自己比（大的只比指纹）",
        _itself,
    ),
    Line("disk", "磁盘", _disk),
)


def page(figures: Figures, *, chinese: bool = False) -> str:
    """The table, and below it the encoder, the end of one machine and where it was measured."""
    libraries = list(_libraries(figures))
    heads = [_head(held["library"], chinese) for held in libraries]
    lines = [f"| | {' | '.join(heads)} |", "| --- |" + " --- |" * len(heads)]
    for line in LINES:
        cells = [line.value(held) for held in libraries]
        if any(cells):
            name = line.chinese if chinese else line.title
            lines.append(f"| {name} | {' | '.join(cell or '–' for cell in cells)} |")
    return "\n".join(lines) + "\n\n" + " ".join(_below(figures, chinese))


def _libraries(figures: Figures) -> Iterator[Figures]:
    """The figures of each library; of the large one, comparing it with itself is told by growth."""
    compared = figures.get("reuse", {})
    whole = compared.get("itself")
    yield figures | ({"itself": whole["seconds"]} if whole else {})
    if large := figures.get("big"):
        grown = compared.get("growth")
        yield large | ({"itself": grown[-1]["compare_seconds"]} if grown else {})


def _head(held: Figures, chinese: bool) -> str:
    documents, paragraphs = f"{held['documents']:,}", f"{held['paragraphs']:,}"
    if chinese:
        return f"{documents} 份，{paragraphs} 段"
    return f"{documents} documents, {paragraphs} paragraphs"


def _below(figures: Figures, chinese: bool) -> Iterator[str]:
    if encoded := figures.get("encode"):
        ours, plain = (encoded[f"{who}_per_second"]["median"] for who in ("product", "plain"))
        ratio = encoded["ratio"]
        spread = f"{ratio['min']:.2f}", f"{ratio['max']:.2f}"
        if chinese:
            yield (
                f"编码每秒 {ours:.0f} 个句段，同一次运行里直接用 sentence-transformers 是 "
                f"{plain:.0f} 个：{ratio['median']:.2f} 倍（{spread[0]} 到 {spread[1]}）。"
            )
        else:
            yield (
                f"Encoding: {ours:.0f} passages a second, plain sentence-transformers in the same "
                f"run {plain:.0f}, {ratio['median']:.2f} times ({spread[0]} to {spread[1]})."
            )
    if end := growth.ends(growth.fits(figures.get("growth", {"points": []})["points"])):
        paragraphs, name = end
        limit = growth.told(name, growth.LIMITS[name])
        if chinese:
            what = CHINESE_MEASURES[name]
            yield (
                f"照测得的走势推算，一台机器大约到 {float(f'{paragraphs:.2g}') / 1e4:,.0f} 万段为止"
                f"（{what}到 {limit}）。"
            )
        else:
            yield (
                f"One machine ends at about {count(paragraphs)} paragraphs, computed from how it "
                f"grows ({growth.MEASURES[name]} {limit})."
            )
    where = figures["machine"]
    if chinese:
        yield f"{where['processor']}，{where['cores']} 核，{where['system']}，{figures['date']}。"
    else:
        yield f"{where['processor']}, {where['cores']} cores, {where['system']}, {figures['date']}."


CHINESE_MEASURES = {
    "build_seconds": "读入",
    "p95_ms": "查找 p95 ",
    "memory_bytes": "内存",
    "disk_bytes": "磁盘",
    "add_seconds": "新加一份报告",
}


def _time(seconds: float) -> str:
    """
    >>> _time(0.306), _time(52.3), _time(2405.7)
    ('0.31 s', '52 s', '40 min')
    """
    return f"{seconds / 60:.0f} min" if 600 <= seconds < 3600 else duration(seconds)
