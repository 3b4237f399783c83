"""找素材: a search text in, paragraphs with their sources out. The search is a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from index.datatypes import Filters, SearchMode
from index.library import Library, Status
from index.topics import Taxonomy
from index.ui import components, markup, opened, wording

STEP = 10
"""Paragraphs shown at first, and how many more each time."""

LONGEST = 2_000
"""Characters of the search box: the search is part of the address, which servers cut at 64 KB."""

EXAMPLES = (
    "如何开展廉政教育",
    "党员学习形式单一、效果不够好",
    "培养年轻干部的做法",
    "下一步工作打算",
)


def show() -> None:
    """The page."""
    shelf = opened.library()
    held = opened.status(shelf)
    if not held.documents:
        _empty(shelf)
        return
    head = st.container()
    query = _ask()
    mode, filters = _narrow(shelf, held)
    like = st.query_params.get("like", "")
    if like:
        _alike(shelf, like, filters)
    elif query.strip():
        _found(shelf, query, mode, filters)
    elif filters.topic:
        _found(shelf, filters.topic, "hybrid", filters, "topic")
    else:
        with head:
            _greet()
        _welcome(held)


def _ask() -> str:
    """The search box."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        query = st.text_input(
            "找什么",
            key="q",
            type="search",
            bind="query-params",
            max_chars=LONGEST,
            label_visibility="collapsed",
            placeholder="写一个词、一句话，或粘贴一段文字",
            on_change=_start_over,
        )
        st.button("查找", type="primary", key="search", on_click=_start_over)
    return query or ""


def _start_over() -> None:
    """A new question: leave 找相似, and show the first results again."""
    st.query_params.pop("like", None)
    st.session_state.pop("shown", None)


