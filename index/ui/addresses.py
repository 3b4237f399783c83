"""Which page stands at which address: the frame tells it, so that pages lead to each other without
importing each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

FIND = ""
"""The first page stands at the root."""
TOPICS = "topics"
REVIEW = "review"
DUPLICATES = "duplicates"
LIBRARY = "library"

_KEY = "pages-by-address"


def tell(pages: Iterable[StreamlitPage]) -> None:
    """Say which pages there are, at every run of the frame."""
    st.session_state[_KEY] = {page.url_path: page for page in pages}


def page_at(address: str) -> StreamlitPage | None:
    """The page at an address; None where a page is run by itself, without the frame."""
    pages: dict[str, StreamlitPage] = st.session_state.get(_KEY, {})
    return pages.get(address)
