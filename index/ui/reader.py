"""The draft on the left, what was found in it on the right, one finding after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import streamlit as st

from index.alignment import fold
from index.errors import LibraryError
from index.findings import Decision, Decisions, Evidence, Mark, Place, Review
from index.formulas.phrases import SHORTEST_PHRASE
from index.library import Library
from index.report.contents import Contents
from index.report.entries import Entry
from index.report.marked_text import Reference
from index.report.wording import MARKS
from index.review.campaign import place_of
from index.review.deciding import Found, decide, decisions_of, found_in
from index.ui import components, draft_pane, markup, review_markup
from index.ui.browser import draft_pane as pane
from index.ui.reviewing import Batch

View = Literal["found", "leftovers", "figures", "not_counted"]

VIEWS: dict[View, str] = {
    "found": "重合",
    "leftovers": "忘改",
    "figures": "没变的数字",
    "not_counted": "固定表述和引用",
}

ENTRIES = 10
"""Leftovers or figures listed at first, and how many more each time."""

Order = Literal["text", "length"]

ORDERS: dict[Order, str] = {"text": "按稿子的先后", "length": "字数多的在前"}

MANY = 4
"""Findings from which on they can be put in order and narrowed to one source."""

_Key = tuple[int, tuple[int, int], int, int]
"""A finding whatever its number: paragraph and span, the source's document and paragraph."""


@st.fragment
def reader(library: Library, batch: Batch, which: int, review: Review, contents: Contents) -> None:
    """The two panes. What is clicked here runs only this again."""
    try:
        _reader(library, batch, which, review, contents)
    except LibraryError as error:
        components.explain(error)


def _reader(library: Library, batch: Batch, which: int, review: Review, contents: Contents) -> None:
    own = f"{batch.number}-{which}"
    found = found_in(review)
    decisions = decisions_of(library, review.evidence)
    decided = {
        one.number
        for one in found
        if one.place in decisions and not decisions[one.place].remembered
    }
    chosen = _chosen(found, own)
    with st.container(horizontal=True, vertical_alignment="center", key="pane-bar"):
        st.html(review_markup.legend(contents))
        only_found = st.toggle("只看有发现的段落", key=f"only-found-{own}")
    left, right = st.columns([1.12, 1], gap="small")
    with right, st.container(key="found"):
        view = _view(contents, found, own)
        sorry = st.session_state.pop("review-sorry", "")
        if sorry:
            components.sorry(sorry)
        if view == "found":
            _finding(library, batch, review, contents, found, chosen, decisions, decided, own)
        elif view == "not_counted":
            st.html(review_markup.not_counted(contents.not_counted))
        else:
            _entries(library, review.evidence, contents, view, decisions, own)
    with left:
        look_at, step = st.session_state.get(f"look-at-{own}", (None, 0))
        pane(
            draft_pane.paragraphs(contents, decided, only_found),
            key=f"draft-{own}",
            chosen=_chosen(found, own) if view == "found" else 0,
            look_at=look_at,
            step=step,
            on_chosen=lambda number: _pick(found, number, own),
        )


def _view(contents: Contents, found: Sequence[Found], own: str) -> View:
    counts: dict[View, int] = {
        "found": len(found),
        "leftovers": len(contents.leftovers),
        "figures": len(contents.same_figures),
        "not_counted": len(contents.not_counted),
    }
    offered = [view for view in VIEWS if counts[view] or view in ("found", "leftovers")]
    key = f"found-view-{own}"
    if st.session_state.get(key) not in (None, *offered):
        st.session_state[key] = "found"
    chosen: View | None = st.segmented_control(
        "看什么",
        offered,
        default="found",
        required=True,
        format_func=lambda view: f"{VIEWS[view]} {counts[view]}",
        key=key,
        label_visibility="collapsed",
        on_change=_look_at,
        args=(own, None),
    )
    return chosen or "found"


# ---- a passage and its source


def _key(one: Found) -> _Key:
    shared = one.shared
    return one.paragraph, shared.span, shared.document_id, shared.paragraph_id


def _chosen(found: Sequence[Found], own: str) -> int:
    """The number of the finding that is shown, 0 where there is none. One that a switch took away
    gives its place to the next in the text."""
    if not found:
        return 0
    key: _Key | None = st.session_state.get(f"chosen-{own}")
    if key is None:
        return 1
    same = next((one.number for one in found if _key(one) == key), None)
    return same or next((one.number for one in found if _key(one)[:2] >= key[:2]), len(found))


def _pick(found: Sequence[Found], number: int, own: str) -> None:
    """What was clicked in the draft is shown, of whichever source it is."""
    only = st.session_state.get(f"of-source-{own}")
    if 1 <= number <= len(found) and only not in (None, found[number - 1].shared.document_id):
        st.session_state[f"of-source-{own}"] = None
    _choose(found, number, own)


