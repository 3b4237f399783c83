"""Spreadsheets and delimited text: the prose in them, each piece with its sheet and row."""
