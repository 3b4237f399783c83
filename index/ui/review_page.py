"""审稿: drafts in; what is re-used, from where, and what may have been forgotten, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from index import report
from index.alignment import SHORTEST_RUN
from index.datatypes import Entry
from index.findings import Choices, Evidence, Review
from index.library import Library
from index.library.layout import safe_name
from index.report.contents import Contents, contents_of
from index.report.wording import cited
from index.review import judge
from index.review.campaign import Campaign, campaign
from index.review.deciding import decisions_of
from index.ui import campaign_view, components, markup, opened, review_markup, reviewing, wording
from index.ui.reader import reader
from index.ui.reviewing import Batch

WAYS = ("选文件", "粘贴文字", "资料库里的一份")

SOURCES = 10
"""Sources listed at first, and how many more each time."""

LONGEST = 100_000
"""Characters of a pasted text; longer ones come as a file."""

YEARS = (1949, 2100)

SHORTEST_SAYS = "连续相同多少字才算"

AS_PAGE, AS_WORKBOOK = "网页，双击就能看", "Excel 表格，可以筛选"

NONE: frozenset[int] = frozenset()

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show() -> None:
    """The page."""
    shelf = opened.library()
    if not opened.status(shelf).documents:
        components.lead("资料库还是空的，没有可以比对的材料。先放进以前的总结、报告，再来审稿。")
        components.go_to_library("去添加资料")
        return
    batch = reviewing.current()
    if batch is None:
        reviewing.make_ready(shelf)
        _ask(shelf)
        return
    for sentence in batch.unread:
        components.sorry(sentence)
    if not batch.drafts:
        st.button("换别的稿子", type="primary", key="other-draft", on_click=reviewing.clear)
        return
    # the style sheet lets the page be wider where this is
    with st.container(key="review", gap="small"):
        if batch.which is None:
            _several(shelf, batch)
        else:
            _one(shelf, batch, batch.which)


# ---- what is reviewed


def _ask(shelf: Library) -> None:
    st.html(
        '<div class="xz-welcome"><h2>送来的稿子，和资料库比一比</h2><p class="xz-lead">'
        "看哪些文字以前有过、出自哪里，哪些是固定表述，哪些名称、年份可能忘了改。"
        "稿子只用来比对，不会放进资料库。</p></div>"
    )
    way = st.segmented_control(
        "怎么给稿子",
        WAYS,
        default=WAYS[0],
        required=True,
        key="review-way",
        label_visibility="collapsed",
    )
    make, missing = _given(shelf, way or WAYS[0])
    # a click while a file is still on its way to the server would find nothing, and be forgotten
    # when the file comes; a text, though, only comes by leaving its field, as a click does
    if not st.button(
        "开始比对", type="primary", key="review-go", disabled=make is None and way == WAYS[0]
    ):
        return
    if make is None:
        components.sorry(missing)
        return
    with st.spinner("正在读稿子…"):
        reviewing.lay(make())
    st.rerun()


def _given(shelf: Library, way: str) -> tuple[Callable[[], Batch] | None, str]:
    """What makes the batch of what was given, None where nothing was; and what to say then."""
    if way == "粘贴文字":
        text = st.text_area("把稿子粘贴在这里", key="review-text", height=260, max_chars=LONGEST)
        given = (text or "").strip()
        return (lambda: reviewing.of_text(given)) if given else None, "先把稿子粘贴进来。"
    if way == "资料库里的一份":
        names = _names(shelf.documents())
        id_ = st.selectbox(
            "用资料库里的一份当稿子，和其余的比对",
            list(names),
            index=None,
            placeholder="按标题找",
            format_func=names.__getitem__,
            key="review-held",
        )
        if id_ is None:
            return None, "先选一份资料。"
        chosen = id_
        return lambda: reviewing.of_document(shelf, chosen), ""
    files = st.file_uploader(
        "选择稿子，或把文件拖到这里；一次放进几份，会一并互相比对",
        accept_multiple_files=True,
        key="review-files",
    )
    named = [(file.name, file.getvalue()) for file in files or ()]
    return (lambda: reviewing.of_files(named)) if named else None, ""


def _names(entries: Sequence[Entry]) -> dict[int, str]:
    """Document id -> its name in the list. The browser sends names back: no two are the same."""
    names = {
        entry.id: "　".join(
            part
            for part in (
                entry.title or wording.file_name(entry.path),
                entry.unit,
                f"{entry.year}年" if entry.year else None,
            )
            if part
        )
        for entry in entries
    }
    times = Counter(names.values())
    return {
        id_: name if times[name] == 1 else f"{name}（编号 {id_}）" for id_, name in names.items()
    }


# ---- one draft


def _one(shelf: Library, batch: Batch, which: int) -> None:
    # what is read comes first: everything above the two panes is kept low
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-bar"):
        head = st.container(width="stretch")
        bar = st.container(horizontal=True, width="content", gap="small", key="review-does")
    _whose(batch, which, bar)
    with st.spinner("正在比对…"):
        evidence = batch.evidences(shelf)[which]
    figures = st.container()
    choices = replace(_choices(), without=_without(batch, which))
    review = judge(evidence, choices)
    contents = contents_of(review, decisions_of(shelf, evidence), date.today())
    with bar:
        _leave(batch)
        _downloads(shelf, review)
    head.html(review_markup.head(contents))
    if contents.same_text:
        with figures:
            components.sorry(contents.same_text)
    figures.html(review_markup.figures(contents))
    st.html(review_markup.limits(contents.limits))
    reader(shelf, batch, which, review, contents)
    _sources(batch, which, evidence, choices, review, contents)


def _leave(batch: Batch) -> None:
    if batch.which is not None and len(batch.drafts) > 1:
        st.button(
            "回到这一批",
            key="back-to-batch",
            icon=":material/arrow_back:",
            on_click=_open,
            args=(batch, None),
        )
    st.button("换别的稿子", key="other-draft", icon=":material/restart_alt:", on_click=_clear)


def _clear() -> None:
    reviewing.clear()
    for key in ("review-text", "review-held"):
        st.session_state.pop(key, None)


def _open(batch: Batch, which: int | None) -> None:
    batch.which = which


def _whose(batch: Batch, which: int, bar: DeltaGenerator) -> None:
    """Unit and year of the draft: read from it, and told by the person where that is wrong."""
    draft = batch.drafts[which]
    unit_key, year_key = f"unit-of-{batch.number}-{which}", f"year-of-{batch.number}-{which}"

    def tell() -> None:
        unit = str(st.session_state[unit_key] or "").strip()
        batch.tell(which, unit or None, st.session_state[year_key])

    # what is not known is asked for; what is known is only there to be corrected
    known = draft.unit is not None and draft.year is not None
    where = bar.popover("改单位、年份", icon=":material/edit:") if known else st.container()
    with where, st.container(horizontal=True, vertical_alignment="bottom", key="whose"):
        st.text_input(
            "稿子的单位",
            value=draft.unit or "",
            key=unit_key,
            placeholder="填上才分得出哪些是沿用本单位的",
            on_change=tell,
        )
        st.number_input(
            "稿子的年份",
            *YEARS,
            value=draft.year if draft.year and YEARS[0] <= draft.year <= YEARS[1] else None,
            step=1,
            key=year_key,
            placeholder="",
            width=160,
            on_change=tell,
        )


def _choices() -> Choices:
    """The switches; what they change is counted at once, nothing is searched again."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="switches"):
        prescribed = st.toggle("计入固定表述", key="count-prescribed", persist_state="session")
        own_past = st.toggle(
            "计入本单位往年材料", value=True, key="count-own-past", persist_state="session"
        )
        quotations = st.toggle("计入引用", key="count-quotations", persist_state="session")
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            width="content",
            wrap=False,
            key="shortest-row",
        ):
            st.html(f'<label class="xz-label">{SHORTEST_SAYS}</label>', width="content")
            shortest = st.slider(
                SHORTEST_SAYS,
                SHORTEST_RUN,
                50,
                key="shortest",
                width=180,
                label_visibility="collapsed",
                persist_state="session",
            )
    return Choices(
        shortest=int(shortest), prescribed=prescribed, own_past=own_past, quotations=quotations
    )


