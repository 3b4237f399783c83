"""The pages in the order of the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from index.ui import (
    addresses,
    duplicates_page,
    find_page,
    library_page,
    review_page,
    topics_page,
)

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


def every() -> list[StreamlitPage]:
    """All pages; each is told to the others by its address."""
    pages = [
        st.Page(find_page.show, title="找素材", icon=":material/search:", default=True),
        st.Page(
            topics_page.show,
            title="专题",
            icon=":material/grid_view:",
            url_path=addresses.TOPICS,
        ),
        st.Page(
            review_page.show,
            title="审稿",
            icon=":material/fact_check:",
            url_path=addresses.REVIEW,
        ),
        st.Page(
            duplicates_page.show,
            title="库内雷同",
            icon=":material/compare_arrows:",
            url_path=addresses.DUPLICATES,
        ),
        st.Page(
            library_page.show,
            title="资料库",
            icon=":material/library_books:",
            url_path=addresses.LIBRARY,
        ),
    ]
    addresses.tell(pages)
    return pages
