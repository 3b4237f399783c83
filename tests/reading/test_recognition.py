"""Scanned pages and pictures: read where that is wanted and possible, else named with advice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from index.reading.options import ReadOptions, using
from index.reading.pages import pdf, picture, recognition

ROOT = Path(__file__).resolve().parents[2]
FIRST = (
    "青禾农场各队按照年初安排，一件一件抓落实，田间管理、仓储运输、设备检修都有新的起色，"
    "大家的劲头比往年更足，年底盘点时账物相符，没有发生一起安全方面的事故，职工家属也都放心。"
)
SECOND = "全年集中读书十二次，每次都有人讲、有人记、有人问，讲的人提前一周准备。"

Printed = Callable[[str], Image.Image]
Scanned = Callable[[Sequence[Image.Image]], Path]


@pytest.fixture
def engine() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    monkeypatch.setattr(recognition, "_ENGINE", [])


def recognised(path: Path) -> Document:
    with using(ReadOptions(recognise=True)):
        (document,) = read(path)
    return document


def errors(document: Document, true: str) -> float:
    """Edits for each true character."""
    text = "".join(block.text for block in document.blocks)
    return Levenshtein.distance(text, true) / len(true)


def reason(path: Path, *, recognise: bool = True) -> str:
    with using(ReadOptions(recognise=recognise)), pytest.raises(ReadError) as caught:
        list(read(path))
    return caught.value.reason


def mixed(folder: Path, scans: int, text: str = SECOND, stamp: str = "") -> Path:
    """A page of text, then pages that are pictures of grey, with `stamp` at their feet."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    path = folder / "混合.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    if text:
        canvas.setFont("STSong-Light", 14)
        canvas.drawString(80, 700, text)
        canvas.showPage()
    for _ in range(scans):
        canvas.drawImage(ImageReader(Image.new("L", (40, 40), 200)), 0, 0, *A4)
        if stamp:
            canvas.setFont("STSong-Light", 9)
            canvas.drawString(420, 20, stamp)
        canvas.showPage()
    canvas.save()
    return path


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("askew", [0.0, 1.3])
def test_scanned_pages_are_recognised_where_that_is_wanted(
    printed: Printed, scanned: Scanned, askew: float
) -> None:
    pages = [printed(text).rotate(askew, Image.Resampling.BICUBIC, fillcolor=255)
             for text in (FIRST, SECOND)]  # fmt: skip
    scan = scanned(pages)
    assert "都是扫描图，没有文字。请先" in reason(scan, recognise=False)
    document = recognised(scan)
    assert document.notes == ("第1–2页是扫描图，文字由识别得到，可能有错字。",)
    assert all(block.recognised for block in document.blocks)
    assert [block.page for block in document.blocks] == [1, 2]
    assert errors(document, FIRST + SECOND) < 0.02


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_on_their_side_and_on_their_heads_are_turned(
    printed: Printed, scanned: Scanned, turn: int
) -> None:
    text = FIRST + SECOND
    document = recognised(scanned([printed(text).rotate(turn, expand=True)]))
    assert errors(document, text) < 0.02


@pytest.mark.usefixtures("engine")
def test_each_page_is_a_sign_of_life(printed: Printed, scanned: Scanned) -> None:
    told: list[int] = []
    with using(ReadOptions(recognise=True), lambda: told.append(1)):
        list(read(scanned([printed(SECOND)] * 2)))
    assert len(told) == 4  # before and after each


@pytest.mark.usefixtures("engine")
def test_a_scan_in_which_nothing_is_found_is_named(tmp_path: Path) -> None:
    document = recognised(mixed(tmp_path, 2))
    assert document.notes == ("第2–3页是扫描图，没有认出文字；请检查扫描是否清楚、方向是否正确。",)
    assert reason(mixed(tmp_path, 2, text="")).startswith("这个 PDF 共 2 页，都是扫描图，没有认出")


@pytest.mark.usefixtures("engine")
def test_pages_beyond_the_limit_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "GREATEST_PAGES", 1)
    assert recognised(mixed(tmp_path, 3)).notes[0] == (
        "一个文件最多识别 1 页，第3–4页没有读入；请把它拆成几个文件后再添加。"
    )


