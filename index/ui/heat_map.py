"""What the heat maps of the pages have in common."""

from __future__ import annotations

from typing import Literal

import altair as alt

from index.ui.browser import is_dark


def axis(side: Literal["top", "left"], angle: int) -> alt.Axis:
    """An axis of names: all of them written, none crowded out, no lines."""
    return alt.Axis(
        orient=side,
        labelAngle=angle,
        labelLimit=190,
        labelOverlap=False,
        labelFontSize=13,
        labelColor="#a9aba8" if is_dark() else "#5c6166",
        labelPadding=8,
        ticks=False,
        domain=False,
        grid=False,
    )


def ink_and_paper() -> tuple[str, str]:
    """Colours of the numbers in cells: on pale ones, and on full ones."""
    return ("#e4e1da", "#14201c") if is_dark() else ("#24282c", "#ffffff")