def _queue(contents: Contents, found: Sequence[Found], own: str) -> list[int]:
    """The numbers of the findings as the person goes through them: of one source, in an order."""
    if len(found) < MANY:
        return [one.number for one in found]
    of = Counter(one.shared.document_id for one in found)
    cited = {one.shared.document_id: _cited(contents, one.number) for one in reversed(found)}
    order_key, only_key = f"order-{own}", f"of-source-{own}"
    if st.session_state.get(only_key) not in (None, *of):
        st.session_state[only_key] = None  # a switch took it away

    def from_the_first() -> None:
        st.session_state[f"first-{own}"] = True

    with st.container(horizontal=True, gap="small", key="queue"):
        order: Order = st.selectbox(
            "次序",
            list(ORDERS),
            format_func=ORDERS.__getitem__,
            key=order_key,
            label_visibility="collapsed",
            width=160,
            on_change=from_the_first,
        )
        only: int | None = st.selectbox(
            "只看一份来源",
            [id_ for id_, _ in of.most_common()],
            index=None,
            placeholder="全部来源",
            format_func=lambda id_: f"{of[id_]} 处　{cited[id_]}",
            key=only_key,
            label_visibility="collapsed",
            on_change=from_the_first,
        )
    queue = [one for one in found if only in (None, one.shared.document_id)]
    if order == "length":
        queue.sort(key=lambda one: (-one.shared.length, one.number))
    chosen = _chosen(found, own)
    if st.session_state.pop(f"first-{own}", False) or all(one.number != chosen for one in queue):
        st.session_state[f"chosen-{own}"] = _key(queue[0])
    return [one.number for one in queue]


def _cited(contents: Contents, number: int) -> str:
    """The source of a finding without its paragraph."""
    shown = next(one for one in contents.findings if one.number == number)
    return shown.source.rpartition(" 第")[0]


def _choose(found: Sequence[Found], number: int, own: str) -> None:
    if 1 <= number <= len(found):
        st.session_state[f"chosen-{own}"] = _key(found[number - 1])
        st.session_state[f"found-view-{own}"] = "found"
        _look_at(own, None)


def _look_at(own: str, reference: str | None) -> None:
    """Let the pane of the draft show a leftover or figure; None: the finding that is chosen."""
    _, step = st.session_state.get(f"look-at-{own}", (None, 0))
    st.session_state[f"look-at-{own}"] = (reference, step + 1)


def _finding(
    library: Library,
    batch: Batch,
    review: Review,
    contents: Contents,
    found: Sequence[Found],
    chosen: int,
    decisions: Decisions,
    decided: Collection[int],
    own: str,
) -> None:
    if not chosen:
        components.say(_nothing(review, contents))
        return
    queue = _queue(contents, found, own)
    chosen = _chosen(found, own)  # another one, where it was not among those
    at = queue.index(chosen)
    one = found[chosen - 1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="steps"):
        st.button(
            "上一处",
            key="previous",
            icon=":material/arrow_upward:",
            disabled=at == 0,
            on_click=_choose,
            args=(found, queue[max(0, at - 1)], own),
        )
        st.button(
            "下一处",
            key="next",
            icon=":material/arrow_downward:",
            disabled=at == len(queue) - 1,
            on_click=_choose,
            args=(found, queue[min(len(queue) - 1, at + 1)], own),
        )
        marked = f"，已标 {len(decided)} 处" if decided else ""
        components.lead(f"第 {at + 1} 处，共 {len(queue)} 处{marked}")
    shown = {each.number: each for part in contents.paragraphs for each in part.findings}
    st.html(review_markup.finding(shown[chosen]))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="do-finding"):
        _go_to_source(library, batch, one)
        _as_prescribed(library, batch, review.evidence, one, own)
    _mark(library, review.evidence, one.place, decisions, own)


def _nothing(review: Review, contents: Contents) -> str:
    """What is said where no finding counts: whether there is none, or a switch leaves them out."""
    if contents.same_text:
        return "除了上面说的那份一字不差的材料，没有找到别的重合文字。"
    if not review.ratios.overlap:
        return "没有找到和资料库重合的文字。"
    if contents.not_counted:
        return "重合的都是固定表述或引用，没有计入；见“固定表述和引用”一栏。"
    return "重合的文字都被上面的开关或来源的勾选排除了，没有计入。"


def _go_to_source(library: Library, batch: Batch, one: Found) -> None:
    shared = one.shared
    other = place_of(shared.document_id)
    if other is not None:
        if st.button("打开那份稿子", key="other-of-batch", type="tertiary"):
            batch.which = other
            st.rerun()
    elif st.button("看来源的上下文", key="around-source", type="tertiary"):
        components.source_context(
            library,
            shared.document_id,
            shared.paragraph_id,
            [piece.source_span for piece in shared.pieces],
        )


def _as_prescribed(
    library: Library, batch: Batch, evidence: Evidence, one: Found, own: str
) -> None:
    """Add the passage, or what the person leaves of it, to the list of set phrases."""
    text = evidence.draft.paragraphs[one.paragraph].text
    key = f"{own}-{one.paragraph}-{one.shared.span}"
    with st.popover("加入固定表述"):
        components.lead("只留下规定的那几句话。以后凡是这样写的，都不算重合；现在的数字马上重算。")
        phrase = st.text_area("固定表述", value=text[slice(*one.shared.span)], key=f"phrase-{key}")
        source = st.text_input("出自哪里（可不填）", key=f"phrase-from-{key}")
        if st.button("加入", type="primary", key="add-phrase"):
            if len(fold(phrase)) < SHORTEST_PHRASE:
                components.sorry(f"太短了，至少要 {SHORTEST_PHRASE} 个字，短了会到处都算。")
                return
            batch.list_phrase(library, phrase, source)
            st.rerun()


