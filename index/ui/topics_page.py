"""专题: where the library speaks of what, by year or by unit, and a topic's paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

from index.datatypes import Filters
from index.library import Library
from index.topics import Taxonomy
from index.ui import components, opened
from index.ui.heat_map import axis, ink_and_paper

By = Literal["year", "unit"]

BY: dict[By, str] = {"year": "按年份", "unit": "按单位"}
NOUN: dict[By, str] = {"year": "年份", "unit": "单位"}
UNKNOWN = "未知"
"""What the table calls a year or unit that no document states."""

MOST_UNITS = 10
"""Columns of the heat map; where there are more units, those with most paragraphs are drawn."""

MOST_YEARS = 5
"""Years with a column and a chip of their own, the last ones; those before are one."""
BEFORE = "–"
"""Before the last of the years that are one: “–2018” is 2018 and all before it."""

STEP = 10


def show() -> None:
    """The page: all topics as a map, or one topic with its paragraphs."""
    shelf = opened.library()
    if not opened.status(shelf).documents:
        components.lead("资料库还是空的，添加资料以后这里会显示各个专题写了多少。")
        components.go_to_library("去添加资料")
        return
    names = [topic.name for topic in Taxonomy.load(shelf.folder).topics]
    _from_link("about", names)
    if st.session_state.get("about") in names:
        _topic(shelf)
    else:
        _overview(shelf)


def _overview(shelf: Library) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        by = st.segmented_control(
            "怎么看",
            list(BY),
            default="year",
            required=True,
            format_func=BY.__getitem__,
            key="by",
            bind="query-params",
            label_visibility="collapsed",
        )
        components.lead("格子里是段落数，点一格就列出这些段落。")
    _map(_spread(shelf, by or "year"), by or "year")


def _spread(shelf: Library, by: By) -> list[tuple[str, str, int]]:
    """(topic, year or unit, paragraphs); years before the last MOST_YEARS together."""
    rows = opened.spread(shelf, by)
    years = sorted({value for _, value, _ in rows if value != UNKNOWN}) if by == "year" else []
    if len(years) <= MOST_YEARS + 1:
        return rows
    last = years[-MOST_YEARS - 1]
    joined: Counter[tuple[str, str]] = Counter()
    for topic, value, number in rows:
        early = value != UNKNOWN and value <= last
        joined[topic, f"{BEFORE}{last}" if early else value] += number
    return [(topic, value, number) for (topic, value), number in joined.items()]


def _called(year: str) -> str:
    """A year, or all up to one, as the page says it.

    >>> _called("2023"), _called("–2018"), _called("未知")
    ('2023年', '2018年及以前', '未知')
    """
    if year.startswith(BEFORE):
        return f"{year.removeprefix(BEFORE)}年及以前"
    return year if year == UNKNOWN else f"{year}年"


def _map(rows: Sequence[tuple[str, str, int]], by: By) -> None:
    """The heat map; a click on a cell chooses its topic and its year or unit."""
    frame = pd.DataFrame(rows, columns=["专题", "值", "段落"])
    frame = frame[frame["段落"] > 0]
    if frame.empty:
        components.say("还没有哪个专题有段落。")
        return
    totals = frame.groupby("值")["段落"].sum().sort_values(ascending=False)
    shown = list(totals.index[:MOST_UNITS])
    if by == "year":
        shown = sorted(totals.index, key=lambda year: (not year.startswith(BEFORE), year))
        frame["称"] = frame["值"].map(_called)
    else:
        frame["称"] = frame["值"]
    if UNKNOWN in shown:
        shown = [value for value in shown if value != UNKNOWN] + [UNKNOWN]
    frame = frame[frame["值"].isin(shown)]
    order = frame.groupby("专题")["段落"].sum().sort_values(ascending=False)
    strong = f"sqrt(datum['段落'] / {frame['段落'].max()}) > 0.62"
    across = axis("top", -50 if by == "unit" else 0)
    across["labelExpr"] = f"slice(datum.label, 0, 1) == '{BEFORE}' ? '更早' : datum.label"
    base = alt.Chart(frame).encode(
        x=alt.X("值:N", sort=shown, title=None, axis=across),
        y=alt.Y("专题:N", sort=list(order.index), title=None, axis=axis("left", 0)),
    )
    cells = base.mark_rect(cornerRadius=5, cursor="pointer").encode(
        color=alt.Color("段落:Q", scale=alt.Scale(type="sqrt", domainMin=0), legend=None),
        tooltip=[
            alt.Tooltip("专题:N", title="专题"),
            alt.Tooltip("称:N", title=NOUN[by]),
            alt.Tooltip("段落:Q", title="段落数", format=","),
        ],
    )
    ink, paper = ink_and_paper()
    numbers = base.mark_text(fontSize=13, cursor="pointer").encode(
        text=alt.Text("段落:Q", format=","),
        color=alt.condition(strong, alt.value(paper), alt.value(ink)),
    )
    pick = alt.selection_point(name="cell", fields=["专题", "值"], on="click")
    chart = (
        alt.layer(cells.add_params(pick), numbers)
        .properties(height=alt.Step(32), width="container" if by == "year" else alt.Step(60))
        .configure_scale(bandPaddingInner=0.07)
        .configure_view(stroke=None)
    )
    # units need room for their names: on a telephone the map is scrolled sideways
    with st.container(horizontal=True, wrap=False):
        st.altair_chart(
            chart,
            width="stretch" if by == "year" else "content",
            on_select=lambda: _choose(by),
            selection_mode="cell",
            key=f"map-{by}",
            alt=f"各专题按{NOUN[by]}的段落数",
        )
    hidden = len(totals) - len(shown)
    if hidden:
        components.lead(f"还有 {hidden} 个单位段落较少，没有画出来；点开一个专题可以选到它们。")


def _choose(by: By) -> None:
    """Take over the cell that was clicked: the widgets of the topic, and so the link, follow it."""
    cells = st.session_state[f"map-{by}"].selection.get("cell", [])
    if cells:
        value = str(cells[0]["值"])
        st.session_state["about"] = cells[0]["专题"]
        st.session_state[f"in_{by}"] = value if value != UNKNOWN else None
        _from_start()


def _from_start() -> None:
    st.session_state.pop("topic_shown", None)


def _back() -> None:
    for key in _LINKED:
        st.session_state[key] = None
        st.query_params.pop(key, None)
    _from_start()


_LINKED = ("about", "in_year", "in_unit")
"""Parameters of a topic's link. Streamlit's own binding would write the chips' labels, with the
numbers of paragraphs in them, into the link; they would no longer fit after the next document."""


def _from_link(key: str, options: Sequence[str]) -> None:
    """Take a choice from the link when it is first opened."""
    if key not in st.session_state and st.query_params.get(key) in options:
        st.session_state[key] = st.query_params[key]


def _to_link(key: str, value: str | None) -> None:
    """Let the link say what is chosen."""
    if value is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def _topic(shelf: Library) -> None:
    """One topic: what it means, how much there is by year and by unit, the best paragraphs."""
    topics = Taxonomy.load(shelf.folder).topics
    st.button("全部专题", key="back", icon=":material/arrow_back:", on_click=_back)
    with st.container(horizontal=True, gap="small"):
        name = st.selectbox(
            "专题",
            [topic.name for topic in topics],
            index=None,
            placeholder="选一个专题",
            key="about",
            persist_state="page",
            on_change=_from_start,
        )
        unit = _one_of(shelf, "unit", name)
    _to_link("about", name)
    if name is None:
        st.rerun()
    components.lead(next(topic.description for topic in topics if topic.name == name))
    year = _one_of(shelf, "year", name)
    filters = Filters(topic=name, unit=unit, year=_years(year))
    wanted = st.session_state.setdefault("topic_shown", STEP)
    hits = opened.found(shelf, name, "hybrid", filters, wanted)
    if not hits:
        components.say("这里没有段落，换一个专题，或不限年份、单位再看。")
        return
    components.lead(
        f"{_total(shelf, name, year, unit)}最有代表性的 {len(hits)} 段，写法相同的合在一起"
    )
    components.cards(shelf, hits, "topic", elsewhere=True)
    if len(hits) >= wanted:
        st.button("再看 10 段", key="topic-more", icon=":material/expand_more:", on_click=_further)


def _years(year: str | None) -> tuple[int, int] | None:
    """
    >>> _years("2023"), _years("–2018"), _years(None)
    ((2023, 2023), (0, 2018), None)
    """
    if year is None:
        return None
    if year.startswith(BEFORE):
        return 0, int(year.removeprefix(BEFORE))
    return int(year), int(year)


def _total(shelf: Library, topic: str, year: str | None, unit: str | None) -> str:
    """“共 120 段，”, where one look at the table tells it: not of a unit's one year."""
    if year and unit:
        return ""
    value = year or unit
    numbers = [
        number
        for name, one, number in _spread(shelf, "unit" if unit else "year")
        if name == topic and value in (None, one)
    ]
    return f"共 {sum(numbers):,} 段，下面是" if numbers else ""


