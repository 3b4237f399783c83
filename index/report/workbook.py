"""The .xlsx of a report: one sheet for each kind of finding, everything in it, nothing live.

Texts are written as texts whatever they begin with, and those that a spreadsheet would take for a
formula once a person edits the cell carry the mark of a text (quotePrefix), as if typed with '.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from index.findings import Decision, Decisions, Duplicates, Review
from index.report import wording
from index.report.contents import Contents, contents_of
from index.report.entries import Entry
from index.report.marked_text import Run
from index.report.repeats import Repeats, repeats_of
from index.report.together import together_of
from index.report.wording import Look

MOST_CHARACTERS = 32_767
"""Of one cell, by the format's own limit; counted in UTF-16 units."""
MOST_ROWS = 1_000_000
"""Of one sheet; the format ends at 1,048,576."""

_COLOURS: dict[Look, str] = {
    "verbatim": "#B23C22",
    "edited": "#8A6200",
    "renamed": "#6440A5",
    "paraphrase": "#245D8F",
    "formula": "#7B786E",
    "quotation": "#35763D",
}
_LIVE = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of 0 to 1 that is shown as a percentage."""

    value: float


@dataclass(frozen=True, slots=True)
class Head:
    name: str
    width: float
    """In characters of the standard font; a Chinese one takes two."""


Cell = str | int | Share | tuple[Run, ...] | None


def review(of: Review, decisions: Decisions, made: date) -> bytes:
    """The review as a workbook."""
    contents = contents_of(of, decisions, made)
    book = _Book(f"审稿比对报告：{contents.title}", made)
    book.sheet("概况", _OVERVIEW, _overview(contents))
    book.sheet(
        "段落",
        (
            Head("段号", 7),
            Head("类别", 11),
            Head("重合", 9),
            Head("文字", 84),
            Head("发现编号", 10),
            Head("来源", 36),
            Head("说明", 20),
        ),
        [
            (
                each.number,
                each.word,
                Share(each.reuse),
                each.runs,
                "、".join(str(finding.number) for finding in each.findings),
                "\n".join(dict.fromkeys(finding.source for finding in each.findings)),
                "多为本单位往年文字" if each.own_past else "",
            )
            for each in contents.paragraphs
        ],
    )
    book.sheet(
        "发现",
        (
            Head("编号", 6),
            Head("段号", 6),
            Head("类别", 9),
            Head("字数", 7),
            Head("相同字数", 7),
            Head("最长连续", 7),
            Head("送审稿文字", 42),
            Head("来源文字", 42),
            Head("来源", 24),
            Head("关系", 12),
            Head("不同之处", 18),
            Head("也见于", 20),
            Head("审阅意见", 18),
        ),
        [
            (
                finding.number,
                finding.paragraph,
                wording.LOOKS[finding.look],
                finding.length,
                finding.same,
                finding.longest,
                finding.runs,
                finding.source_runs,
                finding.source,
                finding.relation,
                finding.differences,
                "\n".join(finding.also_in),
                _said(finding.decisions),
            )
            for finding in contents.findings
        ],
    )
    book.sheet(
        "来源",
        (
            Head("序号", 7),
            Head("来源", 60),
            Head("关系", 22),
            Head("相同字数", 10),
            Head("占送审稿", 10),
            Head("占来源", 10),
            Head("最长连续", 10),
            Head("文件", 60),
        ),
        [
            (
                source.rank,
                source.citation,
                source.relation,
                source.characters,
                Share(source.share),
                Share(source.containment),
                source.longest,
                source.path,
            )
            for source in contents.sources
        ],
    )
    # an empty sheet is a page that says nothing; the overview says that there is none
    if contents.leftovers:
        book.sheet("忘改", _ENTRIES, _entries(contents.leftovers))
    if contents.same_figures:
        book.sheet("未变数字", _ENTRIES, _entries(contents.same_figures))
    if contents.not_counted:
        book.sheet(
            "固定表述和引用",
            (Head("类别", 11), Head("文字", 84), Head("说明", 44), Head("段号", 16)),
            [
                (each.kind, each.text, each.why, "、".join(map(str, each.paragraphs)))
                for each in contents.not_counted
            ],
        )
    if contents.decided:
        book.sheet(
            "审阅意见",
            (
                Head("段号", 7),
                Head("送审稿文字", 70),
                Head("意见", 11),
                Head("说明", 40),
                Head("审阅人", 12),
                Head("时间", 22),
                Head("备注", 24),
            ),
            [
                (
                    number,
                    words,
                    wording.MARKS[decision.mark],
                    decision.note,
                    decision.who,
                    wording.moment(decision.when),
                    wording.remembered(decision),
                )
                for number, words, decision in contents.decided
            ],
        )
    return book.bytes()


def duplicates(of: Duplicates, made: date) -> bytes:
    """A library's duplicates as a workbook."""
    contents = repeats_of(of, made)
    book = _Book(contents.title, made)
    book.sheet("概况", _OVERVIEW, _overview_of_repeats(contents))
    book.sheet(
        "文档对",
        (
            Head("序号", 7),
            Head("较早的一篇", 38),
            Head("前者单位", 16),
            Head("前者年份", 10),
            Head("较晚的一篇", 38),
            Head("后者单位", 16),
            Head("后者年份", 10),
            Head("相同字数", 10),
            Head("占前者", 10),
            Head("占后者", 10),
            Head("最长连续", 10),
            Head("只差数字", 10),
            Head("固定表述", 10),
            Head("关系", 12),
        ),
        [
            (
                pair.rank,
                pair.a,
                pair.units[0],
                pair.years[0],
                pair.b,
                pair.units[1],
                pair.years[1],
                pair.shared,
                Share(pair.reuse_a),
                Share(pair.reuse_b),
                pair.longest,
                pair.between,
                pair.formula,
                pair.relation,
            )
            for pair in contents.pairs
        ],
    )
    book.sheet(
        "同一写法",
        (
            Head("组号", 7),
            Head("段数", 7),
            Head("出处", 36),
            Head("范围", 18),
            Head("流传", 36),
            Head("文字", 84),
        ),
        [
            (each.rank, each.size, f"{each.seen} {each.first}", each.spread, each.way, each.text)
            for each in contents.families
        ],
    )
    book.sheet(
        "流传",
        (Head("组号", 7), Head("年份", 11), Head("单位", 26), Head("出处", 70), Head("说明", 14)),
        [
            (
                family.rank,
                step.year,
                step.unit,
                step.citation,
                "首见" if step.first else "该单位首次" if step.new_unit else "",
            )
            for family in contents.families
            for step in family.steps
        ],
    )
    if len(contents.matrix) > 1:
        book.sheet(
            "单位之间",
            (Head("单位", 26), *(Head(unit, 12) for unit in contents.units)),
            [
                (row.unit, *(Share(share) if share else None for share in row.cells))
                for row in contents.matrix
            ],
            heat=True,
        )
    return book.bytes()


