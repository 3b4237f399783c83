"""Slides: order, titles, rows, what is left out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import read

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMES = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"'


def _shape(*texts: str, kind: str = "", top: int | None = None, left: int = 0) -> str:
    mark = f'<p:ph type="{kind}"/>' if kind else ""
    place = "" if top is None else f'<a:xfrm><a:off x="{left}" y="{top}"/></a:xfrm>'
    lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{mark}</p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>"
        f"<p:txBody>{lines}</p:txBody></p:sp>"
    )


def _table(*rows: tuple[str, ...], top: int) -> str:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    body = "".join(f"<a:tr>{''.join(cell.format(text) for text in row)}</a:tr>" for row in rows)
    return (
        f'<p:graphicFrame><p:xfrm><a:off x="0" y="{top}"/></p:xfrm>'
        f"<a:graphic><a:graphicData><a:tbl>{body}</a:tbl></a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )


def _make(folder: Path, *slides: str, hidden: tuple[int, ...] = ()) -> Path:
    """Write slides in this order under names in the opposite order."""
    path = folder / "汇报.pptx"
    count = len(slides)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{R}/officeDocument"'
            ' Target="ppt/presentation.xml"/></Relationships>',
        )
        ids = "".join(f'<p:sldId id="{256 + i}" r:id="s{i}"/>' for i in range(count))
        package.writestr(
            "ppt/presentation.xml",
            f"<p:presentation {NAMES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        )
        links = "".join(
            f'<Relationship Id="s{i}" Type="{R}/slide" Target="slides/slide{count - i}.xml"/>'
            for i in range(count)
        )
        package.writestr(
            "ppt/_rels/presentation.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        )
        for i, slide in enumerate(slides):
            show = ' show="0"' if i + 1 in hidden else ""
            package.writestr(
                f"ppt/slides/slide{count - i}.xml",
                f"<p:sld {NAMES}{show}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>",
            )
        package.writestr(
            "ppt/notesSlides/notesSlide1.xml", f"<p:notes {NAMES}>{_shape('讲稿')}</p:notes>"
        )
    return path


def test_slides_in_their_order_and_shapes_as_one_reads(tmp_path: Path) -> None:
    group = (
        '<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="9000000"/></a:xfrm></p:grpSpPr>'
        + _shape("组里下面", top=500_000)
        + _shape("组里上面", top=0)
        + "</p:grpSp>"
    )
    path = _make(
        tmp_path,
        _shape("云汀县水务站", top=900_000) + _shape("年度汇报", kind="ctrTitle"),
        group
        + _shape("右边", top=2_000_000, left=5_000_000)
        + _shape("左边", "左边第二段", top=2_100_000)
        + _shape("7", kind="sldNum", top=9_900_000)
        + _table(("渠段", "里程"), ("北渠", "三里"), top=4_000_000)
        + _shape("修渠", "引水", kind="title", top=0),
        _shape("不给人看"),
        _shape("谢谢"),
        hidden=(3,),
    )
    (document,) = read(path)
    assert document.format == "pptx"
    assert [(b.kind, b.level, b.text, b.place) for b in document.blocks] == [
        ("title", None, "年度汇报", "第1张幻灯片"),
        ("text", None, "云汀县水务站", "第1张幻灯片"),
        ("text", 1, "修渠引水", "第2张幻灯片"),
        ("text", None, "左边", "第2张幻灯片"),
        ("text", None, "左边第二段", "第2张幻灯片"),
        ("text", None, "右边", "第2张幻灯片"),
        ("row", None, "渠段｜里程", "第2张幻灯片"),
        ("row", None, "北渠｜三里", "第2张幻灯片"),
        ("text", None, "组里上面", "第2张幻灯片"),
        ("text", None, "组里下面", "第2张幻灯片"),
        ("text", None, "谢谢", "第4张幻灯片"),
    ]
    assert document.notes == ("隐藏的幻灯片 1 张没有读入。",)


@pytest.mark.parametrize(("slide", "reason"), [("", "没有文字"), ("<p:sp", "损坏"), ("\0", "损坏")])
def test_empty_and_damaged_slides_say_so(tmp_path: Path, slide: str, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(read(_make(tmp_path, slide)))
    assert reason in caught.value.reason
