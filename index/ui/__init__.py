"""The page (Streamlit, in Chinese): widgets in, one core call, components out.

Nothing outside this folder and app.py imports streamlit. wording.py and markup.py are pure and
need no browser to be tested; pages are functions, so that importing them runs nothing.
"""