def together(reviews: Sequence[Review], shared: Sequence[Sequence[float]], made: date) -> bytes:
    """Several drafts against the library and each other as a workbook."""
    contents = together_of(reviews, shared, made)
    book = _Book(contents.title, made)
    rows: list[Sequence[Cell]] = [("结果", contents.summary, "")]
    rows += [("这次比对看不到的", limit, "") for limit in contents.limits]
    rows += [(name, value, "") for name, value in (*contents.settings, *contents.choices)]
    book.sheet("概况", _OVERVIEW, [*rows, ("报告日期", contents.made, ""), *_NOTES])
    book.sheet(
        "各份稿件",
        (
            Head("序号", 7),
            Head("稿件", 44),
            Head("单位", 20),
            Head("年份", 8),
            Head("字数", 9),
            Head("总重合", 9),
            Head("去固定表述后重合", 12),
            Head("本单位往年", 11),
            Head("最大单一来源", 40),
            Head("占比", 9),
            Head("最相近的稿件", 40),
            Head("相同比例", 10),
            Head("忘改", 7),
        ),
        [
            (
                draft.number,
                draft.title,
                draft.unit,
                draft.year,
                draft.characters,
                Share(draft.overlap),
                Share(draft.reuse),
                Share(draft.own_past),
                draft.largest,
                Share(draft.largest_share),
                draft.nearest,
                Share(draft.nearest_share),
                draft.leftovers,
            )
            for draft in contents.drafts
        ],
    )
    book.sheet(
        "稿件之间",
        (
            Head("占这一行稿件的比例", 40),
            *(Head(str(draft.number), 7) for draft in contents.drafts),
        ),
        [
            (f"{draft.number}　{draft.title}", *(Share(share) if share else None for share in row))
            for draft, row in zip(contents.drafts, contents.matrix, strict=True)
        ],
        heat=True,
    )
    return book.bytes()