def _without(batch: Batch, which: int) -> frozenset[int]:
    chosen: set[int] = st.session_state.get(f"without-{batch.number}-{which}", set())
    return frozenset(chosen)


def _downloads(shelf: Library, review: Review) -> None:
    name = safe_name(f"审稿报告_{review.draft.title or '稿子'}")

    def with_decisions(make: Callable[..., str | bytes]) -> Callable[[], str | bytes]:
        return lambda: make(review, decisions=decisions_of(shelf, review.evidence))

    with st.popover("下载报告", icon=":material/download:"):
        for label, make, suffix, mime in (
            ("Word 文档，可以改、可以打印", report.docx, "docx", _WORD),
            (AS_PAGE, report.html, "html", "text/html"),
            (AS_WORKBOOK, report.xlsx, "xlsx", _EXCEL),
        ):
            st.download_button(
                label,
                with_decisions(make),
                file_name=f"{name}.{suffix}",
                mime=mime,
                key=f"download-{suffix}",
                width="stretch",
                on_click="ignore",
            )


def _downloads_of_several(found: Campaign) -> None:
    """One report of the whole batch: everybody's figures, and what they share."""
    shared = found.shared.tolist()

    def page() -> str:
        return report.html_of_several(found.reviews, shared)

    def workbook() -> bytes:
        return report.xlsx_of_several(found.reviews, shared)

    makes: tuple[tuple[str, Callable[[], str | bytes], str, str], ...] = (
        (AS_PAGE, page, "html", "text/html"),
        (AS_WORKBOOK, workbook, "xlsx", _EXCEL),
    )
    with st.popover("下载这一批的报告", icon=":material/download:"):
        for label, make, suffix, mime in makes:
            st.download_button(
                label,
                make,
                file_name=f"审稿报告_{len(found.reviews)}份.{suffix}",
                mime=mime,
                key=f"download-batch-{suffix}",
                width="stretch",
                on_click="ignore",
            )


