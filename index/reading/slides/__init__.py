"""Slides: what stands on them, slide by slide."""
