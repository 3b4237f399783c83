"""Formats that know pages and places, not paragraphs: lines are found and joined by us."""
