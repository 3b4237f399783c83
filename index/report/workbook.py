"""The .xlsx of a report: one sheet for each kind of finding, everything in it, nothing live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from index.findings import Decision, Decisions, Duplicates, Review
from index.report import wording
from index.report.cells import MOST_ROWS, Book, Cell, Head, Share
from index.report.contents import Contents, contents_of
from index.report.entries import Entry
from index.report.repeats import Repeats, repeats_of
from index.report.together import together_of


def review(of: Review, decisions: Decisions, made: date) -> bytes:
    """The review as a workbook."""
    contents = contents_of(of, decisions, made)
    book = Book(f"审稿比对报告：{contents.title}", made)
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
    book = Book(contents.title, made)
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
    book = Book(contents.title, made)
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
