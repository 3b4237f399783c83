"""Corpus text as HTML: nothing of it is taken as markup, nothing of it is lost."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Source, Span, StoredParagraph
from index.ui import markup

HOSTILE = (Path(__file__).resolve().parent.parent / "cases" / "page" / "hostile.txt").read_text(
    encoding="utf-8"
)
OURS = {"span", "mark", "p", "div", "b", "i", "details", "summary", "small", "li", "ul"}


class Seen(HTMLParser):
    """Tags, attributes and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.marked: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "tags must nest"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked[-1] += data


def a_source(**changes: object) -> Source:
    values = {
        "document_id": 1,
        "external_id": None,
        "title": HOSTILE,
        "unit": HOSTILE,
        "year": 2023,
        "kind": HOSTILE,
        "path": HOSTILE,
        "heading_path": (HOSTILE, HOSTILE),
        "paragraph": 3,
    }
    return Source(**{**values, **changes})  # type: ignore[arg-type]


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Span, list[Span]]:
    text = draw(st.text(min_size=1, max_size=60))
    place = st.integers(0, len(text))
    spans = [tuple(sorted((draw(place), draw(place)))) for _ in range(4)]
    return text, spans[0], spans[1:]  # type: ignore[return-value]


@given(texts_with_spans())
def test_marking_nests_and_keeps_every_character(case: tuple[str, Span, list[Span]]) -> None:
    text, passage, marks = case
    html = markup.marked(text, passage, marks, (0, len(text)))
    bare = re.sub(r'</?mark>|<span class="xz-passage">|</span>', "", html)
    assert bare == escape(text)
    if passage[0] < passage[1]:
        tinted = re.search(r'<span class="xz-passage">(.*?)</span>', html, re.DOTALL)
        assert tinted is not None
        assert re.sub("</?mark>", "", tinted[1]) == escape(text[slice(*passage)])
    Seen(html.replace("\x00", " "))


def test_marks_cross_the_borders_of_the_passage() -> None:
    html = markup.marked("甲乙丙丁", (1, 3), [(0, 2), (2, 4)], (0, 4))
    assert html == (
        '<mark>甲</mark><span class="xz-passage"><mark>乙</mark><mark>丙</mark></span>'
        "<mark>丁</mark>"
    )


def test_only_the_window_is_shown() -> None:
    assert markup.marked("甲乙丙丁", (0, 4), [(0, 4)], (1, 3)) == (
        '<span class="xz-passage"><mark>乙丙</mark></span>'
    )


@pytest.mark.parametrize(
    "html",
    [
        markup.marked(HOSTILE, (3, 40), [(0, 9), (30, 50)], (0, len(HOSTILE))),
        markup.paragraph(HOSTILE * 5, (10, 60), [(2, 9)]),
        markup.source(a_source()),
        markup.notice(HOSTILE, "error"),
        markup.reading(
            [
                StoredParagraph(5, HOSTILE, 1, 0, 1, a_source()),
                StoredParagraph(6, HOSTILE, 0, 0, 1, a_source()),
            ],
            6,
            [(0, 8)],
        ),
    ],
    ids=["marked", "paragraph", "source", "notice", "reading"],
)
def test_a_hostile_text_stays_text(html: str) -> None:
    seen = Seen(html)
    assert set(seen.tags) <= OURS
    assert seen.attributes <= {"class", "role", "title", "style"}
    assert "<script>window.pwned = 1</script>" in seen.text


def test_a_hostile_label_has_no_markdown_left() -> None:
    label = markup.plain("![图](http://evil.example/x.png) :red[红] <b> $x$ `码` **粗** :smile:")
    for sign in "![]():<>$`*":
        for position, character in enumerate(label):
            if character == sign:
                assert label[position - 1] == "\\", f"{sign} is not escaped in {label}"


def test_a_short_paragraph_is_whole() -> None:
    html = markup.paragraph("短短一句。", (0, 5), [(0, 2)])
    assert "details" not in html
    # the best passage is the whole paragraph: tinting all of it would say nothing
    assert "xz-passage" not in html


def test_a_long_paragraph_is_folded_around_its_best_passage() -> None:
    sentences = [f"第{number}句写的是第{number}件事，说得比较详细一些。" for number in range(40)]
    text = "".join(sentences)
    start = text.index(sentences[30])
    passage = (start, start + len(sentences[30]))
    first, last = markup.window(text, passage)
    assert first <= passage[0]
    assert passage[1] <= last
    assert last - first <= markup.SHORT + 120
    assert text[first - 1] == "。", "cut at a sentence"
    assert text[last - 1] == "。"
    html = markup.paragraph(text, passage, [])
    assert f"展开全文（{len(text):,} 字）" in html
    assert Seen(html).text.count(sentences[30]) == 2, "in the fold and in the whole"
    assert Seen(html).text.count(sentences[0]) == 1


def test_without_a_best_passage_the_fold_shows_where_most_marks_are() -> None:
    text = "开头提到一次谈话。" + "中间写的是别的事情。" * 40 + "后来谈话，又谈话，再谈话。"
    marks = [(place, place + 2) for place in range(len(text)) if text[place : place + 2] == "谈话"]
    folded = markup.paragraph(text, (0, len(text)), marks).split("</summary>")[0]
    assert folded.count("<mark>谈话</mark>") == 3
    assert "开头" not in folded


@given(st.integers(0, 900), st.integers(1, 900))
def test_the_window_holds_the_passage_or_its_beginning(start: int, length: int) -> None:
    text = "这是一句话，写得不长。" * 90
    start = min(start, len(text) - 1)
    end = min(len(text), start + length)
    first, last = markup.window(text, (start, end))
    assert 0 <= first <= start < last <= len(text)
    if end - start < markup.SHORT:
        assert last >= end


def test_a_paragraph_without_sentences_is_folded_too() -> None:
    text = "字" * 2_000
    first, last = markup.window(text, (900, 950))
    assert first <= 900 < 950 <= last
    assert last - first < 400
