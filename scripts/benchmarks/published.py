"""Figures into the pages that show them: between their markers, by nobody's hand.

<!-- bench: begin -->
…
<!-- bench: end -->
"""

from __future__ import annotations

import re
from pathlib import Path


class NoPlace(Exception):
    """A page has no markers of that name."""


def fill(page: Path, name: str, text: str) -> None:
    """Put `text` between the markers `name` of a page; the rest stays. Raises NoPlace."""
    page.write_text(filled(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def filled(page: str, name: str, text: str) -> str:
    """
    >>> print(filled("a\\n<!-- x: begin -->\\nold\\n<!-- x: end -->\\nb", "x", "new"))
    a
    <!-- x: begin -->
    new
    <!-- x: end -->
    b
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    pattern = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    replaced, count = pattern.subn(lambda _: f"{begin}\n{text.strip()}\n{end}", page)
    if count != 1:
        raise NoPlace(f"expected the markers {name} once, found them {count} times")
    return replaced
