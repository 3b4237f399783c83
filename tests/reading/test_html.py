"""Web pages that no author would write, and that offices have nevertheless."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import read


def _texts(path: Path, page: str) -> list[str]:
    path.write_text(page, encoding="utf-8")
    (document,) = read(path)
    return [block.text for block in document.blocks]


def test_tags_that_nobody_closes(tmp_path: Path) -> None:
    lines = [f"<font size=3><b>第{i}段说的是第{i}件事，办得不错。<br>" for i in range(700)]
    texts = _texts(tmp_path / "旧.html", "<html><body>" + "".join(lines))
    assert texts == [f"第{i}段说的是第{i}件事，办得不错。" for i in range(700)]


def test_deep_blocks(tmp_path: Path) -> None:
    page = "<html>" + "<div>" * 1500 + "最里面的一句话。" + "</div>" * 1500
    assert _texts(tmp_path / "深.html", page) == ["最里面的一句话。"]


def test_a_list_page_is_read_as_it_is(tmp_path: Path) -> None:
    page = "<html><body><p><a href=1>甲</a></p><p><a href=2>乙</a></p></body></html>"
    assert _texts(tmp_path / "列表.html", page) == ["甲", "乙"]


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><script>x</script></body></html>"])
def test_pages_without_text(tmp_path: Path, page: str) -> None:
    with pytest.raises(ReadError, match="网页里没有文字"):
        _texts(tmp_path / "空.html", page)
