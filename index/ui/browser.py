"""What only the browser can do: copy to the clipboard, notice that the theme was changed.

Small components of Streamlit (components.v2): no frames, and their data is never parsed as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent

_COPY = """
<button type="button">
  <span class="icon" aria-hidden="true"></span><span class="label"></span>
</button>
"""


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


# Registered once, on first use: without a running Streamlit there is nowhere to register.


@cache
def _copy() -> ComponentRenderer:
    return st.components.v2.component(
        "xunzhang_copy", html=_COPY, css=_read("copy.css"), js=_read("copy.js")
    )


@cache
def _scheme() -> ComponentRenderer:
    return st.components.v2.component("xunzhang_scheme", js=_read("scheme.js"))


@cache
def _draft() -> ComponentRenderer:
    return st.components.v2.component(
        "xunzhang_draft",
        html='<div class="draft" role="region" tabindex="0"></div>',
        css=_read("marks.css") + _read("draft.css"),
        js=_read("draft.js"),
    )


def draft_pane(
    paragraphs: Sequence[dict[str, object]],
    *,
    key: str,
    chosen: int,
    look_at: str | None = None,
    step: int = 0,
    on_chosen: Callable[[int], None],
) -> None:
    """A pane with a marked draft (`draft_pane.paragraphs`); a click on a mark chooses its finding.

    It shows finding `chosen` (0: none), or the leftover or figure that the text names `look_at`
    (忘改2); a new `step` shows it again.
    """

    def take() -> None:
        number = st.session_state[key].get("chosen")
        if number is not None:
            on_chosen(int(number))

    _draft()(
        key=key,
        data={
            "paragraphs": list(paragraphs),
            "chosen": chosen,
            "look_at": look_at,
            "step": step,
            "label": "送审稿",
        },
        height="content",
        on_chosen_change=take,
    )


def copy_button(text: str, key: str, label: str = "复制（含出处）") -> None:
    """A button that copies `text`; it says 已复制 for two seconds.

    Copying has to happen in the browser, inside the click: a round trip to Python would come too
    late for the browser to allow it.
    """
    _copy()(
        data={
            "text": text,
            "label": label,
            "done": "已复制",
            "failed": "没能复制，请选中文字后按 Ctrl+C",
        },
        key=key,
        width="content",
        height="content",
    )


def is_dark() -> bool:
    """Whether the page is dark: as the browser said last, before that as Streamlit believes."""
    said = st.session_state.get("scheme-watch", {}).get("dark")
    return st.context.theme.type == "dark" if said is None else bool(said)


def watch_scheme() -> None:
    """Keep `data-scheme` of the page's root at light or dark, whatever the person chooses."""
    with st.container(key="scheme"):  # the style sheet takes its room away
        _scheme()(
            key="scheme-watch",
            data={"dark": is_dark()},
            height="content",
            on_dark_change=lambda: None,
        )
