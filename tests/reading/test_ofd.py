"""OFD: what our generator wrote comes back as paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import read
from tests.reading.ofd_files import PITCH, SIZE, TOP, laid_out, text_object, write_ofd

FIRST = (
    "云桥镇粮站全年收购、晾晒、入库一件一件抓落实，仓房检修在汛期以前全部做完，"
    "保管员每天两次测温，账和实物月月相符，没有发生霉变，种粮户反映结算比往年快。"
)
SECOND = "下半年组织夜校十一期，讲课的人都是站里的老师傅，听课的人回去以后当天就能用上。"


def _page(paragraphs: Sequence[str]) -> str:
    return "".join(text_object(*line) for line in laid_out(paragraphs))


def _blocks(path: Path) -> list[tuple[str, int | None, str]]:
    (document,) = read(path)
    assert document.format == "ofd"
    return [(block.kind, block.page, block.text) for block in document.blocks]


@pytest.mark.parametrize(
    "namespace", ["http://www.ofdspec.org/2016", "http://www.ofdspec.org"], ids=["2016", "draft"]
)
def test_paragraphs_come_back_as_they_were_written(tmp_path: Path, namespace: str) -> None:
    wanted = ["一、基本情况", FIRST, SECOND, "（一）夜校。" + FIRST]
    path = write_ofd(
        tmp_path / "粮站.ofd", [[_page(wanted)]], title="粮站总结", namespace=namespace
    )
    assert _blocks(path) == [("text", 1, text) for text in wanted]
    (document,) = read(path)
    assert document.metadata.title == "粮站总结"


def test_template_text_is_furniture_and_pages_go_on(tmp_path: Path) -> None:
    lines = [text_object(*line) for line in laid_out([FIRST + SECOND])]
    moved = [
        text_object(text, x, TOP + PITCH * i)
        for i, (text, x, _) in enumerate(laid_out([FIRST + SECOND])[3:])
    ]
    path = write_ofd(
        tmp_path / "粮站.ofd",
        [["".join(lines[:3]), "".join(moved)]],
        template=text_object("云桥镇粮站内部资料", 60, 15, size=3.5),
    )
    blocks = _blocks(path)
    assert [block for block in blocks if block[0] == "text"] == [("text", 1, FIRST + SECOND)]
    assert [block for block in blocks if block[0] == "furniture"] == [
        ("furniture", 1, "云桥镇粮站内部资料"),
        ("furniture", 2, "云桥镇粮站内部资料"),
    ]


def test_characters_one_by_one_out_of_order_make_a_line(tmp_path: Path) -> None:
    characters = [text_object(c, 40 + SIZE * i, 60) for i, c in enumerate(SECOND[:20])]
    path = write_ofd(tmp_path / "逐字.ofd", [["".join(reversed(characters))]])
    assert _blocks(path) == [("text", 1, SECOND[:20])]


def test_a_matrix_scales_and_a_leaning_text_is_a_watermark(tmp_path: Path) -> None:
    scaled = "".join(
        text_object(text, x, y, size=SIZE / 2, ctm="2 0 0 2 0 0")
        for text, x, y in laid_out([FIRST, SECOND])
    )
    mark = text_object("内部传阅", 60, 150, size=20, ctm="0.77 -0.64 0.64 0.77 0 0")
    path = write_ofd(tmp_path / "水印.ofd", [[scaled + mark]])
    assert _blocks(path) == [
        ("text", 1, FIRST),
        ("text", 1, SECOND),
        ("furniture", 1, "内部传阅"),
    ]


def test_several_documents_follow_each_other(tmp_path: Path) -> None:
    path = write_ofd(tmp_path / "合订.ofd", [[_page([FIRST])], [_page([SECOND])]])
    assert _blocks(path) == [("text", 1, FIRST), ("text", 2, SECOND)]


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    scan = '<ofd:ImageObject ID="9" Boundary="0 0 210 297" ResourceID="3"/>'
    path = write_ofd(tmp_path / "扫描.ofd", [[_page([FIRST]), scan, scan, ""]])
    (document,) = read(path)
    assert document.notes == (
        "第2–3页是扫描图，没有文字，没有读入。",
        "第4页没有文字（空白页，或文字画成了图形），没有读入。",
    )
    with pytest.raises(ReadError, match="共 2 页，都没有文字"):
        list(read(write_ofd(tmp_path / "全扫描.ofd", [[scan, scan]])))


def test_unreadable_files_say_why(tmp_path: Path) -> None:
    locked = write_ofd(tmp_path / "密.ofd", [[_page([FIRST])]], extra={"Encryptions.xml": "<a/>"})
    with pytest.raises(ReadError, match="已加密"):
        list(read(locked))
    with pytest.raises(ReadError, match="没有一页"):
        list(read(write_ofd(tmp_path / "空.ofd", [[]])))
    with pytest.raises(ReadError, match="DOCTYPE"):
        list(read(write_ofd(tmp_path / "实体.ofd", [[]], extra={"OFD.xml": "<!DOCTYPE a><a/>"})))
    missing = '<a><CommonData/><Pages><Page BaseLoc="nowhere.xml"/></Pages></a>'
    lost = write_ofd(tmp_path / "缺.ofd", [[]], extra={"Doc_0/Document.xml": missing})
    with pytest.raises(ReadError, match="第1页的内容丢失"):
        list(read(lost))
