"""The real page in a real browser: Chromium, Chrome or Edge, whichever the machine has.

The server runs as a process of its own, with the bundled model, on a library made for these tests.
Everything that the page requests is recorded: nothing may leave 127.0.0.1.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from index.errors import EncoderError
from index.library import Library
from index.settings import Settings
from tests.browsers import FLAGS, find_browser

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Browser, Page, expect = sync_api.Browser, sync_api.Page, sync_api.expect

pytestmark = [pytest.mark.browser, pytest.mark.model]

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0
NEW_REPORT = """柳溪镇2023年防汛工作总结
一、堤防巡查
汛期组织民兵和护堤员分成九个小组，沿柳溪两岸昼夜巡查堤坝，发现管涌两处，当夜用沙袋围堵成功。
"""

SLOW_UPLOADS = """
const send = XMLHttpRequest.prototype.send
XMLHttpRequest.prototype.send = function (...body) {
    window.heldBack = true
    setTimeout(() => send.apply(this, body), 1500)
}
"""


@dataclass
class Site:
    """The running page."""

    address: str
    library: Path
    outside: list[str] = field(default_factory=list)
    """Addresses off this machine that a page asked for; must stay empty."""

    def link(self, path: str = "", **parameters: str) -> str:
        query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
        return f"{self.address}/{path}{'?' if query else ''}{query}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_browser()
    if executable is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine: the page is not tested in one")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(
    browser: Browser, reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The server on a free port, with a library of the small reports."""
    settings = where(tmp_path_factory)
    try:
        with Library.create(settings.library, settings=settings) as library:
            library.sync([reports])
    except EncoderError as error:
        pytest.skip(f"the bundled model cannot be used here: {error}")
    with served(settings) as running:
        yield running


def where(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A place for a new library; the unpacked model of this machine, if there is one."""
    shared = Settings.load().data_folder
    data = shared if (shared / "models").is_dir() else tmp_path_factory.mktemp("data")
    return Settings(library=tmp_path_factory.mktemp("site") / "library", data_folder=data)


@contextmanager
def served(settings: Settings) -> Iterator[Site]:
    """The page of a library, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "XUNZHANG_LIBRARY": str(settings.library),
        "XUNZHANG_DATA_FOLDER": str(settings.data_folder),
        "PYTHONPATH": str(ROOT),
    }
    log = settings.library.parent / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_up(server, f"http://127.0.0.1:{port}/_stcore/health", log)
            yield Site(f"http://127.0.0.1:{port}", settings.library)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)