# --- rows ------------------------------------------------------------------------------------

_OVERVIEW = (Head("项目", 24), Head("内容", 60), Head("说明", 50))
_ENTRIES = (
    Head("编号", 7),
    Head("类别", 11),
    Head("段号", 7),
    Head("文字", 16),
    Head("上下文", 48),
    Head("理由", 48),
    Head("来源", 32),
    Head("审阅意见", 24),
)


def _overview(contents: Contents) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = [("送审稿", contents.title, "　".join(contents.about))]
    rows.append(("结果", contents.summary, ""))
    rows += [
        (figure.name, Share(figure.share), figure.note)
        for figure in (*contents.figures, *contents.more_figures)
    ]
    rows += [(f"{name}的段落", count, "") for name, count in contents.labels]
    rows += [
        ("可能忘了改的地方", len(contents.leftovers), "见“忘改”" if contents.leftovers else ""),
        (
            "和往年一样的数字",
            len(contents.same_figures),
            "见“未变数字”" if contents.same_figures else "",
        ),
    ]
    rows += [("这次比对看不到的", limit, "") for limit in contents.limits]
    rows += [(name, value, "") for name, value in (*contents.settings, *contents.choices)]
    return [*rows, ("报告日期", contents.made, ""), *_NOTES]


def _overview_of_repeats(contents: Repeats) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = [("结果", contents.summary, "")]
    rows.append(("相同比例的下限", Share(contents.minimum), "两篇中占比较高的一篇"))
    if len(contents.pairs) > MOST_ROWS:
        rows.append(("文档对", f"只列出最相近的 {MOST_ROWS:,} 对，提高下限可以看全", ""))
    rows += [("这次比对看不到的", limit, "") for limit in contents.limits]
    rows += [(name, value, "") for name, value in contents.settings]
    counted = ("文档对", wording.PAIRS_COUNTED, "")
    return [*rows, ("报告日期", contents.made, ""), counted, *_NOTES]


_NOTES: tuple[Sequence[Cell], ...] = (
    ("字数", "只计汉字、字母和数字，标点和空格不计", ""),
    ("请注意", wording.ONLY_EVIDENCE, ""),
)


def _entries(entries: Sequence[Entry]) -> list[Sequence[Cell]]:
    return [
        (
            entry.number,
            entry.kind,
            entry.paragraph,
            entry.text,
            f"{entry.around[0]}{entry.text}{entry.around[1]}",
            entry.why,
            entry.source,
            _said(entry.decisions),
        )
        for entry in entries
    ]


def _said(decisions: Sequence[Decision]) -> str:
    return "\n".join(map(wording.said, decisions))


# --- cells -----------------------------------------------------------------------------------


