"""库内雷同: pairs of documents, wording that travelled, and between which units; cut at will."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

from index import report
from index.datatypes import Source
from index.duplicates import Step
from index.errors import LibraryError
from index.findings import DocumentPair, Duplicates, SharedFamily
from index.library import Library
from index.report.contents import contents_of
from index.report.wording import percent
from index.review import gather, held, judge
from index.ui import components, duplicates_markup, opened, wording
from index.ui.heat_map import axis, ink_and_paper
from index.ui.self_comparison import LEAST, SelfComparison

View = Literal["pairs", "families", "units"]

VIEWS: dict[View, str] = {"pairs": "文档对", "families": "同一写法", "units": "单位之间"}

DOING: dict[Step, str] = {
    "fingerprints": "正在整理每份资料的文字…",
    "runs": "正在找两份资料里相同的文字…",
    "prescribed": "正在分出固定表述…",
    "pairs": "正在算每两份资料有多少相同…",
    "families": "正在归并同一写法的段落…",
}

ROW = 38
"""Height of a row of the table, in pixels."""

MOST_ROWS = 14
"""Rows of the table seen at once."""

MOST_UNITS = 14
"""Rows and columns of the map; where there are more units, those most alike are drawn."""

MANY = 300
"""Compared characters, a long paragraph: shared, it is worth a look in a text of any length."""

FAMILIES = 10
"""Families listed at first, and how many more each time."""

MOST_MEMBERS = 50
"""Paragraphs of a family shown whole in the drawer."""

NOBODY = "单位不详"

_OFFICE = "application/vnd.openxmlformats-officedocument."


def show() -> None:
    """The page."""
    shelf = opened.library()
    if opened.status(shelf).documents < 2:
        components.lead("资料库里还不到两份资料，没有可以互相比对的。")
        components.go_to_library("去添加资料")
        return
    work = _comparison(str(shelf.folder))
    work.ask(shelf, opened.wording_state(shelf))
    if work.error is not None and not work.running:
        if not isinstance(work.error, LibraryError):
            raise work.error
        components.explain(work.error)
    if work.running:
        _working(work)
    if work.result is None:
        return
    pair = _pair_of_link()
    with st.container(key="duplicates"):  # the style sheet lets the page be wider where this is
        if pair is not None:
            _opened(shelf, work.result, *pair)
        else:
            _overview(shelf, work.result)


@st.cache_resource
def _comparison(folder: str) -> SelfComparison:
    return SelfComparison()


@st.fragment(run_every=0.5)
def _working(work: SelfComparison) -> None:
    if not work.running:
        st.rerun()
        return
    doing = DOING[work.step] if work.step else "正在准备…"
    if work.result is None:
        st.progress(work.share, text=doing)
        components.lead("资料多的时候要等一两分钟。可以先去做别的，做完会留着。")
    else:
        components.lead(f"资料有变动，正在重新比对，下面是上一次的结果。{doing}")


# ---- all of it


def _overview(shelf: Library, everything: Duplicates) -> None:
    st.html(
        '<p class="xz-lead">资料库里的每两份资料都互相比过：哪些大段相同，同一段话先在哪里出现、'
        "后来到了哪里。固定表述不计。相同可能是模板要求或正常沿用，是否有问题请人来判断。</p>"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="cut"):
        least = st.slider(
            "相同文字至少占其中一份的",
            round(100 * LEAST),
            100,
            50,
            step=5,
            format="%d%%",
            key="least",
            bind="query-params",
        )
        unit = st.selectbox(
            "只看一个单位",
            _units(everything),
            index=None,
            placeholder="不限",
            key="of-unit",
            persist_state="session",
        )
        many = st.toggle(
            f"相同 {MANY} 字以上的也列出", value=True, key="many", persist_state="session"
        )
        between = st.toggle("只看不同单位之间的", key="between", persist_state="session")
    cut = everything.recut(least / 100, MANY if many else None)
    seen = _seen(cut, unit, between)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = st.segmented_control(
            "怎么看",
            list(VIEWS),
            default="pairs",
            required=True,
            format_func=lambda view: _counted(view, seen),
            key="duplicates-view",
            label_visibility="collapsed",
        )
        _downloads(seen)
    if view == "families":
        _families(shelf, seen.families)
    elif view == "units":
        _map(seen)
    else:
        _pairs(seen.documents)
    if everything.limits:
        items = "".join(f"<li>{escape(limit)}</li>" for limit in everything.limits)
        st.html(f'<div class="xz-limits"><b>这次比对看不到的</b><ul>{items}</ul></div>')


def _units(everything: Duplicates) -> list[str]:
    """Units of all pairs and families, those that occur most first."""
    counts = Counter(
        source.unit for pair in everything.documents for source in (pair.a, pair.b) if source.unit
    )
    counts.update(unit for family in everything.families for unit in family.units)
    return sorted(counts, key=lambda unit: (-counts[unit], unit))


def _seen(cut: Duplicates, unit: str | None, between: bool) -> Duplicates:
    """What the two filters leave."""
    pairs = tuple(
        pair
        for pair in cut.documents
        if (unit is None or unit in (pair.a.unit, pair.b.unit))
        and not (between and (pair.relation != "other" or None in (pair.a.unit, pair.b.unit)))
    )
    families = tuple(
        family
        for family in cut.families
        if (unit is None or unit in family.units) and not (between and len(family.units) < 2)
    )
    settings = dict(cut.settings)
    if unit is not None:
        settings["只列单位"] = unit
    if between:
        settings["只列"] = "不同单位之间的"
    return replace(cut, documents=pairs, families=families, settings=settings)


def _counted(view: View, seen: Duplicates) -> str:
    if view == "units":
        return VIEWS[view]
    count = len(seen.documents) if view == "pairs" else len(seen.families)
    return f"{VIEWS[view]} {count:,}"


def _downloads(seen: Duplicates) -> None:
    made: tuple[tuple[str, Callable[[Duplicates], str | bytes], str, str], ...] = (
        ("网页，双击就能看", report.html_of_duplicates, "html", "text/html"),
        (
            "Word 文档，可以改、可以打印",
            report.docx_of_duplicates,
            "docx",
            _OFFICE + "wordprocessingml.document",
        ),
        (
            "Excel 表格，可以筛选",
            report.xlsx_of_duplicates,
            "xlsx",
            _OFFICE + "spreadsheetml.sheet",
        ),
    )
    with st.popover("下载", icon=":material/download:", key="duplicates-files"):
        components.lead("现在列出的文档对和同一写法，全部写进文件。")
        for label, make, suffix, mime in made:
            st.download_button(
                label,
                _of(make, seen),
                file_name=f"库内雷同_{date.today():%Y%m%d}.{suffix}",
                mime=mime,
                key=f"duplicates-{suffix}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _of(make: Callable[[Duplicates], str | bytes], seen: Duplicates) -> Callable[[], str | bytes]:
    return lambda: make(seen)  # made when it is asked for


# ---- pairs


def _pairs(pairs: Sequence[DocumentPair]) -> None:
    chosen: tuple[str, str] | None = st.session_state.get("two-units")
    if chosen is not None:
        pairs = [pair for pair in pairs if _between(pair) == chosen]
        name = " 与 ".join(dict.fromkeys(chosen))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            components.lead(f"只列 {name} 的 {len(pairs)} 对")
            st.button("全部列出", key="all-units", type="tertiary", on_click=_all_units)
    if not pairs:
        components.say("没有相同这么多的资料，把上面的比例调低一些再看。")
        return
    components.lead("点一行，把两份并排打开；点表头可以换一种排法。")
    frame = pd.DataFrame(
        {
            "较早的一篇": [wording.title(pair.a) for pair in pairs],
            "单位": [pair.a.unit or "" for pair in pairs],
            "年份": [_year(pair.a) for pair in pairs],
            "较晚的一篇": [wording.title(pair.b) for pair in pairs],
            "单位 ": [pair.b.unit or "" for pair in pairs],
            "年份 ": [_year(pair.b) for pair in pairs],
            "相同字数": [pair.shared for pair in pairs],
            "占前一篇": [100 * pair.reuse_a for pair in pairs],
            "占后一篇": [100 * pair.reuse_b for pair in pairs],
            "最长连续": [pair.longest_run for pair in pairs],
            "只差数字": [pair.between for pair in pairs],
            "连固定表述": [100 * max(pair.overlap_a, pair.overlap_b) for pair in pairs],
        }
    )
    share = st.column_config.ProgressColumn(
        format="%.0f%%", min_value=0, max_value=100, width=92, color="primary"
    )
    number = st.column_config.NumberColumn(format="%d", width=74)
    event = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=ROW * (min(len(pairs), MOST_ROWS) + 1) + 2,
        row_height=ROW,
        column_config={
            "较早的一篇": st.column_config.TextColumn(width=210),
            "较晚的一篇": st.column_config.TextColumn(width=210),
            "单位": st.column_config.TextColumn(width=116),
            "单位 ": st.column_config.TextColumn(width=116),
            "年份": st.column_config.TextColumn(width=62),
            "年份 ": st.column_config.TextColumn(width=62),
            "相同字数": number,
            "占前一篇": share,
            "占后一篇": share,
            "最长连续": number,
            "只差数字": number,
            "连固定表述": st.column_config.NumberColumn(format="%.0f%%", width=88),
        },
        # or the row would still be chosen when the person comes back
        key=f"pairs-{st.session_state.get('pairs-shown', 0)}",
        alt="有大段相同文字的文档对",
    )
    components.lead(
        "年份不详或相同的，按加入资料库的先后排列。固定表述不计；"
        "连固定表述在内有一半以上相同的整篇文章，按连固定表述的比例算。"
        "最长连续照原文数，夹在中间的固定表述也在内。"
        "“只差数字”是相同字数里整句只有数字、年份、空缺不同的那些字。"
    )
    rows = event.selection.rows
    if rows:
        _open(pairs[rows[0]])
        st.rerun()


def _year(source: Source) -> str:
    return "" if source.year is None else str(source.year)


def _open(pair: DocumentPair) -> None:
    st.session_state["pairs-shown"] = st.session_state.get("pairs-shown", 0) + 1
    st.query_params["pair"] = f"{pair.a.document_id}-{pair.b.document_id}"


def _close() -> None:
    st.query_params.pop("pair", None)


def _pair_of_link() -> tuple[int, int] | None:
    """The two documents that the link names, by their ids."""
    older, _, later = st.query_params.get("pair", "").partition("-")
    if older.isascii() and later.isascii() and older.isdigit() and later.isdigit():
        return int(older[:18]), int(later[:18])
    return None


def _opened(shelf: Library, everything: Duplicates, older: int, later: int) -> None:
    """Two documents side by side."""
    st.button("回到列表", key="back-to-pairs", icon=":material/arrow_back:", on_click=_close)
    known = {entry.id for entry in shelf.documents()}
    pair = next(
        (
            one
            for one in everything.documents
            if (one.a.document_id, one.b.document_id) == (older, later)
        ),
        None,
    )
    if pair is None or not {older, later} <= known:
        components.sorry("这两份资料已经有变动，请回到列表重新选。")
        return
    dated = None not in (pair.a.year, pair.b.year) and pair.a.year != pair.b.year
    st.html(duplicates_markup.heads(pair.a, pair.b, dated))
    components.facts(
        [
            (f"{pair.shared:,}", "字相同（固定表述不计）"),
            (percent(pair.reuse_a), "占前一篇"),
            (percent(pair.reuse_b), "占后一篇"),
            (f"{pair.longest_run:,}", "字，最长的连续相同"),
            (f"{pair.formula:,}", "字固定表述也相同"),
            *([(f"{pair.between:,}", "字在只差数字、空缺的句子里")] if pair.between else ()),
        ]
    )
    with st.spinner("正在逐段对照…"):
        evidence = gather(shelf, held(shelf, later), only=older)
    # what may have been forgotten is a matter of one draft, not of two texts beside one another
    review = judge(replace(evidence, leftovers=(), same_figures=()))
    contents = contents_of(review, {}, date.today())
    everything_shown = st.toggle("没有相同文字的段落也列出", key="whole-texts")
    st.html(duplicates_markup.legend(contents))
    st.html(duplicates_markup.side_by_side(contents, everything_shown))


# ---- wording that travelled


def _families(shelf: Library, families: Sequence[SharedFamily]) -> None:
    if not families:
        components.say("没有几份资料都有的段落。")
        return
    components.lead(
        "同一段话（允许小的改动）出现在几份资料里，按出现的次数排列；不受上面比例的影响。"
    )
    most = st.session_state.setdefault("families-shown", FAMILIES)
    for rank, family in enumerate(families[:most], 1):
        with st.container(key=f"card-wording-{family.paragraph_ids[0]}"):
            st.html(duplicates_markup.family(rank, family))
            if st.button(
                "看各处的原文",
                key=f"members-{family.paragraph_ids[0]}",
                type="tertiary",
                icon=":material/layers:",
            ):
                _members(shelf, family)
    if len(families) > most:
        st.button(
            f"再看 {FAMILIES} 组（还有 {len(families) - most:,} 组）",
            key="more-families",
            icon=":material/expand_more:",
            on_click=_more_families,
        )


def _more_families() -> None:
    st.session_state["families-shown"] += FAMILIES


@st.dialog("各处的原文", width=components.DRAWER, position="right")
def _members(shelf: Library, family: SharedFamily) -> None:
    """Every paragraph of a family, whole, in the order in which the wording travelled."""
    stored = shelf.paragraphs_by_id(family.paragraph_ids[:MOST_MEMBERS])
    shown = [stored[id_] for id_ in family.paragraph_ids[:MOST_MEMBERS] if id_ in stored]
    components.lead(f"共 {family.size} 处，按年份先后：")
    for place, member in enumerate(shown):
        components.member_card(member, place, "place")
    rest = family.size - len(shown)
    if rest:
        components.lead(f"另有 {rest} 处没有列出，下载的表格里都有。")


# ---- between units


def _between(pair: DocumentPair) -> tuple[str, str]:
    one, other = sorted((pair.a.unit or NOBODY, pair.b.unit or NOBODY))
    return one, other


def cells_of(
    pairs: Sequence[DocumentPair],
) -> tuple[list[str], list[dict[str, str | int]], int]:
    """Units in the order of the map, a cell for every two of them that have pairs, in both
    directions, and how many units are left out."""
    highest: dict[tuple[str, str], float] = {}
    count: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        key = _between(pair)
        highest[key] = max(highest.get(key, 0.0), pair.alike)
        count[key] += 1
    weight: dict[str, float] = {}
    for key, share in highest.items():
        for unit in set(key):
            weight[unit] = weight.get(unit, 0.0) + share * count[key]
    ranked = sorted(weight, key=lambda unit: (unit == NOBODY, -weight[unit], unit))
    units = ranked[:MOST_UNITS]
    rows: list[dict[str, str | int]] = [
        {"一方": one, "另一方": other, "最高": round(100 * share), "对数": count[key]}
        for key, share in highest.items()
        for one, other in sorted({key, key[::-1]})
        if {one, other} <= set(units)
    ]
    return units, rows, len(ranked) - len(units)


def _map(seen: Duplicates) -> None:
    """The heat map; a click on a cell lists the pairs of its two units."""
    units, rows, hidden = cells_of(seen.documents)
    if not rows:
        components.say("没有相同这么多的资料，把上面的比例调低一些再看。")
        return
    components.lead("格子里是两个单位之间最高的相同比例（%），点一格就列出这些文档对。")
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        x=alt.X("另一方:N", sort=units, title=None, axis=axis("top", -50)),
        y=alt.Y("一方:N", sort=units, title=None, axis=axis("left", 0)),
    )
    cells = base.mark_rect(cornerRadius=5, cursor="pointer").encode(
        color=alt.Color("最高:Q", scale=alt.Scale(domain=[0, 100]), legend=None),
        tooltip=[
            alt.Tooltip("一方:N"),
            alt.Tooltip("另一方:N"),
            alt.Tooltip("最高:Q", title="最高相同比例（%）"),
            alt.Tooltip("对数:Q", title="文档对", format=","),
        ],
    )
    ink, paper = ink_and_paper()
    numbers = base.mark_text(fontSize=13, cursor="pointer").encode(
        text=alt.Text("最高:Q"),
        color=alt.condition("datum['最高'] > 62", alt.value(paper), alt.value(ink)),
    )
    pick = alt.selection_point(name="cell", fields=["一方", "另一方"], on="click")
    chart = (
        alt.layer(cells.add_params(pick), numbers)
        .properties(height=alt.Step(32), width=alt.Step(48))
        .configure_scale(bandPaddingInner=0.07)
        .configure_view(stroke=None)
    )
    # units need room for their names: on a telephone the map is scrolled sideways
    with st.container(horizontal=True, wrap=False):
        st.altair_chart(
            chart,
            width="content",
            on_select=_choose_units,
            selection_mode="cell",
            key="map-of-units",
            alt="各单位之间最高的相同比例",
        )
    if hidden:
        components.lead(f"还有 {hidden} 个单位没有画出来；在上面选定一个单位就能看到它的。")


def _choose_units() -> None:
    """Take over the cell that was clicked: its two units, in the list of pairs."""
    cells = st.session_state["map-of-units"].selection.get("cell", [])
    if cells:
        one, other = sorted((str(cells[0]["一方"]), str(cells[0]["另一方"])))
        st.session_state["two-units"] = (one, other)
        st.session_state["duplicates-view"] = "pairs"


def _all_units() -> None:
    st.session_state.pop("two-units", None)
