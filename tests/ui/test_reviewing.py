"""What lies on the desk, without a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryDamaged
from index.findings import Choices
from index.library import Library
from index.review import pasted
from index.ui import reviewing
from index.ui.reviewing import Batch

make_ready = reviewing.make_ready
"""As it is; tests of the page run without it."""
ONE = "请每条街巷选出一名看水人，水压不足、水质发黄随手拍照。"
OTHER = "三条内河分段承包给沿岸的单位，谁门口有漂浮物谁负责捞。"


@pytest.mark.parametrize("broken", [False, True])
def test_what_a_review_needs_is_opened_beside_the_page_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    readied: list[Library] = []

    def ready(library: Library) -> None:
        readied.append(library)
        if broken:
            raise LibraryDamaged("坏了")

    monkeypatch.setattr(reviewing, "get_ready", ready)
    with Library.create(tmp_path / "L", CountingEncoder()) as library:
        thread = make_ready(library)
        thread.join()
        assert make_ready(library) is thread
        assert readied == [library]


@pytest.fixture
def batch(tmp_path: Path) -> Callable[[], tuple[Library, Batch]]:
    def make() -> tuple[Library, Batch]:
        library = Library.create(tmp_path / "L", CountingEncoder())
        texts = (f"甲镇2023年总结\n{ONE}", f"乙镇2023年总结\n{ONE}", f"丙镇2023年总结\n{OTHER}")
        return library, Batch([pasted(text) for text in texts])

    return make


def test_of_a_batch_only_what_depends_on_what_was_told_is_judged_again(
    batch: Callable[[], tuple[Library, Batch]],
) -> None:
    library, drafts = batch()
    with library:
        choices = Choices()
        first = drafts.evidences(library)
        before = [drafts.judged(place, one, choices) for place, one in enumerate(first)]
        assert drafts.evidences(library) is first
        drafts.tell(0, "丁镇", 2022)
        now = drafts.evidences(library)
        after = [drafts.judged(place, one, choices) for place, one in enumerate(now)]
        assert [one is two for one, two in zip(before, after, strict=True)] == [False, False, True]
        other = drafts.judged(2, now[2], Choices(prescribed=True))
        assert other.choices.prescribed
        assert drafts.judged(2, now[2], Choices(prescribed=True)) is other
