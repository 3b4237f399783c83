"""Mending what was found about documents: title, unit, year, kind, period; singly or for many."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from index.datatypes import Entry, Metadata
from index.errors import LibraryError
from index.library import Library
from index.ui import components, wording


@st.dialog("改标题、单位、年份、文种")
def mend(shelf: Library, chosen: Sequence[Entry]) -> None:
    """Ask for the right values. For many documents at once an empty field leaves each as it is."""
    one = chosen[0] if len(chosen) == 1 else None
    if one is not None:
        components.lead("改过的内容会一直保留，重新读取也不会变回去。")
        for sentence in wording.origins(one):
            components.lead(sentence)
    else:
        components.lead(
            f"改 {len(chosen)} 份资料：填了的一项，每一份都改成这样；空着的不动。"
            "改过的内容会一直保留，重新读取也不会变回去。"
        )
    if one is not None:
        st.text_input("标题", one.title, key="mend-title")
    st.text_input("单位", (one and one.unit) or "", key="mend-unit")
    st.number_input(
        "年份", 1949, 2100, value=one.year if one else None, step=1, key="mend-year", placeholder=""
    )
    st.text_input("文种", (one and one.kind) or "", key="mend-kind")
    st.text_input("时期", (one and one.period) or "", key="mend-period", placeholder="例如 上半年")
    with st.container(horizontal=True):
        # callbacks: they see what was typed last, even where typing and the click come together
        saved = st.button(
            "改好了", type="primary", key="mend-save", on_click=_save, args=(shelf, chosen)
        )
        back = st.button("恢复自动识别", key="mend-reset", on_click=_reset, args=(shelf, chosen))
        if st.button("不改了", key="mend-cancel") or saved or back:
            st.rerun()


def _save(shelf: Library, chosen: Sequence[Entry]) -> None:
    one = chosen[0] if len(chosen) == 1 else None
    year = st.session_state["mend-year"]
    told = Metadata(
        title=_changed("title", one.title if one else ""),
        unit=_changed("unit", one.unit if one else None) or None,
        year=year if year is not None and (one is None or year != one.year) else None,
        kind=_changed("kind", one.kind if one else None) or None,
        period=_changed("period", one.period if one else None) or None,
    )
    if told == Metadata():
        st.session_state["told"] = "没有改动。"
    else:
        _do(shelf, chosen, told, f"改好了 {len(chosen)} 份资料。")


def _reset(shelf: Library, chosen: Sequence[Entry]) -> None:
    _do(shelf, chosen, None, f"{len(chosen)} 份资料恢复了自动识别的内容。")


def _changed(name: str, before: str | None) -> str:
    value = str(st.session_state.get(f"mend-{name}", "")).strip()
    return value if value != (before or "") else ""


def _do(shelf: Library, chosen: Sequence[Entry], told: Metadata | None, sentence: str) -> None:
    try:
        waiting = shelf.mend([entry.id for entry in chosen], told)
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
        return
    if waiting:
        sentence = f"有 {len(waiting)} 个文件现在读不到，改动已记下，读到时会照着更新。"
    st.session_state["told"] = sentence
