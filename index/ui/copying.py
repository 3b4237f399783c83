"""The button that puts a paragraph with its source on the clipboard.

Copying has to happen in the browser, inside the click: a round trip to Python would come too late
for the browser to allow it. The text travels as data and is never parsed as HTML.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_HTML = """
<button type="button">
  <span class="icon" aria-hidden="true"></span><span class="label"></span>
</button>
"""


@cache
def _component() -> ComponentRenderer:
    """Register once, on first use: without a running Streamlit there is nowhere to register."""
    here = Path(__file__).parent
    return st.components.v2.component(
        "xunzhang_copy",
        html=_HTML,
        css=(here / "copying.css").read_text(encoding="utf-8"),
        js=(here / "copying.js").read_text(encoding="utf-8"),
    )


def copy_button(text: str, key: str, label: str = "复制（含出处）") -> None:
    """A button that copies `text`; it says 已复制 for two seconds."""
    _component()(
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