def _one_of(shelf: Library, by: By, topic: str | None) -> str | None:
    """Choose one of the years (chips) or units (a list) in which the topic occurs."""
    numbers = {value: n for name, value, n in _spread(shelf, by) if name == topic and n}
    numbers.pop(UNKNOWN, None)
    key = f"in_{by}"
    _from_link(key, list(numbers))
    if st.session_state.get(key) not in (None, *numbers):
        st.session_state[key] = None  # chosen for another topic, and this one has nothing there
    if by == "unit":
        value = st.selectbox(
            "单位",
            sorted(numbers, key=lambda value: -numbers[value]),
            index=None,
            placeholder="不限",
            format_func=lambda value: f"{value}（{numbers[value]} 段）",
            key=key,
            persist_state="page",
            on_change=_from_start,
        )
    else:
        value = st.pills(
            "年份",
            sorted(sorted(numbers, reverse=True), key=lambda year: year.startswith(BEFORE)),
            format_func=lambda value: f"{_called(value)} · {numbers[value]} 段",
            key=key,
            persist_state="page",
            label_visibility="collapsed",
            on_change=_from_start,
        )
    _to_link(key, value)
    return value


def _further() -> None:
    st.session_state["topic_shown"] = st.session_state.get("topic_shown", STEP) + STEP