def _sources(
    batch: Batch,
    which: int,
    evidence: Evidence,
    choices: Choices,
    review: Review,
    contents: Contents,
) -> None:
    """The sources, largest first; each can be left out, and then nothing of it counts."""
    if not evidence.documents:
        return
    everything = review if not choices.without else judge(evidence, replace(choices, without=NONE))
    ranked = everything.sources
    if not ranked:
        return
    st.html(f'<div class="xz-group">来源<span>{len(ranked)} 份，相同字数多的在前</span></div>')
    shown = {
        share.document.source.document_id: facts
        for share, facts in zip(review.sources, contents.sources, strict=True)
    }
    key = f"sources-shown-{batch.number}-{which}"
    most = st.session_state.setdefault(key, SOURCES)
    for share in ranked[:most]:
        source = share.document.source
        id_ = source.document_id
        with st.container(key=f"source-{batch.number}-{which}-{id_}"):
            st.checkbox(
                markup.plain(cited(source)),
                value=id_ not in choices.without,
                key=f"counts-{batch.number}-{which}-{id_}",
                on_change=_count,
                args=(f"without-{batch.number}-{which}", id_),
            )
            st.html(review_markup.source_facts(shown.get(id_)))
    if len(ranked) > most:
        st.button(
            f"再看几份来源（还有 {len(ranked) - most} 份）",
            key="more-sources",
            icon=":material/expand_more:",
            on_click=_further,
            args=(key,),
        )


def _count(key: str, id_: int) -> None:
    """A source counts, or counts no more: the other way round than before."""
    st.session_state[key] = st.session_state.get(key, set()) ^ {id_}


def _further(key: str) -> None:
    st.session_state[key] += SOURCES


# ---- several drafts


def _several(shelf: Library, batch: Batch) -> None:
    does = st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-bar")
    with does:
        _leave(batch)
    bar = st.progress(0.0, text="正在比对…") if batch.compared < len(batch.drafts) else None
    count = len(batch.drafts)

    def report_progress(done: int) -> None:
        if bar is not None:
            rest = "正在互相比对…" if done == count else f"比对了 {done} 份，共 {count} 份…"
            bar.progress(done / count, text=rest)

    evidences = batch.evidences(shelf, report_progress)
    if bar is not None:
        bar.empty()
    choices = _choices()
    reviews = [
        batch.judged(place, evidence, replace(choices, without=_without(batch, place)))
        for place, evidence in enumerate(evidences)
    ]
    found = campaign(reviews)
    with does:
        _downloads_of_several(found)
    which = campaign_view.show(found, batch.number)
    if which is not None:
        batch.which = which
        st.rerun()
