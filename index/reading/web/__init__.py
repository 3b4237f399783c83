"""Web pages: the main text, not the menus."""
