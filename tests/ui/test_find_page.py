"""找素材 without a browser: what comes of what is asked."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from index.datatypes import Filters
from index.embedding.testing import CountingEncoder
from index.errors import LibraryDamaged
from index.library import Library
from index.settings import Settings
from index.ui import opened, wording

SECONDS = 20
APP = Path(__file__).resolve().parent.parent.parent / "app.py"


def page() -> None:
    from index.ui import find_page

    find_page.show()


def text_of(app: AppTest) -> str:
    """Everything on the page that is written as HTML, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", each.proto.body)) for each in app.get("html"))


def cards_of(app: AppTest) -> list[str]:
    """The HTML of the cards, in their order."""
    bodies = [each.proto.body for each in app.get("html")]
    return [body for body in bodies if body.startswith('<div class="xz-head">')]


@pytest.fixture
def app(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(opened, "library", lambda: shelf)
    return AppTest.from_function(page, default_timeout=SECONDS)


def test_the_first_visit_says_what_is_here(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "以前写过的，一找就到" in text_of(app)
    assert re.search(r"3\s+份资料", text_of(app))
    assert "2021—2023年" in text_of(app)
    assert not cards_of(app)


def test_an_example_is_a_search(app: AppTest) -> None:
    app.run()
    app.button(key="example-0").click().run()
    assert not app.exception
    assert app.text_input(key="q").value == "如何开展廉政教育"
    assert cards_of(app)
    assert "以前写过的" not in text_of(app)


def test_a_search_by_words_shows_the_words_and_the_source(app: AppTest) -> None:
    app.query_params.update(q="廉洁提醒短信", mode="按词语")
    app.run()
    assert not app.exception
    assert app.segmented_control(key="mode").value == "keyword"
    first = cards_of(app)[0]
    assert "<mark>" in first
    assert "xz-passage" not in first or "<mark>" in first
    plain = unescape(re.sub(r"<[^>]+>", "", first))
    assert "第3段" in plain or "第5段" in plain
    assert "含“" in plain
    assert "意思相近" not in plain, "by words alone, meaning was not looked at"


def test_the_cards_are_the_hits_in_their_order(app: AppTest, shelf: Library) -> None:
    hits = opened.found(shelf, "廉政教育", "hybrid", Filters(), 10)
    app.query_params["q"] = "廉政教育"
    app.run()
    shown = cards_of(app)
    assert len(shown) == len(hits) > 2
    for hit, card in zip(hits, shown, strict=True):
        plain = unescape(re.sub(r"<[^>]+>", "", card))
        assert hit.text.split("。")[0][:12] in plain
        assert f"第{hit.source.paragraph}段" in plain
        assert wording.match(hit.score) in plain


def test_filters_from_the_link_hold_and_are_named(app: AppTest) -> None:
    app.query_params.update(q="廉政教育", unit="云汀县农业农村局")
    app.run()
    assert app.selectbox(key="unit").value == "云汀县农业农村局"
    assert "只看 云汀县农业农村局" in text_of(app)
    assert cards_of(app)
    assert all("云汀县农业农村局2023年工作总结" in card for card in cards_of(app))


def test_years_from_the_link_hold(app: AppTest) -> None:
    app.query_params.update({"q": "廉政教育", "year": ["2022", "2022"]})
    app.run()
    assert app.select_slider(key="year").value == (2022, 2022)
    assert cards_of(app)
    assert all("2022年党建工作总结" in card for card in cards_of(app))


def test_no_filter_again(app: AppTest) -> None:
    app.query_params.update(q="廉政教育", unit="云汀县农业农村局")
    app.run()
    app.button(key="unfilter").click().run()
    assert not app.exception
    assert app.selectbox(key="unit").value is None
    assert any("青桐区水务局" in card for card in cards_of(app))


def test_nonsense_in_the_link_is_ignored(app: AppTest) -> None:
    app.query_params.update(
        {"q": "廉政教育", "mode": "bogus", "unit": "没有的单位", "topic": "无", "year": ["x"]}
    )
    app.run()
    assert not app.exception
    assert app.segmented_control(key="mode").value == "hybrid"
    assert cards_of(app)


def test_nothing_found_says_what_to_try(app: AppTest) -> None:
    app.query_params.update(q="“这句话谁也没有写过”", unit="云汀县农业农村局")
    app.run()
    assert not cards_of(app)
    said = text_of(app)
    assert "没有找到" in said
    assert "去掉引号" in said
    assert "云汀县农业农村局" in said


def test_nothing_fitting_is_said(
    app: AppTest, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    hits = [
        replace(hit, score=wording.LOW - 1)
        for hit in opened.found(shelf, "廉政教育", "hybrid", Filters(), 10)
    ]
    monkeypatch.setattr(opened, "found", lambda *a: hits)
    app.query_params["q"] = "廉政教育"
    app.run()
    assert "没有特别贴切的段落" in text_of(app)
    assert len(cards_of(app)) == len(hits)


@pytest.mark.parametrize(
    "query",
    [
        "廉",
        "😀",
        "'; DROP TABLE paragraphs; --",
        "廉政教育" * 400,
        "<script>alert(1)</script>",
        '"',
    ],
)
def test_odd_queries_give_an_answer_or_a_sentence(app: AppTest, query: str) -> None:
    app.query_params["q"] = query
    app.run()
    for error in app.exception:
        assert error.message.startswith("没有看到可以搜索的文字"), error.message


def test_similar_paragraphs_leave_the_one_asked_about_out(app: AppTest, shelf: Library) -> None:
    hit = opened.found(shelf, "廉洁提醒短信", "keyword", Filters(), 1)[0]
    app.query_params["like"] = str(hit.paragraph_id)
    app.run()
    assert not app.exception
    assert "与这一段相似的段落" in text_of(app)
    original, *others = cards_of(app)
    assert hit.text[:10] in unescape(re.sub(r"<[^>]+>", "", original))
    assert others
    line = f"第{hit.source.paragraph}段"
    for other in others:
        assert not (hit.source.title in other and line in other)
    app.button(key="back").click().run()
    assert "like" not in app.query_params


@pytest.mark.parametrize(
    ("like", "said"), [("999999", "已经不在资料库里"), ("x; DROP", "链接不完整")]
)
def test_a_stale_link_says_so(app: AppTest, like: str, said: str) -> None:
    app.query_params["like"] = like
    app.run()
    assert not app.exception
    assert said in text_of(app)


def test_a_new_question_leaves_similar(app: AppTest, shelf: Library) -> None:
    hit = opened.found(shelf, "廉洁提醒短信", "keyword", Filters(), 1)[0]
    app.query_params["like"] = str(hit.paragraph_id)
    app.run()
    app.text_input(key="q").set_value("农民夜校").run()
    assert "like" not in app.query_params
    assert any("农民夜校" in re.sub(r"<[^>]+>", "", card) for card in cards_of(app))


def test_the_context_shows_what_stands_around(app: AppTest, shelf: Library) -> None:
    hit = opened.found(shelf, "第一议题", "keyword", Filters(), 1)[0]
    app.query_params.update(q="第一议题", mode="按词语")
    app.run()
    place = [one.paragraph_id for one in opened.found(shelf, "第一议题", "keyword", Filters(), 10)]
    app.button(key=f"context-{place.index(hit.paragraph_id)}").click().run()
    assert not app.exception
    reading = next(
        each.proto.body for each in app.get("html") if 'class="xz-reading"' in each.proto.body
    )
    assert reading.count("xz-here") == 1
    assert "党员学习的形式还比较单一" in reading
    assert "学习教育" in reading


def test_an_empty_library_says_what_to_do(
    tmp_path: Path, plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.create(
        tmp_path / "empty", encoder=CountingEncoder(), settings=plain_settings
    ) as empty:
        monkeypatch.setattr(opened, "library", lambda: empty)
        app = AppTest.from_file(str(APP), default_timeout=SECONDS).run()
        assert not app.exception
        assert "资料库还是空的" in text_of(app)
        assert str(tmp_path / "empty") in text_of(app)


def test_an_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Library:
        raise LibraryDamaged("资料库的文件<b>坏了</b>![x](http://evil.example/x)，请运行修复。")

    monkeypatch.setattr(opened, "library", broken)
    app = AppTest.from_file(str(APP), default_timeout=SECONDS).run()
    assert not app.exception
    notices = [each.proto.body for each in app.get("html") if 'role="alert"' in each.proto.body]
    assert notices == [
        '<div class="xz-notice xz-error" role="alert">资料库的文件&lt;b&gt;坏了&lt;/b&gt;'
        "![x](http://evil.example/x)，请运行修复。</div>"
    ]


def test_a_missing_library_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNZHANG_LIBRARY", str(tmp_path / "new"))
    monkeypatch.setenv("XUNZHANG_DATA_FOLDER", str(tmp_path / "data"))
    app = AppTest.from_file(str(APP), default_timeout=SECONDS).run()
    assert not app.exception
    assert "资料库还是空的" in text_of(app)
    with Library.open(tmp_path / "new") as made:
        assert made.documents() == []
