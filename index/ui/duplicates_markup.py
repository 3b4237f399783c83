"""What a library has twice, as HTML: all is escaped here, and only our own tags are added."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from index.datatypes import Source
from index.findings import SharedFamily
from index.report.contents import Contents, Finding, ShownParagraph
from index.report.wording import LOOK_MEANS, LOOKS
from index.ui import markup, wording
from index.ui.review_markup import runs

MOST_STEPS = 6
"""Places of a wording listed at once; the others are folded."""


def family(rank: int, one: SharedFamily) -> str:
    """A wording, where it stood first, and where it went."""
    facts = [f"{len(one.units)} 个单位"] if one.units else []
    if one.years:
        facts.append(wording.years(one.years))
    spread = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<div class="xz-family"><span class="xz-rank">{rank}</span>'
        f'<b class="xz-times">同一写法 ×{one.size}</b>{spread}</div>'
        f"{markup.paragraph(one.text, None, ())}{_steps(one.sources)}"
    )


def _steps(sources: Sequence[Source]) -> str:
    items: list[str] = []
    seen: set[str] = set()
    year: int | None = -1
    for place, source in enumerate(sources):
        # where no year is known, nobody knows who was first
        known = place == 0 and source.year is not None
        first = "<small>首见于</small> " if known else ""
        new = bool(source.unit and seen and source.unit not in seen)
        if source.unit:
            seen.add(source.unit)
        when = "" if source.year == year else _year(source)
        year = source.year
        mark = ' class="xz-first"' if first or new else ""
        items.append(
            f"<li{mark}><b>{when}</b>"
            f"<span>{first}{escape(source.unit or '单位不详')}"
            f"　《{escape(wording.title(source))}》第{source.paragraph}段"
            f"{' <small>该单位首次</small>' if new else ''}</span></li>"
        )
    shown = f'<ol class="xz-steps">{"".join(items[:MOST_STEPS])}</ol>'
    rest = items[MOST_STEPS:]
    if not rest:
        return shown
    return (
        f'{shown}<details class="xz-also"><summary>还有 {len(rest)} 处</summary>'
        f'<ol class="xz-steps">{"".join(rest)}</ol></details>'
    )


def _year(source: Source) -> str:
    return "年份不详" if source.year is None else f"{source.year}年"


def heads(older: Source, later: Source, dated: bool) -> str:
    """The two documents above their columns; `dated`: whether it is known which is older."""
    names = ("较早的一篇", "较晚的一篇") if dated else ("一篇", "另一篇")
    columns = "".join(
        f'<div class="xz-side"><small>{name}</small>'
        f'<div class="xz-title">《{escape(wording.title(source))}》</div>'
        f'<div class="xz-path">{_facts(source)}</div></div>'
        for name, source in zip(names, (older, later), strict=True)
    )
    return f'<div class="xz-pair xz-pair-head">{columns}</div>'


def _facts(source: Source) -> str:
    return "".join(f"<span>{escape(part)}</span>" for part in wording.where(source))


def legend(contents: Contents) -> str:
    """Of the marks that occur."""
    parts = [
        f'<span title="{escape(LOOK_MEANS[look])}">'
        f'<span class="xz-m {look}">{escape(LOOKS[look])}</span></span>'
        for look in contents.looks
    ]
    if any(finding.slots for one in contents.paragraphs for finding in one.findings):
        parts.append('<span><span class="xz-m slot edited">方框</span> 两边不同的数字、名称</span>')
    parts.append("<span>没有标记的，另一篇里没有</span>")
    return f'<div class="xz-legend">{"".join(parts)}</div>'


def side_by_side(contents: Contents, everything: bool) -> str:
    """The paragraphs of the later text on the right, what the older one has of each on the left.

    `everything`: with the paragraphs that have nothing in common, too.
    """
    rows = []
    left_out = 0
    for paragraph in contents.paragraphs:
        if not paragraph.findings and not everything:
            left_out += 1
            continue
        if left_out:
            rows.append(_left_out(left_out))
            left_out = 0
        rows.append(_row(paragraph))
    if left_out:
        rows.append(_left_out(left_out))
    return f'<div class="xz-pair">{"".join(rows)}</div>'


def _left_out(count: int) -> str:
    return f'<div class="xz-gap">略去没有相同文字的 {count} 段</div>'


def _row(paragraph: ShownParagraph) -> str:
    level = f" xz-h{min(paragraph.level, 3)}" if paragraph.level else ""
    right = (
        f'<div class="xz-side{level}"><small>后一篇第{paragraph.number}段</small>'
        f'<p class="xz-text">{runs(paragraph.runs)}</p></div>'
    )
    left = "".join(map(_counterpart, paragraph.findings))
    empty = " xz-empty" if not paragraph.findings else ""
    return f'<div class="xz-side{empty}">{left}</div>{right}'


def _counterpart(finding: Finding) -> str:
    slots = "".join(
        f"<li><span>{escape(kind)}</span>前一篇 <b>{escape(there)}</b>，"
        f"后一篇 <b>{escape(here)}</b></li>"
        for kind, here, there in finding.slots
    )
    where = "第" + finding.source.rpartition(" 第")[2]
    return (
        f"<small>前一篇{escape(where)}　{escape(finding.measure)}</small>"
        f'<p class="xz-text">{runs(finding.source_runs)}</p>'
        + (f'<ul class="xz-slots">{slots}</ul>' if slots else "")
    )
