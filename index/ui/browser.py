"""What only the browser can do: copy to the clipboard, notice that the theme was changed.

Small components of Streamlit (components.v2): no frames, and their data is never parsed as HTML.
"""

from __future__ import annotations

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
