"""PDF: lines join into the paragraphs that a reader sees; furniture stays out of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfTextPage
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import ReadError
from index.paragraphs import prepare
from index.reading import read
from index.reading.pages.pdf import ranges

LEFT, EM, WIDTH = 88.0, 16.0, 28
MakePdf = Callable[..., Path]
Line = str | tuple[str, float, float, float | None]

FIRST = (
    "青禾农场各队按照年初安排，一件一件抓落实，田间管理、仓储运输、设备检修都有新的起色，"
    "大家的劲头比往年更足，年底盘点时账物相符，没有发生一起安全方面的事故，职工家属也都放心。"
)
SECOND = (
    "全年集中读书十二次，每次都有人讲、有人记、有人问，讲的人提前一周准备，记的人当天整理出来"
    "贴在墙上，问的人把没弄懂的地方写下来交给下一次。"
)


def _laid_out(paragraph: str, indent: int = 2) -> list[Line]:
    """A paragraph in lines of 28 characters, the first one indented."""
    lines: list[Line] = [(paragraph[: WIDTH - indent], LEFT + indent * EM, EM, None)]
    rest = paragraph[WIDTH - indent :]
    lines += [rest[i : i + WIDTH] for i in range(0, len(rest), WIDTH)]
    return lines


def _blocks(path: Path) -> list[tuple[str, int | None, str]]:
    (document,) = read(path)
    assert document.format == "pdf"
    return [(block.kind, block.page, block.text) for block in document.blocks]


def test_indented_paragraphs_and_headings(make_pdf: MakePdf) -> None:
    heading: Line = ("一、工作情况", LEFT + 2 * EM, EM, None)
    page = [*_laid_out(FIRST), heading, *_laid_out(SECOND), *_laid_out("（一）读书。" + FIRST)]
    assert _blocks(make_pdf([page])) == [
        ("text", 1, FIRST),
        ("text", 1, "一、工作情况"),
        ("text", 1, SECOND),
        ("text", 1, "（一）读书。" + FIRST),
    ]


def test_a_paragraph_goes_on_over_the_page_and_furniture_does_not_break_it(
    make_pdf: MakePdf,
) -> None:
    lines = _laid_out(FIRST + SECOND)
    cut = 3
    pages: list[list[Line]] = [lines[:cut], lines[cut:], _laid_out(SECOND)]
    for number, page in enumerate(pages, 1):
        page.insert(0, ("青禾农场内部资料", LEFT, 9.0, 810.0))
        page.insert(0, (f"— {number} —", 280.0, 9.0, 30.0))
    assert _blocks(make_pdf(pages)) == [
        ("text", 1, FIRST + SECOND),
        ("furniture", 1, "青禾农场内部资料"),
        ("furniture", 1, "— 1 —"),
        ("furniture", 2, "青禾农场内部资料"),
        ("furniture", 2, "— 2 —"),
        ("text", 3, SECOND),
        ("furniture", 3, "青禾农场内部资料"),
        ("furniture", 3, "— 3 —"),
    ]


def test_a_number_on_its_own_inside_the_page_is_text(make_pdf: MakePdf) -> None:
    page: list[Line] = [*_laid_out(SECOND), ("2023", LEFT + 2 * EM, EM, None), *_laid_out(FIRST)]
    assert [text for _, _, text in _blocks(make_pdf([page]))] == [SECOND, "2023", FIRST]


def test_flush_paragraphs_are_parted_by_short_lines_and_by_space(make_pdf: MakePdf) -> None:
    full = FIRST[:WIDTH] + SECOND[:WIDTH]  # ends at the margin
    page: list[Line] = []
    height = 740.0
    for paragraph in (FIRST, full, SECOND):
        for line in _laid_out(paragraph, indent=0):
            text = line if isinstance(line, str) else line[0]
            page.append((text, LEFT, EM, height))
            height -= 24
        height -= 14
    assert [text for _, _, text in _blocks(make_pdf([page]))] == [FIRST, full, SECOND]


def test_a_title_of_two_centred_lines(make_pdf: MakePdf) -> None:
    page: list[Line] = [
        ("青禾农场二〇二三年田间管理", 155.0, 22.0, None),
        ("工作总结", 254.0, 22.0, None),
        *_laid_out(FIRST),
    ]
    assert _blocks(make_pdf([page])) == [
        ("title", 1, "青禾农场二〇二三年田间管理工作总结"),
        ("text", 1, FIRST),
    ]


def test_rows_of_a_table_stay_apart(make_pdf: MakePdf) -> None:
    rows: list[Line] = []
    for i, cells in enumerate((("队", "场次", "人数"), ("一队", "9", "120"), ("二队", "7", "86"))):
        rows += [(cell, LEFT + 120 * j, EM, 500.0 - 28 * i) for j, cell in enumerate(cells)]
    assert _blocks(make_pdf([[*_laid_out(SECOND), *rows]])) == [
        ("text", 1, SECOND),
        ("row", 1, "队｜场次｜人数"),
        ("row", 1, "一队｜9｜120"),
        ("row", 1, "二队｜7｜86"),
    ]


def test_contents_with_dots_are_furniture(make_pdf: MakePdf) -> None:
    page: list[Line] = ["一、学习情况" + "." * 40 + "2", "二、存在不足" + "." * 40 + "5"]
    kinds = [kind for kind, _, _ in _blocks(make_pdf([page, _laid_out(FIRST)]))]
    assert kinds == ["furniture", "furniture", "text"]


def test_pages_without_text_are_named_and_scans_refused(make_pdf: MakePdf) -> None:
    pages: Sequence[list[Line]] = [_laid_out(SECOND), [], [], _laid_out(FIRST), []]
    (document,) = read(make_pdf(pages))
    assert document.notes == ("第2–3、5页没有文字（空白页，或文字画成了图形），没有读入。",)
    with pytest.raises(ReadError, match="共 2 页，都没有文字"):
        list(read(make_pdf([[], []])))
    assert ranges([4]) == "4"


def test_locked_and_damaged_files(make_pdf: MakePdf, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="打开密码"):
        list(read(make_pdf([["话"]], password="secret")))
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"x" * 3000)
    with pytest.raises(ReadError, match="PDF 已损坏"):
        list(read(broken))


def test_radicals_become_ordinary_characters(make_pdf: MakePdf) -> None:
    assert _blocks(make_pdf([["⽂件要求⺠主集中，⻓期坚持，⽤⼾满意。"]])) == [
        ("text", 1, "文件要求民主集中，长期坚持，用户满意。")
    ]


def test_furniture_reaches_no_paragraph_and_is_recorded(make_pdf: MakePdf) -> None:
    pages: list[list[Line]] = [_laid_out(FIRST), _laid_out(SECOND), _laid_out(FIRST[5:])]
    for number, page in enumerate(pages, 1):
        page.insert(0, (f"- {number} -", 280.0, 9.0, 30.0))
        page.insert(0, ("青禾农场内部资料", LEFT, 9.0, 810.0))
    (document,) = read(make_pdf(pages))
    prepared = prepare(document)
    assert [p.text for p in prepared.paragraphs] == [FIRST, SECOND, FIRST[5:]]
    taken = [(removal.rule, removal.text) for removal in prepared.removals]
    assert taken.count(("header", "青禾农场内部资料")) == 3
    assert [text for rule, text in taken if rule == "page_number"] == ["- 1 -", "- 2 -", "- 3 -"]


def test_two_columns_written_line_by_line_are_read_column_by_column(tmp_path: Path) -> None:
    def column(text: str) -> list[str]:
        return ["　　" + text[:12], *(text[i : i + 14] for i in range(12, len(text), 14))]

    left, right = column(FIRST), column(SECOND + FIRST[:20] + "。")
    path = tmp_path / "两栏.pdf"
    canvas = _canvas(path)
    canvas.drawString(60, 790, "青禾农场简报第三期刊登各队一年来的工作情况，供大家互相学习参考")
    for i in range(max(len(left), len(right))):
        for x, side in ((60, left), (320, right)):
            if i < len(side):
                canvas.drawString(x, 760 - 24 * i, side[i])
    canvas.save()
    texts = [text for _, _, text in _blocks(path)]
    assert texts == [
        "青禾农场简报第三期刊登各队一年来的工作情况，供大家互相学习参考",
        FIRST,
        SECOND + FIRST[:20] + "。",
    ]


def test_a_watermark_is_furniture_and_breaks_no_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "水印.pdf"
    canvas = _canvas(path)
    y = 760
    for line in _laid_out(FIRST):
        text, x = (line, LEFT) if isinstance(line, str) else line[:2]
        canvas.drawString(x, y, text)
        y -= 24
        if y == 736:
            canvas.saveState()
            canvas.rotate(40)
            canvas.setFont("STSong-Light", 60)
            canvas.drawString(300, 100, "内部传阅")
            canvas.restoreState()
    canvas.save()
    assert _blocks(path) == [("text", 1, FIRST), ("furniture", 1, "内部传阅")]


def _canvas(path: Path) -> Canvas:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("STSong-Light", EM)
    return canvas


def test_a_page_that_is_a_picture_is_called_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "扫描.pdf"
    canvas = _canvas(path)
    canvas.drawString(LEFT, 700, SECOND[:20])
    canvas.showPage()
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("L", (40, 40), 200)), 100, 100, 300, 300)
        canvas.showPage()
    canvas.save()
    (document,) = read(path)
    assert document.notes == ("第2–3页是扫描图，没有文字，没有读入。",)


def test_characters_without_a_place_stay_where_they_were_written(
    make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged matrix gives boxes that are no numbers (found by fuzzing)."""
    placed = PdfTextPage.get_charbox

    def damaged(self: PdfTextPage, index: int, loose: bool = False) -> tuple[float, ...]:
        return (math.nan,) * 4 if index == 5 else placed(self, index, loose)

    path = make_pdf([[*_laid_out(FIRST)]])
    monkeypatch.setattr(PdfTextPage, "get_charbox", damaged)
    assert [text for _, _, text in _blocks(path)] == [FIRST]
