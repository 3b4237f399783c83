"""What the pages share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from index.ui import opened


@pytest.fixture
def unfrozen() -> Iterator[None]:
    gc.unfreeze()
    opened.settle_down.cache_clear()
    yield
    gc.unfreeze()
    opened.settle_down.cache_clear()


@pytest.mark.usefixtures("unfrozen")
def test_what_the_first_search_loaded_is_not_looked_through_again() -> None:
    """Streamlit collects after each run of a page: what that looks through must stay small."""
    before = len(gc.get_objects())
    opened.settle_down("search")
    assert gc.get_freeze_count() > before / 2
    assert len(gc.get_objects()) < before / 10


@pytest.mark.usefixtures("unfrozen")
def test_that_is_done_once() -> None:
    opened.settle_down("search")
    frozen = gc.get_freeze_count()
    later = [[n] for n in range(50_000)]
    opened.settle_down("search")
    assert gc.get_freeze_count() < frozen + len(later) / 2
    opened.settle_down("a page")  # another thing that was loaded
    assert gc.get_freeze_count() > frozen + len(later) / 2
