"""Words marked in a hit."""

from __future__ import annotations

from itertools import pairwise

from index.retrieval.hits import highlights, longest


def test_highlights_are_in_order_and_do_not_overlap() -> None:
    text = "党支部开展党员教育，党员教育培训三次"
    marks = highlights(text, ["党员教育", "教育培训", "党员", "党"])
    assert [text[a:b] for a, b in marks] == ["党员教育", "党员教育"]
    assert all(a < b for a, b in marks)
    assert all(before[1] < after[0] for before, after in pairwise(marks))
    assert highlights("党的建设", ["党"]) == ((0, 1),)
    assert highlights("没有", []) == ()


def test_of_marked_words_the_longest_are_named() -> None:
    assert longest(["责任", "责任制", "落实"]) == ("责任制", "落实")
    assert longest([]) == ()
