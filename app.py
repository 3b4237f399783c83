"""The Streamlit frame: page config, one navigation over index/ui/, run the page."""

import streamlit as st

from index.errors import LibraryError
from index.ui import components, opened, pages

# An icon from a file: Streamlit would fetch the picture of a named one from the internet.
st.set_page_config(page_title="寻章", page_icon=components.SEAL, layout="centered")
st.logo(components.LOGO, size="large")
components.dress()
page = st.navigation(pages.every(), position="top")
try:
    opened.follow()
    page.run()
except LibraryError as error:
    components.explain(error)
