"""Several drafts of one campaign: one line each, and how much each has of each other."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from index.findings import Review
from index.report import wording
from index.review.campaign import Campaign, place_of
from index.ui import components
from index.ui.heat_map import axis, ink_and_paper

ROW = 38
"""Height of a row of the table, in pixels."""

MOST_ROWS = 12
"""Rows of the table seen at once."""

LEAST = 0.001
"""Share from which a cell of the matrix has a number."""


def show(found: Campaign, number: int) -> int | None:
    """The table and the matrix; gives the draft that the person opens. `number`: of the batch."""
    names = [_name(place, review) for place, review in enumerate(found.reviews)]
    st.html(
        f'<div class="xz-group">一批 {len(names)} 份稿子'
        "<span>和资料库比，也互相比；勾选一行，或点下面的一格，就打开那份稿子</span></div>"
    )
    if found.held:
        which = "、".join(str(place + 1) for place in found.held)
        components.say(f"第 {which} 份，资料库里也有：文字完全相同，是同一份，只算一次。")
    chosen = _table(found, names, number)
    cell = _matrix(found, names, number)
    return chosen if chosen is not None else cell


def _name(place: int, review: Review) -> str:
    draft = review.draft
    return f"{place + 1} {draft.unit or wording.one_line(draft.title) or '未命名'}"


def _table(found: Campaign, names: list[str], number: int) -> int | None:
    rows = []
    for place, review in enumerate(found.reviews):
        library = [
            source
            for source in review.sources
            if place_of(source.document.source.document_id) is None
        ]
        nearest = found.nearest(place)
        rows.append(
            {
                "稿子": f"{place + 1} {wording.one_line(review.draft.title) or '未命名'}",
                "单位": review.draft.unit,
                "总重合": 100 * review.ratios.overlap,
                "去固定表述后": 100 * review.ratios.reuse,
                "资料库里最像的": _largest(
                    library[0].share, wording.cited(library[0].document.source)
                )
                if library and library[0].share
                else "",
                "同批里最像的": _largest(found.shared[place, nearest], names[nearest])
                if nearest is not None
                else "",
                "忘改": len(review.evidence.leftovers),
            }
        )
    event = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=ROW * (min(len(rows), MOST_ROWS) + 1) + 2,
        row_height=ROW,
        column_config={
            "稿子": st.column_config.TextColumn(width=280),
            "单位": st.column_config.TextColumn(width=150),
            "总重合": st.column_config.NumberColumn(format="%.1f%%", width=80),
            "去固定表述后": st.column_config.NumberColumn(format="%.1f%%", width=100),
            "资料库里最像的": st.column_config.TextColumn(width=280),
            "同批里最像的": st.column_config.TextColumn(width=200),
            "忘改": st.column_config.NumberColumn(width=60),
        },
        key=f"batch-{number}-{st.session_state.get('batch-shown', 0)}",
        alt="这一批稿子",
    )
    rows_chosen = event.selection.rows
    if not rows_chosen:
        return None
    # or the row would still be chosen when the person comes back
    st.session_state["batch-shown"] = st.session_state.get("batch-shown", 0) + 1
    return int(rows_chosen[0])


def _largest(share: float, name: str) -> str:
    return f"{wording.percent(float(share))} {name}"


def _matrix(found: Campaign, names: list[str], number: int) -> int | None:
    frame = pd.DataFrame(
        [
            {
                "稿子": names[i],
                "与": names[j],
                "重合": float(found.shared[i, j]),
                "说": wording.percent(float(found.shared[i, j])),
                "place": i,
            }
            for i in range(len(names))
            for j in range(len(names))
            if i != j and found.shared[i, j] >= LEAST
        ]
    )
    if frame.empty:
        components.say("去掉固定表述以后，这一批稿子互相没有重合。")
        return None
    st.html(
        '<div class="xz-group">互相重合<span>一行一份：它有多少文字，在上面那份稿子里也有'
        "（不计固定表述，除非打开开关）</span></div>"
    )
    ink, paper = ink_and_paper()
    base = alt.Chart(frame).encode(
        x=alt.X(
            "与:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=axis("top", -50)
        ),
        y=alt.Y(
            "稿子:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=axis("left", 0)
        ),
    )
    cells = base.mark_rect(cornerRadius=4, cursor="pointer").encode(
        color=alt.Color("重合:Q", scale=alt.Scale(domain=[0, 1]), legend=None),
        tooltip=[
            alt.Tooltip("稿子:N"),
            alt.Tooltip("与:N", title="也在这份里"),
            alt.Tooltip("说:N", title="占前一份"),
        ],
    )
    numbers = base.mark_text(fontSize=12, cursor="pointer").encode(
        text=alt.Text("重合:Q", format=".0%"),
        color=alt.condition("datum['重合'] > 0.5", alt.value(paper), alt.value(ink)),
    )
    pick = alt.selection_point(name="cell", fields=["place"], on="click")
    step = 46 if len(names) <= 16 else 36
    chart = (
        alt.layer(cells.add_params(pick), numbers)
        .properties(height=alt.Step(30), width=alt.Step(step))
        .configure_scale(bandPaddingInner=0.07)
        .configure_view(stroke=None)
    )
    shown = st.session_state.get("batch-shown", 0)
    with st.container(horizontal=True, wrap=False, key="matrix"):
        event = st.altair_chart(
            chart,
            width="content",
            on_select="rerun",
            selection_mode="cell",
            key=f"matrix-{number}-{shown}",
            alt="这一批稿子互相重合的份额",
        )
    cells_chosen = event.selection.get("cell", [])
    if not cells_chosen:
        return None
    st.session_state["batch-shown"] = shown + 1
    return int(cells_chosen[0]["place"])
