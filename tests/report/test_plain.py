"""The Markdown: what it says survives every reader of Markdown, and nothing else comes of it."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from index import report
from index.report import plain, wording
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

MADE = date(2024, 1, 9)
READER = MarkdownIt("commonmark").enable("table")


def rendered(text: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{READER.render(text)}</div>")


@given(
    st.text(
        alphabet=st.characters(exclude_categories=("Cs",))
        | st.sampled_from("#*_`~[]()<>!|&\\+-=>1.0:/")
    )
)
@example("1. 条")
@example("=====")
@example("--- | ---")
@example("&amp; <b>")
@example("http://x www.x")
@example("a\\")
def test_an_escaped_text_is_read_as_itself(text: str) -> None:
    line = plain.escaped(text)
    tree = rendered(line)
    assert tree.text_content().strip() == wording.one_line(text)
    assert {element.tag for element in tree.iter()} <= {"div", "p"}
    cell = rendered(f"| 头 |\n| --- |\n| {line} |")
    assert [td.text_content() for td in cell.iter("td")] == [wording.one_line(text)]


def test_the_report_reads_as_a_report() -> None:
    tree = rendered(report.markdown(by_hand.review(), decisions=by_hand.decisions(), made=MADE))
    heads = [head.text_content() for head in tree.iter("h1", "h2")]
    assert heads == [
        "审稿比对报告：云溪市水务局2023年工作总结",
        "这次比对看不到的",
        "来源",
        "可能忘了改的地方",
        "和往年一样的数字",
        "逐段对照",
        "固定表述和引用",
        "审阅意见",
        "比对范围和设置",
    ]
    text = tree.text_content()
    assert "〔全年组织集中学习【24】次，开展河湖清漂行动【18】次" in text
    assert "群众满意度达到98.6%〕（2）。" in text
    assert "需核实 请办公室说明来源 周敏 2024年1月8日 15:30" in text


def test_harm_stays_text() -> None:
    hostile = hostile_review.review()
    texts = [
        report.markdown(hostile, decisions=hostile_review.decisions(), made=MADE),
        report.markdown_of_duplicates(hostile_review.duplicates(), made=MADE),
    ]
    for text in texts:
        tree = rendered(text)
        assert not list(tree.iter("script", "img", "a", "code", "pre"))
        assert "<script>window.harm = 1</script>" in tree.text_content()


def test_the_duplicates_name_the_first() -> None:
    text = report.markdown_of_duplicates(by_hand.duplicates(), made=MADE)
    assert "首见于 《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 第5段" in text
    assert "| 1 | 《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 |" in text
    assert "| 310 字 | 1,150 字 | 不同单位 |" in text
