"""审稿 in a real browser: marks beside their sources, switches, the reviewer's marks, downloads."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.library import Library

from .test_browser import (  # the fixtures work for this module too
    SECONDS,
    SLOW_UPLOADS,
    Browser,
    Page,
    Site,
    browser,
    expect,
    page,
    served,
    where,
)

__all__ = ["browser", "page"]

pytestmark = [pytest.mark.browser, pytest.mark.model]

CASES = Path(__file__).resolve().parent.parent / "cases"
HELD = CASES / "desk" / "石笕县水务局2022年工作总结.txt"
DRAFT = CASES / "desk" / "青溪区水务局2023年工作总结.txt"
OTHER = CASES / "desk" / "苇塘区水务局2023年工作总结.txt"
HARM = CASES / "page" / "hostile.txt"


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A library of one invented report, and of the text that means harm."""
    settings = where(tmp_path_factory)
    try:
        with Library.create(settings.library, settings=settings) as library:
            library.sync([HELD, HARM])
    except EncoderError as error:
        pytest.skip(f"the bundled model cannot be used here: {error}")
    with served(settings) as running:
        yield running


def give(page: Page, site: Site, *drafts: Path) -> None:
    page.goto(site.link("review"))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(drafts)
    expect(page.get_by_text(drafts[-1].name)).to_be_visible()
    page.get_by_role("button", name="开始比对").click()


def paragraph(page: Page, number: int) -> object:
    return page.locator(f".draft [data-paragraph='{number}']")


def figure(page: Page) -> object:
    return page.locator(".xz-after b")


def test_a_click_while_the_file_is_still_being_sent_is_not_lost(page: Page, site: Site) -> None:
    page.add_init_script(SLOW_UPLOADS)
    give(page, site, DRAFT)
    expect(figure(page)).to_be_visible()
    assert page.evaluate("window.heldBack")


def test_marks_stand_beside_their_sources(page: Page, site: Site) -> None:
    give(page, site, DRAFT)
    expect(figure(page)).to_have_text(f"{(50 - 13 + 33 + 49) / 208:.1%}")
    same = page.locator(".draft .xz-m.verbatim[data-finding='1']")
    expect(same.first).to_contain_text("年初对照")
    expect(page.locator(".draft .xz-m.formula")).to_contain_text("学思想、强党性、重实践、建新功")
    expect(page.locator(".draft .xz-m.formula")).to_have_attribute(
        "title", re.compile("固定表述清单里有")
    )
    style = same.first.evaluate("one => getComputedStyle(one).textDecorationStyle")
    assert style == "solid", "marks are told apart without colours"
    found = page.locator(".st-key-found")
    expect(found).to_contain_text("《石笕县水务局2022年工作总结》")
    expect(found.locator(".xz-source-text")).to_contain_text("查出暗漏点的当天开挖、当天回填")
    left, right = page.locator(".draft").bounding_box(), found.bounding_box()
    assert left["x"] + left["width"] <= right["x"], "side by side"
    assert left["y"] < 0.6 * page.viewport_size["height"], "the reading begins on the first screen"
    assert abs(left["y"] - right["y"]) < 5


def test_next_and_a_click_choose_a_finding(page: Page, site: Site) -> None:
    give(page, site, DRAFT)
    found = page.locator(".st-key-found")
    expect(found).to_contain_text("第 1 处，共 3 处")
    page.get_by_role("button", name="下一处").click()
    expect(found).to_contain_text("第 2 处，共 3 处")
    expect(page.locator(".draft .chosen").first).to_contain_text("全年改造老旧供水管道")
    expect(page.locator(".draft .xz-m.slot")).to_have_text(
        [re.compile(f"^{number}%?$") for number in (15, 4100, 19, 12)]
    )
    expect(found.locator(".xz-source-text .xz-m.slot")).to_have_text(
        [re.compile(f"^{number}%?$") for number in (12, 3400, 21, 14)]
    )
    page.locator(".draft .xz-m.verbatim[data-finding='3']").first.click()
    expect(found).to_contain_text("第 3 处，共 3 处")
    page.locator(".draft .xz-m.verbatim[data-finding='1'][tabindex]").press("Enter")
    expect(found).to_contain_text("第 1 处，共 3 处")
    found.get_by_role("button", name="看来源的上下文").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".xz-here mark").first).to_contain_text("年初对照")


def test_a_switch_counts_at_once(page: Page, site: Site) -> None:
    give(page, site, DRAFT)
    expect(page.locator(".draft .xz-m.formula")).to_have_count(1)
    page.get_by_text("计入固定表述", exact=True).click()
    expect(figure(page)).to_have_text(f"{(50 + 33 + 49) / 208:.1%}")
    expect(page.locator(".draft .xz-m.formula")).to_have_count(0)
    page.get_by_text("计入固定表述", exact=True).click()
    expect(figure(page)).to_have_text(f"{(50 - 13 + 33 + 49) / 208:.1%}")
    page.get_by_text("只看有发现的段落").click()
    expect(page.locator(".draft .left-out").first).to_have_text("（2 段没有发现）")
    expect(page.locator(".draft .para")).to_have_count(3)