# ---- leftovers and figures


def _entries(
    library: Library,
    evidence: Evidence,
    contents: Contents,
    view: View,
    decisions: Decisions,
    own: str,
) -> None:
    entries: Sequence[Entry]
    places: list[Place]
    kind: Literal["leftover", "figure"] = "leftover" if view == "leftovers" else "figure"
    if view == "leftovers":
        entries = contents.leftovers
        places = [(one.paragraph, one.span) for one in evidence.leftovers]
        components.lead("这些名称、年份或占位符像是从别的材料带来的，请逐条核对。")
    else:
        entries = contents.same_figures
        places = [(one.paragraph, one.span) for one in evidence.same_figures]
        components.lead("前后文字没有变，数字也没有变。可能确实如此，也可能忘了更新。")
    if not entries:
        components.say("没有发现。")
    elif not st.session_state.get("reviewer"):
        _ask_name(f"{view}-{own}")  # once, not beside each
    key = f"entries-shown-{view}-{own}"
    most = st.session_state.setdefault(key, ENTRIES)
    for entry, place in list(zip(entries, places, strict=True))[:most]:
        with st.container(key=f"entry-{view}-{entry.number}"):
            st.html(review_markup.entry(entry))
            st.button(
                "看原文",
                key=f"see-{view}-{entry.number}",
                type="tertiary",
                icon=":material/my_location:",
                on_click=_look_at,
                args=(own, Reference(kind, entry.number).text),
            )
            if st.session_state.get("reviewer") or place in decisions:
                _mark(library, evidence, place, decisions, own, ask=False)
    if len(entries) > most:
        st.button(
            f"再看几处（还有 {len(entries) - most} 处）",
            key=f"more-{view}",
            icon=":material/expand_more:",
            on_click=_further,
            args=(key,),
        )


def _further(key: str) -> None:
    st.session_state[key] += ENTRIES


# ---- what the reviewer makes of it


def _mark(
    library: Library,
    evidence: Evidence,
    place: Place,
    decisions: Decisions,
    own: str,
    ask: bool = True,
) -> None:
    """The four marks and a note. A click keeps it, with who and when; another takes it back.

    `ask`: whether a person who has not told a name is asked for it here.
    """
    said = decisions.get(place)
    here = said is not None and not said.remembered
    (index, (start, end)) = place
    key = f"{own}-{index}-{start}-{end}"
    if said is not None:
        st.html(review_markup.decision(said))
    who = st.session_state.get("reviewer", "")
    if not who:
        if ask:
            _ask_name(key)
        return
    args = (library, evidence, place, key)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"mark-row-{key}"):
        st.pills(
            f"你的看法（{markup.plain(who)}）",
            list(MARKS),
            default=said.mark if said is not None and here else None,
            format_func=MARKS.__getitem__,
            key=f"mark-{key}",
            on_change=_keep,
            args=args,
        )
        st.button("换人", key=f"other-name-{key}", type="tertiary", on_click=_forget_name)
        if said is not None and said.remembered:
            st.button("照以前的标", key=f"again-{key}", on_click=_keep_again, args=(*args, said))
    st.text_input(
        "说明（可不填，写完按回车）",
        value=said.note if said is not None and here else "",
        key=f"note-{key}",
        max_chars=300,
        on_change=_keep,
        args=args,
    )


def _ask_name(key: str) -> None:
    st.text_input(
        "要记下你的看法，先写上姓名（只问一次）",
        key=f"name-{key}",
        max_chars=40,
        on_change=lambda: _name(f"name-{key}"),
    )


def _forget_name() -> None:
    st.session_state.pop("reviewer", None)


def _name(key: str) -> None:
    st.session_state["reviewer"] = str(st.session_state.get(key) or "").strip()


def _keep(library: Library, evidence: Evidence, place: Place, key: str) -> None:
    mark: Mark | None = st.session_state.get(f"mark-{key}")
    note = str(st.session_state.get(f"note-{key}") or "").strip()
    decision = None
    if mark is None and note and place not in decisions_of(library, evidence):
        st.session_state["review-sorry"] = "先点一个看法，再写说明，才记得下来。"
        return
    if mark is not None:
        who = st.session_state["reviewer"]
        decision = Decision(mark, note, who, datetime.now().replace(microsecond=0))
    try:
        decide(library, evidence, place, decision)
    except LibraryError as error:
        st.session_state["review-sorry"] = str(error)


def _keep_again(
    library: Library, evidence: Evidence, place: Place, key: str, said: Decision
) -> None:
    st.session_state[f"mark-{key}"] = said.mark
    st.session_state[f"note-{key}"] = said.note
    _keep(library, evidence, place, key)
