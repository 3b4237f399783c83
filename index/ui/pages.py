"""The pages and their addresses, in the order of the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from index.ui import duplicates_page as _duplicates
from index.ui import find_page as _find
from index.ui import library_page as _library
from index.ui import review_page as _review
from index.ui import topics_page as _topics

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


def find_page() -> StreamlitPage:
    """找素材, the first page."""
    return st.Page(_find.show, title="找素材", icon=":material/search:", default=True)


def topics_page() -> StreamlitPage:
    """专题."""
    return st.Page(_topics.show, title="专题", icon=":material/grid_view:", url_path="topics")


def review_page() -> StreamlitPage:
    """审稿."""
    return st.Page(_review.show, title="审稿", icon=":material/fact_check:", url_path="review")


def duplicates_page() -> StreamlitPage:
    """库内雷同."""
    return st.Page(
        _duplicates.show, title="库内雷同", icon=":material/compare_arrows:", url_path="duplicates"
    )


def library_page() -> StreamlitPage:
    """资料库."""
    return st.Page(
        _library.show, title="资料库", icon=":material/library_books:", url_path="library"
    )


def every() -> list[StreamlitPage]:
    """All pages."""
    return [find_page(), topics_page(), review_page(), duplicates_page(), library_page()]
