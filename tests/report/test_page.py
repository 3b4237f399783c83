"""The HTML file: whole, escaped, and without anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from index import report
from index.findings import SourceShare
from index.report import page
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

MADE = date(2024, 1, 9)


def parsed(text: str) -> html.HtmlElement:
    return html.fromstring(text)


@pytest.fixture(scope="module")
def review_page() -> str:
    return report.html(by_hand.review(), decisions=by_hand.decisions(), made=MADE)


@pytest.fixture(scope="module")
def hostile_pages() -> list[str]:
    hostile = hostile_review.review()
    return [
        report.html(hostile, decisions=hostile_review.decisions(), made=MADE),
        report.html_of_duplicates(hostile_review.duplicates(), made=MADE),
    ]


def test_nothing_comes_from_elsewhere(review_page: str) -> None:
    tree = parsed(review_page)
    links = [value for _, _, value, _ in tree.iterlinks()]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //base")
    assert not re.search(r"@import|url\(|https?:", page._text("report.css"))


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(review_page: str) -> None:
    tree = parsed(review_page)
    (style,) = tree.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not tree.xpath("//*[@style]")


def test_every_link_leads_somewhere(review_page: str) -> None:
    tree = parsed(review_page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in tree.xpath("//a/@href")} <= set(ids)


def test_the_page_says_what_the_review_says(review_page: str) -> None:
    tree = parsed(review_page)
    figures = tree.xpath("//section[@class='figures']//b/text()")
    assert figures == ["56.2%", "41.8%"]
    third = tree.get_element_by_id("p3")
    assert third.xpath(".//div[@class='draft']//mark[@class='renamed slot']/text()") == [
        "24",
        "18",
        "460",
    ]
    assert third.xpath(".//div[@class='from']//mark[@class='renamed slot']/text()") == [
        "18",
        "15",
        "320",
    ]
    assert third.xpath(".//p[@class='decision']/b/text()") == ["正常沿用"]
    text = tree.text_content()
    for said in (
        "有 2 份文件因含身份证号等待处理",
        "水务系统历年总结",
        "寻章 0.1.0",
        "2024年1月9日",
        "白鹭镇只在这一处出现",
        "国家机关公文里常见",
        "请审阅人结合实际判断",
    ):
        assert said in text, said


def test_the_text_of_a_paragraph_is_whole(review_page: str) -> None:
    tree = parsed(review_page)
    for superscript in tree.xpath("//sup"):
        superscript.drop_tree()
    for number, text in enumerate(by_hand.DRAFT_TEXTS, 1):
        (shown,) = tree.get_element_by_id(f"p{number}").xpath(
            "./div[@class='draft']/p[@class='text']"
        )
        assert shown.text_content() == text


def test_the_duplicates_say_how_a_wording_travelled() -> None:
    tree = parsed(report.html_of_duplicates(by_hand.duplicates(), made=MADE))
    text = tree.text_content()
    assert "首见于 《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 第5段" in text
    assert tree.xpath("//p[@class='way']/text()") == ["白鹭镇党委 → 河湾街道 → 云溪市水务局"]
    steps = [step.text_content().split()[0] for step in tree.xpath("//ol[@class='steps']/li")]
    assert steps == ["2021年", "2022年", "2023年"]
    rows = tree.xpath("//section[@id='pairs']//tbody/tr")
    assert len(rows) == 3
    assert "61.0%" in rows[0].text_content()
    assert rows[0].xpath("./td[@data-th='只差数字']/text()") == ["1,150 字"]
    assert "整句只有数字、年份、空缺不同" in text
    # 0.72 of the pair of 白鹭镇党委 and 河湾街道, in both halves of the matrix
    assert [cell.text for cell in tree.xpath("//td[contains(@class,'h7')]")] == ["72", "72"]


def test_markup_of_a_text_stays_text(hostile_pages: list[str]) -> None:
    for text in hostile_pages:
        tree = parsed(text)
        assert not tree.xpath("//script | //img | //*[@onerror]")
        assert len(tree.xpath("//style")) == len(tree.xpath("//title")) == 1
        assert "<script>window.harm = 1</script>" in tree.text_content()
        assert "{{ 7 * 7 }}" in tree.text_content()
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\u2066\ud800-\udfff]", text)
        assert text.encode("utf-8")


def test_a_large_review_is_one_page() -> None:
    text = report.html(hostile_review.large(), made=MADE)
    assert len(parsed(text).xpath("//div[starts-with(@id,'finding-')]")) == 500
    assert len(text) < 5_000_000


def test_more_pairs_than_a_browser_bears_are_left_to_the_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "MOST_PAIRS", 2)
    tree = parsed(report.html_of_duplicates(by_hand.duplicates(), made=MADE))
    assert len(tree.xpath("//section[@id='pairs']//tbody/tr")) == 2
    assert "共 3 对，这里列出最相近的 2 对" in tree.text_content()


def test_the_page_is_well_formed(review_page: str) -> None:
    parser = etree.HTMLParser(recover=True)
    etree.fromstring(review_page, parser)
    # libxml2 knows no HTML 5: names of elements it does not know are no errors of the page
    wrong = [e.message for e in parser.error_log if "Tag " not in e.message]
    assert wrong == []


@pytest.mark.browser
def test_paragraphs_without_findings_can_be_hidden(
    browser: Any, tmp_path: Path, review_page: str
) -> None:
    path = tmp_path / "review.html"
    path.write_text(review_page, encoding="utf-8")
    opened = browser.new_page(viewport={"width": 1280, "height": 700})
    opened.goto(path.as_uri())
    label = opened.locator("label.only")
    label.scroll_into_view_if_needed()
    before = opened.evaluate("window.scrollY")
    assert before > 0
    label.click()
    shown = opened.locator("article.para:visible .gutter").all_inner_texts()
    assert shown == ["2", "3", "4", "5", "6", "7"]
    # the page stays where it is, though the switch itself stands elsewhere
    assert abs(opened.evaluate("window.scrollY") - before) < 2
    opened.locator("#finding-2 .step a").last.click()
    assert opened.url.endswith("#finding-3")
    assert opened.locator("#finding-3").is_visible()
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_without_complaint(
    browser: Any, tmp_path: Path, hostile_pages: list[str], width: int, scheme: str
) -> None:
    for number, text in enumerate(hostile_pages):
        path = tmp_path / f"{number}.html"
        path.write_text(text, encoding="utf-8")
        opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        complaints: list[str] = []
        asked: list[str] = []
        opened.on("console", lambda message, to=complaints: to.append(message.text))
        opened.on("request", lambda request, to=asked: to.append(request.url))
        opened.goto(path.as_uri())
        assert opened.evaluate("window.harm") is None
        assert asked == [path.as_uri()]
        assert complaints == []
        # nothing wider than the screen: a person on a telephone scrolls one way only
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        opened.close()


def test_sources_of_a_few_words_stand_behind_a_click() -> None:
    made = by_hand.review()
    large, *_ = made.sources
    few = SourceShare(large.document, 5, 0.005, 5, 0.001, overlap=5, drafted=1000)
    text = report.html(replace(made, sources=(large, few, few)), made=MADE)
    before, _, behind = text.partition('<details class="scattered">')
    assert "另有 2 篇来源只有零星文字相同" in behind
    assert before.count('data-th="占来源"') == 1
    assert behind.count('data-th="占来源"') == 2
    assert 'class="scattered"' not in report.html(replace(made, sources=(large,)), made=MADE)