def wait_until_up(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(health, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh page; whatever it requested off this machine fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    expect.set_options(timeout=SECONDS * 1000)
    page.on("request", lambda request: note_outside(site, request.url))
    page.on("websocket", lambda socket: note_outside(site, socket.url))
    yield page
    outside, site.outside[:] = list(site.outside), []
    context.close()
    assert outside == [], "the page asked for something off this machine"


def note_outside(site: Site, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
        site.outside.append(url)


def cards(page: Page) -> sync_api.Locator:
    return page.locator("[class*='st-key-card-']")


def assert_only_text(place: sync_api.Locator) -> None:
    """Nothing of the corpus became an element in `place`."""
    assert place.locator(".stHtml").count() > 0
    assert place.locator(".stHtml").locator("img, script, style, a, iframe, svg").count() == 0


def look_for(page: Page, text: str) -> None:
    page.get_by_label("找什么").fill(text)
    page.get_by_role("button", name="查找", exact=True).click()


def test_search_from_the_first_visit(page: Page, site: Site) -> None:
    page.goto(site.link())
    expect(page.get_by_text("以前写过的，一找就到")).to_be_visible()
    look_for(page, "廉政教育")
    first = cards(page).first
    expect(first).to_contain_text("廉政教育")
    expect(first).to_contain_text(re.compile("《.+年.*工作总结》"))
    expect(first).to_contain_text(re.compile("一、抓廉政教育，守住清廉底线|二、党风廉政建设"))
    expect(first).to_contain_text(re.compile(r"第\d+段"))
    expect(first.locator("mark").first).to_have_text(re.compile("廉政|教育"))
    assert "q=" in page.url, "the search is a link"
    assert page.title() == "寻章"


def test_a_search_by_meaning_finds_other_words(page: Page, site: Site) -> None:
    page.goto(site.link(q="农村增加收入的产业", mode="按意思"))
    expect(cards(page).first).to_contain_text("茶叶、菌菇两个产业")
    expect(page.get_by_label("找什么")).to_have_value("农村增加收入的产业")
    expect(page.get_by_role("radio", name="按意思")).to_be_checked()


def test_the_link_brings_back_search_and_filters(page: Page, site: Site) -> None:
    page.goto(site.link(q="廉政教育", unit="云汀县农业农村局", mode="按词语"))
    expect(page.get_by_text("只看 云汀县农业农村局")).to_be_visible()
    expect(cards(page)).to_have_count(1)
    expect(cards(page).first).to_contain_text("领导班子履行一岗双责")


def test_a_chip_shows_the_topic(page: Page, site: Site) -> None:
    page.goto(site.link())
    page.get_by_role("radio", name="乡村振兴").click()
    expect(cards(page).first).to_contain_text("茶叶、菌菇两个产业")
    expect(page).to_have_url(re.compile("topic="))
    expect(page.get_by_role("radio", name="乡村振兴")).to_be_checked()


def test_a_filter_narrows_and_is_let_go(page: Page, site: Site) -> None:
    page.goto(site.link(q="廉政教育"))
    expect(cards(page).filter(has_text="青桐区水务局").first).to_be_visible()
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("单位").click()
    page.get_by_role("option", name="云汀县农业农村局").click()
    expect(page.get_by_text("只看 云汀县农业农村局")).to_be_visible()
    expect(cards(page).filter(has_text="青桐区水务局")).to_have_count(0)
    expect(page).to_have_url(re.compile("unit="))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="不限").click()
    expect(cards(page).filter(has_text="青桐区水务局").first).to_be_visible()


def test_the_context_is_shown_around_the_hit(page: Page, site: Site) -> None:
    page.goto(site.link(q="坚持第一议题", mode="按词语"))
    cards(page).first.get_by_role("button", name="看上下文").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".xz-here")).to_contain_text("全年学习28次")
    expect(drawer).to_contain_text("党员学习的形式还比较单一")
    expect(drawer.locator(".xz-here mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_similar_paragraphs_and_back(page: Page, site: Site) -> None:
    page.goto(site.link(q="廉洁提醒短信"))
    card = cards(page).filter(has_text="领导班子履行一岗双责").first
    card.get_by_role("button", name="找相似").click()
    expect(page.get_by_text("与这一段相似的段落")).to_be_visible()
    expect(page).to_have_url(re.compile(r"like=\d+"))
    origin = page.locator("[class*='st-key-card-origin-']")
    expect(origin).to_contain_text("领导班子履行一岗双责")
    expect(cards(page).nth(1)).to_contain_text("一是常念廉洁经")
    page.get_by_role("button", name="回到查找").click()
    expect(page.get_by_text("与这一段相似的段落")).to_have_count(0)
    expect(page.get_by_label("找什么")).to_have_value("廉洁提醒短信")
    expect(page).to_have_url(re.compile("q="))
    expect(cards(page).first).to_contain_text("廉洁提醒短信")


def test_copying_takes_the_source_along(page: Page, site: Site) -> None:
    page.goto(site.link(q="农民夜校", mode="按词语"))
    button = cards(page).first.get_by_role("button", name="复制（含出处）")
    button.click()
    expect(cards(page).first.get_by_text("已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("继续办好农民夜校，把课堂搬到田间地头，让技术人员多到村里走一走。\n")
    assert "（摘自《云汀县农业农村局2023年工作总结》 云汀县农业农村局 2023年" in copied
    assert "三、下一步打算" in copied
    assert re.search(r"第\d+段）$", copied)


def test_a_long_paragraph_unfolds(page: Page, site: Site) -> None:
    page.goto(site.link(q="谈心谈话", mode="按词语"))
    card = cards(page).first
    expect(card).to_contain_text("全年开展廉政谈话46人次")
    beginning = card.locator("p:visible", has_text="一是常念廉洁经")
    expect(beginning).to_have_count(0)
    card.get_by_text("展开全文").click()
    expect(beginning).to_have_count(1)
    card.get_by_text("收起").click()
    expect(beginning).to_have_count(0)


def test_a_cell_of_the_map_opens_its_topic(page: Page, site: Site) -> None:
    page.goto(site.link("topics"))
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    cell = chart.locator("svg .mark-rect path").first
    name = re.search(r"专题: (.+?);.*年份: (\d{4})", cell.get_attribute("aria-label") or "")
    assert name is not None, cell.get_attribute("aria-label")
    cell.click(force=True)  # the number lies on top of the cell
    expect(page.get_by_role("button", name="全部专题")).to_be_visible()
    expect(page).to_have_url(re.compile(f"about={quote(name[1])}.*in_year={name[2]}"))
    expect(cards(page).first).to_contain_text(f"{name[2]}年")
    cards(page).first.get_by_role("button", name="找相似").click()
    expect(page.get_by_text("与这一段相似的段落")).to_be_visible()


def test_a_file_is_added_found_removed_and_gone(page: Page, site: Site, tmp_path: Path) -> None:
    report = tmp_path / "柳溪镇防汛.txt"
    report.write_text(NEW_REPORT, encoding="utf-8")
    broken = tmp_path / "坏了的.docx"
    broken.write_bytes(b"PK\x03\x04 no zip")
    page.add_init_script(SLOW_UPLOADS)
    page.goto(site.link("library", view="添加"))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files([report, broken])
    # no wait for their content: the button opens when it has reached the server
    page.get_by_role("button", name="加入资料库").click()
    expect(page.get_by_text("添加资料做完了")).to_be_visible()
    assert page.evaluate("window.heldBack")
    expect(page.get_by_text("有 1 个文件要看一看")).to_be_visible()
    page.get_by_role("button", name="知道了").click()

    page.goto(site.link(q="沙袋围堵管涌", mode="按词语"))
    expect(cards(page).first).to_contain_text("发现管涌两处")

    page.goto(site.link("library"))
    page.get_by_label("在资料里找").fill("柳溪")
    page.keyboard.press("Enter")
    table = page.get_by_test_id("stDataFrame")
    expect(page.get_by_role("button", name="移除")).to_be_disabled()
    expect(table.locator("tr")).to_have_count(2)
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 17, box["y"] + 38 + 19)
    page.get_by_role("button", name="移除").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("柳溪镇2023年防汛工作总结")
    dialog.get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_text("已移除 1 份资料")).to_be_visible()

    page.goto(site.link(q="沙袋围堵管涌", mode="按词语"))
    expect(page.get_by_text("没有找到")).to_be_visible()
    expect(cards(page)).to_have_count(0)


def test_a_folder_is_followed_while_the_page_runs(page: Page, site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "防汛"
    folder.mkdir()
    (folder / "一.txt").write_text(NEW_REPORT, encoding="utf-8")
    page.goto(site.link("library", view="添加"))
    page.get_by_role("radio", name="写出位置").click()
    page.get_by_label("写出一个文件或文件夹的位置").fill(str(folder))
    page.keyboard.press("Enter")
    # a click while the page still takes in the text would be lost
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_role("button", name="加入资料库").click()
    # not the words that it is done: an earlier test's may still stand there
    until = time.monotonic() + SECONDS
    with Library.open(site.library) as library:
        while folder not in library.folders() and time.monotonic() < until:
            time.sleep(0.1)
    expect(page.get_by_text("添加资料做完了")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    page.goto(site.link("library", view="文件夹"))
    row = page.locator("[class*='st-key-file-folder-']").filter(has_text="防汛")
    expect(row).to_contain_text("1 个文件")
    row.get_by_text("自动跟进").click()
    expect(row.get_by_role("switch")).to_be_checked()
    # another visit starts no second watcher, and a new file follows by itself
    page.goto(site.link(q="夜间值守", mode="按词语"))
    added = "柳溪镇2023年值守总结\n一、夜间值守\n堤上搭了六间值守棚，夜里有灯有人有热水。\n"
    (folder / "二.txt").write_text(added, encoding="utf-8")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        page.goto(site.link(q="值守棚热水", mode="按词语"))
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        if cards(page).filter(has_text="六间值守棚").count():
            break
    expect(cards(page).first).to_contain_text("六间值守棚")
    page.goto(site.link("library", view="文件夹"))
    expect(page.get_by_text("最近一次跟进")).to_be_visible()
    expect(row.get_by_role("switch")).to_be_checked()
    row.get_by_text("自动跟进").click()
    expect(row.get_by_role("switch")).not_to_be_checked()
    with Library.open(site.library) as library:
        # the switch turns in the browser at once; the server hears of it a moment later
        until = time.monotonic() + SECONDS
        while library.watched() and time.monotonic() < until:
            time.sleep(0.1)
        assert library.watched() == []
        library.remove([folder])


def test_hostile_text_stays_text_everywhere(page: Page, site: Site) -> None:
    page.goto(site.link(q="灯塔值守人员每晚巡查灯光", mode="按词语"))
    card = cards(page).first
    expect(card).to_contain_text("<script>window.pwned = 3</script>")
    expect(card).to_contain_text("![图](http://evil.example/beacon.png)")
    expect(card).to_contain_text("<b>灯塔</b>![标题](http://evil.example/t.png)")
    assert_only_text(card)
    card.get_by_role("button", name="看上下文").click()
    expect(page.get_by_role("dialog").locator(".xz-here")).to_contain_text("<img src=")
    assert_only_text(page.get_by_role("dialog"))
    page.keyboard.press("Escape")
    card.get_by_role("button", name="找相似").click()
    expect(page.locator("[class*='st-key-card-origin-']")).to_contain_text("<script>")
    assert_only_text(cards(page).first)

    unit = "![单位](http://evil.example/unit.png)<i>局</i>"
    page.goto(site.link(q="灯塔", unit=unit))
    expect(page.get_by_text(f"只看 {unit}")).to_be_visible()
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("单位").click()
    expect(page.get_by_role("option", name=unit)).to_be_visible()
    for place in ("library", "topics", "topics?by=" + quote("按单位")):
        page.goto(f"{site.address}/{place}")
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        expect(page.get_by_test_id("stMain")).to_be_visible()
        assert page.get_by_test_id("stMain").locator("img").count() == 0
    page.goto(site.link(q="![x](http://evil.example/q.png)<img src=http://evil.example/q>"))
    expect(page.get_by_test_id("stMain")).to_be_visible()
    expect(cards(page).first).to_be_visible()
    assert page.evaluate("typeof window.pwned") == "undefined"


def test_the_person_chooses_light_or_dark(page: Page, site: Site) -> None:
    page.goto(site.link(q="廉政教育"))
    mark = cards(page).first.locator("mark").first
    expect(mark).to_have_css("background-color", "rgb(255, 231, 163)")
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    expect(mark).to_have_css("background-color", "rgb(92, 74, 22)")
    # the labels of the map are coloured on the server
    page.get_by_role("link", name="专题").click()
    label = page.locator("svg .role-axis-label text").first
    expect(label).to_have_attribute("fill", "#a9aba8")
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuItem-theme-Light").click()
    expect(label).to_have_attribute("fill", "#5c6166")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "?q=%E5%BB%89%E6%94%BF", "topics", "library"])
def test_a_telephone_shows_everything_without_scrolling_sideways(
    browser: Browser, site: Site, scheme: str, path: str
) -> None:
    context = browser.new_context(
        viewport={"width": 400, "height": 800}, color_scheme=scheme, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{site.address}/{path}")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_timeout(300)
    wide = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    )
    assert wide <= 0
    ink = page.evaluate("getComputedStyle(document.querySelector('.stApp')).color")
    assert (sum(map(int, re.findall(r"\d+", ink)[:3])) > 380) == (scheme == "dark")
    context.close()