@pytest.mark.parametrize("stamp", ["扫描全能王 创建", "— 3 —"])
def test_a_stamp_of_the_scanning_program_makes_no_text_of_a_scan(
    tmp_path: Path, stamp: str
) -> None:
    (document,) = read(mixed(tmp_path, 2, stamp=stamp))
    assert document.notes == ("第2–3页是扫描图，没有文字，没有读入。",)
    assert reason(mixed(tmp_path, 1, "", stamp), recognise=False).startswith("这个 PDF 共 1 页")


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_the_text_pages_are_read_and_the_scans_named(tmp_path: Path) -> None:
    document = recognised(mixed(tmp_path, 3))
    assert [block.text for block in document.blocks] == [SECOND]
    assert not document.blocks[0].recognised
    assert document.notes == ("第2–4页是扫描图，没有文字，没有读入。", recognition.missing())
    scans = reason(mixed(tmp_path, 2, text=""))
    assert scans == f"这个 PDF 共 2 页，都是扫描图，没有文字。{recognition.missing()}"


def test_what_to_install_fits_a_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / ".venv" / "bin" / "python"))
    assert recognition.missing() == (
        f"识别文字的组件没有安装：请在文件夹 {ROOT} 里运行"
        f" {Path('.venv', 'bin', 'python')} -m pip install -c constraints.txt"
        ' -e ".[ocr]"，然后重新添加。'
    )


def test_the_narrow_marks_of_recognition_become_those_of_chinese() -> None:
    full = recognition._full_width
    assert full("(3)开展走访,解决问题5项;其中:") == "（3）开展走访，解决问题5项；其中："
    assert full("增长12.5%,共3,000人") == "增长12.5%，共3,000人"
    assert full("12:30, a(b)") == "12:30, a(b)"


# --- pictures --------------------------------------------------------------------------------


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_picture_is_a_scan_of_one_page(tmp_path: Path, printed: Printed, suffix: str) -> None:
    path = tmp_path / f"总结{suffix}"
    printed(FIRST).save(path, dpi=(200, 200))
    assert reason(path, recognise=False).startswith("这是图片，没有可检索的文字。如果是扫描的文稿")
    document = recognised(path)
    assert (document.format, document.notes) == (
        "image",
        ("这是扫描图，文字由识别得到，可能有错字。",),
    )
    assert [(block.page, block.recognised) for block in document.blocks] == [(1, True)]
    assert errors(document, FIRST) < 0.02


@pytest.mark.usefixtures("engine")
def test_the_pages_of_a_tif_are_read_and_see_through_is_white(
    tmp_path: Path, printed: Printed
) -> None:
    path = tmp_path / "两页.tif"
    first, second = (printed(text).convert("1") for text in (FIRST, SECOND))
    first.save(path, save_all=True, append_images=[second], compression="group4")
    assert [block.page for block in recognised(path).blocks] == [1, 2]
    path = tmp_path / "透明.png"
    ink = printed(SECOND)
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.putalpha(ink.point(lambda shade: 255 - shade))
    clear.save(path)
    assert errors(recognised(path), SECOND) < 0.03


@pytest.mark.usefixtures("engine")
def test_a_picture_without_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "风景.jpg"
    Image.new("RGB", (400, 300), (90, 160, 90)).save(path)
    assert reason(path).startswith("图片里没有认出文字")


@pytest.mark.parametrize("kept", [30, 500])
def test_damaged_pictures_are_named(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "坏.png"
    Image.effect_noise((300, 300), 60).save(path)
    path.write_bytes(path.read_bytes()[:kept])
    assert reason(path).startswith("图片已损坏")


def test_a_picture_of_too_many_pixels_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "大.png"
    Image.new("1", (300, 300)).save(path)
    monkeypatch.setattr(picture, "_GREATEST_PIXELS", 300 * 300 - 1)
    assert reason(path).startswith("图片的像素太多")


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_a_picture_says_what_to_install(tmp_path: Path) -> None:
    path = tmp_path / "图.png"
    Image.new("L", (30, 30)).save(path)
    assert reason(path) == f"这是图片。{recognition.missing()}"
