"""库内雷同 in a real browser: cut, opened side by side, downloaded; nothing of a text acts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.library import Library
from tests.ui import repeats
from tests.ui.test_browser import (
    Browser,
    Page,
    Site,
    assert_only_text,
    browser,  # noqa: F401  a fixture
    expect,
    page,  # noqa: F401  a fixture
    served,
    where,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(
    browser: Browser,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The page on a library of reports that borrow from one another. It needs no model."""
    settings = where(tmp_path_factory)
    with Library.create(settings.library, CountingEncoder(), settings) as library:
        library.sync([repeats.written(settings.library.parent)])
    with served(settings) as running:
        yield running


def ready(page: Page) -> None:  # noqa: F811
    expect(page.locator(".st-key-duplicates")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def click_row(page: Page, row: int) -> None:  # noqa: F811
    """Tick the box of a row of the table, from 0; tables are drawn, not made of elements."""
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 17, box["y"] + 38 * row + 38 + 19)


def test_a_pair_is_opened_side_by_side_and_left(page: Page, site: Site) -> None:  # noqa: F811
    page.goto(site.link("duplicates"))
    ready(page)
    expect(page.get_by_role("radio", name=re.compile("^文档对 2$"))).to_be_checked()
    click_row(page, 1)
    expect(page.locator(".xz-pair-head")).to_contain_text("较早的一篇")
    expect(page).to_have_url(re.compile(r"pair=\d+-\d+"))
    sides = page.locator(".xz-pair:not(.xz-pair-head) .xz-side")
    expect(page.locator(".xz-pair-head .xz-side").first).to_contain_text("青禾镇2021年工作总结")
    expect(page.locator(".xz-pair-head .xz-side").last).to_contain_text("枕溪镇2022年工作总结")
    # what differs is in a box on both sides, and named
    expect(page.locator(".xz-m.slot").filter(has_text="四十").first).to_be_visible()
    expect(page.locator(".xz-m.slot").filter(has_text="六十").first).to_be_visible()
    expect(page.locator(".xz-slots").first).to_contain_text("前一篇 四十，后一篇 六十")
    shared = page.locator(".xz-m.verbatim", has_text="给七口老井加了盖")
    expect(shared).to_have_count(2)
    boxes = [shared.nth(side).bounding_box() for side in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    # beside one another, the older on the left
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 30
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    before = sides.count()
    page.get_by_text("没有相同文字的段落也列出").click()
    expect(page.get_by_text("养蜂的三户")).to_be_visible()
    assert sides.count() > before
    page.reload()
    expect(page.locator(".xz-pair-head")).to_contain_text("较早的一篇")
    page.get_by_role("button", name="回到列表").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert "pair=" not in page.url


def test_the_slider_cuts_again_and_the_link_keeps_it(page: Page, site: Site) -> None:  # noqa: F811
    page.goto(site.link("duplicates"))
    ready(page)
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    expect(page.get_by_role("radio", name=re.compile("^文档对 [6-9]$"))).to_be_visible()
    expect(page).to_have_url(re.compile("least=10"))
    few = page.get_by_role("radio", name=re.compile("^文档对 2$"))
    page.goto(site.link("duplicates", least="50"))
    expect(few).to_be_visible()


def test_a_cell_of_the_map_lists_its_pairs(page: Page, site: Site) -> None:  # noqa: F811
    page.goto(site.link("duplicates", least="10"))
    ready(page)
    page.get_by_role("radio", name="单位之间").click()
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    cell = chart.locator("svg .mark-rect path[aria-label*='另一方: 青禾镇; 一方: 枕溪镇']")
    cell.click(force=True)  # the number lies on top of the cell
    expect(page.get_by_text("只列 枕溪镇 与 青禾镇 的 2 对")).to_be_visible()
    page.get_by_role("button", name="全部列出").click()
    expect(page.get_by_text("只列 枕溪镇")).to_have_count(0)


def test_a_wording_shows_its_way_and_its_places(page: Page, site: Site) -> None:  # noqa: F811
    page.goto(site.link("duplicates"))
    ready(page)
    page.get_by_role("radio", name=re.compile("同一写法")).click()
    first = page.locator("[class*='st-key-card-wording-']").first
    expect(first).to_contain_text("同一写法 ×4")
    expect(first.locator(".xz-steps li").first).to_contain_text("2021年首见于 青禾镇")
    first.get_by_role("button", name="看各处的原文").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator("[class*='st-key-card-place-']")).to_have_count(4)
    expect(drawer).to_contain_text("修好村口路灯六十盏")


@pytest.mark.parametrize(
    ("label", "name", "holds"),
    [
        ("网页，双击就能看", "html", ""),
        ("Word 文档", "docx", "word/document.xml"),
        ("Excel 表格", "xlsx", "xl/workbook.xml"),
    ],
)
def test_what_is_listed_is_downloaded(
    page: Page,  # noqa: F811
    site: Site,
    label: str,
    name: str,
    holds: str,
) -> None:
    page.goto(site.link("duplicates"))
    ready(page)
    page.get_by_role("button", name="下载").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name=label).click()
    download = downloading.value
    assert re.fullmatch(rf"库内雷同_\d{{8}}\.{name}", download.suggested_filename)
    data = Path(download.path()).read_bytes()
    if holds:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert holds in archive.namelist()
    else:
        assert "枕溪镇2022年工作总结" in data.decode()


def test_hostile_text_stays_text(page: Page, site: Site) -> None:  # noqa: F811
    page.goto(site.link("duplicates"))
    ready(page)
    click_row(page, 0)
    expect(page.locator(".xz-pair-head")).to_contain_text("<b>灯塔</b>![标题](http://evil.example")
    expect(page.locator(".xz-pair").last).to_contain_text("<script>window.pwned=2</script>")
    assert_only_text(page.locator(".st-key-duplicates"))
    page.get_by_role("button", name="回到列表").click()
    for view in ("同一写法", "单位之间", "文档对"):
        page.get_by_role("radio", name=re.compile(view)).click()
        ready(page)
        assert page.get_by_test_id("stMain").locator("img, iframe").count() == 0
    page.get_by_label("只看一个单位").click()
    expect(page.get_by_role("option", name=repeats.HOSTILE_UNIT)).to_be_visible()
    page.get_by_role("option", name=repeats.HOSTILE_UNIT).click()
    expect(page.get_by_role("radio", name=re.compile("^文档对 1$"))).to_be_visible()
    assert page.evaluate("typeof window.pwned") == "undefined"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_shows_everything_without_scrolling_sideways(
    browser: Browser,  # noqa: F811
    site: Site,
    scheme: str,
) -> None:
    context = browser.new_context(
        viewport={"width": 400, "height": 800}, color_scheme=scheme, locale="zh-CN"
    )
    page = context.new_page()  # noqa: F811

    def assert_narrow() -> None:
        ready(page)
        page.wait_for_timeout(300)
        wide = page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        )
        assert wide <= 0

    page.goto(site.link("duplicates"))
    for view in ("同一写法", "单位之间", "文档对"):
        page.get_by_role("radio", name=re.compile(view)).click()
        assert_narrow()
    click_row(page, 1)
    expect(page.locator(".xz-pair-head")).to_contain_text("较早的一篇")
    assert_narrow()
    # one above the other
    sides = page.locator(".xz-pair:not(.xz-pair-head) .xz-side:visible")
    tops = [box["y"] for side in sides.all() if (box := side.bounding_box())]
    assert tops == sorted(set(tops))
    context.close()