def test_a_forgotten_name_is_shown_where_it_stands(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 400, "height": 700})
    give(page, site, DRAFT)
    expect(page.locator(".xz-figures")).to_contain_text(re.compile("可能忘改\\s*1 处\\s*石笕县"))
    page.locator(".st-key-found").get_by_text("忘改 1").click()
    expect(page.locator(".xz-reason")).to_contain_text("本稿的单位是“青溪区水务局”")
    page.get_by_role("button", name="看原文").click()
    flag = page.locator(".draft .here .xz-flag")
    expect(flag).to_have_text("石笕县")
    expect(flag).to_be_in_viewport()


def test_a_mark_is_there_after_a_reload(page: Page, site: Site) -> None:
    give(page, site, DRAFT)
    page.get_by_label("先写上姓名").fill("林工")
    page.keyboard.press("Enter")
    page.locator(".st-key-found").get_by_role("button", name="规范引用").or_(
        page.locator(".st-key-found").get_by_role("radio", name="规范引用")
    ).first.click()
    expect(page.locator(".xz-decision")).to_contain_text("已记下：规范引用")
    expect(page.locator(".draft .xz-ref").first).to_contain_text("1✓")
    page.reload()
    give(page, site, DRAFT)
    expect(page.locator(".xz-decision")).to_contain_text(re.compile("已记下：规范引用\\s*林工"))
    page.get_by_role("button", name="下载报告").click()
    with page.expect_download(timeout=SECONDS * 1000) as waiting:
        page.get_by_role("button", name="网页，双击就能看").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "审稿报告_青溪区水务局2023年工作总结.html"
    assert "规范引用" in text
    assert "林工" in text, "what was marked stands in the report"


def test_the_reports_come_as_office_files_too(page: Page, site: Site) -> None:
    give(page, site, DRAFT)
    page.get_by_role("button", name="下载报告").click()
    for name, suffix, part in (
        ("Word 文档", "docx", "word/document.xml"),
        ("Excel 表格", "xlsx", "xl/workbook.xml"),
    ):
        with page.expect_download(timeout=SECONDS * 1000) as waiting:
            page.get_by_role("button", name=name).click()
        assert waiting.value.suggested_filename.endswith(f".{suffix}")
        with zipfile.ZipFile(waiting.value.path()) as file:
            assert part in file.namelist()


def test_several_drafts_and_one_of_them_opened(page: Page, site: Site) -> None:
    give(page, site, DRAFT, OTHER)
    expect(page.get_by_text("一批 2 份稿子")).to_be_visible()
    cell = page.get_by_test_id("stVegaLiteChart").locator("svg .mark-rect path").last
    expect(cell).to_have_attribute("aria-label", re.compile("稿子: 2 苇塘区水务局"))
    cell.click(force=True)
    expect(page.locator(".xz-review-head h2")).to_have_text("苇塘区水务局2023年工作总结")
    expect(figure(page)).to_have_text(f"{46 / 111:.1%}")
    page.get_by_role("button", name="打开那份稿子").click()
    expect(page.locator(".xz-review-head h2")).to_have_text("青溪区水务局2023年工作总结")
    page.get_by_role("button", name="回到这一批").click()
    expect(page.get_by_text("一批 2 份稿子")).to_be_visible()


def test_a_batch_has_a_report_of_its_own(page: Page, site: Site) -> None:
    give(page, site, DRAFT, OTHER)
    expect(page.get_by_text("一批 2 份稿子")).to_be_visible()
    page.get_by_role("button", name="下载这一批的报告").click()
    with page.expect_download(timeout=SECONDS * 1000) as waiting:
        page.get_by_role("button", name="网页，双击就能看").click()
    assert waiting.value.suggested_filename == "审稿报告_2份.html"
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "青溪区水务局2023年工作总结" in text
    assert "苇塘区水务局2023年工作总结" in text
    with page.expect_download(timeout=SECONDS * 1000) as waiting:
        page.get_by_role("button", name="Excel 表格").click()
    with zipfile.ZipFile(waiting.value.path()) as file:
        assert "xl/workbook.xml" in file.namelist()


def test_on_a_telephone_the_source_stands_below(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 400, "height": 860})
    give(page, site, DRAFT)
    found = page.locator(".st-key-found")
    expect(found).to_be_visible()
    above, below = page.locator(".draft").bounding_box(), found.bounding_box()
    assert above["y"] + above["height"] <= below["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_text_that_means_harm_stays_text(page: Page, site: Site, tmp_path: Path) -> None:
    draft = tmp_path / "夜航<b>.txt"
    draft.write_text(HARM.read_text(encoding="utf-8") + "另有一段新写的话。", encoding="utf-8")
    give(page, site, draft)
    expect(page.locator(".draft")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".st-key-found .xz-source-text")).to_contain_text("<")
    assert page.evaluate("window.pwned") is None
    pane = page.locator(".draft")
    assert pane.locator("img, script, style, a, iframe").count() == 0
    html = page.locator(".st-key-review .stHtml")
    assert html.locator("img, script, style, a, iframe").count() == 0
