"""The pieces that pages are put together from: cards of paragraphs, the drawer, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st

from index.datatypes import Hit, Span, StoredParagraph
from index.errors import EncoderMismatch, LibraryError
from index.library import Library
from index.ui import addresses, markup, opened, wording
from index.ui.browser import copy_button, is_dark, watch_scheme
from index.ui.work import encoding_anew

_HERE = Path(__file__).parent
_SHEETS = ("style.css", "marks.css", "duplicates.css")

SEAL = str(_HERE / "seal.svg")
"""The icon of the page."""

LOGO = str(_HERE / "logo.svg")
"""The name beside the menu; one red that is readable on light and on dark."""

DRAWER = 720
"""Pixels: forty characters a line, as in a book; the person can drag it wider."""

AROUND = 4
"""Paragraphs shown before and after a hit at first; each step shows that many more."""


def dress() -> None:
    """Send the style sheet, for light and dark.

    What the server knows decides the first moment, what the browser says everything after.
    """
    where = ':root:not([data-scheme="light"])' if is_dark() else ':root[data-scheme="dark"]'
    css = "".join((_HERE / one).read_text(encoding="utf-8") for one in _SHEETS)
    css += (_HERE / "dark.css").read_text(encoding="utf-8").replace(":root", where)
    st.html(f"<style>{css}</style>")
    watch_scheme()


def say(sentence: str) -> None:
    """One quiet sentence."""
    st.html(markup.notice(sentence))


def sorry(sentence: str) -> None:
    """One sentence that says what is wrong and what to do."""
    st.html(markup.notice(sentence, "error"))


def explain(error: LibraryError) -> None:
    """The sentence of an error, and where the page can mend it, the button that does."""
    sorry(str(error))
    if not isinstance(error, EncoderMismatch):
        return
    job = opened.desk().job
    if job is not None and job.running:
        say("正在重新处理，做完以后就能按意思查找。")
        go_to_library("看进度")
    else:
        st.button(
            "用现在的模型重新处理全部资料",
            key="encode-anew",
            icon=":material/autorenew:",
            on_click=_encode_anew,
        )


def _encode_anew() -> None:
    opened.desk().start("重新处理", encoding_anew(opened.library()))


def lead(sentence: str) -> None:
    """A line of grey text, as wide as it is."""
    st.html(f'<p class="xz-lead">{escape(sentence)}</p>', width="content")


def facts(numbers: Sequence[tuple[str, str]]) -> None:
    """A few numbers, each with what it counts."""
    st.html(
        '<div class="xz-facts">'
        + "".join(
            f"<div><b>{escape(number)}</b><span>{escape(what)}</span></div>"
            for number, what in numbers
        )
        + "</div>"
    )


def cards(
    library: Library, hits: Sequence[Hit], asked: wording.Asked, elsewhere: bool = False
) -> None:
    """Hits as cards, best first; `elsewhere`: on another page than 找素材. Once on a page."""
    for place, hit in enumerate(hits):
        card(hit, place, asked, elsewhere)
    kind, wished = st.session_state.pop("wished", (None, None))
    for hit in hits:
        if hit.paragraph_id != wished:
            continue  # nothing was clicked, or other results came before the click did
        if kind == "context":
            context(library, hit)
        elif kind == "family":
            same_wording(library, hit)
        else:
            _go_look_alike(hit.paragraph_id)


def card(hit: Hit, place: int, asked: wording.Asked, elsewhere: bool = False) -> None:
    """One hit: its source, the paragraph, why it was found, and what can be done with it.

    What stands on it is named by its `place` in the list, not by the paragraph: Streamlit keeps
    something of every name that a session ever used, and goes through all of it after each run.
    So a button says by itself which paragraph it was drawn for.
    """
    id_ = hit.paragraph_id
    with st.container(key=f"card-{place}"):
        st.html(
            '<div class="xz-head">'
            f"{markup.source(hit.source)}{markup.score(hit.score, asked)}</div>"
            + markup.paragraph(hit.text, hit.passage, hit.highlights)
            + markup.why(wording.why(hit, asked), hit.topics)
        )
        with st.container(
            horizontal=True, gap="medium", vertical_alignment="center", key=f"does-{place}"
        ):
            copy_button(wording.citation(hit.text, hit.source), key=f"copy-{place}")
            st.button(
                "看上下文",
                key=f"context-{place}",
                type="tertiary",
                icon=":material/notes:",
                on_click=_wish,
                args=("context", id_),
            )
            st.button(
                "找相似",
                key=f"similar-{place}",
                type="tertiary",
                icon=":material/join_inner:",
                on_click=_wish if elsewhere else _look_alike,
                args=("alike", id_) if elsewhere else (id_,),
            )
            if hit.family.size > 1:
                st.button(
                    f"同一写法 ×{hit.family.size}",
                    key=f"family-{place}",
                    type="tertiary",
                    icon=":material/layers:",
                    on_click=_wish,
                    args=("family", id_),
                )


def _wish(kind: Literal["context", "alike", "family"], paragraph_id: int) -> None:
    st.session_state["wished"] = (kind, paragraph_id)


def _look_alike(paragraph_id: int) -> None:
    """Show what is like one paragraph; what was searched stays in the box and in the link."""
    st.session_state.pop("shown", None)
    st.query_params["like"] = str(paragraph_id)


def _go_look_alike(paragraph_id: int) -> None:
    """The same from another page."""
    page = addresses.page_at(addresses.FIND)
    if page is not None:
        st.session_state.pop("shown", None)
        st.switch_page(page, query_params={"like": str(paragraph_id)})


@st.dialog("上下文", width=DRAWER, position="right")
def context(library: Library, hit: Hit) -> None:
    """The paragraphs around a hit as they stand in the document, in a drawer."""
    _around(library, hit.source.document_id, hit.paragraph_id, hit.highlights)


@st.dialog("来源的上下文", width=DRAWER, position="right")
def source_context(
    library: Library, document_id: int, paragraph_id: int, marks: Sequence[Span]
) -> None:
    """The paragraphs around a passage of a source, in a drawer."""
    _around(library, document_id, paragraph_id, marks)


def _around(library: Library, document_id: int, paragraph_id: int, marks: Sequence[Span]) -> None:
    key = f"around-{paragraph_id}"
    before, after = st.session_state.setdefault(key, (AROUND, AROUND))
    paragraphs = library.paragraphs(document_id)
    place = next((i for i, each in enumerate(paragraphs) if each.id == paragraph_id), None)
    if place is None:
        sorry("这份资料刚刚更新过，请关上这里重新查找。")
        return
    st.html(markup.source(paragraphs[place].source))
    first, last = max(0, place - before), min(len(paragraphs), place + after + 1)
    if first and st.button(
        f"再看前面（还有 {first} 段）", key=f"{key}-before", icon=":material/expand_less:"
    ):
        st.session_state[key] = (before + 3 * AROUND, after)
        st.rerun(scope="fragment")
    st.html(markup.reading(paragraphs[first:last], paragraph_id, marks))
    rest = len(paragraphs) - last
    if rest and st.button(
        f"再看后面（还有 {rest} 段）", key=f"{key}-after", icon=":material/expand_more:"
    ):
        st.session_state[key] = (before, after + 3 * AROUND)
        st.rerun(scope="fragment")


@st.dialog("同一写法", width=DRAWER, position="right")
def same_wording(library: Library, hit: Hit) -> None:
    """The members of a family, each with its own text and source, in a drawer."""
    members = library.paragraphs_by_id(hit.family.paragraph_ids)
    shown = [members[id_] for id_ in hit.family.paragraph_ids if id_ in members]
    lead(f"找到 {hit.family.size} 处，写法几乎相同：")
    for place, member in enumerate(shown):
        member_card(member, place)


def member_card(paragraph: StoredParagraph, place: int, kind: str = "member") -> None:
    """A paragraph with its source and a copy button, no score."""
    with st.container(key=f"card-{kind}-{place}"):
        st.html(
            f'<div class="xz-head">{markup.source(paragraph.source)}</div>'
            + markup.paragraph(paragraph.text, None, ())
        )
        copy_button(wording.citation(paragraph.text, paragraph.source), key=f"copy-{kind}-{place}")


def go_to_library(label: str) -> None:
    """A link to the page 资料库."""
    page = addresses.page_at(addresses.LIBRARY)
    if page is not None:
        st.page_link(page, label=label, icon=":material/add:")
