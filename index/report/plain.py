"""The report as Markdown: CommonMark with tables, readable as it stands.

Corpus text is escaped so that it says what it says: no markup, no HTML, no link comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from index.findings import Decisions, Duplicates, Review
from index.report import wording
from index.report.contents import Contents, Finding, contents_of
from index.report.entries import Entry
from index.report.marked_text import Run
from index.report.repeats import PAIR_COLUMNS, Repeats, repeats_of

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_LINE_START = re.compile(r"^(\s*)([-+=])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s|$)", re.MULTILINE)
_ADDRESS = re.compile(r"(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)


def escaped(text: str) -> str:
    """One line of text that Markdown takes for nothing but text.

    >>> escaped("1. *甲* <b>乙</b> | http://x")
    '1\\\\. \\\\*甲\\\\* \\\\<b\\\\>乙\\\\</b\\\\> \\\\| http\\\\://x'
    """
    line = _MARKUP.sub(r"\\\1", wording.one_line(text))
    line = _ADDRESS.sub(r"\\\g<0>", line)
    return _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", line))


def review(of: Review, decisions: Decisions, made: date) -> str:
    """The review as Markdown."""
    contents = contents_of(of, decisions, made)
    parts = [
        f"# 审稿比对报告：{escaped(contents.title)}",
        escaped("，".join((*contents.about, f"{contents.made}生成"))),
        escaped(contents.summary),
        _table(
            ("项目", "占送审稿", "说明"),
            [
                (figure.name, figure.text, figure.note)
                for figure in (*contents.figures, *contents.more_figures)
            ],
        ),
        "> " + wording.ONLY_EVIDENCE,
    ]
    if contents.limits:
        parts += ["## 这次比对看不到的", _bullets(contents.limits)]
    if contents.sources:
        parts += [
            "## 来源",
            _table(
                ("序号", "来源", "关系", "相同字数", "占送审稿", "占来源", "最长连续"),
                [
                    (
                        str(source.rank),
                        source.citation,
                        source.relation,
                        f"{source.characters:,}",
                        wording.percent(source.share),
                        wording.percent(source.containment),
                        f"{source.longest} 字",
                    )
                    for source in contents.sources
                ],
            ),
        ]
    if contents.leftovers:
        parts += ["## 可能忘了改的地方", _entries(contents.leftovers)]
    if contents.same_figures:
        parts += ["## 和往年一样的数字", _entries(contents.same_figures)]
    parts += _draft(contents)
    if contents.not_counted:
        parts += [
            "## 固定表述和引用",
            _table(
                ("类别", "文字", "说明", "位置"),
                [
                    (each.kind, each.text, each.why, _places(each.paragraphs))
                    for each in contents.not_counted
                ],
            ),
        ]
    if contents.decided:
        parts += [
            "## 审阅意见",
            _table(
                ("位置", "送审稿文字", "意见"),
                [
                    (f"第{number}段", wording.elided(words), wording.said(decision))
                    for number, words, decision in contents.decided
                ],
            ),
        ]
    settings = (*contents.settings, *contents.choices, ("报告日期", contents.made))
    parts += ["## 比对范围和设置", _table(("项目", "内容"), settings), _COUNTED]
    return "\n\n".join(parts) + "\n"


def duplicates(of: Duplicates, made: date) -> str:
    """A library's duplicates as Markdown."""
    contents = repeats_of(of, made)
    parts = [
        f"# {contents.title}",
        f"{contents.made}生成",
        escaped(contents.summary),
        "> " + wording.ONLY_EVIDENCE,
    ]
    if contents.limits:
        parts += ["## 这次比对看不到的", _bullets(contents.limits)]
    parts += _pairs(contents)
    if contents.families:
        parts.append("## 同一写法怎样流传")
    for family in contents.families:
        parts += [
            f"### {family.rank}. 同一写法 ×{family.size}，{escaped(family.spread)}",
            "> " + escaped(family.text),
            f"{family.seen} {escaped(family.first)}",
        ]
        if family.way:
            parts.append(escaped(family.way))
        if family.steps:
            parts.append(_bullets(step.citation for step in family.steps))
    settings = (*contents.settings, ("报告日期", contents.made))
    parts += ["## 比对范围和设置", _table(("项目", "内容"), settings), _COUNTED]
    return "\n\n".join(parts) + "\n"


_COUNTED = "字数只计汉字、字母和数字，标点和空格不计。"


def _draft(contents: Contents) -> list[str]:
    parts = [
        "## 逐段对照",
        "〔〕里是和来源相同或相近的文字，后面的数字是来源的编号；"
        "【】里是两边不同的数字、年份、名称或占位符。",
    ]
    for each in contents.paragraphs:
        label = [each.word, f"重合 {wording.percent(each.reuse)}"] if each.reuse else [each.word]
        if each.own_past:
            label.append("多为本单位往年文字")
        parts.append(f"**第{each.number}段**（{'，'.join(label)}）")
        parts.append(_marked(each.runs))
        parts += [_finding(finding) for finding in each.findings]
    return parts


def _marked(runs: Iterable[Run]) -> str:
    """The runs with brackets around what a finding covers, escaped as one text."""
    text, within = "", False
    for run in runs:
        covered = run.look is not None and run.look not in ("formula", "quotation")
        if covered and not within:
            text += "〔"
        elif within and not covered:
            text += "〕"
        within = covered
        text += f"【{run.text}】" if covered and run.part == "slot" else run.text
        for reference in run.references:
            if within and reference.kind == "finding":
                text, within = text + "〕", False
            text += f"（{reference.text}）"
    return escaped(text + ("〕" if within else ""))


def _finding(finding: Finding) -> str:
    lines = [
        f"（{finding.number}）{wording.LOOKS[finding.look]}，{finding.measure}",
        f"{finding.source}（{finding.relation}）",
        _marked(finding.source_runs),
    ]
    lines = [escaped(lines[0]), escaped(lines[1]), lines[2]]
    if finding.differences:
        lines.append(escaped(finding.differences))
    if finding.also_in:
        lines.append("也见于 " + escaped("；".join(finding.also_in)))
    lines += [escaped(wording.said(decision)) for decision in finding.decisions]
    return "\n>\n".join("> " + line for line in lines)


def _entries(entries: Sequence[Entry]) -> str:
    return _table(
        ("编号", "类别", "位置", "送审稿文字", "理由和来源"),
        [
            (
                str(entry.number),
                entry.kind,
                f"第{entry.paragraph}段",
                f"{entry.around[0]}【{entry.text}】{entry.around[1]}",
                " ".join(
                    part
                    for part in (entry.why, entry.source, *map(wording.said, entry.decisions))
                    if part
                ),
            )
            for entry in entries
        ],
    )


def _pairs(contents: Repeats) -> list[str]:
    if not contents.pairs:
        return []
    table = _table(
        (
            "序号",
            "较早的一篇",
            "较晚的一篇",
            *PAIR_COLUMNS,
        ),
        [(str(pair.rank), pair.a, pair.b, *pair.cells) for pair in contents.pairs],
    )
    return ["## 文档对", table, wording.PAIRS_COUNTED]


def _places(numbers: Sequence[int]) -> str:
    return "、".join(f"第{number}段" for number in numbers)


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(text)}" for text in texts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head)]
    body = [[escaped(cell) for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in (*lines, *body))
