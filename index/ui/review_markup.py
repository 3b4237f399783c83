"""A review as HTML: everything is escaped here, and only our own tags are added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from index.findings import Decision
from index.report import wording
from index.report.contents import Contents, Finding, ShownSource
from index.report.entries import Entry, NotCounted
from index.report.marked_text import Run

MOST_ALSO = 12
"""Further sources named; the workbook names all."""

MOST_NAMES = 5
"""Forgotten names shown beside the figures; all of them stand in their own list."""


def head(contents: Contents) -> str:
    """What is reviewed: title, unit, year, size."""
    facts = "".join(f"<span>{escape(fact)}</span>" for fact in contents.about)
    return (
        f'<div class="xz-review-head"><h2>{escape(contents.title)}</h2>'
        f'<div class="xz-path">{facts}</div></div>'
    )


def figures(contents: Contents) -> str:
    """The two figures side by side, and the smaller ones below; what they leave out beside each."""
    large = "".join(
        f'<div class="xz-figure{" xz-after" if place else ""}"><span>{escape(one.name)}</span>'
        f"<b>{escape(one.text)}</b>{_bar(one.share)}<small>{escape(one.note)}</small></div>"
        for place, one in enumerate(contents.figures)
    )
    small = "".join(
        f"<div><span>{escape(one.name)}</span><b>{escape(one.text)}</b>"
        f'<small title="{escape(one.note)}">{escape(one.note)}</small></div>'
        for one in contents.more_figures
    )
    placeholder = wording.LEFTOVERS["placeholder"]
    names = list(
        dict.fromkeys(
            f"没填的{placeholder}" if one.kind == placeholder else one.text
            for one in contents.leftovers
        )
    )
    named = "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
    small += (
        f"<div><span>可能忘改</span><b>{len(contents.leftovers)} 处</b>"
        f'<small title="{escape(named)}">{escape(named)}</small></div>'
    )
    return f'<div class="xz-figures">{large}<div class="xz-figure xz-small">{small}</div></div>'


def _bar(share: float) -> str:
    return f'<i><i style="width:{max(0.0, min(1.0, share)) * 100:.1f}%"></i></i>'


def limits(sentences: Sequence[str]) -> str:
    """What the comparison could not see, and what the figures are not: the first sentence, and the
    rest on a click."""
    first, *rest = (*sentences, wording.ONLY_EVIDENCE)
    more = "".join(f"<li>{escape(sentence)}</li>" for sentence in rest)
    if not more:
        return f'<p class="xz-limits">{escape(first)}</p>'
    return (
        f'<details class="xz-limits"><summary><b>这次比对看不到的</b> {escape(first)}'
        f"<i>还有 {len(rest)} 条说明</i></summary><ul>{more}</ul></details>"
    )


def legend(contents: Contents) -> str:
    """Of the marks that occur."""
    parts = [
        f'<span title="{escape(wording.LOOK_MEANS[look])}">'
        f'<span class="xz-m {look}">{escape(wording.LOOKS[look])}</span></span>'
        for look in contents.looks
    ]
    if any(finding.slots for one in contents.paragraphs for finding in one.findings):
        parts.append('<span><span class="xz-m slot edited">方框</span> 两边不同的数字、名称</span>')
    if contents.leftovers or contents.same_figures:
        parts.append('<span><span class="xz-flag">粗框</span> 可能忘改、数字没变</span>')
    parts.append("<span>没有标记的，资料库里没有找到</span>")
    return f'<div class="xz-legend">{"".join(parts)}</div>'


def finding(one: Finding) -> str:
    """The source of a finding: what it is, whose, the same pieces and the slots that differ."""
    slots = "".join(
        f"<li><span>{escape(kind)}</span>"
        f"这里是 <b>{escape(here)}</b>，来源是 <b>{escape(there)}</b></li>"
        for kind, here, there in one.slots
    )
    also = ""
    if one.also_in:
        items = "".join(f"<li>{escape(source)}</li>" for source in one.also_in[:MOST_ALSO])
        rest = len(one.also_in) - MOST_ALSO
        items += f"<li>还有 {rest} 处</li>" if rest > 0 else ""
        also = (
            f'<details class="xz-also"><summary>另有 {len(one.also_in)} 处也有这段文字</summary>'
            f"<ul>{items}</ul></details>"
        )
    return (
        f'<p class="xz-lead"><span class="xz-tag {one.look}">'
        f"{escape(wording.LOOKS[one.look])}</span>"
        f" {escape(one.measure)}</p>"
        f'<div class="xz-title">{escape(one.source)}</div>'
        f'<div class="xz-path">{escape(one.relation)}</div>'
        f'<p class="xz-text xz-source-text">{runs(one.source_runs)}</p>'
        + (f'<ul class="xz-slots">{slots}</ul>' if slots else "")
        + also
    )


def runs(pieces: Iterable[Run]) -> str:
    """Marked text, escaped."""
    made = []
    for run in pieces:
        text = escape(run.text)
        classes = [] if run.look is None else ["xz-m", run.look, run.part]
        classes += ["xz-flag"] if run.flagged else []
        made.append(f'<span class="{" ".join(classes)}">{text}</span>' if classes else text)
    return "".join(made)


def entry(one: Entry) -> str:
    """A leftover or an unchanged figure in its words, with the reason and the source."""
    before, after = one.around
    source = f"<small>{escape(one.source)}</small>" if one.source else ""
    return (
        f'<p class="xz-lead"><b>{escape(one.kind)}</b>　第{one.paragraph}段</p>'
        f'<p class="xz-text">{escape(before)}<span class="xz-flag">{escape(one.text)}</span>'
        f'{escape(after)}</p><div class="xz-reason">{escape(one.why)}{source}</div>'
    )


def not_counted(entries: Sequence[NotCounted]) -> str:
    """Prescribed wording and quotations, each once, with the reason why it does not count."""
    items = "".join(
        f"<li>{escape(one.text)}"
        f"<small>{escape(one.kind)}　第{_places(one)}段　{escape(one.why)}</small></li>"
        for one in entries
    )
    return f'<ul class="xz-list">{items}</ul>'


def _places(one: NotCounted) -> str:
    shown = "、".join(map(str, one.paragraphs[:6]))
    return f"{shown}等" if len(one.paragraphs) > 6 else shown


def source_facts(one: ShownSource | None) -> str:
    """How much a source has of the draft; None for one that does not count now."""
    if one is None:
        return '<div class="xz-path">现在不计入</div>'
    if not one.longest:
        return _facts(one.relation, "意思相近，没有连着相同的文字")
    return _facts(
        one.relation,
        f"相同 {one.characters:,} 字",
        f"占送审稿 {wording.percent(one.share)}",
        f"占来源 {wording.percent(one.containment)}",
        f"最长连续 {one.longest} 字",
    )


def _facts(*parts: str) -> str:
    facts = "".join(f"<span>{escape(part)}</span>" for part in parts)
    return f'<div class="xz-path">{facts}</div>'


def decision(one: Decision) -> str:
    """Who marked it as what, when, and the note."""
    said = [wording.MARKS[one.mark], one.who, wording.moment(one.when)]
    first = "　".join(escape(part) for part in said if part)
    note = f"<div>{escape(one.note)}</div>" if one.note else ""
    if one.remembered:
        draft = f"（《{escape(one.draft)}》）" if one.draft else ""
        return f'<div class="xz-decision xz-before">同样的文字以前标过{draft}：{first}{note}</div>'
    return f'<div class="xz-decision">已记下：{first}{note}</div>'
