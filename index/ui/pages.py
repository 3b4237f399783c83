"""The pages in the order of the menu.

The first page is imported with the frame, every other one when somebody opens it: with Altair and
pandas they take a second that the first search would wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from index.ui import addresses, find_page, opened

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


def every() -> list[StreamlitPage]:
    """All pages; each is told to the others by its address."""
    pages = [
        st.Page(find_page.show, title="找素材", icon=":material/search:", default=True),
        st.Page(
            _topics,
            title="专题",
            icon=":material/grid_view:",
            url_path=addresses.TOPICS,
        ),
        st.Page(
            _review,
            title="审稿",
            icon=":material/fact_check:",
            url_path=addresses.REVIEW,
        ),
        st.Page(
            _duplicates,
            title="库内雷同",
            icon=":material/compare_arrows:",
            url_path=addresses.DUPLICATES,
        ),
        st.Page(
            _library,
            title="资料库",
            icon=":material/library_books:",
            url_path=addresses.LIBRARY,
        ),
    ]
    addresses.tell(pages)
    return pages


def _topics() -> None:
    from index.ui import topics_page

    opened.settle_down("topics")
    topics_page.show()


def _review() -> None:
    from index.ui import review_page

    opened.settle_down("review")
    review_page.show()


def _duplicates() -> None:
    from index.ui import duplicates_page

    opened.settle_down("duplicates")
    duplicates_page.show()


def _library() -> None:
    from index.ui import library_page

    opened.settle_down("library")
    library_page.show()