class _Book:
    """A workbook that is written in memory."""

    def __init__(self, title: str, made: date) -> None:
        self._written = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._written,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": "宋体", "font_size": 10.5},
            },
        )
        self._book.set_properties(
            {"title": title[:200], "author": "寻章", "created": datetime.combine(made, time())}
        )
        cell = {"valign": "top", "border": 1, "border_color": "#D5D0C5"}
        colours: list[tuple[Look | None, str]] = [(None, "#000000"), *_COLOURS.items()]
        self._texts = {
            (look, quoted): self._book.add_format(
                {**cell, "text_wrap": True, "font_color": colour, "quote_prefix": quoted}
            )
            for look, colour in colours
            for quoted in (False, True)
        }
        right = {**cell, "align": "right", "indent": 1}
        left = {**cell, "align": "left"}
        self._count = self._book.add_format({**right, "num_format": "#,##0"})
        # a year is no quantity
        self._year = self._book.add_format({**right, "num_format": "0"})
        self._share = self._book.add_format({**right, "num_format": "0.0%"})
        self._count_left = self._book.add_format({**left, "num_format": "#,##0"})
        self._share_left = self._book.add_format({**left, "num_format": "0.0%"})
        self._head = self._book.add_format(
            {**cell, "bold": True, "bg_color": "#EEF1EC", "text_wrap": True, "font_name": "黑体"}
        )
        self._looks = {
            look: self._book.add_format({"font_color": colour, "font_name": "宋体"})
            for look, colour in _COLOURS.items()
        }
        self._slots = {
            look: self._book.add_format({"font_color": colour, "bold": True, "underline": 1})
            for look, colour in _COLOURS.items()
        }
        self._flag = self._book.add_format({"font_color": "#C00000", "bold": True, "underline": 33})

    def sheet(
        self,
        name: str,
        heads: Sequence[Head],
        rows: Sequence[Sequence[Cell]],
        *,
        heat: bool = False,
    ) -> None:
        """One table: its head stays in sight, is printed on every page and can be filtered by."""
        sheet = self._book.add_worksheet(name)
        for column, head in enumerate(heads):
            # a column without a word in it leaves its room, and larger print, to the others
            empty = rows and not heat and all(row[column] in ("", None) for row in rows)
            width = min(head.width, _wide(head.name) + 2) if empty else head.width
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head.name, self._head)
        for number, row in enumerate(rows[:MOST_ROWS], 1):
            # told outright: LibreOffice and WPS do not grow the rows of a file that they open
            sheet.set_row(number, _height(heads, row))
            for column, value in enumerate(row):
                count, share = self._count, self._share
                if name == "概况":
                    count, share = self._count_left, self._share_left
                elif heads[column].name.endswith("年份"):
                    count = self._year
                self._write(sheet, number, column, value, count, share)
        last = min(len(rows), MOST_ROWS)
        if heat and last:
            scale = {"type": "2_color_scale", "min_color": "#EEF4EF", "max_color": "#4D8570"}
            sheet.conditional_format(1, 1, last, len(heads) - 1, scale)
        elif last and name != "概况":
            sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.freeze_panes(1, 1 if heat else 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def bytes(self) -> bytes:
        self._book.close()
        return self._written.getvalue()

    def _write(
        self, sheet: Any, row: int, column: int, value: Cell, count: Any, share: Any
    ) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self._texts[None, False])
        elif isinstance(value, Share):
            sheet.write_number(row, column, value.value, share)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, count)
        elif isinstance(value, str):
            text = _fitting(wording.shown(value))
            sheet.write_string(row, column, text, self._format_for(text))
        else:
            self._write_runs(sheet, row, column, value)

    def _write_runs(self, sheet: Any, row: int, column: int, runs: Sequence[Run]) -> None:
        """Text with the colours of its marks; plain where the format's limit leaves no room."""
        shown = [run for run in runs if run.text]
        text = "".join(run.text for run in shown)
        if len(shown) < 2 or _units(text) > MOST_CHARACTERS:
            text = _fitting(text)
            look = shown[0].look if len(shown) == 1 else None
            sheet.write_string(row, column, text, self._format_for(text, look))
            return
        parts: list[Any] = []
        for run in shown:
            if (format_ := self._format_of(run)) is not None:
                parts.append(format_)
            parts.append(run.text)
        sheet.write_rich_string(row, column, *parts, self._format_for(text))

    def _format_of(self, run: Run) -> Any:
        if run.flagged:
            return self._flag
        if run.look is None or run.part == "other":
            return None
        return (self._slots if run.part == "slot" else self._looks)[run.look]

    def _format_for(self, text: str, look: Look | None = None) -> Any:
        """The format of a whole cell; in the colour of `look` where all of it looks so."""
        quoted = text.startswith(_LIVE)
        return self._texts[look, quoted]


def _height(heads: Sequence[Head], row: Sequence[Cell]) -> float:
    """Points that the longest text of the row needs, up to the 409 that the format allows."""
    lines = 1
    for head, value in zip(heads, row, strict=True):
        if isinstance(value, tuple):
            value = "".join(run.text for run in value)
        if isinstance(value, str):
            # the last character of a line may not fit, nor may punctuation begin one
            room = head.width - 3
            needed = sum(max(1, math.ceil(_wide(part) / room)) for part in value.split("\n"))
            lines = max(lines, needed)
    return min(409.0, 15.0 * lines + 3)


def _wide(text: str) -> int:
    """Width in characters of the standard font."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str) -> str:
    """Cut to what one cell holds, saying so."""
    if _units(text) <= MOST_CHARACTERS:
        return text
    # half of it fits even where every character takes two units
    return wording.elided(text, MOST_CHARACTERS // 2 - 100)
