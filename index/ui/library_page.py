"""资料库: what is in it, what cleaning took away; add, mend, re-read, remove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from index.cleaning import RULES, TYPOGRAPHIC
from index.datatypes import Entry, Metadata, Progress
from index.errors import LibraryError
from index.library import Library, Status
from index.reading import walk
from index.ui import attention, components, folders, mending, opened, wording
from index.ui.work import Job, adding

VIEWS = ("全部资料", "添加", "文件夹", "需要处理", "清理掉的内容")

WAYS = ("选择文件", "写出位置")

ROW = 38
"""Height of a row of the table, in pixels."""

MOST_ROWS = 14
"""Rows of the table seen at once."""

MOST_CUTS = 200
"""Removed pieces shown of one document; a scraped page can hold thousands."""


def show() -> None:
    """The page."""
    shelf = opened.library()
    held = opened.status(shelf)
    _progress(shelf)
    job = opened.desk().job
    if not held.documents and job is not None and job.running:
        return  # the first files are on their way
    if not held.documents:
        st.html(
            '<div class="xz-welcome"><h2>资料库还是空的</h2><p class="xz-lead">'
            "把以前的总结、报告放进来：选几个文件，或者写出一个文件夹的位置。"
            "原来的文件不会被改动。</p></div>"
        )
        _add(shelf)
        if attention.count(shelf):
            attention.show(shelf)
        components.lead(f"资料库放在：{shelf.folder}")
        return
    _facts(held)
    view = st.segmented_control(
        "看什么",
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "添加":
        _add(shelf)
    elif view == "文件夹":
        folders.show(shelf)
    elif view == "需要处理":
        attention.show(shelf)
    elif view == "清理掉的内容":
        _cleaned(shelf)
    else:
        _table(shelf)


def _facts(held: Status) -> None:
    components.facts(
        [
            (wording.count(held.documents), "份资料"),
            (wording.count(held.paragraphs), "段文字"),
            (wording.count(held.characters), "字"),
            (wording.count(len(held.units)), "个单位"),
            (wording.years(list(held.years)) or "未注明", "年份"),
        ]
    )


# ---- what is in it


def _table(shelf: Library) -> None:
    entries = shelf.documents()
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    wanted = bar.text_input(
        "在资料里找",
        key="title",
        type="search",
        placeholder="按标题、单位、文件名找一份资料",
        label_visibility="collapsed",
    ).strip()
    shown = [entry for entry in entries if wanted in _named(entry)] if wanted else entries
    if not shown:
        components.say("没有这样的资料，换个词试试。")
        return
    with st.container(key="shelf"):  # the style sheet lets the page be wider where this is
        chosen = _choose(shelf, shown)
    if bar.button("移除", key="remove", icon=":material/delete:", disabled=not chosen):
        _confirm_removal(shelf, chosen)
    if bar.button("改信息", key="mend", icon=":material/edit:", disabled=not chosen):
        mending.mend(shelf, chosen)
    if bar.button("重新读取", key="reread", icon=":material/refresh:"):
        _reread(shelf, chosen)
    components.lead(
        f"选中了 {len(chosen)} 份。"
        if chosen
        else "勾选左边的方框，可以移除或只重新读取那几份。文件改动过，点“重新读取”就会更新。"
    )


def _choose(shelf: Library, shown: Sequence[Entry]) -> list[Entry]:
    """The table; gives the documents whose boxes are ticked."""
    event = st.dataframe(
        _frame(shown),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        height=ROW * (min(len(shown), MOST_ROWS) + 1) + 2,
        row_height=ROW,
        placeholder="",
        column_config={
            "标题": st.column_config.TextColumn(width=360),
            "单位": st.column_config.TextColumn(width=190),
            "年份": st.column_config.NumberColumn(format="%d", width=60),
            "文种": st.column_config.TextColumn(width=120),
            "段落数": st.column_config.NumberColumn(format="localized", width=70),
            "文件": st.column_config.TextColumn(width=260),
        },
        key=f"documents-{shelf.version}",  # rows are positions: another table, another choice
        alt="资料库里的资料",
    )
    return [shown[row] for row in event.selection.rows if row < len(shown)]


def _frame(entries: Sequence[Entry]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "标题": [entry.title or wording.file_name(entry.path) for entry in entries],
            "单位": [entry.unit for entry in entries],
            "年份": pd.array([entry.year for entry in entries], dtype="Int64"),
            "文种": [entry.kind for entry in entries],
            "段落数": [entry.paragraphs for entry in entries],
            "文件": [wording.file_name(entry.path) for entry in entries],
            "位置": [entry.path for entry in entries],
        }
    )


def _named(entry: Entry) -> str:
    return " ".join((entry.title, entry.unit or "", wording.file_name(entry.path)))


@st.dialog("移除资料")
def _confirm_removal(shelf: Library, chosen: Sequence[Entry]) -> None:
    titles = [f"《{entry.title or wording.file_name(entry.path)}》" for entry in chosen]
    components.lead(
        f"从资料库里移除{wording.listed(titles, 5)}？移除后就查不到了；你自己的文件不会被删除。"
        "文件如果还在原来的文件夹里，重新读取全部资料时会再加进来。"
    )
    with st.container(horizontal=True):
        done = st.button(
            "移除", type="primary", key="confirm-remove", on_click=_remove, args=(shelf, chosen)
        )
        if st.button("不移除", key="cancel-remove") or done:
            st.rerun()


def _remove(shelf: Library, chosen: Sequence[Entry]) -> None:
    try:
        shelf.remove([entry.id for entry in chosen])
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
    else:
        st.session_state["told"] = f"已移除 {len(chosen)} 份资料。"


def _reread(shelf: Library, chosen: Sequence[Entry]) -> None:
    """Read the chosen documents again, or everything that was ever added."""
    paths = [Path(path) for path in dict.fromkeys(entry.path for entry in chosen)] or None
    if not opened.desk().start("重新读取", adding(shelf, paths, Metadata())):
        st.session_state["told"] = "正在处理上一批资料，请等它做完。"
    st.rerun()


# ---- adding


def _add(shelf: Library) -> None:
    busy = (job := opened.desk().job) is not None and job.running
    round_ = st.session_state.setdefault("round", 0)
    way = st.segmented_control(
        "从哪里加",
        WAYS,
        default=WAYS[0],
        required=True,
        key="add-way",
        label_visibility="collapsed",
        disabled=busy,
    )
    files, written = [], ""
    if way == WAYS[0]:
        files = st.file_uploader(
            "选择文件，或把文件拖到这里",
            accept_multiple_files=True,
            key=f"files-{round_}",
            disabled=busy,
        )
    else:
        written = st.text_input(
            "写出一个文件或文件夹的位置（会读里面所有的资料）",
            key=f"folder-{round_}",
            placeholder="例如 D:\\资料\\2023年总结",
            disabled=busy,
        )
    with st.expander("注明单位、年份、文种（可以不填，会从资料里找）", icon=":material/edit_note:"):
        given = _given(round_)
    # a click while files are still on their way to the server would find none, and be forgotten
    # when they come; a place, though, only comes by leaving its field, as a click does
    early = way == WAYS[0] and not files
    if not st.button("加入资料库", type="primary", key="add", disabled=busy or early):
        return
    paths = [shelf.upload(file.name, file.getvalue()) for file in files]
    place = written.strip().strip("\"'“”")
    if place:
        path = Path(place).expanduser()
        if not path.exists():
            components.sorry(f"找不到“{place}”，请检查写得对不对。")
            return
        paths.append(path)
    if not paths:
        components.sorry("先写出文件或文件夹的位置。")
        return
    if not walk(paths):
        told = f"“{place}”里没有可以读取的文件" if place else "选的文件都不是能读取的资料"
        components.sorry(f"{told}。")
        return
    opened.desk().start("添加资料", adding(shelf, paths, given))
    st.session_state["round"] = round_ + 1
    st.rerun()


def _given(round_: int) -> Metadata:
    with st.container(horizontal=True):
        unit = st.text_input("单位", key=f"given-unit-{round_}")
        year = st.number_input(
            "年份", 1949, 2100, value=None, step=1, key=f"given-year-{round_}", placeholder=""
        )
        kind = st.text_input("文种", key=f"given-kind-{round_}")
    return Metadata(unit=unit.strip() or None, year=year, kind=kind.strip() or None)


def _progress(shelf: Library) -> None:
    """What is being done, or what was done last; and what the page has to tell."""
    told = st.session_state.pop("told", None)
    if told:
        components.say(told)
    sorry = st.session_state.pop("sorry", None)
    if sorry:
        components.sorry(sorry)
    job = opened.desk().job
    if job is not None and job.running:
        _running(shelf)
    elif job is not None:
        _ended(job)
    elif opened.follower(shelf).progress is not None:
        _following(shelf)


@st.fragment(run_every=0.5)
def _running(shelf: Library) -> None:
    job = opened.desk().job
    if job is None or not job.running:
        st.rerun()
        return
    waits = job.progress is None and opened.follower(shelf).progress is not None
    _bar(job.name, job.progress, "正在等自动跟进做完…" if waits else "正在准备…")
    components.lead("可以先去查找，做完了这里会说。")


@st.fragment(run_every=0.5)
def _following(shelf: Library) -> None:
    report = opened.follower(shelf).progress
    if report is None:
        st.rerun()
        return
    _bar("自动跟进", report, "")


def _bar(name: str, report: Progress | None, before: str) -> None:
    text = wording.progress(report) if report else before
    share = report.done / report.total if report and report.total else 0.0
    st.progress(min(1.0, share), text=f"{name} · {text}")


def _ended(job: Job) -> None:
    if isinstance(job.error, LibraryError):
        components.explain(job.error)
    elif job.error is not None:
        raise job.error
    elif job.result is None:
        components.say(f"{job.name}做完了。")
    else:
        components.say(f"{job.name}做完了。{wording.synced(job.result)}")
        for sentence in job.result.twins:
            components.lead(sentence)
        waiting = len(job.result.failed) + len(job.result.held) + len(job.result.partly_read)
        if waiting:
            components.lead(f"有 {waiting:,} 个文件要看一看，都列在“需要处理”里。")
    st.button("知道了", key="seen", on_click=opened.desk().clear)


# ---- what cleaning took away


def _cleaned(shelf: Library) -> None:
    components.lead(
        "网页上抄来的资料常夹着广告、页码和“加入会员”之类的字，它们不会进入查找结果。"
        "去掉的每一处都记在这里；作者自己的话一个字也不动。"
    )
    touched = [entry for entry in shelf.documents() if entry.removals]
    if not touched:
        components.say("没有清理掉任何内容。")
        return
    entry = st.selectbox(
        "资料",
        sorted(touched, key=lambda each: -each.removals),
        format_func=lambda each: (
            f"{each.title or wording.file_name(each.path)}（{each.removals} 处）"
        ),
        key="cleaned",
    )
    removals = shelf.removals(entry.id)
    words = [removal for removal in removals if removal.rule not in TYPOGRAPHIC]
    for rule, number in Counter(removal.rule for removal in words).most_common():
        st.html(f'<div class="xz-rule"><b>{escape(RULES.get(rule, rule))}</b> {number} 处</div>')
        _list([(r.text, "") for r in words if r.rule == rule][:MOST_CUTS])
    small = [r for r in removals if r.rule in TYPOGRAPHIC]
    if small:
        st.html('<div class="xz-rule"><b>只整理了写法，没有去掉字</b></div>')
        # the sentence of such a rule ends in how it is counted, and the count stands behind it
        _list([(f"{RULES[r.rule].split('，')[0]}：{r.text}", "") for r in small])


def _list(items: Sequence[tuple[str, str]]) -> None:
    st.html(
        '<ul class="xz-list">'
        + "".join(
            f"<li>{escape(text)}{f'<small>{escape(note)}</small>' if note else ''}</li>"
            for text, note in items
        )
        + "</ul>"
    )