def _narrow(shelf: Library, held: Status) -> tuple[SearchMode, Filters]:
    """The way of searching, the filters and the topic chips."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="narrow"):
        mode: SearchMode | None = st.segmented_control(
            "查找方式",
            list(wording.MODES),
            default="hybrid",
            required=True,
            format_func=wording.MODES.__getitem__,
            key="mode",
            bind="query-params",
            label_visibility="collapsed",
        )
        filters = _filters(held)
    topics = [topic.name for topic in Taxonomy.load(shelf.folder).topics]
    topic = st.pills(
        "专题",
        topics,
        format_func=markup.plain,
        key="topic",
        bind="query-params",
        label_visibility="collapsed",
        wrap=_welcoming(),
        on_change=_start_over,
    )
    return mode or "hybrid", replace(filters, topic=topic)


def _welcoming() -> bool:
    """Whether no text is asked for yet: only then may the chips take several rows."""
    parameters = st.query_params
    asked = st.session_state["q"] if "q" in st.session_state else parameters.get("q")
    return not asked and "like" not in parameters


def _filters(held: Status) -> Filters:
    with st.popover("筛选", icon=":material/tune:", key="filters"):
        year = None
        if len(held.years) > 1:
            ends = (min(held.years), max(held.years))
            chosen = st.select_slider(
                "年份", range(ends[0], ends[1] + 1), value=ends, key="year", bind="query-params"
            )
            year = None if tuple(chosen) == ends else (chosen[0], chosen[1])
        unit = _one_of("单位", "unit", held.units)
        kind = _one_of("文种", "kind", held.kinds)
        if not (held.years or held.units or held.kinds):
            components.lead("资料里没有写明年份、单位或文种。")
    filters = Filters(year=year, unit=unit, kind=kind)
    if not filters.empty:
        components.lead(f"只看 {wording.narrowed(filters)}")
        st.button("不限", key="unfilter", type="tertiary", on_click=_unfilter, args=(held,))
    return filters


def _one_of(name: str, key: str, values: Iterable[str]) -> str | None:
    options = list(values)
    if not options:
        return None
    return st.selectbox(name, options, index=None, placeholder="不限", key=key, bind="query-params")


def _unfilter(held: Status) -> None:
    if len(held.years) > 1:
        st.session_state["year"] = (min(held.years), max(held.years))
    st.session_state["unit"] = st.session_state["kind"] = None


def _found(
    shelf: Library,
    query: str,
    mode: SearchMode,
    filters: Filters,
    asked: wording.Asked | None = None,
) -> None:
    wanted = st.session_state.setdefault("shown", STEP)
    hits = opened.found(shelf, query, mode, filters, wanted)
    where = f"（{wording.narrowed(filters)}）" if not filters.empty else ""
    if not hits:
        _nothing(query, mode, filters)
        return
    if asked == "topic":
        components.lead(f"{len(hits)} 段{where}")
    elif max(hit.score for hit in hits) < wording.LOW:
        components.say(
            "没有特别贴切的段落，下面是最接近的几段。可以换个说法，或者把要写的意思写成一句完整的话。"
        )
    else:
        components.lead(f"最贴切的 {len(hits)} 段{where}")
    components.cards(shelf, hits, asked or mode)
    _more(len(hits), wanted)


def _nothing(query: str, mode: SearchMode, filters: Filters) -> None:
    tries = []
    if not filters.empty:
        tries.append(f"放宽筛选（现在只看：{wording.narrowed(filters)}）")
    if mode == "keyword":
        tries.append("改用“综合”或“按意思”，说法不同也能找到")
    if "“" in query or '"' in query:
        tries.append("去掉引号：引号里的字必须一字不差地出现")
    tries.append("换个更常用的说法")
    components.say("没有找到。可以试试：" + "；".join(tries) + "。")


def _more(shown: int, wanted: int) -> None:
    if shown >= wanted:
        st.button("再看 10 段", key="more", icon=":material/expand_more:", on_click=_further)


def _further() -> None:
    st.session_state["shown"] = st.session_state.get("shown", STEP) + STEP


def _alike(shelf: Library, like: str, filters: Filters) -> None:
    if not (like.isdecimal() and len(like) < 19):  # SQLite's integers end there
        components.sorry("这个链接不完整，请回到查找重新找一次。")
        return
    id_ = int(like)
    original = shelf.paragraphs_by_id([id_]).get(id_)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("回到查找", key="back", icon=":material/arrow_back:", on_click=_start_over)
        if original is not None:
            components.lead("与这一段相似的段落：")
    if original is None:
        components.sorry("这段文字已经不在资料库里了，请回到查找重新找一次。")
        return
    components.member_card(original, 0, "origin")
    wanted = st.session_state.setdefault("shown", STEP)
    hits = opened.alike(shelf, id_, filters, wanted)
    if not hits:
        components.say("没有找到相似的段落。如果设了筛选，可以放宽一些。")
        return
    components.cards(shelf, hits, "alike")
    _more(len(hits), wanted)


def _greet() -> None:
    st.html(
        '<div class="xz-welcome"><h2>以前写过的，一找就到</h2><p class="xz-lead">'
        "按意思找，不必记得原话。找到的每一段，都注明出自哪份材料、哪个标题下、第几段。</p></div>"
    )


def _welcome(held: Status) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="examples"):
        components.lead("试试")
        for number, example in enumerate(EXAMPLES):
            st.button(
                example, key=f"example-{number}", type="tertiary", on_click=_try, args=(example,)
            )
    components.facts(
        [
            (wording.count(held.documents), "份资料"),
            (wording.count(held.paragraphs), "段文字"),
            (wording.count(len(held.units)), "个单位"),
            (wording.years(list(held.years)) or "未注明", "年份"),
        ]
    )


def _try(example: str) -> None:
    st.session_state["q"] = example
    _start_over()


def _empty(shelf: Library) -> None:
    st.html(
        '<div class="xz-welcome"><h2>资料库还是空的</h2>'
        '<p class="xz-lead">先放进几份以前的总结、报告，就可以按意思查找了。'
        "支持 Word（docx）、PDF、网页、文本等文件，也可以一次放进整个文件夹。</p></div>"
    )
    components.go_to_library("去添加资料")
    components.lead(f"资料库放在：{shelf.folder}")
