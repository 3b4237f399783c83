"""需要处理: the files that a person has to look at, why, and what can be done about each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from index.datatypes import Entry, FileFailure, FileState, Metadata
from index.errors import LibraryError
from index.library import Library
from index.ui import components, opened, wording
from index.ui.work import accepting, adding

AT_ONCE = 30
"""Files of a group that are shown before the person asks for more."""


def count(shelf: Library) -> int:
    """How many files and documents wait for a look."""
    files = sum(each.state not in _QUIET for each in shelf.files())
    return files + len(shelf.away()) + len(_repeated(shelf))


def show(shelf: Library) -> None:
    """The groups that are not empty, what needs a decision first."""
    files = shelf.files()
    waiting = [each for each in files if each.state in ("queued", "reading")]
    if waiting:
        names = [wording.file_name(each.path) for each in waiting]
        components.lead(f"还有 {len(waiting):,} 个文件排队等着读取：{wording.listed(names, 5)}。")
    repeated = _repeated(shelf)
    away = shelf.away()
    shown = bool(away)
    if away:
        _away(shelf, away)
    for state, (title, what_to_do) in _GROUPS.items():
        group = [each for each in files if each.state == state]
        if group:
            shown = True
            _group(shelf, state, title, what_to_do, group)
    if repeated:
        shown = True
        _twins(shelf, repeated)
    if not shown and not waiting:
        components.say("没有需要处理的文件，全部读好了。")


_QUIET = ("complete", "queued", "reading", "away")

_GROUPS = {
    "held": (
        "等你决定",
        "这些文件里像有密级标志、身份证号、手机号或银行卡号，还没有加入资料库。"
        "确认可以用就点“仍然加入”；不该放进来的，点“不要了”。",
    ),
    "failed": (
        "没能读取",
        "按每个文件下面说的办法处理好以后，点“重新读取”。不需要的点“不要了”，就不再列在这里。",
    ),
    "unfinished": ("只读了一半", "上次读到一半停下了，点“重新读取”会接着读完。"),
    "partly": ("有内容没读到", "文件已经加入，能查到读到的部分。"),
}


def _group(
    shelf: Library, state: str, title: str, what_to_do: str, files: Sequence[FileState]
) -> None:
    st.html(f'<h3 class="xz-group">{escape(title)} <span>{len(files):,} 个</span></h3>')
    components.lead(what_to_do)
    busy = (job := opened.desk().job) is not None and job.running
    paths = [each.path for each in files]
    if len(files) > 1:
        with st.container(horizontal=True, key=f"all-{state}"):
            if state != "held":
                _button("全部重新读取", f"{state}-all", busy, _read_again, shelf, paths)
            if state in ("held", "failed"):
                _button("全部不要了", f"{state}-none", busy, _forget, shelf, paths)
    key = f"more-{state}"
    many = st.session_state.setdefault(key, AT_ONCE)
    for number, each in enumerate(files[:many]):
        with st.container(key=f"file-{state}-{number}"):
            st.html(
                f"<b>{escape(wording.file_name(each.path))}</b>"
                f"<p>{escape(each.reason)}</p><small>{escape(each.path)}</small>"
            )
            with st.container(horizontal=True, gap="medium", key=f"do-{state}-{number}"):
                if state == "held":
                    _button("仍然加入", f"accept-{number}", busy, _accept, shelf, [each.path])
                else:
                    again = f"again-{state}-{number}"
                    _button("重新读取", again, busy, _read_again, shelf, [each.path])
                if state in ("held", "failed"):
                    _button("不要了", f"drop-{state}-{number}", busy, _forget, shelf, [each.path])
    if len(files) > many and st.button(f"还有 {len(files) - many:,} 个", key=f"{key}-button"):
        st.session_state[key] = many + 10 * AT_ONCE
        st.rerun()


def _button(
    label: str, key: str, busy: bool, action: object, shelf: Library, paths: Sequence[str]
) -> None:
    st.button(
        label,
        key=key,
        type="tertiary",
        disabled=busy,
        on_click=action,  # type: ignore[arg-type]
        args=(shelf, paths),
    )


def _read_again(shelf: Library, paths: Sequence[str]) -> None:
    _start("重新读取", shelf, adding(shelf, [Path(path) for path in paths], Metadata()))


def _accept(shelf: Library, paths: Sequence[str]) -> None:
    _start("加入资料", shelf, accepting(shelf, [Path(path) for path in paths]))


def _start(name: str, shelf: Library, work: object) -> None:
    if not opened.desk().start(name, work):  # type: ignore[arg-type]
        st.session_state["told"] = "正在处理上一批资料，请等它做完。"


def _forget(shelf: Library, paths: Sequence[str]) -> None:
    try:
        shelf.remove(list(paths))
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
    else:
        st.session_state["told"] = (
            f"不再列出 {len(paths):,} 个文件。你自己的文件不会被删除；"
            "文件如果还在原来的文件夹里，重新读取全部资料时会再列出来。"
        )


def _away(shelf: Library, away: Sequence[FileFailure]) -> None:
    """Folders that cannot be seen: connect them, or confirm that they are gone."""
    st.html(f'<h3 class="xz-group">现在看不到 <span>{len(away):,} 处</span></h3>')
    components.lead(
        "这里面的资料照样能查到。连上磁盘或共享后点“再看一次”；如果是你自己删掉的，点“确认移除”。"
    )
    busy = (job := opened.desk().job) is not None and job.running
    for number, each in enumerate(away[:AT_ONCE]):
        with st.container(key=f"file-away-{number}"):
            st.html(
                f"<b>{escape(wording.file_name(each.path))}</b>"
                f"<p>{escape(each.reason)}</p><small>{escape(each.path)}</small>"
            )
            with st.container(horizontal=True, gap="medium", key=f"do-away-{number}"):
                _button("再看一次", f"again-away-{number}", busy, _look_again, shelf, [each.path])
                _button("确认移除", f"let-go-{number}", busy, _let_go, shelf, [each.path])
    if len(away) > AT_ONCE:
        components.lead(f"还有 {len(away) - AT_ONCE:,} 处，处理完上面的再列出来。")


def _look_again(shelf: Library, paths: Sequence[str]) -> None:
    """Read the folders that were named around what is away: it lies in one of them."""
    missing = {Path(path) for path in paths}
    around = [root for root in shelf.roots() if any(root in (one, *one.parents) for one in missing)]
    _start("再看一次", shelf, adding(shelf, around or sorted(missing), Metadata()))


def _let_go(shelf: Library, paths: Sequence[str]) -> None:
    try:
        removed = shelf.let_go(paths)
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
    else:
        st.session_state["told"] = f"已移除 {len(removed):,} 份资料。"


def _repeated(shelf: Library) -> list[Entry]:
    return [entry for entry in shelf.documents() if entry.twin is not None]


def _twins(shelf: Library, entries: Sequence[Entry]) -> None:
    st.html(f'<h3 class="xz-group">和别的资料重复 <span>{len(entries):,} 份</span></h3>')
    components.lead(
        "内容相同的资料，查找、专题和比对时只算一份；修改稿两份都算。不合适可以在这里改。"
    )
    many = st.session_state.setdefault("more-twins", AT_ONCE)
    for entry in entries[:many]:
        with st.container(key=f"twin-{entry.id}"):
            st.html(
                f"<b>{escape(entry.title or wording.file_name(entry.path))}</b>"
                f"<p>{escape(wording.twin(entry))}</p><small>{escape(entry.path)}</small>"
            )
            st.button(
                "只算一份" if entry.counted else "两份都算",
                key=f"count-{entry.id}",
                type="tertiary",
                on_click=_count,
                args=(shelf, entry.id, not entry.counted),
            )
    if len(entries) > many and st.button(f"还有 {len(entries) - many:,} 份", key="more-twins-do"):
        st.session_state["more-twins"] = many + 10 * AT_ONCE
        st.rerun()


def _count(shelf: Library, document_id: int, counted: bool) -> None:
    try:
        shelf.count(document_id, counted)
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
